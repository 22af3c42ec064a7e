//! Layer normalisation, with and without the mean.

use crate::checkpoint::{Checkpoint, Fill};
use crate::error::Error;
use crate::kernel;

/// Normalises each row, then scales its values by weights.
pub(crate) struct Norm {
    weight: Vec<f32>,
    /// Added at last, where rows are normed to mean 0 and variance 1; without one, they are scaled
    /// by their root mean square alone.
    bias: Option<Vec<f32>>,
    epsilon: f32,
}

impl Norm {
    /// Reads `{name}.weight` and `{name}.bias`, or `gamma` and `beta` as they were called once.
    pub(crate) fn load(
        checkpoint: &mut Checkpoint<'_>,
        name: &str,
        width: usize,
        epsilon: f32,
    ) -> Result<Self, Error> {
        let norm = Self::load_unbiased(checkpoint, name, width, epsilon)?;
        let bias = checkpoint.vector(&format!("{name}.bias"), width, Fill::Zeros)?;
        Ok(Self {
            bias: Some(bias),
            ..norm
        })
    }

    /// Reads `{name}.weight`, of a norm by the root mean square.
    pub(crate) fn load_unbiased(
        checkpoint: &mut Checkpoint<'_>,
        name: &str,
        width: usize,
        epsilon: f32,
    ) -> Result<Self, Error> {
        Ok(Self {
            weight: checkpoint.vector(&format!("{name}.weight"), width, Fill::Ones)?,
            bias: None,
            epsilon,
        })
    }

    /// Norms each row of `x` [row, width] in place.
    pub(crate) fn apply(&self, x: &mut [f32]) {
        match &self.bias {
            Some(bias) => kernel::layer_norm(x, &self.weight, bias, self.epsilon),
            None => kernel::rms_norm(x, &self.weight, self.epsilon),
        }
    }

    /// Writes each row of `x` [row, width], normed, to `out`.
    pub(crate) fn apply_to(&self, x: &[f32], out: &mut [f32]) {
        out.copy_from_slice(x);
        self.apply(out);
    }
}
