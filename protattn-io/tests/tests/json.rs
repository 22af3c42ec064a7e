//! Sets of TAPE in JSON, made by `fixtures/json/make.py`, good and bad.

use std::fs;

use protattn_io::Protein;
use protattn_io::json::Reader;
use protattn_io::source::{self, Format};

use crate::fixture;

/// What the reader makes of a file, errors without the path.
fn read(name: &str) -> Vec<Result<String, String>> {
    let path = fixture("json").join(name);
    let strip = |message: String| {
        let start = format!("{}: ", path.display());
        message.strip_prefix(&start).unwrap().to_owned()
    };
    Reader::open(&path)
        .unwrap()
        .map(|record| match record {
            Ok(protein) => Ok(protein.id().to_owned()),
            Err(error) => Err(strip(error.to_string())),
        })
        .collect()
}

fn err(message: &str) -> Result<String, String> {
    Err(message.to_owned())
}

fn valid(name: &str) -> Vec<Protein> {
    let source = source::open(fixture("json/valid").join(name), None).unwrap();
    assert_eq!(source.format(), Format::Json);
    source.map(Result::unwrap).collect()
}

#[test]
fn white_space_and_numbers_that_are_none_do_not_matter() {
    let proteins = valid("kinds.json");
    assert_eq!(proteins.len(), 4);
    assert_eq!(proteins[2].ca().unwrap()[1], Some([0.75, 1.0, 1.25]));
    assert_eq!(valid("indented.json"), proteins);
}

/// The same records as LMDB are the oracle: Python wrote both.
#[cfg(feature = "lmdb")]
#[test]
fn what_a_set_holds_does_not_depend_on_how_it_is_written() {
    let lmdb = protattn_io::lmdb::Reader::open(fixture("lmdb/valid/kinds")).unwrap();
    let expected: Vec<Protein> = lmdb.map(Result::unwrap).collect();
    assert_eq!(valid("kinds.json"), expected);
}

#[test]
fn a_bad_record_is_named_and_the_next_one_read() {
    let expected = [
        err("record 1, line 2: `positions` has 2 values for 3 residues"),
        err("record 2, line 3: there is `modifications` but no `positions`"),
        err("record 3, line 4: missing field `id` at column 30"),
        err("record 4, line 5: invalid type: integer `1`, expected a string at column 2"),
        err("record 5, line 6: invalid length 2, expected an array of length 3 at column 63"),
        err("record 6, line 7: `tertiary` has 1 values for 2 residues"),
        err("record 7, line 8: `ss3` of residue 2 is 3, not a number below 3"),
        err("record 8, line 9: gap: residue 2 is '-', not a letter from A to Z"),
        err(
            "record 9, line 10: invalid type: string \"no\", expected true, false or a number \
             at column 57",
        ),
        err("record 10, line 12: invalid type: string \"1\", expected i64 at column 18"),
        err("record 11, line 13: trailing characters at column 36"),
        Ok("good".to_owned()),
    ];
    let found = read("invalid/records.json");
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn a_file_that_is_no_whole_list_is_an_error() {
    let a = || Ok("a".to_owned());
    let cut = err("record 2, line 1: the file ends within the record");
    assert_eq!(read("invalid/cut.json"), [a(), cut]);
    let two = err("it goes on in line 2 after its end");
    assert_eq!(read("invalid/two_values.json"), [a(), two]);
    assert_eq!(read("invalid/no_records.json"), [err("the list is empty")]);
    let neither = err("it is neither a JSON list nor an object");
    assert_eq!(read("invalid/text.json"), [neither]);
}

/// A cut file gives its whole records and one error, wherever it is cut.
#[test]
fn a_cut_file_is_never_taken_for_a_whole_one() {
    let whole = fs::read(fixture("json/valid/kinds.json")).unwrap();
    for end in 0..whole.len() {
        let records: Vec<_> = Reader::new(&whole[..end], "cut").collect();
        let (errors, last) = (
            records.iter().filter(|r| r.is_err()).count(),
            records.last(),
        );
        assert_eq!(
            (errors, last.unwrap().is_err()),
            (1, true),
            "cut to {end} bytes"
        );
    }
}
