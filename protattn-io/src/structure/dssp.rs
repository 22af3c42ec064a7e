//! Secondary structure from coordinates: DSSP.
//!
//! [`assign`] takes the [`Backbone`] of each residue of a whole structure, since hydrogen bonds cross
//! chains, and gives each residue its [`State`], one of eight. The definition is that of W. Kabsch and
//! C. Sander, *Biopolymers* 22:2577 (1983), in the reading of the program mkdssp 4.2:
//!
//! - Hydrogen bonds have an energy below -0.5 kcal/mol; each amide gives its two strongest. The
//!   hydrogen stands 1 Å from N, opposite to C=O of the residue before; proline has none, nor has the
//!   first residue of a chain or after a chain break, which is where C and N are over 2.5 Å apart.
//! - Of the states that a residue could have, the first of this list is its own: π helix (I, where all
//!   five residues are free or of an α helix), α helix (H), strand (E), bridge (B), 3-10 helix (G, where
//!   all three are free), turn (T), bend (S), blank (-).
//! - Bridges next to each other make a ladder, also across a bulge of up to one extra residue in one
//!   strand and four in the other; a ladder of one bridge is B, and all residues of a longer one are E.
//!
//! mkdssp's polyproline helices (P) are blank here. For both, only the amino acid named PRO is proline:
//! the others without an amide hydrogen, such as hydroxyproline, are rare and treated as if they had one.
//! Where a residue has alternative locations, [`read`](super::read) gives each atom of the backbone the
//! last one of the file, because mkdssp does; positions elsewhere are of the highest occupancy.
//!
//! ```
//! use protattn_io::structure::dssp::{self, Backbone};
//!
//! // An ideal α helix: each residue is the last one turned by 98.9° about z and moved by 1.54 Å.
//! let atom = |k: usize, radius: f32, angle: f32, z: f32| {
//!     let angle = (angle + 98.9 * k as f32).to_radians();
//!     [radius * angle.cos(), radius * angle.sin(), z + 1.54 * k as f32]
//! };
//! let residue = |k| Backbone {
//!     n: atom(k, 1.56, -26.7, -0.91),
//!     ca: atom(k, 2.29, 0.0, 0.0),
//!     c: atom(k, 1.68, 26.8, 1.06),
//!     o: atom(k, 1.94, 20.5, 2.25),
//!     is_proline: false,
//! };
//! // The last residue has no observed carbonyl oxygen.
//! let chain: Vec<_> = (0..10).map(|k| (k < 9).then(|| residue(k))).collect();
//! let letters: String = dssp::assign(&[chain])[0]
//!     .iter()
//!     .map(|state| state.map_or('?', |state| state.letter()))
//!     .collect();
//! assert_eq!(letters, "-HHHHHHH-?");
//! ```

mod backbone;
mod bridges;
mod helices;
mod hydrogen_bonds;

pub use backbone::Backbone;

use super::secondary_structure::of_three;
use backbone::Residues;
use hydrogen_bonds::HydrogenBonds;

/// The secondary structure of one residue, in DSSP's eight states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// G: in a 3-10 helix, of hydrogen bonds three residues on.
    Helix310,
    /// H: in an α helix, of hydrogen bonds four residues on.
    AlphaHelix,
    /// I: in a π helix, of hydrogen bonds five residues on.
    PiHelix,
    /// B: in a single β bridge.
    Bridge,
    /// E: in a ladder of two bridges or more.
    Strand,
    /// S: where the chain turns by over 70 degrees.
    Bend,
    /// T: within a hydrogen-bonded turn of no helix.
    Turn,
    /// `-`: none of these.
    Blank,
}

impl State {
    /// DSSP's letter, `-` for blank.
    pub fn letter(self) -> char {
        match self {
            Self::Helix310 => 'G',
            Self::AlphaHelix => 'H',
            Self::PiHelix => 'I',
            Self::Bridge => 'B',
            Self::Strand => 'E',
            Self::Bend => 'S',
            Self::Turn => 'T',
            Self::Blank => '-',
        }
    }

    /// The class among four: `helix` (G, H, I), `strand` (B, E), `turn-bend` (T, S) or `blank`.
    pub fn of_four(self) -> &'static str {
        match self {
            Self::Helix310 | Self::AlphaHelix | Self::PiHelix => "helix",
            Self::Bridge | Self::Strand => "strand",
            Self::Turn | Self::Bend => "turn-bend",
            Self::Blank => "blank",
        }
    }

    /// The class among three: `helix`, `strand`, or `coil` for what is neither. The grouping is that of
    /// the TAPE data (NetSurfP-2.0, Klausen et al., *Proteins* 87:520, 2019).
    pub fn of_three(self) -> &'static str {
        of_three(self.of_four())
    }
}

/// The state of each residue of each chain of a structure.
///
/// Residues are in the order of their chains; `None` stands for one whose backbone is not complete,
/// and comes back as `None`, as does one with a coordinate that is not finite. More than 256 residues
/// within a cube of 9 Å are no structure, but placeholders: they make no hydrogen bonds. Time is
/// n log n in the number of residues.
pub fn assign(chains: &[Vec<Option<Backbone>>]) -> Vec<Vec<Option<State>>> {
    let residues = Residues::new(chains);
    let bonds = HydrogenBonds::new(&residues);
    let mut states = vec![State::Blank; residues.len()];
    bridges::assign(&residues, &bonds, &mut states);
    helices::assign(&residues, &bonds, &mut states);
    let mut assigned: Vec<Vec<Option<State>>> =
        chains.iter().map(|chain| vec![None; chain.len()]).collect();
    for (place, state) in residues.places().zip(states) {
        assigned[place.chain][place.index] = Some(state);
    }
    assigned
}
