//! Tables, written and read, and what is no table.

use std::fs;

use protattn_io::parquet::{Column, Table};

use crate::fixture;

fn table() -> Table {
    let text = ["contact", "α-helix", ""].map(str::to_owned).to_vec();
    Table::new()
        .with("property", text)
        .and_then(|table| table.with("arcs", vec![0, 7, u64::MAX]))
        .and_then(|table| table.with("layer", vec![1, 2, u32::MAX]))
        .and_then(|table| table.with("proportion", vec![0.1, f64::NAN, f64::NEG_INFINITY]))
        .and_then(|table| table.with("scored", vec![true, false, true]))
        .unwrap()
}

#[test]
fn writing_then_reading_is_identity() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let written = table();
    written.write(&path).unwrap();
    let read = Table::read(&path).unwrap();
    assert_eq!(read.n_rows(), 3);
    assert_eq!(
        read.names().collect::<Vec<_>>(),
        ["property", "arcs", "layer", "proportion", "scored"]
    );
    assert_eq!(read.strs("property").unwrap(), ["contact", "α-helix", ""]);
    assert_eq!(read.u64s("arcs").unwrap(), [0, 7, u64::MAX]);
    assert_eq!(read.u32s("layer").unwrap(), [1, 2, u32::MAX]);
    assert_eq!(read.bools("scored").unwrap(), [true, false, true]);
    let bits = |table: &Table| {
        table
            .f64s("proportion")
            .unwrap()
            .iter()
            .map(|v| v.to_bits())
            .collect::<Vec<_>>()
    };
    assert_eq!(bits(&read), bits(&written));
}

#[test]
fn a_table_without_rows_keeps_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let empty = Table::new()
        .with("a", Vec::<u32>::new())
        .and_then(|t| t.with("b", Vec::<String>::new()))
        .unwrap();
    empty.write(&path).unwrap();
    let read = Table::read(&path).unwrap();
    assert_eq!(read, empty);
    assert_eq!(read.column("b"), Some(&Column::Str(Vec::new())));
}

#[test]
fn the_same_table_is_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = |name: &str| {
        let path = folder.path().join(name);
        table().write(&path).unwrap();
        fs::read(path).unwrap()
    };
    assert_eq!(bytes("a.parquet"), bytes("b.parquet"));
}

#[test]
fn a_file_that_is_there_is_replaced_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    fs::write(&path, "what was there").unwrap();
    table().write(&path).unwrap();
    assert_eq!(Table::read(&path).unwrap().n_rows(), 3);
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        1,
        "no temporary file stays behind"
    );
}

#[test]
fn what_is_no_table_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let error = || Table::read(&path).unwrap_err().to_string();
    assert!(
        error().starts_with(&path.display().to_string()),
        "{}",
        error()
    );
    table().write(&path).unwrap();
    let whole = fs::read(&path).unwrap();
    for end in (0..whole.len()).step_by(41) {
        fs::write(&path, &whole[..end]).unwrap();
        let expected = format!(
            "{}: it is no Parquet table, or only a part of one",
            path.display()
        );
        assert_eq!(error(), expected, "cut to {end} bytes");
    }
}

/// Tables of others, by `fixtures/parquet/make.py`.
#[test]
fn what_a_table_of_results_does_not_hold_is_named() {
    for (name, message) in [
        (
            "int64",
            "column `b` is i64, none of str, u64, u32, f64 and bool",
        ),
        ("missing", "column `b` has 1 missing values"),
        ("damaged", "it is damaged"),
    ] {
        let path = fixture("parquet/invalid")
            .join(name)
            .with_extension("parquet");
        let error = Table::read(&path).unwrap_err().to_string();
        assert_eq!(error, format!("{}: {message}", path.display()));
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let error = table()
        .write("no/such/folder/a.parquet")
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("no/such/folder/a.parquet: "), "{error}");
}
