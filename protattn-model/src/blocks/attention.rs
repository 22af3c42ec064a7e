//! Multi-head self-attention (Vaswani et al., arXiv 1706.03762, section 3.2).

use std::mem::swap;

use super::{BlockShape, Linear, rotary};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::kernel::{
    self, BiasByOffset, Given, Heads, KeysByOffset, NotFinite, Relative, Segments, Tail, Wanted,
    n_offsets,
};
use crate::workspace::Workspace;

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
    /// Reads the maps of queries, keys and values, and that of the output, each [width, width] with
    /// a bias; scores are scaled by 1 / √head_width.
    pub(crate) fn load(
        checkpoint: &mut Checkpoint<'_>,
        qkv: &[String; 3],
        output: &str,
        shape: &BlockShape,
    ) -> Result<Self, Error> {
        let width = shape.width;
        let qkv = qkv.each_ref().map(String::as_str);
        Ok(Self {
            qkv: Linear::load_stacked(checkpoint, &qkv, width, width)?,
            output: Linear::load(checkpoint, output, width, width)?,
            heads: shape.heads,
            head_width: shape.head_width,
            scale: 1.0 / (shape.head_width as f32).sqrt(),
            offsets: Offsets::Nothing,
        })
    }

    /// Adds the projected `context`, the attention-weighted values, to `hidden`.
    pub(crate) fn add_to_hidden(&self, workspace: &mut Workspace) {
        let Workspace {
            hidden,
            spare,
            context,
            means,
            ..
        } = workspace;
        self.output
            .apply(context, Tail::Residual(hidden), means, spare);
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

    /// Computes queries, keys and, if they are wanted, values of the states `x`.
    pub(crate) fn project(&self, x: &[f32], values: bool, workspace: &mut Workspace) {
        let Workspace {
            ids,
            proteins,
            qkv,
            turns,
            by_offset,
            offset_keys,
            means,
            ..
        } = workspace;
        let columns = self.columns(values);
        let qkv = &mut qkv[..ids.len() * columns];
        self.qkv.apply_first(columns, x, means, qkv);
        match &self.offsets {
            Offsets::Nothing | Offsets::Bias => {}
            Offsets::Turns => {
                for protein in proteins {
                    let rows = &mut qkv[protein.start * columns..protein.end * columns];
                    rotary::turn(rows, columns, self.columns(false), self.head_width, turns);
                }
            }
            Offsets::Keys(offsets) => {
                let keys = &offsets.keys;
                keys.apply(by_offset, Tail::Bias, means, offset_keys);
            }
        }
    }

    /// Computes what is wanted of the attention of one protein, the softmax of its scaled scores, to
    /// `maps`, `arcs` and the rows of `context` that are the protein's. Values must have been
    /// projected if and only if they are wanted.
    pub(crate) fn attend(
        &self,
        protein: usize,
        wanted: &Wanted,
        workspace: &mut Workspace,
    ) -> Result<(), NotFinite> {
        let longest = workspace.longest();
        let Workspace {
            proteins,
            qkv,
            maps,
            arcs,
            context,
            by_offset,
            offset_keys,
            segments,
            scratches,
            ..
        } = workspace;
        let protein = proteins[protein].clone();
        let (tokens, columns) = (protein.len(), self.columns(wanted.values));
        let of_protein = |width: usize| protein.start * width..protein.end * width;
        let width = self.heads * self.head_width;
        // The first of the offsets of the longest that this one has.
        let skipped = longest - tokens;
        let relative = match &self.offsets {
            Offsets::Nothing | Offsets::Turns => Relative::Nothing,
            Offsets::Bias => Relative::Bias(BiasByOffset {
                values: &by_offset[skipped..],
                stride: n_offsets(longest),
            }),
            Offsets::Keys(offsets) => {
                let keys = &offset_keys[skipped * width..][..n_offsets(tokens) * width];
                let segments = segments.get(protein.clone()).unwrap_or_default();
                Relative::Keys(offsets.relative(keys, segments))
            }
        };
        let map = if wanted.maps {
            self.heads * tokens * tokens
        } else {
            0
        };
        let given = Given {
            maps: &mut maps[..map],
            arcs,
            context: &mut context[of_protein(width)],
        };
        let shape = Heads {
            tokens,
            heads: self.heads,
            head_width: self.head_width,
            scale: self.scale,
        };
        let qkv = (&qkv[of_protein(columns)], columns);
        kernel::attention(qkv, &shape, relative, scratches, wanted, given)
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
    fn relative<'a>(&'a self, keys: &'a [f32], segments: &'a [u32]) -> KeysByOffset<'a> {
        KeysByOffset {
            keys,
            query_bias: &self.query_bias,
            segments: (!segments.is_empty()).then_some(Segments {
                of: segments,
                other: &self.other_segment,
                query_bias: &self.segment_bias,
            }),
        }
    }
}
