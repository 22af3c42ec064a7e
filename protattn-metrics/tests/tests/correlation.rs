//! Pearson's correlation, against SciPy and mpmath.

use protattn_io::random::SplitMix64;
use protattn_metrics::{Error, pearson};
use serde::Deserialize;

use crate::close;

/// Made by `tests/reference/correlation.py`.
const REFERENCE: &str = include_str!("../reference/correlation.json");

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    seed: u64,
    n: usize,
    slope: f64,
    noise: f64,
    offset: f64,
    r: f64,
    p_value: f64,
    scipy_r: f64,
    scipy_p_value: f64,
    scipy_intervals: Vec<(f64, f64, f64)>,
}

impl Case {
    /// As the script draws them.
    fn values(&self) -> (Vec<f64>, Vec<f64>) {
        let mut random = SplitMix64::new(self.seed);
        let pair = |_| {
            let (u, v) = (random.unit(), random.unit());
            (
                u + self.offset,
                self.slope * u + self.noise * v + self.offset,
            )
        };
        (0..self.n).map(pair).unzip()
    }
}

fn cases() -> Vec<Case> {
    serde_json::from_str::<Reference>(REFERENCE).unwrap().cases
}

#[test]
fn r_and_p_are_those_of_the_same_values_in_fifty_digits() {
    for case in cases() {
        let (x, y) = case.values();
        let found = pearson(&x, &y).unwrap();
        let what = format!("seed {}", case.seed);
        assert_eq!(found.n, case.n);
        assert!((found.r - case.r).abs() < 1e-14, "{what}: {}", found.r);
        if case.p_value >= f64::MIN_POSITIVE {
            close(found.p_value, case.p_value, 1e-9, &what);
        } else {
            assert!(
                found.p_value < f64::MIN_POSITIVE,
                "{what}: {:e}",
                found.p_value
            );
        }
    }
}

#[test]
fn r_p_and_interval_are_those_of_scipy_where_it_is_precise() {
    for case in cases() {
        let (x, y) = case.values();
        let found = pearson(&x, &y).unwrap();
        let what = format!("seed {}", case.seed);
        assert!(
            (found.r - case.scipy_r).abs() < 1e-14,
            "{what}: {}",
            found.r
        );
        // Nearer to 1, SciPy's p has the digits of 1 - r, which are few.
        if 1.0 - case.r.abs() > 1e-3 && case.scipy_p_value >= f64::MIN_POSITIVE {
            close(found.p_value, case.scipy_p_value, 1e-9, &what);
        }
        for &(alpha, low, high) in &case.scipy_intervals {
            let found = found.interval(alpha);
            assert!((found.0 - low).abs() < 1e-9, "{what}: {}", found.0);
            assert!((found.1 - high).abs() < 1e-9, "{what}: {}", found.1);
        }
    }
}

#[test]
fn the_reference_reaches_far_into_the_tail() {
    let is_far = |case: &Case| (1e-307..1e-100).contains(&case.p_value);
    assert!(cases().iter().any(is_far));
}

#[test]
fn a_straight_line_is_certain() {
    let x = [1.0, 2.0, 3.0, 4.0];
    let falling = pearson(&x, &[8.0, 6.0, 4.0, 2.0]).unwrap();
    assert!((falling.r + 1.0).abs() < 1e-15 && falling.p_value < 1e-15);
    let (low, high) = falling.interval(0.05);
    assert!(low <= high && (-1.0..-0.99999).contains(&high));
    let two = pearson(&x[..2], &[1.0, 5.0]).unwrap();
    assert_eq!((two.r.round(), two.p_value), (1.0, 1.0));
    assert_eq!(two.interval(0.05), (-1.0, 1.0));
    assert!(two.interval(1.0).0.is_nan());
}

#[test]
fn neither_the_unit_nor_the_order_of_the_variables_matters() {
    let (x, y) = ([1.0, 2.0, 4.0, 3.0, 9.0], [2.0, 1.0, 5.0, 5.0, 6.0]);
    let expected = pearson(&x, &y).unwrap();
    let large = x.map(|value| value * 2.0_f64.powi(1020));
    // 2 to the power of -1030; powi may take 1 over a power that overflows.
    let small = y.map(|value| value * (f64::MIN_POSITIVE / 256.0));
    assert_eq!(pearson(&large, &small).unwrap(), expected);
    assert_eq!(pearson(&y, &x).unwrap(), expected);
}

#[test]
fn a_constant_does_not_correlate() {
    // Whose mean, summed and divided, is not 0.1.
    let found = pearson(&[0.1; 10], &[1., 2., 3., 4., 5., 6., 7., 8., 9., 0.]).unwrap();
    assert!(found.r.is_nan() && found.p_value.is_nan() && found.interval(0.05).0.is_nan());
    assert_eq!(found.n, 10);
}

#[test]
fn what_cannot_be_correlated_is_named() {
    let message = |x: &[f64], y: &[f64]| pearson(x, y).unwrap_err().to_string();
    assert_eq!(
        message(&[1.0, 2.0], &[1.0]),
        "1 values cannot be paired with 2"
    );
    assert_eq!(
        message(&[1.0], &[1.0]),
        "1 pairs of values, where at least 2 are needed"
    );
    let error = pearson(&[1.0, 2.0], &[1.0, f64::NAN]).unwrap_err();
    assert!(matches!(error, Error::NotFinite { what: "y", .. }));
    assert_eq!(
        message(&[1.0, f64::INFINITY], &[1.0, 2.0]),
        "x [1] (counted from 0) is inf"
    );
}
