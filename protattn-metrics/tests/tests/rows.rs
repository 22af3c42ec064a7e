//! The tables that rows declare, and rows read back from them.

use std::fmt::Debug;

use protattn_io::table::{Row, Table, Values};
use protattn_io::{Protein, Track};
use protattn_metrics::{
    AgreementOptions, AgreementRow, ArcCounts, AttentionArc, BindingSite, ByProtein, ComparisonRow,
    LayerRow, MetricRow, OBSERVED, ProteinRow, SimilarityRow, Verdict, agreement, labels_of,
};

/// The table of rows, which reads back as they were.
fn table<R: Row + Debug + PartialEq>(rows: &[R]) -> Table {
    let table = R::to_table(rows).unwrap();
    assert!(
        table
            .names()
            .eq(R::COLUMNS.iter().map(|column| column.name))
    );
    assert_eq!(R::from_table(&table).unwrap(), rows);
    table
}

/// The types of the columns.
fn types(table: &Table) -> Vec<&'static str> {
    let of = |name| table.column(name).map_or("", Values::type_name);
    table.names().map(of).collect()
}

#[test]
fn rows_read_back_as_they_were_written_and_people_count_from_one() {
    let row = |head| AgreementRow {
        property: "contact".to_owned(),
        head,
        arcs_total: u64::MAX,
        proportion: 1.0 / 3.0,
        z: -1e-300,
        p_value: 5e-324,
        scored: head == 1,
        ..AgreementRow::default()
    };
    let found = table(&[row(0), row(1)]);
    assert_eq!(found.u32s("layer").unwrap(), [1, 1]);
    assert_eq!(found.u32s("head").unwrap(), [1, 2]);
    let expected = [
        vec!["str"; 2],
        vec!["u32"; 2],
        vec!["u64"; 3],
        vec!["f64"; 13],
        vec!["bool"],
    ];
    assert_eq!(types(&found), expected.concat());

    let layer = LayerRow {
        layer: 11,
        scored_heads: 16,
        ..LayerRow::default()
    };
    let found = table(&[layer]);
    assert_eq!(found.u32s("layer").unwrap(), [12]);
    assert_eq!(types(&found), ["str", "str", "u32", "f64", "u32", "f64"]);

    let similarity = SimilarityRow {
        amino_acid_1: 'I',
        amino_acid_2: 'V',
        correlation: 0.5,
        blosum62: 3.0,
    };
    let found = table(&[similarity]);
    assert_eq!(types(&found), ["str", "str", "f64", "f64"]);
}

#[test]
fn a_verdict_has_one_of_three_names() {
    let verdicts = [Verdict::Survives, Verdict::Fails, Verdict::Untested];
    let row = |verdict| ComparisonRow {
        verdict,
        ..ComparisonRow::default()
    };
    let found = table(&verdicts.map(row));
    assert_eq!(
        found.strs("verdict").unwrap(),
        ["survives", "fails", "untested"]
    );
    let expected = [
        vec!["str"; 2],
        vec!["u32"; 2],
        vec!["str"],
        vec!["f64"; 9],
        vec!["str"],
    ];
    assert_eq!(types(&found), expected.concat());
    let error = "maybe".parse::<Verdict>().unwrap_err().to_string();
    assert_eq!(error, "\"maybe\" is none of survives, fails and untested");
}

#[test]
fn heads_of_all_layers_together_have_no_layer() {
    let row = |head| MetricRow {
        attention: OBSERVED.to_owned(),
        layer: head,
        head,
        ..MetricRow::default()
    };
    let found = table(&[row(Some(3)), row(None)]);
    assert_eq!(found.u32s("layer").unwrap(), [4, 0]);
    assert_eq!(found.u32s("head").unwrap(), [4, 0]);
    let expected = [vec!["str"; 5], vec!["u32"; 2], vec!["f64"; 5], vec!["u64"]];
    assert_eq!(types(&found), expected.concat());
}

#[test]
fn a_protein_has_a_row_for_each_head_with_an_arc() {
    let mut protein = Protein::new("a", "ACDE").unwrap();
    let site = [Some(true), Some(false), None, Some(true)];
    protein
        .set_label("binding-site", Track::Flags(site.to_vec()))
        .unwrap();
    let labels = labels_of(&BindingSite, &protein).unwrap().unwrap();
    let mut all = ByProtein::new(&BindingSite, vec![1, 4], 2, false).unwrap();
    let mut counts = all.fresh();
    counts.observe_protein(&labels, "ACDE", 4).unwrap();
    let arc = |to| AttentionArc {
        head: 1,
        from: 0,
        to,
        weight: 0.5,
    };
    counts
        .observe_arcs(4, &[arc(0), arc(1), arc(2)], &labels)
        .unwrap();
    all.push("a", &mut counts).unwrap();
    let expected = ProteinRow {
        protein: "a".to_owned(),
        property: "binding-site".to_owned(),
        class: "yes".to_owned(),
        layer: 4,
        head: 1,
        arcs_in_class: 1,
        arcs_eligible: 2,
        arcs_total: 3,
    };
    let rows: Vec<ProteinRow> = all.rows().collect();
    assert_eq!(rows, [expected]);
    let expected = [vec!["str"; 3], vec!["u32"; 5]].concat();
    assert_eq!(types(&table(&rows)), expected);
}

#[test]
fn layers_go_by_class() {
    let counts = ArcCounts::new(&BindingSite, vec![0, 7], 2).unwrap();
    let rows = agreement(&counts, &AgreementOptions::default().min_arcs(0));
    let found = LayerRow::of(&rows);
    let places = found
        .iter()
        .map(|row| (row.class.as_str(), row.layer, row.scored_heads));
    // Heads without an arc have no proportion.
    assert!(places.eq([("yes", 0, 0), ("yes", 7, 0)]));
    assert!(found.iter().all(|row| row.centre_of_gravity.is_nan()));
}
