//! The feed-forward network of a block.

use std::mem::swap;

use super::Linear;
use crate::kernel::{Activation, Means, Tail};
use crate::workspace::Workspace;

/// Two linear maps with an activation between them, and perhaps a gate.
pub(crate) struct FeedForward {
    pub(crate) up: Linear,
    pub(crate) activation: Activation,
    /// A third map, of the same input: what it gives is multiplied by the activated states, value
    /// by value (Shazeer, arXiv 2002.05202, equation 6).
    pub(crate) gate: Option<Linear>,
    pub(crate) down: Linear,
}

impl FeedForward {
    /// Adds the network's output for `hidden` to `hidden`.
    pub(crate) fn add_to_hidden(&self, workspace: &mut Workspace) {
        let Workspace {
            hidden,
            inner,
            gated,
            means,
            ..
        } = workspace;
        self.fill(hidden, means, inner, gated);
        self.add_inner(workspace);
    }

    /// Adds the network's output for what stands in `spare`, the states normed, to `hidden`.
    pub(crate) fn add_of_spare_to_hidden(&self, workspace: &mut Workspace) {
        let Workspace {
            spare,
            inner,
            gated,
            means,
            ..
        } = workspace;
        self.fill(spare, means, inner, gated);
        self.add_inner(workspace);
    }

    fn fill(&self, x: &[f32], means: &mut Means, inner: &mut [f32], gated: &mut [f32]) {
        let activation = Tail::Activation(self.activation);
        self.up.apply(x, activation, means, inner);
        if let Some(gate) = &self.gate {
            gate.apply(x, Tail::Gate(inner), means, gated);
        }
    }

    fn add_inner(&self, workspace: &mut Workspace) {
        let Workspace {
            hidden,
            spare,
            inner,
            gated,
            means,
            ..
        } = workspace;
        let inner = if self.gate.is_some() { gated } else { inner };
        let residual = Tail::Residual(hidden);
        self.down.apply(inner, residual, means, spare);
        swap(hidden, spare);
    }
}
