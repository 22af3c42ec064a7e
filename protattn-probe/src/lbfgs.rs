//! Minimisation of a smooth convex function by limited-memory BFGS.
//!
//! The two-loop recursion is algorithm 7.4 of Nocedal and Wright, *Numerical Optimization*
//! (2nd edition, 2006).

use std::collections::VecDeque;

use crate::line_search::{self, Trial};

/// Steps remembered. Memory and arithmetic are a few vectors a step, next to nothing beside a
/// pass over the features.
const HISTORY: usize = 20;

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Largest absolute entry of the gradient at the solution.
    pub(crate) tolerance: f64,
    /// Steps at most.
    pub(crate) max_iterations: usize,
}

/// Where the search ended.
#[derive(Debug)]
pub(crate) struct Minimum {
    pub(crate) point: Vec<f64>,
    pub(crate) value: f64,
    /// Largest absolute entry of the gradient at `point`; infinite if one is not a number.
    pub(crate) gradient_norm: f64,
    pub(crate) iterations: usize,
    /// Whether `gradient_norm` is within the tolerance.
    pub(crate) converged: bool,
}

/// Minimises `evaluate`, which gives the value and the gradient at a point. `precondition` replaces
/// a gradient by its product with an approximate inverse Hessian, symmetric and positive definite.
///
/// Ends without convergence after the greatest number of steps, or when rounding leaves no step
/// that improves the point.
///
/// # Errors
///
/// Those of `evaluate`.
pub(crate) fn minimise<E>(
    start: Vec<f64>,
    limits: Limits,
    precondition: impl Fn(&mut [f64]),
    mut evaluate: impl FnMut(&[f64]) -> Result<(f64, Vec<f64>), E>,
) -> Result<Minimum, E> {
    let (value, gradient) = evaluate(&start)?;
    let mut current = Trial {
        point: start,
        value,
        gradient,
    };
    let mut history = History::default();
    let mut iterations = 0;
    while max_norm(&current.gradient) > limits.tolerance && iterations < limits.max_iterations {
        let direction = history.direction(&current.gradient, &precondition);
        let next = line_search::search(&current, &direction, &mut evaluate)?;
        let Some(next) = next else { break };
        history.push(&current, &next, &precondition);
        current = next;
        iterations += 1;
    }
    let gradient_norm = max_norm(&current.gradient);
    Ok(Minimum {
        converged: gradient_norm <= limits.tolerance,
        point: current.point,
        value: current.value,
        gradient_norm,
        iterations,
    })
}

/// A step and what it did to the gradient.
#[derive(Debug)]
struct Step {
    moved: Vec<f64>,
    turned: Vec<f64>,
    /// 1 / (moved . turned)
    curvature: f64,
    /// By which the preconditioner overstates the Hessian along this step.
    scale: f64,
}

/// The last steps, oldest first.
#[derive(Debug, Default)]
struct History(VecDeque<Step>);

impl History {
    fn push(&mut self, from: &Trial, to: &Trial, precondition: impl Fn(&mut [f64])) {
        let moved = difference(&to.point, &from.point);
        let turned = difference(&to.gradient, &from.gradient);
        let product = dot(&moved, &turned);
        // Positive for a convex function, but rounding can undo that in the last steps.
        if product <= f64::EPSILON * dot(&turned, &turned) {
            return;
        }
        if self.0.len() == HISTORY {
            self.0.pop_front();
        }
        let mut undone = turned.clone();
        precondition(&mut undone);
        self.0.push_back(Step {
            curvature: product.recip(),
            scale: product / dot(&turned, &undone),
            moved,
            turned,
        });
    }

    /// Minus the approximate inverse Hessian times `gradient`.
    fn direction(&self, gradient: &[f64], precondition: impl Fn(&mut [f64])) -> Vec<f64> {
        let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let mut factors = Vec::with_capacity(self.0.len());
        for step in self.0.iter().rev() {
            let factor = step.curvature * dot(&step.moved, &direction);
            add_scaled(&mut direction, -factor, &step.turned);
            factors.push(factor);
        }
        precondition(&mut direction);
        if let Some(last) = self.0.back() {
            direction.iter_mut().for_each(|d| *d *= last.scale);
        }
        for (step, factor) in self.0.iter().zip(factors.iter().rev()) {
            let correction = step.curvature * dot(&step.turned, &direction);
            add_scaled(&mut direction, factor - correction, &step.moved);
        }
        direction
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(crate) fn add_scaled(sum: &mut [f64], factor: f64, step: &[f64]) {
    for (sum, step) in sum.iter_mut().zip(step) {
        *sum += factor * step;
    }
}

pub(crate) fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn max_norm(vector: &[f64]) -> f64 {
    largest(vector.iter().copied())
}

/// The largest absolute value; infinite if one is not a number, so that it meets no tolerance.
pub(crate) fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |largest: f64, x| {
        largest.max(if x.is_nan() { f64::INFINITY } else { x.abs() })
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn minimise(
        start: Vec<f64>,
        limits: Limits,
        evaluate: impl Fn(&[f64]) -> (f64, Vec<f64>),
    ) -> Minimum {
        let found = super::minimise(start, limits, |_| {}, |x| Ok::<_, Infallible>(evaluate(x)));
        match found {
            Ok(minimum) => minimum,
        }
    }

    const LIMITS: Limits = Limits {
        tolerance: 1e-12,
        max_iterations: 200,
    };

    /// 0.5 x'Ax - b'x with A = [[4, 1], [1, 300]] and b = [1, 2], whose minimum is at
    /// x = [298, 7] / 1199.
    fn quadratic(x: &[f64]) -> (f64, Vec<f64>) {
        let ax = [4.0 * x[0] + x[1], x[0] + 300.0 * x[1]];
        let b = [1.0, 2.0];
        (0.5 * dot(x, &ax) - dot(x, &b), difference(&ax, &b))
    }

    /// log cosh: gradients saturate, so that a first step far from the minimum must grow.
    fn flat(x: &[f64]) -> (f64, Vec<f64>) {
        let shifted = x[0] - 1000.0;
        let value = shifted.abs() + (-2.0 * shifted.abs()).exp().ln_1p();
        (value, vec![shifted.tanh()])
    }

    #[test]
    fn a_quadratic_is_solved() {
        let found = minimise(vec![5.0, -3.0], LIMITS, quadratic);
        assert!(found.converged);
        assert!((found.point[0] - 298.0 / 1199.0).abs() < 1e-12);
        assert!((found.point[1] - 7.0 / 1199.0).abs() < 1e-12);
    }

    #[test]
    fn a_distant_minimum_is_reached_in_few_steps() {
        let found = minimise(vec![0.0], LIMITS, flat);
        assert!(found.converged, "{found:?}");
        assert!((found.point[0] - 1000.0).abs() < 1e-9);
        assert!(found.iterations < 30, "{found:?}");
    }

    #[test]
    fn the_step_limit_is_reported() {
        let limits = Limits {
            max_iterations: 2,
            ..LIMITS
        };
        let found = minimise(vec![5.0, -3.0], limits, quadratic);
        assert!(!found.converged);
        assert_eq!(found.iterations, 2);
        assert!(found.gradient_norm > LIMITS.tolerance);
    }

    #[test]
    fn a_gradient_that_is_no_number_has_not_converged() {
        let found = minimise(vec![1.0], LIMITS, |_| (1.0, vec![f64::NAN]));
        assert!(!found.converged);
        assert_eq!(found.gradient_norm, f64::INFINITY);
    }

    #[test]
    fn a_tolerance_below_rounding_ends_without_convergence() {
        let limits = Limits {
            tolerance: 1e-300,
            max_iterations: usize::MAX,
        };
        // exp(x) - 3x has no double at which its gradient is exactly 0.
        let found = minimise(vec![0.0], limits, |x| {
            (x[0].exp() - 3.0 * x[0], vec![x[0].exp() - 3.0])
        });
        assert!((found.point[0] - 3.0_f64.ln()).abs() < 1e-15);
        assert!(!found.converged || found.gradient_norm == 0.0);
    }
}
