//! Warm starts, paths of penalties, cross-validation over proteins, and features that are streamed.

use std::ops::Range;

use protattn_probe::ndarray::{Array2, Axis, s};
use protattn_probe::{Error, FeatureSource, LogisticRegression, Probe, Selection, SourceError};

use crate::data::samples;

/// Features computed at each request, with a bad number, or none at all, from some row on.
struct Streamed<'a> {
    features: &'a Array2<f32>,
    fails_at: Option<usize>,
}

impl FeatureSource for Streamed<'_> {
    fn n_samples(&self) -> usize {
        self.features.nrows()
    }

    fn n_features(&self) -> usize {
        self.features.ncols()
    }

    fn rows<'a>(
        &'a self,
        rows: Range<usize>,
        buffer: &'a mut Vec<f32>,
    ) -> Result<&'a [f32], SourceError> {
        if self.fails_at.is_some_and(|row| row < rows.end) {
            return Err("the disk is gone".into());
        }
        buffer.clear();
        buffer.extend(self.features.slice(s![rows, ..]));
        Ok(buffer)
    }
}

fn settings(l1_ratio: f64) -> LogisticRegression {
    let builder = LogisticRegression::builder().l1_ratio(l1_ratio);
    builder.tolerance(1e-10).build().unwrap()
}

fn assert_near(a: &Probe, b: &Probe, tolerance: f64) {
    let difference = &a.coefficients() - &b.coefficients();
    let largest = b.coefficients().fold(0.0, |m: f64, w| m.max(w.abs()));
    assert!(
        difference.iter().all(|d| d.abs() < tolerance * largest),
        "{difference} {largest}"
    );
}

#[test]
fn streamed_features_give_the_same_bits() {
    let (features, labels) = samples(3001, 40, 3);
    let streamed = Streamed {
        features: &features,
        fails_at: None,
    };
    for l1_ratio in [0.0, 0.7] {
        let in_memory = settings(l1_ratio).fit(&features, &labels, 3).unwrap();
        assert!(in_memory.fit().converged);
        let found = settings(l1_ratio).fit(&streamed, &labels, 3).unwrap();
        assert_eq!(found, in_memory);
        let scores = in_memory.predict_proba(&features).unwrap();
        assert_eq!(found.predict_proba(&streamed).unwrap(), scores);
    }
}

#[test]
fn a_source_that_fails_ends_the_fit_with_its_cause() {
    let (features, labels) = samples(3001, 40, 2);
    let streamed = Streamed {
        features: &features,
        fails_at: Some(2000),
    };
    let error = settings(0.0).fit(&streamed, &labels, 2).unwrap_err();
    assert!(matches!(error, Error::Source { row, .. } if row <= 2000));
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "the disk is gone");
}

#[test]
fn a_selection_is_fitted_as_a_copy_is() {
    let (features, labels) = samples(900, 7, 2);
    let chosen: Vec<usize> = (0..900).filter(|sample| sample % 3 != 1).collect();
    let labels: Vec<usize> = chosen.iter().map(|sample| labels[*sample]).collect();
    let selection = Selection::new(&features, &chosen).unwrap();
    let copy = features.select(Axis(0), &chosen);
    assert_eq!(
        settings(0.0).fit(selection, &labels, 2).unwrap(),
        settings(0.0).fit(&copy, &labels, 2).unwrap()
    );
}

#[test]
fn a_warm_start_leads_to_the_same_optimum_in_fewer_steps() {
    for l1_ratio in [0.0, 0.5, 1.0] {
        let (features, labels) = samples(2000, 12, 3);
        let settings = LogisticRegression::builder()
            .l1_ratio(l1_ratio)
            .tolerance(1e-5)
            .build()
            .unwrap();
        let cold = settings.fit(&features, &labels, 3).unwrap();
        // Features that are nearly the same, as those of a neighbouring layer.
        let moved = features.mapv(|value| value * 1.001 + 0.0002);
        let start = settings.fit(&moved, &labels, 3).unwrap();
        let warm = settings.fit_from(&start, &features, &labels, 3).unwrap();
        let (steps, cold_steps) = (warm.fit().iterations, cold.fit().iterations);
        assert!(
            warm.fit().converged && steps < cold_steps,
            "{steps}, {cold_steps}"
        );
        assert_near(&warm, &cold, 1e-2);
        let again = settings.fit_from(&cold, &features, &labels, 3).unwrap();
        assert!(again.fit().iterations <= 1, "{:?}", again.fit());
    }
}

#[test]
fn a_start_of_another_shape_is_refused() {
    let (features, labels) = samples(100, 4, 2);
    let start = settings(0.0).fit(&features, &labels, 2).unwrap();
    let narrow = features.slice(s![.., ..3]);
    let error = settings(0.0)
        .fit_from(&start, narrow, &labels, 2)
        .unwrap_err();
    let message = "the probe to start from has 2 classes and 4 features, not 2 and 3";
    assert_eq!(error.to_string(), message);
}

#[test]
fn a_path_holds_the_solutions_of_its_penalties() {
    let (features, labels) = samples(700, 9, 2);
    for l1_ratio in [0.0, 1.0] {
        let path = settings(l1_ratio)
            .fit_path(&features, &labels, 2, &[0.01, 0.1, 1.0])
            .unwrap();
        for (probe, c) in path.iter().zip([0.01, 0.1, 1.0]) {
            let alone = LogisticRegression::builder()
                .l1_ratio(l1_ratio)
                .inverse_penalty(c)
                .tolerance(1e-10)
                .build()
                .unwrap()
                .fit(&features, &labels, 2)
                .unwrap();
            assert!(probe.fit().converged, "{l1_ratio} {c} {:?}", probe.fit());
            assert_near(probe, &alone, 1e-6);
        }
    }
}

/// The mean log loss by its definition.
fn loss(probe: &Probe, features: &Array2<f32>, labels: &[usize]) -> f64 {
    let probabilities = probe.predict_proba(features).unwrap();
    let each = labels.iter().enumerate();
    each.map(|(sample, label)| -probabilities[[sample, *label]].ln())
        .sum::<f64>()
        / labels.len() as f64
}

#[test]
fn cross_validation_holds_whole_proteins_out() {
    let (features, labels) = samples(600, 5, 3);
    // 12 proteins of 50 samples, so that the folds are known: each fourth protein.
    let proteins: Vec<usize> = (0..600).map(|sample| 1000 - sample / 50).collect();
    let penalties = [10.0, 0.001];
    let found = settings(0.0)
        .cross_validate(&features, &labels, 3, &proteins, &penalties, 4)
        .unwrap();
    assert_eq!(found.inverse_penalties, [0.001, 10.0]);
    for fold in 0..4 {
        let (held_out, rest): (Vec<usize>, Vec<usize>) =
            (0..600).partition(|sample| sample / 50 % 4 == fold);
        let pick = |chosen: &[usize]| {
            let labels: Vec<usize> = chosen.iter().map(|sample| labels[*sample]).collect();
            (features.select(Axis(0), chosen), labels)
        };
        let (train, train_labels) = pick(&rest);
        let (test, test_labels) = pick(&held_out);
        let path = settings(0.0)
            .fit_path(&train, &train_labels, 3, &[0.001, 10.0])
            .unwrap();
        for (penalty, probe) in path.iter().enumerate() {
            let expected = loss(probe, &test, &test_labels);
            assert!((found.losses[penalty][fold] - expected).abs() < 1e-12);
        }
    }
    let mean = found.losses[1].iter().sum::<f64>() / 4.0;
    assert!((found.mean_losses[1] - mean).abs() < 1e-12);
    assert_eq!(found.best, 1, "the classes can be told apart");
}

#[test]
fn cross_validation_that_cannot_be_done_is_refused() {
    let (features, labels) = samples(60, 3, 2);
    let proteins: Vec<usize> = (0..60).map(|sample| sample / 30).collect();
    let refused = |labels: &[usize], proteins: &[usize], penalties: &[f64], folds| {
        settings(0.0)
            .cross_validate(&features, labels, 2, proteins, penalties, folds)
            .unwrap_err()
    };
    let message = |error: Error| error.to_string();
    assert_eq!(
        message(refused(&labels, &proteins, &[1.0], 3)),
        "2 proteins cannot be dealt out to 3 folds"
    );
    assert_eq!(
        message(refused(&labels, &proteins, &[1.0], 1)),
        "the number of folds is 1: cross-validation needs at least 2"
    );
    assert_eq!(
        message(refused(&labels, &proteins[1..], &[1.0], 2)),
        "59 groups for 60 samples: there must be one for each"
    );
    assert_eq!(
        message(refused(&labels, &proteins, &[], 2)),
        "there is no inverse penalty to choose from"
    );
    // All samples of class 1 are in the second protein, which the first fold trains on alone.
    let apart: Vec<usize> = (0..60).map(|sample| sample / 30).collect();
    let error = refused(&apart, &proteins, &[1.0], 2);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(
        message(error),
        "without fold 0 (counted from 0) nothing can be fitted"
    );
    assert_eq!(
        cause,
        "all 30 training samples have the label 1: at least 2 classes are needed"
    );
}

#[test]
fn cross_validation_names_places_among_all_samples() {
    let (features, labels) = samples(600, 5, 3);
    // Three proteins, so that the folds are known: protein 0 is held out of fold 0 and so on.
    let proteins: Vec<usize> = (0..600).map(|sample| sample / 10 % 3).collect();
    let validate = |features: &dyn FeatureSource, labels: &[usize], n_classes| {
        settings(0.0)
            .cross_validate(features, labels, n_classes, &proteins, &[1.0], 3)
            .unwrap_err()
    };
    let causes = |error: Error| {
        let cause = std::error::Error::source(&error).unwrap().to_string();
        (error.to_string(), cause)
    };
    // Row 100 is of protein 1 and trained on first, row 90 is of protein 0 and predicted first.
    let trained = "without fold 0 (counted from 0) nothing can be fitted";
    let held_out = "fold 0 (counted from 0) cannot be predicted";
    for (row, message) in [(100, trained), (90, held_out)] {
        let mut bad = features.clone();
        bad[[row, 2]] = f32::NAN;
        let cause = format!(
            "the feature in row {row}, column 2 (both 0-based) is NaN, not a finite number"
        );
        assert_eq!(
            causes(validate(&bad, &labels, 3)),
            (message.to_owned(), cause)
        );
    }
    let streamed = Streamed {
        features: &features,
        fails_at: Some(100),
    };
    let (message, cause) = causes(validate(&streamed, &labels, 3));
    assert_eq!(message, trained);
    // The first sample that is not of protein 0 begins the range that cannot be had.
    assert_eq!(
        cause,
        "the source of the features failed at row 10 (counted from 0)"
    );

    let mut wrong = labels.clone();
    wrong[100] = 3;
    assert_eq!(
        validate(&features, &wrong, 3).to_string(),
        "the label of sample 100 is 3: labels must be below 3"
    );
    assert_eq!(
        validate(&features, &labels, 4).to_string(),
        "class 3 of 4 has no training sample: leave it out and number the others without a gap"
    );
    assert_eq!(
        validate(&features, &[0; 600], 1).to_string(),
        "the number of classes is 1: a classifier needs at least 2"
    );
}

#[test]
fn a_label_that_was_never_trained_has_no_loss() {
    let (features, labels) = samples(60, 3, 2);
    let probe = settings(0.0).fit(&features, &labels, 2).unwrap();
    let mut labels = labels;
    labels[7] = 2;
    let error = probe.log_loss(&features, &labels).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the label of sample 7 is 2: labels must be below 2"
    );
}
