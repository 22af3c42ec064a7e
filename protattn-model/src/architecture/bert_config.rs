//! The configuration of BERT and its relatives, ALBERT and ELECTRA.

use serde::Deserialize;
use serde_json::Value;

use super::config;
use crate::blocks::{PostNormShape, TableSizes};
use crate::error::Error;
use crate::info::{Family, Info};

/// The epsilon of the published models, and the default of transformers.
const DEFAULT_EPSILON: f64 = 1e-12;

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
}

/// A checked configuration.
pub(super) struct BertConfig {
    pub(super) layers: usize,
    pub(super) shape: PostNormShape,
    /// The tables of BERT, as wide as the hidden states.
    pub(super) tables: TableSizes,
}

impl BertConfig {
    /// Checks the keys that all of these families have; `default_activation` is the family's.
    pub(super) fn new(value: &Value, default_activation: &str) -> Result<Self, Error> {
        let keys = Keys::deserialize(value).map_err(Error::ConfigSyntax)?;
        config::refuse_variants(value)?;
        refuse_other_positions(&keys)?;
        let shape = shape(&keys, default_activation)?;
        Ok(Self {
            layers: config::within("num_hidden_layers", keys.num_hidden_layers, config::LAYERS)?,
            tables: TableSizes {
                vocabulary: config::within("vocab_size", keys.vocab_size, config::TOKENS)?,
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
                width: shape.width,
                epsilon: shape.epsilon,
            },
            shape,
        })
    }

    /// The tables of a relative, which have a width of their own.
    pub(super) fn with_embedding_size(self, value: &Value) -> Result<Self, Error> {
        /// The default of transformers, for ALBERT and ELECTRA alike.
        const DEFAULT: usize = 128;
        #[derive(Deserialize)]
        struct Keys {
            embedding_size: Option<usize>,
        }
        let keys = Keys::deserialize(value).map_err(Error::ConfigSyntax)?;
        let width = keys.embedding_size.unwrap_or(DEFAULT);
        let width = config::within("embedding_size", width, config::WIDTH)?;
        Ok(Self {
            tables: TableSizes {
                width,
                ..self.tables
            },
            ..self
        })
    }

    /// What is known without the weights.
    pub(super) fn info(&self, family: Family) -> Info {
        Info {
            name: String::new(),
            family,
            n_layers: self.layers,
            n_heads: self.shape.heads,
            width: self.shape.width,
            head_width: self.shape.width / self.shape.heads,
            intermediate: self.shape.intermediate,
            vocabulary: self.tables.vocabulary,
            positions: None,
            parameters: 0,
            dtype: None,
        }
    }
}

fn shape(keys: &Keys, default_activation: &str) -> Result<PostNormShape, Error> {
    let width = config::within("hidden_size", keys.hidden_size, config::WIDTH)?;
    Ok(PostNormShape {
        heads: config::heads("num_attention_heads", keys.num_attention_heads, width)?,
        width,
        intermediate: config::within(
            "intermediate_size",
            keys.intermediate_size,
            config::INTERMEDIATE,
        )?,
        activation: config::activation(
            "hidden_act",
            keys.hidden_act.as_deref().unwrap_or(default_activation),
        )?,
        epsilon: config::positive(
            "layer_norm_eps",
            keys.layer_norm_eps.unwrap_or(DEFAULT_EPSILON),
        )?,
    })
}

fn refuse_other_positions(keys: &Keys) -> Result<(), Error> {
    match keys.position_embedding_type.as_deref() {
        None | Some("absolute") => Ok(()),
        Some(other) => {
            let key = "position_embedding_type";
            let found = format_args!("`{other}`");
            Err(config::invalid(key, found, "`absolute`"))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::kernel::Activation;
    use serde_json::json;

    fn with(key: &str, value: Value) -> Result<BertConfig, Error> {
        let mut config = json!({
            "hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4,
            "intermediate_size": 144, "vocab_size": 30
        });
        config[key] = value;
        BertConfig::new(&config, "gelu")?.with_embedding_size(&config)
    }

    #[test]
    fn the_defaults_are_those_of_the_published_models() {
        let config = with("model_type", json!("bert")).unwrap();
        assert_eq!(config.shape.activation, Activation::Gelu);
        assert_eq!(config.shape.epsilon, 1e-12);
        assert_eq!(config.tables.width, 128);
    }

    #[test]
    fn each_key_is_honoured() {
        let activation = |name: &str| with("hidden_act", json!(name)).unwrap().shape.activation;
        assert_eq!(activation("gelu_new"), Activation::GeluTanh);
        assert_eq!(activation("relu"), Activation::Relu);
        assert_eq!(activation("swish"), Activation::Silu);
        let eps = with("layer_norm_eps", json!(1e-5)).unwrap();
        assert_eq!((eps.shape.epsilon, eps.tables.epsilon), (1e-5, 1e-5));
        assert_eq!(with("embedding_size", json!(7)).unwrap().tables.width, 7);
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
            ("embedding_size", json!(0)),
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
