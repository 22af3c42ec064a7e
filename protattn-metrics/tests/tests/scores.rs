//! Scores equal scikit-learn's; `tests/reference/scores.py` made them.

use protattn_metrics::scores;
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    ranked: Vec<Ranked>,
    classified: Vec<Classified>,
}

#[derive(Deserialize)]
struct Ranked {
    scores: Vec<f64>,
    truth: Vec<bool>,
    predicted: Vec<bool>,
    average_precision: f64,
    roc_auc: f64,
    f1: f64,
    precision: f64,
    recall: f64,
    accuracy: f64,
    matthews: f64,
}

#[derive(Deserialize)]
struct Classified {
    truth: Vec<usize>,
    predicted: Vec<usize>,
    accuracy: f64,
    matthews: f64,
    f1: Vec<f64>,
}

fn reference() -> Reference {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/scores.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[track_caller]
fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found}, {expected}");
}

#[test]
fn scores_of_rankings() {
    let cases = reference().ranked;
    assert_eq!(cases.len(), 5);
    for case in cases {
        let (scores, truth, predicted) = (&case.scores, &case.truth, &case.predicted);
        let value = scores::average_precision(scores, truth).unwrap();
        assert_near(value, case.average_precision);
        assert_near(scores::roc_auc(scores, truth).unwrap(), case.roc_auc);
        assert_near(scores::f1(predicted, truth, &true).unwrap(), case.f1);
        let value = scores::precision(predicted, truth, &true).unwrap();
        assert_near(value, case.precision);
        let value = scores::recall(predicted, truth, &true).unwrap();
        assert_near(value, case.recall);
        assert_near(scores::accuracy(predicted, truth).unwrap(), case.accuracy);
        assert_near(scores::matthews(predicted, truth).unwrap(), case.matthews);
    }
}

#[test]
fn scores_of_classes() {
    let cases = reference().classified;
    assert_eq!(cases.len(), 3);
    for case in cases {
        let (truth, predicted) = (&case.truth, &case.predicted);
        assert_near(scores::accuracy(predicted, truth).unwrap(), case.accuracy);
        assert_near(scores::matthews(predicted, truth).unwrap(), case.matthews);
        for (class, expected) in case.f1.iter().enumerate() {
            assert_near(scores::f1(predicted, truth, &class).unwrap(), *expected);
        }
    }
}
