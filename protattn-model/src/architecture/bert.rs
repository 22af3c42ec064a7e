//! BERT (Devlin et al., arXiv 1810.04805): ProtBert, ProtBert-BFD, TapeBert.
//!
//! Learned absolute positions; in each block self-attention and a feed-forward network, each
//! followed by a residual sum and a layer norm.

use serde_json::Value;

use super::bert_config::BertConfig;
use super::{Architecture, Plan, config};
use crate::blocks::{AttentionNames, PostNorm, PostNormNames, TokenEmbedding};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::info::Family;
use crate::kernel::{NotFinite, Wanted};
use crate::workspace::{ExtraRoom, Workspace};

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

/// Reads the configuration.
pub(super) fn plan(value: &Value) -> Result<Plan, Error> {
    let config = BertConfig::new(value, "gelu")?;
    Ok(Plan::new(
        config.info(Family::Bert),
        PREFIX,
        move |checkpoint| {
            let embedding = TokenEmbedding::load(checkpoint, &config.tables, None)?;
            Bert::load(checkpoint, &config, embedding)
        },
    ))
}

/// The network.
pub(super) struct Bert {
    embedding: TokenEmbedding,
    layers: Vec<PostNorm>,
}

impl Bert {
    /// Reads the layers, which are the same in ELECTRA.
    pub(super) fn load(
        checkpoint: &mut Checkpoint<'_>,
        config: &BertConfig,
        embedding: TokenEmbedding,
    ) -> Result<Self, Error> {
        let layers = (0..config.layers)
            .map(|layer| load_layer(checkpoint, config, layer))
            .collect::<Result<_, _>>()?;
        let next = format!(
            "encoder.layer.{}.attention.self.query.weight",
            config.layers
        );
        config::no_more_layers(checkpoint, "num_hidden_layers", config.layers, next)?;
        Ok(Self { embedding, layers })
    }
}

fn load_layer(
    checkpoint: &mut Checkpoint<'_>,
    config: &BertConfig,
    layer: usize,
) -> Result<PostNorm, Error> {
    let name = |part: &str| format!("encoder.layer.{layer}.{part}");
    let names = PostNormNames {
        attention: AttentionNames {
            query: &name("attention.self.query"),
            key: &name("attention.self.key"),
            value: &name("attention.self.value"),
            output: &name("attention.output.dense"),
        },
        attention_norm: &name("attention.output.LayerNorm"),
        up: &name("intermediate.dense"),
        down: &name("output.dense"),
        output_norm: &name("output.LayerNorm"),
    };
    PostNorm::load(checkpoint, &names, &config.shape)
}

impl Architecture for Bert {
    fn embed(&self, workspace: &mut Workspace) {
        self.embedding.apply(workspace);
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
        self.layers[layer].attend(protein, wanted, workspace)
    }

    fn complete(&self, layer: usize, workspace: &mut Workspace) {
        self.layers[layer].complete(workspace);
    }

    fn positions(&self) -> Option<usize> {
        Some(self.embedding.positions())
    }

    fn extra_room(&self) -> ExtraRoom {
        self.embedding.extra_room()
    }
}
