//! Multi-head self-attention (Vaswani et al., arXiv 1706.03762, section 3.2).

use std::mem::swap;

use super::{Linear, rotary};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::kernel::{
    self, Given, Heads, KeysByOffset, NotFinite, OffsetScratch, Relative, Segments, Tail, Wanted,
};
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
    /// Scores are multiplied by this.
    pub(crate) scale: f32,
    /// What the scores take in of where tokens stand.
    pub(crate) offsets: Offsets,
}

impl SelfAttention {
    /// Reads the four maps, each [width, width] with a bias; scores are scaled by 1 / √head_width.
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
            scale: 1.0 / ((width / heads) as f32).sqrt(),
            offsets: Offsets::Nothing,
        })
    }

    /// Computes what is wanted of the attention of `hidden`, the softmax of the scaled scores, to
    /// `maps`, `arcs` and `context`.
    pub(crate) fn attend(
        &self,
        wanted: &Wanted,
        workspace: &mut Workspace,
    ) -> Result<(), NotFinite> {
        let Workspace {
            hidden,
            qkv,
            threads,
            ..
        } = workspace;
        self.project(wanted.values, hidden, threads.get(), qkv);
        self.weigh(wanted, workspace)
    }

    /// The same of what stands in `spare`: the states, normed.
    pub(crate) fn attend_spare(
        &self,
        wanted: &Wanted,
        workspace: &mut Workspace,
    ) -> Result<(), NotFinite> {
        let Workspace {
            spare,
            qkv,
            threads,
            ..
        } = workspace;
        self.project(wanted.values, spare, threads.get(), qkv);
        self.weigh(wanted, workspace)
    }

    /// Adds the projected `context`, the attention-weighted values, to `hidden`.
    pub(crate) fn add_to_hidden(&self, workspace: &mut Workspace) {
        let Workspace {
            hidden,
            spare,
            context,
            threads,
            ..
        } = workspace;
        let threads = threads.get();
        self.output
            .apply(context, Tail::Residual(hidden), threads, spare);
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

    fn project(&self, values: bool, x: &[f32], threads: usize, qkv: &mut [f32]) {
        let columns = self.columns(values);
        let qkv = &mut qkv[..self.shape(x).tokens * columns];
        self.qkv.apply_first(columns, x, threads, qkv);
    }

    fn weigh(&self, wanted: &Wanted, workspace: &mut Workspace) -> Result<(), NotFinite> {
        let Workspace {
            hidden,
            qkv,
            maps,
            arcs,
            context,
            turns,
            by_offset,
            offset_keys,
            segments,
            offset_scratch,
            scratch,
            threads,
            ..
        } = workspace;
        let threads = threads.get();
        let (shape, columns) = (self.shape(hidden), self.columns(wanted.values));
        let qkv = &mut qkv[..shape.tokens * columns];
        let relative = match &self.offsets {
            Offsets::Nothing => Relative::Nothing,
            Offsets::Turns => {
                rotary::turn(qkv, columns, self.columns(false), self.head_width, turns);
                Relative::Nothing
            }
            Offsets::Bias => Relative::Bias(by_offset),
            Offsets::Keys(offsets) => {
                offsets
                    .keys
                    .apply(by_offset, Tail::Bias, threads, offset_keys);
                Relative::Keys(offsets.relative(offset_keys, segments, offset_scratch))
            }
        };
        let given = Given {
            maps,
            arcs,
            context,
        };
        kernel::attention((qkv, columns), &shape, relative, scratch, wanted, given)
    }

    fn shape(&self, x: &[f32]) -> Heads {
        Heads {
            tokens: x.len() / self.qkv.inputs(),
            heads: self.heads,
            head_width: self.head_width,
            scale: self.scale,
        }
    }
}

/// What the scores take in of the offset between two tokens.
pub(crate) enum Offsets {
    /// Nothing: positions, if any, are in the states.
    Nothing,
    /// Queries and keys are turned by what stands in `turns`: rotary positions.
    Turns,
    /// A bias that all layers share: `by_offset` is [head, offset].
    Bias,
    /// The product of the query with a key that the layer makes: `by_offset` is [offset, width].
    Keys(OffsetKeys),
}

/// How a layer makes keys of offsets, and what goes with them; each vector is [head, head_width].
pub(crate) struct OffsetKeys {
    pub(crate) keys: Linear,
    /// Added to the queries before the product with the keys.
    pub(crate) query_bias: Vec<f32>,
    /// Its product with the queries is added for keys of another segment.
    pub(crate) other_segment: Vec<f32>,
    /// Added to the queries before that product.
    pub(crate) segment_bias: Vec<f32>,
}

impl OffsetKeys {
    fn relative<'a>(
        &'a self,
        keys: &'a [f32],
        segments: &'a [u32],
        scratch: &'a mut OffsetScratch,
    ) -> KeysByOffset<'a> {
        KeysByOffset {
            keys,
            query_bias: &self.query_bias,
            segments: (!segments.is_empty()).then_some(Segments {
                of: segments,
                other: &self.other_segment,
                query_bias: &self.segment_bias,
            }),
            scratch,
        }
    }
}
