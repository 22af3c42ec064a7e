use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use crate::Error;
use crate::kernel::{Kernel, Rows, TILE};
use crate::loss;
use crate::moments::check_finite;
use crate::objective::Linear;

/// How a fit ended.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Fit {
    /// Whether the gradient came within the tolerance. If not, the solver reached the greatest
    /// number of steps, or rounding left it no step that improves the objective.
    pub converged: bool,
    /// Steps taken.
    pub iterations: usize,
    /// Largest absolute entry of the gradient of the objective at the solution.
    ///
    /// It is taken of the objective divided by C and by the sum of the samples' weights, so that
    /// the same tolerance asks the same of 100 samples and of a million (scikit-learn does the
    /// same), and with respect to coefficients of features that have a variance of about 1.
    pub gradient_norm: f64,
    /// The objective of [`LogisticRegression`](crate::LogisticRegression) at the solution, not
    /// divided by anything.
    pub objective: f64,
}

/// A fitted linear classifier.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    coefficients: Array2<f64>,
    intercepts: Array1<f64>,
    n_classes: usize,
    fit: Fit,
}

impl Probe {
    /// `coefficients` must be `[score, feature]` in row order, with one score for two classes.
    pub(crate) fn new(
        coefficients: Array2<f64>,
        intercepts: Array1<f64>,
        n_classes: usize,
        fit: Fit,
    ) -> Self {
        Self {
            coefficients,
            intercepts,
            n_classes,
            fit,
        }
    }

    /// Coefficients `[class, feature]` in units of the features as they were given, whether or not
    /// the fit standardised them; for two classes a single row, for the log odds of class 1.
    pub fn coefficients(&self) -> ArrayView2<'_, f64> {
        self.coefficients.view()
    }

    /// Intercepts `[class]`, for two classes a single one, as [`coefficients`](Self::coefficients).
    pub fn intercepts(&self) -> ArrayView1<'_, f64> {
        self.intercepts.view()
    }

    /// Classes the probe tells apart: 2 or more.
    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    /// Features a sample must have.
    pub fn n_features(&self) -> usize {
        self.coefficients.ncols()
    }

    /// How the fit ended; whether it converged above all.
    pub fn fit(&self) -> &Fit {
        &self.fit
    }

    /// The scores `[sample, class]` of samples `[sample, feature]`, before the softmax; for two
    /// classes a single column, the log odds of class 1.
    ///
    /// # Errors
    ///
    /// [`Error::FeatureCount`] if the samples have too few or too many features,
    /// [`Error::NotFinite`] if one of them is NaN or infinite.
    pub fn decision_function(&self, features: ArrayView2<'_, f32>) -> Result<Array2<f64>, Error> {
        if features.ncols() != self.n_features() {
            return Err(Error::FeatureCount {
                expected: self.n_features(),
                found: features.ncols(),
            });
        }
        let linear = Linear {
            kernel: Kernel::detect(),
            coefficients: self.coefficients.view(),
            intercepts: self.intercepts.as_slice().unwrap_or_default(),
        };
        let n_samples = features.nrows();
        let mut scores = Array2::zeros((n_samples, self.intercepts.len()));
        let mut rows = Rows::new(features);
        let whole_tiles = n_samples - n_samples % TILE;
        for start in (0..whole_tiles).step_by(TILE) {
            linear.scores::<TILE>(rows.tile(start), |score, row, value| {
                scores[[start + row, score]] = value;
            });
        }
        for sample in whole_tiles..n_samples {
            linear.scores::<1>(rows.tile(sample), |score, _, value| {
                scores[[sample, score]] = value;
            });
        }
        // A bad feature spoils the score of its sample, even with a coefficient of 0.
        if scores.iter().any(|score| !score.is_finite()) {
            check_finite(features)?;
        }
        Ok(scores)
    }

    /// The probability of each class `[sample, class]`, for two classes as well; each row adds up
    /// to 1.
    ///
    /// # Errors
    ///
    /// As [`decision_function`](Self::decision_function).
    pub fn predict_proba(&self, features: ArrayView2<'_, f32>) -> Result<Array2<f64>, Error> {
        let mut scores = self.decision_function(features)?;
        if self.n_classes == 2 {
            let shape = (scores.nrows(), 2);
            return Ok(Array2::from_shape_fn(shape, |(sample, class)| {
                let log_odds = scores[[sample, 0]];
                loss::sigmoid(if class == 1 { log_odds } else { -log_odds })
            }));
        }
        for row in scores.axis_iter_mut(Axis(0)) {
            if let Some(row) = row.into_slice() {
                loss::softmax(row);
            }
        }
        Ok(scores)
    }

    /// The most probable class of each sample `[sample]`, 0-based; the first of several that are
    /// equally probable.
    ///
    /// # Errors
    ///
    /// As [`decision_function`](Self::decision_function).
    pub fn predict(&self, features: ArrayView2<'_, f32>) -> Result<Array1<usize>, Error> {
        let scores = self.decision_function(features)?;
        let classes = scores.rows().into_iter().map(|row| match row.to_slice() {
            Some([log_odds]) => usize::from(*log_odds > 0.0),
            _ => first_largest(row),
        });
        Ok(classes.collect())
    }
}

fn first_largest(scores: ArrayView1<'_, f64>) -> usize {
    let mut best = 0;
    for (class, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = class;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ndarray::array;

    use super::*;

    const FIT: Fit = Fit {
        converged: true,
        iterations: 0,
        gradient_norm: 0.0,
        objective: 0.0,
    };

    fn two_classes() -> Probe {
        Probe::new(array![[2.0, -1.0]], array![0.5], 2, FIT)
    }

    fn three_classes() -> Probe {
        let coefficients = array![[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]];
        Probe::new(coefficients, array![0.0, 0.0, 0.25], 3, FIT)
    }

    #[test]
    fn two_classes_by_hand() {
        let x = array![[1.0, 0.0], [0.0, 0.5], [0.0, 1.0], [0.25, 0.0], [-1.0, 3.0]];
        let scores = two_classes().decision_function(x.view()).unwrap();
        assert_eq!(scores, array![[2.5], [0.0], [-0.5], [1.0], [-4.5]]);
        assert_eq!(
            two_classes().predict(x.view()).unwrap(),
            array![1, 0, 0, 1, 0]
        );
        let probabilities = two_classes().predict_proba(x.view()).unwrap();
        assert_eq!(probabilities.dim(), (5, 2));
        assert_eq!(probabilities.row(1), array![0.5, 0.5]);
        assert!((probabilities[[0, 1]] - 1.0 / (1.0 + (-2.5_f64).exp())).abs() < 1e-15);
    }

    #[test]
    fn three_classes_by_hand() {
        let x = array![[1.0, 1.0], [-1.0, 0.0], [0.0, 3.0]];
        let scores = three_classes().decision_function(x.view()).unwrap();
        assert_eq!(
            scores,
            array![[1.0, 1.0, -1.75], [-1.0, 0.0, 1.25], [0.0, 3.0, -2.75]]
        );
        assert_eq!(three_classes().predict(x.view()).unwrap(), array![0, 2, 1]);
        let probabilities = three_classes().predict_proba(x.view()).unwrap();
        for row in probabilities.rows() {
            assert!((row.sum() - 1.0).abs() < 1e-15);
        }
        assert!((probabilities[[2, 1]] / probabilities[[2, 0]] - 3.0_f64.exp()).abs() < 1e-12);
    }

    #[test]
    fn no_samples_give_no_classes() {
        assert_eq!(
            two_classes()
                .predict(Array2::zeros((0, 2)).view())
                .unwrap()
                .len(),
            0
        );
    }

    #[test]
    fn samples_that_do_not_fit_are_refused() {
        let error = two_classes()
            .predict(Array2::zeros((3, 5)).view())
            .unwrap_err();
        let message = "the samples have 5 features, but the probe was fitted on 2";
        assert_eq!(error.to_string(), message);

        let x = array![[0.0, 0.0], [0.0, f32::NAN]];
        let error = Probe::new(array![[1.0, 0.0]], array![0.0], 2, FIT).predict(x.view());
        assert!(matches!(
            error,
            Err(Error::NotFinite {
                row: 1,
                column: 1,
                ..
            })
        ));
    }
}
