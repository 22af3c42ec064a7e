//! What is particular to mmCIF.

use std::path::Path;

use protattn_io::structure::{self, Options, Warning};

use super::{numbers, parse};

/// A file with these columns of `atom_site` and these rows.
fn file(columns: &str, rows: &str) -> String {
    let tags: String = columns
        .split(' ')
        .map(|name| format!("_atom_site.{name}\n"))
        .collect();
    format!("data_X\nloop_\n{tags}{rows}#\n")
}

const COLUMNS: &str = "group_PDB label_atom_id label_comp_id label_seq_id Cartn_x Cartn_y Cartn_z auth_seq_id auth_asym_id";

#[test]
fn a_table_of_one_row_may_be_pairs() {
    let looped = file(COLUMNS, "HETATM CA MSE 3 1.0 2.0 3.0 7 A\n");
    let values = ["HETATM", "CA", "MSE", "3", "1.0", "'2.0'", "3.0", "7", "A"];
    let pairs = COLUMNS
        .split(' ')
        .zip(values)
        .map(|(name, value)| format!("_atom_site.{name} {value}\n"));
    let paired = format!("data_X\n{}", pairs.collect::<String>()) + "#\n";
    assert_eq!(parse(&paired).unwrap(), parse(&looped).unwrap());
    assert_eq!(
        parse(&paired).unwrap().chains[0].ca().unwrap(),
        [Some([1.0, 2.0, 3.0])]
    );
}

#[test]
fn names_of_residues_may_be_long() {
    let rows = "ATOM N A1BCD 1 1 1 1 1 A\nATOM CA A1BCD 1 2 2 2 1 A\nATOM CA LEU 2 3 3 3 2 A\n";
    let structure = parse(&file(COLUMNS, rows)).unwrap();
    assert_eq!(structure.chains[0].sequence(), "XL");
    let parent = "_pdbx_struct_mod_residue.label_comp_id A1BCD\n_pdbx_struct_mod_residue.parent_comp_id TRP\n#\n";
    let structure = parse(&(file(COLUMNS, rows) + parent)).unwrap();
    assert_eq!(structure.chains[0].sequence(), "WL");
}

#[test]
fn unknown_coordinates_are_undefined_positions() {
    let structure = parse(&file(
        COLUMNS,
        "ATOM CA ALA 1 1.5(2) ? . 1 A\nATOM CA ALA 2 1.5(2) 2 3 2 A\n",
    ))
    .unwrap();
    assert_eq!(
        structure.chains[0].ca().unwrap(),
        [None, Some([1.5, 2.0, 3.0])]
    );
}

#[test]
fn what_has_no_place_in_a_sequence_is_no_residue() {
    let rows = "ATOM CA ALA 1 1 1 1 1 A\nHETATM CA GLU . 2 2 2 9 A\nHETATM C MSE . 3 3 3 8 A\n";
    assert_eq!(
        parse(&file(COLUMNS, rows)).unwrap().chains[0].sequence(),
        "A"
    );
}

#[test]
fn programs_may_leave_labels_and_places_out() {
    let columns =
        "group_PDB auth_atom_id auth_comp_id Cartn_x Cartn_y Cartn_z auth_seq_id auth_asym_id";
    let rows = "ATOM CA ALA 1 1 1 1 A\nHETATM CA MSE 2 2 2 2 A\nHETATM FE HEM 3 3 3 3 A\nHETATM O HOH 4 4 4 4 A\n";
    let structure = parse(&file(columns, rows)).unwrap();
    assert_eq!(structure.chains[0].sequence(), "AM");
    assert_eq!(numbers(&structure.chains[0]), "1 2");
}

#[test]
fn a_digit_is_no_insertion_code() {
    let columns = "group_PDB auth_atom_id auth_comp_id Cartn_x Cartn_y Cartn_z auth_seq_id \
                   pdbx_PDB_ins_code auth_asym_id";
    let rows = "ATOM CA ALA 1 1 1 4 A A\nATOM CA GLY 2 2 2 5 0 A\n";
    let structure = parse(&file(columns, rows)).unwrap();
    assert_eq!(numbers(&structure.chains[0]), "4A 5");
}

#[test]
fn the_first_block_with_atoms_is_used() {
    let first = file(COLUMNS, "ATOM CA ALA 1 1 1 1 1 A\n");
    let second = file(COLUMNS, "ATOM CA GLY 1 1 1 1 1 A\n");
    let structure = parse(&format!("data_EMPTY\n_entry.id EMPTY\n{first}{second}")).unwrap();
    assert_eq!(structure.chains[0].sequence(), "A");
    assert_eq!(structure.warnings, [Warning::OtherBlocks]);
}

#[test]
fn a_file_that_stops_in_its_atoms_is_reported() {
    let text = file(COLUMNS, "ATOM CA ALA 1 1 1 1 1 A\n");
    assert!(parse(&text).unwrap().warnings.is_empty());
    let open = text.strip_suffix("#\n").unwrap();
    assert_eq!(parse(open).unwrap().warnings, [Warning::NoEnd]);
}

#[test]
fn an_unobserved_residue_without_a_number_leaves_the_chain_without_numbering() {
    let scheme = "_pdbx_poly_seq_scheme.";
    let sequence = format!(
        "loop_\n{scheme}asym_id\n{scheme}seq_id\n{scheme}mon_id\n{scheme}pdb_seq_num\n{scheme}pdb_strand_id\n\
         . 1 ALA 1 A\n. 2 TRP ? A\n#\n"
    );
    let text = file(COLUMNS, "ATOM CA ALA 1 1 1 1 1 A\n") + &sequence;
    let options = Options {
        observed_only: false,
        ..Options::default()
    };
    let structure = structure::parse(text.as_bytes(), Path::new("t.cif"), &options).unwrap();
    assert_eq!(structure.chains[0].sequence(), "AW");
    assert_eq!(structure.chains[0].numbering(), None);
    assert_eq!(
        structure.warnings[0],
        Warning::NoNumbering {
            chain: "A".to_owned()
        }
    );
}
