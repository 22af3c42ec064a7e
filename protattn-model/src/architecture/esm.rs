//! ESM-1b (Rives et al., PNAS 2021, doi 10.1073/pnas.2016239118) and ESM-2 (Lin et al., Science
//! 2023, doi 10.1126/science.ade2574).
//!
//! Learned absolute positions or rotary ones; in each block a norm comes before self-attention and
//! before the feed-forward network, outside the residual sums; one more norm ends the network.

use serde_json::Value;

use super::esm_config::{EsmConfig, Positions};
use super::{Architecture, Plan, config};
use crate::blocks::{
    AttentionNames, Embedding, FeedForward, LayerNorm, Linear, Offsets, Rotary, Rows, SelfAttention,
};
use crate::checkpoint::Checkpoint;
use crate::contacts::ContactHead;
use crate::error::Error;
use crate::kernel::{Activation, NotFinite, Wanted};
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

/// Reads the configuration.
pub(super) fn plan(value: &Value) -> Result<Plan, Error> {
    let config = EsmConfig::new(value)?;
    Ok(Plan::new(config.info(), PREFIX, move |checkpoint| {
        Esm::load(checkpoint, &config)
    }))
}

/// The network.
struct Esm {
    embeddings: Embeddings,
    rotary: Option<Rotary>,
    layers: Vec<Layer>,
    norm: LayerNorm,
    contact_head: Option<ContactHead>,
}

impl Esm {
    fn load(checkpoint: &mut Checkpoint<'_>, config: &EsmConfig) -> Result<Self, Error> {
        let &EsmConfig { width, epsilon, .. } = config;
        let embeddings = Embeddings::load(checkpoint, config)?;
        let layers = (0..config.layers)
            .map(|layer| Layer::load(checkpoint, config, layer))
            .collect::<Result<_, _>>()?;
        let next = format!(
            "encoder.layer.{}.attention.self.query.weight",
            config.layers
        );
        config::no_more_layers(checkpoint, "num_hidden_layers", config.layers, next)?;
        let rotary = match config.positions {
            Positions::Absolute { .. } => None,
            Positions::Rotary { theta } => {
                let head_width = width / config.heads;
                Some(Rotary::load(checkpoint, &FREQUENCIES, head_width, theta)?)
            }
        };
        let name = "encoder.emb_layer_norm_after";
        Ok(Self {
            embeddings,
            rotary,
            layers,
            norm: LayerNorm::load(checkpoint, name, width, epsilon)?,
            contact_head: ContactHead::load(checkpoint, config.layers, config.heads)?,
        })
    }
}

impl Architecture for Esm {
    fn embed(&self, workspace: &mut Workspace) {
        let Workspace {
            ids,
            proteins,
            hidden,
            ..
        } = workspace;
        let width = hidden.len() / ids.len();
        for protein in proteins {
            let rows = protein.start * width..protein.end * width;
            self.embeddings
                .apply(&ids[protein.clone()], &mut hidden[rows]);
        }
        if let Some(rotary) = &self.rotary {
            rotary.turns(&mut workspace.turns);
        }
    }

    fn project(&self, layer: usize, values: bool, workspace: &mut Workspace) {
        self.layers[layer].project(values, workspace);
    }

    fn attend(
        &self,
        layer: usize,
        protein: usize,
        wanted: &Wanted,
        workspace: &mut Workspace,
    ) -> Result<(), NotFinite> {
        self.layers[layer]
            .attention
            .attend(protein, wanted, workspace)
    }

    fn complete(&self, layer: usize, workspace: &mut Workspace) {
        self.layers[layer].complete(workspace);
        if layer + 1 == self.layers.len() {
            self.norm.apply(&mut workspace.hidden);
        }
    }

    fn positions(&self) -> Option<usize> {
        let table = self.embeddings.positions.as_ref();
        table.map(PositionTable::count)
    }

    fn contact_head(&self) -> Option<&ContactHead> {
        self.contact_head.as_ref()
    }

    fn extra_room(&self) -> ExtraRoom {
        ExtraRoom {
            turns: self.rotary.as_ref().map_or(0, Rotary::width),
            ..ExtraRoom::default()
        }
    }
}

/// A row for each token, scaled where tokens were dropped in training, and for each absolute
/// position.
struct Embeddings {
    word: Embedding,
    dropped: Option<u32>,
    positions: Option<PositionTable>,
    norm: Option<LayerNorm>,
}

impl Embeddings {
    fn load(checkpoint: &mut Checkpoint<'_>, config: &EsmConfig) -> Result<Self, Error> {
        let (width, epsilon) = (config.width, config.epsilon);
        let rows = Rows::Exactly(config.vocabulary);
        Ok(Self {
            word: Embedding::load(checkpoint, "embeddings.word_embeddings", rows, width)?,
            dropped: config.dropped,
            positions: match config.positions {
                Positions::Absolute { padding, rows } => {
                    Some(PositionTable::load(checkpoint, padding, rows, width)?)
                }
                Positions::Rotary { .. } => None,
            },
            norm: if config.norm_before {
                let name = "embeddings.layer_norm";
                Some(LayerNorm::load(checkpoint, name, width, epsilon)?)
            } else {
                None
            },
        })
    }

    fn apply(&self, ids: &[u32], out: &mut [f32]) {
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

/// One block.
struct Layer {
    attention_norm: LayerNorm,
    attention: SelfAttention,
    feed_forward_norm: LayerNorm,
    feed_forward: FeedForward,
}

impl Layer {
    fn load(
        checkpoint: &mut Checkpoint<'_>,
        config: &EsmConfig,
        layer: usize,
    ) -> Result<Self, Error> {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        let &EsmConfig {
            heads,
            width,
            intermediate,
            epsilon,
            ..
        } = config;
        let names = AttentionNames {
            query: &name("attention.self.query"),
            key: &name("attention.self.key"),
            value: &name("attention.self.value"),
            output: &name("attention.output.dense"),
        };
        let (attention_norm, norm) = (name("attention.LayerNorm"), name("LayerNorm"));
        Ok(Self {
            attention_norm: LayerNorm::load(checkpoint, &attention_norm, width, epsilon)?,
            attention: SelfAttention {
                offsets: match config.positions {
                    Positions::Absolute { .. } => Offsets::Nothing,
                    Positions::Rotary { .. } => Offsets::Turns,
                },
                ..SelfAttention::load(checkpoint, &names, heads, width)?
            },
            feed_forward_norm: LayerNorm::load(checkpoint, &norm, width, epsilon)?,
            feed_forward: FeedForward {
                up: Linear::load(checkpoint, &name("intermediate.dense"), intermediate, width)?,
                activation: Activation::Gelu,
                gate: None,
                down: Linear::load(checkpoint, &name("output.dense"), width, intermediate)?,
            },
        })
    }

    fn project(&self, values: bool, workspace: &mut Workspace) {
        let Workspace { hidden, spare, .. } = workspace;
        self.attention_norm.apply_to(hidden, spare);
        self.attention.project_spare(values, workspace);
    }

    fn complete(&self, workspace: &mut Workspace) {
        self.attention.add_to_hidden(workspace);
        let Workspace { hidden, spare, .. } = workspace;
        self.feed_forward_norm.apply_to(hidden, spare);
        self.feed_forward.add_of_spare_to_hidden(workspace);
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
