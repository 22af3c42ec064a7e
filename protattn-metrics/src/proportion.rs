//! Proportions: intervals and tests.

use std::f64::consts::SQRT_2;

use statrs::function::erf::erfc;

use crate::normal::two_sided_quantile;

/// `count` out of `n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proportion {
    /// How many are of the kind.
    pub count: u64,
    /// How many there are.
    pub n: u64,
}

/// The outcome of a z-test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZTest {
    /// The difference in standard errors.
    pub z: f64,
    /// Two-sided, in [0, 1].
    pub p_value: f64,
}

impl Proportion {
    /// `count` out of `n`.
    pub fn new(count: u64, n: u64) -> Self {
        Self { count, n }
    }

    /// The proportion, in [0, 1]; NaN of none.
    pub fn value(self) -> f64 {
        self.count as f64 / self.n as f64
    }

    /// The interval of Wald at confidence 1 - `alpha`, cut to [0, 1]: p ± z √(p (1 - p) / n), with z
    /// the quantile of the normal distribution at 1 - `alpha` / 2. (low, high).
    ///
    /// It is what the original analysis reports (statsmodels `proportion_confint`, method `normal`);
    /// it has no width where p is 0 or 1, and is too narrow where few were counted (Brown, Cai and
    /// DasGupta 2001, doi 10.1214/ss/1009213286). NaN of none, or if `alpha` is not between 0 and 1.
    pub fn wald_interval(self, alpha: f64) -> (f64, f64) {
        if !(alpha > 0.0 && alpha < 1.0) {
            return (f64::NAN, f64::NAN);
        }
        let p = self.value();
        let half_width = two_sided_quantile(alpha) * (p * (1.0 - p) / self.n as f64).sqrt();
        (
            (p - half_width).clamp(0.0, 1.0),
            (p + half_width).clamp(0.0, 1.0),
        )
    }

    /// The interval of Wilson (1927) at confidence 1 - `alpha`: the proportions from which this one
    /// is no further than z of their own standard errors, √(q (1 - q) / n), with z the quantile of
    /// the normal distribution at 1 - `alpha` / 2. (low, high), in [0, 1].
    ///
    /// It has width where the proportion is 0 or 1, and holds its confidence where few were counted
    /// (Brown, Cai and DasGupta 2001, doi 10.1214/ss/1009213286). As statsmodels'
    /// `proportion_confint`, method `wilson`; the lower end keeps its relative precision for rare
    /// kinds. NaN of none, or if `alpha` is not between 0 and 1.
    ///
    /// ```
    /// use protattn_metrics::Proportion;
    ///
    /// let (low, high) = Proportion::new(0, 10).wilson_interval(0.05);
    /// assert_eq!(low, 0.0);
    /// // For none of n it is z² / (n + z²).
    /// let z = 1.959963984540054_f64;
    /// assert!((high - z * z / (10.0 + z * z)).abs() < 1e-15);
    /// ```
    pub fn wilson_interval(self, alpha: f64) -> (f64, f64) {
        if !(alpha > 0.0 && alpha < 1.0) {
            return (f64::NAN, f64::NAN);
        }
        let (p, n) = (self.value(), self.n as f64);
        let z = two_sided_quantile(alpha);
        let square = z * z / n;
        let half_width = (square * p * (1.0 - p) + square * square / 4.0).sqrt();
        let upper = p + square / 2.0 + half_width;
        // The ends are the roots of (1 + square) q² - (2 p + square) q + p²: their product is
        // p² / (1 + square), and no digits cancel.
        (p * p / upper, (upper / (1.0 + square)).clamp(0.0, 1.0))
    }

    /// Whether two proportions differ: the two-sided z-test with pooled variance.
    ///
    /// z = (p₁ - p₂) / √(p (1 - p) (1/n₁ + 1/n₂)), p the proportion of both together: positive where
    /// this one is larger. As statsmodels' `proportions_ztest`. NaN if either is of none, or if
    /// both are 0 or both 1.
    pub fn z_test(self, other: Self) -> ZTest {
        let (n1, n2) = (self.n as f64, other.n as f64);
        let pooled = (self.count as f64 + other.count as f64) / (n1 + n2);
        let variance = pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2);
        let z = (self.value() - other.value()) / variance.sqrt();
        ZTest {
            z,
            p_value: two_sided_p(z),
        }
    }
}

/// The probability that a standard normal variable is at least as far from 0 as `z`.
///
/// As a tail, not as one minus the rest, so it keeps its relative precision (1e-11 or better) down
/// to the smallest normal number, 2e-308, which |z| = 37.5 gives; 0 from about |z| = 38.5 on.
pub fn two_sided_p(z: f64) -> f64 {
    erfc(z.abs() / SQRT_2)
}

/// A p-value adjusted for `m` tests by Bonferroni: m times as large, but at most 1. NaN stays NaN.
pub fn bonferroni(p_value: f64, m: usize) -> f64 {
    let adjusted = p_value * m as f64;
    if adjusted > 1.0 { 1.0 } else { adjusted }
}
