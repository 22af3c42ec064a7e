//! The residues of the file behind the positions of a protein.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::assembly::{Assembly, Atom, Chain, Other};
use super::record::{Record, Reference};
use super::residue_name;
use super::warning::Warning;
use crate::ResidueNumber;

/// The residue of the file at one position of a protein.
#[derive(Debug)]
pub(super) struct Position<'a> {
    pub(super) number: Option<ResidueNumber>,
    /// The polymer and the 1-based place in its sequence, where the file states it.
    pub(super) place: Option<(&'a str, i32)>,
    /// The names that it has; one, but where amino acids share the place.
    pub(super) names: Vec<&'a str>,
    pub(super) is_observed: bool,
}

/// Finds the positions of a protein that records and atoms name.
#[derive(Debug)]
pub(super) struct Index<'s, 'a> {
    chain: &'s Chain<'a>,
    others: &'s HashSet<Other<'a>>,
    positions: &'s [Position<'a>],
    by_place: HashMap<(&'a str, i32), usize>,
    /// Numbers repeat in odd files.
    by_number: HashMap<ResidueNumber, Vec<usize>>,
    /// What else the chain has; wanted only where a record names something odd.
    left_out: OnceCell<LeftOut<'a>>,
}

/// The residues of a chain, those included that are not in the protein.
#[derive(Debug)]
struct LeftOut<'a> {
    numbers: HashSet<(ResidueNumber, &'a str)>,
    places: HashSet<(&'a str, i32)>,
}

impl<'s, 'a> Index<'s, 'a> {
    pub(super) fn new(
        chain: &'s Chain<'a>,
        assembly: &'s Assembly<'a>,
        positions: &'s [Position<'a>],
    ) -> Self {
        let mut by_number: HashMap<_, Vec<_>> = HashMap::new();
        let mut by_place = HashMap::new();
        for (index, position) in positions.iter().enumerate() {
            by_place.extend(position.place.map(|place| (place, index)));
            if let Some(number) = position.number {
                by_number.entry(number).or_default().push(index);
            }
        }
        Self {
            chain,
            others: &assembly.others,
            positions,
            by_place,
            by_number,
            left_out: OnceCell::new(),
        }
    }

    pub(super) fn chain(&self) -> &'a str {
        self.chain.id
    }

    /// The positions of the residue that a record names; none, and a warning if the file does not
    /// have it, where it is no residue of the protein.
    pub(super) fn find(
        &self,
        record: &Record<'a>,
        residue: &Reference<'a>,
        warnings: &mut Vec<Warning>,
    ) -> Vec<usize> {
        if residue.chain != self.chain.id {
            return Vec::new();
        }
        let found = self.matching(residue.number, residue.place, residue.name);
        if found.is_empty() && !self.is_elsewhere(residue) {
            warnings.push(record.no_residue(residue));
        }
        found
    }

    /// The position of the residue that an atom is of.
    pub(super) fn of_atom(&self, atom: &Atom<'a>) -> Option<usize> {
        let key = atom.residue;
        let place = key.place.map(|place| (key.polymer, place));
        self.matching(Some(key.number), place, atom.component)
            .first()
            .copied()
    }

    /// By the place if there is one, which is certain, or else by the number.
    fn matching(
        &self,
        number: Option<ResidueNumber>,
        place: Option<(&'a str, i32)>,
        name: &str,
    ) -> Vec<usize> {
        let is_named =
            |index: &usize| name.is_empty() || self.positions[*index].names.contains(&name);
        let found = match place {
            Some(place) if !self.by_place.is_empty() => {
                self.by_place.get(&place).map(std::slice::from_ref)
            }
            _ => number.and_then(|number| Some(self.by_number.get(&number)?.as_slice())),
        };
        found
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(is_named)
            .collect()
    }

    /// Whether the file has the residue, as a ligand, a blocking group, an unobserved residue or so.
    fn is_elsewhere(&self, residue: &Reference<'a>) -> bool {
        let left_out = self.left_out.get_or_init(|| LeftOut::of(self.chain));
        residue_name::is_water(residue.name)
            || residue.number.is_some_and(|number| {
                left_out.numbers.contains(&(number, residue.name))
                    || self.others.contains(&(residue.chain, number, residue.name))
            })
            || residue.number.is_none()
                && residue
                    .place
                    .is_some_and(|place| left_out.places.contains(&place))
    }
}

impl<'a> LeftOut<'a> {
    fn of(chain: &Chain<'a>) -> Self {
        let (mut numbers, mut places) = (HashSet::new(), HashSet::new());
        for residue in &chain.residues {
            numbers.extend(
                residue
                    .names()
                    .into_iter()
                    .map(|name| (residue.key.number, name)),
            );
        }
        for monomer in chain.sequence.iter().chain(&chain.missing) {
            numbers.extend(monomer.number.map(|number| (number, monomer.name)));
            places.extend(monomer.place.map(|place| (monomer.polymer, place)));
        }
        Self { numbers, places }
    }
}
