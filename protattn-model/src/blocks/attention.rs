//! Multi-head self-attention (Vaswani et al., arXiv 1706.03762, section 3.2).

use std::mem::swap;

use super::{Linear, rotary};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::kernel::{self, Heads, Tail};
use crate::workspace::Workspace;

/// The names of the four linear maps of an attention.
pub(crate) struct AttentionNames<'a> {
    pub(crate) query: &'a str,
    pub(crate) key: &'a str,
    pub(crate) value: &'a str,
    pub(crate) output: &'a str,
}

/// Queries, keys and values, dot-product attention and the projection of its output.
pub(crate) struct SelfAttention {
    /// Queries, keys and values in one product.
    pub(crate) qkv: Linear,
    pub(crate) output: Linear,
    pub(crate) heads: usize,
    pub(crate) head_width: usize,
    pub(crate) offsets: Offsets,
}

impl SelfAttention {
    /// Reads the four maps, each [width, width] with a bias.
    pub(crate) fn load(
        checkpoint: &mut Checkpoint<'_>,
        names: &AttentionNames<'_>,
        heads: usize,
        width: usize,
    ) -> Result<Self, Error> {
        let stacked = [names.query, names.key, names.value];
        Ok(Self {
            qkv: Linear::load_stacked(checkpoint, &stacked, width, width)?,
            output: Linear::load(checkpoint, names.output, width, width)?,
            heads,
            head_width: width / heads,
            offsets: Offsets::Nothing,
        })
    }

    /// Writes softmax(q kᵀ / √head_width) of `hidden` to `maps`. The values, which
    /// [`add_to_hidden`](Self::add_to_hidden) needs, are computed only on request.
    pub(crate) fn maps(&self, values: bool, workspace: &mut Workspace) {
        let Workspace { hidden, qkv, .. } = workspace;
        self.project(values, hidden, qkv);
        self.weigh(values, workspace);
    }

    /// The same of what stands in `spare`: the states, normed.
    pub(crate) fn maps_of_spare(&self, values: bool, workspace: &mut Workspace) {
        let Workspace { spare, qkv, .. } = workspace;
        self.project(values, spare, qkv);
        self.weigh(values, workspace);
    }

    /// Adds the projected, attention-weighted values to `hidden`.
    pub(crate) fn add_to_hidden(&self, workspace: &mut Workspace) {
        let Workspace {
            hidden,
            spare,
            qkv,
            maps,
            context,
            scratch,
            ..
        } = workspace;
        let shape = self.shape(hidden);
        kernel::attend(qkv, self.qkv.outputs(), &shape, scratch, maps, context);
        self.output.apply(context, Tail::Residual(hidden), spare);
        swap(hidden, spare);
    }

    /// Columns of queries and keys, and of values if they are wanted.
    fn columns(&self, values: bool) -> usize {
        if values {
            self.qkv.outputs()
        } else {
            2 * self.heads * self.head_width
        }
    }

    fn project(&self, values: bool, x: &[f32], qkv: &mut [f32]) {
        let columns = self.columns(values);
        let qkv = &mut qkv[..self.shape(x).tokens * columns];
        self.qkv.apply_first(columns, x, qkv);
    }

    fn weigh(&self, values: bool, workspace: &mut Workspace) {
        let Workspace {
            hidden,
            qkv,
            maps,
            turns,
            scratch,
            ..
        } = workspace;
        let (shape, columns) = (self.shape(hidden), self.columns(values));
        let qkv = &mut qkv[..shape.tokens * columns];
        if let Offsets::Turns = self.offsets {
            rotary::turn(qkv, columns, self.columns(false), self.head_width, turns);
        }
        kernel::attention_maps(qkv, columns, &shape, scratch, maps);
    }

    fn shape(&self, hidden: &[f32]) -> Heads {
        Heads {
            tokens: hidden.len() / (self.heads * self.head_width),
            heads: self.heads,
            head_width: self.head_width,
            scale: 1.0 / (self.head_width as f32).sqrt(),
        }
    }
}

/// What the scores take in of the offset between two tokens.
pub(crate) enum Offsets {
    /// Nothing: positions, if any, are in the states.
    Nothing,
    /// Queries and keys are turned by what stands in `turns`: rotary positions.
    Turns,
}
