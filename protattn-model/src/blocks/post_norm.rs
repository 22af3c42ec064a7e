//! The block of BERT and its relatives.

use super::{AttentionNames, FeedForward, LayerNorm, Linear, SelfAttention};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::kernel::{Activation, NotFinite, Wanted};
use crate::workspace::Workspace;

/// Self-attention and a feed-forward network, each followed by a residual sum and a layer norm.
pub(crate) struct PostNorm {
    attention: SelfAttention,
    attention_norm: LayerNorm,
    feed_forward: FeedForward,
    output_norm: LayerNorm,
}

/// The names of a block's tensors.
pub(crate) struct PostNormNames<'a> {
    pub(crate) attention: AttentionNames<'a>,
    pub(crate) attention_norm: &'a str,
    pub(crate) up: &'a str,
    pub(crate) down: &'a str,
    pub(crate) output_norm: &'a str,
}

/// What the blocks of one model have in common.
pub(crate) struct PostNormShape {
    pub(crate) heads: usize,
    pub(crate) width: usize,
    pub(crate) intermediate: usize,
    pub(crate) activation: Activation,
    pub(crate) epsilon: f32,
}

impl PostNorm {
    /// Reads the four maps of attention, the two of the feed-forward network and the two norms.
    pub(crate) fn load(
        checkpoint: &mut Checkpoint<'_>,
        names: &PostNormNames<'_>,
        shape: &PostNormShape,
    ) -> Result<Self, Error> {
        let &PostNormShape {
            heads,
            width,
            intermediate,
            activation,
            epsilon,
        } = shape;
        Ok(Self {
            attention: SelfAttention::load(checkpoint, &names.attention, heads, width)?,
            attention_norm: LayerNorm::load(checkpoint, names.attention_norm, width, epsilon)?,
            feed_forward: FeedForward {
                up: Linear::load(checkpoint, names.up, intermediate, width)?,
                activation,
                gate: None,
                down: Linear::load(checkpoint, names.down, width, intermediate)?,
            },
            output_norm: LayerNorm::load(checkpoint, names.output_norm, width, epsilon)?,
        })
    }

    /// Computes queries, keys and values; see [`SelfAttention::project`].
    pub(crate) fn project(&self, values: bool, workspace: &mut Workspace) {
        self.attention.project(values, workspace);
    }

    /// Computes what is wanted of the attention; see [`SelfAttention::attend`].
    pub(crate) fn attend(
        &self,
        protein: usize,
        wanted: &Wanted,
        workspace: &mut Workspace,
    ) -> Result<(), NotFinite> {
        self.attention.attend(protein, wanted, workspace)
    }

    /// Turns `hidden` into what leaves the block.
    pub(crate) fn complete(&self, workspace: &mut Workspace) {
        self.attention.add_to_hidden(workspace);
        self.attention_norm.apply(&mut workspace.hidden);
        self.feed_forward.add_to_hidden(workspace);
        self.output_norm.apply(&mut workspace.hidden);
    }
}
