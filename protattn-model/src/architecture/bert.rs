//! BERT (Devlin et al., arXiv 1810.04805): ProtBert, ProtBert-BFD, TapeBert.
//!
//! Learned absolute positions; in each block self-attention and a feed-forward network, each
//! followed by a residual sum and a layer norm.

use serde_json::Value;

use super::Plan;
use super::bert_config::BertConfig;
use super::network::{Network, load_blocks};
use crate::blocks::{Block, BlockNames, Norms, TokenEmbedding};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::info::Family;

/// The prefix of a BERT that is stored as part of a task model.
const PREFIX: &str = "bert.";

/// Whether the keys are those of a BERT: TAPE's own configuration names no `model_type`.
pub(super) fn has_keys(config: &Value) -> bool {
    let keys = [
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "intermediate_size",
        "vocab_size",
    ];
    keys.iter().all(|&key| config.get(key).is_some())
}

/// The names of a block's tensors, behind those of its layer.
pub(super) const NAMES: BlockNames = BlockNames {
    qkv: [
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
    ],
    output: "attention.output.dense",
    attention_norm: "attention.output.LayerNorm",
    up: "intermediate.dense",
    down: "output.dense",
    feed_forward_norm: "output.LayerNorm",
};

/// Reads the configuration.
pub(super) fn plan(value: &Value) -> Result<Plan, Error> {
    let config = BertConfig::new(value, Family::Bert, "gelu")?;
    let info = config.sizes.info();
    Ok(Plan::new(info, PREFIX, move |checkpoint| {
        let embedding = TokenEmbedding::load(checkpoint, &config.tables, None)?;
        network(checkpoint, &config, embedding)
    }))
}

/// Reads the layers, which are the same in ELECTRA.
pub(super) fn network(
    checkpoint: &mut Checkpoint<'_>,
    config: &BertConfig,
    embedding: TokenEmbedding,
) -> Result<Network, Error> {
    let blocks = load_blocks(
        checkpoint,
        &config.sizes,
        ("num_hidden_layers", "attention.self.query.weight"),
        |layer| format!("encoder.layer.{layer}."),
        |checkpoint, stem| Block::load(checkpoint, stem, &NAMES, &config.sizes.block, Norms::Sums),
    )?;
    Ok(of_tokens(embedding, blocks))
}

/// The network of BERT and its relatives.
pub(super) fn of_tokens(embedding: TokenEmbedding, blocks: Vec<Block>) -> Network {
    Network {
        positions: Some(embedding.positions()),
        extra_room: embedding.extra_room(),
        ..Network::new(move |workspace| embedding.apply(workspace), blocks)
    }
}
