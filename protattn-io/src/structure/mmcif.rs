//! mmCIF: a table for each category, of which a few say what the chains are.

mod atom_site;
mod table;
mod tokenizer;

use super::Problem;
use super::assembly::{Assembly, Monomer};
use super::warning::Warning;
use crate::ResidueNumber;
use table::{Reader, Table};
use tokenizer::Value;

/// Reads the atoms and the sequences of the first data block that has atoms.
pub(super) fn read<'a>(text: &'a str, assembly: &mut Assembly<'a>) -> Result<(), Problem> {
    let mut reader = Reader::new(text);
    // The data block with the atoms, once they are found.
    let mut block = None;
    let mut ends_in_atoms = false;
    let mut sequences = Vec::new();
    while let Some(table) = reader.next_table()? {
        if block.is_some_and(|block| block != reader.block()) {
            assembly.warnings.push(Warning::OtherBlocks);
            ends_in_atoms = false;
            break;
        }
        ends_in_atoms = table.is("atom_site");
        if ends_in_atoms {
            atom_site::read(&table, &mut reader, assembly)?;
            block = Some(reader.block());
        } else if table.is("pdbx_poly_seq_scheme") {
            read_sequences(&table, &mut reader, &mut sequences)?;
        } else if table.is("pdbx_struct_mod_residue") {
            read_parents(&table, &mut reader, assembly)?;
        }
    }
    if ends_in_atoms && !reader.closed() {
        assembly.warnings.push(Warning::NoEnd);
    }
    keep_sequences(sequences, assembly);
    Ok(())
}

/// Hands the sequences to the chains that have atoms.
fn keep_sequences<'a>(sequences: Vec<(&'a str, Monomer<'a>)>, assembly: &mut Assembly<'a>) {
    for (chain, monomer) in sequences {
        if let Some(chain) = assembly.existing_chain(chain) {
            chain.sequence.push(monomer);
        }
    }
}

/// The full sequence of each chain, with its author numbers: the residues that were not observed
/// have them too. Incomplete rows are passed over; such a sequence will not agree with the atoms.
fn read_sequences<'a>(
    table: &Table<'a>,
    reader: &mut Reader<'a>,
    sequences: &mut Vec<(&'a str, Monomer<'a>)>,
) -> Result<(), Problem> {
    let column = |name| table.column(name);
    let (polymer, place, name) = (column("asym_id"), column("seq_id"), column("mon_id"));
    let (chain, number, insertion) = (
        column("pdb_strand_id"),
        column("pdb_seq_num"),
        column("pdb_ins_code"),
    );
    while let Some(row) = reader.next_row()? {
        let polymer = known(row, polymer).unwrap_or_default();
        let (Some(name), Some(place)) = (known(row, name), known(row, place)) else {
            continue;
        };
        let Ok(place) = place.parse() else { continue };
        let insertion = known(row, insertion).and_then(|code| code.chars().next());
        let number = known(row, number).and_then(|number| number.parse().ok());
        let number = number.map(|number| ResidueNumber { number, insertion });
        sequences.push((
            known(row, chain).unwrap_or(polymer),
            Monomer {
                name,
                polymer,
                place: Some(place),
                number,
            },
        ));
    }
    Ok(())
}

/// The standard amino acids that modified ones are made from.
fn read_parents<'a>(
    table: &Table<'a>,
    reader: &mut Reader<'a>,
    assembly: &mut Assembly<'a>,
) -> Result<(), Problem> {
    let (name, parent) = (
        table.column("label_comp_id"),
        table.column("parent_comp_id"),
    );
    while let Some(row) = reader.next_row()? {
        if let (Some(name), Some(parent)) = (known(row, name), known(row, parent)) {
            assembly.parents.insert(name, parent);
        }
    }
    Ok(())
}

/// The value in a column, if there is such a column and it is known there.
#[inline]
fn known<'a>(row: &[Value<'a>], column: Option<usize>) -> Option<&'a str> {
    column
        .and_then(|index| row.get(index))
        .and_then(|value| value.known())
}
