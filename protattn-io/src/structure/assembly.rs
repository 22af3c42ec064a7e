//! From atoms, in the order of the file, to the residues of each chain.

use std::collections::{HashMap, HashSet};

use super::record::{Content, Record, Records};
use super::residue::{Conformer, Residue};
use super::residue_name::{self, Parents};
use super::warning::Warning;
use crate::{Point, ResidueNumber};

/// No amino acid has so many atoms, all its alternatives together. What is over it belongs to a
/// ligand, or to no real structure, and is not kept.
const MAX_ATOMS: usize = 1000;

/// What a file says about the place of an atom's residue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// In a polymer: it has a place in the polymer's sequence, or an ATOM record.
    Polymer,
    /// An HETATM record without such a place: a modified residue or a ligand.
    Hetero,
    /// In no polymer: a ligand, an ion or a sugar.
    Outside,
}

/// One atom as either format has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Atom<'a> {
    /// Author chain.
    pub(super) chain: &'a str,
    pub(super) residue: ResidueKey<'a>,
    /// Name of the residue.
    pub(super) component: &'a str,
    pub(super) name: &'a str,
    /// The symbol of its element; empty if the file does not say.
    pub(super) element: &'a str,
    /// Alternative location; empty if there is none.
    pub(super) alternative: &'a str,
    /// From 0 to 1.
    pub(super) occupancy: f32,
    /// In Å; `None` where the file has no coordinates.
    pub(super) position: Option<Point>,
    pub(super) origin: Origin,
}

/// What tells a residue from the others of its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ResidueKey<'a> {
    pub(super) number: ResidueNumber,
    /// The 1-based place in the polymer's sequence, where the file states it.
    pub(super) place: Option<i32>,
    /// The polymer within the author chain; empty in PDB.
    pub(super) polymer: &'a str,
}

/// A residue of a polymer's full sequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Monomer<'a> {
    pub(super) name: &'a str,
    /// The polymer within the author chain; empty in PDB.
    pub(super) polymer: &'a str,
    /// The 1-based place in the polymer's sequence, where atoms are tied to it.
    pub(super) place: Option<i32>,
    pub(super) number: Option<ResidueNumber>,
}

/// The residues under one author chain id.
#[derive(Debug, Default)]
pub(super) struct Chain<'a> {
    pub(super) id: &'a str,
    /// In the order in which they begin in the file.
    pub(super) residues: Vec<Residue<'a>>,
    /// The full sequence, if the file states it.
    pub(super) sequence: Vec<Monomer<'a>>,
    /// The residues that the file says were not observed, if it lists them apart from the sequence.
    pub(super) missing: Vec<Monomer<'a>>,
    pub(super) warnings: Vec<Warning>,
    by_key: HashMap<ResidueKey<'a>, usize>,
    current: usize,
}

impl<'a> Chain<'a> {
    fn new(id: &'a str) -> Self {
        Self {
            id,
            ..Self::default()
        }
    }

    fn add(&mut self, atom: &Atom<'a>) {
        let index = self.residue_of(atom);
        self.current = index;
        let residue = &mut self.residues[index];
        if residue.add(atom) || residue.has_repeats {
            return;
        }
        residue.has_repeats = true;
        let (chain, number, name) = (
            self.id.to_owned(),
            atom.residue.number,
            atom.name.to_owned(),
        );
        self.warnings.push(Warning::RepeatedAtom {
            chain,
            number,
            atom: name,
        });
    }

    /// The index of the atom's residue, which is made if it is new.
    fn residue_of(&mut self, atom: &Atom<'a>) -> usize {
        let is_current = self
            .residues
            .get(self.current)
            .is_some_and(|r| r.key == atom.residue);
        if is_current && self.residues[self.current].admits(atom) {
            return self.current;
        }
        if let Some(&earlier) = self.by_key.get(&atom.residue) {
            let residue = &self.residues[earlier];
            // Some programs write alternatives or hydrogens at the end of a chain. A residue that
            // already has this atom is another one under the same number.
            if !is_current && residue.admits(atom) && !residue.has(atom) {
                return earlier;
            }
            let (chain, number) = (self.id.to_owned(), atom.residue.number);
            self.warnings
                .push(Warning::RepeatedNumber { chain, number });
        }
        self.by_key.insert(atom.residue, self.residues.len());
        self.residues.push(Residue::new(atom));
        self.residues.len() - 1
    }
}

/// A residue that is in no polymer: author chain, number and name.
pub(super) type Other<'a> = (&'a str, ResidueNumber, &'a str);

/// Collects the atoms of one model, and what the file says of its residues.
#[derive(Debug, Default)]
pub(super) struct Assembly<'a> {
    pub(super) chains: Vec<Chain<'a>>,
    pub(super) parents: Parents<'a>,
    pub(super) warnings: Vec<Warning>,
    pub(super) records: Records<'a>,
    /// Water is not among them.
    pub(super) others: HashSet<Other<'a>>,
    /// Every atom but those of water, if they are to be kept.
    pub(super) atoms: Option<Vec<Atom<'a>>>,
    by_id: HashMap<&'a str, usize>,
    current: usize,
    model: Option<i32>,
    other_models: HashSet<i32>,
}

impl<'a> Assembly<'a> {
    /// For the model of this number, or else for the first to come.
    pub(super) fn new(model: Option<i32>, keeps_atoms: bool) -> Self {
        Self {
            atoms: keeps_atoms.then(Vec::new),
            model,
            ..Self::default()
        }
    }

    /// Whether the atoms of this model are wanted. Without a wish, the first to be asked for is.
    pub(super) fn wants_model(&mut self, number: i32) -> bool {
        let wanted = *self.model.get_or_insert(number) == number;
        if !wanted {
            self.other_models.insert(number);
        }
        wanted
    }

    /// The numbers of the models that were not wanted, sorted.
    pub(super) fn other_models(&self) -> Vec<i32> {
        let mut numbers: Vec<i32> = self.other_models.iter().copied().collect();
        numbers.sort_unstable();
        numbers
    }

    /// The number of the model that is wanted, once it is known.
    pub(super) fn model(&self) -> Option<i32> {
        self.model
    }

    /// Adds an atom; water is passed over.
    pub(super) fn add(&mut self, atom: &Atom<'a>) {
        if residue_name::is_water(atom.component) {
            return;
        }
        if let Some(atoms) = &mut self.atoms {
            atoms.push(*atom);
        }
        if atom.origin == Origin::Outside {
            let (number, name) = (atom.residue.number, atom.component);
            self.others.insert((atom.chain, number, name));
        } else {
            self.chain(atom.chain).add(atom);
        }
    }

    /// The chain of this author id, which is made if it is new.
    pub(super) fn chain(&mut self, id: &'a str) -> &mut Chain<'a> {
        if self
            .chains
            .get(self.current)
            .is_none_or(|chain| chain.id != id)
        {
            self.current = *self.by_id.entry(id).or_insert(self.chains.len());
            if self.current == self.chains.len() {
                self.chains.push(Chain::new(id));
            }
        }
        &mut self.chains[self.current]
    }

    /// Adds what a record says of residues, or a warning that it cannot be used.
    pub(super) fn annotate(
        &mut self,
        name: &'static str,
        line: usize,
        content: Result<Content<'a>, String>,
    ) {
        match content {
            Ok(content) => self.records.all.push(Record {
                name,
                line,
                content,
            }),
            Err(message) => self.warnings.push(Warning::UnusableRecord {
                record: name.to_owned(),
                line,
                message,
            }),
        }
    }

    /// The chain of this author id, if it has atoms.
    pub(super) fn existing_chain(&mut self, id: &str) -> Option<&mut Chain<'a>> {
        self.by_id.get(id).map(|&index| &mut self.chains[index])
    }
}

impl<'a> Residue<'a> {
    fn new(atom: &Atom<'a>) -> Self {
        Self {
            key: atom.residue,
            origin: atom.origin,
            conformers: Vec::new(),
            has_repeats: false,
        }
    }

    /// Whether the atom can be of this residue, given that its key is this one's: a residue of
    /// another name is only where the place is certain, or as a named alternative.
    fn admits(&self, atom: &Atom<'a>) -> bool {
        atom.residue.place.is_some()
            || !atom.alternative.is_empty()
            || self
                .conformers
                .iter()
                .any(|c| c.component == atom.component)
    }

    fn has(&self, atom: &Atom<'a>) -> bool {
        self.conformers
            .iter()
            .any(|c| c.is_of(atom) && c.atoms.contains(&atom.name))
    }

    /// Adds an atom; `false` if it is there already.
    fn add(&mut self, atom: &Atom<'a>) -> bool {
        if self.conformers.iter().map(|c| c.atoms.len()).sum::<usize>() >= MAX_ATOMS {
            return true;
        }
        let index = self
            .conformers
            .iter()
            .position(|c| c.is_of(atom))
            .unwrap_or_else(|| {
                self.conformers
                    .push(Conformer::new(atom.alternative, atom.component));
                self.conformers.len() - 1
            });
        let conformer = &mut self.conformers[index];
        if conformer.atoms.contains(&atom.name) {
            return false;
        }
        conformer.add(atom.name, atom.occupancy, atom.position);
        true
    }
}

impl<'a> Conformer<'a> {
    fn is_of(&self, atom: &Atom<'a>) -> bool {
        self.alternative == atom.alternative && self.component == atom.component
    }
}
