//! A set of samples made ready to be fitted, once or under several penalties.

use std::num::NonZeroUsize;

use ndarray::Array2;

use crate::Error;
use crate::blocks::Blocks;
use crate::lbfgs::{self, Limits};
use crate::moments::Moments;
use crate::objective::{Objective, n_scores};
use crate::preconditioner::{Preconditioner, correlations, covariance};
use crate::probe::{Fit, Probe};
use crate::proximal::{self, Curvature};
use crate::settings::Penalty;
use crate::training::{Training, check_range};

/// Samples with what the solver needs to know of them whatever the penalty is.
pub(crate) struct Problem<'a> {
    training: Training<'a>,
    blocks: Blocks,
    moments: Moments,
    correlations: Option<Array2<f64>>,
}

impl<'a> Problem<'a> {
    pub(crate) fn new(training: Training<'a>, threads: NonZeroUsize) -> Result<Self, Error> {
        let features = training.features;
        check_memory(training.n_classes(), features.n_features())?;
        let blocks = Blocks::new(features.n_samples(), features.n_features(), threads);
        let moments = Moments::new(features, blocks)?;
        if moments.variance.iter().all(|variance| *variance == 0.0) {
            return Err(Error::NoVariance {
                samples: features.n_samples(),
            });
        }
        Ok(Self {
            correlations: correlations(features, &moments, threads)?,
            training,
            blocks,
            moments,
        })
    }

    /// Fits a probe, from `start` or else from coefficients of zero.
    pub(crate) fn solve(
        &self,
        penalty: Penalty,
        limits: Limits,
        start: Option<&Probe>,
    ) -> Result<Probe, Error> {
        let objective = Objective::new(&self.training, &self.moments, penalty, self.blocks);
        let point = match start {
            Some(probe) => {
                self.check_start(probe)?;
                objective.point_of(probe)
            }
            None => objective.start(),
        };
        let evaluate = |point: &[f64]| objective.evaluate(point);
        let found = if penalty.l1_ratio > 0.0 {
            let weights = objective.absolute_weights();
            let curvature = self.covariance(&objective).map(|covariance| Curvature {
                covariance,
                coupling: objective.coupling_at_start(),
                ridge: objective.ridge().to_vec(),
            });
            proximal::minimise(point, &weights, limits, curvature.as_ref(), evaluate)?
        } else {
            let coupling = objective.coupling_at_start();
            let curvature = coupling.diag().mean().unwrap_or_default();
            let preconditioner = match self.covariance(&objective) {
                Some(covariance) => Preconditioner::new(covariance, objective.ridge(), curvature),
                None => Preconditioner::Identity,
            };
            let precondition = |gradient: &mut [f64]| preconditioner.apply(gradient);
            lbfgs::minimise(point, limits, precondition, evaluate)?
        };
        check_range("the objective", found.value)?;
        check_range("the gradient of the objective", found.gradient_norm)?;
        let (coefficients, mut intercepts) = objective.in_feature_units(&found.point);
        if intercepts.len() > 1 {
            // Only their differences are determined.
            intercepts -= intercepts.mean().unwrap_or_default();
        }
        for coefficient in &coefficients {
            check_range("a coefficient", *coefficient)?;
        }
        for intercept in &intercepts {
            check_range("an intercept", *intercept)?;
        }
        let variance = &self.moments.variance;
        let fit = Fit {
            converged: found.converged,
            iterations: found.iterations,
            gradient_norm: found.gradient_norm,
            objective: found.value * penalty.inverse * self.training.total_weight,
            constant_features: variance.iter().filter(|v| **v == 0.0).count(),
        };
        let n_classes = self.training.n_classes();
        Ok(Probe::new(coefficients, intercepts, n_classes, fit))
    }

    fn check_start(&self, probe: &Probe) -> Result<(), Error> {
        let expected = (self.training.n_classes(), self.moments.mean.len());
        let found = (probe.n_classes(), probe.n_features());
        if expected == found {
            return Ok(());
        }
        Err(Error::Start { expected, found })
    }

    /// The covariance of the features in the coordinates of the solver, where it is known.
    fn covariance(&self, objective: &Objective<'_>) -> Option<Array2<f64>> {
        let variance = self.moments.variance.iter();
        let scale = objective.scale().iter();
        let unit: Vec<f64> = variance.zip(scale).map(|(v, s)| v.sqrt() * s).collect();
        Some(covariance(self.correlations.as_ref()?, &unit))
    }
}

/// Refuses coefficients that, with the copies of them that the solver keeps, cannot be addressed.
fn check_memory(n_classes: usize, n_features: usize) -> Result<(), Error> {
    const BYTES_PER_COEFFICIENT: usize = 256 * size_of::<f64>();
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
