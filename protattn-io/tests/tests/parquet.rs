//! Tables, written and read, and what is no table.

use std::fs;

use protattn_io::Error;
use protattn_io::parquet::{RowWriter, Table, Values, read_rows, read_rows_if_there, write_rows};
use protattn_io::table::Row;

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
    assert_eq!(read.column("b"), Some(&Values::Str(Vec::new())));
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

protattn_io::table! {
    /// A field of each kind.
    #[derive(Clone, Debug, Default, PartialEq)]
    struct EachRow in "each.parquet" {
        /// text
        name: String,
        /// a letter, whose meaning
        /// takes two lines
        letter: char as Text,
        /// from 1
        layer: usize as OneBased,
        /// from 1; 0 for none
        #[unit = "heads"]
        head: Option<usize> as OneBased,
        /// as it is
        index: usize,
        /// whether they touch
        contact: Option<bool> as YesNo,
        /// small
        small: u32,
        /// large
        large: u64,
        /// a number
        number: f64,
        /// a flag
        flag: bool,
    }
}

fn rows() -> Vec<EachRow> {
    let row = |layer, head, contact| EachRow {
        name: "α-helix".to_owned(),
        letter: 'W',
        layer,
        head,
        index: 0,
        contact,
        small: u32::MAX,
        large: u64::MAX,
        number: -5e-324,
        flag: layer == 0,
    };
    vec![row(0, None, None), row(11, Some(3), Some(false))]
}

#[test]
fn rows_read_back_as_they_were_written_and_people_count_from_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(EachRow::FILE);
    assert_eq!(read_rows_if_there::<EachRow>(&path), Ok(None));
    write_rows(&path, &rows()).unwrap();
    assert_eq!(read_rows_if_there(&path), Ok(Some(rows())));
    let table = Table::read(&path).unwrap();
    let names = EachRow::COLUMNS.iter().map(|column| column.name);
    assert!(table.names().eq(names));
    assert_eq!(table.u32s("layer").unwrap(), [1, 12]);
    assert_eq!(table.u32s("head").unwrap(), [0, 4]);
    assert_eq!(table.u32s("index").unwrap(), [0, 0]);
    assert_eq!(table.strs("contact").unwrap(), ["undefined", "no"]);
    assert_eq!(
        EachRow::COLUMNS[1].meaning,
        "a letter, whose meaning takes two lines"
    );
    assert_eq!(
        (EachRow::COLUMNS[3].unit, EachRow::COLUMNS[4].unit),
        ("heads", "")
    );
}

#[test]
fn rows_written_one_by_one_are_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, parts] = ["whole", "parts"].map(|name| folder.path().join(name));
    for rows in [rows(), Vec::new()] {
        write_rows(&whole, &rows).unwrap();
        let mut writer = RowWriter::create(&parts).unwrap();
        rows.iter()
            .cloned()
            .for_each(|row| writer.push(row).unwrap());
        assert_eq!(writer.finish(), Ok(rows.len() as u64));
        assert_eq!(fs::read(&parts).unwrap(), fs::read(&whole).unwrap());
        assert_eq!(read_rows::<EachRow>(&parts).unwrap(), rows);
    }
}

#[test]
fn a_table_of_other_columns_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let with = |name: &str, values: Values| {
        let table = EachRow::to_table(&rows()).unwrap();
        let others = table.names().filter(|other| *other != name);
        let table_with = |new: Table, other| new.with(other, table.column(other).unwrap().clone());
        let others = others.map(str::to_owned).collect::<Vec<_>>();
        let others = others
            .iter()
            .try_fold(Table::new(), |new, name| table_with(new, name));
        others
            .unwrap()
            .with(name, values)
            .unwrap()
            .write(&path)
            .unwrap();
        read_rows::<EachRow>(&path)
    };
    // The order of the columns does not matter, nor does one more.
    assert_eq!(with("layer", vec![1_u32, 12].into()), Ok(rows()));
    assert_eq!(with("more", vec![true; 2].into()), Ok(rows()));
    for (name, values, problem) in [
        (
            "layer",
            vec![1_u32, 0].into(),
            "holds 0, but counts from 1, in row 2",
        ),
        ("large", Values::from(vec![1_u32, 2]), "is u32, not u64"),
        (
            "contact",
            vec!["yes".to_owned(), "so".to_owned()].into(),
            "holds `so`, none of yes, no and undefined, in row 2",
        ),
    ] {
        let (path, column, problem) = (path.clone(), name.to_owned(), problem.to_owned());
        assert_eq!(
            with(name, values),
            Err(Error::Column {
                path,
                column,
                problem
            })
        );
    }
    Table::new()
        .with("name", vec![String::new()])
        .unwrap()
        .write(&path)
        .unwrap();
    let error = read_rows::<EachRow>(&path).unwrap_err().to_string();
    assert_eq!(
        error,
        format!("{}: column `letter` is missing among name", path.display())
    );
}

#[test]
fn a_value_that_does_not_fit_is_named() {
    let row = EachRow {
        layer: usize::MAX,
        ..EachRow::default()
    };
    let error = EachRow::to_table(&[EachRow::default(), row])
        .unwrap_err()
        .to_string();
    let expected = format!(
        "each.parquet: column `layer` holds {}, which is too large, in row 2",
        usize::MAX
    );
    assert_eq!(error, expected);
}
