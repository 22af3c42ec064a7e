//! One residue of a chain: its alternatives, and which of them counts.

use super::assembly::{Origin, ResidueKey};
use super::dssp::Backbone;
use super::residue_name::{self, Kind, Parents, UNKNOWN};
use crate::Point;

/// The atoms of a residue that share an alternative location and a residue name.
#[derive(Debug)]
pub(super) struct Conformer<'a> {
    pub(super) alternative: &'a str,
    pub(super) component: &'a str,
    pub(super) atoms: Vec<&'a str>,
    /// The highest of its atoms.
    occupancy: f32,
    /// Those of [`PLACED`].
    positions: [Option<Point>; PLACED.len()],
}

/// The atoms whose positions are of use.
const PLACED: [&str; 5] = ["N", "CA", "C", "O", "CB"];

impl<'a> Conformer<'a> {
    pub(super) fn new(alternative: &'a str, component: &'a str) -> Self {
        Self {
            alternative,
            component,
            atoms: Vec::new(),
            occupancy: f32::NEG_INFINITY,
            positions: [None; PLACED.len()],
        }
    }

    pub(super) fn add(&mut self, name: &'a str, occupancy: f32, position: Option<Point>) {
        if let Some(index) = PLACED.iter().position(|placed| *placed == name) {
            self.positions[index] = self.positions[index].or(position);
        }
        self.occupancy = self.occupancy.max(occupancy);
        self.atoms.push(name);
    }

    /// Returns the position of an atom of [`PLACED`].
    fn position(&self, name: &str) -> Option<Point> {
        let index = PLACED.iter().position(|placed| *placed == name)?;
        self.positions[index]
    }
}

/// A residue as the file has it, with all its alternatives.
#[derive(Debug)]
pub(super) struct Residue<'a> {
    pub(super) key: ResidueKey<'a>,
    pub(super) origin: Origin,
    /// In the order of the file; never empty.
    pub(super) conformers: Vec<Conformer<'a>>,
    /// Whether one of its atoms came twice.
    pub(super) has_repeats: bool,
}

/// What a residue means for a protein chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// An amino acid of the chain.
    Amino(Letter),
    /// A residue of the chain if the chain is a protein: nothing but the chain's sequence says so.
    Listed,
    /// A nucleotide.
    Nucleotide,
    /// Not of the chain: a ligand, an ion, a blocking group.
    Outside,
}

/// A one-letter code, and whether its residue's name is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) code: char,
    pub(super) is_known: bool,
}

impl Letter {
    pub(super) const UNKNOWN: Self = Self {
        code: UNKNOWN,
        is_known: false,
    };
}

impl<'a> Residue<'a> {
    /// The name under which it is read: that of the alternative with the highest occupancy, the
    /// first in the file among equals.
    pub(super) fn name(&self) -> &'a str {
        self.by_occupancy()
            .first()
            .map_or("", |conformer| conformer.component)
    }

    /// The names that it has: the one under which it is read, then the others in the order of the
    /// file.
    pub(super) fn names(&self) -> Vec<&'a str> {
        let mut names = vec![self.name()];
        for conformer in &self.conformers {
            if !names.contains(&conformer.component) {
                names.push(conformer.component);
            }
        }
        names
    }

    /// The Cα position.
    pub(super) fn ca(&self) -> Option<Point> {
        self.position("CA")
    }

    /// The Cβ position.
    pub(super) fn cb(&self) -> Option<Point> {
        self.position("CB")
    }

    /// The position in the first alternative that has one, in the order of their occupancy: atoms
    /// that all alternatives share stand in one of their own.
    fn position(&self, atom: &str) -> Option<Point> {
        let conformers = self.by_occupancy();
        let name = conformers.first()?.component;
        conformers
            .into_iter()
            .filter(|conformer| conformer.component == name)
            .find_map(|conformer| conformer.position(atom))
    }

    /// The main chain as mkdssp reads it, if it is complete: each atom in the last alternative of the
    /// file that has it, whatever its occupancy.
    pub(super) fn backbone(&self) -> Option<Backbone> {
        let name = self.name();
        let last = |atom: &str| {
            let conformers = self.conformers.iter().rev();
            let mut conformers = conformers.filter(|c| c.component == name);
            conformers.find_map(|conformer| conformer.position(atom))
        };
        Some(Backbone {
            n: last("N")?,
            ca: last("CA")?,
            c: last("C")?,
            o: last("O")?,
            is_proline: name == "PRO",
        })
    }

    /// Stable, so that the first of the file comes first among equals.
    fn by_occupancy(&self) -> Vec<&Conformer<'a>> {
        let mut conformers: Vec<_> = self.conformers.iter().collect();
        conformers.sort_by(|a, b| b.occupancy.total_cmp(&a.occupancy));
        conformers
    }

    /// What it is for its chain; `is_listed` if the chain's full sequence has its name.
    pub(super) fn role(&self, parents: &Parents<'_>, is_listed: bool) -> Role {
        let name = self.name();
        let known = |code| {
            Role::Amino(Letter {
                code,
                is_known: true,
            })
        };
        match residue_name::kind(name, parents) {
            Kind::Modified(code) => known(code),
            // As HETATM, a free amino acid is a ligand.
            Kind::Standard(code)
                if self.origin == Origin::Polymer || is_listed || self.has_backbone() =>
            {
                known(code)
            }
            Kind::Nucleotide => Role::Nucleotide,
            Kind::Other if self.is_unnamed_amino_acid(name) => Role::Amino(Letter::UNKNOWN),
            Kind::Other if is_listed => Role::Listed,
            Kind::Standard(_) | Kind::Cap | Kind::Water | Kind::Other => Role::Outside,
        }
    }

    /// Whether its atoms show an amino acid: one of the main chain in a polymer, all three outside.
    /// An atom named like its residue is an ion, such as calcium.
    fn is_unnamed_amino_acid(&self, name: &str) -> bool {
        match self.origin {
            Origin::Polymer => ["N", "CA", "C"]
                .iter()
                .any(|atom| *atom != name && self.has_atom(atom)),
            Origin::Hetero | Origin::Outside => self.has_backbone(),
        }
    }

    fn has_backbone(&self) -> bool {
        ["N", "CA", "C"].iter().all(|atom| self.has_atom(atom))
    }

    fn has_atom(&self, name: &str) -> bool {
        self.conformers
            .iter()
            .any(|conformer| conformer.atoms.contains(&name))
    }
}
