//! Statistics of whole maps.

use std::collections::BTreeMap;

use anyhow::Result;
use ndarray::Array2;
use protattn_metrics::{HeadCombination, MetricRow, OBSERVED, Quantity};
use protattn_viz::{
    DotGroup, Estimate, Figure as _, GroupedDots, HeadMap, MatrixPanel, MatrixPanels,
};

use super::Figure;
use crate::report::summary;

/// Heads shown beside combinations.
const BEST: usize = 3;

/// The rows of one metric of the model's own attention.
pub(crate) struct Group<'a> {
    pub(crate) metric: &'a str,
    entries: Vec<&'a MetricRow>,
    /// Of heads together, where there are such.
    combined: Vec<&'a MetricRow>,
}

/// The metrics of the model's own attention, in the order of the table; what is of heads together goes
/// with what is of each alone.
pub(crate) fn groups(entries: &[MetricRow]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.attention == OBSERVED) {
        let metric = match entry.metric.as_str() {
            HeadCombination::NAME => "contact-precision",
            metric => metric,
        };
        let place = groups.iter().position(|group| group.metric == metric);
        let place = place.unwrap_or_else(|| {
            groups.push(Group {
                metric,
                entries: Vec::new(),
                combined: Vec::new(),
            });
            groups.len() - 1
        });
        if entry.layer.is_none() {
            groups[place].combined.push(entry);
        } else {
            groups[place].entries.push(entry);
        }
    }
    groups
}

/// The figures of one metric.
pub(crate) fn of_group(group: &Group<'_>) -> Result<Vec<Figure>> {
    match group.metric {
        "head-agreement" => agreement(group).map(|figure| vec![figure]),
        "contact-precision" => {
            let mut figures = maps(group, |class| {
                class.ends_with(" L/5") || class.ends_with(" L")
            })?;
            figures.extend(precision(group)?);
            Ok(figures)
        }
        _ => maps(group, |_| true),
    }
}

/// A head map for each quantity that is not 0 everywhere.
fn maps(group: &Group<'_>, wanted: impl Fn(&str) -> bool) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for entries in by_quantity(&group.entries) {
        let quantity = entries[0];
        let known = |entry: &&&MetricRow| !entry.value.is_nan() && entry.value != 0.0;
        if !wanted(&quantity.class) || !entries.iter().any(|entry| known(&entry)) {
            continue;
        }
        let (scale, unit) = match quantity.unit.as_str() {
            Quantity::SHARE => (100.0, "%"),
            unit => (1.0, unit),
        };
        let (layers, values) = by_head(&entries, scale)?;
        let of = match (quantity.property.as_str(), quantity.class.as_str()) {
            ("", "") => String::new(),
            ("", class) => format!(": {class}"),
            ("contact", class) if group.metric == "contact-precision" => format!(": {class}"),
            (property, class) => format!(": {}", summary::target(property, class)),
        };
        let title = format!("{}{of}", words(group.metric));
        let negative = values.iter().any(|value| *value < 0.0);
        let spaced = if unit.is_empty() || unit == "%" {
            unit.to_owned()
        } else {
            format!(" {unit}")
        };
        let label = if unit.is_empty() {
            title.clone()
        } else {
            format!("{title} ({unit})")
        };
        let map = HeadMap::new(values.view())
            .title(&title)
            .value_label(label)
            .unit(spaced)
            .unscored_label("not defined")
            .layers(&layers);
        let svg = if negative {
            map.diverging().to_svg()
        } else {
            map.to_svg()
        };
        let name = ["metric", group.metric, &quantity.property, &quantity.class];
        let name: Vec<&str> = name.into_iter().filter(|part| !part.is_empty()).collect();
        let caption = format!("{title}, of each head, over all proteins.");
        figures.push(Figure::new(name.join("."), svg, caption)?);
    }
    Ok(figures)
}

fn by_quantity<'a>(entries: &[&'a MetricRow]) -> Vec<Vec<&'a MetricRow>> {
    let alike = |a: &&MetricRow, b: &&MetricRow| {
        (&a.property, &a.class, &a.unit) == (&b.property, &b.class, &b.unit)
    };
    entries.chunk_by(alike).map(<[_]>::to_vec).collect()
}

/// The layers (0-based), and the values [layer, head].
fn by_head(entries: &[&MetricRow], scale: f64) -> Result<(Vec<usize>, Array2<f64>)> {
    let mut layers: Vec<usize> = entries.iter().filter_map(|entry| entry.layer).collect();
    layers.dedup();
    let values = entries.iter().map(|entry| scale * entry.value).collect();
    let shape = (layers.len(), entries.len() / layers.len().max(1));
    Ok((layers, Array2::from_shape_vec(shape, values)?))
}

/// How alike the heads of each layer are.
fn agreement(group: &Group<'_>) -> Result<Figure> {
    let mut layers: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    // By the other head first: the maps are symmetric.
    for entry in &group.entries {
        if let Some(layer) = entry.layer {
            layers.entry(layer).or_default().push(entry.value);
        }
    }
    let mut maps = Vec::new();
    for (layer, values) in layers {
        let heads = (values.len() as f64).sqrt().round() as usize;
        let map = Array2::from_shape_vec((heads, heads), values)?;
        maps.push((format!("Layer {}", layer + 1), map));
    }
    let panels = maps
        .iter()
        .map(|(label, map)| MatrixPanel::new(label, map.view()));
    let svg = MatrixPanels::new(panels)
        .title("Agreement between heads")
        .axis_label("Head")
        .value_label("Correlation of attention")
        .diverging()
        .to_svg();
    let caption = "Pearson's correlation of the attention of two heads of a layer over all pairs of residues, the \
                   mean over proteins.";
    Figure::new("metric.head-agreement", svg, caption)
}

/// How well the best heads predict contacts, alone and together.
fn precision(group: &Group<'_>) -> Result<Option<Figure>> {
    let quantities = by_quantity(&group.entries);
    let classes: Vec<String> = quantities
        .iter()
        .map(|entries| entries[0].class.clone())
        .collect();
    let Some(long) = classes.iter().position(|class| class == "long L") else {
        return Ok(None);
    };
    let best = best_heads(&quantities[long]);
    let size = combination(group, long);
    let mut series: Vec<String> = best
        .iter()
        .map(|(layer, head)| format!("head {}-{}", layer + 1, head + 1))
        .collect();
    series.extend(size.iter().map(|size| format!("best {size} together")));
    if series.is_empty() {
        return Ok(None);
    }
    let dots = classes.iter().zip(&quantities).map(|(class, entries)| {
        let of_head = |(layer, head): &(usize, usize)| {
            let entry = entries
                .iter()
                .find(|e| (e.layer, e.head) == (Some(*layer), Some(*head)));
            entry.map_or(Estimate::MISSING, |entry| estimate(entry))
        };
        let together = size.iter().map(|size| {
            let name = format!("best {size}, {class}");
            let entry = group.combined.iter().find(|e| e.class == name);
            entry.map_or(Estimate::MISSING, |entry| estimate(entry))
        });
        let estimates: Vec<Estimate> = best.iter().map(of_head).chain(together).collect();
        let (range, k) = class.split_once(' ').unwrap_or(("", class.as_str()));
        DotGroup::new(k, &estimates).section(range)
    });
    let svg = GroupedDots::new(dots)
        .series(&series)
        .title("Contacts predicted by attention")
        .value_label("Precision (%)")
        .interval_label("95% interval over proteins")
        .to_svg();
    let caption = "The share of contacts among the L, L/2 and L/5 pairs with the highest attention, symmetrised \
                   and corrected (APC), by range: of the heads that do best at L and long range, and of the best \
                   heads together, ranked on the other half of the proteins.";
    Ok(Some(Figure::new(
        "metric.contact-precision.best",
        svg,
        caption,
    )?))
}

/// The heads that do best at one quantity, by layer and head.
fn best_heads(entries: &[&MetricRow]) -> Vec<(usize, usize)> {
    let mut ranked = entries.to_vec();
    ranked.retain(|entry| !entry.value.is_nan());
    ranked.sort_by(|a, b| b.value.total_cmp(&a.value));
    let best = ranked.iter().take(BEST);
    best.filter_map(|entry| entry.layer.zip(entry.head))
        .collect()
}

/// The number of heads that do best together at one quantity.
fn combination(group: &Group<'_>, quantity: usize) -> Option<usize> {
    let mut found: Vec<(f64, usize)> = Vec::new();
    for entry in &group.combined {
        let class = entry.class.strip_prefix("best ");
        let Some((size, class)) = class.and_then(|class| class.split_once(", ")) else {
            continue;
        };
        let wanted = by_quantity(&group.entries)[quantity][0].class.clone();
        if let (true, Ok(size)) = (class == wanted && !entry.value.is_nan(), size.parse()) {
            found.push((entry.value, size));
        }
    }
    let best = found
        .into_iter()
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    best.map(|(_, size)| size).filter(|size| *size > 1)
}

fn estimate(row: &MetricRow) -> Estimate {
    if row.value.is_nan() {
        return Estimate::MISSING;
    }
    if row.ci_low.is_nan() {
        return Estimate::point(100.0 * row.value);
    }
    // An interval by Student's distribution does not know that a share ends at 0 and 1.
    let [low, high] = [row.ci_low, row.ci_high].map(|end| 100.0 * end.clamp(0.0, 1.0));
    Estimate::new(100.0 * row.value, low, high)
}

/// A metric's name as it is read: `Attention mass`.
fn words(metric: &str) -> String {
    let mut words = metric.replace('-', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}
