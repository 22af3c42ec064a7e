//! Minimisation of a smooth convex function plus weighted absolute values.
//!
//! A proximal quasi-Newton method (Lee, Sun and Saunders 2014, SIAM Journal on Optimization 24,
//! 1420-1443): each step minimises a quadratic model of the smooth part plus the absolute values,
//! by coordinate descent, which leaves exact zeros; one pass over the samples then gives the next
//! gradient. The curvature of the model is that of L-BFGS in its compact form (Byrd, Nocedal and
//! Schnabel 1994, Mathematical Programming 63, 129-156, theorem 2.3).

use ndarray::Array2;

use crate::lbfgs::{Limits, Minimum, add_scaled, difference, dot, largest};
use crate::line_search::{DECREASE, ROUNDING, Trial, step};

/// Steps remembered.
const HISTORY: usize = 20;

/// Passes of coordinate descent over the model at most.
const MAX_SWEEPS: usize = 1000;

/// The model is solved until its gradient is this share of that of the objective.
const MODEL_ACCURACY: f64 = 0.03;

/// A step is halved at most this often.
const MAX_HALVINGS: usize = 40;

/// Minimises `evaluate`, which gives the value and the gradient at a point, plus the sum of
/// `weights` times absolute values. `curvature` is an approximate Hessian of `evaluate`; without
/// one, it is taken for a multiple of the identity.
///
/// The norm of the gradient in the result is that of the least subgradient, and the value includes
/// the absolute values.
///
/// # Errors
///
/// Those of `evaluate`.
pub(crate) fn minimise<E>(
    start: Vec<f64>,
    weights: &[f64],
    limits: Limits,
    curvature: Option<&Curvature>,
    mut evaluate: impl FnMut(&[f64]) -> Result<(f64, Vec<f64>), E>,
) -> Result<Minimum, E> {
    let (value, gradient) = evaluate(&start)?;
    let mut current = Trial {
        point: start,
        value,
        gradient,
    };
    let mut model = Model::new(curvature, weights);
    let mut norm = subgradient_norm(&current, weights);
    let mut iterations = 0;
    while norm > limits.tolerance && iterations < limits.max_iterations {
        let target = model.minimise(&current, MODEL_ACCURACY * norm);
        let Some(next) = search(&current, &target, weights, &mut evaluate)? else {
            break;
        };
        model.learn(&current, &next);
        current = next;
        norm = subgradient_norm(&current, weights);
        iterations += 1;
    }
    Ok(Minimum {
        value: current.value + absolutes(&current.point, weights),
        converged: norm <= limits.tolerance,
        gradient_norm: norm,
        point: current.point,
        iterations,
    })
}

fn absolutes(point: &[f64], weights: &[f64]) -> f64 {
    point.iter().zip(weights).map(|(x, w)| w * x.abs()).sum()
}

/// The largest entry of the subgradient that is least.
fn subgradient_norm(at: &Trial, weights: &[f64]) -> f64 {
    let entries = at.point.iter().zip(&at.gradient).zip(weights);
    largest(entries.map(|((x, g), weight)| least_subgradient(*x, *g, *weight)))
}

/// The derivative of the smooth part, `g`, plus whichever of the derivatives of `weight |x|` brings
/// it nearest to zero.
fn least_subgradient(x: f64, g: f64, weight: f64) -> f64 {
    if x != 0.0 {
        g + weight * x.signum()
    } else {
        g.signum() * (g.abs() - weight).max(0.0)
    }
}

/// The change of the objective on the way to `target`, by the gradient at `from`: the sum over the
/// coordinates, each of them without the difference of absolute values, which would lose all digits
/// near the minimum.
fn expected_change(from: &Trial, target: &[f64], weights: &[f64]) -> f64 {
    let coordinates = from.point.iter().zip(target).zip(&from.gradient);
    let changes = coordinates.zip(weights).map(|(((x, to), g), weight)| {
        if x * to > 0.0 {
            (g + weight * x.signum()) * (to - x)
        } else {
            g * (to - x) + weight * (to.abs() - x.abs())
        }
    });
    changes.sum()
}

/// The step towards `target`, all of it first, then halves.
fn search<E>(
    start: &Trial,
    target: &[f64],
    weights: &[f64],
    evaluate: &mut impl FnMut(&[f64]) -> Result<(f64, Vec<f64>), E>,
) -> Result<Option<Trial>, E> {
    let direction = difference(target, &start.point);
    let penalty = absolutes(&start.point, weights);
    let expected = expected_change(start, target, weights);
    if expected >= 0.0 || expected.is_nan() {
        return Ok(None);
    }
    let norm = subgradient_norm(start, weights);
    let before = start.value + penalty;
    let mut length = 1.0;
    for _ in 0..MAX_HALVINGS {
        let trial = if length == 1.0 {
            // Not the start plus the difference: zeros are to stay zeros.
            let (value, gradient) = evaluate(target)?;
            Trial {
                point: target.to_vec(),
                value,
                gradient,
            }
        } else {
            step(start, &direction, length, evaluate)?
        };
        let after = trial.value + absolutes(&trial.point, weights);
        let decreased = after <= before + DECREASE * length * expected;
        let nearly_there =
            after <= before + ROUNDING * before.abs() && subgradient_norm(&trial, weights) < norm;
        if decreased || nearly_there {
            return Ok(Some(trial));
        }
        length /= 2.0;
    }
    Ok(None)
}

/// An approximate Hessian of the log loss of several scores, and of the squares in the penalty.
#[derive(Debug)]
pub(crate) struct Curvature {
    /// Covariance of the features in the coordinates of the solver `[feature, feature]`.
    pub(crate) covariance: Array2<f64>,
    /// Second derivatives of the loss with respect to the scores `[score, score]`, mean over the
    /// samples. They are what couples the scores: adding the same to all of them changes nothing.
    pub(crate) coupling: Array2<f64>,
    /// Second derivatives of the penalty `[feature]`.
    pub(crate) ridge: Vec<f64>,
}

/// A quadratic model of the smooth part: `scale` times the base, less a matrix of low rank.
struct Model<'a> {
    base: Base<'a>,
    weights: &'a [f64],
    scale: f64,
    /// Steps, oldest first, with the turns of the gradient and the base times the steps.
    steps: Vec<[Vec<f64>; 3]>,
}

impl<'a> Model<'a> {
    fn new(curvature: Option<&'a Curvature>, weights: &'a [f64]) -> Self {
        Self {
            base: Base(curvature),
            weights,
            scale: 1.0,
            steps: Vec::new(),
        }
    }

    fn learn(&mut self, from: &Trial, to: &Trial) {
        let moved = difference(&to.point, &from.point);
        let turned = difference(&to.gradient, &from.gradient);
        let product = dot(&moved, &turned);
        // Positive for a convex function, but rounding can undo that in the last steps.
        if product <= f64::EPSILON * dot(&turned, &turned) {
            return;
        }
        if self.steps.len() == HISTORY {
            self.steps.remove(0);
        }
        let mut columns = vec![0.0; moved.len()];
        for (index, step) in moved.iter().enumerate() {
            self.base.add_column(index, *step, &mut columns);
        }
        let entries = moved.iter().enumerate();
        let along: Vec<f64> = entries
            .map(|(index, step)| self.base.product(index, &columns, *step))
            .collect();
        self.scale = product / dot(&moved, &along);
        self.steps.push([moved, turned, along]);
    }

    /// The low-rank part: `wide` and `wide * middle`, both `[coordinate, 2 * step]`, whose product
    /// is taken off the base.
    fn low_rank(&self, n: usize) -> (Array2<f64>, Array2<f64>) {
        let m = self.steps.len();
        let mut middle = Array2::zeros((2 * m, 2 * m));
        let mut wide = Array2::zeros((n, 2 * m));
        for (i, [moved, turned, along]) in self.steps.iter().enumerate() {
            for (j, [other, other_turned, _]) in self.steps.iter().enumerate() {
                middle[[i, j]] = self.scale * dot(along, other);
                if i > j {
                    let product = dot(moved, other_turned);
                    middle[[i, m + j]] = product;
                    middle[[m + j, i]] = product;
                }
            }
            middle[[m + i, m + i]] = -dot(moved, turned);
            for (row, (along, turned)) in along.iter().zip(turned).enumerate() {
                wide[[row, i]] = self.scale * along;
                wide[[row, m + i]] = *turned;
            }
        }
        let product = solve_right(&wide, middle);
        (wide, product)
    }

    /// The point at which the model plus the absolute values is least.
    fn minimise(&self, at: &Trial, accuracy: f64) -> Vec<f64> {
        let n = at.point.len();
        let (wide, product) = self.low_rank(n);
        let mut descent = Descent {
            model: self,
            at,
            diagonal: (0..n)
                .map(|j| {
                    let base = self.scale * self.base.diagonal(j);
                    let off = dot(row(&wide, j), row(&product, j));
                    (base - off).max(f64::EPSILON * base)
                })
                .collect(),
            columns: vec![0.0; n],
            wide_move: vec![0.0; wide.ncols()],
            wide,
            product,
            target: at.point.clone(),
        };
        let mut sweeps = 0;
        loop {
            let mut active = Vec::new();
            let worst = descent.sweep(0..n, Some(&mut active));
            sweeps += 1;
            if worst <= accuracy || sweeps >= MAX_SWEEPS {
                return descent.target;
            }
            while sweeps < MAX_SWEEPS {
                sweeps += 1;
                if descent.sweep(active.iter().copied(), None) <= accuracy {
                    break;
                }
            }
        }
    }
}

/// Coordinate descent on the model.
struct Descent<'a> {
    model: &'a Model<'a>,
    at: &'a Trial,
    diagonal: Vec<f64>,
    wide: Array2<f64>,
    product: Array2<f64>,
    /// Sum of the columns of the base that make up the move so far.
    columns: Vec<f64>,
    /// The transpose of `wide` times the move so far.
    wide_move: Vec<f64>,
    target: Vec<f64>,
}

impl Descent<'_> {
    /// Minimises along one coordinate after another. Gives the largest subgradient met, and the
    /// coordinates that are not zero or were moved.
    fn sweep(
        &mut self,
        coordinates: impl IntoIterator<Item = usize>,
        mut active: Option<&mut Vec<usize>>,
    ) -> f64 {
        let mut worst = 0.0_f64;
        for j in coordinates {
            let base = &self.model.base;
            let (x, weight, curvature) = (self.target[j], self.model.weights[j], self.diagonal[j]);
            if curvature == 0.0 {
                // A feature without variance: its coefficient is zero and stays so.
                continue;
            }
            let along = base.product(j, &self.columns, x - self.at.point[j]);
            let slope = self.at.gradient[j] + self.model.scale * along
                - dot(row(&self.product, j), &self.wide_move);
            worst = worst.max(least_subgradient(x, slope, weight).abs());
            let free = x - slope / curvature;
            let moved_to = free.signum() * (free.abs() - weight / curvature).max(0.0);
            if moved_to != x {
                self.target[j] = moved_to;
                base.add_column(j, moved_to - x, &mut self.columns);
                add_scaled(&mut self.wide_move, moved_to - x, row(&self.wide, j));
            }
            if let Some(active) = active.as_deref_mut()
                && (moved_to != 0.0 || x != 0.0)
            {
                active.push(j);
            }
        }
        worst
    }
}

fn row(matrix: &Array2<f64>, index: usize) -> &[f64] {
    let width = matrix.ncols();
    let all = matrix.as_slice().unwrap_or_default();
    &all[index * width..][..width]
}

/// The base of the model, in all coordinates: a Kronecker product of the coupling of the scores and
/// the covariance of the features, to which an intercept is one more feature, and the ridge.
struct Base<'a>(Option<&'a Curvature>);

impl Base<'_> {
    fn diagonal(&self, index: usize) -> f64 {
        let Some(curvature) = self.0 else { return 1.0 };
        let n_features = curvature.ridge.len();
        let (score, feature) = (index / (n_features + 1), index % (n_features + 1));
        let coupling = curvature.coupling[[score, score]];
        if feature == n_features {
            return coupling;
        }
        coupling * curvature.covariance[[feature, feature]] + curvature.ridge[feature]
    }

    /// Adds `factor` times column `index` of the covariance to `sum`, scores apart.
    fn add_column(&self, index: usize, factor: f64, sum: &mut [f64]) {
        let Some(curvature) = self.0 else {
            sum[index] += factor;
            return;
        };
        let n_features = curvature.ridge.len();
        let (score, feature) = (index / (n_features + 1), index % (n_features + 1));
        if feature == n_features {
            sum[index] += factor;
        } else {
            let start = score * (n_features + 1);
            add_scaled(
                &mut sum[start..start + n_features],
                factor,
                row(&curvature.covariance, feature),
            );
        }
    }

    /// Entry `index` of the base times `moved`, from the sum of columns that make up the latter.
    fn product(&self, index: usize, columns: &[f64], moved: f64) -> f64 {
        let Some(curvature) = self.0 else {
            return columns[index];
        };
        let n_features = curvature.ridge.len();
        let (score, feature) = (index / (n_features + 1), index % (n_features + 1));
        let of_scores = columns[feature..].iter().step_by(n_features + 1);
        let coupled = dot_iter(of_scores, row(&curvature.coupling, score));
        coupled
            + curvature
                .ridge
                .get(feature)
                .map_or(0.0, |ridge| ridge * moved)
    }
}

fn dot_iter<'a>(a: impl Iterator<Item = &'a f64>, b: &[f64]) -> f64 {
    a.zip(b).map(|(a, b)| a * b).sum()
}

/// `wide` times the inverse of the symmetric matrix `middle`, by Gaussian elimination with the
/// largest pivots.
fn solve_right(wide: &Array2<f64>, mut middle: Array2<f64>) -> Array2<f64> {
    let n = middle.nrows();
    let mut inverse = Array2::eye(n);
    for column in 0..n {
        let largest = (column..n)
            .max_by(|a, b| {
                middle[[*a, column]]
                    .abs()
                    .total_cmp(&middle[[*b, column]].abs())
            })
            .unwrap_or(column);
        for j in 0..n {
            middle.swap([column, j], [largest, j]);
            inverse.swap([column, j], [largest, j]);
        }
        let pivot = middle[[column, column]];
        for i in (0..n).filter(|i| *i != column) {
            let factor = middle[[i, column]] / pivot;
            if factor != 0.0 {
                for j in 0..n {
                    middle[[i, j]] -= factor * middle[[column, j]];
                    inverse[[i, j]] -= factor * inverse[[column, j]];
                }
            }
        }
        for j in 0..n {
            middle[[column, j]] /= pivot;
            inverse[[column, j]] /= pivot;
        }
    }
    wide.dot(&inverse)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use ndarray::array;

    use super::*;

    const LIMITS: Limits = Limits {
        tolerance: 1e-12,
        max_iterations: 200,
    };

    /// 0.5 x'Ax - b'x, with A = [[2, 1, 0], [1, 3, 1], [0, 1, 4]] and b = [5, 1, -0.5].
    fn quadratic(x: &[f64]) -> Result<(f64, Vec<f64>), Infallible> {
        let a = array![[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 4.0]];
        let b = [5.0, 1.0, -0.5];
        let ax = a.dot(&ndarray::aview1(x)).to_vec();
        Ok((0.5 * dot(x, &ax) - dot(x, &b), difference(&ax, &b)))
    }

    fn solve(curvature: Option<&Curvature>, weights: &[f64; 3]) -> Minimum {
        match minimise(vec![1.0; 3], weights, LIMITS, curvature, quadratic) {
            Ok(found) => found,
        }
    }

    #[test]
    fn a_lasso_by_hand_leaves_exact_zeros() {
        // At x = [2, 0, 0] the gradient is [-1, 1, 0.5]: met by weights of 1, 1.5 and 1.
        let found = solve(None, &[1.0, 1.5, 1.0]);
        assert!(found.converged, "{found:?}");
        assert!((found.point[0] - 2.0).abs() < 1e-12);
        assert_eq!(found.point[1..], [0.0, 0.0]);
        assert!((found.value - (4.0 - 10.0 + 2.0)).abs() < 1e-12);
    }

    #[test]
    fn without_weights_the_system_is_solved() {
        // A x = b: x = [50.5, -11, 0.5] / 18.
        let found = solve(None, &[0.0; 3]);
        let Ok((_, gradient)) = quadratic(&found.point);
        assert!(found.converged && gradient.iter().all(|g| g.abs() < 1e-11));
        for (found, expected) in found.point.iter().zip([50.5, -11.0, 0.5]) {
            assert!((found - expected / 18.0).abs() < 1e-11);
        }
    }

    #[test]
    fn a_gradient_that_is_no_number_has_not_converged() {
        let unknown = |_: &[f64]| Ok::<_, Infallible>((1.0, vec![f64::NAN]));
        for start in [0.0, 1.0] {
            let Ok(found) = minimise(vec![start], &[0.5], LIMITS, None, unknown);
            assert!(!found.converged);
            assert_eq!(found.gradient_norm, f64::INFINITY);
        }
    }

    #[test]
    fn a_base_makes_no_difference_to_the_solution() {
        // Two features and an intercept.
        let curvature = Curvature {
            covariance: array![[2.0, 0.9], [0.9, 2.5]],
            coupling: array![[0.8]],
            ridge: vec![0.5, 0.1],
        };
        let weights = [0.3, 0.1, 0.0];
        let (with, without) = (solve(Some(&curvature), &weights), solve(None, &weights));
        assert!(with.converged && without.converged, "{with:?} {without:?}");
        for (a, b) in with.point.iter().zip(&without.point) {
            assert!((a - b).abs() < 1e-10);
        }
    }

    #[test]
    fn the_right_factor_is_inverted() {
        let middle = array![[0.0, 2.0], [2.0, -1.0]];
        let wide = array![[1.0, 2.0], [3.0, 5.0], [-1.0, 0.5]];
        let found = solve_right(&wide.dot(&middle), middle);
        for (a, b) in found.iter().zip(&wide) {
            assert!((a - b).abs() < 1e-14);
        }
    }
}
