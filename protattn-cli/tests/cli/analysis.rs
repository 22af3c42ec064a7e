//! The whole analysis on the built-in model and proteins, whose truth is known.

use std::collections::BTreeMap;
use std::path::Path;

use protattn_io::parquet::Table;

use crate::common::{done, folder, run_record, table, text};

/// Heads that the model was seen to look at contacts with (assets/demo/README.md).
const CONTACT_HEADS: [(u32, u32); 3] = [(3, 1), (3, 3), (4, 3)];
/// And at binding sites.
const SITE_HEADS: [(u32, u32); 3] = [(1, 4), (3, 4), (1, 2)];

fn demo(folder: &Path) {
    done(&["demo", "--output", text(folder)]);
}

fn read(folder: &Path, name: &str) -> Table {
    Table::read(folder.join(name)).unwrap()
}

/// The rows where text columns have these values.
fn rows_where(table: &Table, wanted: &[(&str, &str)]) -> Vec<usize> {
    let has =
        |row: usize, (column, value): &(&str, &str)| table.strs(column).unwrap()[row] == *value;
    (0..table.n_rows())
        .filter(|row| wanted.iter().all(|pair| has(*row, pair)))
        .collect()
}

fn head(table: &Table, row: usize) -> (u32, u32) {
    (
        table.u32s("layer").unwrap()[row],
        table.u32s("head").unwrap()[row],
    )
}

/// The head with the largest value among some rows.
fn best(table: &Table, column: &str, rows: &[usize]) -> (u32, u32) {
    let values = table.f64s(column).unwrap();
    let known = rows.iter().filter(|row| !values[**row].is_nan());
    let row = known
        .max_by(|a, b| values[**a].total_cmp(&values[**b]))
        .unwrap();
    head(table, *row)
}

#[test]
fn every_metric_that_should_names_a_contact_head() {
    let out = folder();
    demo(out.path());
    let metrics = read(out.path(), "metrics.parquet");
    let of = |metric, class| {
        let wanted = [
            ("metric", metric),
            ("property", "contact"),
            ("class", class),
            ("attention", "observed"),
        ];
        rows_where(&metrics, &wanted)
    };
    let mass = best(&metrics, "value", &of("attention-mass", "yes"));
    assert!(CONTACT_HEADS.contains(&mass), "{mass:?}");
    for class in ["medium L/2", "long L", "long L/5"] {
        let found = best(&metrics, "value", &of("contact-precision", class));
        assert!(CONTACT_HEADS.contains(&found), "{class}: {found:?}");
    }
    // Heads together do no worse than the best alone.
    let largest = |rows: &[usize]| {
        let values = rows.iter().map(|row| metrics.f64s("value").unwrap()[*row]);
        values.fold(0.0, f64::max)
    };
    let alone = largest(&of("contact-precision", "long L"));
    let together = rows_where(&metrics, &[("metric", "contact-precision-combined")]);
    assert!(together.iter().all(|row| head(&metrics, *row) == (0, 0)));
    let is_long_l = |row: &&usize| metrics.strs("class").unwrap()[**row].ends_with(", long L");
    let together: Vec<usize> = together.iter().filter(is_long_l).copied().collect();
    assert_eq!(together.len(), 5, "1, 2, 4, 8 and 16 heads");
    assert!(largest(&together) >= alone - 0.02);
}

#[test]
fn binding_site_heads_read_residues_and_contact_heads_places() {
    let out = folder();
    demo(out.path());
    let compared = read(out.path(), "comparisons.parquet");
    let number = |name: &str, row: usize| compared.f64s(name).unwrap()[row];
    for (against, expected) in [
        ("background", "survives"),
        ("rotate-labels", "survives"),
        // Shuffled, these heads fall to the background: they read residues,
        ("shuffle-sequence", "survives"),
        // and no more than those, four amino acids that sites are made of.
        ("matched-background", "fails"),
    ] {
        let rows = rows_where(
            &compared,
            &[("property", "binding-site"), ("against", against)],
        );
        assert_eq!(rows.len(), 16);
        let mut judged = 0;
        for row in rows {
            let found = head(&compared, row);
            if !SITE_HEADS.contains(&found) || number("p_value", row).is_nan() {
                continue;
            }
            let verdict = &compared.strs("verdict").unwrap()[row];
            assert_eq!(verdict, expected, "{found:?} against {against}");
            judged += 1;
            assert!(number("p_bh", row) <= number("p_bonferroni", row));
            if expected == "survives" {
                assert!(number("ci_low", row) > 0.5, "{found:?} against {against}");
            }
        }
        assert!(judged >= 2, "{judged} against {against}");
    }
    // The contact heads know the places of the folds: shuffling leaves them most of their contacts.
    let rows = rows_where(
        &compared,
        &[("property", "contact"), ("against", "shuffle-sequence")],
    );
    let row = rows
        .into_iter()
        .find(|row| head(&compared, *row) == (3, 1))
        .unwrap();
    assert!(number("reference", row) > 0.6);
}

#[test]
fn the_tables_of_proteins_add_up_to_the_alignment() {
    let out = folder();
    demo(out.path());
    let (alignment, proteins) = (table(out.path()), read(out.path(), "proteins.parquet"));
    let mut sums: BTreeMap<(String, String, (u32, u32)), [u64; 3]> = BTreeMap::new();
    let names = ["arcs_in_class", "arcs_eligible", "arcs_total"];
    let key = |table: &Table, row: usize| {
        let text = |name: &str| table.strs(name).unwrap()[row].clone();
        (text("property"), text("class"), head(table, row))
    };
    for row in 0..proteins.n_rows() {
        let counts = sums.entry(key(&proteins, row)).or_default();
        for (sum, name) in counts.iter_mut().zip(names) {
            *sum += u64::from(proteins.u32s(name).unwrap()[row]);
        }
    }
    for row in 0..alignment.n_rows() {
        let expected = names.map(|name| alignment.u64s(name).unwrap()[row]);
        let found = sums.get(&key(&alignment, row)).copied().unwrap_or_default();
        assert_eq!(found, expected);
    }
}

#[test]
fn layers_and_amino_acids_are_told() {
    let out = folder();
    demo(out.path());
    let layers = read(out.path(), "layers.parquet");
    let rows = rows_where(&layers, &[("property", "contact")]);
    let (mut weighted, mut sum) = (0.0, 0.0);
    for row in &rows {
        let mean = layers.f64s("mean_proportion").unwrap()[*row];
        if !mean.is_nan() {
            weighted += f64::from(layers.u32s("layer").unwrap()[*row]) * mean;
            sum += mean;
        }
    }
    let gravity = layers.f64s("centre_of_gravity").unwrap()[rows[0]];
    assert!((gravity - weighted / sum).abs() < 1e-12, "{gravity}");

    let similarity = read(out.path(), "similarity.parquet");
    let letters = run_record(out.path())["similarity"]["amino_acids"]
        .as_str()
        .unwrap()
        .len();
    assert_eq!(similarity.n_rows(), letters * (letters - 1) / 2);
}

#[test]
fn figures_come_as_pixels_and_for_print_and_runs_side_by_side() {
    let out = folder();
    let [first, second, both] = ["a", "b", "both"].map(|name| out.path().join(name));
    let align = |folder: &Path, sequences: &str| {
        done(&[
            "align",
            "--model",
            "demo",
            "--data",
            "demo",
            "--limit",
            sequences,
            "--property",
            "contact",
            "--output",
            text(folder),
            "--bootstrap",
            "0",
        ]);
    };
    align(&first, "48");
    align(&second, "24");
    assert!(
        !first.join("comparisons.parquet").exists(),
        "no bootstrap, no comparisons"
    );
    done(&[
        "report",
        text(&first),
        text(&second),
        "--output",
        text(&both),
        "--format",
        "png,pdf",
    ]);
    for (file, start) in [
        (first.join("figures/contact.heads.png"), &b"\x89PNG"[..]),
        (first.join("figures/contact.heads.pdf"), b"%PDF"),
        (both.join("figures/contact.models.svg"), b"<svg"),
        (both.join("figures/layers.models.pdf"), b"%PDF"),
        (both.join("comparison.html"), b"<!DOCTYPE html>"),
    ] {
        let bytes = std::fs::read(&file).unwrap();
        assert!(bytes.starts_with(start), "{}", file.display());
    }
}
