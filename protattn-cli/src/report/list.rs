//! Tables of heads.

use protattn_metrics::{AgreementRow, ComparisonRow, Verdict};
use protattn_viz::{Column, Table};

use crate::report::summary::{self, Class};

/// Heads listed for each class.
const LISTED: usize = 10;

/// The best heads of one class, and what they survive.
pub(super) fn best(class: &Class<'_>, compared: &[ComparisonRow]) -> Table {
    let ranked = class.ranked();
    let caption = format!(
        "Best heads: {} ({} of {} heads scored)",
        class.target(),
        ranked.len(),
        class.rows.len()
    );
    let columns = [
        Column::text("Head (layer-head)"),
        Column::number("Arcs"),
        Column::number("% attention"),
        Column::number("Interval (arcs)"),
        Column::number("Interval (proteins)"),
        Column::number("% of eligible arcs"),
        Column::number("% background"),
        Column::number("z"),
        Column::number("Adjusted p"),
        Column::text("Stands above"),
    ];
    let survives = |row: &AgreementRow| {
        let of_head = compared.iter().filter(|other| other.is_of(row));
        let survived = of_head.filter(|other| other.verdict == Verdict::Survives);
        let names: Vec<String> = survived
            .map(|other| summary::against(&other.against))
            .collect();
        if names.is_empty() {
            "nothing".to_owned()
        } else {
            names.join(", ")
        }
    };
    ranked
        .iter()
        .take(LISTED)
        .fold(Table::new(caption, columns), |table, row| {
            table.row([
                summary::label(row),
                row.arcs_total.to_string(),
                percent(row.proportion),
                interval(row.ci_low, row.ci_high),
                interval(row.protein_low, row.protein_high),
                percent(row.proportion_eligible),
                percent(row.background),
                format!("{:.1}", row.z),
                summary::p_value(row.p_adjusted),
                survives(row),
            ])
        })
}

/// Every scored head of every class that occurs.
pub(super) fn all(rows: &[AgreementRow]) -> Table {
    let columns = [
        Column::text("Property"),
        Column::text("Class"),
        Column::text("Head (layer-head)"),
        Column::number("Arcs"),
        Column::number("% attention"),
        Column::number("% background"),
        Column::number("z"),
        Column::number("p (Bonferroni)"),
        Column::number("p (Benjamini-Hochberg)"),
    ];
    let table = Table::new("Every scored head", columns);
    let classes = summary::classes(rows).filter(Class::occurs);
    classes.fold(table, |table, class| {
        class.ranked().iter().fold(table, |table, row| {
            table.row([
                row.property.clone(),
                row.class.clone(),
                summary::label(row),
                row.arcs_total.to_string(),
                percent(row.proportion),
                percent(row.background),
                format!("{:.1}", row.z),
                summary::p_value(row.p_adjusted),
                summary::p_value(row.p_bh),
            ])
        })
    })
}

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

fn interval(low: f64, high: f64) -> String {
    if low.is_nan() {
        return "-".to_owned();
    }
    format!("{:.1}-{:.1}", 100.0 * low, 100.0 * high)
}
