//! Colours of chains and arcs, the same in every output.

use super::model::{Residue, ResidueArc, SecondaryStructure};
use super::trace::chains;
use crate::palette::{Rgb, gradient, rgb};
use std::ops::Range;

/// Arcs are strong colours on pale chains; the two also differ in lightness, and in dashes.
const CONTACT: Rgb = rgb(0xc83e0c);
const NO_CONTACT: Rgb = rgb(0x1f6ab8);
const UNDEFINED: Rgb = rgb(0x5c5c5c);
/// Residues that bind a ligand, and modified ones.
pub(super) const BINDING_SITE: Rgb = rgb(0x008a66);
pub(super) const MODIFIED: Rgb = rgb(0x8e2f8e);

const HELIX: Rgb = rgb(0xd7a9d6);
const STRAND: Rgb = rgb(0xeed46e);
/// Also of what is in a file and not in the view.
pub(super) const COIL: Rgb = rgb(0xc9c9c9);

/// Pale and as different as they can be; from the ninth on they come again.
const CHAINS: [u32; 8] = [
    0xa6cce8, 0xf2c48a, 0xa9d8b0, 0xe3b3cf, 0xe9e08c, 0xc0b8e6, 0xd9bfa9, 0x9fd9d6,
];

/// Stops of the rainbow from the N terminus to the C terminus, pale so that arcs stand out.
const RAINBOW: [u32; 5] = [0x8a9fe8, 0x8ad2e4, 0xa4dc96, 0xf3dc7c, 0xf0988c];
const RAINBOW_STEPS: usize = 32;

/// What the colours of the chain tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colouring {
    /// Helices, strands, and the rest.
    #[default]
    SecondaryStructure,
    /// A colour for each chain.
    Chain,
    /// From blue at the N terminus of each chain to red at its C terminus.
    Rainbow,
}

impl Colouring {
    pub(super) const ALL: [Self; 3] = [Self::SecondaryStructure, Self::Chain, Self::Rainbow];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SecondaryStructure => "secondary structure",
            Self::Chain => "chain",
            Self::Rainbow => "N to C terminus",
        }
    }
}

/// A colouring worked out for the residues of a view.
#[derive(Debug, Clone)]
pub(super) struct Scheme {
    pub(super) palette: Vec<Rgb>,
    /// Place in the palette of each residue.
    pub(super) index: Vec<usize>,
    /// What there is to say of all residues: place in the palette, words.
    words: Vec<(usize, String)>,
    /// Whether the palette is one scale, of which the words name a few places.
    scale: bool,
}

impl Scheme {
    pub(super) fn new(colouring: Colouring, residues: &[Residue]) -> Self {
        match colouring {
            Colouring::SecondaryStructure => Self::secondary_structure(residues),
            Colouring::Chain => Self::chain(residues),
            Colouring::Rainbow => Self::rainbow(residues),
        }
    }

    pub(super) fn colour(&self, residue: usize) -> Rgb {
        self.palette[self.index[residue]]
    }

    /// What the legend of those residues says: place in the palette, words.
    pub(super) fn legend(&self, shown: Range<usize>) -> Vec<(usize, String)> {
        let here = &self.index[shown];
        let words = self.words.iter();
        let present = words.filter(|(place, _)| self.scale || here.contains(place));
        let mut legend: Vec<(usize, String)> = present.cloned().collect();
        let count = legend.len();
        if count > CHAINS.len() {
            legend.truncate(CHAINS.len());
            legend.push((legend[0].0, format!("{count} chains in all")));
        }
        legend
    }

    fn secondary_structure(residues: &[Residue]) -> Self {
        let kind = |residue: &Residue| match residue.secondary_structure {
            Some(SecondaryStructure::Helix) => 0,
            Some(SecondaryStructure::Strand) => 1,
            Some(SecondaryStructure::Other) | None => 2,
        };
        let index: Vec<usize> = residues.iter().map(kind).collect();
        let known = residues.iter().any(|r| r.secondary_structure.is_some());
        let other = if known { "other" } else { "chain" };
        let words = ["helix", "strand", other].into_iter().enumerate();
        let present = words.filter(|(kind, _)| index.contains(kind));
        Self {
            words: present
                .map(|(kind, word)| (kind, word.to_owned()))
                .collect(),
            palette: vec![HELIX, STRAND, COIL],
            index,
            scale: false,
        }
    }

    fn chain(residues: &[Residue]) -> Self {
        let mut names: Vec<&str> = Vec::new();
        let mut index = Vec::with_capacity(residues.len());
        for chain in chains(residues) {
            let name = residues[chain.start].chain.as_str();
            let place = names.iter().position(|&known| known == name);
            let place = place.unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
            index.extend(std::iter::repeat_n(place, chain.len()));
        }
        let words = |(place, name): (usize, &&str)| {
            let name = if name.trim().is_empty() {
                "without a name"
            } else {
                *name
            };
            (place, format!("chain {name}"))
        };
        Self {
            palette: (CHAINS.map(rgb).into_iter().cycle())
                .take(names.len())
                .collect(),
            index,
            words: names.iter().enumerate().map(words).collect(),
            scale: false,
        }
    }

    fn rainbow(residues: &[Residue]) -> Self {
        let mut index = Vec::with_capacity(residues.len());
        for chain in chains(residues) {
            let last = chain.len().saturating_sub(1).max(1);
            let steps = (0..chain.len()).map(|i| i * (RAINBOW_STEPS - 1) / last);
            index.extend(steps);
        }
        let step = |i: usize| gradient(&RAINBOW, i as f64 / (RAINBOW_STEPS - 1) as f64);
        Self {
            palette: (0..RAINBOW_STEPS).map(step).collect(),
            index,
            scale: true,
            words: [
                (0, "N terminus"),
                (RAINBOW_STEPS / 2, "middle"),
                (RAINBOW_STEPS - 1, "C terminus"),
            ]
            .map(|(place, words)| (place, words.to_owned()))
            .to_vec(),
        }
    }
}

/// What an arc joins, and so its colour and dashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Contact,
    NoContact,
    Undefined,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Contact, Self::NoContact, Self::Undefined];

    pub(super) fn of(arc: &ResidueArc) -> Self {
        match arc.contact {
            Some(true) => Self::Contact,
            Some(false) => Self::NoContact,
            None => Self::Undefined,
        }
    }

    /// The kinds that there are among the arcs.
    pub(super) fn present<'a>(
        arcs: impl Iterator<Item = &'a ResidueArc> + Clone,
    ) -> impl Iterator<Item = Self> {
        let kinds = Self::ALL.into_iter();
        kinds.filter(move |kind| arcs.clone().any(|arc| Self::of(arc) == *kind))
    }

    pub(super) fn colour(self) -> Rgb {
        match self {
            Self::Contact => CONTACT,
            Self::NoContact => NO_CONTACT,
            Self::Undefined => UNDEFINED,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::NoContact => "no contact",
            Self::Undefined => "contact undefined",
        }
    }

    /// Length of a dash and of the gap after it, in Å; none for a solid line.
    pub(super) fn dashes(self) -> Option<(f64, f64)> {
        match self {
            Self::Contact => None,
            Self::NoContact => Some((1.5, 0.9)),
            Self::Undefined => Some((0.6, 0.7)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn residues(chains: &[&str]) -> Vec<Residue> {
        chains
            .iter()
            .map(|&chain| Residue::new(chain, 1, 'A'))
            .collect()
    }

    #[test]
    fn chains_keep_their_colour() {
        let scheme = Scheme::new(Colouring::Chain, &residues(&["A", "B", "B", "A", ""]));
        assert_eq!(scheme.index, [0, 1, 1, 0, 2]);
        let legend = scheme.legend(0..5);
        let words: Vec<&str> = legend.iter().map(|(_, words)| words.as_str()).collect();
        assert_eq!(words, ["chain A", "chain B", "chain without a name"]);
    }

    #[test]
    fn rainbow_runs_from_end_to_end_of_each_chain() {
        let scheme = Scheme::new(
            Colouring::Rainbow,
            &residues(&["A", "A", "A", "B", "B", "C"]),
        );
        assert_eq!(scheme.index, [0, 15, 31, 0, 31, 0]);
        assert_eq!(scheme.colour(0), rgb(RAINBOW[0]));
        assert_eq!(scheme.colour(2), rgb(RAINBOW[4]));
    }

    #[test]
    fn unknown_secondary_structure_is_not_called_other() {
        let scheme = Scheme::new(Colouring::default(), &residues(&["A"]));
        assert_eq!(scheme.legend(0..1), [(2, "chain".to_owned())]);
    }
}
