//! The figures of one class: all heads, and the best of them.

use anyhow::{Context, Result};
use ndarray::Array2;
use protattn_viz::{Bar, Figure as _, HeadMap, TopHeads};

use super::Figure;
use crate::report::summary::Class;

/// The figures of one class: all heads, and the best ten.
pub(crate) fn of_class(class: &Class<'_>, min_arcs: u64) -> Result<[Figure; 2]> {
    let name = class.name();
    let target = class.target();
    let figures = head_map(class, &target, min_arcs)
        .and_then(|heads| Ok((heads, top_heads(class, &target, min_arcs)?)));
    let (heads, top) = figures.with_context(|| format!("figures of {name}"))?;
    Ok([
        Figure {
            name: format!("{name}.heads"),
            svg: heads,
            caption: format!(
                "Share of each head's attention on {target}, and the largest of each layer. Grey: heads \
                 with fewer than {min_arcs} arcs. Dashed: background."
            ),
        },
        Figure {
            name: format!("{name}.top"),
            svg: top,
            caption: format!(
                "The heads with the largest share of their attention on {target}. Bars: intervals \
                 that hold together with 95 % confidence (Wald, Bonferroni). Dashed: background."
            ),
        },
    ])
}

fn head_map(class: &Class<'_>, target: &str, min_arcs: u64) -> Result<String> {
    let mut layers: Vec<usize> = class.rows.iter().map(|row| row.layer).collect();
    layers.dedup();
    let heads = class.rows.len() / layers.len();
    let percent = |row: &protattn_metrics::AgreementRow| {
        if row.scored {
            100.0 * row.proportion
        } else {
            f64::NAN
        }
    };
    let values = class.rows.iter().map(percent).collect();
    let values = Array2::from_shape_vec((layers.len(), heads), values)
        .context("the table has not one row for each layer and head")?;
    let label = format!("% attention on {target}");
    let mut map = HeadMap::new(values.view())
        .title(&label)
        .value_label(&label)
        .unscored_label(format!("fewer than {min_arcs} arcs"))
        .layers(&layers);
    if let Some(background) = background(class) {
        map = map.background(background);
    }
    Ok(map.to_svg()?)
}

fn top_heads(class: &Class<'_>, target: &str, min_arcs: u64) -> Result<String> {
    let bars = bars(class);
    let mut chart = TopHeads::new(&bars)
        .title(format!("Top heads: {target}"))
        .value_label("% attention")
        .unscored_label(format!("fewer than {min_arcs} arcs"));
    if let Some(background) = background(class) {
        chart = chart.background(background);
    }
    Ok(chart.to_svg()?)
}

/// The scored heads, the best first, with the intervals of Wald.
pub(super) fn bars(class: &Class<'_>) -> Vec<Bar> {
    let bar = |row: &&protattn_metrics::AgreementRow| Bar {
        layer: row.layer,
        head: row.head,
        value: 100.0 * row.proportion,
        low: 100.0 * row.ci_low,
        high: 100.0 * row.ci_high,
    };
    class.ranked().iter().map(bar).collect()
}

pub(super) fn background(class: &Class<'_>) -> Option<f64> {
    class
        .rows
        .first()
        .map(|row| 100.0 * row.background)
        .filter(|percent| percent.is_finite())
}
