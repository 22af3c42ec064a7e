//! Amino-acid similarity, and heads against null models.

use crate::{Written, made_up_value};
use protattn_viz::ndarray::Array2;
use protattn_viz::{
    Comparison, Estimate, Figure, Forest, ForestGroup, ForestRow, Similarity, Survival, Verdict,
};

const REFERENCES: [&str; 5] = [
    "background",
    "matched background",
    "shuffled sequence",
    "random weights",
    "distance only",
];

fn similarity(labels: &[&str], name: &str, p: f64) -> Written {
    let n = labels.len();
    let pair = |(i, j): (usize, usize)| made_up_value(i.min(j) * 31 + i.max(j) * 7);
    let blosum = Array2::from_shape_fn((n, n), |place| (pair(place) * 7.9).floor() - 4.0);
    let attention = Array2::from_shape_fn((n, n), |(i, j)| match (i.min(j), i.max(j)) {
        (2, 5) => f64::NAN,
        _ => 0.08 * blosum[[i, j]] + 0.4 * made_up_value(i * j + i + j) + 0.05,
    });
    let svg = Similarity::new(labels, attention.view(), blosum.view())
        .title("Amino acids that attention treats alike, made-up numbers")
        .value_labels("Correlation of attention over heads", "BLOSUM62")
        .correlation(0.73, p)
        .to_svg()?;
    Ok((format!("similarity-{name}.svg"), svg))
}

fn estimate(seed: usize) -> (Estimate, Vec<f64>) {
    let value = 8.0 + 50.0 * made_up_value(seed);
    let half = 1.0 + 5.0 * made_up_value(seed + 90);
    let references = (0..REFERENCES.len())
        .map(|i| match (seed + i) % 11 {
            7 => f64::NAN,
            _ => 3.0 + value * made_up_value(seed * 5 + i) * 0.9,
        })
        .collect();
    (Estimate::new(value, value - half, value + half), references)
}

/// The name of a head: `30-1`.
fn head(i: usize) -> String {
    format!("{}-{}", 30 - i / 2, i % 16 + 1)
}

fn forest(n_groups: usize, n_rows: usize) -> Written {
    const GROUPS: [&str; 5] = ["Contact", "Binding site", "Modification", "Helix", "Strand"];
    let row = |g: usize, i: usize| {
        let (estimate, references) = estimate(g * 40 + i);
        ForestRow::new(head(i), estimate).references(&references)
    };
    let groups = GROUPS.into_iter().take(n_groups).enumerate();
    let groups = groups.map(|(g, name)| ForestGroup::new(name, (0..n_rows - g).map(|i| row(g, i))));
    let svg = Forest::new(groups)
        .references(REFERENCES)
        .title("Heads against null models, made-up numbers")
        .value_label("% attention")
        .estimate_label("head, 95% interval")
        .to_svg()?;
    Ok((format!("forest-{n_groups}x{n_rows}.svg"), svg))
}

fn survival(n_rows: usize, n_columns: usize) -> Written {
    let columns = (0..n_columns).map(|i| REFERENCES[i % 5]);
    let cells = Array2::from_shape_fn((n_rows, n_columns), |(row, column)| {
        let difference = 40.0 * made_up_value(row * 11 + column) - 8.0;
        let verdict = match difference {
            _ if (row + 2 * column) % 9 == 4 => Verdict::Untested,
            d if d > 3.0 => Verdict::Survives,
            _ => Verdict::Fails,
        };
        Comparison {
            difference,
            verdict,
        }
    });
    let svg = Survival::new((0..n_rows).map(head), columns, cells.view())
        .title("Heads that survive, made-up numbers")
        .value_label("Numbers: difference in percentage points.")
        .to_svg()?;
    Ok((format!("survival-{n_rows}x{n_columns}.svg"), svg))
}

pub(crate) fn all() -> Vec<Written> {
    let amino_acids = [
        "A", "R", "N", "D", "C", "Q", "E", "G", "H", "I", "L", "K", "M", "F", "P", "S", "T", "W",
        "Y", "V",
    ];
    vec![
        similarity(&amino_acids, "amino-acids", 2e-29),
        similarity(&["Ala", "Arg", "Asn", "Asp"], "four", 0.04),
        forest(1, 10),
        forest(5, 12),
        forest(2, 40),
        survival(10, 3),
        survival(20, 4),
        survival(12, 10),
    ]
}
