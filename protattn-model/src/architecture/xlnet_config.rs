//! The configuration of XLNet.

use serde_json::Value;

use super::config::{self, Keys, Sizes};
use crate::blocks::BlockShape;
use crate::error::Error;
use crate::info::Family;

/// A checked configuration. The keys of training, of memory and of heads do not matter.
pub(super) struct Config {
    pub(super) sizes: Sizes,
    /// The largest distance that is told from larger ones.
    pub(super) clamp: Option<usize>,
    /// Whether each layer has biases of its own.
    pub(super) untied: bool,
}

impl Config {
    pub(super) fn new(value: &Value) -> Result<Self, Error> {
        let keys = Keys(value);
        refuse_variants(keys)?;
        let vocabulary = match keys.get("vocab_size")? {
            Some(found) => found,
            // Its name in the first configurations.
            None => keys.get("n_token")?.unwrap_or(0),
        };
        let clamp = keys.get::<i64>("clamp_len")?.map(usize::try_from);
        Ok(Self {
            sizes: Sizes {
                family: Family::Xlnet,
                layers: keys.number("n_layer", config::LAYERS)?,
                vocabulary: config::within("vocab_size", vocabulary, config::TOKENS)?,
                block: shape(keys)?,
            },
            clamp: clamp.and_then(Result::ok).filter(|&clamp| clamp > 0),
            untied: keys.get("untie_r")?.unwrap_or(true),
        })
    }
}

fn shape(keys: Keys<'_>) -> Result<BlockShape, Error> {
    let width = keys.number("d_model", config::WIDTH)?;
    if !width.is_multiple_of(2) {
        let expected = "an even number, as each frequency has a sine and a cosine";
        return Err(config::invalid("d_model", width, expected));
    }
    let heads = keys.heads("n_head", width)?;
    let head_width = width / heads;
    match keys.get::<usize>("d_head")? {
        Some(found) if found != head_width => {
            let expected = format!("`d_model` / `n_head`, which is {head_width}");
            return Err(config::invalid("d_head", found, &expected));
        }
        _ => {}
    }
    Ok(BlockShape {
        heads,
        width,
        head_width,
        intermediate: keys.number("d_inner", config::INTERMEDIATE)?,
        activation: keys.activation_or("ff_activation", "gelu")?,
        epsilon: keys.positive_or("layer_norm_eps", config::EPSILON)?,
    })
}

/// Refuses what would change the arithmetic in ways that are not built.
fn refuse_variants(keys: Keys<'_>) -> Result<(), Error> {
    keys.no_pruned_heads()?;
    keys.off(
        "bi_data",
        "a batch of both directions is for training alone",
    )?;
    keys.only_text("attn_type", "bi", ": only encoders are read")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::kernel::Activation;
    use serde_json::json;

    fn with(key: &str, value: Value) -> Result<Config, Error> {
        let mut config = json!({
            "d_model": 48, "n_layer": 3, "n_head": 4, "d_inner": 96, "vocab_size": 37
        });
        config[key] = value;
        Config::new(&config)
    }

    #[test]
    fn the_defaults_are_those_of_transformers() {
        let config = with("model_type", json!("xlnet")).unwrap();
        assert_eq!(
            (config.sizes.block.activation, config.sizes.block.epsilon),
            (Activation::Gelu, 1e-12)
        );
        assert_eq!(
            (config.clamp, config.untied, config.sizes.block.head_width),
            (None, true, 12)
        );
    }

    #[test]
    fn each_key_is_honoured() {
        let activation = |name: &str| {
            with("ff_activation", json!(name))
                .unwrap()
                .sizes
                .block
                .activation
        };
        assert_eq!(activation("relu"), Activation::Relu);
        assert_eq!(activation("gelu_new"), Activation::GeluTanh);
        assert_eq!(with("clamp_len", json!(7)).unwrap().clamp, Some(7));
        for unlimited in [-1, 0] {
            assert_eq!(with("clamp_len", json!(unlimited)).unwrap().clamp, None);
        }
        assert!(!with("untie_r", json!(false)).unwrap().untied);
        assert!(with("d_head", json!(12)).is_ok());
        for (key, value) in [("mem_len", json!(512)), ("same_length", json!(true))] {
            assert!(with(key, value).is_ok());
        }
    }

    #[test]
    fn the_first_name_of_the_vocabulary_is_known() {
        assert_eq!(with("n_token", json!(30)).unwrap().sizes.vocabulary, 37);
        let old = json!({"d_model": 8, "n_layer": 1, "n_head": 2, "d_inner": 8, "n_token": 30});
        let config = Config::new(&old).unwrap();
        assert_eq!(config.sizes.vocabulary, 30);
    }

    #[test]
    fn what_cannot_be_computed_is_refused_by_its_key() {
        for (key, value) in [
            ("attn_type", json!("uni")),
            ("bi_data", json!(true)),
            ("pruned_heads", json!({"0": [1]})),
            ("d_head", json!(16)),
            ("d_model", json!(49)),
            ("d_model", json!(0)),
            ("n_head", json!(5)),
            ("n_layer", json!(0)),
            ("d_inner", json!(0)),
            ("vocab_size", json!(0)),
            ("vocab_size", Value::Null),
            ("ff_activation", json!("tanh")),
            ("layer_norm_eps", json!(-1.0)),
        ] {
            match with(key, value.clone()) {
                Err(Error::Config { key: found, .. }) => assert_eq!(found, key),
                _ => panic!("{key}: {value} is taken"),
            }
        }
    }
}
