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

use super::t5_config::{Buckets, Config};
use super::{Architecture, Plan, config};
use crate::blocks::{Embedding, FeedForward, Linear, Offsets, RmsNorm, Rows, SelfAttention};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::kernel::{NotFinite, Wanted};
use crate::workspace::{ExtraRoom, Workspace};

/// The prefix of a T5 that is stored as part of a task model.
const PREFIX: &str = "transformer.";

/// Reads the configuration.
pub(super) fn plan(value: &Value) -> Result<Plan, Error> {
    let config = Config::new(value)?;
    Ok(Plan::new(config.info(), PREFIX, move |checkpoint| {
        checkpoint.draw_by(move |name| config.deviation(name));
        T5::load(checkpoint, &config)
    }))
}

/// The network.
struct T5 {
    embedding: Embedding,
    /// [bucket, head].
    bias: Embedding,
    buckets: Buckets,
    blocks: Vec<Block>,
    norm: RmsNorm,
    extra_room: ExtraRoom,
}

impl T5 {
    fn load(checkpoint: &mut Checkpoint<'_>, config: &Config) -> Result<Self, Error> {
        // An encoder that is saved alone names its parts without their owner.
        let alone = checkpoint.shape("block.0.layer.0.layer_norm.weight");
        let encoder = if alone.is_some() { "" } else { "encoder." };
        let next = format!("{encoder}block.{}.layer.0.layer_norm.weight", config.layers);
        config::no_more_layers(checkpoint, "num_layers", config.layers, next)?;
        let own = format!("{encoder}embed_tokens");
        let mut stored = |table: &str| checkpoint.shape(&format!("{table}.weight")).is_some();
        let table = if !stored("shared") && stored(&own) {
            &own
        } else {
            "shared"
        };
        let tokens = Rows::Exactly(config.vocabulary);
        let bias = format!("{encoder}block.0.layer.0.SelfAttention.relative_attention_bias");
        let rows = Rows::Exactly(config.buckets.rows);
        let norm = format!("{encoder}final_layer_norm");
        Ok(Self {
            embedding: Embedding::load(checkpoint, table, tokens, config.width)?,
            bias: Embedding::load(checkpoint, &bias, rows, config.heads)?,
            buckets: config.buckets,
            blocks: (0..config.layers)
                .map(|layer| Block::load(checkpoint, config, &format!("{encoder}block.{layer}")))
                .collect::<Result<_, _>>()?,
            norm: RmsNorm::load(checkpoint, &norm, config.width, config.epsilon)?,
            extra_room: ExtraRoom {
                gated: if config.gated { config.intermediate } else { 0 },
                by_offset: config.heads,
                ..ExtraRoom::default()
            },
        })
    }

    /// Writes the bias of each head and offset to `by_offset` [head, offset].
    fn bias_by_offset(&self, tokens: usize, by_offset: &mut [f32]) {
        let offsets = by_offset.len() / self.extra_room.by_offset;
        for offset in 0..offsets {
            // Offset `tokens - 1` is that of a token to itself.
            let (distance, after) = (offset.abs_diff(tokens - 1), offset >= tokens);
            let row = self.bias.row(self.buckets.of(distance, after));
            let cells = by_offset[offset..].iter_mut().step_by(offsets);
            cells.zip(row).for_each(|(cell, bias)| *cell = *bias);
        }
    }
}

impl Architecture for T5 {
    fn embed(&self, workspace: &mut Workspace) {
        self.embedding
            .rows_of(&workspace.ids, &mut workspace.hidden);
        self.bias_by_offset(workspace.longest(), &mut workspace.by_offset);
    }

    fn project(&self, layer: usize, values: bool, workspace: &mut Workspace) {
        let block = &self.blocks[layer];
        block
            .attention_norm
            .apply_to(&workspace.hidden, &mut workspace.spare);
        block.attention.project_spare(values, workspace);
    }

    fn attend(
        &self,
        layer: usize,
        protein: usize,
        wanted: &Wanted,
        workspace: &mut Workspace,
    ) -> Result<(), NotFinite> {
        self.blocks[layer]
            .attention
            .attend(protein, wanted, workspace)
    }

    fn complete(&self, layer: usize, workspace: &mut Workspace) {
        let block = &self.blocks[layer];
        block.attention.add_to_hidden(workspace);
        block
            .feed_forward_norm
            .apply_to(&workspace.hidden, &mut workspace.spare);
        block.feed_forward.add_of_spare_to_hidden(workspace);
        if layer + 1 == self.blocks.len() {
            let Workspace { hidden, spare, .. } = workspace;
            self.norm.apply_to(hidden, spare);
            std::mem::swap(hidden, spare);
        }
    }

    fn extra_room(&self) -> ExtraRoom {
        self.extra_room
    }
}

struct Block {
    attention_norm: RmsNorm,
    attention: SelfAttention,
    feed_forward_norm: RmsNorm,
    feed_forward: FeedForward,
}

impl Block {
    fn load(checkpoint: &mut Checkpoint<'_>, config: &Config, block: &str) -> Result<Self, Error> {
        let name = |part: &str| format!("{block}.layer.{part}");
        let norm = |checkpoint: &mut _, part| {
            RmsNorm::load(checkpoint, &name(part), config.width, config.epsilon)
        };
        Ok(Self {
            attention_norm: norm(checkpoint, "0.layer_norm")?,
            attention: attention(checkpoint, config, &name("0.SelfAttention"))?,
            feed_forward_norm: norm(checkpoint, "1.layer_norm")?,
            feed_forward: feed_forward_maps(checkpoint, config, &name("1.DenseReluDense"))?,
        })
    }
}

fn attention(
    checkpoint: &mut Checkpoint<'_>,
    config: &Config,
    name: &str,
) -> Result<SelfAttention, Error> {
    let (inner, width) = (config.inner_width(), config.width);
    let [q, k, v, o] = ["q", "k", "v", "o"].map(|part| format!("{name}.{part}"));
    Ok(SelfAttention {
        qkv: Linear::load_unbiased(checkpoint, &[&q, &k, &v], inner, width)?,
        output: Linear::load_unbiased(checkpoint, &[&o], width, inner)?,
        heads: config.heads,
        head_width: config.head_width,
        scale: 1.0,
        offsets: Offsets::Bias,
    })
}

fn feed_forward_maps(
    checkpoint: &mut Checkpoint<'_>,
    config: &Config,
    name: &str,
) -> Result<FeedForward, Error> {
    let (intermediate, width) = (config.intermediate, config.width);
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
        activation: config.activation,
        gate,
        down: Linear::load_unbiased(checkpoint, &[&down], width, intermediate)?,
    })
}
