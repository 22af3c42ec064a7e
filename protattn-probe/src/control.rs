//! Control tasks: what a probe learns of the residues themselves, whatever the features know.

use protattn_io::random;

use crate::Error;

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
/// let frequencies = [4.0, 4.0]; // as many samples of either class
/// let control = ControlTask::of_tokens(residues, &frequencies, 7)?;
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
    /// Control labels for residues, from the types (letters) of the training samples and how common
    /// each class is among them, `frequencies` `[class]`, which need not add up to 1. Where samples
    /// were thinned by their class, that is how common the classes were before.
    ///
    /// # Errors
    ///
    /// [`Error::NoLabels`] without samples or classes, [`Error::Setting`] if a frequency is NaN,
    /// infinite or negative, [`Error::Control`] if no draw gives the training samples every class that
    /// has a frequency: if there are fewer types than classes, for example.
    pub fn of_tokens(types: &[u8], frequencies: &[f64], seed: u64) -> Result<Self, Error> {
        let mut keys: Vec<[u64; 2]> = types.iter().map(|residue| token_keys(*residue)).collect();
        Self::new(&mut keys, frequencies, seed)
    }

    /// Control labels for pairs of residues, by the types of both, in whichever order.
    ///
    /// # Errors
    ///
    /// Those of [`of_tokens`](Self::of_tokens).
    pub fn of_pairs(types: &[[u8; 2]], frequencies: &[f64], seed: u64) -> Result<Self, Error> {
        let mut keys: Vec<[u64; 2]> = types.iter().map(|[a, b]| pair_keys(*a, *b)).collect();
        Self::new(&mut keys, frequencies, seed)
    }

    fn new(keys: &mut Vec<[u64; 2]>, frequencies: &[f64], seed: u64) -> Result<Self, Error> {
        let wrong = |share: &&f64| !share.is_finite() || **share < 0.0;
        if let Some(share) = frequencies.iter().find(wrong) {
            return Err(Error::Setting {
                name: "frequencies",
                found: *share,
                expected: "0 or more for each class",
            });
        }
        let total: f64 = frequencies.iter().sum();
        let Some(last) = frequencies.iter().rposition(|share| *share > 0.0) else {
            return Err(Error::NoLabels);
        };
        if keys.is_empty() {
            return Err(Error::NoLabels);
        }
        let mut so_far = 0.0;
        let mut cumulative: Vec<f64> = frequencies[..=last]
            .iter()
            .map(|share| {
                so_far += share;
                so_far / total
            })
            .collect();
        // Whatever rounding made of it: chance is below 1.
        cumulative[last] = 1.0;
        let mut control = Self {
            cumulative,
            seed,
            draw: 0,
        };
        keys.sort_unstable();
        keys.dedup();
        let wanted = frequencies.iter().filter(|share| **share > 0.0).count();
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
        let chance = random::unit(self.seed, &[self.draw, a, b]);
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
        // Of 20 samples 5 are of class 1, and class 2 never occurs.
        let frequencies = [15.0, 5.0, 0.0];
        let mut ones = 0;
        for seed in 0..500 {
            let control = ControlTask::of_tokens(AMINO_ACIDS, &frequencies, seed).unwrap();
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
        let frequencies = [9990.0, 10.0];
        let control = ControlTask::of_tokens(&types, &frequencies, 1).unwrap();
        assert!(
            AMINO_ACIDS
                .iter()
                .any(|residue| control.token(*residue) == 1)
        );
        assert_eq!(
            ControlTask::of_tokens(&types, &frequencies, 1).unwrap(),
            control
        );
    }

    #[test]
    fn pairs_have_no_order() {
        let types: Vec<[u8; 2]> = AMINO_ACIDS.iter().map(|a| [*a, b'A']).collect();
        let control = ControlTask::of_pairs(&types, &[0.5, 0.5], 3).unwrap();
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
        let message = |types: &[u8], frequencies: &[f64]| {
            let control = ControlTask::of_tokens(types, frequencies, 0);
            control.unwrap_err().to_string()
        };
        assert_eq!(
            message(b"AAC", &[1.0, 1.0, 1.0]),
            "no draw of control labels gives 2 types of residues all of 3 classes"
        );
        assert_eq!(message(b"", &[1.0]), "no sample has a label");
        assert_eq!(message(b"AC", &[0.0, 0.0]), "no sample has a label");
        for (odd, said) in [(-1.0, "-1"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
            assert_eq!(
                message(b"AC", &[1.0, odd]),
                format!("frequencies is {said}: it must be 0 or more for each class")
            );
        }
    }
}
