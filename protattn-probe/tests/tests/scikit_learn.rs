//! Solutions equal scikit-learn's; `tests/reference/make.py` made them.

use protattn_probe::ndarray::{Array1, Array2, Axis, s};
use protattn_probe::{ClassWeights, LogisticRegression, Probe};
use serde::Deserialize;
use serde_json::Value;

/// Largest difference allowed, as a share of the largest coefficient, intercept or probability.
const TOLERANCE: f64 = 1e-8;

#[derive(Deserialize)]
struct Reference {
    features: Vec<Vec<f32>>,
    labels: Labels,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Labels {
    #[serde(rename = "2")]
    two: Vec<usize>,
    #[serde(rename = "4")]
    four: Vec<usize>,
}

#[derive(Deserialize)]
struct Case {
    n_classes: usize,
    c: f64,
    standardize: bool,
    l1_ratio: f64,
    weights: Value,
    coefficients: Vec<Vec<f64>>,
    intercepts: Vec<f64>,
    objective: f64,
    probabilities: Vec<Vec<f64>>,
}

fn matrix<T: Copy>(rows: &[Vec<T>]) -> Array2<T> {
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
}

fn class_weights(value: &Value) -> ClassWeights {
    match value {
        Value::Null => ClassWeights::Uniform,
        Value::String(name) if name == "balanced" => ClassWeights::Balanced,
        list => ClassWeights::Given(serde_json::from_value(list.clone()).unwrap()),
    }
}

fn fit(case: &Case, features: &Array2<f32>, labels: &[usize]) -> Probe {
    LogisticRegression::builder()
        .inverse_penalty(case.c)
        .standardize(case.standardize)
        .l1_ratio(case.l1_ratio)
        .class_weights(class_weights(&case.weights))
        .tolerance(1e-12)
        .build()
        .unwrap()
        .fit(features.view(), labels, case.n_classes)
        .unwrap()
}

fn relative_error(found: &Array2<f64>, expected: &Array2<f64>) -> f64 {
    assert_eq!(found.dim(), expected.dim());
    let largest = |array: &Array2<f64>| array.fold(0.0, |m: f64, x| m.max(x.abs()));
    largest(&(found - expected)) / largest(expected)
}

#[test]
fn coefficients_objective_and_probabilities() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/logistic.json");
    let reference: Reference =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let features = matrix(&reference.features);
    assert_eq!(reference.cases.len(), 16);
    for (number, case) in reference.cases.iter().enumerate() {
        let labels = match case.n_classes {
            2 => &reference.labels.two,
            _ => &reference.labels.four,
        };
        let probe = fit(case, &features, labels);
        assert!(probe.fit().converged, "case {number}: {:?}", probe.fit());

        let coefficients = probe.coefficients().to_owned();
        let error = relative_error(&coefficients, &matrix(&case.coefficients));
        assert!(
            error < TOLERANCE,
            "case {number}: coefficients off by {error:e}"
        );
        assert_eq!(
            coefficients.column(3),
            Array1::<f64>::zeros(coefficients.nrows())
        );

        let zeros = |values: &Array2<f64>| values.mapv(|value| value == 0.0);
        let expected = zeros(&matrix(&case.coefficients));
        let sparse = case.l1_ratio > 0.0;
        assert!(!sparse || zeros(&coefficients) == expected, "case {number}");

        let intercepts = probe.intercepts().to_owned().insert_axis(Axis(0));
        let error = relative_error(&intercepts, &matrix(std::slice::from_ref(&case.intercepts)));
        assert!(
            error < TOLERANCE,
            "case {number}: intercepts off by {error:e}"
        );

        let error = probe.fit().objective / case.objective - 1.0;
        assert!(
            error.abs() < TOLERANCE,
            "case {number}: objective off by {error:e}"
        );

        let probabilities = probe.predict_proba(features.slice(s![..3, ..])).unwrap();
        let error = relative_error(&probabilities, &matrix(&case.probabilities));
        assert!(
            error < TOLERANCE,
            "case {number}: probabilities off by {error:e}"
        );
    }
}
