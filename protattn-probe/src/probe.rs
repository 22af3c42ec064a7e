use std::path::Path;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use crate::Error;
use crate::error::check_one_for_each;
use crate::kernel::{Kernel, TILE, chunks, tile};
use crate::loss;
use crate::moments::check_finite;
use crate::objective::{Linear, n_scores};
use crate::save::{self, Saved, damaged};
use crate::source::{FeatureSource, read};
use crate::training::check_labels;

/// How a fit ended.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Fit {
    /// Whether the gradient came within the tolerance. If not, the solver reached the greatest
    /// number of steps, or rounding left it no step that improves the objective.
    pub converged: bool,
    /// Steps taken.
    pub iterations: usize,
    /// Largest absolute entry of the gradient of the objective at the solution; with absolute
    /// values in the penalty, of the least subgradient.
    ///
    /// It is taken of the objective divided by C and by the sum of the samples' weights, so that
    /// the same tolerance asks the same of 100 samples and of a million (scikit-learn does the
    /// same), and with respect to coefficients of features that have a variance of about 1.
    pub gradient_norm: f64,
    /// The objective of [`LogisticRegression`](crate::LogisticRegression) at the solution, not
    /// divided by anything.
    pub objective: f64,
    /// Features with the same value in all training samples; their coefficients are 0.
    pub constant_features: usize,
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

    pub(crate) fn shift_intercepts(&mut self, by: f64) {
        self.intercepts += by;
    }

    /// The scores `[sample, class]` of samples `[sample, feature]`, before the softmax; for two
    /// classes a single column, the log odds of class 1.
    ///
    /// # Errors
    ///
    /// [`Error::FeatureCount`] if the samples have too few or too many features,
    /// [`Error::NotFinite`] if one of them is NaN or infinite, [`Error::Source`] or
    /// [`Error::SourceLength`] if they cannot be had.
    pub fn decision_function(&self, features: impl FeatureSource) -> Result<Array2<f64>, Error> {
        if features.n_features() != self.n_features() {
            return Err(Error::FeatureCount {
                expected: self.n_features(),
                found: features.n_features(),
            });
        }
        let linear = Linear {
            kernel: Kernel::detect(),
            coefficients: self.coefficients.view(),
            intercepts: self.intercepts.as_slice().unwrap_or_default(),
        };
        let n_samples = features.n_samples();
        let mut scores = Array2::zeros((n_samples, self.intercepts.len()));
        let mut buffer = Vec::new();
        for chunk in chunks(0..n_samples, self.n_features()) {
            let (first, n_rows) = (chunk.start, chunk.len());
            let values = read(&features, chunk, &mut buffer)?;
            let whole_tiles = n_rows - n_rows % TILE;
            for start in (0..whole_tiles).step_by(TILE) {
                let rows = tile::<f32, TILE>(values, self.n_features(), start);
                linear.scores(rows, |score, row, value| {
                    scores[[first + start + row, score]] = value;
                });
            }
            for sample in whole_tiles..n_rows {
                let rows = tile::<f32, 1>(values, self.n_features(), sample);
                linear.scores(rows, |score, _, value| {
                    scores[[first + sample, score]] = value;
                });
            }
        }
        // A bad feature spoils the score of its sample, even with a coefficient of 0.
        if scores.iter().any(|score| !score.is_finite()) {
            check_finite(&features)?;
        }
        Ok(scores)
    }

    /// The probability of each class `[sample, class]`, for two classes as well; each row adds up
    /// to 1.
    ///
    /// # Errors
    ///
    /// As [`decision_function`](Self::decision_function).
    pub fn predict_proba(&self, features: impl FeatureSource) -> Result<Array2<f64>, Error> {
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
    pub fn predict(&self, features: impl FeatureSource) -> Result<Array1<usize>, Error> {
        let scores = self.decision_function(features)?;
        let classes = scores.rows().into_iter().map(|row| match row.to_slice() {
            Some([log_odds]) => usize::from(*log_odds > 0.0),
            _ => first_largest(row.iter().copied()),
        });
        Ok(classes.collect())
    }
}

/// The name of the entry of the metadata.
const KIND: &str = "protattn-probe";

/// # Saving and loading
///
/// A probe is saved as a safetensors file with the tensors `coefficients` `[class, feature]` and
/// `intercepts` `[class]` (for two classes with one row), both F64 and in feature units, and one
/// entry of metadata, `protattn-probe`, whose lines are a name and a value each: `version` (1),
/// `classes`, `features`, `converged`, `iterations`, `gradient_norm`, `objective` and
/// `constant_features`. Equal probes give equal bytes, and what was loaded equals what was saved.
impl Probe {
    /// The probe as the bytes of a safetensors file.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] if the format cannot hold it, for which it would have to be huge.
    ///
    /// # Examples
    ///
    /// ```
    /// use protattn_probe::ndarray::array;
    /// use protattn_probe::{LogisticRegression, Probe};
    ///
    /// let features = array![[0.1_f32], [0.4], [0.3], [0.9]];
    /// let probe = LogisticRegression::default().fit(&features, &[0, 0, 1, 1], 2)?;
    /// assert_eq!(Probe::from_bytes(&probe.to_bytes()?)?, probe);
    /// # Ok::<(), protattn_probe::Error>(())
    /// ```
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut saved = Saved::new();
        saved.set("classes", self.n_classes);
        saved.set("features", self.n_features());
        saved.set_fit(&self.fit);
        let shape = [self.coefficients.nrows(), self.coefficients.ncols()];
        saved.set_tensor("coefficients", &shape, &self.coefficients);
        saved.set_tensor("intercepts", &shape[..1], &self.intercepts);
        saved.to_bytes(KIND)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] if the bytes are no probe, if tensors and metadata contradict each other,
    /// or if a number is not finite.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut saved = Saved::from_bytes(bytes, KIND, &["coefficients", "intercepts"])?;
        let (n_classes, n_features) = (saved.value("classes")?, saved.value("features")?);
        if n_classes < 2 || n_features == 0 {
            let message = format!("it has {n_classes} classes and {n_features} features");
            return Err(damaged(message));
        }
        let shape = [n_scores(n_classes), n_features];
        let coefficients = saved.matrix("coefficients", shape)?;
        let intercepts = saved.tensor("intercepts", &shape[..1])?;
        let fit = saved.fit()?;
        Ok(Self::new(coefficients, intercepts.into(), n_classes, fit))
    }

    /// Writes the probe to a file, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if the file cannot be written, and those of [`to_bytes`](Self::to_bytes).
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        save::write(path.as_ref(), &self.to_bytes()?)
    }

    /// Reads a probe from a file.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if the file cannot be read, [`Error::Damaged`] if it is over 1 GiB, and
    /// those of [`from_bytes`](Self::from_bytes).
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::from_bytes(&save::read(path.as_ref())?)
    }
}

impl Probe {
    /// The mean log loss of samples with these labels `[sample]`, in nats: minus the logarithm of
    /// the probability of the right class. NaN without samples.
    ///
    /// # Errors
    ///
    /// Those of [`decision_function`](Self::decision_function); [`Error::OneForEach`] if there is
    /// not one label for each sample, [`Error::LabelOutOfRange`] if a label is of a class that the
    /// probe does not know, and whose probability it cannot tell.
    pub fn log_loss(&self, features: impl FeatureSource, labels: &[usize]) -> Result<f64, Error> {
        let samples = features.n_samples();
        check_one_for_each(("labels", labels.len()), ("samples", samples))?;
        check_labels(labels, self.n_classes)?;
        let mut scores = self.decision_function(features)?;
        let mut sum = 0.0;
        for (row, label) in scores.rows_mut().into_iter().zip(labels) {
            sum += row
                .into_slice()
                .map_or(0.0, |row| loss::replace_by_residuals(row, *label));
        }
        Ok(sum / samples as f64)
    }
}

/// The place of the largest value; of equals, the first.
pub(crate) fn first_largest(values: impl IntoIterator<Item = f64>) -> usize {
    let mut values = values.into_iter().enumerate();
    let Some(mut best) = values.next() else {
        return 0;
    };
    for (place, value) in values {
        if value > best.1 {
            best = (place, value);
        }
    }
    best.0
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
        constant_features: 0,
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
            two_classes().predict(Array2::zeros((0, 2))).unwrap().len(),
            0
        );
    }

    #[test]
    fn samples_that_do_not_fit_are_refused() {
        let error = two_classes().predict(Array2::zeros((3, 5))).unwrap_err();
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
