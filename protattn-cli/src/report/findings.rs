//! What the tables say, in plain words.

use protattn_metrics::align::Results;
use protattn_metrics::{AgreementRow, ComparisonRow, Verdict, rank_over_background};

use crate::report::summary::{self, Class};

/// A number, and what it is of.
pub(super) type Finding = (String, String);

/// The best head of each property, with what it survives; and the amino acids.
pub(super) fn all(
    rows: &[AgreementRow],
    compared: &[ComparisonRow],
    results: &Results,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = rows
        .chunk_by(|a, b| a.property == b.property)
        .map(|property| of_property(property, compared))
        .collect();
    if let Some(similarity) = &results.similarity {
        let p = similarity.mantel_p_value.unwrap_or(similarity.p_value);
        findings.push((
            format!("r = {:.2}", similarity.correlation),
            format!(
                "between how alike amino acids are to the heads and how readily they replace each other in \
                 evolution (BLOSUM62; {} by Mantel's test).",
                summary::p_value(p)
            ),
        ));
    }
    findings
}

fn of_property(property: &[AgreementRow], compared: &[ComparisonRow]) -> Finding {
    let name = &property[0].property;
    let Some(row) = rank_over_background(property).into_iter().next() else {
        let text = format!("{name}: no head has enough arcs to be scored.");
        return ("-".to_owned(), text);
    };
    let mut text = format!(
        "of the attention of head {} goes to {}; of all {}, {:.1} % are.",
        summary::label(row),
        summary::target(&row.property, &row.class),
        if name == "contact" {
            "pairs that could be"
        } else {
            "residues"
        },
        100.0 * row.background,
    );
    if row.protein_low.is_finite() {
        text += &format!(
            " Over proteins the share is {:.0} to {:.0} % (95 % interval).",
            100.0 * row.protein_low,
            100.0 * row.protein_high
        );
    }
    text += &survived(row, compared);
    text += &others(property, compared);
    (format!("{:.0} %", 100.0 * row.proportion), text)
}

/// What the head survives, and what it does not.
fn survived(row: &AgreementRow, compared: &[ComparisonRow]) -> String {
    let of_head = |other: &&ComparisonRow| other.is_of(row);
    let with = |verdict: Verdict| -> Vec<String> {
        let rows = compared
            .iter()
            .filter(of_head)
            .filter(|other| other.verdict == verdict);
        rows.map(|other| {
            let reference = 100.0 * other.reference;
            format!("{} ({reference:.0} %)", summary::against(&other.against))
        })
        .collect()
    };
    let (survives, fails) = (with(Verdict::Survives), with(Verdict::Fails));
    match (survives.is_empty(), fails.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!(" It stands above {}.", survives.join(", ")),
        (true, false) => format!(" It does not stand above {}.", fails.join(", ")),
        (false, false) => format!(
            " It stands above {}, but not above {}.",
            survives.join(", "),
            fails.join(", ")
        ),
    }
}

/// How many heads survive everything they were compared with.
fn others(property: &[AgreementRow], compared: &[ComparisonRow]) -> String {
    let (mut sound, mut scored) = (0, 0);
    for class in summary::classes(property).filter(Class::occurs) {
        for row in class.ranked() {
            let of_head = |other: &&ComparisonRow| other.is_of(row);
            let mut verdicts = compared
                .iter()
                .filter(of_head)
                .map(|other| other.verdict)
                .peekable();
            scored += 1;
            sound += usize::from(
                verdicts.peek().is_some() && verdicts.all(|verdict| verdict == Verdict::Survives),
            );
        }
    }
    if compared.is_empty() {
        return String::new();
    }
    let classes = summary::classes(property).filter(Class::occurs).count();
    let of = if classes > 1 {
        "heads and classes"
    } else {
        "heads"
    };
    format!(" Of {scored} scored {of}, {sound} stand above everything they were compared with.")
}
