//! Every file of `fixtures/{pdb,mmcif}/invalid`, with its error.

use std::collections::BTreeSet;
use std::path::Path;

use protattn_io::Error;
use protattn_io::structure::{self, Options};

use super::fixture;

const PDB: [(&str, &str); 7] = [
    (
        "cut_in_coordinates.pdb",
        "line 2: the atom record ends at column 49, before its coordinates do (54); the file may be cut short",
    ),
    (
        "hexadecimal_number.pdb",
        "line 2: the residue number is \"27A0\" (columns 23 to 26)",
    ),
    (
        "only_ions.pdb",
        "there is no protein, only other molecules (chains: A, B)",
    ),
    (
        "only_nucleic_acid.pdb",
        "there is no protein, only nucleic acid (chains: B, C)",
    ),
    ("only_water.pdb", "there are no atoms, or none but of water"),
    (
        "overflowing_coordinate.pdb",
        "line 2: the x coordinate is \"********\" (columns 31 to 38), not a number",
    ),
    (
        "shifted_columns.pdb",
        "line 2: the y coordinate is \"0 12.000\" (columns 39 to 46), not a number",
    ),
];

const MMCIF: [(&str, &str); 10] = [
    (
        "cut_after_tag.cif",
        "line 15: _struct.title has no value; the file may be cut short",
    ),
    (
        "cut_in_quote.cif",
        "line 13: the value opened by ' is not closed; the file may be cut short",
    ),
    (
        "cut_in_row.cif",
        "line 13: the last row of _atom_site has 5 of 9 values; the file may be cut short",
    ),
    (
        "cut_in_text.cif",
        "line 16: the text block opened by ; is not closed; the file may be cut short",
    ),
    (
        "letters_in_coordinate.cif",
        "line 13: Cartn_x is \"11,5\", not a number",
    ),
    (
        "letters_in_number.cif",
        "line 13: auth_seq_id is \"1A\", not an integer",
    ),
    ("no_atoms.cif", "there are no atoms, or none but of water"),
    ("no_chain.cif", "line 13: an atom has no auth_asym_id"),
    (
        "no_coordinates.cif",
        "line 11: _atom_site has no column Cartn_y",
    ),
    (
        "stray_value.cif",
        "line 3: the value \"ATOM\" has no name and stands in no loop",
    ),
];

fn check(folder: &str, expected: &[(&str, &str)]) {
    let folder = fixture(folder);
    let entries = std::fs::read_dir(&folder).unwrap();
    let found: BTreeSet<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let named: BTreeSet<_> = expected
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(found, named);
    for (name, message) in expected {
        let path = folder.join(name);
        let error = structure::read(&path, &Options::default()).unwrap_err();
        assert_eq!(
            error,
            Error::Format {
                path,
                message: (*message).to_owned()
            }
        );
    }
}

#[test]
fn every_invalid_pdb_file_has_its_error() {
    check("pdb/invalid", &PDB);
}

#[test]
fn every_invalid_mmcif_file_has_its_error() {
    check("mmcif/invalid", &MMCIF);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let path = Path::new("no/such/file.pdb");
    let error = structure::read(path, &Options::default()).unwrap_err();
    assert!(
        matches!(&error, Error::Io { path: found, .. } if found == path),
        "{error}"
    );
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.pdb");
    // Sparse: it takes no room on the disk.
    std::fs::File::create(&path)
        .unwrap()
        .set_len((1 << 30) + 1)
        .unwrap();
    let error = structure::read(&path, &Options::default()).unwrap_err();
    let message =
        "the file has 1073741825 bytes or more; structures are read up to 1073741824".to_owned();
    assert_eq!(error, Error::Format { path, message });
}
