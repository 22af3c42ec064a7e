//! The configuration of XLNet.

use serde::Deserialize;
use serde_json::Value;

use super::config;
use crate::error::Error;
use crate::info::{Family, Info};
use crate::kernel::Activation;

/// The keys of `config.json` that matter: not those of training, of memory and of heads.
#[derive(Deserialize)]
struct Keys {
    d_model: usize,
    n_layer: usize,
    n_head: usize,
    d_inner: usize,
    d_head: Option<usize>,
    vocab_size: Option<usize>,
    /// Its name in the first configurations.
    n_token: Option<usize>,
    ff_activation: Option<String>,
    layer_norm_eps: Option<f64>,
    clamp_len: Option<i64>,
    untie_r: Option<bool>,
    attn_type: Option<String>,
    bi_data: Option<bool>,
    pruned_heads: Option<config::PrunedHeads>,
}

/// A checked configuration.
pub(super) struct Config {
    pub(super) layers: usize,
    pub(super) heads: usize,
    pub(super) width: usize,
    pub(super) intermediate: usize,
    pub(super) vocabulary: usize,
    pub(super) activation: Activation,
    pub(super) epsilon: f32,
    /// The largest distance that is told from larger ones.
    pub(super) clamp: Option<usize>,
    /// Whether each layer has biases of its own.
    pub(super) untied: bool,
}

impl Config {
    pub(super) fn new(value: &Value) -> Result<Self, Error> {
        let keys = &Keys::deserialize(value).map_err(Error::ConfigSyntax)?;
        refuse_variants(keys)?;
        let width = config::within("d_model", keys.d_model, config::WIDTH)?;
        if !width.is_multiple_of(2) {
            let expected = "an even number, as each frequency has a sine and a cosine";
            return Err(config::invalid("d_model", width, expected));
        }
        let heads = config::heads("n_head", keys.n_head, width)?;
        match keys.d_head {
            Some(found) if found != width / heads => {
                let expected = format!("`d_model` / `n_head`, which is {}", width / heads);
                return Err(config::invalid("d_head", found, &expected));
            }
            _ => {}
        }
        let vocabulary = keys.vocab_size.or(keys.n_token).unwrap_or(0);
        let activation = keys.ff_activation.as_deref().unwrap_or("gelu");
        let epsilon = keys.layer_norm_eps.unwrap_or(1e-12);
        Ok(Self {
            layers: config::within("n_layer", keys.n_layer, config::LAYERS)?,
            heads,
            width,
            intermediate: config::within("d_inner", keys.d_inner, config::INTERMEDIATE)?,
            vocabulary: config::within("vocab_size", vocabulary, config::TOKENS)?,
            activation: config::activation("ff_activation", activation)?,
            epsilon: config::positive("layer_norm_eps", epsilon)?,
            clamp: keys
                .clamp_len
                .and_then(|clamp| usize::try_from(clamp).ok())
                .filter(|&clamp| clamp > 0),
            untied: keys.untie_r.unwrap_or(true),
        })
    }

    pub(super) fn head_width(&self) -> usize {
        self.width / self.heads
    }

    /// What is known without the weights.
    pub(super) fn info(&self) -> Info {
        Info {
            name: String::new(),
            family: Family::Xlnet,
            n_layers: self.layers,
            n_heads: self.heads,
            width: self.width,
            head_width: self.head_width(),
            intermediate: self.intermediate,
            vocabulary: self.vocabulary,
            positions: None,
            parameters: 0,
            dtype: None,
        }
    }
}

/// Refuses what would change the arithmetic in ways that are not built.
fn refuse_variants(keys: &Keys) -> Result<(), Error> {
    config::no_pruned_heads(keys.pruned_heads.as_ref())?;
    if keys.bi_data == Some(true) {
        let expected = "false: a batch of both directions is for training alone";
        return Err(config::invalid("bi_data", true, expected));
    }
    match keys.attn_type.as_deref() {
        None | Some("bi") => Ok(()),
        Some(other) => {
            let found = format!("`{other}`");
            Err(config::invalid(
                "attn_type",
                found,
                "`bi`: only encoders are read",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
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
            (config.activation, config.epsilon),
            (Activation::Gelu, 1e-12)
        );
        assert_eq!(
            (config.clamp, config.untied, config.head_width()),
            (None, true, 12)
        );
    }

    #[test]
    fn each_key_is_honoured() {
        let activation = |name: &str| with("ff_activation", json!(name)).unwrap().activation;
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
        assert_eq!(with("n_token", json!(30)).unwrap().vocabulary, 37);
        let old = json!({"d_model": 8, "n_layer": 1, "n_head": 2, "d_inner": 8, "n_token": 30});
        let config = Config::new(&old).unwrap();
        assert_eq!(config.vocabulary, 30);
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
