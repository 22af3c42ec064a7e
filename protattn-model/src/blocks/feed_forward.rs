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
    /// Adds the network's output to `hidden`.
    pub(crate) fn add_to_hidden(&self, workspace: &mut Workspace) {
        let Workspace {
            hidden,
            spare,
            inner,
            ..
        } = workspace;
        self.up
            .apply(hidden, Tail::Activation(self.activation), inner);
        self.down.apply(inner, Tail::Residual(hidden), spare);
        swap(hidden, spare);
    }
}
