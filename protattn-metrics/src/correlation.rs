//! Pearson's correlation.

use serde::Serialize;
use statrs::function::beta::beta_reg;

use crate::Error;
use crate::normal::two_sided_quantile;

/// How far two variables go together in a straight line, and how surely.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Correlation {
    /// Pearson's correlation, in [-1, 1]; NaN if a variable is constant.
    pub r: f64,
    /// The number of pairs of values.
    pub n: usize,
    /// The two-sided p-value of no correlation, for pairs drawn independently from a normal
    /// distribution; 1 for two pairs, NaN where `r` is.
    pub p_value: f64,
}

impl Correlation {
    /// The interval of Fisher (1921) at confidence 1 - `alpha`: tanh(artanh r ± z / √(n - 3)), with z
    /// the quantile of the normal distribution at 1 - `alpha` / 2. (low, high), in [-1, 1].
    ///
    /// All of [-1, 1] for three pairs or fewer, of which nothing follows. NaN where `r` is, or if
    /// `alpha` is not between 0 and 1.
    ///
    /// ```
    /// let correlation = protattn_metrics::Correlation { r: 0.5, n: 28, p_value: 0.0067 };
    /// let (low, high) = correlation.interval(0.05);
    /// assert!((low - 0.156).abs() < 1e-3 && (high - 0.736).abs() < 1e-3);
    /// ```
    pub fn interval(self, alpha: f64) -> (f64, f64) {
        if self.r.is_nan() || !(alpha > 0.0 && alpha < 1.0) {
            return (f64::NAN, f64::NAN);
        }
        if self.n <= 3 {
            return (-1.0, 1.0);
        }
        let half_width = two_sided_quantile(alpha) / (self.n as f64 - 3.0).sqrt();
        let centre = self.r.atanh();
        ((centre - half_width).tanh(), (centre + half_width).tanh())
    }
}

/// Pearson's correlation of pairs of values, as SciPy's `pearsonr`.
///
/// The test is that of t = r √((n - 2) / (1 - r²)) in Student's distribution with n - 2 degrees of
/// freedom, as a tail and not as one minus the rest; 1 - r² is taken from the difference of the
/// standardised variables and not from r, so that p-values keep their relative precision (1e-9 up to
/// 100,000 pairs) where r is near 1 or -1.
///
/// Of a constant variable (all values equal) r, and p with it, is NaN.
///
/// # Errors
///
/// [`Error::Pairs`] if the two are not of one length; [`Error::TooFew`] if there are fewer than two
/// pairs; [`Error::NotFinite`] if a value is infinite or not a number.
///
/// ```
/// use protattn_metrics::pearson;
///
/// let correlation = pearson(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0])?;
/// assert!((correlation.r - 0.8).abs() < 1e-15);
/// assert!((correlation.p_value - 0.2).abs() < 1e-15);
/// assert!(pearson(&[1.0, 2.0], &[5.0, 5.0])?.r.is_nan());
/// # Ok::<(), protattn_metrics::Error>(())
/// ```
pub fn pearson(x: &[f64], y: &[f64]) -> Result<Correlation, Error> {
    let n = x.len();
    if y.len() != n {
        return Err(Error::Pairs {
            expected: n,
            found: y.len(),
        });
    }
    if n < 2 {
        return Err(Error::TooFew {
            what: "pairs of values",
            expected: 2,
            found: n,
        });
    }
    for (what, values) in [("x", x), ("y", y)] {
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                what,
                index: vec![index],
                found: values[index],
            });
        }
    }
    let (r, p_value) = match (standardised(x), standardised(y)) {
        (Some(x), Some(y)) => correlate(&x, &y),
        _ => (f64::NAN, f64::NAN),
    };
    Ok(Correlation { r, n, p_value })
}

/// Deviations from the mean, scaled so that their squares sum to 1; None if all are equal.
pub(crate) fn standardised(values: &[f64]) -> Option<Vec<f64>> {
    if values.iter().all(|value| *value == values[0]) {
        return None;
    }
    // In units of the largest, so that neither the sum nor the squares overflow.
    let unit = values
        .iter()
        .fold(0.0_f64, |unit, value| unit.max(value.abs()));
    let mean = values.iter().map(|value| value / unit).sum::<f64>() / values.len() as f64;
    let deviations: Vec<f64> = values.iter().map(|value| value / unit - mean).collect();
    let length = deviations.iter().map(|d| d * d).sum::<f64>().sqrt();
    Some(deviations.iter().map(|d| d / length).collect())
}

/// r and p of standardised variables.
fn correlate(x: &[f64], y: &[f64]) -> (f64, f64) {
    let r = x
        .iter()
        .zip(y)
        .map(|(x, y)| x * y)
        .sum::<f64>()
        .clamp(-1.0, 1.0);
    let sign = 1.0_f64.copysign(r);
    let squares = x.iter().zip(y).map(|(x, y)| (x - sign * y).powi(2));
    // 1 - |r|, by |x ∓ y|² = 2 - 2 |r|.
    let gap = squares.sum::<f64>() / 2.0;
    (r, tail(r * r, gap * (2.0 - gap), x.len()))
}

/// The two-sided p-value of a t of Student's distribution. NaN for a t that is NaN, or without any
/// degree of freedom.
pub(crate) fn student_two_sided(t: f64, freedom: usize) -> f64 {
    if t.is_nan() || freedom == 0 {
        return f64::NAN;
    }
    let (square, df) = (t * t, freedom as f64);
    tail(square / (df + square), df / (df + square), freedom + 2)
}

/// The two-sided tail of Student's distribution, from r² and 1 - r².
fn tail(square: f64, rest: f64, n: usize) -> f64 {
    if n == 2 {
        return 1.0;
    }
    let half = (n as f64 - 2.0) / 2.0;
    // The incomplete beta function converges on either side of about its mean; small tails are on
    // the side where they are not one minus the rest.
    if square < 1.5 / (half + 2.5) {
        1.0 - beta_reg(0.5, half, square)
    } else {
        beta_reg(half, 0.5, rest.clamp(0.0, 1.0))
    }
}
