//! Layer normalisation, with and without the mean.

use crate::checkpoint::{Checkpoint, Fill};
use crate::error::Error;
use crate::kernel;

/// Normalises each row to mean 0 and variance 1, then scales and shifts it.
pub(crate) struct LayerNorm {
    weight: Vec<f32>,
    bias: Vec<f32>,
    epsilon: f32,
}

impl LayerNorm {
    /// Reads `{name}.weight` and `{name}.bias`, or `gamma` and `beta` as they were called once.
    pub(crate) fn load(
        checkpoint: &mut Checkpoint<'_>,
        name: &str,
        width: usize,
        epsilon: f32,
    ) -> Result<Self, Error> {
        Ok(Self {
            weight: checkpoint.vector(&format!("{name}.weight"), width, Fill::Ones)?,
            bias: checkpoint.vector(&format!("{name}.bias"), width, Fill::Zeros)?,
            epsilon,
        })
    }

    /// Norms each row of `x` [row, width] in place.
    pub(crate) fn apply(&self, x: &mut [f32]) {
        kernel::layer_norm(x, &self.weight, &self.bias, self.epsilon);
    }

    /// Writes each row of `x` [row, width], normed, to `out`.
    pub(crate) fn apply_to(&self, x: &[f32], out: &mut [f32]) {
        out.copy_from_slice(x);
        self.apply(out);
    }
}

/// Scales each row by its root mean square, then by a weight for each column.
pub(crate) struct RmsNorm {
    weight: Vec<f32>,
    epsilon: f32,
}

impl RmsNorm {
    /// Reads `{name}.weight`.
    pub(crate) fn load(
        checkpoint: &mut Checkpoint<'_>,
        name: &str,
        width: usize,
        epsilon: f32,
    ) -> Result<Self, Error> {
        let weight = checkpoint.vector(&format!("{name}.weight"), width, Fill::Ones)?;
        Ok(Self { weight, epsilon })
    }

    /// Writes each row of `x` [row, width], normed, to `out`.
    pub(crate) fn apply_to(&self, x: &[f32], out: &mut [f32]) {
        kernel::rms_norm(x, &self.weight, self.epsilon, out);
    }
}
