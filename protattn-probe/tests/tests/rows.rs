//! The tables that rows declare, and rows read back from them.

use std::fmt::Debug;

use protattn_io::table::{Row, Table, Values};
use protattn_probe::{ContactScoreRow, PairRow, ProbeRow};

/// The table of rows, which reads back as they were, and the types of its columns.
fn table<R: Row + Debug + PartialEq>(rows: &[R]) -> (Table, Vec<&'static str>) {
    let table = R::to_table(rows).unwrap();
    assert!(
        table
            .names()
            .eq(R::COLUMNS.iter().map(|column| column.name))
    );
    assert_eq!(R::from_table(&table).unwrap(), rows);
    let of = |name| table.column(name).map_or("", Values::type_name);
    let types = table.names().map(of).collect();
    (table, types)
}

#[test]
fn layer_0_of_a_probe_is_the_embedding() {
    let row = |layer| ProbeRow {
        task: "contact".to_owned(),
        layer,
        value: 0.5,
        penalty: 1e-300,
        converged: true,
        n_eval: u64::MAX,
        ..ProbeRow::default()
    };
    let (found, types) = table(&[row(0), row(7)]);
    assert_eq!(found.u32s("layer").unwrap(), [0, 7]);
    let expected = [
        vec!["str"; 3],
        vec!["u32"],
        vec!["str"; 3],
        vec!["f64"; 7],
        vec!["bool"],
        vec!["u64"; 4],
    ];
    assert_eq!(types, expected.concat());
}

#[test]
fn residues_count_from_one_and_a_contact_may_be_undefined() {
    let row = |(j, contact)| PairRow {
        record: "a".to_owned(),
        i: 0,
        j,
        probability: 0.25,
        contact,
    };
    let rows = [(6, Some(true)), (7, Some(false)), (8, None)].map(row);
    let (found, types) = table(&rows);
    assert_eq!(found.u32s("i").unwrap(), [1, 1, 1]);
    assert_eq!(found.u32s("j").unwrap(), [7, 8, 9]);
    assert_eq!(found.strs("contact").unwrap(), ["yes", "no", "undefined"]);
    assert_eq!(types, ["str", "u32", "u32", "f64", "str"]);
}

#[test]
fn scores_of_contacts_read_back_as_they_were_written() {
    let row = ContactScoreRow {
        k_rule: "L/5".to_owned(),
        length: 7,
        ..ContactScoreRow::default()
    };
    let (_, types) = table(&[row]);
    let expected = [vec!["str"; 3], vec!["f64"], vec!["u64"; 4]];
    assert_eq!(types, expected.concat());
}
