//! Input that cannot be fitted is refused with one clear line.

use protattn_probe::ndarray::{Array2, array};
use protattn_probe::{ClassWeights, Error, LogisticRegression, LogisticRegressionBuilder};

fn refused(features: &Array2<f32>, labels: &[usize], n_classes: usize) -> String {
    let settings = LogisticRegression::default();
    settings
        .fit(features.view(), labels, n_classes)
        .unwrap_err()
        .to_string()
}

fn refused_setting(builder: LogisticRegressionBuilder) -> String {
    builder.build().unwrap_err().to_string()
}

#[test]
fn sizes() {
    let x = array![[1.0], [2.0], [3.0]];
    assert_eq!(
        refused(&x, &[0, 1], 2),
        "2 labels for 3 samples: there must be one for each"
    );
    assert_eq!(
        refused(&Array2::zeros((0, 1)), &[], 2),
        "no sample has a label"
    );
    assert_eq!(
        refused(&array![[1.0]], &[0], 2),
        "training needs at least 2 samples, found 1"
    );
    assert_eq!(
        refused(&Array2::zeros((3, 0)), &[0, 1, 0], 2),
        "the features have no columns: a probe needs at least one"
    );
    assert_eq!(
        refused(&x, &[0, 0, 0], 1),
        "the number of classes is 1: a classifier needs at least 2"
    );
}

#[test]
fn labels() {
    let x = array![[1.0], [2.0], [3.0]];
    assert_eq!(
        refused(&x, &[0, 1, 2], 2),
        "the label of sample 2 is 2: labels must be below 2"
    );
    assert_eq!(
        refused(&x, &[1, 1, 1], 2),
        "all 3 training samples have the label 1: at least 2 classes are needed"
    );
    assert_eq!(
        refused(&x, &[0, 2, 2], 3),
        "class 1 of 3 has no training sample: leave it out and number the others without a gap"
    );
}

#[test]
fn features() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut x = Array2::zeros((1000, 3));
        x[[700, 1]] = bad;
        let mut labels = vec![0; 1000];
        labels[0] = 1;
        assert_eq!(
            refused(&x, &labels, 2),
            format!(
                "the feature in row 700, column 1 (both 0-based) is {bad}, not a finite number"
            )
        );
    }
}

#[test]
fn more_coefficients_than_memory() {
    let column = array![[0.0], [1.0]];
    let wide = column.broadcast((2, 1 << 60)).unwrap();
    let error = LogisticRegression::default().fit(wide, &[0, 1], 2);
    assert!(matches!(error, Err(Error::TooLarge { n_classes: 2, .. })));
}

#[test]
fn settings() {
    let builder = LogisticRegression::builder;
    assert_eq!(
        refused_setting(builder().inverse_penalty(0.0)),
        "inverse_penalty is 0: it must be positive and finite"
    );
    assert_eq!(
        refused_setting(builder().tolerance(f64::NAN)),
        "tolerance is NaN: it must be positive and finite"
    );
    assert_eq!(
        refused_setting(builder().l1_ratio(1.5)),
        "l1_ratio is 1.5: it must be from 0 to 1"
    );
    assert_eq!(
        refused_setting(builder().class_weights(ClassWeights::Given(vec![1.0, -2.0]))),
        "the weight of class 1 is -2: it must be positive and finite"
    );
    let settings = builder()
        .class_weights(ClassWeights::Given(vec![1.0]))
        .build()
        .unwrap();
    let error = settings
        .fit(array![[0.0], [1.0]].view(), &[0, 1], 2)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "1 class weights for 2 classes: there must be one for each"
    );
}

#[test]
fn numbers_that_leave_the_range_of_a_double() {
    let weighted = |weights: [f64; 2], inverse_penalty: f64, l1_ratio| {
        LogisticRegression::builder()
            .class_weights(ClassWeights::Given(weights.to_vec()))
            .inverse_penalty(inverse_penalty)
            .l1_ratio(l1_ratio)
            .build()
            .unwrap()
            .fit(array![[0.0], [2e10], [1e10]].view(), &[0, 1, 0], 2)
            .map_err(|error| error.to_string())
    };
    for l1_ratio in [0.0, 1.0] {
        assert_eq!(
            weighted([1e308, 1e308], 1.0, l1_ratio).unwrap_err(),
            "the total weight of the samples is inf: weights, features or penalty are out of range"
        );
        // The weights add up, but not their products with the features.
        assert_eq!(
            weighted([1e307, 1e307], 1.0, l1_ratio).unwrap_err(),
            "the gradient of the objective is inf: weights, features or penalty are out of range"
        );
        // The inverse of the inverse is infinite.
        assert_eq!(
            weighted([1.0, 1.0], 1e-310, l1_ratio).unwrap_err(),
            "the objective is NaN: weights, features or penalty are out of range"
        );
        assert!(weighted([1e290, 1e290], 1e-290, l1_ratio).is_ok());
        assert!(weighted([1.0, 1.0], f64::MAX, l1_ratio).is_ok());
    }
}

#[test]
fn features_without_variance_are_no_error() {
    let x = array![[7.0, 0.0], [7.0, 1.0], [7.0, 0.5]];
    let probe = LogisticRegression::default()
        .fit(x.view(), &[0, 1, 1], 2)
        .unwrap();
    assert_eq!(probe.coefficients()[[0, 0]], 0.0);
    assert!(probe.coefficients()[[0, 1]] > 0.0);
    assert_eq!(probe.fit().constant_features, 1);

    assert_eq!(
        refused(&array![[7.0, 0.0], [7.0, 0.0]], &[0, 1], 2),
        "every feature has the same value in all 2 training samples"
    );
}
