//! The curvature of the objective where the solver starts, from some of the samples.
//!
//! Hidden states are strongly correlated, and a solver that has to find that out step by step
//! needs hundreds of passes over the features. With all coefficients zero the Hessian of a score
//! is the covariance of the features times a constant, plus the penalty. A few samples for each
//! feature estimate it well enough to leave some tens of passes.

use std::num::NonZeroUsize;
use std::ops::Range;

use ndarray::{Array2, Axis, linalg::general_mat_mul, s};
use protattn_io::parallel;

use crate::Error;
use crate::moments::Moments;
use crate::source::{FeatureSource, read};

/// Samples read for each feature. The eigenvalues of a covariance from n samples of d features are
/// spread by about `(1 + sqrt(d / n)) ^ 2 / (1 - sqrt(d / n)) ^ 2`, which is 4.4 here.
const SAMPLES_PER_FEATURE: usize = 8;

/// Samples that suffice to tell whether features are correlated at all.
const FEW_SAMPLES_PER_FEATURE: usize = 2;

/// Share of the squared correlations that must be more than chance for more samples to be worth
/// their time.
const CORRELATED: f64 = 0.5;

/// Rows of the matrix that are one thread's work.
const SLAB: usize = 128;

/// Below this many products per thread, starting the thread costs more than it saves.
const MIN_PRODUCTS_PER_THREAD: usize = 1 << 22;

/// With more features than this the factor would take too much memory (128 MiB) and time.
const MAX_FEATURES: usize = 4096;

/// Samples multiplied at a time.
const CHUNK: usize = 512;

/// Added to the diagonal, and the least pivot, for features of variance 1: keeps the factor
/// positive definite where features depend on each other and there is next to no penalty.
const FLOOR: f64 = 1e-10;

/// Correlations of the features `[feature, feature]`, estimated from some samples; `None` where
/// there are fewer samples than features, so that passes are cheap and the estimate is not, or more
/// features than [`MAX_FEATURES`].
///
/// The matrix is cut into slabs of rows, of which each is one thread's work, and no more of a row
/// is computed than up to the diagonal; what threads there are changes no bit.
///
/// # Errors
///
/// Those of reading the features.
pub(crate) fn correlations(
    features: &dyn FeatureSource,
    moments: &Moments,
    threads: NonZeroUsize,
) -> Result<Option<Array2<f64>>, Error> {
    let (n_samples, n_features) = (features.n_samples(), features.n_features());
    if n_samples < n_features || n_features > MAX_FEATURES {
        return Ok(None);
    }
    for per_feature in [FEW_SAMPLES_PER_FEATURE, SAMPLES_PER_FEATURE] {
        let n_used = n_samples.min(per_feature * n_features);
        let mut sum = Array2::zeros((n_features, n_features));
        for start in (0..n_used).step_by(CHUNK) {
            let used = start..(start + CHUNK).min(n_used);
            let z = standardised(features, used, n_used, moments)?;
            add_products(&z, 1.0 / n_used as f64, &mut sum, threads);
        }
        let kept = mirror(&mut sum, n_used);
        if kept < CORRELATED || per_feature == SAMPLES_PER_FEATURE || n_used == n_samples {
            return Ok(Some(sum));
        }
    }
    Ok(None)
}

/// Copies the lower triangle to the upper, less what chance alone makes of it.
///
/// Correlations of `n_used` samples have a variance of about 1 / n where there are none. Their share
/// in the sum of all squares is taken off (Schäfer and Strimmer 2005, Statistical Applications in
/// Genetics and Molecular Biology 4, 32, table 1 with the target D).
/// Gives the share of the squares that is left.
fn mirror(correlations: &mut Array2<f64>, n_used: usize) -> f64 {
    let n_features = correlations.nrows();
    let rows = correlations.rows().into_iter().enumerate();
    let squares: f64 = rows
        .map(|(row, values)| values.iter().take(row).map(|r| r * r).sum::<f64>())
        .sum();
    let by_chance = (n_features * (n_features - 1)) as f64 / 2.0 / n_used as f64;
    let kept = if squares > by_chance {
        1.0 - by_chance / squares
    } else {
        0.0
    };
    for row in 0..n_features {
        for column in 0..row {
            let value = kept * correlations[[row, column]];
            correlations[[row, column]] = value;
            correlations[[column, row]] = value;
        }
    }
    kept
}

/// Adds `factor` times the products of columns of z to the lower triangle of `sum`.
fn add_products(z: &Array2<f64>, factor: f64, sum: &mut Array2<f64>, threads: NonZeroUsize) {
    let slabs = sum.axis_chunks_iter_mut(Axis(0), SLAB).enumerate();
    let useful = z.len().saturating_mul(z.ncols()) / MIN_PRODUCTS_PER_THREAD;
    let threads = threads.min(NonZeroUsize::new(useful).unwrap_or(NonZeroUsize::MIN));
    // The last slabs are the longest.
    parallel::each(threads, slabs.rev(), |(index, mut slab)| {
        let start = index * SLAB;
        let end = start + slab.nrows();
        let left = z.slice(s![.., start..end]);
        let mut lower = slab.slice_mut(s![.., ..end]);
        general_mat_mul(factor, &left.t(), &z.slice(s![.., ..end]), 1.0, &mut lower);
    });
}

/// Samples `used` of `n_used` that lie at equal distances, with mean 0 and variance 1.
fn standardised(
    features: &dyn FeatureSource,
    used: Range<usize>,
    n_used: usize,
    moments: &Moments,
) -> Result<Array2<f64>, Error> {
    let stride = features.n_samples() / n_used;
    let mut z = Array2::zeros((used.len(), features.n_features()));
    let mut buffer = Vec::new();
    for (mut row, sample) in z.rows_mut().into_iter().zip(used) {
        let sample = sample * stride;
        let values = read(features, sample..sample + 1, &mut buffer)?;
        for (column, (z, value)) in row.iter_mut().zip(values).enumerate() {
            let variance = moments.variance[column];
            if variance > 0.0 {
                *z = (f64::from(*value) - moments.mean[column]) / variance.sqrt();
            }
        }
    }
    Ok(z)
}

/// Correlations in other units: `unit` `[feature]` is what a feature of variance 1 is worth.
pub(crate) fn covariance(correlations: &Array2<f64>, unit: &[f64]) -> Array2<f64> {
    let mut matrix = correlations.clone();
    for (mut row, left) in matrix.rows_mut().into_iter().zip(unit) {
        for (value, right) in row.iter_mut().zip(unit) {
            *value *= left * right;
        }
    }
    matrix
}

/// An approximate inverse Hessian, to be applied to gradients.
#[derive(Debug)]
pub(crate) enum Preconditioner {
    /// Leaves gradients as they are.
    Identity,
    /// The lower factor `[feature, feature]` of the Hessian of a score, and the second derivative
    /// with respect to an intercept. Scores are taken for independent of each other.
    Factor { factor: Array2<f64>, intercept: f64 },
}

impl Preconditioner {
    /// From `curvature`, the second derivative of the loss with respect to a score, times the
    /// covariance of the features, plus the second derivatives of the penalty, `ridge` `[feature]`.
    pub(crate) fn new(covariance: Array2<f64>, ridge: &[f64], curvature: f64) -> Self {
        let mut matrix = covariance;
        matrix *= curvature;
        for (diagonal, ridge) in matrix.diag_mut().iter_mut().zip(ridge) {
            *diagonal += ridge + FLOOR;
        }
        Self::Factor {
            factor: cholesky(matrix),
            intercept: curvature,
        }
    }

    /// Replaces a gradient, laid out as `[score, feature + 1]`, by a step against it.
    pub(crate) fn apply(&self, gradient: &mut [f64]) {
        let Self::Factor { factor, intercept } = self else {
            return;
        };
        let n_features = factor.nrows();
        for row in gradient.chunks_exact_mut(n_features + 1) {
            solve(factor, &mut row[..n_features]);
            row[n_features] /= intercept;
        }
    }
}

/// The lower factor of a positive definite matrix, row by row; what is above the diagonal keeps
/// its old values.
fn cholesky(mut matrix: Array2<f64>) -> Array2<f64> {
    let n = matrix.nrows();
    for i in 0..n {
        let (done, mut rest) = matrix.view_mut().split_at(ndarray::Axis(0), i);
        let mut row = rest.row_mut(0);
        let Some(row) = row.as_slice_mut() else { break };
        for (j, above) in done.rows().into_iter().enumerate() {
            let above = above.to_slice().unwrap_or_default();
            row[j] = (row[j] - dot(&row[..j], &above[..j])) / above[j];
        }
        let pivot = row[i] - dot(&row[..i], &row[..i]);
        row[i] = pivot.max(FLOOR).sqrt();
    }
    matrix
}

/// Replaces b by the solution of `factor factor' x = b`.
fn solve(factor: &Array2<f64>, b: &mut [f64]) {
    for (i, row) in factor.rows().into_iter().enumerate() {
        let row = row.to_slice().unwrap_or_default();
        b[i] = (b[i] - dot(&row[..i], &b[..i])) / row[i];
    }
    for (i, row) in factor.rows().into_iter().enumerate().rev() {
        let row = row.to_slice().unwrap_or_default();
        b[i] /= row[i];
        let x = b[i];
        for (b, factor) in b[..i].iter_mut().zip(row) {
            *b -= x * factor;
        }
    }
}

/// A sum in eight lanes, which the compiler can turn into vector instructions.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a_lanes, a_tail) = a.as_chunks::<8>();
    let (b_lanes, b_tail) = b.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in a_lanes.iter().zip(b_lanes) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let tail: f64 = a_tail.iter().zip(b_tail).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + tail
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ndarray::array;

    use super::*;

    #[test]
    fn a_system_is_solved() {
        // [[4, 2, -2], [2, 10, 2], [-2, 2, 6]] times [1, -2, 3] is [-6, -12, 12].
        let factor = cholesky(array![[4.0, 2.0, -2.0], [2.0, 10.0, 2.0], [-2.0, 2.0, 6.0]]);
        assert_eq!(
            [factor[[0, 0]], factor[[1, 0]], factor[[1, 1]]],
            [2.0, 1.0, 3.0]
        );
        let mut x = [-6.0, -12.0, 12.0];
        solve(&factor, &mut x);
        for (found, expected) in x.iter().zip([1.0, -2.0, 3.0]) {
            assert!((found - expected).abs() < 1e-14, "{x:?}");
        }
    }

    #[test]
    fn what_chance_makes_of_independent_features_is_taken_off() {
        // Squares 0.01, 0.04 and 0.25 below the diagonal, of which chance explains 3 / 50.
        let mut found = array![[1.0, 0.0, 0.0], [0.1, 1.0, 0.0], [-0.2, 0.5, 1.0]];
        let kept = mirror(&mut found, 50);
        assert!((kept - (1.0 - 0.06 / 0.3)).abs() < 1e-15);
        assert!((found[[0, 2]] + 0.2 * kept).abs() < 1e-15 && found[[0, 2]] == found[[2, 0]]);
        assert_eq!(found.diag().to_vec(), [1.0; 3]);
        assert_eq!(mirror(&mut found, 5), 0.0);
        assert_eq!(found, Array2::<f64>::eye(3));
    }

    #[test]
    fn threads_and_slabs_change_nothing() {
        let z = Array2::from_shape_fn((40, 300), |(i, j)| ((i * 7 + j * 13) % 11) as f64 - 5.0);
        let sums = [1, 2, 5].map(|threads| {
            let mut sum = Array2::zeros((300, 300));
            add_products(&z, 0.5, &mut sum, NonZeroUsize::new(threads).unwrap());
            sum
        });
        let expected = z.t().dot(&z) * 0.5;
        // What lies right of the diagonal within a slab is computed, and not used.
        let lower = sums[0].indexed_iter().filter(|((i, j), _)| j <= i);
        for (place, value) in lower {
            assert_eq!(*value, expected[place]);
        }
        assert!(sums[0] == sums[1] && sums[0] == sums[2]);
    }

    fn preconditioner(features: Array2<f32>, moments: &Moments, ridge: &[f64]) -> Preconditioner {
        let correlations = correlations(&features, moments, NonZeroUsize::MIN)
            .unwrap()
            .unwrap();
        let unit: Vec<f64> = moments.variance.iter().map(|v| v.sqrt()).collect();
        Preconditioner::new(covariance(&correlations, &unit), ridge, 0.25)
    }

    #[test]
    fn the_hessian_of_a_quadratic_is_undone() {
        // Covariance [[1, 0], [0, 4]] about the mean [2, 0], each score with its intercept.
        let features = array![[1.0, 2.0], [3.0, -2.0], [1.0, -2.0], [3.0, 2.0]];
        let moments = Moments {
            mean: vec![2.0, 0.0],
            variance: vec![1.0, 4.0],
        };
        let preconditioner = preconditioner(features, &moments, &[1.0, 0.5]);
        let mut gradient = [2.5, 3.0, 0.5, 1.25, 1.5, 0.25];
        preconditioner.apply(&mut gradient);
        for (found, expected) in gradient.iter().zip([2.0, 2.0, 2.0, 1.0, 1.0, 1.0]) {
            assert!((found - expected).abs() < 1e-8, "{gradient:?}");
        }
    }

    #[test]
    fn features_that_repeat_each_other_or_never_vary_leave_finite_steps() {
        let features = array![[1.0, 1.0, 5.0], [-1.0, -1.0, 5.0], [1.0, 1.0, 5.0]];
        let moments = Moments {
            mean: vec![1.0 / 3.0, 1.0 / 3.0, 5.0],
            variance: vec![8.0 / 9.0, 8.0 / 9.0, 0.0],
        };
        let preconditioner = preconditioner(features, &moments, &[0.0; 3]);
        let mut gradient = [1.0, -1.0, 0.0, 1.0];
        preconditioner.apply(&mut gradient);
        assert!(gradient.iter().all(|step| step.is_finite()), "{gradient:?}");
        assert_eq!(gradient[2], 0.0);
    }
}
