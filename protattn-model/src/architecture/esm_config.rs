//! The configuration of ESM-1b and ESM-2.

use serde::Deserialize;
use serde_json::Value;

use super::config;
use crate::error::Error;
use crate::info::{Family, Info};
use crate::kernel::Activation;

/// The defaults of transformers, which the published models state themselves.
const DEFAULT_EPSILON: f64 = 1e-12;
const DEFAULT_POSITIONS: usize = 1026;
const DEFAULT_THETA: f64 = 10_000.0;

/// The keys of `config.json` that matter; dropout and the like do nothing outside training.
#[derive(Deserialize)]
struct Keys {
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    vocab_size: usize,
    max_position_embeddings: Option<usize>,
    pad_token_id: Option<u32>,
    mask_token_id: Option<u32>,
    token_dropout: Option<bool>,
    emb_layer_norm_before: Option<bool>,
    position_embedding_type: Option<String>,
    rope_theta: Option<f64>,
    rope_scaling: Option<Value>,
    rope_parameters: Option<Value>,
    hidden_act: Option<String>,
    layer_norm_eps: Option<f64>,
    is_folding_model: Option<bool>,
}

/// A checked configuration.
pub(super) struct EsmConfig {
    pub(super) layers: usize,
    pub(super) heads: usize,
    pub(super) width: usize,
    pub(super) intermediate: usize,
    pub(super) vocabulary: usize,
    pub(super) epsilon: f32,
    pub(super) norm_before: bool,
    /// The mask token, if it stands for a token that was dropped.
    pub(super) dropped: Option<u32>,
    pub(super) positions: Positions,
}

/// What tells one position from another.
#[derive(Debug, PartialEq)]
pub(super) enum Positions {
    /// Rows of a table, from the one after the padding token's.
    Absolute {
        padding: u32,
        /// Rows, for weights that have no table of their own to tell.
        rows: usize,
    },
    Rotary {
        theta: f32,
    },
}

impl EsmConfig {
    pub(super) fn new(value: &Value) -> Result<Self, Error> {
        let keys = Keys::deserialize(value).map_err(Error::ConfigSyntax)?;
        config::refuse_variants(value)?;
        refuse_variants(&keys)?;
        let width = config::within("hidden_size", keys.hidden_size, config::WIDTH)?;
        let heads = config::heads("num_attention_heads", keys.num_attention_heads, width)?;
        Ok(Self {
            layers: config::within("num_hidden_layers", keys.num_hidden_layers, config::LAYERS)?,
            heads,
            width,
            intermediate: config::within(
                "intermediate_size",
                keys.intermediate_size,
                config::INTERMEDIATE,
            )?,
            vocabulary: config::within("vocab_size", keys.vocab_size, config::TOKENS)?,
            epsilon: config::positive(
                "layer_norm_eps",
                keys.layer_norm_eps.unwrap_or(DEFAULT_EPSILON),
            )?,
            norm_before: keys.emb_layer_norm_before == Some(true),
            dropped: match keys.token_dropout {
                Some(true) => Some(token("mask_token_id", keys.mask_token_id)?),
                _ => None,
            },
            positions: Positions::new(&keys, width / heads)?,
        })
    }

    /// What is known without the weights.
    pub(super) fn info(&self) -> Info {
        Info {
            name: String::new(),
            family: Family::Esm,
            n_layers: self.layers,
            n_heads: self.heads,
            width: self.width,
            head_width: self.width / self.heads,
            intermediate: self.intermediate,
            vocabulary: self.vocabulary,
            positions: None,
            parameters: 0,
            dtype: None,
        }
    }
}

impl Positions {
    fn new(keys: &Keys, head_width: usize) -> Result<Self, Error> {
        match keys.position_embedding_type.as_deref() {
            None | Some("absolute") => Ok(Self::Absolute {
                padding: token("pad_token_id", keys.pad_token_id)?,
                rows: config::within(
                    "max_position_embeddings",
                    keys.max_position_embeddings.unwrap_or(DEFAULT_POSITIONS),
                    config::TOKENS,
                )?,
            }),
            Some("rotary") if !head_width.is_multiple_of(2) => {
                let expected = "a number of heads of an even width, for rotary positions";
                let found = keys.num_attention_heads;
                Err(config::invalid("num_attention_heads", found, expected))
            }
            Some("rotary") => Ok(Self::Rotary {
                theta: config::positive("rope_theta", keys.rope_theta.unwrap_or(DEFAULT_THETA))?,
            }),
            Some(other) => Err(config::invalid(
                "position_embedding_type",
                format_args!("`{other}`"),
                "`absolute` or `rotary`",
            )),
        }
    }
}

fn token(key: &'static str, value: Option<u32>) -> Result<u32, Error> {
    value.ok_or_else(|| config::invalid(key, "null", "the number of a token"))
}

/// Refuses what would change the arithmetic in ways that are not built.
fn refuse_variants(keys: &Keys) -> Result<(), Error> {
    if keys.is_folding_model == Some(true) {
        let expected = "false: only the language model is read";
        return Err(config::invalid("is_folding_model", true, expected));
    }
    let scalings = [
        ("rope_scaling", &keys.rope_scaling),
        ("rope_parameters", &keys.rope_parameters),
    ];
    for (key, value) in scalings {
        if value.is_some() {
            return Err(config::invalid(key, "set", "null"));
        }
    }
    // Always GELU, whatever the configuration says: one that says otherwise is not of this family.
    match &keys.hidden_act {
        Some(name) if config::activation("hidden_act", name)? != Activation::Gelu => Err(
            config::invalid("hidden_act", format_args!("`{name}`"), "`gelu`"),
        ),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    fn with(keys: Value) -> Result<EsmConfig, Error> {
        let mut config = json!({
            "hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4,
            "intermediate_size": 144, "vocab_size": 33, "pad_token_id": 1
        });
        for (key, value) in keys.as_object().unwrap() {
            config[key] = value.clone();
        }
        EsmConfig::new(&config)
    }

    #[test]
    fn the_defaults_are_those_of_transformers() {
        let config = with(json!({})).unwrap();
        let absolute = Positions::Absolute {
            padding: 1,
            rows: 1026,
        };
        assert_eq!(config.positions, absolute);
        assert_eq!((config.epsilon, config.norm_before), (1e-12, false));
        assert_eq!(config.dropped, None);
    }

    #[test]
    fn each_key_is_honoured() {
        let config = with(json!({
            "position_embedding_type": "rotary", "rope_theta": 500.0, "token_dropout": true,
            "mask_token_id": 32, "emb_layer_norm_before": true, "hidden_act": "gelu",
            "layer_norm_eps": 1e-5, "pad_token_id": null, "rope_scaling": null,
            "is_folding_model": false, "esmfold_config": null
        }))
        .unwrap();
        assert_eq!(config.positions, Positions::Rotary { theta: 500.0 });
        assert_eq!((config.epsilon, config.norm_before), (1e-5, true));
        assert_eq!(config.dropped, Some(32));
        let off = with(json!({"token_dropout": false, "mask_token_id": 32})).unwrap();
        assert_eq!(off.dropped, None);
    }

    #[test]
    fn what_cannot_be_computed_is_refused_by_its_key() {
        for (key, keys) in [
            ("is_folding_model", json!({"is_folding_model": true})),
            ("is_decoder", json!({"is_decoder": true})),
            ("rope_scaling", json!({"rope_scaling": {"factor": 2.0}})),
            ("rope_parameters", json!({"rope_parameters": {}})),
            ("hidden_act", json!({"hidden_act": "relu"})),
            ("hidden_act", json!({"hidden_act": "mish"})),
            ("mask_token_id", json!({"token_dropout": true})),
            ("pad_token_id", json!({"pad_token_id": null})),
            (
                "position_embedding_type",
                json!({"position_embedding_type": "relative_key"}),
            ),
            (
                "rope_theta",
                json!({"position_embedding_type": "rotary", "rope_theta": 0}),
            ),
            // Heads of width 3.
            (
                "num_attention_heads",
                json!({"position_embedding_type": "rotary", "num_attention_heads": 16}),
            ),
        ] {
            match with(keys.clone()) {
                Err(Error::Config { key: found, .. }) => assert_eq!(found, key),
                _ => panic!("{keys} is taken"),
            }
        }
    }
}
