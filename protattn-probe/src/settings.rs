use std::num::NonZeroUsize;

use protattn_io::parallel;

use crate::Error;
use crate::lbfgs::Limits;
use crate::probe::Probe;
use crate::problem::Problem;
use crate::source::FeatureSource;
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

/// What is added to the losses, and on which coefficients.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Penalty {
    /// scikit-learn's C.
    pub(crate) inverse: f64,
    /// Share of the absolute values.
    pub(crate) l1_ratio: f64,
    pub(crate) standardize: bool,
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
        self.settings.penalty.inverse = c;
        self
    }

    /// The share of the absolute values of the coefficients in the penalty, scikit-learn's
    /// `l1_ratio`: 0 is a penalty on the squares alone, 1 on the absolute values alone, between
    /// them is an elastic net. Above 0 some coefficients are exactly zero. In [0, 1]; 0 by default.
    pub fn l1_ratio(mut self, share: f64) -> Self {
        self.settings.penalty.l1_ratio = share;
        self
    }

    /// Whether the penalty is on the coefficients of standardised features (mean 0 and variance 1
    /// over the training samples) or on those of the features as they are. True by default.
    ///
    /// The coefficients of a [`Probe`] are in feature units either way.
    pub fn standardize(mut self, yes: bool) -> Self {
        self.settings.penalty.standardize = yes;
        self
    }

    /// How much samples count, by class. [`ClassWeights::Uniform`] by default.
    pub fn class_weights(mut self, weights: ClassWeights) -> Self {
        self.settings.class_weights = weights;
        self
    }

    /// The fit ends once no entry of the gradient is larger than this; see
    /// [`Fit::gradient_norm`](crate::Fit::gradient_norm) for the scale. Positive and finite; 1e-8 by default.
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
    /// [`Error::Setting`] if the inverse penalty or the tolerance is not positive and finite or the
    /// share of absolute values not in [0, 1], [`Error::ClassWeight`] if a class weight is not
    /// positive and finite.
    pub fn build(self) -> Result<LogisticRegression, Error> {
        let settings = self.settings;
        check_positive("inverse_penalty", settings.penalty.inverse)?;
        if !(0.0..=1.0).contains(&settings.penalty.l1_ratio) {
            return Err(Error::Setting {
                name: "l1_ratio",
                found: settings.penalty.l1_ratio,
                expected: "from 0 to 1",
            });
        }
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

pub(crate) fn check_positive(name: &'static str, found: f64) -> Result<(), Error> {
    if is_positive(found) {
        return Ok(());
    }
    Err(Error::Setting {
        name,
        found,
        expected: "positive and finite",
    })
}

/// Penalised logistic regression: binary for two classes, multinomial for more.
///
/// It minimises the objective of scikit-learn's `LogisticRegression`,
///
/// `C * sum over samples of weight * loss + l1_ratio * sum of |coefficients|
/// + (1 - l1_ratio) / 2 * sum of squared coefficients`,
///
/// where the loss is the negative log probability of the right class, in nats, and the
/// coefficients are those of standardised features unless
/// [`standardize`](LogisticRegressionBuilder::standardize) says otherwise. Intercepts are not
/// penalised. Two classes have one row of coefficients, for the log odds of class 1; more classes
/// have one each, and intercepts that add up to zero over the classes. With a penalty on squares
/// alone so do the coefficients. With one on absolute values alone and four classes or more the coefficients of a feature may be
/// determined only up to a number added to all of them, which changes neither a probability nor the
/// objective.
///
/// The solver works on all samples, in double precision. For squares it is limited-memory BFGS; for
/// absolute values a proximal quasi-Newton method with the same curvature, whose zeros are exact.
/// Where there are as many samples as features or more, and at most 4096 features, the covariance
/// of some of the samples is its first guess of the curvature; that takes 16 bytes a pair of
/// features. There is no random number in it.
#[derive(Debug, Clone)]
pub struct LogisticRegression {
    penalty: Penalty,
    class_weights: ClassWeights,
    tolerance: f64,
    max_iterations: usize,
    threads: Option<NonZeroUsize>,
}

impl Default for LogisticRegression {
    fn default() -> Self {
        Self {
            penalty: Penalty {
                inverse: 1.0,
                l1_ratio: 0.0,
                standardize: true,
            },
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
    /// `features` is `[sample, feature]`: an array, a view of one (`x.view()`, `&x`), or any other
    /// [`FeatureSource`]. It is not copied, but for a few rows at a time where they are not
    /// adjacent in memory. `labels` holds the class of each sample, 0-based, below `n_classes`;
    /// every class must occur. A feature with the same value in all samples gets the coefficient 0,
    /// and [`Fit::constant_features`](crate::Fit::constant_features) counts it.
    ///
    /// A fit that does not converge is a result, not an error: see [`Probe::fit`].
    ///
    /// # Errors
    ///
    /// - [`Error::OneForEach`], [`Error::NoLabels`], [`Error::TooFewSamples`],
    ///   [`Error::NoFeatures`], or [`Error::TooFewClasses`] if the
    ///   sizes do not fit;
    /// - [`Error::LabelOutOfRange`], [`Error::OneClass`] or [`Error::UnseenClass`] if the labels
    ///   do not;
    /// - [`Error::NotFinite`] if a feature is NaN or infinite;
    /// - [`Error::NoVariance`] if no feature varies;
    /// - [`Error::OutOfRange`] if weights, features or penalty are so large or so small that a
    ///   coefficient or what it takes to find it leaves the range of a double;
    /// - [`Error::TooLarge`] if there are more coefficients than can be addressed;
    /// - [`Error::Source`] or [`Error::SourceLength`] if the features cannot be had.
    pub fn fit(
        &self,
        features: impl FeatureSource,
        labels: &[usize],
        n_classes: usize,
    ) -> Result<Probe, Error> {
        self.problem(&features, labels, n_classes)?
            .solve(self.penalty, self.limits(), None)
    }

    /// Fits a probe, starting from another one: of a neighbouring layer, or of another penalty.
    ///
    /// The solution is the same, within the tolerance, and is reached in fewer steps if the start
    /// is near.
    ///
    /// # Errors
    ///
    /// Those of [`fit`](Self::fit), and [`Error::Start`] if `start` is of other classes or
    /// features.
    pub fn fit_from(
        &self,
        start: &Probe,
        features: impl FeatureSource,
        labels: &[usize],
        n_classes: usize,
    ) -> Result<Probe, Error> {
        self.problem(&features, labels, n_classes)?
            .solve(self.penalty, self.limits(), Some(start))
    }

    /// Fits a probe for each of several inverse penalties, in the order given, which are taken in
    /// place of that of the settings. Each starts from the one before, so an ascending order is the
    /// quickest.
    ///
    /// # Errors
    ///
    /// Those of [`fit`](Self::fit), and [`Error::Setting`] if an inverse penalty is not positive
    /// and finite.
    pub fn fit_path(
        &self,
        features: impl FeatureSource,
        labels: &[usize],
        n_classes: usize,
        inverse_penalties: &[f64],
    ) -> Result<Vec<Probe>, Error> {
        for inverse in inverse_penalties {
            check_positive("inverse_penalty", *inverse)?;
        }
        let problem = self.problem(&features, labels, n_classes)?;
        let mut path: Vec<Probe> = Vec::with_capacity(inverse_penalties.len());
        for inverse in inverse_penalties {
            let penalty = Penalty {
                inverse: *inverse,
                ..self.penalty
            };
            path.push(problem.solve(penalty, self.limits(), path.last())?);
        }
        Ok(path)
    }

    /// Settings after Rao et al. 2021; see `ContactRegression::default_settings`.
    pub(crate) fn contact_settings() -> Self {
        Self {
            penalty: Penalty {
                inverse: 1.0 / 0.15,
                l1_ratio: 1.0,
                standardize: false,
            },
            ..Self::default()
        }
    }

    /// These settings with another inverse penalty, which must have been checked.
    pub(crate) fn with_inverse_penalty(&self, inverse: f64) -> Self {
        let mut settings = self.clone();
        settings.penalty.inverse = inverse;
        settings
    }

    fn problem<'a>(
        &self,
        features: &'a dyn FeatureSource,
        labels: &'a [usize],
        n_classes: usize,
    ) -> Result<Problem<'a>, Error> {
        let threads = parallel::threads(self.threads);
        Problem::new(self.training(features, labels, n_classes)?, threads)
    }

    /// The samples, checked.
    pub(crate) fn training<'a>(
        &self,
        features: &'a dyn FeatureSource,
        labels: &'a [usize],
        n_classes: usize,
    ) -> Result<Training<'a>, Error> {
        Training::new(features, labels, n_classes, &self.class_weights)
    }

    fn limits(&self) -> Limits {
        Limits {
            tolerance: self.tolerance,
            max_iterations: self.max_iterations,
        }
    }
}
