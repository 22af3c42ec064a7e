//! Tables of labels in files, good and bad.

use std::fs;

use protattn_io::label_table::LabelTable;
use protattn_io::{Protein, Track};

use crate::fixture;

#[test]
fn a_table_is_joined_to_a_protein() {
    for name in ["sites.tsv", "sites.csv"] {
        let table = LabelTable::read(fixture("labels/valid").join(name)).unwrap();
        let mut protein = Protein::new("1ubq.A", "MQIF").unwrap();
        assert_eq!(table.apply(&mut protein), Ok(2));
        let some = |class: &str| Some(class.to_owned());
        let domain = Track::Classes(vec![
            some("N-term, first"),
            some("core"),
            None,
            some("core"),
        ]);
        assert_eq!(protein.track("domain"), Some(&domain));
        let hot = Track::Flags(vec![Some(true), Some(false), Some(false), Some(false)]);
        assert_eq!(protein.track("hot"), Some(&hot));
        assert_eq!(table.unmatched(), ["2xyz.B"], "{name}");
    }
}

#[test]
fn a_bad_table_is_refused_with_its_line() {
    for (name, message) in [
        ("empty", "the table has no rows"),
        ("header_only", "the table has no rows"),
        ("no_label", "line 1: there is no column `label`"),
        (
            "no_position",
            "line 1: there is no column `position` or `number`",
        ),
        (
            "position_and_number",
            "line 1: there are both of the columns `position` and `number`",
        ),
        (
            "unknown_column",
            "line 1: column `vlaue` is none of id, position, number, label, value",
        ),
        ("twice", "line 1: there are two columns `ID`"),
        ("fields", "line 3: 2 fields for 3 columns"),
        ("no_id", "line 2: the id is empty"),
        (
            "position_0",
            "line 2: position \"0\" is no whole number from 1",
        ),
        (
            "position_text",
            "line 2: position \"52A\" is no whole number from 1",
        ),
        (
            "number",
            "line 2: \"A52\" is not a residue number such as 52 or 52A",
        ),
        (
            "contradiction",
            "line 5: label `a` of residue 2 of p has another value in line 2",
        ),
        ("quote", "line 2: a quote is not closed"),
        ("latin_1", "line 2: it is not UTF-8"),
        ("json", "it is a JSON list, and not of objects"),
    ] {
        let path = fixture("labels/invalid").join(name);
        let error = LabelTable::read(&path).unwrap_err().to_string();
        if name == "json" {
            assert!(error.starts_with(&path.display().to_string()), "{error}");
        } else {
            assert_eq!(error, format!("{}: {message}", path.display()));
        }
    }
}

/// A table cut at the end of a line is a shorter table: a list of rows cannot tell.
#[test]
fn a_cut_table_is_an_answer() {
    let whole = fs::read(fixture("labels/valid/sites.csv")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.csv");
    for end in 0..whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        if let Ok(table) = LabelTable::read(&path) {
            assert!(table.len() <= 2);
        }
    }
}
