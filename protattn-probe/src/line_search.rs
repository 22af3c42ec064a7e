//! The step along a descent direction of a smooth convex function.
//!
//! A step is taken once it meets the Wolfe conditions or, near the minimum where differences of
//! the value drown in rounding, the approximate Wolfe conditions of Hager and Zhang (2005, SIAM
//! Journal on Optimization 16, 170-192, equations 2.2 and 2.3). Along a line the slope of a convex
//! function only grows, so its sign alone says on which side of the minimum a trial lies.

use crate::lbfgs::{add_scaled, dot};

/// Share of the first-order decrease that a step must bring.
pub(crate) const DECREASE: f64 = 1e-4;

/// A step must bring the slope down to this share of what it was.
const CURVATURE: f64 = 0.9;

/// Relative rise of the value that is taken for rounding.
pub(crate) const ROUNDING: f64 = 1e-14;

/// Greatest factor by which a step grows while the minimum lies beyond it.
const GROWTH: f64 = 10.0;

/// A trial keeps at least this share of the bracket away from its ends.
const MARGIN: f64 = 0.1;

/// After so many trials rounding, not the function, decides.
const MAX_TRIALS: usize = 40;

/// A point with the value and the gradient there.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) point: Vec<f64>,
    pub(crate) value: f64,
    pub(crate) gradient: Vec<f64>,
}

/// A step length and the slope along the line there.
#[derive(Debug, Clone, Copy)]
struct End {
    length: f64,
    slope: f64,
}

/// Finds an acceptable step from `start` along `direction`, trying the whole of it first.
///
/// `None` if the direction does not descend or no step is found that rounding does not spoil.
pub(crate) fn search<E>(
    start: &Trial,
    direction: &[f64],
    mut evaluate: impl FnMut(&[f64]) -> Result<(f64, Vec<f64>), E>,
) -> Result<Option<Trial>, E> {
    let slope = dot(&start.gradient, direction);
    if slope >= 0.0 || slope.is_nan() {
        return Ok(None);
    }
    let mut low = End { length: 0.0, slope };
    let mut high: Option<End> = None;
    let mut length = 1.0;
    for _ in 0..MAX_TRIALS {
        let trial = step(start, direction, length, &mut evaluate)?;
        let here = End {
            length,
            slope: dot(&trial.gradient, direction),
        };
        if here.slope < CURVATURE * slope {
            low = here;
        } else if is_low_enough(start.value, slope, trial.value, here) {
            return Ok(Some(trial));
        } else {
            high = Some(here);
        }
        length = next_length(low, high);
    }
    Ok(None)
}

pub(crate) fn step<E>(
    start: &Trial,
    direction: &[f64],
    length: f64,
    evaluate: &mut impl FnMut(&[f64]) -> Result<(f64, Vec<f64>), E>,
) -> Result<Trial, E> {
    let mut point = start.point.clone();
    add_scaled(&mut point, length, direction);
    let (value, gradient) = evaluate(&point)?;
    Ok(Trial {
        point,
        value,
        gradient,
    })
}

fn is_low_enough(start_value: f64, start_slope: f64, value: f64, here: End) -> bool {
    let decreased = value <= start_value + DECREASE * here.length * start_slope;
    let nearly_flat = here.slope <= (2.0 * DECREASE - 1.0) * start_slope
        && value <= start_value + ROUNDING * start_value.abs();
    decreased || nearly_flat
}

/// Where the slope, taken as a straight line, is zero: within the bracket, or beyond `low` while
/// there is no upper end.
fn next_length(low: End, high: Option<End>) -> f64 {
    match high {
        Some(high) => {
            let width = high.length - low.length;
            let share = low.slope / (low.slope - high.slope);
            // A slope that overflowed, or one without a sign, leaves the middle.
            let share = if share.is_finite() { share } else { 0.5 };
            low.length + width * share.clamp(MARGIN, 1.0 - MARGIN)
        }
        None => low.length * GROWTH,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::convert::Infallible;

    use super::*;

    fn search(
        start: &Trial,
        direction: &[f64],
        evaluate: impl Fn(&[f64]) -> (f64, Vec<f64>),
    ) -> Option<Trial> {
        super::search(start, direction, |x| Ok::<_, Infallible>(evaluate(x))).unwrap()
    }

    fn parabola(x: &[f64]) -> (f64, Vec<f64>) {
        ((x[0] - 3.0).powi(2), vec![2.0 * (x[0] - 3.0)])
    }

    fn at_zero() -> Trial {
        Trial {
            point: vec![0.0],
            value: 9.0,
            gradient: vec![-6.0],
        }
    }

    #[test]
    fn long_and_short_first_steps_both_end_within_the_conditions() {
        for length in [1e-6, 0.1, 1.0, 2.5, 1e9] {
            let found = search(&at_zero(), &[length], parabola).unwrap();
            assert!(found.value < 9.0, "first step {length}: {found:?}");
            assert!(
                found.gradient[0] >= CURVATURE * -6.0,
                "first step {length}: {found:?}"
            );
        }
    }

    #[test]
    fn a_direction_that_climbs_is_refused() {
        assert!(search(&at_zero(), &[-1.0], parabola).is_none());
    }

    #[test]
    fn a_value_that_overflows_is_stepped_back_from() {
        let found = search(
            &Trial {
                point: vec![0.0],
                value: 1.0,
                gradient: vec![-1.0],
            },
            &[1e4],
            |x| (x[0].exp() - 2.0 * x[0], vec![x[0].exp() - 2.0]),
        );
        assert!(found.unwrap().value < 1.0);
    }
}
