//! One block of a network.

use std::mem::take;

use super::{FeedForward, Norm, SelfAttention};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::kernel::Activation;
use crate::workspace::Workspace;

/// Self-attention and a feed-forward network, each with a norm and inside a residual sum.
pub(crate) struct Block {
    pub(crate) attention: SelfAttention,
    pub(crate) attention_norm: Norm,
    pub(crate) feed_forward: FeedForward,
    pub(crate) feed_forward_norm: Norm,
    pub(crate) norms: Norms,
}

/// What the norms of a block are applied to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Norms {
    /// What attention and the feed-forward network take; the residual sums are left as they are.
    Inputs,
    /// The residual sums.
    Sums,
}

/// The names of a block's tensors, behind the block's own.
pub(crate) struct BlockNames {
    /// Queries, keys and values.
    pub(crate) qkv: [&'static str; 3],
    pub(crate) output: &'static str,
    pub(crate) attention_norm: &'static str,
    pub(crate) up: &'static str,
    pub(crate) down: &'static str,
    pub(crate) feed_forward_norm: &'static str,
}

/// What the blocks of one model have in common.
#[derive(Clone, Copy)]
pub(crate) struct BlockShape {
    pub(crate) heads: usize,
    /// Of a hidden state.
    pub(crate) width: usize,
    /// Of a head's queries, keys and values.
    pub(crate) head_width: usize,
    pub(crate) intermediate: usize,
    pub(crate) activation: Activation,
    pub(crate) epsilon: f32,
}

impl Block {
    /// Reads the four maps of attention, the two of the feed-forward network and the two norms, all
    /// with biases; `stem` stands before the names. The heads are together as wide as the states.
    pub(crate) fn load(
        checkpoint: &mut Checkpoint<'_>,
        stem: &str,
        names: &BlockNames,
        shape: &BlockShape,
        norms: Norms,
    ) -> Result<Self, Error> {
        let name = |part: &str| format!("{stem}{part}");
        let norm = |checkpoint: &mut _, part| {
            Norm::load(checkpoint, &name(part), shape.width, shape.epsilon)
        };
        let (qkv, output) = (names.qkv.map(name), name(names.output));
        let maps = [names.up, names.down].map(name);
        Ok(Self {
            attention: SelfAttention::load(checkpoint, &qkv, &output, shape)?,
            attention_norm: norm(checkpoint, names.attention_norm)?,
            feed_forward: FeedForward::load(checkpoint, &maps, shape)?,
            feed_forward_norm: norm(checkpoint, names.feed_forward_norm)?,
            norms,
        })
    }

    /// Computes the queries and keys of `hidden` and, if they are wanted, its values.
    pub(crate) fn project(&self, values: bool, workspace: &mut Workspace) {
        let Workspace { hidden, spare, .. } = workspace;
        if self.norms == Norms::Inputs {
            self.attention_norm.apply_to(hidden, spare);
            let spare = take(spare);
            self.attention.project(&spare, values, workspace);
            workspace.spare = spare;
        } else {
            let hidden = take(hidden);
            self.attention.project(&hidden, values, workspace);
            workspace.hidden = hidden;
        }
    }

    /// Turns `hidden` into what leaves the block.
    pub(crate) fn complete(&self, workspace: &mut Workspace) {
        self.attention.add_to_hidden(workspace);
        let Workspace { hidden, spare, .. } = workspace;
        if self.norms == Norms::Inputs {
            self.feed_forward_norm.apply_to(hidden, spare);
            self.feed_forward.add_of_spare_to_hidden(workspace);
        } else {
            self.attention_norm.apply(hidden);
            self.feed_forward.add_to_hidden(workspace);
            self.feed_forward_norm.apply(&mut workspace.hidden);
        }
    }
}
