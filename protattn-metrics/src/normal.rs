//! The standard normal distribution.

use std::f64::consts::SQRT_2;

use statrs::function::erf::{erfc, erfc_inv};

/// The probability of at most `z`.
pub(crate) fn cdf(z: f64) -> f64 {
    0.5 * erfc(-z / SQRT_2)
}

/// The z of which `p` is the [`cdf`]; infinite for 0 and 1.
pub(crate) fn quantile(p: f64) -> f64 {
    -SQRT_2 * erfc_inv(2.0 * p)
}

/// The z that a normal variable exceeds, in size, with probability `alpha`.
pub(crate) fn two_sided_quantile(alpha: f64) -> f64 {
    SQRT_2 * erfc_inv(alpha)
}
