//! Contacts: pairs of residues near in space and apart along the chain.

use serde::{Deserialize, Serialize};

use crate::{Label, PairLabels, Point, Protein};

/// The atom whose position stands for a residue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContactAtom {
    /// The α carbon, as in the TAPE data (Rao et al. 2019).
    #[default]
    Ca,
    /// The β carbon, the α carbon for glycine, as in CASP.
    Cb,
}

/// When two residues are in contact.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactRule {
    /// The atom that is measured from and to.
    pub atom: ContactAtom,
    /// Contacts are closer than this, strictly, in Å.
    pub distance: f64,
    /// Pairs with |i - j| below this are undefined.
    pub min_separation: usize,
}

impl ContactRule {
    /// The positions of the atoms that are measured between; `None` if the protein has none of that
    /// atom.
    fn points(self, protein: &Protein) -> Option<&[Option<Point>]> {
        match self.atom {
            ContactAtom::Ca => protein.ca(),
            ContactAtom::Cb => protein.cb(),
        }
    }

    /// The distance in Å between two residues (0-based), as it is compared with [`distance`]: in f64,
    /// from f32 positions, so that a pair at the threshold falls on the same side as with SciPy's
    /// `pdist`, which the TAPE data set uses. `None` where a position is unknown or there is no such
    /// residue.
    ///
    /// [`distance`]: Self::distance
    pub fn distance_between(&self, protein: &Protein, i: usize, j: usize) -> Option<f64> {
        let points = self.points(protein)?;
        Some(distance(points.get(i)?.as_ref()?, points.get(j)?.as_ref()?))
    }
}

impl Default for ContactRule {
    /// Cα closer than 8 Å and at least six residues apart: Vig et al. 2021, section 3.
    fn default() -> Self {
        Self {
            atom: ContactAtom::Ca,
            distance: 8.0,
            min_separation: 6,
        }
    }
}

/// The contacts of a protein: class 0 where residues touch, [`Label::NONE`] where they do not, and
/// undefined where a position is unknown or the two are too near along the chain. Symmetric.
///
/// `None` if the protein has no positions of that atom.
pub fn contact_map(protein: &Protein, rule: &ContactRule) -> Option<PairLabels> {
    let points = rule.points(protein)?;
    let mut contacts = PairLabels::undefined(points.len());
    for (i, a) in points.iter().enumerate() {
        for (j, b) in points
            .iter()
            .enumerate()
            .skip(i.saturating_add(rule.min_separation))
        {
            let (Some(a), Some(b)) = (a, b) else { continue };
            let label = Label::from_flag(Some(distance(a, b) < rule.distance));
            contacts.set(i, j, label);
            contacts.set(j, i, label);
        }
    }
    Some(contacts)
}

pub(crate) fn distance(a: &Point, b: &Point) -> f64 {
    let squares = a
        .iter()
        .zip(b)
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2));
    squares.sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(spacing: f32, n: usize) -> Protein {
        let mut protein = Protein::new("line", &"A".repeat(n)).expect("letters");
        let ca = (0..n)
            .map(|i| Some([spacing * i as f32, 0.0, 0.0]))
            .collect();
        protein.set_ca(ca).expect("one position a residue");
        protein
    }

    #[test]
    fn the_threshold_is_strict_and_the_separation_is_not() {
        let protein = line(1.0, 10);
        let contacts = contact_map(&protein, &ContactRule::default()).expect("has positions");
        assert_eq!(contacts.get(0, 5), Label::UNDEFINED);
        assert_eq!(contacts.get(0, 6).class(), Some(0));
        assert_eq!(contacts.get(7, 0).class(), Some(0));
        assert_eq!(contacts.get(0, 8), Label::NONE, "8 Å exactly is no contact");
    }

    #[test]
    fn a_missing_position_leaves_its_pairs_undefined() {
        let mut protein = line(1.0, 8);
        let mut ca = protein.ca().expect("set").to_vec();
        ca[0] = None;
        protein.set_ca(ca).expect("same length");
        let contacts = contact_map(&protein, &ContactRule::default()).expect("has positions");
        assert_eq!(contacts.get(0, 7), Label::UNDEFINED);
        assert_eq!(contacts.get(1, 7).class(), Some(0));
    }

    #[test]
    fn distances_are_those_that_contacts_are_told_by() {
        let protein = line(1.5, 8);
        let rule = ContactRule::default();
        assert_eq!(rule.distance_between(&protein, 1, 7), Some(9.0));
        assert_eq!(rule.distance_between(&protein, 1, 8), None);
        let cb = ContactRule {
            atom: ContactAtom::Cb,
            ..rule
        };
        assert_eq!(cb.distance_between(&protein, 1, 7), None);
    }

    #[test]
    fn no_pair_is_as_far_apart_as_numbers_go() {
        let rule = ContactRule {
            min_separation: usize::MAX,
            ..ContactRule::default()
        };
        let contacts = contact_map(&line(1.0, 8), &rule).expect("has positions");
        assert!(contacts.view().iter().all(|label| !label.is_defined()));
    }

    #[test]
    fn a_protein_without_positions_has_no_map() {
        let rule = ContactRule {
            atom: ContactAtom::Cb,
            ..ContactRule::default()
        };
        assert_eq!(contact_map(&line(1.0, 8), &rule), None);
    }
}
