//! What the records of a file say of single residues, the same for both formats.

use std::collections::HashMap;

use super::warning::Warning;
use crate::ResidueNumber;

/// A residue as a record names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference<'a> {
    /// Author chain.
    pub(super) chain: &'a str,
    /// Empty if the record does not say.
    pub(super) name: &'a str,
    pub(super) number: Option<ResidueNumber>,
    /// The polymer and the 1-based place in its sequence, in mmCIF.
    pub(super) place: Option<(&'a str, i32)>,
}

/// One end of a bond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End<'a> {
    pub(super) residue: Reference<'a>,
    /// The name of the atom; empty where it does not matter.
    pub(super) atom: &'a str,
}

/// What kind of bond a link is. Of a residue with several, the last of these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bond {
    Metal,
    Covalent,
    Disulfide,
}

impl Bond {
    /// The name of its class.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Metal => "metal",
            Self::Covalent => "covalent",
            Self::Disulfide => "disulfide",
        }
    }
}

/// What a stretch of the chain is. Where stretches overlap, the last of these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Element {
    TurnOrBend,
    Strand,
    Helix,
}

/// The name of the class among four; what is in no stretch is blank.
pub(super) fn of_four(element: Option<Element>) -> &'static str {
    match element {
        Some(Element::Helix) => "helix",
        Some(Element::Strand) => "strand",
        Some(Element::TurnOrBend) => "turn-bend",
        None => "blank",
    }
}

/// What one record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content<'a> {
    BindingSite(Reference<'a>),
    Modification(Reference<'a>),
    Link(Bond, [End<'a>; 2]),
    /// The first and the last residue of a stretch of one chain.
    Stretch(Element, [Reference<'a>; 2]),
}

impl<'a> Content<'a> {
    /// The residues that it names: one or two.
    pub(super) fn residues(&self) -> impl Iterator<Item = &Reference<'a>> {
        let residues = match self {
            Self::BindingSite(residue) | Self::Modification(residue) => [Some(residue), None],
            Self::Link(_, [a, b]) => [Some(&a.residue), Some(&b.residue)],
            Self::Stretch(_, [first, last]) => [Some(first), Some(last)],
        };
        residues.into_iter().flatten()
    }

    /// The same, to be changed.
    pub(super) fn residues_mut(&mut self) -> impl Iterator<Item = &mut Reference<'a>> {
        let residues = match self {
            Self::BindingSite(residue) | Self::Modification(residue) => [Some(residue), None],
            Self::Link(_, [a, b]) => [Some(&mut a.residue), Some(&mut b.residue)],
            Self::Stretch(_, [first, last]) => [Some(first), Some(last)],
        };
        residues.into_iter().flatten()
    }
}

/// A record, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    /// The record of PDB or the category of mmCIF, for messages.
    pub(super) name: &'static str,
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) content: Content<'a>,
}

impl Record<'_> {
    /// That one of its residues is not in the file.
    pub(super) fn no_residue(&self, residue: &Reference<'_>) -> Warning {
        Warning::NoSuchResidue {
            record: self.name.to_owned(),
            line: self.line,
            chain: residue.chain.to_owned(),
            residue: residue.to_string(),
        }
    }

    /// That it cannot be used.
    pub(super) fn unusable(&self, message: &str) -> Warning {
        Warning::UnusableRecord {
            record: self.name.to_owned(),
            line: self.line,
            message: message.to_owned(),
        }
    }
}

impl std::fmt::Display for Reference<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.name.is_empty() {
            "residue"
        } else {
            self.name
        })?;
        match (self.number, self.place) {
            (Some(number), _) => write!(f, " {number}"),
            (None, Some((polymer, place))) => write!(f, " at place {place} of {polymer}"),
            (None, None) => Ok(()),
        }
    }
}

/// The records of a file.
#[derive(Debug, Default)]
pub(super) struct Records<'a> {
    /// In the order of the file.
    pub(super) all: Vec<Record<'a>>,
}

impl<'a> Records<'a> {
    /// Whether there is one of this kind, of whatever residue.
    pub(super) fn any(&self, is: fn(&Content<'a>) -> bool) -> bool {
        self.all.iter().any(|record| is(&record.content))
    }

    /// The records that name a residue of each chain.
    pub(super) fn by_chain(&self) -> HashMap<&'a str, Vec<&Record<'a>>> {
        let mut by_chain: HashMap<_, Vec<&Record<'a>>> = HashMap::new();
        for record in &self.all {
            for residue in record.content.residues() {
                let records = by_chain.entry(residue.chain).or_default();
                // Both ends may be in one chain.
                if !records
                    .last()
                    .is_some_and(|last| std::ptr::eq(*last, record))
                {
                    records.push(record);
                }
            }
        }
        by_chain
    }
}
