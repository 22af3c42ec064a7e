//! What is predicted of one protein.

use ndarray::Array2;
use protattn_io::{ContactRule, Label, PairLabels, Protein, ResidueNumber, contact_map};
use protattn_model::run::Error;
use serde::{Deserialize, Serialize};

use crate::{ContactScore, PairRow, contact_scores};

/// The probability of a contact for each pair of residues of one protein that are far enough apart, and
/// whether its structure, if it is known, has the contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictedContacts {
    name: String,
    n_read: usize,
    numbering: Option<Vec<ResidueNumber>>,
    min_separation: usize,
    /// In the order of the pairs.
    probabilities: Vec<f32>,
    /// Of each pair in its order: four to a byte.
    contacts: Option<Vec<u8>>,
}

impl PredictedContacts {
    /// Takes the pairs that a rule has apart from `probabilities`, [residue, residue].
    pub(super) fn new(
        name: &str,
        protein: &Protein,
        probabilities: &Array2<f32>,
        rule: &ContactRule,
    ) -> Self {
        let n_read = probabilities.nrows();
        let min_separation = rule.min_separation.max(1);
        let places = || places(n_read, min_separation);
        let contacts = contact_map(protein, rule).map(|labels| {
            pack(places().map(|(i, j)| {
                let label = labels.get(i, j);
                label.is_defined().then(|| label.class().is_some())
            }))
        });
        let numbering = protein.numbering();
        Self {
            name: name.to_owned(),
            n_read,
            numbering: numbering.map(|numbers| numbers[..n_read].to_vec()),
            min_separation,
            probabilities: places().map(|place| probabilities[place]).collect(),
            contacts,
        }
    }

    /// The name of the protein, which no other of the run has.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Residues that were read.
    #[must_use]
    pub fn n_read(&self) -> usize {
        self.n_read
    }

    /// The author's numbers of the residues that were read, if there are any.
    #[must_use]
    pub fn numbering(&self) -> Option<&[ResidueNumber]> {
        self.numbering.as_deref()
    }

    /// Whether there is a structure to judge by.
    #[must_use]
    pub fn has_structure(&self) -> bool {
        self.contacts.is_some()
    }

    /// Each pair that is far enough apart, by its first residue and then by its second.
    pub fn rows(&self) -> impl Iterator<Item = PairRow> + '_ {
        self.pairs().map(|(i, j, probability, contact)| PairRow {
            record: self.name.clone(),
            i,
            j,
            probability: f64::from(probability),
            contact,
        })
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize, f32, Option<bool>)> + '_ {
        let pairs = places(self.n_read, self.min_separation).enumerate();
        pairs.map(|(place, (i, j))| {
            let contact = self.contacts.as_ref().and_then(|all| unpack(all, place));
            (i, j, self.probabilities[place], contact)
        })
    }

    /// The probabilities `[residue, residue]` above the diagonal, NaN elsewhere and for pairs that are
    /// too near.
    #[must_use]
    pub fn map(&self) -> Array2<f32> {
        let mut map = Array2::from_elem((self.n_read, self.n_read), f32::NAN);
        for (i, j, probability, _) in self.pairs() {
            map[[i, j]] = probability;
        }
        map
    }

    /// How good the predictions are; none where the structure is not known.
    pub(super) fn scores(&self) -> Result<Vec<ContactScore>, Error> {
        if !self.has_structure() {
            return Ok(Vec::new());
        }
        let mut labels = PairLabels::undefined(self.n_read);
        for (i, j, _, contact) in self.pairs() {
            labels.set(i, j, Label::from_flag(contact));
        }
        let scores = contact_scores(self.map().view(), &labels, self.min_separation);
        scores.map_err(|error| Error::sequence(&self.name, error))
    }
}

/// The pairs of `n` residues that are so far apart.
fn places(n: usize, min_separation: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(move |i| (i.saturating_add(min_separation)..n).map(move |j| (i, j)))
}

/// Two bits for each contact: 0 where nothing is known, 1 for none, 2 for one.
fn pack(contacts: impl Iterator<Item = Option<bool>>) -> Vec<u8> {
    let mut packed = Vec::new();
    for (place, contact) in contacts.enumerate() {
        if place % 4 == 0 {
            packed.push(0);
        }
        let bits = contact.map_or(0, |contact| 1 + u8::from(contact));
        packed[place / 4] |= bits << (2 * (place % 4));
    }
    packed
}

fn unpack(packed: &[u8], place: usize) -> Option<bool> {
    match packed[place / 4] >> (2 * (place % 4)) & 3 {
        0 => None,
        bits => Some(bits == 2),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_there_again_when_they_were_packed() {
        let contact = |n: usize| [None, Some(true), Some(false)][n * n % 7 % 3];
        for n in [0, 1, 4, 9] {
            let packed = pack((0..n).map(contact));
            assert_eq!(packed.len(), n.div_ceil(4));
            assert!((0..n).all(|place| unpack(&packed, place) == contact(place)));
        }
    }

    #[test]
    fn pairs_that_are_read_and_far_enough_apart_are_kept() {
        let mut protein = Protein::new("p", "MKTA").unwrap();
        let at = |x: f32| Some([x, 0.0, 0.0]);
        protein
            .set_ca(vec![at(0.0), at(3.0), None, at(9.0)])
            .unwrap();
        let numbers = ["5", "5A", "6", "7"].map(|number| number.parse().unwrap());
        protein.set_numbering(numbers.to_vec()).unwrap();
        let rule = ContactRule {
            min_separation: 0,
            ..ContactRule::default()
        };
        let probabilities = Array2::from_shape_fn((3, 3), |(i, j)| (i * 3 + j) as f32 / 8.0);
        let predicted = PredictedContacts::new("p", &protein, &probabilities, &rule);
        let pairs: Vec<_> = predicted.pairs().collect();
        let expected = [
            (0, 1, 0.125, Some(true)),
            (0, 2, 0.25, None),
            (1, 2, 0.625, None),
        ];
        assert_eq!(pairs, expected);
        assert_eq!(predicted.numbering().unwrap()[1].to_string(), "5A");
        assert_eq!(
            (predicted.map()[[1, 2]], predicted.map()[[1, 1]].is_nan()),
            (0.625, true)
        );
        assert!(predicted.has_structure());
    }
}
