//! Null models: the same counts where the property, or what the attention read, was taken away.
//!
//! A head can agree with a property for reasons that have nothing to do with it: because it looks
//! at near neighbours, at the ends of the chain, at one amino acid. Each null model keeps such
//! reasons and removes another, and a claim about a head should survive them:
//!
//! - [`rotated`] labels keep how labels follow one another along the chain, and how far apart
//!   labelled pairs are, but no longer belong to these residues;
//! - a [`shuffled`] sequence keeps the composition, and the labels their places, but takes away
//!   what the model could read from the order of the residues;
//! - a model of the same architecture with random weights keeps what the architecture alone does.
//!
//! Draws depend on the sequence, the seed and the number of the draw alone, so they are the same in
//! any order of proteins and for any number of threads.

use protattn_io::hash::fnv1a;
use protattn_io::random::SplitMix64;
use protattn_io::{Label, PairLabels};

use crate::Labels;

/// The labels of the first `n_read` residues moved along the chain by `offset`, as on a ring: residue
/// i gets the label of residue (i + `offset`) mod `n_read`. Labels after the first `n_read` residues
/// are undefined, as no model reads them.
///
/// Of pairs, both residues are moved, and a pair gets the label of one that is as far apart along the
/// chain: where the ring closes between the two residues there is none, and the pair is undefined. So
/// is a pair that is undefined itself.
///
/// ```
/// use protattn_io::Label;
/// use protattn_metrics::{Labels, null};
///
/// let [yes, no, unknown] = [Some(true), Some(false), None].map(Label::from_flag);
/// let labels = Labels::Residues(vec![yes, no, no, unknown]);
/// let expected = Labels::Residues(vec![unknown, yes, no, no]);
/// assert_eq!(null::rotated(&labels, 4, 3), expected);
/// ```
pub fn rotated(labels: &Labels, n_read: usize, offset: usize) -> Labels {
    let n_read = n_read.min(labels.n_residues());
    let offset = offset.checked_rem(n_read).unwrap_or(0);
    let moved = |residue: usize| (residue + offset) % n_read;
    match labels {
        Labels::Residues(labels) => {
            let mut rotated = vec![Label::UNDEFINED; labels.len()];
            for (residue, label) in rotated.iter_mut().enumerate().take(n_read) {
                *label = labels[moved(residue)];
            }
            Labels::Residues(rotated)
        }
        Labels::Pairs(labels) => {
            let mut rotated = PairLabels::undefined(labels.len());
            for from in 0..n_read {
                for to in 0..n_read {
                    let both = (from + offset < n_read) == (to + offset < n_read);
                    if both && labels.get(from, to).is_defined() {
                        rotated.set(from, to, labels.get(moved(from), moved(to)));
                    }
                }
            }
            Labels::Pairs(rotated)
        }
    }
}

/// How far the labels of a protein, of which the first `n_read` residues are read, are rotated in
/// the draw of this number: from 1 to `n_read` - 1, each equally likely; 0 if there is but one
/// residue, which nothing can move.
pub fn rotation(sequence: &str, n_read: usize, seed: u64, draw: u64) -> usize {
    if n_read < 2 {
        return 0;
    }
    1 + random(sequence, seed, draw).below(n_read - 1)
}

/// The residues of a sequence in an order drawn at random, each order equally likely (Fisher and
/// Yates; Knuth, *The Art of Computer Programming* 2, algorithm P).
///
/// ```
/// use protattn_metrics::null;
///
/// let shuffled = null::shuffled("MKTAYIAK", 1, 0);
/// assert_eq!(shuffled, null::shuffled("MKTAYIAK", 1, 0));
/// let mut letters: Vec<char> = shuffled.chars().collect();
/// letters.sort_unstable();
/// assert_eq!(letters, ['A', 'A', 'I', 'K', 'K', 'M', 'T', 'Y']);
/// ```
pub fn shuffled(sequence: &str, seed: u64, draw: u64) -> String {
    let mut letters: Vec<char> = sequence.chars().collect();
    random(sequence, seed, draw).shuffle(&mut letters);
    letters.into_iter().collect()
}

/// The generator of one draw for one sequence, from the hash of the letters, the
/// seed and the number of the draw.
fn random(sequence: &str, seed: u64, draw: u64) -> SplitMix64 {
    let numbers = [seed, draw].map(u64::to_le_bytes);
    let bytes = sequence.bytes().chain(numbers.into_iter().flatten());
    SplitMix64::new(fnv1a(bytes))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn flags(text: &str) -> Vec<Label> {
        let label = |c| match c {
            '1' => Some(true),
            '0' => Some(false),
            _ => None,
        };
        text.chars().map(label).map(Label::from_flag).collect()
    }

    #[test]
    fn what_is_not_read_neither_moves_nor_is_moved_to() {
        let labels = Labels::Residues(flags("10011"));
        let expected = Labels::Residues(flags("001??"));
        assert_eq!(rotated(&labels, 3, 1), expected);
        assert_eq!(rotated(&labels, 3, 4), expected, "a ring of three");
        assert_eq!(
            rotated(&labels, 0, 2),
            Labels::Residues(flags("?????")),
            "nothing is read"
        );
    }

    #[test]
    fn pairs_keep_their_separation_and_what_is_undefined() {
        // A contact between 0 and 3, and everything nearer than two residues undefined.
        let mut pairs = PairLabels::undefined(5);
        for (from, to) in (0..5).flat_map(|i| (0..5).map(move |j| (i, j))) {
            if from + 1 < to || to + 1 < from {
                let contact = (from.min(to), from.max(to)) == (0, 3);
                pairs.set(from, to, Label::from_flag(Some(contact)));
            }
        }
        let Labels::Pairs(moved) = rotated(&Labels::Pairs(pairs.clone()), 5, 4) else {
            panic!("pairs stay pairs")
        };
        assert_eq!(moved.get(1, 4).class(), Some(0));
        assert_eq!(moved.get(4, 1).class(), Some(0));
        assert_eq!(moved.get(2, 4), Label::NONE);
        assert_eq!(moved.get(0, 1), Label::UNDEFINED);
        // The ring closes between 0, which gets the label of 4, and 3, which gets that of 2.
        assert_eq!(moved.get(0, 3), Label::UNDEFINED);
    }

    #[test]
    fn every_rotation_but_none_is_drawn() {
        let drawn: HashSet<usize> = (0..200).map(|draw| rotation("ACDEF", 5, 7, draw)).collect();
        assert_eq!(drawn, HashSet::from([1, 2, 3, 4]));
        assert_eq!(rotation("A", 1, 7, 0), 0);
    }

    #[test]
    fn shuffles_differ_by_sequence_seed_and_draw_and_are_even() {
        let sequence = "ACDEFGHIKLMNPQRSTVWY";
        let all = [
            shuffled(sequence, 0, 0),
            shuffled(sequence, 1, 0),
            shuffled(sequence, 0, 1),
        ];
        assert_eq!(HashSet::<&String>::from_iter(&all).len(), 3);

        // Each of the six orders of three letters, 1,000 times expected, with a standard deviation
        // of 29.
        let mut counts = std::collections::HashMap::new();
        for draw in 0..6_000 {
            *counts.entry(shuffled("ACD", 3, draw)).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(
            counts.values().all(|n| (880..1120).contains(n)),
            "{counts:?}"
        );
    }
}
