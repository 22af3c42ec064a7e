//! From the residues of a chain to a protein.

use super::assembly::{Chain, Monomer};
use super::complete::{self, Slot};
use super::dssp::Backbone;
use super::position::Position;
use super::residue::{Letter, Residue, Role};
use super::residue_name::{self, Kind, Parents};
use super::warning::Warning;
use crate::{Error, Point, Protein};

/// What a chain turned out to be.
pub(super) enum Outcome<'a> {
    /// A protein.
    Protein(Box<ProteinChain<'a>>),
    /// Something else, with so many nucleotides.
    Other {
        /// 0 if it has neither amino acids nor nucleotides.
        nucleotides: usize,
    },
}

/// A chain that is a protein.
pub(super) struct ProteinChain<'a> {
    pub(super) id: String,
    pub(super) protein: Protein,
    /// The residue of the file at each of its positions.
    pub(super) positions: Vec<Position<'a>>,
    /// Of each residue, where it is complete.
    pub(super) backbone: Vec<Option<Backbone>>,
    /// What is odd in it.
    pub(super) warnings: Vec<Warning>,
}

/// One residue of the protein to be.
struct Row<'a> {
    letter: char,
    position: Position<'a>,
    ca: Option<Point>,
    cb: Option<Point>,
    backbone: Option<Backbone>,
}

/// Makes a protein of a chain, if more of its residues are amino acids than nucleotides.
pub(super) fn protein<'a>(
    chain: &mut Chain<'a>,
    parents: &Parents<'a>,
    stem: &str,
    observed_only: bool,
) -> Result<Outcome<'a>, Error> {
    let mut warnings = std::mem::take(&mut chain.warnings);
    let roles = roles(chain, parents);
    let count = |is: fn(&Role) -> bool| roles.iter().filter(|role| is(role)).count();
    let nucleotides = count(|role| *role == Role::Nucleotide);
    let amino_acids = count(|role| matches!(role, Role::Amino(_)));
    if amino_acids == 0 || amino_acids < nucleotides {
        return Ok(Outcome::Other { nucleotides });
    }
    let (residues, letters) = select(chain, &roles, &mut warnings);
    report(chain, &residues, &letters, &mut warnings);
    let mut rows: Vec<Row<'_>> = residues
        .iter()
        .zip(&letters)
        .map(|(r, letter)| observed_row(r, letter.code))
        .collect();
    if !observed_only {
        match complete::slots(chain, &residues, parents) {
            Some(slots) => rows = fill(slots, rows, parents),
            None => warnings.push(Warning::NoFullSequence {
                chain: chain.id.to_owned(),
            }),
        }
    }
    let protein = build(chain.id, stem, &rows, &mut warnings)?;
    let (positions, backbone) = rows
        .into_iter()
        .map(|row| (row.position, row.backbone))
        .unzip();
    Ok(Outcome::Protein(Box::new(ProteinChain {
        id: chain.id.to_owned(),
        protein,
        positions,
        backbone,
        warnings,
    })))
}

fn roles(chain: &Chain<'_>, parents: &Parents<'_>) -> Vec<Role> {
    let listed: std::collections::HashSet<&str> =
        chain.sequence.iter().map(|monomer| monomer.name).collect();
    chain
        .residues
        .iter()
        .map(|residue| residue.role(parents, listed.contains(residue.name())))
        .collect()
}

/// The residues of the protein among those of the chain, with their letters.
fn select<'r, 'a>(
    chain: &'r Chain<'a>,
    roles: &[Role],
    warnings: &mut Vec<Warning>,
) -> (Vec<&'r Residue<'a>>, Vec<Letter>) {
    let mut residues = Vec::new();
    let mut letters = Vec::new();
    for (residue, role) in chain.residues.iter().zip(roles) {
        let letter = match role {
            Role::Amino(letter) => *letter,
            Role::Listed => Letter::UNKNOWN,
            Role::Outside => continue,
            Role::Nucleotide => {
                let (chain, number) = (chain.id.to_owned(), residue.key.number);
                warnings.push(Warning::Nucleotide {
                    chain,
                    number,
                    name: residue.name().to_owned(),
                });
                continue;
            }
        };
        residues.push(residue);
        letters.push(letter);
    }
    (residues, letters)
}

/// Says what is odd in the observed residues.
fn report(
    chain: &Chain<'_>,
    residues: &[&Residue<'_>],
    letters: &[Letter],
    warnings: &mut Vec<Warning>,
) {
    for (residue, letter) in residues.iter().zip(letters) {
        let (id, number, name) = (
            chain.id.to_owned(),
            residue.key.number,
            residue.name().to_owned(),
        );
        let others = residue.names().into_iter().skip(1);
        let ignored: Vec<String> = others.map(str::to_owned).collect();
        if !ignored.is_empty() {
            warnings.push(Warning::Microheterogeneity {
                chain: id.clone(),
                number,
                used: name.clone(),
                ignored,
            });
        }
        if !letter.is_known {
            warnings.push(Warning::UnknownResidue {
                chain: id.clone(),
                number,
                name: name.clone(),
            });
        }
        if residue.ca().is_none() {
            warnings.push(Warning::NoAlphaCarbon {
                chain: id,
                number,
                name,
            });
        }
    }
}

fn observed_row<'a>(residue: &Residue<'a>, letter: char) -> Row<'a> {
    let ca = residue.ca();
    let cb = if letter == 'G' { ca } else { residue.cb() };
    Row {
        letter,
        position: Position {
            number: Some(residue.key.number),
            place: residue.key.place.map(|place| (residue.key.polymer, place)),
            names: residue.names(),
            is_observed: true,
        },
        ca,
        cb,
        backbone: residue.backbone(),
    }
}

/// Puts the observed rows in their places, and rows without positions in the others.
fn fill<'a>(slots: Vec<Slot<'a>>, observed: Vec<Row<'a>>, parents: &Parents<'a>) -> Vec<Row<'a>> {
    // The slots name the observed residues in their order.
    let mut observed = observed.into_iter();
    let missing = |monomer: Monomer<'a>| {
        let letter = match residue_name::kind(monomer.name, parents) {
            Kind::Standard(letter) | Kind::Modified(letter) => letter,
            _ => residue_name::UNKNOWN,
        };
        Row {
            letter,
            position: Position {
                number: monomer.number,
                place: monomer.place.map(|place| (monomer.polymer, place)),
                names: vec![monomer.name],
                is_observed: false,
            },
            ca: None,
            cb: None,
            backbone: None,
        }
    };
    let row = |slot| match slot {
        Slot::Observed(_) => observed.next(),
        Slot::Missing(monomer) => Some(missing(monomer)),
    };
    slots.into_iter().filter_map(row).collect()
}

fn build(
    chain: &str,
    stem: &str,
    rows: &[Row<'_>],
    warnings: &mut Vec<Warning>,
) -> Result<Protein, Error> {
    let sequence: String = rows.iter().map(|row| row.letter).collect();
    let mut protein = Protein::new(format!("{stem}.{chain}"), &sequence)?;
    match rows.iter().map(|row| row.position.number).collect() {
        Some(numbering) => protein.set_numbering(numbering)?,
        None => warnings.push(Warning::NoNumbering {
            chain: chain.to_owned(),
        }),
    }
    protein.set_ca(rows.iter().map(|row| row.ca).collect())?;
    protein.set_cb(rows.iter().map(|row| row.cb).collect())?;
    Ok(protein)
}
