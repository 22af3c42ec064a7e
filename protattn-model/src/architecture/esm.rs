//! ESM-1b (Rives et al., PNAS 2021, doi 10.1073/pnas.2016239118) and ESM-2 (Lin et al., Science
//! 2023, doi 10.1126/science.ade2574).
//!
//! Learned absolute positions or rotary ones; in each block a norm comes before self-attention and
//! before the feed-forward network, outside the residual sums; one more norm ends the network.

use serde_json::Value;

use super::esm_config::{EsmConfig, Positions};
use super::network::{Network, load_blocks};
use super::{Plan, bert, config};
use crate::blocks::{Block, BlockNames, BlockShape, Embedding, Norm, Norms, Offsets, Rotary, Rows};
use crate::checkpoint::Checkpoint;
use crate::contacts::ContactHead;
use crate::error::Error;
use crate::workspace::{ExtraRoom, Workspace};

/// The prefix of an ESM that is stored as part of a task model.
const PREFIX: &str = "esm.";
/// The share of tokens that were masked in training: 15 %, of which 80 % by the mask token.
const MASKED_IN_TRAINING: f32 = 0.15 * 0.8;
/// Where the frequencies of rotary positions are stored, if they are: with the model, with the
/// first layer, or as transformers 5 spells it.
const FREQUENCIES: [&str; 3] = [
    "rotary_embeddings.inv_freq",
    "encoder.layer.0.attention.self.rotary_embeddings.inv_freq",
    "encoder.layer.*.attention.self.rotary_embeddings.inv_freq",
];

/// The names of a block's tensors, behind those of its layer: its norms are not where BERT has them.
const NAMES: BlockNames = BlockNames {
    attention_norm: "attention.LayerNorm",
    feed_forward_norm: "LayerNorm",
    ..bert::NAMES
};

/// Reads the configuration.
pub(super) fn plan(value: &Value) -> Result<Plan, Error> {
    let config = EsmConfig::new(value)?;
    Ok(Plan::new(config.sizes.info(), PREFIX, move |checkpoint| {
        network(checkpoint, &config)
    }))
}

fn network(checkpoint: &mut Checkpoint<'_>, config: &EsmConfig) -> Result<Network, Error> {
    let shape = &config.sizes.block;
    let mut embeddings = Embeddings::load(checkpoint, config)?;
    let blocks = load_blocks(
        checkpoint,
        &config.sizes,
        ("num_hidden_layers", "attention.self.query.weight"),
        |layer| format!("encoder.layer.{layer}."),
        |checkpoint, stem| load_block(checkpoint, stem, config),
    )?;
    if let Positions::Rotary { theta } = config.positions {
        let rotary = Rotary::load(checkpoint, &FREQUENCIES, shape.head_width, theta)?;
        embeddings.rotary = Some(rotary);
    }
    let norm = "encoder.emb_layer_norm_after";
    Ok(Network {
        norm: Some(Norm::load(checkpoint, norm, shape.width, shape.epsilon)?),
        extra_room: ExtraRoom {
            turns: embeddings.rotary.as_ref().map_or(0, Rotary::width),
            ..ExtraRoom::default()
        },
        positions: embeddings.positions.as_ref().map(PositionTable::count),
        contact_head: ContactHead::load(checkpoint, config.sizes.layers, shape.heads)?,
        ..Network::new(move |workspace| embeddings.apply(workspace), blocks)
    })
}

fn load_block(
    checkpoint: &mut Checkpoint<'_>,
    stem: &str,
    config: &EsmConfig,
) -> Result<Block, Error> {
    let shape = &config.sizes.block;
    let mut block = Block::load(checkpoint, stem, &NAMES, shape, Norms::Inputs)?;
    if let Positions::Rotary { .. } = config.positions {
        block.attention.offsets = Offsets::Turns;
    }
    Ok(block)
}

/// A row for each token, scaled where tokens were dropped in training, and for each absolute
/// position; what turns queries and keys comes with them.
struct Embeddings {
    word: Embedding,
    dropped: Option<u32>,
    positions: Option<PositionTable>,
    rotary: Option<Rotary>,
    norm: Option<Norm>,
}

impl Embeddings {
    fn load(checkpoint: &mut Checkpoint<'_>, config: &EsmConfig) -> Result<Self, Error> {
        let BlockShape { width, epsilon, .. } = config.sizes.block;
        let rows = Rows::Exactly(config.sizes.vocabulary);
        Ok(Self {
            word: Embedding::load(checkpoint, "embeddings.word_embeddings", rows, width)?,
            dropped: config.dropped,
            positions: match config.positions {
                Positions::Absolute { padding, rows } => {
                    Some(PositionTable::load(checkpoint, padding, rows, width)?)
                }
                Positions::Rotary { .. } => None,
            },
            rotary: None,
            norm: if config.norm_before {
                let name = "embeddings.layer_norm";
                Some(Norm::load(checkpoint, name, width, epsilon)?)
            } else {
                None
            },
        })
    }

    fn apply(&self, workspace: &mut Workspace) {
        let (ids, hidden) = (&workspace.ids, &mut workspace.hidden);
        let width = hidden.len() / ids.len();
        for protein in &workspace.proteins {
            let rows = protein.start * width..protein.end * width;
            self.apply_to_one(&ids[protein.clone()], &mut hidden[rows]);
        }
        if let Some(rotary) = &self.rotary {
            rotary.turns(&mut workspace.turns);
        }
    }

    fn apply_to_one(&self, ids: &[u32], out: &mut [f32]) {
        let width = out.len() / ids.len();
        let scale = self.scale(ids);
        for (&id, out) in ids.iter().zip(out.chunks_exact_mut(width)) {
            if self.dropped == Some(id) {
                out.fill(0.0);
            } else {
                let row = self.word.row(id as usize);
                out.iter_mut().zip(row).for_each(|(x, w)| *x = w * scale);
            }
        }
        if let Some(positions) = &self.positions {
            positions.add(ids, width, out);
        }
        if let Some(norm) = &self.norm {
            norm.apply(out);
        }
    }

    /// What makes up for tokens that were dropped in training and are not here, as in the dropout
    /// layers of networks (transformers 5.23, `EsmEmbeddings.forward`): 0.88 with no mask token.
    fn scale(&self, ids: &[u32]) -> f32 {
        match self.dropped {
            None => 1.0,
            Some(mask) => {
                let masked = ids.iter().filter(|&&id| id == mask).count();
                (1.0 - MASKED_IN_TRAINING) / (1.0 - masked as f32 / ids.len() as f32)
            }
        }
    }
}

/// Learned absolute positions, counted from the row after the padding token's own number.
struct PositionTable {
    table: Embedding,
    padding: u32,
}

impl PositionTable {
    fn load(
        checkpoint: &mut Checkpoint<'_>,
        padding: u32,
        rows: usize,
        width: usize,
    ) -> Result<Self, Error> {
        let rows = Rows::AsStored { otherwise: rows };
        let name = "embeddings.position_embeddings";
        let table = Embedding::load(checkpoint, name, rows, width)?;
        if (padding as usize) < table.rows() - 1 {
            Ok(Self { table, padding })
        } else {
            let expected = format!("less than {}, for positions to follow it", table.rows() - 1);
            Err(config::invalid("pad_token_id", padding, &expected))
        }
    }

    /// The number of positions.
    fn count(&self) -> usize {
        self.table.rows() - 1 - self.padding as usize
    }

    /// Adds each token's row to `out` [token, width]. Padding tokens are not counted and share the
    /// row of their own number.
    fn add(&self, ids: &[u32], width: usize, out: &mut [f32]) {
        let mut last = self.padding as usize;
        for (&id, out) in ids.iter().zip(out.chunks_exact_mut(width)) {
            let row = if id == self.padding {
                self.table.row(id as usize)
            } else {
                last += 1;
                self.table.row(last)
            };
            out.iter_mut().zip(row).for_each(|(x, p)| *x += p);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn positions_are_counted_from_the_padding_token() {
        let load = |padding, rows| {
            let mut checkpoint = Checkpoint::random(1);
            PositionTable::load(&mut checkpoint, padding, rows, 1)
        };
        let positions = load(1, 5).unwrap();
        assert_eq!(positions.count(), 3);
        let mut out = [0.0; 4];
        positions.add(&[7, 1, 8, 9], 1, &mut out);
        let row = |row| positions.table.row(row)[0];
        assert_eq!(out, [row(2), row(1), row(3), row(4)]);
        assert!(load(3, 5).is_ok());
        for padding in [4, 5, u32::MAX] {
            assert!(matches!(
                load(padding, 5),
                Err(Error::Config {
                    key: "pad_token_id",
                    ..
                })
            ));
        }
    }
}
