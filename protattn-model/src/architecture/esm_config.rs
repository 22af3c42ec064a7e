//! The configuration of ESM-1b and ESM-2.

use serde_json::Value;

use super::config::{self, Keys, Sizes};
use crate::error::Error;
use crate::info::Family;
use crate::kernel::Activation;

/// The defaults of transformers, which the published models state themselves.
const DEFAULT_POSITIONS: usize = 1026;
const DEFAULT_THETA: f64 = 10_000.0;

/// A checked configuration.
pub(super) struct EsmConfig {
    pub(super) sizes: Sizes,
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
        let keys = Keys(value);
        keys.refuse_variants()?;
        refuse_variants(keys)?;
        let sizes = Sizes::of_bert(keys, Family::Esm, Activation::Gelu)?;
        Ok(Self {
            norm_before: keys.get("emb_layer_norm_before")? == Some(true),
            dropped: match keys.get("token_dropout")? {
                Some(true) => Some(token(keys, "mask_token_id")?),
                _ => None,
            },
            positions: Positions::new(keys, &sizes)?,
            sizes,
        })
    }
}

impl Positions {
    fn new(keys: Keys<'_>, sizes: &Sizes) -> Result<Self, Error> {
        const KEY: &str = "position_embedding_type";
        let rows = "max_position_embeddings";
        match keys.text_or(KEY, "absolute")? {
            "absolute" => Ok(Self::Absolute {
                padding: token(keys, "pad_token_id")?,
                rows: keys.number_or(rows, DEFAULT_POSITIONS, config::TOKENS)?,
            }),
            "rotary" if !sizes.block.head_width.is_multiple_of(2) => {
                let expected = "a number of heads of an even width, for rotary positions";
                let found = sizes.block.heads;
                Err(config::invalid("num_attention_heads", found, expected))
            }
            "rotary" => Ok(Self::Rotary {
                theta: keys.positive_or("rope_theta", DEFAULT_THETA)?,
            }),
            other => {
                let found = format_args!("`{other}`");
                Err(config::invalid(KEY, found, "`absolute` or `rotary`"))
            }
        }
    }
}

fn token(keys: Keys<'_>, key: &'static str) -> Result<u32, Error> {
    let missing = || config::invalid(key, "null", "the number of a token");
    keys.get(key)?.ok_or_else(missing)
}

/// Refuses what would change the arithmetic in ways that are not built.
fn refuse_variants(keys: Keys<'_>) -> Result<(), Error> {
    keys.off("is_folding_model", "only the language model is read")?;
    for key in ["rope_scaling", "rope_parameters"] {
        if keys.get::<Value>(key)?.is_some() {
            return Err(config::invalid(key, "set", "null"));
        }
    }
    // Always GELU, whatever the configuration says: one that says otherwise is not of this family.
    const KEY: &str = "hidden_act";
    if keys.activation_or(KEY, "gelu")? != Activation::Gelu {
        let found = format_args!("`{}`", keys.text_or(KEY, "gelu")?);
        return Err(config::invalid(KEY, found, "`gelu`"));
    }
    Ok(())
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
        assert_eq!(
            (config.sizes.block.epsilon, config.norm_before),
            (1e-12, false)
        );
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
        assert_eq!(
            (config.sizes.block.epsilon, config.norm_before),
            (1e-5, true)
        );
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
