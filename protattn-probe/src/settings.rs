use std::num::NonZeroUsize;
use std::thread;

use ndarray::ArrayView2;

use crate::Error;
use crate::blocks::Blocks;
use crate::lbfgs::{self, Limits};
use crate::moments::Moments;
use crate::objective::{Objective, n_scores};
use crate::probe::{Fit, Probe};
use crate::training::Training;

/// How much the loss of a sample counts, by its class.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum ClassWeights {
    /// Every sample counts 1.
    #[default]
    Uniform,
    /// A sample counts `n / (n_classes * n_c)`, with `n` samples in all and `n_c` of its class, so
    /// that each class counts the same in total (scikit-learn's `balanced`).
    Balanced,
    /// One weight for each class `[class]`, positive and finite.
    Given(Vec<f64>),
}

/// Settings of a [`LogisticRegression`], to be checked by [`build`](Self::build).
#[derive(Debug, Clone)]
#[must_use]
pub struct LogisticRegressionBuilder {
    settings: LogisticRegression,
}

impl LogisticRegressionBuilder {
    /// The inverse of the penalty, scikit-learn's C: the factor before the sum of losses. Smaller
    /// is a stronger penalty. Positive and finite; 1 by default.
    pub fn inverse_penalty(mut self, c: f64) -> Self {
        self.settings.inverse_penalty = c;
        self
    }

    /// Whether the penalty is on the coefficients of standardised features (mean 0 and variance 1
    /// over the training samples) or on those of the features as they are. True by default.
    ///
    /// The coefficients of a [`Probe`] are in feature units either way.
    pub fn standardize(mut self, yes: bool) -> Self {
        self.settings.standardize = yes;
        self
    }

    /// How much samples count, by class. [`ClassWeights::Uniform`] by default.
    pub fn class_weights(mut self, weights: ClassWeights) -> Self {
        self.settings.class_weights = weights;
        self
    }

    /// The fit ends once no entry of the gradient is larger than this; see
    /// [`Fit::gradient_norm`] for the scale. Positive and finite; 1e-8 by default.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.settings.tolerance = tolerance;
        self
    }

    /// Steps of the solver at most. At this limit the fit ends and says that it did not converge.
    /// 1000 by default.
    pub fn max_iterations(mut self, n: usize) -> Self {
        self.settings.max_iterations = n;
        self
    }

    /// Threads at most. The result is the same, bit for bit, for any number of them. By default as
    /// many as the process may use.
    pub fn threads(mut self, n: NonZeroUsize) -> Self {
        self.settings.threads = Some(n);
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if the inverse penalty or the tolerance is not positive and finite,
    /// [`Error::ClassWeight`] if a class weight is not.
    pub fn build(self) -> Result<LogisticRegression, Error> {
        let settings = self.settings;
        check_positive("inverse_penalty", settings.inverse_penalty)?;
        check_positive("tolerance", settings.tolerance)?;
        if let ClassWeights::Given(weights) = &settings.class_weights
            && let Some(class) = weights.iter().position(|weight| !is_positive(*weight))
        {
            return Err(Error::ClassWeight {
                class,
                weight: weights[class],
            });
        }
        Ok(settings)
    }
}

fn is_positive(x: f64) -> bool {
    x > 0.0 && x.is_finite()
}

fn check_positive(name: &'static str, found: f64) -> Result<(), Error> {
    if is_positive(found) {
        return Ok(());
    }
    Err(Error::Setting {
        name,
        found,
        expected: "positive and finite",
    })
}

/// Logistic regression with an L2 penalty: binary for two classes, multinomial for more.
///
/// It minimises the objective of scikit-learn's `LogisticRegression`,
///
/// `C * sum over samples of weight * loss + 0.5 * sum of squared coefficients`,
///
/// where the loss is the negative log probability of the right class, in nats, and the
/// coefficients are those of standardised features unless
/// [`standardize`](LogisticRegressionBuilder::standardize) says otherwise. Intercepts are not
/// penalised. Two classes have one row of coefficients, for the log odds of class 1; more classes
/// have one each, and these add up to zero over the classes.
///
/// The solver is limited-memory BFGS on all samples, in double precision, from coefficients of
/// zero. Where there are as many samples as features or more, and at most 4096 features, the
/// covariance of some of the samples is its first guess of the curvature; that takes 8 bytes a pair
/// of features. There is no random number in it.
#[derive(Debug, Clone)]
pub struct LogisticRegression {
    inverse_penalty: f64,
    standardize: bool,
    class_weights: ClassWeights,
    tolerance: f64,
    max_iterations: usize,
    threads: Option<NonZeroUsize>,
}

impl Default for LogisticRegression {
    fn default() -> Self {
        Self {
            inverse_penalty: 1.0,
            standardize: true,
            class_weights: ClassWeights::Uniform,
            tolerance: 1e-8,
            max_iterations: 1000,
            threads: None,
        }
    }
}

impl LogisticRegression {
    /// Settings at their defaults, to be changed and then checked.
    pub fn builder() -> LogisticRegressionBuilder {
        LogisticRegressionBuilder {
            settings: Self::default(),
        }
    }

    /// Fits a probe.
    ///
    /// `features` is `[sample, feature]` and is not copied (where a row's features are not
    /// adjacent in memory, a few rows at a time are). `labels` holds the class of each sample,
    /// 0-based, below `n_classes`; every class must occur. A feature with the same value in all
    /// samples gets the coefficient 0.
    ///
    /// A fit that does not converge is a result, not an error: see [`Probe::fit`].
    ///
    /// # Errors
    ///
    /// - [`Error::LabelCount`], [`Error::TooFewSamples`], [`Error::NoFeatures`],
    ///   [`Error::TooFewClasses`] or [`Error::ClassWeightCount`] if the sizes do not fit;
    /// - [`Error::LabelOutOfRange`], [`Error::OneClass`] or [`Error::UnseenClass`] if the labels
    ///   do not;
    /// - [`Error::NotFinite`] if a feature is NaN or infinite;
    /// - [`Error::TooLarge`] if there are more coefficients than can be addressed.
    pub fn fit(
        &self,
        features: ArrayView2<'_, f32>,
        labels: &[usize],
        n_classes: usize,
    ) -> Result<Probe, Error> {
        let training = Training::new(features, labels, n_classes, &self.class_weights)?;
        check_memory(n_classes, features.ncols())?;
        let threads = self.threads.unwrap_or_else(available_threads);
        let blocks = Blocks::new(features.nrows(), features.ncols(), threads);
        let moments = Moments::new(features, blocks)?;
        let objective = Objective::new(
            &training,
            moments,
            self.inverse_penalty,
            self.standardize,
            blocks,
        );
        let limits = Limits {
            tolerance: self.tolerance,
            max_iterations: self.max_iterations,
        };
        let preconditioner = objective.preconditioner();
        let found = lbfgs::minimise(
            objective.start(),
            limits,
            |gradient| preconditioner.apply(gradient),
            |point| objective.evaluate(point),
        );
        let (coefficients, intercepts) = objective.in_feature_units(&found.point);
        let fit = Fit {
            converged: found.converged,
            iterations: found.iterations,
            gradient_norm: found.gradient_norm,
            objective: found.value * self.inverse_penalty * training.total_weight,
        };
        Ok(Probe::new(coefficients, intercepts, n_classes, fit))
    }
}

/// Refuses coefficients that, with the copies of them that the solver keeps, cannot be addressed.
fn check_memory(n_classes: usize, n_features: usize) -> Result<(), Error> {
    const BYTES_PER_COEFFICIENT: usize = 128 * size_of::<f64>();
    n_features
        .checked_add(1)
        .and_then(|width| width.checked_mul(n_scores(n_classes)))
        .and_then(|coefficients| coefficients.checked_mul(BYTES_PER_COEFFICIENT))
        .filter(|bytes| *bytes <= isize::MAX as usize)
        .map(|_| ())
        .ok_or(Error::TooLarge {
            n_classes,
            n_features,
        })
}

fn available_threads() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
