//! Control tasks: what a probe learns of the residues themselves, whatever the features know.

use crate::Error;
use crate::random::unit;
use crate::training::check_labels;

/// Draws of the labels of all types at most, until every class has one.
const MAX_DRAWS: u64 = 100_000;

/// Labels that depend on the type of a residue, or on the types of a pair, and otherwise on chance
/// (Hewitt and Liang 2019, *Designing and Interpreting Probes with Control Tasks*, EMNLP,
/// section 2).
///
/// Each type is given a label, drawn from the distribution of the labels of the training samples,
/// and keeps it everywhere. A probe can solve such a task only by telling the types apart and
/// learning their labels by heart. Its score on the real task less its score on the control task,
/// the *selectivity*, is what it owes to the features.
///
/// Where a class is rare, most draws give it to none of the 20 amino acids, and there would be
/// nothing to train. So labels are drawn anew until the training samples have all classes; this
/// makes rare classes more frequent than they are.
///
/// # Examples
///
/// ```
/// use protattn_probe::ControlTask;
///
/// let residues = b"MKHCMKWA";
/// let labels = [0, 1, 0, 0, 1, 1, 0, 1];
/// let control = ControlTask::of_tokens(residues, &labels, 2, 7)?;
/// let labels: Vec<usize> = residues.iter().map(|residue| control.token(*residue)).collect();
/// assert_eq!(labels[0], labels[4]); // both are M
/// assert!(labels.contains(&0) && labels.contains(&1));
/// # Ok::<(), protattn_probe::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ControlTask {
    /// Share of the training samples up to and with each class `[class]`.
    cumulative: Vec<f64>,
    seed: u64,
    draw: u64,
}

impl ControlTask {
    /// Control labels for residues, from the types (letters) and the labels `[sample]` of the
    /// training samples.
    ///
    /// # Errors
    ///
    /// [`Error::NoLabels`] without samples, [`Error::LabelCount`] if there is not one label for
    /// each, [`Error::LabelOutOfRange`] if one is not below `n_classes`, [`Error::Control`] if no
    /// draw gives the training samples every class that they have: if there are fewer types than
    /// classes, for example.
    pub fn of_tokens(
        types: &[u8],
        labels: &[usize],
        n_classes: usize,
        seed: u64,
    ) -> Result<Self, Error> {
        let mut keys: Vec<[u64; 2]> = types.iter().map(|residue| token_keys(*residue)).collect();
        Self::new(&mut keys, labels, n_classes, seed)
    }

    /// Control labels for pairs of residues, by the types of both, in whichever order.
    ///
    /// # Errors
    ///
    /// Those of [`of_tokens`](Self::of_tokens).
    pub fn of_pairs(
        types: &[[u8; 2]],
        labels: &[usize],
        n_classes: usize,
        seed: u64,
    ) -> Result<Self, Error> {
        let mut keys: Vec<[u64; 2]> = types.iter().map(|[a, b]| pair_keys(*a, *b)).collect();
        Self::new(&mut keys, labels, n_classes, seed)
    }

    fn new(
        keys: &mut Vec<[u64; 2]>,
        labels: &[usize],
        n_classes: usize,
        seed: u64,
    ) -> Result<Self, Error> {
        if labels.len() != keys.len() {
            return Err(Error::LabelCount {
                samples: keys.len(),
                labels: labels.len(),
            });
        }
        if labels.is_empty() {
            return Err(Error::NoLabels);
        }
        check_labels(labels, n_classes)?;
        let mut counts = vec![0_usize; labels.iter().max().map_or(0, |last| last + 1)];
        for label in labels {
            counts[*label] += 1;
        }
        let mut so_far = 0;
        let cumulative = counts.iter().map(|count| {
            so_far += count;
            so_far as f64 / labels.len() as f64
        });
        let mut control = Self {
            cumulative: cumulative.collect(),
            seed,
            draw: 0,
        };
        keys.sort_unstable();
        keys.dedup();
        let wanted = counts.iter().filter(|count| **count > 0).count();
        while control.n_drawn(keys) < wanted {
            control.draw += 1;
            if keys.len() < wanted || control.draw == MAX_DRAWS {
                return Err(Error::Control {
                    n_types: keys.len(),
                    n_classes: wanted,
                });
            }
        }
        Ok(control)
    }

    /// Classes that the types have in this draw.
    fn n_drawn(&self, types: &[[u64; 2]]) -> usize {
        let mut seen = vec![false; self.cumulative.len()];
        for keys in types {
            seen[self.label(*keys)] = true;
        }
        seen.into_iter().filter(|seen| *seen).count()
    }

    fn label(&self, [a, b]: [u64; 2]) -> usize {
        let chance = unit(self.seed, &[self.draw, a, b]);
        self.cumulative.partition_point(|share| *share <= chance)
    }

    /// The label of a residue of this type. Types that were not among the training samples have
    /// one too.
    pub fn token(&self, residue: u8) -> usize {
        self.label(token_keys(residue))
    }

    /// The label of a pair of residues of these types, the same for both orders.
    pub fn pair(&self, a: u8, b: u8) -> usize {
        self.label(pair_keys(a, b))
    }
}

fn token_keys(residue: u8) -> [u64; 2] {
    [u64::from(residue), u64::MAX]
}

fn pair_keys(a: u8, b: u8) -> [u64; 2] {
    [u64::from(a.min(b)), u64::from(a.max(b))]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const AMINO_ACIDS: &[u8] = b"ACDEFGHIKLMNPQRSTVWY";

    #[test]
    fn labels_follow_the_distribution_over_seeds() {
        // 20 samples, 5 of them of class 1, and class 2 never.
        let labels: Vec<usize> = (0..20).map(|sample| usize::from(sample % 4 == 0)).collect();
        let mut ones = 0;
        for seed in 0..500 {
            let control = ControlTask::of_tokens(AMINO_ACIDS, &labels, 3, seed).unwrap();
            ones += AMINO_ACIDS
                .iter()
                .map(|residue| control.token(*residue))
                .sum::<usize>();
        }
        let share = f64::from(u32::try_from(ones).unwrap()) / 10_000.0;
        assert!((share - 0.25).abs() < 0.015, "{share}");
    }

    #[test]
    fn a_rare_class_is_drawn_for_some_type() {
        let types: Vec<u8> = AMINO_ACIDS.iter().copied().cycle().take(10_000).collect();
        let labels: Vec<usize> = (0..10_000).map(|sample| usize::from(sample < 10)).collect();
        let control = ControlTask::of_tokens(&types, &labels, 2, 1).unwrap();
        assert!(
            AMINO_ACIDS
                .iter()
                .any(|residue| control.token(*residue) == 1)
        );
        assert_eq!(
            ControlTask::of_tokens(&types, &labels, 2, 1).unwrap(),
            control
        );
    }

    #[test]
    fn pairs_have_no_order() {
        let types: Vec<[u8; 2]> = AMINO_ACIDS.iter().map(|a| [*a, b'A']).collect();
        let labels: Vec<usize> = (0..20).map(|sample| sample % 2).collect();
        let control = ControlTask::of_pairs(&types, &labels, 2, 3).unwrap();
        for a in AMINO_ACIDS {
            for b in AMINO_ACIDS {
                assert_eq!(control.pair(*a, *b), control.pair(*b, *a));
            }
        }
        let of_type =
            |b: u8| -> Vec<usize> { AMINO_ACIDS.iter().map(|a| control.pair(*a, b)).collect() };
        assert_ne!(of_type(b'K'), of_type(b'W'));
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        let message = |types: &[u8], labels: &[usize]| {
            let control = ControlTask::of_tokens(types, labels, 3, 0);
            control.unwrap_err().to_string()
        };
        assert_eq!(
            message(b"AAC", &[0, 1, 2]),
            "no draw of control labels gives 2 types of residues all of 3 classes"
        );
        assert_eq!(message(b"", &[]), "no sample has a label");
        assert_eq!(
            message(b"AC", &[0, 3]),
            "the label of sample 1 is 3: labels must be below 3"
        );
        assert!(message(b"AC", &[0]).starts_with("2 samples but 1 labels"));
    }
}
