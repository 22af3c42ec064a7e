//! Intervals by resampling proteins.

use std::num::NonZeroUsize;

use protattn_io::parallel;
use protattn_metrics::Bootstrap;

use super::statistics::Statistics;
use crate::Error;

/// How to find an interval: by the percentile bootstrap over proteins.
///
/// Proteins, not residues, are drawn with replacement, as many as there are, the score is taken of
/// those drawn, and the interval holds the middle of the scores of all draws (the percentile
/// interval: Efron and Tibshirani 1993, *An Introduction to the Bootstrap*, section 13.3). The
/// draws are those of [`protattn_metrics::Bootstrap`], which takes eight bytes a draw and protein.
///
/// Draws in which the score does not exist, for want of a positive sample, are left out. At least
/// nine in ten must remain, or there is no interval (NaN): it would speak of the few proteins that
/// have the score. With one protein the interval has no width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resampling {
    /// How often proteins are drawn, twice or more; 1000 by default. With 0 there is no interval.
    pub draws: usize,
    /// The share of the scores within the interval, in [0, 1]; 0.95 by default.
    pub level: f64,
    /// Where the random numbers start; 0 by default.
    pub seed: u64,
    /// Threads to share the draws; 1 by default. The intervals are the same for any number.
    pub threads: NonZeroUsize,
}

impl Default for Resampling {
    fn default() -> Self {
        Self {
            draws: 1000,
            level: 0.95,
            seed: 0,
            threads: NonZeroUsize::MIN,
        }
    }
}

impl Resampling {
    /// The interval of each score. All scores are taken of the same draws.
    pub(super) fn intervals(
        &self,
        statistics: &[Statistics],
        n_proteins: usize,
    ) -> Result<Vec<(f64, f64)>, Error> {
        if !(0.0..=1.0).contains(&self.level) {
            return Err(Error::Setting {
                name: "level",
                found: self.level,
                expected: "from 0 to 1",
            });
        }
        if self.draws == 0 {
            return Ok(vec![(f64::NAN, f64::NAN); statistics.len()]);
        }
        if n_proteins == 1 {
            // Each draw is the protein itself.
            let values = statistics.iter().map(|of| of.value(|_| 1.0));
            return Ok(values.map(|value| (value, value)).collect());
        }
        let bootstrap = Bootstrap::new(n_proteins, self.draws, self.seed)
            .map_err(|source| Error::Resampling { source })?;
        let weights = bootstrap.weights();
        let draws: Vec<&[f64]> = weights
            .as_slice()
            .unwrap_or_default()
            .chunks(n_proteins)
            .collect();
        let values = |of: &Statistics| self.of_each(&draws, |times| of.value(|i| times[i]));
        Ok(statistics
            .iter()
            .map(|of| self.middle(values(of)))
            .collect())
    }

    /// A value of each draw, in their order.
    fn of_each(&self, draws: &[&[f64]], value: impl Fn(&[f64]) -> f64 + Sync) -> Vec<f64> {
        let mut values = vec![0.0; draws.len()];
        let places = draws.iter().zip(&mut values);
        parallel::each(self.threads, places, |(times, place)| *place = value(times));
        values
    }

    /// The ends of the middle of the values, one of each draw.
    fn middle(&self, mut values: Vec<f64>) -> (f64, f64) {
        values.retain(|value| !value.is_nan());
        if (values.len() as f64) < 0.9 * self.draws as f64 {
            return (f64::NAN, f64::NAN);
        }
        values.sort_by(f64::total_cmp);
        let tail = (1.0 - self.level) / 2.0;
        (quantile(&values, tail), quantile(&values, 1.0 - tail))
    }
}

/// The value below which a share of the sorted values lies, linear between two of them (NumPy's
/// default); NaN if there are none.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place.floor();
    let (low, high) = (sorted[below as usize], sorted[place.ceil() as usize]);
    low + (place - below) * (high - low)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn quantiles_are_those_of_numpy() {
        // numpy.quantile([1, 2, 4, 8], [0, 0.025, 0.5, 0.9, 1])
        let sorted = [1.0, 2.0, 4.0, 8.0];
        for (share, expected) in [
            (0.0, 1.0),
            (0.025, 1.075),
            (0.5, 3.0),
            (0.9, 6.8),
            (1.0, 8.0),
        ] {
            assert!((quantile(&sorted, share) - expected).abs() < 1e-12);
        }
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn the_interval_of_a_mean_is_that_of_the_normal_distribution() {
        // 400 proteins of one sample each, half of them right.
        let counts = (0..400).map(|n| [f64::from(n % 2), 1.0]).collect();
        let resampling = Resampling {
            draws: 4000,
            ..Resampling::default()
        };
        let statistics = [Statistics::Accuracy(counts)];
        let (low, high) = resampling.intervals(&statistics, 400).unwrap()[0];
        // 1.96 * sqrt(0.25 / 400)
        assert!(
            (low - 0.451).abs() < 0.004 && (high - 0.549).abs() < 0.004,
            "{low} {high}"
        );
    }

    #[test]
    fn intervals_are_the_same_for_any_number_of_threads() {
        let counts = |n: i32| [f64::from(n % 7), f64::from(n % 7 + n % 3)];
        let statistics = [Statistics::Accuracy((1..60).map(counts).collect())];
        let of = |threads| {
            let threads = NonZeroUsize::new(threads).unwrap();
            let resampling = Resampling {
                threads,
                ..Resampling::default()
            };
            resampling.intervals(&statistics, 59).unwrap()[0]
        };
        assert!(of(1).0 < of(1).1);
        assert!(
            [2, 3, 64, 2000]
                .into_iter()
                .all(|threads| of(threads) == of(1))
        );
    }

    #[test]
    fn a_score_that_never_exists_has_no_interval() {
        let statistics = [Statistics::Accuracy(vec![[0.0, 0.0]; 3])];
        let intervals = Resampling::default().intervals(&statistics, 3);
        let (low, high) = intervals.unwrap()[0];
        assert!(low.is_nan() && high.is_nan());
    }

    #[test]
    fn a_score_that_one_draw_in_ten_has_not_has_no_interval() {
        // The score is 1 unless only proteins without a sample are drawn: one draw in 4, in 27.
        for (n_proteins, exists) in [(2, false), (3, true)] {
            let mut counts = vec![[1.0, 1.0]; n_proteins];
            counts[0] = [0.0, 0.0];
            let statistics = [Statistics::Accuracy(counts)];
            let intervals = Resampling::default().intervals(&statistics, n_proteins);
            let (low, high) = intervals.unwrap()[0];
            assert_eq!((low == 1.0, high == 1.0), (exists, exists));
            assert_eq!((low.is_nan(), high.is_nan()), (!exists, !exists));
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        let statistics = [Statistics::Accuracy(vec![[1.0, 2.0]; 3])];
        let of = |draws, level| {
            let resampling = Resampling {
                draws,
                level,
                seed: 0,
                ..Resampling::default()
            };
            resampling.intervals(&statistics, 3)
        };
        assert!(of(0, 0.9).unwrap()[0].0.is_nan());
        assert_eq!(of(2, 0.9).unwrap(), [(0.5, 0.5)]);
        for draws in [1, usize::MAX] {
            let error = of(draws, 0.9).unwrap_err();
            assert_eq!(error.to_string(), "the proteins cannot be resampled");
        }
        for level in [-0.1, 1.1, f64::NAN] {
            assert_eq!(
                of(2, level).unwrap_err().to_string(),
                format!("level is {level}: it must be from 0 to 1")
            );
        }
    }
}
