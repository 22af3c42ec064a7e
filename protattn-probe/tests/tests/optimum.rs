//! What must hold at an optimum, computed here from the definition and not by the crate.

use protattn_probe::ndarray::{Array1, Array2, Axis, array, s};
use protattn_probe::{ClassWeights, LogisticRegression, Probe};

use crate::data::samples;

/// The gradient of the mean loss in feature units, one row a class.
fn loss_gradient(probe: &Probe, features: &Array2<f32>, labels: &[usize]) -> Array2<f64> {
    let x = features.mapv(f64::from);
    let mut residuals = probe.predict_proba(features.view()).unwrap();
    for (sample, label) in labels.iter().enumerate() {
        residuals[[sample, *label]] -= 1.0;
    }
    // Two classes have one row of coefficients, for class 1.
    let first = if probe.n_classes() == 2 { 1 } else { 0 };
    residuals.slice(s![.., first..]).t().dot(&x) / labels.len() as f64
}

/// The largest entry of the gradient of scikit-learn's objective in feature units, divided by C
/// and by the number of samples.
fn gradient_norm(probe: &Probe, features: &Array2<f32>, labels: &[usize], c: f64) -> f64 {
    let n = labels.len() as f64;
    let loss = loss_gradient(probe, features, labels);
    let gradient = loss + probe.coefficients().mapv(|w| w / (c * n));
    let largest = gradient.fold(0.0_f64, |m, g| m.max(g.abs()));
    let mut residuals = probe.predict_proba(features).unwrap().sum_axis(Axis(0));
    for label in labels {
        residuals[*label] -= 1.0;
    }
    residuals.fold(largest, |m, r| m.max(r.abs() / n))
}

#[test]
fn the_gradient_vanishes() {
    for (n_classes, c) in [(2, 1.0), (2, 0.001), (3, 1.0), (5, 100.0)] {
        let (features, labels) = samples(1003, 9, n_classes);
        let probe = LogisticRegression::builder()
            .inverse_penalty(c)
            .standardize(false)
            .tolerance(1e-11)
            .build()
            .unwrap()
            .fit(features.view(), &labels, n_classes)
            .unwrap();
        assert!(
            probe.fit().converged,
            "{n_classes} classes, C {c}: {:?}",
            probe.fit()
        );
        let norm = gradient_norm(&probe, &features, &labels, c);
        assert!(norm < 2e-9, "{n_classes} classes, C {c}: gradient {norm:e}");
    }
}

/// The largest entry of the least subgradient, likewise, of an elastic net.
#[test]
fn the_least_subgradient_vanishes_and_zeros_are_exact() {
    for (n_classes, c, l1_ratio) in [
        (2, 0.01, 1.0),
        (3, 0.01, 1.0),
        (4, 0.02, 0.5),
        (5, 0.03, 1.0),
    ] {
        let (features, labels) = samples(1003, 30, n_classes);
        let probe = LogisticRegression::builder()
            .inverse_penalty(c)
            .l1_ratio(l1_ratio)
            .standardize(false)
            .tolerance(1e-11)
            .build()
            .unwrap()
            .fit(&features, &labels, n_classes)
            .unwrap();
        assert!(
            probe.fit().converged,
            "{n_classes} classes: {:?}",
            probe.fit()
        );
        let loss = loss_gradient(&probe, &features, &labels);
        let whole = 1.0 / (c * labels.len() as f64);
        for (gradient, weight) in loss.iter().zip(probe.coefficients()) {
            let smooth = gradient + (1.0 - l1_ratio) * whole * weight;
            let absolute = l1_ratio * whole;
            let least = if *weight == 0.0 {
                (smooth.abs() - absolute).max(0.0)
            } else {
                smooth + absolute * weight.signum()
            };
            assert!(least.abs() < 2e-9, "{n_classes} classes: {least:e}");
        }
        let zeros = probe.coefficients().iter().filter(|w| **w == 0.0).count();
        assert!(zeros > probe.coefficients().len() / 4, "{zeros}");
        assert!(zeros < probe.coefficients().len());
    }
}

#[test]
fn standardising_is_the_same_as_fitting_standardised_features() {
    let (features, labels) = samples(500, 4, 3);
    let x = features.mapv(f64::from);
    let (mean, sd) = (x.mean_axis(Axis(0)).unwrap(), x.std_axis(Axis(0), 0.0));
    // Rounding to single precision moves these a little, hence the loose comparison.
    let standardised = ((&x - &mean) / &sd).mapv(|v| v as f32);

    let builder = LogisticRegression::builder()
        .inverse_penalty(0.05)
        .tolerance(1e-11);
    let folded = builder.clone().build().unwrap();
    let folded = folded.fit(features.view(), &labels, 3).unwrap();
    let by_hand = builder.standardize(false).build().unwrap();
    let by_hand = by_hand.fit(standardised.view(), &labels, 3).unwrap();

    let difference = &folded.coefficients() * &sd - by_hand.coefficients();
    assert!(difference.iter().all(|d| d.abs() < 1e-6), "{difference}");
    let at_mean = folded.coefficients().dot(&mean) + folded.intercepts();
    let difference = at_mean - by_hand.intercepts();
    assert!(difference.iter().all(|d| d.abs() < 1e-6), "{difference}");
}

#[test]
fn separable_classes_with_next_to_no_penalty_stay_finite() {
    let features = array![[0.0], [1.0], [2.0], [3.0]];
    let probe = LogisticRegression::builder()
        .inverse_penalty(1e12)
        .build()
        .unwrap()
        .fit(features.view(), &[0, 0, 1, 1], 2)
        .unwrap();
    assert!(probe.coefficients().iter().all(|w| w.is_finite()));
    assert!(probe.fit().objective.is_finite());
    assert_eq!(
        probe.predict(features.view()).unwrap().to_vec(),
        [0, 0, 1, 1]
    );
}

#[test]
fn balanced_weights_are_the_given_weights_of_equal_mass() {
    let (features, labels) = samples(600, 3, 3);
    let counts = [0, 1, 2].map(|class| labels.iter().filter(|label| **label == class).count());
    let weights = counts.map(|count| 200.0 / count as f64).to_vec();
    let fit = |weights| {
        let settings = LogisticRegression::builder()
            .class_weights(weights)
            .build()
            .unwrap();
        settings.fit(features.view(), &labels, 3).unwrap()
    };
    assert_eq!(
        fit(ClassWeights::Balanced),
        fit(ClassWeights::Given(weights))
    );
}

#[test]
fn several_classes_add_up_to_nothing() {
    let (features, labels) = samples(400, 6, 4);
    let settings = LogisticRegression::default();
    let probe = settings.fit(features.view(), &labels, 4).unwrap();
    let sums: Array1<f64> = probe.coefficients().sum_axis(Axis(0));
    assert!(sums.iter().all(|sum| sum.abs() < 1e-9), "{sums}");
    assert!(probe.intercepts().sum().abs() < 1e-9);
}

#[test]
fn a_step_limit_is_reported() {
    let (features, labels) = samples(400, 6, 2);
    let settings = LogisticRegression::builder()
        .max_iterations(1)
        .build()
        .unwrap();
    let fit = *settings.fit(features.view(), &labels, 2).unwrap().fit();
    assert!(!fit.converged);
    assert_eq!(fit.iterations, 1);
    assert!(fit.gradient_norm > 1e-8);
}
