//! mmCIF: a table for each category, of which a few say what the chains are.

mod annotation;
mod atom_site;
mod table;
mod tokenizer;

use super::Problem;
use super::assembly::{Assembly, Monomer};
use super::record::Content;
use super::warning::Warning;
use crate::ResidueNumber;
use table::{Reader, Table};
use tokenizer::Value;

/// Reads the atoms, the sequences and what is said of residues, of the first data block that has
/// atoms.
pub(super) fn read<'a>(text: &'a str, assembly: &mut Assembly<'a>) -> Result<(), Problem> {
    let mut reader = Reader::new(text);
    let mut found = Found::default();
    // The data block with the atoms, once they are found.
    let mut block = None;
    // Whether the last table is one that is used.
    let mut ends_in_use = false;
    loop {
        let Some(table) = reader.next_table()? else {
            // A file that closes its tables has to close the last one too.
            if !reader.closed() && (ends_in_use || reader.closes_tables()) {
                assembly.warnings.push(Warning::NoEnd);
            }
            break;
        };
        if block.is_some_and(|block| block != reader.block()) {
            assembly.warnings.push(Warning::OtherBlocks);
            break;
        }
        if table.is("atom_site") {
            block = Some(reader.block());
        }
        ends_in_use = read_table(&table, &mut reader, assembly, &mut found)?;
    }
    found.hand_over(assembly);
    annotation::settle_chains(assembly);
    Ok(())
}

/// What can be used only when all has been read.
#[derive(Default)]
struct Found<'a> {
    /// By author chain.
    sequences: Vec<(&'a str, Monomer<'a>)>,
    /// The line of the table that names the sites, whose residues another has.
    sites: Option<usize>,
}

/// Reads a table, if it is one that is used; whether it is.
fn read_table<'a>(
    table: &Table<'a>,
    reader: &mut Reader<'a>,
    assembly: &mut Assembly<'a>,
    found: &mut Found<'a>,
) -> Result<bool, Problem> {
    if table.is("atom_site") {
        atom_site::read(table, reader, assembly)?;
    } else if table.is("pdbx_poly_seq_scheme") {
        read_sequences(table, reader, &mut found.sequences)?;
    } else if table.is("struct_site") {
        reader.next_row()?;
        found.sites = Some(reader.row_line());
    } else {
        return annotation::read(table, reader, assembly);
    }
    Ok(true)
}

impl<'a> Found<'a> {
    /// Hands the sequences to the chains that have atoms, and says if sites have no residues.
    fn hand_over(self, assembly: &mut Assembly<'a>) {
        for (chain, monomer) in self.sequences {
            if let Some(chain) = assembly.existing_chain(chain) {
                chain.sequence.push(monomer);
            }
        }
        if let Some(line) = self.sites
            && !assembly
                .records
                .any(|content| matches!(content, Content::BindingSite(_)))
        {
            let message = "struct_site_gen, which has the residues of the sites, is not there";
            assembly.annotate("struct_site", line, Err(message.to_owned()));
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
        let insertion = insertion_code(row, insertion);
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

/// The value in a column, if there is such a column and it is known there.
#[inline]
fn known<'a>(row: &[Value<'a>], column: Option<usize>) -> Option<&'a str> {
    column
        .and_then(|index| row.get(index))
        .and_then(|value| value.known())
}

/// The insertion code in a column. A digit is none: the number and it would read as another number.
fn insertion_code(row: &[Value<'_>], column: Option<usize>) -> Option<char> {
    let code = known(row, column).and_then(|code| code.chars().next());
    code.filter(|code| !code.is_ascii_digit())
}

fn integer(what: &str, text: &str) -> Result<i32, String> {
    text.parse()
        .map_err(|_| format!("{what} is {text:?}, not an integer"))
}
