//! Intervals by resampling proteins.

use super::statistics::Statistics;
use crate::random::SplitMix64;

/// How to find an interval: proteins, not residues, are drawn with replacement, as many as there
/// are, the score is taken of those drawn, and the interval holds the middle of the scores of all
/// draws (Efron and Tibshirani 1993, *An Introduction to the Bootstrap*, section 13.3).
///
/// Draws in which the score does not exist, for want of a positive sample, are left out. With one
/// protein the interval has no width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bootstrap {
    /// How often proteins are drawn; 1000 by default. With none the ends of the interval are NaN.
    pub n_draws: usize,
    /// The share of the scores within the interval, in [0, 1]; 0.95 by default.
    pub level: f64,
    /// Where the random numbers start (SplitMix64); 0 by default.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self {
            n_draws: 1000,
            level: 0.95,
            seed: 0,
        }
    }
}

impl Bootstrap {
    /// The interval of each score. All scores are taken of the same draws.
    pub(super) fn intervals(
        &self,
        statistics: &[Statistics],
        n_proteins: usize,
    ) -> Vec<(f64, f64)> {
        let mut numbers = SplitMix64::new(self.seed);
        let mut values = vec![Vec::with_capacity(self.n_draws.min(1 << 20)); statistics.len()];
        let mut times = vec![0.0; n_proteins];
        for _ in 0..self.n_draws {
            times.fill(0.0);
            for _ in 0..n_proteins {
                times[numbers.below(n_proteins)] += 1.0;
            }
            for (statistics, values) in statistics.iter().zip(&mut values) {
                let value = statistics.value(|protein| times[protein]);
                if !value.is_nan() {
                    values.push(value);
                }
            }
        }
        let tail = (1.0 - self.level) / 2.0;
        let ends = values.into_iter().map(|mut values| {
            values.sort_by(f64::total_cmp);
            (quantile(&values, tail), quantile(&values, 1.0 - tail))
        });
        ends.collect()
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
        let bootstrap = Bootstrap {
            n_draws: 4000,
            ..Bootstrap::default()
        };
        let intervals = bootstrap.intervals(&[Statistics::Accuracy(counts)], 400);
        let (low, high) = intervals[0];
        // 1.96 * sqrt(0.25 / 400)
        assert!(
            (low - 0.451).abs() < 0.004 && (high - 0.549).abs() < 0.004,
            "{low} {high}"
        );
    }

    #[test]
    fn a_score_that_never_exists_has_no_interval() {
        let statistics = [Statistics::Accuracy(vec![[0.0, 0.0]; 3])];
        let (low, high) = Bootstrap::default().intervals(&statistics, 3)[0];
        assert!(low.is_nan() && high.is_nan());
    }
}
