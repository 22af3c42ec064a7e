//! From the residues of a chain to a protein.

use super::assembly::Chain;
use super::complete::{self, Slot};
use super::dssp::Backbone;
use super::residue::{Letter, Residue, Role};
use super::residue_name::{self, Kind, Parents};
use super::warning::Warning;
use crate::{Error, Point, Protein, ResidueNumber};

/// What a chain turned out to be.
pub(super) enum Outcome {
    /// A protein.
    Protein(Box<ProteinChain>),
    /// Something else, with so many nucleotides.
    Other {
        /// 0 if it has neither amino acids nor nucleotides.
        nucleotides: usize,
    },
}

/// A chain that is a protein.
pub(super) struct ProteinChain {
    pub(super) id: String,
    pub(super) protein: Protein,
    /// Of each residue, where it is complete.
    pub(super) backbone: Vec<Option<Backbone>>,
    /// What is odd in it.
    pub(super) warnings: Vec<Warning>,
}

/// One residue of the protein to be.
struct Row {
    letter: char,
    number: Option<ResidueNumber>,
    ca: Option<Point>,
    cb: Option<Point>,
    backbone: Option<Backbone>,
}

/// Makes a protein of a chain, if more of its residues are amino acids than nucleotides.
pub(super) fn protein(
    mut chain: Chain<'_>,
    parents: &Parents<'_>,
    stem: &str,
    observed_only: bool,
) -> Result<Outcome, Error> {
    let mut warnings = std::mem::take(&mut chain.warnings);
    let roles = roles(&chain, parents);
    let count = |is: fn(&Role) -> bool| roles.iter().filter(|role| is(role)).count();
    let nucleotides = count(|role| *role == Role::Nucleotide);
    let amino_acids = count(|role| matches!(role, Role::Amino(_)));
    if amino_acids == 0 || amino_acids < nucleotides {
        return Ok(Outcome::Other { nucleotides });
    }
    let (residues, letters) = select(&chain, &roles, &mut warnings);
    report(&chain, &residues, &letters, &mut warnings);
    let mut rows: Vec<Row> = residues
        .iter()
        .zip(&letters)
        .map(|(r, letter)| observed_row(r, letter.code))
        .collect();
    if !observed_only {
        match complete::slots(&chain, &residues, parents) {
            Some(slots) => rows = fill(slots, rows, parents),
            None => warnings.push(Warning::NoFullSequence {
                chain: chain.id.to_owned(),
            }),
        }
    }
    let protein = build(chain.id, stem, &rows, &mut warnings)?;
    Ok(Outcome::Protein(Box::new(ProteinChain {
        id: chain.id.to_owned(),
        protein,
        backbone: rows.into_iter().map(|row| row.backbone).collect(),
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
        let ignored: Vec<String> = residue
            .other_names()
            .into_iter()
            .map(str::to_owned)
            .collect();
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

fn observed_row(residue: &Residue<'_>, letter: char) -> Row {
    let ca = residue.ca();
    let cb = if letter == 'G' { ca } else { residue.cb() };
    Row {
        letter,
        number: Some(residue.key.number),
        ca,
        cb,
        backbone: residue.backbone(),
    }
}

/// Puts the observed rows in their places, and rows without positions in the others.
fn fill(slots: Vec<Slot<'_>>, observed: Vec<Row>, parents: &Parents<'_>) -> Vec<Row> {
    // The slots name the observed residues in their order.
    let mut observed = observed.into_iter();
    let missing = |name: &str, number| {
        let letter = match residue_name::kind(name, parents) {
            Kind::Standard(letter) | Kind::Modified(letter) => letter,
            _ => residue_name::UNKNOWN,
        };
        Row {
            letter,
            number,
            ca: None,
            cb: None,
            backbone: None,
        }
    };
    let row = |slot| match slot {
        Slot::Observed(_) => observed.next(),
        Slot::Missing(monomer) => Some(missing(monomer.name, monomer.number)),
    };
    slots.into_iter().filter_map(row).collect()
}

fn build(
    chain: &str,
    stem: &str,
    rows: &[Row],
    warnings: &mut Vec<Warning>,
) -> Result<Protein, Error> {
    let sequence: String = rows.iter().map(|row| row.letter).collect();
    let mut protein = Protein::new(format!("{stem}.{chain}"), &sequence)?;
    match rows.iter().map(|row| row.number).collect() {
        Some(numbering) => protein.set_numbering(numbering)?,
        None => warnings.push(Warning::NoNumbering {
            chain: chain.to_owned(),
        }),
    }
    protein.set_ca(rows.iter().map(|row| row.ca).collect())?;
    protein.set_cb(rows.iter().map(|row| row.cb).collect())?;
    Ok(protein)
}
