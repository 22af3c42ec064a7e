//! The parts that architectures are made of: weights with what is done with them.

mod attention;
mod embedding;
mod feed_forward;
mod linear;
mod norm;
mod post_norm;
mod rotary;
mod token_embedding;

pub(crate) use attention::{AttentionNames, OffsetKeys, Offsets, SelfAttention};
pub(crate) use embedding::{Embedding, Rows};
pub(crate) use feed_forward::FeedForward;
pub(crate) use linear::Linear;
pub(crate) use norm::{LayerNorm, RmsNorm};
pub(crate) use post_norm::{PostNorm, PostNormNames, PostNormShape};
pub(crate) use rotary::Rotary;
pub(crate) use token_embedding::{TableSizes, TokenEmbedding};
