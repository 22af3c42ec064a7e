//! The parts that architectures are made of: weights with what is done with them.

mod attention;
mod block;
mod embedding;
mod feed_forward;
mod linear;
mod norm;
mod rotary;
mod token_embedding;

pub(crate) use attention::{OffsetKeys, Offsets, SelfAttention};
pub(crate) use block::{Block, BlockNames, BlockShape, Norms};
pub(crate) use embedding::{Embedding, Rows};
pub(crate) use feed_forward::FeedForward;
pub(crate) use linear::Linear;
pub(crate) use norm::Norm;
pub(crate) use rotary::Rotary;
pub(crate) use token_embedding::{TableSizes, TokenEmbedding};
