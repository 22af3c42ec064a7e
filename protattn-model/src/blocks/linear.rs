//! A linear map with a bias.

use ndarray::ArrayView2;

use crate::checkpoint::{Checkpoint, Fill};
use crate::error::Error;
use crate::kernel::{self, Means, PackedWeights, Tail};

/// `y = x Wᵀ + b`.
pub(crate) struct Linear {
    weights: PackedWeights,
    bias: Vec<f32>,
}

impl Linear {
    /// Reads `{name}.weight` [outputs, inputs] and `{name}.bias` [outputs].
    pub(crate) fn load(
        checkpoint: &mut Checkpoint<'_>,
        name: &str,
        outputs: usize,
        inputs: usize,
    ) -> Result<Self, Error> {
        Self::load_stacked(checkpoint, &[name], outputs, inputs)
    }

    /// Reads several maps of the same shape and stacks them: their outputs side by side.
    pub(crate) fn load_stacked(
        checkpoint: &mut Checkpoint<'_>,
        names: &[&str],
        outputs: usize,
        inputs: usize,
    ) -> Result<Self, Error> {
        let maps = Self::load_unbiased(checkpoint, names, outputs, inputs)?;
        let mut bias = Vec::with_capacity(maps.bias.len());
        for name in names {
            bias.extend(checkpoint.vector(&format!("{name}.bias"), outputs, Fill::Zeros)?);
        }
        Ok(Self { bias, ..maps })
    }

    /// Reads several maps that have no bias, `{name}.weight` [outputs, inputs], and stacks them.
    pub(crate) fn load_unbiased(
        checkpoint: &mut Checkpoint<'_>,
        names: &[&str],
        outputs: usize,
        inputs: usize,
    ) -> Result<Self, Error> {
        let parts = names
            .iter()
            .map(|name| checkpoint.matrix(&format!("{name}.weight"), outputs, inputs))
            .collect::<Result<Vec<_>, _>>()?;
        let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
        let bias = vec![0.0; names.len() * outputs];
        Ok(Self::new(checkpoint, &views, bias))
    }

    /// Of `parts`, each [output, input], their outputs side by side, and a bias for all outputs.
    pub(crate) fn new(
        checkpoint: &mut Checkpoint<'_>,
        parts: &[ArrayView2<'_, f32>],
        bias: Vec<f32>,
    ) -> Self {
        let weights = checkpoint.pack(parts);
        debug_assert_eq!(weights.outputs(), bias.len());
        Self { weights, bias }
    }

    /// Number of inputs.
    pub(crate) fn inputs(&self) -> usize {
        self.weights.inputs()
    }

    /// Number of outputs.
    pub(crate) fn outputs(&self) -> usize {
        self.weights.outputs()
    }

    /// Writes all outputs for the rows of `x` [row, input] to `out` [row, output].
    pub(crate) fn apply(&self, x: &[f32], tail: Tail<'_>, means: &mut Means, out: &mut [f32]) {
        kernel::linear(x, &self.weights, &self.bias, tail, means, out);
    }

    /// Writes the first `columns` outputs for the rows of `x` [row, input] to `out` [row, column].
    pub(crate) fn apply_first(
        &self,
        columns: usize,
        x: &[f32],
        means: &mut Means,
        out: &mut [f32],
    ) {
        debug_assert_eq!(out.len() * self.weights.inputs(), x.len() * columns);
        let bias = &self.bias[..columns];
        kernel::linear(x, &self.weights, bias, Tail::Bias, means, out);
    }
}
