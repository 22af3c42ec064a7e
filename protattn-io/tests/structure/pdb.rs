//! What is particular to PDB.

use std::path::Path;

use protattn_io::structure::{self, Options, Warning};

use super::{message, numbers, parse, warnings};

/// An atom record from what varies: columns 13 to 27, and x.
fn atom(record: &str, name_to_number: &str, x: f32) -> String {
    assert_eq!(name_to_number.len(), 15);
    format!("{record:<6}    1 {name_to_number}   {x:8.3}   0.000   0.000  1.00  0.00\n")
}

/// The Cα of an alanine: chain, number and insertion code as in columns 22 to 27.
fn ca(place: &str, x: f32) -> String {
    atom("ATOM", &format!(" CA  ALA {place}"), x)
}

#[test]
fn a_blank_chain_is_an_underscore() {
    let structure = parse(&(ca("    5 ", 1.0) + "END\n")).unwrap();
    assert_eq!(structure.chains[0].id(), "t.x._");
    assert!(structure.warnings.is_empty());
}

#[test]
fn line_ends_may_be_those_of_windows() {
    let text = ca("A   1 ", 1.0) + &ca("A   2 ", 2.0) + "TER\nEND\n";
    assert_eq!(parse(&text.replace('\n', "\r\n")), parse(&text));
}

#[test]
fn a_missing_end_is_reported() {
    let structure = parse(&ca("A   1 ", 1.0)).unwrap();
    assert_eq!(structure.warnings, [Warning::NoEnd]);
}

#[test]
fn atoms_after_end_are_counted_and_ignored() {
    let structure = parse(&(ca("A   1 ", 1.0) + "END\n" + &ca("B   1 ", 1.0))).unwrap();
    assert_eq!(structure.chains.len(), 1);
    assert_eq!(structure.warnings, [Warning::AtomsAfterEnd { ignored: 1 }]);
}

#[test]
fn ter_parts_the_chain_from_its_ligands() {
    let text = ca("A   1 ", 1.0) + "TER\n" + &atom("HETATM", " CA  MSE A   2 ", 2.0) + "END\n";
    assert_eq!(parse(&text).unwrap().chains[0].sequence(), "A");
    let text = atom("HETATM", " CA  MSE A   2 ", 2.0) + &ca("A   1 ", 1.0) + "TER\nEND\n";
    assert_eq!(parse(&text).unwrap().chains[0].sequence(), "MA");
}

#[test]
fn a_chain_that_goes_on_after_ter_is_whole() {
    let text = ca("A   1 ", 1.0) + "TER\n" + &ca("A   2 ", 2.0) + "END\n";
    let structure = parse(&text).unwrap();
    assert_eq!(structure.chains[0].sequence(), "AA");
    assert_eq!(
        structure.warnings,
        [Warning::ResiduesAfterTer {
            chain: "A".to_owned()
        }]
    );
}

#[test]
fn a_free_amino_acid_is_no_residue() {
    let text = ca("A   1 ", 1.0) + &atom("HETATM", " CA  GLU A   9 ", 2.0) + "END\n";
    assert_eq!(parse(&text).unwrap().chains[0].sequence(), "A");
}

#[test]
fn calcium_is_no_residue() {
    let text = ca("A   1 ", 1.0) + &atom("ATOM", "CA    CA A   2 ", 2.0) + "END\n";
    assert_eq!(parse(&text).unwrap().chains[0].sequence(), "A");
}

#[test]
fn residues_are_in_the_order_of_the_file() {
    let text =
        ca("A  52A", 1.0) + &ca("A  52 ", 2.0) + &ca("A  -3 ", 3.0) + &ca("A  60 ", 4.0) + "END\n";
    assert_eq!(numbers(&parse(&text).unwrap().chains[0]), "52A 52 -3 60");
}

#[test]
fn atoms_may_come_late() {
    let late = atom("ATOM", " CB  ALA A   1 ", 7.0);
    let text = ca("A   1 ", 1.0) + &ca("A   2 ", 2.0) + &late + "END\n";
    let structure = parse(&text).unwrap();
    assert_eq!(
        structure.chains[0].cb().unwrap(),
        [Some([7.0, 0.0, 0.0]), None]
    );
    assert!(structure.warnings.is_empty());
}

#[test]
fn a_number_given_twice_is_two_residues() {
    let text = ca("A   1 ", 1.0) + &ca("A   2 ", 2.0) + &ca("A   1 ", 3.0) + "END\n";
    let structure = parse(&text).unwrap();
    assert_eq!(numbers(&structure.chains[0]), "1 2 1");
    assert_eq!(warnings(&structure), ["chain A has two residues 1"]);
    let other_name = atom("ATOM", " CA  GLY A   1 ", 3.0);
    let structure = parse(&(ca("A   1 ", 1.0) + &other_name + "END\n")).unwrap();
    assert_eq!(structure.chains[0].sequence(), "AG");
}

#[test]
fn of_an_atom_given_twice_the_first_counts() {
    let text = ca("A   1 ", 1.0) + &ca("A   1 ", 2.0) + &ca("A   1 ", 3.0) + "END\n";
    let structure = parse(&text).unwrap();
    assert_eq!(structure.chains[0].ca().unwrap(), [Some([1.0, 0.0, 0.0])]);
    assert_eq!(
        warnings(&structure),
        ["chain A, residue 1 has CA twice; the first was used"]
    );
}

#[test]
fn names_of_authors_need_not_be_utf_8() {
    let mut text = b"AUTHOR    J.M\xdcLLER\n".to_vec();
    text.extend_from_slice((ca("A   1 ", 1.0) + "END\n").as_bytes());
    let structure = structure::parse(&text, Path::new("t.pdb"), &Options::default()).unwrap();
    assert_eq!(structure.chains[0].id(), "t.A");
    let atom = ca("A   1 ", 1.0).replace("ALA", "A\u{dc}A");
    assert_eq!(
        message(&atom),
        "line 1: the atom record has characters other than ASCII"
    );
}

#[test]
fn a_sequence_that_the_file_does_not_place_is_reported() {
    let text = "SEQRES   1 A    3  ALA ALA GLY\n".to_owned()
        + &ca("A   1 ", 1.0)
        + &ca("A   2 ", 2.0)
        + "END\n";
    let options = Options {
        observed_only: false,
        ..Options::default()
    };
    let structure = structure::parse(text.as_bytes(), Path::new("t.pdb"), &options).unwrap();
    assert_eq!(structure.chains[0].sequence(), "AA");
    assert_eq!(
        structure.warnings[0],
        Warning::NoFullSequence {
            chain: "A".to_owned()
        }
    );
}

/// Of four alanines, 2 and 3 are missing: only the numbers say where they belong.
#[test]
fn equal_neighbours_are_placed_by_their_numbers() {
    let remark = |n| format!("REMARK 465     ALA A     {n}\n");
    let sequence = "SEQRES   1 A    4  ALA ALA ALA ALA\n";
    let text =
        remark(2) + &remark(3) + sequence + &ca("A   1 ", 1.0) + &ca("A   4 ", 2.0) + "END\n";
    let options = Options {
        observed_only: false,
        ..Options::default()
    };
    let structure = structure::parse(text.as_bytes(), Path::new("t.pdb"), &options).unwrap();
    assert_eq!(numbers(&structure.chains[0]), "1 2 3 4");
    let ca = [Some([1.0, 0.0, 0.0]), None, None, Some([2.0, 0.0, 0.0])];
    assert_eq!(structure.chains[0].ca().unwrap(), ca);
}
