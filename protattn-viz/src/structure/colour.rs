//! Colours of chains and arcs, the same in every output.

use super::model::{Arc, Residue, SecondaryStructure};
use super::trace::chains;

pub(super) type Rgb = [u8; 3];

/// Arcs are strong colours on pale chains; the two also differ in lightness, and in dashes.
const CONTACT: Rgb = [0xc8, 0x3e, 0x0c];
const NO_CONTACT: Rgb = [0x1f, 0x6a, 0xb8];
const UNDEFINED: Rgb = [0x5c, 0x5c, 0x5c];
/// Residues that bind a ligand, and modified ones.
pub(super) const BINDING_SITE: Rgb = [0x00, 0x8a, 0x66];
pub(super) const MODIFIED: Rgb = [0x8e, 0x2f, 0x8e];

const HELIX: Rgb = [0xd7, 0xa9, 0xd6];
const STRAND: Rgb = [0xee, 0xd4, 0x6e];
const COIL: Rgb = [0xc9, 0xc9, 0xc9];

/// Pale and as different as they can be; a ninth chain starts again.
const CHAINS: [Rgb; 8] = [
    [0xa6, 0xcc, 0xe8],
    [0xf2, 0xc4, 0x8a],
    [0xa9, 0xd8, 0xb0],
    [0xe3, 0xb3, 0xcf],
    [0xe9, 0xe0, 0x8c],
    [0xc0, 0xb8, 0xe6],
    [0xd9, 0xbf, 0xa9],
    [0x9f, 0xd9, 0xd6],
];

/// Stops of the rainbow from the N terminus to the C terminus, pale so that arcs stand out.
const RAINBOW: [Rgb; 5] = [
    [0x8a, 0x9f, 0xe8],
    [0x8a, 0xd2, 0xe4],
    [0xa4, 0xdc, 0x96],
    [0xf3, 0xdc, 0x7c],
    [0xf0, 0x98, 0x8c],
];
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
    /// What the legend says: place in the palette, words.
    pub(super) legend: Vec<(usize, String)>,
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
            legend: present
                .map(|(kind, word)| (kind, word.to_owned()))
                .collect(),
            palette: vec![HELIX, STRAND, COIL],
            index,
        }
    }

    fn chain(residues: &[Residue]) -> Self {
        let mut names: Vec<&str> = Vec::new();
        let mut index = Vec::with_capacity(residues.len());
        for chain in residues.chunk_by(|a, b| a.chain == b.chain) {
            let name = chain[0].chain.as_str();
            let place = names.iter().position(|&known| known == name);
            let place = place.unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
            index.extend(std::iter::repeat_n(place % CHAINS.len(), chain.len()));
        }
        let words = |(place, name): (usize, &&str)| {
            let name = if name.trim().is_empty() {
                "without a name"
            } else {
                *name
            };
            (place % CHAINS.len(), format!("chain {name}"))
        };
        let mut legend: Vec<_> = names
            .iter()
            .enumerate()
            .take(CHAINS.len())
            .map(words)
            .collect();
        if names.len() > CHAINS.len() {
            legend.push((0, format!("{} chains in all", names.len())));
        }
        Self {
            palette: CHAINS.to_vec(),
            index,
            legend,
        }
    }

    fn rainbow(residues: &[Residue]) -> Self {
        let mut index = Vec::with_capacity(residues.len());
        for chain in chains(residues) {
            let last = chain.len().saturating_sub(1).max(1);
            let steps = (0..chain.len()).map(|i| i * (RAINBOW_STEPS - 1) / last);
            index.extend(steps);
        }
        let step = |i: usize| {
            let place = i as f64 / (RAINBOW_STEPS - 1) as f64 * (RAINBOW.len() - 1) as f64;
            let below = (place as usize).min(RAINBOW.len() - 2);
            mix(RAINBOW[below], RAINBOW[below + 1], place - below as f64)
        };
        Self {
            palette: (0..RAINBOW_STEPS).map(step).collect(),
            index,
            legend: [
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Contact,
    NoContact,
    Undefined,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Contact, Self::NoContact, Self::Undefined];

    pub(super) fn of(arc: &Arc) -> Self {
        match arc.contact {
            Some(true) => Self::Contact,
            Some(false) => Self::NoContact,
            None => Self::Undefined,
        }
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

/// The colour `share` of the way from `a` to `b`.
pub(super) fn mix(a: Rgb, b: Rgb, share: f64) -> Rgb {
    std::array::from_fn(|i| {
        let (a, b) = (f64::from(a[i]), f64::from(b[i]));
        (a + (b - a) * share.clamp(0.0, 1.0)).round() as u8
    })
}

pub(super) fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
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
        let words: Vec<&str> = scheme
            .legend
            .iter()
            .map(|(_, words)| words.as_str())
            .collect();
        assert_eq!(words, ["chain A", "chain B", "chain without a name"]);
    }

    #[test]
    fn rainbow_runs_from_end_to_end_of_each_chain() {
        let scheme = Scheme::new(
            Colouring::Rainbow,
            &residues(&["A", "A", "A", "B", "B", "C"]),
        );
        assert_eq!(scheme.index, [0, 15, 31, 0, 31, 0]);
        assert_eq!(scheme.colour(0), RAINBOW[0]);
        assert_eq!(scheme.colour(2), RAINBOW[4]);
    }

    #[test]
    fn unknown_secondary_structure_is_not_called_other() {
        let scheme = Scheme::new(Colouring::default(), &residues(&["A"]));
        assert_eq!(scheme.legend, [(2, "chain".to_owned())]);
    }

    #[test]
    fn colours_mix() {
        assert_eq!(mix([0, 100, 200], [100, 0, 200], 0.25), [25, 75, 200]);
        assert_eq!(hex([1, 0xab, 255]), "#01abff");
    }
}
