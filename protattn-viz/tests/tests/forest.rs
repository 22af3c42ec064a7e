use crate::document::{all, check, texts, titles};
use protattn_viz::ndarray::{Array2, array};
use protattn_viz::{
    Comparison, Error, Estimate, Figure, Forest, ForestGroup, ForestRow, Survival, Verdict,
};
use roxmltree::Document;

const NAN: f64 = f64::NAN;
const REFERENCES: [&str; 3] = ["background", "matched background", "shuffled sequence"];

/// Two groups against three references, with one value and one reference missing.
pub(crate) fn figure() -> String {
    let contact = [
        ForestRow::new("8-12", Estimate::new(63.2, 60.1, 66.0)).references(&[4.1, 9.0, 30.5]),
        ForestRow::new("5-1", Estimate::point(12.0)).references(&[4.1, NAN, 13.0]),
    ];
    let site = [
        ForestRow::new("7-3", Estimate::MISSING).references(&[4.1, 9.0, 30.5]),
        ForestRow::new("1-1", Estimate::new(-3.0, -5.0, 1.0)),
        ForestRow::new("2-2", Estimate::point(0.0)),
    ];
    let groups = [
        ForestGroup::new("Contact", contact),
        ForestGroup::new("Binding site", site),
    ];
    Forest::new(groups)
        .references(REFERENCES)
        .title("Heads against null models")
        .value_label("% attention")
        .estimate_label("head, 95% interval")
        .to_svg()
        .unwrap()
}

/// Two heads by three comparisons, one of each verdict.
pub(crate) fn survival() -> String {
    let cell = |difference, verdict| Comparison {
        difference,
        verdict,
    };
    let cells = array![
        [
            cell(59.1, Verdict::Survives),
            cell(54.2, Verdict::Survives),
            cell(NAN, Verdict::Untested)
        ],
        [
            cell(7.9, Verdict::Survives),
            cell(-0.04, Verdict::Fails),
            cell(NAN, Verdict::Fails)
        ],
    ];
    Survival::new(["8-12", "5-1"], REFERENCES, cells.view())
        .title("Heads that survive")
        .value_label("Difference in percentage points.")
        .to_svg()
        .unwrap()
}

#[test]
fn every_mark_says_what_it_is() {
    let svg = figure();
    check(&svg);
    let document = Document::parse(&svg).unwrap();
    let titles = titles(&document);
    let expected = [
        "Contact, 8-12: 63.2% (60.1% to 66.0%)",
        "Contact, 8-12, shuffled sequence: 30.5%",
        "Contact, 5-1: 12.0%",
        "Binding site, 1-1: \u{2212}3.0% (\u{2212}5.0% to 1.0%)",
        "Binding site, 7-3, background: 4.1%",
    ];
    for words in expected {
        assert_eq!(titles.iter().filter(|t| *t == words).count(), 1, "{words}");
    }
    // Four values, and three, two and three references; nothing for what is missing.
    assert_eq!(titles.len(), 4 + 8);
    let legend = texts(&document, "legend");
    assert_eq!(legend[0], "head, 95% interval");
    assert_eq!(legend[1..], REFERENCES);
}

#[test]
fn rows_and_groups_own_what_they_are_built_from() {
    let row = |head: usize| {
        let references = vec![head as f64, 0.5];
        ForestRow::new(format!("8-{head}"), Estimate::point(3.0)).references(&references)
    };
    let group = |name: &str| ForestGroup::new(name.to_uppercase(), (1..3).map(row));
    let names = ["background", "shuffled"].map(str::to_owned);
    let figure = Forest::new(["a", "b"].map(group)).references(names);
    let svg = figure.title(format!("{} groups", 2)).to_svg().unwrap();
    assert!(svg.contains("<title>B, 8-2, background: 2.0%</title>"));
}

#[test]
fn legend_leaves_out_references_that_no_row_has() {
    let rows = [ForestRow::new("8-12", Estimate::point(3.0)).references(&[NAN, 1.0])];
    let svg = Forest::new([ForestGroup::new("", rows)])
        .references(["background", "shuffled"])
        .to_svg()
        .unwrap();
    assert_eq!(
        texts(&Document::parse(&svg).unwrap(), "legend"),
        ["shuffled"]
    );
}

#[test]
fn every_shape_is_fit_to_print() {
    let long = "a very long label & words that no row of this width can ever hold";
    for n_groups in [1, 2, 3, 5, 12] {
        for n_rows in [1, 10, 20] {
            for scale in [0.0, 1e-300, 1e-3, 1.0, 1e6] {
                let references = [0.1 * scale, 0.5 * scale, -scale];
                let row = |i: usize| {
                    let value = scale * (i % 7) as f64 / 7.0;
                    let name = ["8-12", "30-16", long][i % 3];
                    ForestRow::new(name, Estimate::new(value, value, scale)).references(&references)
                };
                let rows: Vec<_> = (0..n_rows).map(row).collect();
                let groups = vec![ForestGroup::new(long, rows); n_groups];
                let figure = Forest::new(groups).references(REFERENCES);
                let svg = figure.title(long).value_label(long).to_svg().unwrap();
                check(&svg);
                let document = Document::parse(&svg).unwrap();
                assert_eq!(all(&document, "group").len(), n_groups);
            }
        }
    }
}

#[test]
fn wrong_forests_are_refused() {
    let error = |groups: &[ForestGroup]| {
        Forest::new(groups.to_vec())
            .references(REFERENCES)
            .to_svg()
            .unwrap_err()
    };
    assert_eq!(error(&[]).to_string(), "0 groups, expected 1 to 12");
    assert!(matches!(
        error(&[ForestGroup::new("x", [])]),
        Error::Count {
            min: 1,
            max: 60,
            ..
        }
    ));
    let of = |row| error(&[ForestGroup::new("x", [row])]).to_string();
    let one = Estimate::point(1.0);
    assert_eq!(
        of(ForestRow::new("8-12", one).references(&[1.0])),
        "references of row \"8-12\" of group \"x\": found 1, expected 3"
    );
    assert_eq!(
        of(ForestRow::new("8-12", Estimate::new(1.0, 2.0, 3.0))),
        "interval of row \"8-12\" of group \"x\" is 2 to 3, expected it to contain the value 1"
    );
    assert_eq!(
        of(ForestRow::new("8-12", one).references(&[1.0, 1.0, f64::INFINITY])),
        "shuffled sequence of row \"8-12\" of group \"x\" is inf, expected -1000000 to 1000000"
    );
    assert_eq!(
        error(&[ForestGroup::new(
            "",
            [ForestRow::new("8-12", Estimate::point(1e7))]
        )])
        .to_string(),
        "row \"8-12\" is 10000000, expected -1000000 to 1000000"
    );
    let missing = [ForestRow::new("8-12", Estimate::MISSING)];
    let svg = Forest::new([ForestGroup::new("x", missing)])
        .to_svg()
        .unwrap();
    assert!(svg.contains(">There are no values to draw.</text>"));
}

#[test]
fn cells_carry_verdict_and_difference() {
    let svg = survival();
    check(&svg);
    let document = Document::parse(&svg).unwrap();
    let expected = [
        "8-12, background: survives, +59.1%",
        "8-12, matched background: survives, +54.2%",
        "8-12, shuffled sequence: not tested",
        "5-1, background: survives, +7.9%",
        "5-1, matched background: does not survive, 0.0%",
        "5-1, shuffled sequence: does not survive",
    ];
    assert_eq!(titles(&document), expected);
    let legend = texts(&document, "legend");
    assert_eq!(legend, ["survives", "does not survive", "not tested"]);
    assert!(svg.contains("background 2, matched background 1, shuffled sequence 0"));
}

#[test]
fn every_table_is_fit_to_print() {
    for (n_rows, n_columns) in [(1, 1), (10, 3), (20, 4), (60, 5), (12, 12)] {
        for scale in [0.0, 1e-3, 1.0, 1e6] {
            let names: Vec<String> = (0..n_rows)
                .map(|i| format!("{}-{}", i + 1, i % 16))
                .collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let columns: Vec<&str> = (0..n_columns).map(|i| REFERENCES[i % 3]).collect();
            let cells = Array2::from_shape_fn((n_rows, n_columns), |(row, column)| Comparison {
                difference: scale * (row as f64 - column as f64) / 60.0,
                verdict: [Verdict::Survives, Verdict::Fails][(row + column) % 2],
            });
            let table = Survival::new(&names, columns, cells.view()).title("Survivors");
            check(&table.to_svg().unwrap());
        }
    }
}

#[test]
fn wrong_tables_are_refused() {
    let cells = Array2::from_elem(
        (1, 2),
        Comparison {
            difference: 1e7,
            verdict: Verdict::Fails,
        },
    );
    let error = |rows: &[&str], columns: &[&str]| {
        let table = Survival::new(rows, columns, cells.view());
        table.to_svg().unwrap_err().to_string()
    };
    assert_eq!(error(&[], &["a"]), "0 rows, expected 1 to 60");
    assert_eq!(
        error(&["x"], &["a"]),
        "columns of cells: found 2, expected 1"
    );
    assert_eq!(
        error(&["x"], &["a", "b"]),
        "a of row \"x\" is 10000000, expected -1000000 to 1000000"
    );
}

#[test]
fn decimals_are_those_of_what_is_printed() {
    let cell = |difference, verdict| Comparison {
        difference,
        verdict,
    };
    let cells = array![[
        cell(0.05, Verdict::Survives),
        cell(4321.0, Verdict::Untested)
    ]];
    let table = Survival::new(["8-12"], &REFERENCES[..2], cells.view());
    let svg = table.to_svg().unwrap();
    assert!(svg.contains(">+0.050</text>"), "{svg}");
    assert!(!svg.contains("4321"));
}
