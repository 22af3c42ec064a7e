//! Rows, intervals and tests, by hand and against statsmodels and SciPy.

use protattn_metrics::{
    AgreementOptions, AgreementRow, ArcCounts, Proportion, TrackClasses, TrackFlags, agreement,
    bonferroni, two_sided_p,
};
use serde::Deserialize;
use serde_json::json;

/// Made by `tests/reference/statistics.py`.
const REFERENCE: &str = include_str!("../reference/statistics.json");

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
    tails: Vec<(f64, f64)>,
}

#[derive(Deserialize)]
struct Case {
    count: u64,
    n: u64,
    background_count: u64,
    background_n: u64,
    m: usize,
    low: f64,
    high: f64,
    z: f64,
    p_value: f64,
}

fn reference() -> Reference {
    serde_json::from_str(REFERENCE).unwrap()
}

fn assert_close(found: f64, expected: f64, what: &str) {
    let error = (found - expected).abs();
    assert!(
        error <= 1e-9 * expected.abs(),
        "{what}: {found:e}, expected {expected:e}"
    );
}

/// A property of one class with these arcs a head, (in class, eligible, total), in layer 4.
fn counts(heads: &[(u64, u64, u64)], background: (u64, u64)) -> ArcCounts {
    let fresh = ArcCounts::new(&TrackFlags::new("linked", "link"), vec![4], heads.len()).unwrap();
    let mut value = serde_json::to_value(fresh).unwrap();
    value["background_in_class"] = json!([background.0]);
    value["background_eligible"] = json!(background.1);
    value["arcs_in_class"] = heads.iter().map(|head| head.0).collect();
    value["arcs_eligible"] = heads.iter().map(|head| head.1).collect();
    value["arcs_total"] = heads.iter().map(|head| head.2).collect();
    serde_json::from_value(value).unwrap()
}

#[test]
fn intervals_and_tests_are_those_of_statsmodels() {
    for case in reference().cases {
        let Case {
            count,
            n,
            background_count,
            background_n,
            m,
            ..
        } = case;
        let what = format!("{count} of {n}");
        let (low, high) = Proportion::new(count, n).wald_interval(0.05 / m as f64);
        // Of a difference, only the digits that cancellation leaves can agree.
        assert!(
            (low - case.low).abs() < 1e-12,
            "{what}: {low}, expected {}",
            case.low
        );
        assert!(
            (high - case.high).abs() < 1e-12,
            "{what}: {high}, expected {}",
            case.high
        );
        let background = Proportion::new(background_count, background_n);
        let test = Proportion::new(count, n).z_test(background);
        assert_close(test.z, case.z, &what);
        assert_close(test.p_value, case.p_value, &what);
    }
}

#[test]
fn the_reference_reaches_p_values_near_1e_300() {
    let near = |case: &Case| case.p_value > 0.0 && case.p_value < 1e-300;
    assert!(reference().cases.iter().any(near));
}

#[test]
fn the_tail_of_the_normal_is_that_of_scipy() {
    for (z, p_value) in reference().tails {
        assert_close(two_sided_p(z), p_value, &format!("z = {z}"));
    }
    assert_eq!(two_sided_p(40.0), 0.0);
    assert!(two_sided_p(f64::NAN).is_nan());
}

#[test]
fn a_row_is_put_together_from_its_parts() {
    let rows = agreement(
        &counts(&[(30, 60, 120), (9, 10, 99), (50, 100, 100)], (5, 100)),
        &AgreementOptions::default(),
    );
    let row = &rows[0];
    assert_eq!(
        (row.property.as_str(), row.class.as_str()),
        ("linked", "yes")
    );
    assert_eq!((row.layer, row.head), (4, 0));
    assert_eq!(
        (row.arcs_in_class, row.arcs_eligible, row.arcs_total),
        (30, 60, 120)
    );
    assert_eq!(
        (row.proportion, row.proportion_eligible, row.background),
        (0.25, 0.5, 0.05)
    );
    // Two of the three heads are scored, so alpha is 0.025 and z(0.9875) = 2.241402727604947.
    let half_width = 2.241402727604947 * (0.25_f64 * 0.75 / 120.0).sqrt();
    assert_close(row.ci_low, 0.25 - half_width, "low");
    assert_close(row.ci_high, 0.25 + half_width, "high");
    // Pooled 35 of 220.
    let pooled: f64 = 35.0 / 220.0;
    let z = 0.20 / (pooled * (1.0 - pooled) * (1.0 / 120.0 + 1.0 / 100.0)).sqrt();
    assert_close(row.z, z, "z");
    assert_eq!(row.p_value, two_sided_p(row.z));
    assert_eq!(row.p_adjusted, 2.0 * row.p_value);
    assert!(row.scored);
}

#[test]
fn a_head_with_too_few_arcs_has_proportions_and_no_judgement() {
    let rows = agreement(
        &counts(&[(9, 10, 99)], (5, 100)),
        &AgreementOptions::default(),
    );
    let AgreementRow {
        ci_low,
        ci_high,
        z,
        p_value,
        p_adjusted,
        scored,
        ..
    } = rows[0];
    assert!(!scored);
    assert_eq!(rows[0].proportion, 1.0 / 11.0);
    assert_eq!(rows[0].proportion_eligible, 0.9);
    assert!(
        [ci_low, ci_high, z, p_value, p_adjusted]
            .iter()
            .all(|value| value.is_nan())
    );
}

#[test]
fn the_sign_says_above_or_below_the_background() {
    let rows = agreement(
        &counts(&[(30, 120, 120), (3, 120, 120)], (10, 100)),
        &AgreementOptions::default(),
    );
    assert!(rows[0].z > 0.0 && rows[1].z < 0.0);
    assert_eq!(
        Proportion::new(6, 30)
            .z_test(Proportion::new(20, 100))
            .p_value,
        1.0
    );
}

#[test]
fn nothing_over_nothing_is_nan() {
    let rows = agreement(
        &counts(&[(0, 0, 0)], (0, 0)),
        &AgreementOptions::default().min_arcs(0),
    );
    let row = &rows[0];
    assert!(row.scored);
    let values = [
        row.proportion,
        row.proportion_eligible,
        row.background,
        row.ci_low,
        row.ci_high,
        row.z,
        row.p_value,
        row.p_adjusted,
    ];
    assert!(values.iter().all(|value| value.is_nan()), "{row:?}");
    // Proportions that are both 0 or both 1 have no variance to measure a difference in.
    assert!(
        Proportion::new(0, 100)
            .z_test(Proportion::new(0, 1000))
            .z
            .is_nan()
    );
    assert!(
        Proportion::new(100, 100)
            .z_test(Proportion::new(1000, 1000))
            .p_value
            .is_nan()
    );
    assert!(Proportion::new(1, 2).wald_interval(0.0).0.is_nan());
}

#[test]
fn adjusted_p_values_stay_probabilities() {
    assert_eq!(bonferroni(0.01, 7), 0.07);
    assert_eq!(bonferroni(0.2, 7), 1.0);
    assert!(bonferroni(f64::NAN, 7).is_nan());
}

#[test]
fn rows_go_by_class_then_layer_then_head() {
    let property = TrackClasses::new("domain", "domain", ["sh2", "kinase"]).unwrap();
    let counts = ArcCounts::new(&property, vec![1, 4], 2).unwrap();
    let rows = agreement(&counts, &AgreementOptions::default());
    let order: Vec<_> = rows
        .iter()
        .map(|row| (row.class.as_str(), row.layer, row.head))
        .collect();
    let expected =
        ["sh2", "kinase"].map(|class| [(class, 1, 0), (class, 1, 1), (class, 4, 0), (class, 4, 1)]);
    assert_eq!(order, expected.concat());
}
