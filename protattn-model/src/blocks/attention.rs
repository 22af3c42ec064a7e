//! Multi-head self-attention (Vaswani et al., arXiv 1706.03762, section 3.2).

use std::mem::swap;

use super::Linear;
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

/// Queries, keys and values, scaled dot-product attention and the projection of its output.
pub(crate) struct SelfAttention {
    /// Queries, keys and values in one product.
    qkv: Linear,
    output: Linear,
    heads: usize,
    head_width: usize,
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
        })
    }

    /// Writes softmax(q kᵀ / √head_width) of `hidden` to `maps`. The values, which
    /// [`add_to_hidden`](Self::add_to_hidden) needs, are computed only on request.
    pub(crate) fn maps(&self, values: bool, workspace: &mut Workspace) {
        let Workspace {
            hidden,
            qkv,
            maps,
            scratch,
            ..
        } = workspace;
        let columns = if values {
            self.qkv.outputs()
        } else {
            2 * self.output.outputs()
        };
        let shape = self.shape(hidden);
        let qkv = &mut qkv[..shape.tokens * columns];
        self.qkv.apply_first(columns, hidden, qkv);
        kernel::attention_maps(qkv, columns, &shape, scratch, maps);
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

    fn shape(&self, hidden: &[f32]) -> Heads {
        Heads {
            tokens: hidden.len() / (self.heads * self.head_width),
            heads: self.heads,
            head_width: self.head_width,
            scale: 1.0 / (self.head_width as f32).sqrt(),
        }
    }
}
