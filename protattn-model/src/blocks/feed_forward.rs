//! The feed-forward network of a block.

use std::mem::{swap, take};

use super::{BlockShape, Linear};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::kernel::{Activation, Tail};
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
    /// Reads the two maps, each with a bias, of a network without a gate.
    pub(crate) fn load(
        checkpoint: &mut Checkpoint<'_>,
        [up, down]: &[String; 2],
        shape: &BlockShape,
    ) -> Result<Self, Error> {
        let &BlockShape {
            width,
            intermediate,
            activation,
            ..
        } = shape;
        Ok(Self {
            up: Linear::load(checkpoint, up, intermediate, width)?,
            activation,
            gate: None,
            down: Linear::load(checkpoint, down, width, intermediate)?,
        })
    }

    /// Adds the network's output for `hidden` to `hidden`.
    pub(crate) fn add_to_hidden(&self, workspace: &mut Workspace) {
        let hidden = take(&mut workspace.hidden);
        self.fill(&hidden, workspace);
        workspace.hidden = hidden;
        self.add_inner(workspace);
    }

    /// Adds the network's output for what stands in `spare`, the states normed, to `hidden`.
    pub(crate) fn add_of_spare_to_hidden(&self, workspace: &mut Workspace) {
        let spare = take(&mut workspace.spare);
        self.fill(&spare, workspace);
        workspace.spare = spare;
        self.add_inner(workspace);
    }

    fn fill(&self, x: &[f32], workspace: &mut Workspace) {
        let (inner, means) = (&mut workspace.inner, &mut workspace.means);
        let activation = Tail::Activation(self.activation);
        self.up.apply(x, activation, means, inner);
        if let Some(gate) = &self.gate {
            gate.apply(x, Tail::Gate(inner), means, &mut workspace.gated);
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
