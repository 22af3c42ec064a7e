//! The configuration of BERT and its relatives, ALBERT and ELECTRA.

use serde_json::Value;

use super::config::{self, Keys, Sizes};
use crate::blocks::TableSizes;
use crate::error::Error;
use crate::info::Family;

/// A checked configuration.
pub(super) struct BertConfig {
    pub(super) sizes: Sizes,
    /// The tables of BERT, as wide as the hidden states.
    pub(super) tables: TableSizes,
}

impl BertConfig {
    /// Checks the keys that all of these families have; `default_activation` is the family's.
    pub(super) fn new(
        value: &Value,
        family: Family,
        default_activation: &'static str,
    ) -> Result<Self, Error> {
        let keys = Keys(value);
        keys.refuse_variants()?;
        keys.only_text("position_embedding_type", "absolute", "")?;
        let activation = keys.activation_or("hidden_act", default_activation)?;
        let sizes = Sizes::of_bert(keys, family, activation)?;
        Ok(Self {
            tables: TableSizes {
                vocabulary: sizes.vocabulary,
                positions: keys.number_or("max_position_embeddings", 512, config::TOKENS)?,
                types: keys.number_or("type_vocab_size", 2, config::TOKENS)?,
                width: sizes.block.width,
                epsilon: sizes.block.epsilon,
            },
            sizes,
        })
    }

    /// The tables of a relative, which have a width of their own.
    pub(super) fn with_embedding_size(mut self, value: &Value) -> Result<Self, Error> {
        /// The default of transformers, for ALBERT and ELECTRA alike.
        const DEFAULT: usize = 128;
        self.tables.width = Keys(value).number_or("embedding_size", DEFAULT, config::WIDTH)?;
        Ok(self)
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
        BertConfig::new(&config, Family::Bert, "gelu")?.with_embedding_size(&config)
    }

    #[test]
    fn the_defaults_are_those_of_the_published_models() {
        let config = with("model_type", json!("bert")).unwrap();
        assert_eq!(config.sizes.block.activation, Activation::Gelu);
        assert_eq!(config.sizes.block.epsilon, 1e-12);
        assert_eq!(config.tables.width, 128);
    }

    #[test]
    fn each_key_is_honoured() {
        let activation = |name: &str| {
            with("hidden_act", json!(name))
                .unwrap()
                .sizes
                .block
                .activation
        };
        assert_eq!(activation("gelu_new"), Activation::GeluTanh);
        assert_eq!(activation("relu"), Activation::Relu);
        assert_eq!(activation("swish"), Activation::Silu);
        let eps = with("layer_norm_eps", json!(1e-5)).unwrap();
        assert_eq!((eps.sizes.block.epsilon, eps.tables.epsilon), (1e-5, 1e-5));
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
