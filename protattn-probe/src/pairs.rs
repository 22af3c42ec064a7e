//! Which pairs of residues a probe is trained on.

use protattn_io::random;

use crate::{Error, Probe};

/// Which pairs of residues of a protein are samples: those far enough apart whose label is known,
/// and of the negatives, which are many, a share.
///
/// # Examples
///
/// ```
/// use protattn_probe::PairSampling;
///
/// // Five residues; 0 and 4 are in contact, and of 1 and 4 it is not known.
/// let label = |i, j| match (i, j) {
///     (1, 4) => None,
///     (i, j) => Some((i, j) == (0, 4)),
/// };
/// let samples = PairSampling::new(3).select(0, 5, label);
/// assert_eq!(samples.pairs, [[0, 3], [0, 4]]);
/// assert_eq!(samples.labels, [0, 1]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairSampling {
    min_separation: usize,
    negative_rate: f64,
    seed: u64,
}

/// Pairs of residues of one protein with their labels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PairSamples {
    /// Residues i < j, 0-based, in ascending order `[pair]`.
    pub pairs: Vec<[usize; 2]>,
    /// 1 for a positive pair, 0 for a negative one `[pair]`.
    pub labels: Vec<usize>,
}

impl PairSampling {
    /// All pairs with |i - j| of at least `min_separation`, and at least 1.
    pub fn new(min_separation: usize) -> Self {
        Self {
            min_separation,
            negative_rate: 1.0,
            seed: 0,
        }
    }

    /// Keeps this share of the negatives, each by a number that depends on the seed, the protein
    /// and the two residues alone. A probe that is trained on them has to be
    /// [corrected](Probe::correct_sampling).
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if the rate is not over 0 and at most 1.
    pub fn negative_rate(mut self, rate: f64, seed: u64) -> Result<Self, Error> {
        check_rate(rate)?;
        self.negative_rate = rate;
        self.seed = seed;
        Ok(self)
    }

    /// The samples of a protein of `length` residues. `protein` is any number that tells it from
    /// the others. `label` is asked for i < j, 0-based, whether the pair is positive; `None` leaves
    /// it out.
    pub fn select(
        &self,
        protein: u64,
        length: usize,
        label: impl Fn(usize, usize) -> Option<bool>,
    ) -> PairSamples {
        let mut samples = PairSamples::default();
        let apart = self.min_separation.max(1);
        for i in 0..length {
            for j in i.saturating_add(apart)..length {
                let Some(positive) = label(i, j) else {
                    continue;
                };
                let keys = [protein, i as u64, j as u64];
                if positive
                    || self.negative_rate == 1.0
                    || random::unit(self.seed, &keys) < self.negative_rate
                {
                    samples.pairs.push([i, j]);
                    samples.labels.push(usize::from(positive));
                }
            }
        }
        samples
    }
}

fn check_rate(rate: f64) -> Result<(), Error> {
    if rate > 0.0 && rate <= 1.0 {
        return Ok(());
    }
    Err(Error::Setting {
        name: "negative_rate",
        found: rate,
        expected: "over 0 and at most 1",
    })
}

impl Probe {
    /// The probe for all samples, where this one was trained on all positives (class 1) but only on
    /// a share of the negatives, `negative_rate`.
    ///
    /// Leaving out negatives multiplies the odds by 1 / rate and changes nothing else, so the
    /// logarithm of the rate is added to the intercept (King and Zeng 2001, *Logistic regression in
    /// rare events data*, Political Analysis 9, 137-163, section 4.1). The order of the scores, and
    /// all that follows from it, stays as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if the rate is not over 0 and at most 1, [`Error::NotBinary`] if there
    /// are more than two classes.
    pub fn correct_sampling(mut self, negative_rate: f64) -> Result<Self, Error> {
        check_rate(negative_rate)?;
        if self.n_classes() != 2 {
            return Err(Error::NotBinary {
                n_classes: self.n_classes(),
            });
        }
        self.shift_intercepts(negative_rate.ln());
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn near_and_undefined_pairs_are_left_out() {
        let label = |i, j| if i == 1 { None } else { Some(j == 9) };
        let samples = PairSampling::new(6).select(0, 10, label);
        assert_eq!(
            samples.pairs,
            [[0, 6], [0, 7], [0, 8], [0, 9], [2, 8], [2, 9], [3, 9]]
        );
        assert_eq!(samples.labels, [0, 0, 0, 1, 0, 1, 1]);
        let none = PairSampling::new(usize::MAX).select(0, 10, |_, _| Some(true));
        assert!(none.pairs.is_empty());
        let all = PairSampling::new(0).select(0, 4, |_, _| Some(true));
        assert_eq!(all.pairs.len(), 6, "no residue is paired with itself");
    }

    #[test]
    fn positives_stay_and_negatives_are_thinned() {
        let sampling = PairSampling::new(6).negative_rate(0.1, 5).unwrap();
        let label = |i: usize, j: usize| Some((i + j).is_multiple_of(50));
        let all = PairSampling::new(6).select(3, 400, label);
        let some = sampling.select(3, 400, label);
        let counts = |samples: &PairSamples| {
            let positives = samples.labels.iter().sum::<usize>();
            [positives, samples.labels.len() - positives]
        };
        let ([positives, negatives], [kept, thinned]) = (counts(&all), counts(&some));
        assert_eq!(kept, positives);
        let share = thinned as f64 / negatives as f64;
        assert!((share - 0.1).abs() < 0.01, "{share}");
        assert_eq!(sampling.select(3, 400, label), some);
        assert_ne!(sampling.select(4, 400, label), some);
    }

    #[test]
    fn rates_out_of_range_are_refused() {
        for rate in [0.0, 1.1, f64::NAN] {
            assert!(PairSampling::new(6).negative_rate(rate, 0).is_err());
        }
        let error = PairSampling::new(6).negative_rate(-1.0, 0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "negative_rate is -1: it must be over 0 and at most 1"
        );
    }
}
