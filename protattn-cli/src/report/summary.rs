//! What a table says, in words.

use std::fmt::Write;

use protattn_metrics::scores::best_of_each;
use protattn_metrics::{AgreementRow, rank, rank_over_background};
use protattn_probe::ProbeRow;
use protattn_probe::layers::ALL_CLASSES as ALL;

/// One class of one property: its rows by layer and head.
pub(crate) struct Class<'a> {
    pub(crate) property: &'a str,
    pub(crate) class: &'a str,
    pub(crate) rows: &'a [AgreementRow],
}

/// The rows by property and class, in the order of the table.
pub(crate) fn classes(rows: &[AgreementRow]) -> impl Iterator<Item = Class<'_>> {
    rows.chunk_by(|a, b| a.property == b.property && a.class == b.class)
        .map(|rows| Class {
            property: &rows[0].property,
            class: &rows[0].class,
            rows,
        })
}

impl Class<'_> {
    /// The class as names of files have it: `contact`, `secondary-structure.helix`.
    pub(crate) fn name(&self) -> String {
        if self.class == "yes" {
            self.property.to_owned()
        } else {
            format!("{}.{}", self.property, self.class)
        }
    }

    /// What the heads look at: `contacts`, `helix`, `amino acid W`.
    pub(crate) fn target(&self) -> String {
        target(self.property, self.class)
    }

    /// Whether any residue or pair of the data is in the class: without one there is nothing to draw.
    pub(crate) fn occurs(&self) -> bool {
        self.rows.iter().any(|row| row.background > 0.0)
    }

    /// The scored heads, the highest proportion first; ties in the order of the table.
    pub(crate) fn ranked(&self) -> Vec<&AgreementRow> {
        rank(self.rows)
    }
}

/// A class as it is read: `contacts`, `helix`, `amino acid W`.
pub(crate) fn target(property: &str, class: &str) -> String {
    match (property, class) {
        ("contact", "yes") => "contacts".to_owned(),
        ("binding-site", "yes") => "binding sites".to_owned(),
        ("modification", "yes") => "modified residues".to_owned(),
        ("secondary-structure", "turn-bend") => "turn or bend".to_owned(),
        ("secondary-structure", "blank") => "no secondary structure".to_owned(),
        ("secondary-structure", class) => class.to_owned(),
        ("amino-acid", class) => format!("amino acid {class}"),
        (property, "yes") => property.to_owned(),
        (property, class) => format!("{property}: {class}"),
    }
}

/// What a head is compared with, as it is read.
pub(crate) fn against(name: &str) -> String {
    name.replace('-', " ")
}

/// The best heads of each property: those whose proportion is the largest multiple of the
/// background, over all classes of the property.
pub(crate) fn best_heads(rows: &[AgreementRow], count: usize) -> String {
    let mut text = String::new();
    for property in rows.chunk_by(|a, b| a.property == b.property) {
        let heads = rank_over_background(property);
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "\n{}: the best heads (layer-head)",
            property[0].property
        );
        if heads.is_empty() {
            let _ = writeln!(text, "  no head has enough arcs to be scored");
        }
        for row in heads.into_iter().take(count) {
            let _ = writeln!(text, "  {}", describe(row));
        }
    }
    text
}

/// One head in words: `3-2   84.1 % of its attention on contacts (83.0-85.2, background 4.7 %)`.
fn describe(row: &AgreementRow) -> String {
    format!(
        "{:<6}{:5.1} % of its attention on {} (interval {:.1}-{:.1}, background {:.1} %, {})",
        label(row),
        100.0 * row.proportion,
        target(&row.property, &row.class),
        100.0 * row.ci_low,
        100.0 * row.ci_high,
        100.0 * row.background,
        p_value(row.p_adjusted),
    )
}

/// Layer and head as people count them.
pub(crate) fn label(row: &AgreementRow) -> String {
    format!("{}-{}", row.layer + 1, row.head + 1)
}

/// An adjusted p-value as it is printed.
pub(crate) fn p_value(p: f64) -> String {
    if p < 1e-300 {
        "p < 1e-300".to_owned()
    } else if p < 1e-3 {
        format!("p = {p:.0e}")
    } else {
        format!("p = {p:.3}")
    }
}

/// The probes of one class of a task: the rows of the score that it is judged by.
pub(crate) struct Probed<'a> {
    pub(crate) task: &'a str,
    pub(crate) class: &'a str,
    pub(crate) rows: Vec<&'a ProbeRow>,
}

/// The rows by task and class, in the order of the table, each with the score it is judged by: the
/// precision at L/5 of pairs, the accuracy of all classes at once, otherwise F1.
pub(crate) fn probed(rows: &[ProbeRow]) -> Vec<Probed<'_>> {
    let classes = rows.chunk_by(|a, b| a.task == b.task && a.class == b.class);
    classes
        .map(Probed::of)
        .filter(|probed| !probed.rows.is_empty())
        .collect()
}

impl<'a> Probed<'a> {
    /// Of the rows of one class.
    fn of(rows: &'a [ProbeRow]) -> Self {
        let pairs = rows.iter().any(|row| row.k_rule == "L/5");
        let judged = rows.iter().filter(|row| match (pairs, row.class == ALL) {
            (true, _) => row.k_rule == "L/5" && row.separation == "all",
            (false, true) => row.score == "accuracy",
            (false, false) => row.score == "f1",
        });
        Self {
            task: &rows[0].task,
            class: &rows[0].class,
            rows: judged.collect(),
        }
    }

    /// What is predicted, as it is read.
    pub(crate) fn target(&self) -> String {
        match self.class {
            ALL => format!("{}, all", self.task),
            class => target(self.task, class),
        }
    }

    /// The score, as it is read.
    pub(crate) fn score_name(&self) -> String {
        match self.rows[0].score.as_str() {
            "f1" => "F1".to_owned(),
            "precision_at_k" => format!("precision at {}", self.rows[0].k_rule),
            other => other.to_owned(),
        }
    }

    /// The best row of each kind of features; of equals, the first layer.
    pub(crate) fn best(&self) -> Vec<&'a ProbeRow> {
        let rows = self.rows.iter().copied();
        best_of_each(rows, |row| row.features.as_str(), |row| row.value)
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// What a probe reads, as it is read.
fn source(row: &ProbeRow) -> String {
    match (row.features.as_str(), row.layer) {
        ("hidden", 0) => "the output of the embedding".to_owned(),
        ("hidden", layer) => format!("the hidden states of layer {layer}"),
        (_, layer) => format!("the attention of layer {layer}"),
    }
}

/// What the probes of a class find, as a number and words; none where no score exists.
pub(crate) fn finding(probed: &Probed<'_>) -> Option<(String, String)> {
    let mut best = probed.best();
    best.sort_by(|a, b| b.value.total_cmp(&a.value));
    let row = *best.first()?;
    let mut text = format!(
        "{} of {} from {}",
        probed.score_name(),
        probed.target(),
        source(row)
    );
    if row.ci_low.is_finite() && row.ci_high.is_finite() {
        let (low, high) = (100.0 * row.ci_low, 100.0 * row.ci_high);
        let _ = write!(
            text,
            " ({low:.0} to {high:.0} %, 95 % interval over proteins)"
        );
    }
    if row.majority.is_finite() {
        let _ = write!(
            text,
            "; the same prediction for all has {}",
            percent(row.majority)
        );
    }
    if row.control.is_finite() {
        let _ = write!(
            text,
            ", a probe on the control task {}",
            percent(row.control)
        );
    }
    text.push('.');
    for other in best.iter().skip(1) {
        let _ = write!(text, " From {}: {}.", source(other), percent(other.value));
    }
    let embedding = |other: &&&ProbeRow| other.features == "hidden" && other.layer == 0;
    if let Some(first) = probed.rows.iter().find(embedding)
        && row.layer > 0
        && first.value.is_finite()
    {
        let gain = 100.0 * (row.value - first.value);
        let _ = write!(
            text,
            " The embedding alone has {}: the layers add {gain:.0} points.",
            percent(first.value)
        );
    }
    Some((percent(row.value), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(
        property: &str,
        class: &str,
        head: usize,
        proportion: f64,
        scored: bool,
    ) -> AgreementRow {
        AgreementRow {
            property: property.to_owned(),
            class: class.to_owned(),
            layer: 2,
            head,
            proportion,
            proportion_eligible: proportion,
            background: if class == "helix" { 0.5 } else { 0.1 },
            ci_low: proportion - 0.01,
            ci_high: proportion + 0.01,
            scored,
            ..AgreementRow::default()
        }
    }

    fn probe(features: &str, layer: usize, value: f64) -> ProbeRow {
        ProbeRow {
            task: "binding-site".to_owned(),
            class: "yes".to_owned(),
            features: features.to_owned(),
            layer,
            score: "f1".to_owned(),
            value,
            ci_low: value - 0.1,
            ci_high: value + 0.1,
            control: f64::NAN,
            ..ProbeRow::default()
        }
    }

    #[test]
    fn what_probes_find_is_said_of_the_best_layer() {
        let values = [0.2, 0.5, f64::NAN, 0.5];
        let mut rows: Vec<ProbeRow> = values
            .into_iter()
            .enumerate()
            .map(|(layer, value)| probe("hidden", layer, value))
            .collect();
        rows.push(probe("attention", 1, 0.3));
        let found = probed(&rows);
        assert_eq!(found.len(), 1);
        let best: Vec<usize> = found[0].best().iter().map(|row| row.layer).collect();
        assert_eq!(best, [1, 1]);
        let (number, text) = finding(&found[0]).expect("a score");
        assert_eq!(number, "50 %");
        assert_eq!(
            text,
            "F1 of binding sites from the hidden states of layer 1 (40 to 60 %, 95 % interval over \
             proteins); the same prediction for all has 0 %. From the attention of layer 1: 30 %. The \
             embedding alone has 20 %: the layers add 30 points."
        );
    }

    #[test]
    fn the_best_head_is_the_farthest_over_its_background() {
        let rows = [
            row("secondary-structure", "helix", 0, 0.9, true),
            row("secondary-structure", "strand", 1, 0.4, true),
            row("secondary-structure", "strand", 2, 1.0, false),
        ];
        let text = best_heads(&rows, 1);
        assert!(
            text.contains("3-2    40.0 % of its attention on strand"),
            "{text}"
        );
        assert!(!text.contains("3-1") && !text.contains("3-3"), "{text}");
        assert!(
            text.contains("interval 39.0-41.0, background 10.0 %, p < 1e-300"),
            "{text}"
        );
    }

    #[test]
    fn a_property_without_a_scored_head_says_so() {
        let text = best_heads(&[row("contact", "yes", 0, 1.0, false)], 3);
        assert!(
            text.contains("contact: the best heads") && text.contains("no head has enough arcs")
        );
    }

    #[test]
    fn classes_follow_the_table_and_rank_by_proportion() {
        let rows = [
            row("contact", "yes", 0, 0.1, true),
            row("contact", "yes", 1, 0.3, true),
            row("contact", "yes", 2, 0.9, false),
            row("contact", "yes", 3, f64::NAN, true),
            row("x", "a", 0, 0.2, true),
        ];
        assert!(classes(&rows).all(|class| class.occurs()));
        let found: Vec<_> = classes(&rows)
            .map(|class| (class.target(), class.ranked().len()))
            .collect();
        assert_eq!(found, [("contacts".to_owned(), 2), ("x: a".to_owned(), 1)]);
        assert_eq!(
            label(classes(&rows).next().expect("two classes").ranked()[0]),
            "3-2"
        );
    }
}
