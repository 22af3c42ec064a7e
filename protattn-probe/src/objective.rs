//! The penalised log loss in coordinates in which it is well conditioned.
//!
//! The solver moves `u`, one number for each score and feature, and a centred intercept for each
//! score. With the mean m and the variance v of a feature, the coefficient in feature units is
//! `w = s u`, where `s = 1 / sqrt(v)` when the penalty is on standardised coefficients and
//! `s = 1 / sqrt(v + 4 l)` when it is on raw ones, `l` being the weight of the penalty against the
//! mean loss. (The second derivative of the log loss is at most v / 4, so that either choice makes
//! the diagonal of the Hessian about 1.) The intercept in feature units is the centred one less
//! the sum of `w m`. Features are thus standardised without being touched.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2};

use crate::blocks::Blocks;
use crate::kernel::{Kernel, Rows, TILE};
use crate::loss;
use crate::moments::Moments;
use crate::preconditioner::Preconditioner;
use crate::training::Training;

/// The mean weighted loss plus the penalty, as a function of the solver's coordinates.
///
/// A point is `[score, feature + 1]` in row order: each row holds `u` and then the centred
/// intercept. Two classes share one score, more have one each.
pub(crate) struct Objective<'a> {
    training: &'a Training<'a>,
    blocks: Blocks,
    kernel: Kernel,
    n_scores: usize,
    mean: Vec<f64>,
    /// `s` above `[feature]`; 0 for a feature without variance, which holds its coefficient at 0.
    scale: Vec<f64>,
    /// Half of this times the square of `u` is the penalty `[feature]`.
    ridge: Vec<f64>,
}

impl<'a> Objective<'a> {
    /// `inverse_penalty` is scikit-learn's C.
    pub(crate) fn new(
        training: &'a Training<'a>,
        moments: Moments,
        inverse_penalty: f64,
        standardize: bool,
        blocks: Blocks,
    ) -> Self {
        let penalty = 1.0 / (inverse_penalty * training.total_weight);
        let scale = moments.variance.iter().map(|variance| match variance {
            0.0 => 0.0,
            _ if standardize => 1.0 / variance.sqrt(),
            _ => 1.0 / (variance + 4.0 * penalty).sqrt(),
        });
        let scale: Vec<f64> = scale.collect();
        let ridge = scale
            .iter()
            .map(|scale| {
                if standardize {
                    penalty
                } else {
                    penalty * scale * scale
                }
            })
            .collect();
        Self {
            training,
            blocks,
            kernel: Kernel::detect(),
            n_scores: n_scores(training.n_classes()),
            mean: moments.mean,
            scale,
            ridge,
        }
    }

    fn n_features(&self) -> usize {
        self.mean.len()
    }

    /// Coefficients zero, and the intercepts that are best for that: the log frequencies.
    pub(crate) fn start(&self) -> Vec<f64> {
        let log_weight: Vec<f64> = self
            .training
            .class_mass
            .iter()
            .map(|mass| mass.ln())
            .collect();
        let intercepts = match log_weight[..] {
            [negative, positive] => vec![positive - negative],
            _ => {
                let mean = log_weight.iter().sum::<f64>() / log_weight.len() as f64;
                log_weight.iter().map(|weight| weight - mean).collect()
            }
        };
        let width = self.n_features() + 1;
        let mut point = vec![0.0; self.n_scores * width];
        for (row, intercept) in point.chunks_exact_mut(width).zip(intercepts) {
            row[width - 1] = intercept;
        }
        point
    }

    /// An approximate inverse Hessian at the start.
    pub(crate) fn preconditioner(&self) -> Preconditioner {
        let total = self.training.total_weight;
        let shares = self.training.class_mass.iter().map(|mass| mass / total);
        // The second derivative of the loss with respect to a score, mean over the scores.
        let curvature = shares.map(|share| share * (1.0 - share)).sum::<f64>()
            / self.training.n_classes() as f64;
        Preconditioner::new(
            self.training.features,
            &self.mean,
            &self.scale,
            &self.ridge,
            curvature,
        )
    }

    /// Coefficients `[score, feature]` and intercepts `[score]` in feature units.
    pub(crate) fn in_feature_units(&self, point: &[f64]) -> (Array2<f64>, Array1<f64>) {
        let n_features = self.n_features();
        let mut coefficients = Array2::zeros((self.n_scores, n_features));
        let mut intercepts = Array1::zeros(self.n_scores);
        for (score, row) in point.chunks_exact(n_features + 1).enumerate() {
            intercepts[score] = row[n_features];
            for feature in 0..n_features {
                let coefficient = row[feature] * self.scale[feature];
                coefficients[[score, feature]] = coefficient;
                intercepts[score] -= coefficient * self.mean[feature];
            }
        }
        (coefficients, intercepts)
    }

    /// The value and the gradient at `point`: one pass over the features.
    pub(crate) fn evaluate(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let (coefficients, intercepts) = self.in_feature_units(point);
        let linear = Linear {
            kernel: self.kernel,
            coefficients: coefficients.view(),
            intercepts: intercepts.as_slice().unwrap_or_default(),
        };
        let mut sums = self.blocks.sum(point.len() + 1, |rows, partial| {
            linear.add_losses(self.training, rows, partial);
        });
        let loss = sums.pop().unwrap_or_default();
        self.finish(point, loss, sums)
    }

    /// Turns sums over samples into the mean in the solver's coordinates and adds the penalty.
    fn finish(&self, point: &[f64], loss: f64, mut gradient: Vec<f64>) -> (f64, Vec<f64>) {
        let n_features = self.n_features();
        let total = self.training.total_weight;
        let mut value = loss / total;
        let rows = gradient.chunks_exact_mut(n_features + 1);
        for (gradient, point) in rows.zip(point.chunks_exact(n_features + 1)) {
            let residuals = gradient[n_features];
            gradient[n_features] = residuals / total;
            for feature in 0..n_features {
                let centred = gradient[feature] - self.mean[feature] * residuals;
                let pull = self.ridge[feature] * point[feature];
                gradient[feature] = self.scale[feature] * centred / total + pull;
                value += 0.5 * pull * point[feature];
            }
        }
        (value, gradient)
    }
}

/// Rows of coefficients for so many classes: 1 for two.
pub(crate) fn n_scores(n_classes: usize) -> usize {
    if n_classes == 2 { 1 } else { n_classes }
}

/// Linear scores in feature units.
#[derive(Clone, Copy)]
pub(crate) struct Linear<'a> {
    pub(crate) kernel: Kernel,
    /// `[score, feature]`, in row order.
    pub(crate) coefficients: ArrayView2<'a, f64>,
    /// `[score]`
    pub(crate) intercepts: &'a [f64],
}

impl Linear<'_> {
    /// The scores of `R` rows, handed to `put` as (score, row of the tile, value).
    pub(crate) fn scores<const R: usize>(
        &self,
        rows: [&[f32]; R],
        mut put: impl FnMut(usize, usize, f64),
    ) {
        for (score, coefficients) in self.coefficients.rows().into_iter().enumerate() {
            let coefficients = coefficients.to_slice().unwrap_or_default();
            let products = self.kernel.dot(rows, coefficients);
            for (row, product) in products.into_iter().enumerate() {
                put(score, row, product + self.intercepts[score]);
            }
        }
    }

    /// Adds the losses of some samples and their gradient in feature units to `sums`, which is
    /// laid out like a point and has the loss at its end.
    fn add_losses(&self, training: &Training<'_>, samples: Range<usize>, sums: &mut [f64]) {
        let mut rows = Rows::new(training.features);
        let mut scores = vec![0.0; TILE * self.intercepts.len()];
        let whole_tiles = samples.end - samples.len() % TILE;
        for start in (samples.start..whole_tiles).step_by(TILE) {
            let labels = &training.labels[start..start + TILE];
            self.add_tile::<TILE>(training, rows.tile(start), labels, &mut scores, sums);
        }
        for sample in whole_tiles..samples.end {
            let labels = &training.labels[sample..=sample];
            self.add_tile::<1>(training, rows.tile(sample), labels, &mut scores, sums);
        }
    }

    fn add_tile<const R: usize>(
        &self,
        training: &Training<'_>,
        rows: [&[f32]; R],
        labels: &[usize],
        scores: &mut [f64],
        sums: &mut [f64],
    ) {
        let n_scores = self.intercepts.len();
        let n_features = self.coefficients.ncols();
        self.scores(rows, |score, row, value| {
            scores[row * n_scores + score] = value
        });

        let loss_at = sums.len() - 1;
        for (scores, label) in scores.chunks_exact_mut(n_scores).zip(labels) {
            let weight = training.class_weights[*label];
            sums[loss_at] += weight * loss::replace_by_residuals(scores, *label);
            scores.iter_mut().for_each(|residual| *residual *= weight);
        }
        for (score, sums) in sums.chunks_exact_mut(n_features + 1).enumerate() {
            let residuals = std::array::from_fn(|row| scores[row * n_scores + score]);
            self.kernel.add(rows, residuals, &mut sums[..n_features]);
            sums[n_features] += residuals.iter().sum::<f64>();
        }
    }
}
