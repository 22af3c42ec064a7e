//! Intervals, tests and adjusted p-values over a grid of counts, against statsmodels and SciPy.

use protattn_metrics::{Proportion, benjamini_hochberg, bonferroni, two_sided_p};
use serde::Deserialize;

use crate::close;

/// Made by `tests/reference/proportions.py`.
const REFERENCE: &str = include_str!("../reference/proportions.json");

#[derive(Deserialize)]
struct Reference {
    intervals: Vec<Interval>,
    z_tests: Vec<Test>,
    tails: Vec<(f64, f64)>,
    adjusted: Vec<Adjusted>,
}

#[derive(Deserialize)]
struct Interval {
    count: u64,
    n: u64,
    alpha: f64,
    wald: (f64, f64),
    wilson: (f64, f64),
}

#[derive(Deserialize)]
struct Test {
    count: u64,
    n: u64,
    background_count: u64,
    background_n: u64,
    z: f64,
    p_value: f64,
}

/// NaN is null.
#[derive(Deserialize)]
struct Adjusted {
    p_values: Vec<Option<f64>>,
    bonferroni: Vec<Option<f64>>,
    benjamini_hochberg: Vec<Option<f64>>,
}

fn reference() -> Reference {
    serde_json::from_str(REFERENCE).unwrap()
}

/// Of an end that is a difference of larger numbers, statsmodels has only the digits that
/// cancellation leaves: 1e-15.
fn assert_ends(found: (f64, f64), expected: (f64, f64), what: &str) {
    for (found, expected) in [(found.0, expected.0), (found.1, expected.1)] {
        let error = (found - expected).abs();
        assert!(
            error <= 1e-9 * expected.abs() + 1e-15,
            "{what}: {found:e}, expected {expected:e}"
        );
    }
}

#[test]
fn intervals_are_those_of_statsmodels() {
    for case in reference().intervals {
        let proportion = Proportion::new(case.count, case.n);
        let what = format!("{} of {} at {:e}", case.count, case.n, case.alpha);
        assert_ends(proportion.wald_interval(case.alpha), case.wald, &what);
        assert_ends(proportion.wilson_interval(case.alpha), case.wilson, &what);
    }
}

#[test]
fn z_and_p_are_those_of_statsmodels() {
    let tests = reference().z_tests;
    assert!(
        tests
            .iter()
            .any(|test| (1e-310..1e-100).contains(&test.p_value))
    );
    for case in tests {
        let background = Proportion::new(case.background_count, case.background_n);
        let found = Proportion::new(case.count, case.n).z_test(background);
        let what = format!("{} of {}", case.count, case.n);
        close(found.z, case.z, 1e-9, &what);
        if case.z.abs() < 37.5 {
            close(found.p_value, case.p_value, 1e-9, &what);
        } else {
            assert!(found.p_value < f64::MIN_POSITIVE, "{what}");
        }
    }
}

#[test]
fn the_tail_ends_with_the_numbers() {
    for (z, expected) in reference().tails {
        let found = two_sided_p(z);
        if expected >= f64::MIN_POSITIVE {
            close(found, expected, 1e-9, &format!("z = {z}"));
        } else {
            // Beneath the smallest normal number digits are lost one by one.
            let error = (found - expected).abs();
            assert!(error <= 1e-3 * expected + 1e-323, "z = {z}: {found:e}");
        }
    }
}

#[test]
fn adjusted_p_values_are_those_of_statsmodels_and_scipy() {
    for case in reference().adjusted {
        let p_values: Vec<f64> = case
            .p_values
            .iter()
            .map(|p| p.unwrap_or(f64::NAN))
            .collect();
        let m = case.p_values.iter().flatten().count();
        let adjusted = benjamini_hochberg(&p_values);
        assert_eq!(adjusted.len(), p_values.len());
        for (index, p) in p_values.iter().enumerate() {
            let found = [adjusted[index], bonferroni(*p, m)];
            let expected = [case.benjamini_hochberg[index], case.bonferroni[index]];
            for (found, expected) in found.into_iter().zip(expected) {
                match expected {
                    Some(expected) => close(found, expected, 1e-9, &format!("p = {p:e} of {m}")),
                    None => assert!(found.is_nan()),
                }
            }
        }
    }
}

#[test]
fn wilson_holds_where_wald_has_no_width() {
    for (count, n) in [(0, 20), (20, 20)] {
        let proportion = Proportion::new(count, n);
        let (low, high) = proportion.wald_interval(0.05);
        assert_eq!(low, high);
        let (low, high) = proportion.wilson_interval(0.05);
        assert!(0.0 <= low && low < high && high <= 1.0);
    }
    // Where p + z² / 2n and the root have no digits to lose: from the formula in 50 digits.
    let (low, _) = Proportion::new(1, 1_000_000_000_000_000).wilson_interval(0.05);
    close(low, 1.765_245_549_351_529e-16, 1e-12, "one of many");
}

#[test]
fn no_interval_of_nothing_or_at_no_confidence() {
    let (low, high) = Proportion::new(0, 0).wilson_interval(0.05);
    assert!(low.is_nan() && high.is_nan(), "{low} {high}");
    for alpha in [0.0, 1.0, -0.5, f64::NAN] {
        let (low, high) = Proportion::new(1, 2).wilson_interval(alpha);
        assert!(low.is_nan() && high.is_nan());
    }
}
