//! The penalised log loss in coordinates in which it is well conditioned.
//!
//! The solver moves `u`, one number for each score and feature, and a centred intercept for each
//! score. With the mean m and the variance v of a feature, the coefficient in feature units is
//! `w = s u`, where `s = 1 / sqrt(v)` when the penalty is on standardised coefficients and
//! `s = 1 / sqrt(v + 4 l)` when it is on raw ones, `l` being the weight of the penalty against the
//! mean loss. (The second derivative of the log loss is at most v / 4, so that either choice makes
//! the diagonal of the Hessian about 1.) The intercept in feature units is the centred one less
//! the sum of `w m`. Features are thus standardised without being touched. Of an elastic net this
//! is the smooth part, `l` being the weight of the squares; the weights of the absolute values are
//! kept for the solver that needs them.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2};

use crate::Error;
use crate::blocks::Blocks;
use crate::kernel::{Kernel, Number, TILE, chunks, tile};
use crate::loss;
use crate::moments::Moments;
use crate::probe::Probe;
use crate::settings::Penalty;
use crate::source::read;
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
    mean: &'a [f64],
    /// `s` above `[feature]`; 0 for a feature without variance, which holds its coefficient at 0.
    scale: Vec<f64>,
    /// Half of this times the square of `u` is the penalty `[feature]`.
    ridge: Vec<f64>,
    /// This times the absolute value of `u` is the penalty `[feature]`.
    lasso: Vec<f64>,
}

impl<'a> Objective<'a> {
    pub(crate) fn new(
        training: &'a Training<'a>,
        moments: &'a Moments,
        penalty: Penalty,
        blocks: Blocks,
    ) -> Self {
        let whole = 1.0 / (penalty.inverse * training.total_weight);
        let squares = whole * (1.0 - penalty.l1_ratio);
        let absolutes = whole * penalty.l1_ratio;
        let scale = moments.variance.iter().map(|variance| match variance {
            0.0 => 0.0,
            _ if penalty.standardize => 1.0 / variance.sqrt(),
            _ => 1.0 / (variance + 4.0 * squares).sqrt(),
        });
        let scale: Vec<f64> = scale.collect();
        // What the penalty is on, as a multiple of `u`.
        let unit = |scale: &f64| if penalty.standardize { 1.0 } else { *scale };
        Self {
            ridge: scale.iter().map(|s| squares * unit(s).powi(2)).collect(),
            lasso: scale.iter().map(|s| absolutes * unit(s)).collect(),
            training,
            blocks,
            kernel: Kernel::detect(),
            n_scores: n_scores(training.n_classes()),
            mean: &moments.mean,
            scale,
        }
    }

    pub(crate) fn scale(&self) -> &[f64] {
        &self.scale
    }

    pub(crate) fn ridge(&self) -> &[f64] {
        &self.ridge
    }

    /// Weights of the absolute values in the penalty, laid out as a point; 0 for intercepts.
    pub(crate) fn absolute_weights(&self) -> Vec<f64> {
        let row = self.lasso.iter().copied().chain([0.0]);
        row.cycle()
            .take(self.n_scores * (self.n_features() + 1))
            .collect()
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

    /// The solver's coordinates of a probe: the other way round than
    /// [`in_feature_units`](Self::in_feature_units).
    pub(crate) fn point_of(&self, probe: &Probe) -> Vec<f64> {
        let mut point = Vec::with_capacity(self.n_scores * (self.n_features() + 1));
        let rows = probe.coefficients().into_outer_iter();
        for (row, intercept) in rows.zip(probe.intercepts()) {
            let mut centred = *intercept;
            for ((coefficient, scale), mean) in row.iter().zip(&self.scale).zip(self.mean) {
                centred += coefficient * mean;
                point.push(if *scale > 0.0 {
                    coefficient / scale
                } else {
                    0.0
                });
            }
            point.push(centred);
        }
        point
    }

    /// The second derivatives of the mean loss with respect to the scores `[score, score]`, where
    /// all coefficients are zero.
    pub(crate) fn coupling_at_start(&self) -> Array2<f64> {
        let total = self.training.total_weight;
        let share = |class: usize| self.training.class_mass[class] / total;
        if self.n_scores == 1 {
            return Array2::from_elem((1, 1), share(0) * share(1));
        }
        Array2::from_shape_fn((self.n_scores, self.n_scores), |(a, b)| {
            let same = if a == b { share(a) } else { 0.0 };
            same - share(a) * share(b)
        })
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
    pub(crate) fn evaluate(&self, point: &[f64]) -> Result<(f64, Vec<f64>), Error> {
        let (coefficients, intercepts) = self.in_feature_units(point);
        let linear = Linear {
            kernel: self.kernel,
            coefficients: coefficients.view(),
            intercepts: intercepts.as_slice().unwrap_or_default(),
        };
        let mut sums = self.blocks.sum(point.len() + 1, |rows, partial| {
            linear.add_losses(self.training, rows, partial)
        })?;
        let loss = sums.pop().unwrap_or_default();
        Ok(self.finish(point, loss, sums))
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

/// Room for a tile.
struct Work {
    /// `[row of the tile, score]`
    scores: Vec<f64>,
    /// `[row of the tile, feature]`
    converted: Vec<f64>,
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
    pub(crate) fn scores<T: Number, const R: usize>(
        &self,
        rows: [&[T]; R],
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
    fn add_losses(
        &self,
        training: &Training<'_>,
        samples: Range<usize>,
        sums: &mut [f64],
    ) -> Result<(), Error> {
        let n_features = self.coefficients.ncols();
        let mut work = Work {
            scores: vec![0.0; TILE * self.intercepts.len()],
            converted: Vec::new(),
        };
        let mut buffer = Vec::new();
        for chunk in chunks(samples, n_features) {
            let labels = &training.labels[chunk.clone()];
            let values = read(training.features, chunk, &mut buffer)?;
            let whole_tiles = labels.len() - labels.len() % TILE;
            for start in (0..whole_tiles).step_by(TILE) {
                let rows = tile::<f32, TILE>(values, n_features, start);
                self.add_tile(
                    training,
                    rows,
                    &labels[start..start + TILE],
                    &mut work,
                    sums,
                );
            }
            for sample in whole_tiles..labels.len() {
                let rows = tile::<f32, 1>(values, n_features, sample);
                self.add_tile(training, rows, &labels[sample..=sample], &mut work, sums);
            }
        }
        Ok(())
    }

    /// Each row is read twice for each score: with several, it is converted once.
    fn add_tile<const R: usize>(
        &self,
        training: &Training<'_>,
        rows: [&[f32]; R],
        labels: &[usize],
        work: &mut Work,
        sums: &mut [f64],
    ) {
        if self.intercepts.len() == 1 {
            return self.add_rows(training, rows, labels, &mut work.scores, sums);
        }
        work.converted.clear();
        for row in rows {
            work.converted
                .extend(row.iter().map(|value| f64::from(*value)));
        }
        let rows = tile::<f64, R>(&work.converted, self.coefficients.ncols(), 0);
        self.add_rows(training, rows, labels, &mut work.scores, sums);
    }

    fn add_rows<T: Number, const R: usize>(
        &self,
        training: &Training<'_>,
        rows: [&[T]; R],
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
