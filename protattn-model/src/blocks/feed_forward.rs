//! The feed-forward network of a block.

use std::mem::swap;

use super::Linear;
use crate::kernel::{Activation, Tail};
use crate::workspace::Workspace;

/// Two linear maps with an activation between them.
pub(crate) struct FeedForward {
    pub(crate) up: Linear,
    pub(crate) activation: Activation,
    pub(crate) down: Linear,
}

impl FeedForward {
    /// Adds the network's output for `hidden` to `hidden`.
    pub(crate) fn add_to_hidden(&self, workspace: &mut Workspace) {
        let Workspace { hidden, inner, .. } = workspace;
        self.fill(hidden, inner);
        self.add_inner(workspace);
    }

    /// Adds the network's output for what stands in `spare`, the states normed, to `hidden`.
    pub(crate) fn add_of_spare_to_hidden(&self, workspace: &mut Workspace) {
        let Workspace { spare, inner, .. } = workspace;
        self.fill(spare, inner);
        self.add_inner(workspace);
    }

    fn fill(&self, x: &[f32], inner: &mut [f32]) {
        self.up.apply(x, Tail::Activation(self.activation), inner);
    }

    fn add_inner(&self, workspace: &mut Workspace) {
        let Workspace {
            hidden,
            spare,
            inner,
            ..
        } = workspace;
        self.down.apply(inner, Tail::Residual(hidden), spare);
        swap(hidden, spare);
    }
}
