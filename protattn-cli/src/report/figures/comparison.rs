//! Which of the best heads survives what it is compared with.

use anyhow::Result;
use ndarray::Array2;
use protattn_metrics::{BACKGROUND, ComparisonRow, Verdict};
use protattn_viz::{
    Comparison, Estimate, Figure as _, Forest, ForestGroup, ForestRow, Survival, Verdict as Mark,
};

use super::Figure;
use crate::report::summary::{self, Class};

/// Heads shown of each class.
const SHOWN: usize = 10;

/// Two figures of one class: the best heads with what they are compared with, and which of them
/// survives what. None where no head was compared.
pub(crate) fn of_class(class: &Class<'_>, compared: &[ComparisonRow]) -> Result<Vec<Figure>> {
    let of_class =
        |row: &&ComparisonRow| row.property == class.property && row.class == class.class;
    let compared: Vec<&ComparisonRow> = compared.iter().filter(of_class).collect();
    let mut against: Vec<String> = Vec::new();
    for row in &compared {
        if !against.contains(&row.against) {
            against.push(row.against.clone());
        }
    }
    let mut heads = Vec::new();
    for row in class.ranked().iter().take(SHOWN) {
        let of_head = |other: &&&ComparisonRow| (other.layer, other.head) == (row.layer, row.head);
        let rows: Vec<&ComparisonRow> = compared.iter().filter(of_head).copied().collect();
        if rows.len() == against.len() && !rows.is_empty() {
            heads.push((summary::label(row), rows));
        }
    }
    if heads.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![
        forest(class, &heads, &against)?,
        survival(class, &heads, &against)?,
    ])
}

type Head<'a> = (String, Vec<&'a ComparisonRow>);

fn forest(class: &Class<'_>, heads: &[Head<'_>], against: &[String]) -> Result<Figure> {
    let rows = heads.iter().map(|(label, rows)| {
        let references: Vec<f64> = rows.iter().map(|row| 100.0 * row.reference).collect();
        ForestRow::new(label, estimate(rows)).references(&references)
    });
    let svg = Forest::new([ForestGroup::new("", rows)])
        .references(words(against))
        .title(format!("Best heads: {}", class.target()))
        .value_label("% of eligible arcs")
        .estimate_label("head, 95% interval over proteins")
        .to_svg();
    let caption = format!(
        "The share of the best heads' eligible arcs on {}, and what it is compared with. Bars: the \
         interval of the difference to the background, proteins as the unit (bootstrap).",
        class.target()
    );
    Figure::new(format!("{}.compared", class.name()), svg, caption)
}

/// The share of a head, with the interval of its difference to the background about it.
fn estimate(rows: &[&ComparisonRow]) -> Estimate {
    let plain = rows.iter().find(|row| row.against == BACKGROUND);
    let row = plain.unwrap_or(&rows[0]);
    if row.ci_low.is_nan() || row.ci_high.is_nan() || row.value.is_nan() {
        return Estimate::point(100.0 * row.value);
    }
    let end = |difference: f64| 100.0 * (row.reference + difference).clamp(0.0, 1.0);
    let (low, high) = (end(row.ci_low), end(row.ci_high));
    let value = 100.0 * row.value;
    // The bootstrap's interval can lie beside the value in odd data.
    Estimate::new(value, low.min(value), high.max(value))
}

fn survival(class: &Class<'_>, heads: &[Head<'_>], against: &[String]) -> Result<Figure> {
    let cell = |row: &&ComparisonRow| Comparison {
        difference: 100.0 * row.difference,
        verdict: match row.verdict {
            Verdict::Survives => Mark::Survives,
            Verdict::Fails => Mark::Fails,
            Verdict::Untested => Mark::Untested,
        },
    };
    let cells = heads
        .iter()
        .flat_map(|(_, rows)| rows.iter().map(cell))
        .collect();
    let cells = Array2::from_shape_vec((heads.len(), against.len()), cells)?;
    let labels = heads.iter().map(|(label, _)| label);
    let svg = Survival::new(labels, words(against), cells.view())
        .title(format!("What survives: {}", class.target()))
        .value_label("Difference in percentage points")
        .to_svg();
    let caption = format!(
        "Filled: the head has more of its eligible arcs on {} than what it is compared with, at a false \
         discovery rate of 5 % over all heads, proteins as the unit. Hollow: it has not. Dash: not tested.",
        class.target()
    );
    Figure::new(format!("{}.survival", class.name()), svg, caption)
}

/// What heads are compared with, as it is read.
fn words(against: &[String]) -> Vec<String> {
    against.iter().map(|name| summary::against(name)).collect()
}
