//! The encoder of T5 (Raffel et al., arXiv 1910.10683, section 2.1): ProtT5, Ankh.
//!
//! Each block norms what enters self-attention and the feed-forward network, by the root mean
//! square alone, and adds what they give; there are no biases, and scores are not scaled. Where
//! tokens stand enters the scores alone: as a number for each head and each bucket of offsets,
//! learned once for all blocks. A last norm follows the last block.
//!
//! A checkpoint of the whole model is read as well; the decoder and the head are left alone.
//! transformers clamps states that overflow half precision; here all is single precision, and a
//! pass whose values are not finite is an error.

use serde_json::Value;

use super::Plan;
use super::network::{Network, load_blocks};
use super::t5_config::{Buckets, Config};
use crate::blocks::{
    Block, BlockShape, Embedding, FeedForward, Linear, Norm, Norms, Offsets, Rows, SelfAttention,
};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::kernel::n_offsets;
use crate::workspace::{ExtraRoom, Workspace};

/// The prefix of a T5 that is stored as part of a task model.
const PREFIX: &str = "transformer.";

/// Reads the configuration.
pub(super) fn plan(value: &Value) -> Result<Plan, Error> {
    let config = Config::new(value)?;
    Ok(Plan::new(config.sizes.info(), PREFIX, move |checkpoint| {
        checkpoint.draw_by(move |name| config.deviation(name));
        network(checkpoint, &config)
    }))
}

fn network(checkpoint: &mut Checkpoint<'_>, config: &Config) -> Result<Network, Error> {
    // An encoder that is saved alone names its parts without their owner.
    let alone = checkpoint.shape("block.0.layer.0.layer_norm.weight");
    let encoder = if alone.is_some() { "" } else { "encoder." };
    let blocks = load_blocks(
        checkpoint,
        &config.sizes,
        ("num_layers", "0.layer_norm.weight"),
        |layer| format!("{encoder}block.{layer}.layer."),
        |checkpoint, stem| load_block(checkpoint, config, stem),
    )?;
    let shape = &config.sizes.block;
    let embeddings = Embeddings::load(checkpoint, config, encoder)?;
    let norm = format!("{encoder}final_layer_norm");
    let norm = Norm::load_unbiased(checkpoint, &norm, shape.width, shape.epsilon)?;
    Ok(Network {
        norm: Some(norm),
        extra_room: ExtraRoom {
            gated: if config.gated { shape.intermediate } else { 0 },
            by_offset: shape.heads,
            ..ExtraRoom::default()
        },
        ..Network::new(move |workspace| embeddings.apply(workspace), blocks)
    })
}

/// A row for each token, and what each head adds for each offset.
struct Embeddings {
    word: Embedding,
    /// [bucket, head].
    bias: Embedding,
    buckets: Buckets,
}

impl Embeddings {
    fn load(
        checkpoint: &mut Checkpoint<'_>,
        config: &Config,
        encoder: &str,
    ) -> Result<Self, Error> {
        let own = format!("{encoder}embed_tokens");
        let mut stored = |table: &str| checkpoint.shape(&format!("{table}.weight")).is_some();
        let table = if !stored("shared") && stored(&own) {
            &own
        } else {
            "shared"
        };
        let tokens = Rows::Exactly(config.sizes.vocabulary);
        let bias = format!("{encoder}block.0.layer.0.SelfAttention.relative_attention_bias");
        let rows = Rows::Exactly(config.buckets.rows);
        let shape = &config.sizes.block;
        Ok(Self {
            word: Embedding::load(checkpoint, table, tokens, shape.width)?,
            bias: Embedding::load(checkpoint, &bias, rows, shape.heads)?,
            buckets: config.buckets,
        })
    }

    fn apply(&self, workspace: &mut Workspace) {
        self.word.rows_of(&workspace.ids, &mut workspace.hidden);
        self.bias_by_offset(workspace.longest(), &mut workspace.by_offset);
    }

    /// Writes the bias of each head and offset to `by_offset` [head, offset].
    fn bias_by_offset(&self, tokens: usize, by_offset: &mut [f32]) {
        let offsets = n_offsets(tokens);
        for offset in 0..offsets {
            // Offset `tokens - 1` is that of a token to itself.
            let (distance, after) = (offset.abs_diff(tokens - 1), offset >= tokens);
            let row = self.bias.row(self.buckets.of(distance, after));
            let cells = by_offset[offset..].iter_mut().step_by(offsets);
            cells.zip(row).for_each(|(cell, bias)| *cell = *bias);
        }
    }
}

fn load_block(
    checkpoint: &mut Checkpoint<'_>,
    config: &Config,
    stem: &str,
) -> Result<Block, Error> {
    let name = |part: &str| format!("{stem}{part}");
    let shape = &config.sizes.block;
    let norm = |checkpoint: &mut _, part| {
        Norm::load_unbiased(checkpoint, &name(part), shape.width, shape.epsilon)
    };
    Ok(Block {
        attention: attention(checkpoint, config, &name("0.SelfAttention"))?,
        attention_norm: norm(checkpoint, "0.layer_norm")?,
        feed_forward: feed_forward_maps(checkpoint, config, &name("1.DenseReluDense"))?,
        feed_forward_norm: norm(checkpoint, "1.layer_norm")?,
        norms: Norms::Inputs,
    })
}

fn attention(
    checkpoint: &mut Checkpoint<'_>,
    config: &Config,
    name: &str,
) -> Result<SelfAttention, Error> {
    let (inner, shape) = (config.inner_width(), &config.sizes.block);
    let width = shape.width;
    let [q, k, v, o] = ["q", "k", "v", "o"].map(|part| format!("{name}.{part}"));
    Ok(SelfAttention {
        qkv: Linear::load_unbiased(checkpoint, &[&q, &k, &v], inner, width)?,
        output: Linear::load_unbiased(checkpoint, &[&o], width, inner)?,
        heads: shape.heads,
        head_width: shape.head_width,
        scale: 1.0,
        offsets: Offsets::Bias,
    })
}

fn feed_forward_maps(
    checkpoint: &mut Checkpoint<'_>,
    config: &Config,
    name: &str,
) -> Result<FeedForward, Error> {
    let &BlockShape {
        intermediate,
        width,
        activation,
        ..
    } = &config.sizes.block;
    let mut up = |part: &str| {
        let name = format!("{name}.{part}");
        Linear::load_unbiased(checkpoint, &[&name], intermediate, width)
    };
    let (up, gate) = if config.gated {
        (up("wi_0")?, Some(up("wi_1")?))
    } else {
        (up("wi")?, None)
    };
    let down = format!("{name}.wo");
    Ok(FeedForward {
        up,
        activation,
        gate,
        down: Linear::load_unbiased(checkpoint, &[&down], width, intermediate)?,
    })
}
