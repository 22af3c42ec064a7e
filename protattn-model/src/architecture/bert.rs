//! BERT (Devlin et al., arXiv 1810.04805): ProtBert, ProtBert-BFD, TapeBert.
//!
//! Learned absolute positions; in each block self-attention and a feed-forward network, each
//! followed by a residual sum and a layer norm.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Architecture, Loaded, config};
use crate::blocks::{
    AttentionNames, Embedding, FeedForward, LayerNorm, Linear, Rows, SelfAttention,
};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::info::{Family, Info};
use crate::kernel::Activation;
use crate::tokenizer::Alphabet;
use crate::workspace::Workspace;

/// The prefix of a BERT that is stored as part of a task model.
const PREFIX: &str = "bert.";
/// The epsilon of the published models, and the default of transformers.
const DEFAULT_EPSILON: f64 = 1e-12;
/// The size of the vocabulary of the TAPE models, which come without `vocab.txt`.
const TAPE_VOCABULARY: usize = 30;

/// The keys of `config.json` that matter; dropout and the like do nothing outside training.
#[derive(Deserialize)]
struct Keys {
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    vocab_size: usize,
    max_position_embeddings: Option<usize>,
    type_vocab_size: Option<usize>,
    hidden_act: Option<String>,
    layer_norm_eps: Option<f64>,
    position_embedding_type: Option<String>,
    is_decoder: Option<bool>,
    is_encoder_decoder: Option<bool>,
    add_cross_attention: Option<bool>,
    pruned_heads: Option<BTreeMap<String, Vec<usize>>>,
}

/// A checked configuration.
struct Config {
    layers: usize,
    heads: usize,
    width: usize,
    intermediate: usize,
    vocabulary: usize,
    activation: Activation,
    epsilon: f32,
    /// Rows of the tables of positions and token types, for weights that have no tables of
    /// their own to tell.
    positions: usize,
    types: usize,
}

impl Config {
    fn new(keys: &Keys) -> Result<Self, Error> {
        let width = config::within("hidden_size", keys.hidden_size, config::WIDTH)?;
        refuse_variants(keys)?;
        Ok(Self {
            layers: config::within("num_hidden_layers", keys.num_hidden_layers, config::LAYERS)?,
            heads: config::heads("num_attention_heads", keys.num_attention_heads, width)?,
            width,
            intermediate: config::within(
                "intermediate_size",
                keys.intermediate_size,
                config::INTERMEDIATE,
            )?,
            vocabulary: config::within("vocab_size", keys.vocab_size, config::TOKENS)?,
            activation: config::activation(
                "hidden_act",
                keys.hidden_act.as_deref().unwrap_or("gelu"),
            )?,
            epsilon: config::epsilon(
                "layer_norm_eps",
                keys.layer_norm_eps.unwrap_or(DEFAULT_EPSILON),
            )?,
            positions: config::within(
                "max_position_embeddings",
                keys.max_position_embeddings.unwrap_or(512),
                config::TOKENS,
            )?,
            types: config::within(
                "type_vocab_size",
                keys.type_vocab_size.unwrap_or(2),
                config::TOKENS,
            )?,
        })
    }

    fn info(&self, positions: usize, checkpoint: &Checkpoint<'_>) -> Info {
        Info {
            name: String::new(),
            family: Family::Bert,
            n_layers: self.layers,
            n_heads: self.heads,
            width: self.width,
            head_width: self.width / self.heads,
            intermediate: self.intermediate,
            vocabulary: self.vocabulary,
            positions: Some(positions),
            parameters: checkpoint.parameters(),
            dtype: checkpoint.dtype(),
        }
    }
}

/// Refuses what would change the arithmetic in ways that are not built.
fn refuse_variants(keys: &Keys) -> Result<(), Error> {
    config::off("is_decoder", keys.is_decoder)?;
    config::off("is_encoder_decoder", keys.is_encoder_decoder)?;
    config::off("add_cross_attention", keys.add_cross_attention)?;
    match keys.position_embedding_type.as_deref() {
        None | Some("absolute") => {}
        Some(other) => {
            let key = "position_embedding_type";
            return Err(config::invalid(
                key,
                format_args!("`{other}`"),
                "`absolute`",
            ));
        }
    }
    match &keys.pruned_heads {
        Some(pruned) if !pruned.is_empty() => {
            let found = format!("set for {} layers", pruned.len());
            Err(config::invalid("pruned_heads", found, "empty"))
        }
        _ => Ok(()),
    }
}

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

/// Builds the network from its configuration and weights.
pub(super) fn load(value: &Value, checkpoint: Checkpoint<'_>) -> Result<Loaded, Error> {
    let keys = Keys::deserialize(value).map_err(Error::ConfigSyntax)?;
    let config = Config::new(&keys)?;
    let mut checkpoint = checkpoint.with_prefix(PREFIX);
    let embeddings = Embeddings::load(&mut checkpoint, &config)?;
    let layers = (0..config.layers)
        .map(|layer| Layer::load(&mut checkpoint, &config, layer))
        .collect::<Result<Vec<_>, _>>()?;
    refuse_more_layers(&checkpoint, &config)?;
    Ok(Loaded {
        info: config.info(embeddings.position.rows(), &checkpoint),
        network: Box::new(Bert { embeddings, layers }),
        built_in_alphabet: (config.vocabulary == TAPE_VOCABULARY).then(Alphabet::tape),
    })
}

fn refuse_more_layers(checkpoint: &Checkpoint<'_>, config: &Config) -> Result<(), Error> {
    let tensor = format!(
        "encoder.layer.{}.attention.self.query.weight",
        config.layers
    );
    match checkpoint.shape(&tensor) {
        None => Ok(()),
        Some(_) => Err(Error::ExtraLayer {
            layers: config.layers,
            tensor,
        }),
    }
}

/// The network.
struct Bert {
    embeddings: Embeddings,
    layers: Vec<Layer>,
}

impl Architecture for Bert {
    fn embed(&self, ids: &[u32], workspace: &mut Workspace) {
        self.embeddings.apply(ids, &mut workspace.hidden);
    }

    fn attend(&self, layer: usize, values: bool, workspace: &mut Workspace) {
        self.layers[layer].attention.maps(values, workspace);
    }

    fn complete(&self, layer: usize, workspace: &mut Workspace) {
        self.layers[layer].complete(workspace);
    }
}

/// A token's embedding is the sum of three rows, normed.
struct Embeddings {
    word: Embedding,
    token_type: Embedding,
    position: Embedding,
    norm: LayerNorm,
}

impl Embeddings {
    fn load(checkpoint: &mut Checkpoint<'_>, config: &Config) -> Result<Self, Error> {
        let mut table = |name: &str, rows: Rows| {
            let name = format!("embeddings.{name}_embeddings");
            Embedding::load(checkpoint, &name, rows, config.width)
        };
        Ok(Self {
            word: table("word", Rows::Exactly(config.vocabulary))?,
            token_type: table(
                "token_type",
                Rows::AsStored {
                    otherwise: config.types,
                },
            )?,
            position: table(
                "position",
                Rows::AsStored {
                    otherwise: config.positions,
                },
            )?,
            norm: LayerNorm::load(
                checkpoint,
                "embeddings.LayerNorm",
                config.width,
                config.epsilon,
            )?,
        })
    }

    fn apply(&self, ids: &[u32], out: &mut [f32]) {
        // A protein is one segment: every token has the type 0.
        let token_type = self.token_type.row(0);
        for (position, (&id, out)) in ids
            .iter()
            .zip(out.chunks_exact_mut(token_type.len()))
            .enumerate()
        {
            let rows = self.word.row(id as usize).iter().zip(token_type);
            for ((out, (word, token_type)), position) in
                out.iter_mut().zip(rows).zip(self.position.row(position))
            {
                *out = word + token_type + position;
            }
        }
        self.norm.apply(out);
    }
}

/// One block.
struct Layer {
    attention: SelfAttention,
    attention_norm: LayerNorm,
    feed_forward: FeedForward,
    output_norm: LayerNorm,
}

impl Layer {
    fn load(checkpoint: &mut Checkpoint<'_>, config: &Config, layer: usize) -> Result<Self, Error> {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        let (width, intermediate) = (config.width, config.intermediate);
        let attention_names = AttentionNames {
            query: &name("attention.self.query"),
            key: &name("attention.self.key"),
            value: &name("attention.self.value"),
            output: &name("attention.output.dense"),
        };
        Ok(Self {
            attention: SelfAttention::load(checkpoint, &attention_names, config.heads, width)?,
            attention_norm: LayerNorm::load(
                checkpoint,
                &name("attention.output.LayerNorm"),
                width,
                config.epsilon,
            )?,
            feed_forward: FeedForward {
                up: Linear::load(checkpoint, &name("intermediate.dense"), intermediate, width)?,
                activation: config.activation,
                down: Linear::load(checkpoint, &name("output.dense"), width, intermediate)?,
            },
            output_norm: LayerNorm::load(
                checkpoint,
                &name("output.LayerNorm"),
                width,
                config.epsilon,
            )?,
        })
    }

    fn complete(&self, workspace: &mut Workspace) {
        self.attention.add_to_hidden(workspace);
        self.attention_norm.apply(&mut workspace.hidden);
        self.feed_forward.add_to_hidden(workspace);
        self.output_norm.apply(&mut workspace.hidden);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    fn with(key: &str, value: Value) -> Result<Config, Error> {
        let mut config = json!({
            "hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4,
            "intermediate_size": 144, "vocab_size": 30
        });
        config[key] = value;
        let keys = Keys::deserialize(&config).map_err(Error::ConfigSyntax)?;
        Config::new(&keys)
    }

    #[test]
    fn the_defaults_are_those_of_the_published_models() {
        let config = with("model_type", json!("bert")).unwrap();
        assert_eq!(config.activation, Activation::Gelu);
        assert_eq!(config.epsilon, 1e-12);
    }

    #[test]
    fn each_key_is_honoured() {
        let activation = |name: &str| with("hidden_act", json!(name)).unwrap().activation;
        assert_eq!(activation("gelu_new"), Activation::GeluTanh);
        assert_eq!(activation("relu"), Activation::Relu);
        assert_eq!(activation("swish"), Activation::Silu);
        assert_eq!(with("layer_norm_eps", json!(1e-5)).unwrap().epsilon, 1e-5);
        assert!(with("is_decoder", json!(false)).is_ok());
        assert!(with("position_embedding_type", json!("absolute")).is_ok());
        assert!(with("pruned_heads", json!({})).is_ok());
        assert!(with("hidden_act", Value::Null).is_ok());
    }

    #[test]
    fn what_cannot_be_computed_is_refused_by_its_key() {
        for (key, value) in [
            ("hidden_act", json!("mish")),
            ("is_decoder", json!(true)),
            ("is_encoder_decoder", json!(true)),
            ("add_cross_attention", json!(true)),
            ("position_embedding_type", json!("relative_key")),
            ("pruned_heads", json!({"1": [0, 2]})),
            ("layer_norm_eps", json!(-1.0)),
            ("layer_norm_eps", json!(1e300)),
            ("num_attention_heads", json!(5)),
            ("num_attention_heads", json!(0)),
            ("num_hidden_layers", json!(0)),
            ("hidden_size", json!(1_u64 << 40)),
            ("intermediate_size", json!(0)),
            ("vocab_size", json!(0)),
            ("max_position_embeddings", json!(0)),
            ("type_vocab_size", json!(0)),
        ] {
            match with(key, value.clone()) {
                Err(Error::Config { key: found, .. }) => assert_eq!(found, key),
                _ => panic!("{key}: {value} is taken"),
            }
        }
    }

    #[test]
    fn a_value_of_the_wrong_type_is_a_syntax_error() {
        for value in [json!("48"), json!(-1), json!(4.5), Value::Null] {
            assert!(matches!(
                with("hidden_size", value),
                Err(Error::ConfigSyntax(_))
            ));
        }
    }
}
