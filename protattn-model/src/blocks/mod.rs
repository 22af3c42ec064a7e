//! The parts that architectures are made of: weights with what is done with them.

mod attention;
mod embedding;
mod feed_forward;
mod linear;
mod norm;

pub(crate) use attention::{AttentionNames, OffsetKeys, Offsets, SelfAttention};
pub(crate) use embedding::{Embedding, Rows};
pub(crate) use feed_forward::FeedForward;
pub(crate) use linear::Linear;
pub(crate) use norm::{LayerNorm, RmsNorm};
