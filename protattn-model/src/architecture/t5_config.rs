//! The configuration of T5.

use serde_json::Value;

use super::config::{self, Keys, Sizes};
use crate::blocks::BlockShape;
use crate::error::Error;
use crate::info::Family;
use crate::kernel::Activation;

/// A checked configuration. The keys of the decoder and of training do not matter.
#[derive(Clone, Copy)]
pub(super) struct Config {
    pub(super) sizes: Sizes,
    pub(super) gated: bool,
    pub(super) buckets: Buckets,
}

impl Config {
    pub(super) fn new(value: &Value) -> Result<Self, Error> {
        let keys = Keys(value);
        keys.off("is_decoder", config::ONLY_ENCODERS)?;
        keys.no_pruned_heads()?;
        let (activation, gated) = feed_forward(keys)?;
        Ok(Self {
            sizes: Sizes {
                family: Family::T5,
                layers: keys.number("num_layers", config::LAYERS)?,
                vocabulary: keys.number("vocab_size", config::TOKENS)?,
                block: BlockShape {
                    heads: keys.number("num_heads", config::HEADS)?,
                    width: keys.number("d_model", config::WIDTH)?,
                    head_width: keys.number("d_kv", config::WIDTH)?,
                    intermediate: keys.number("d_ff", config::INTERMEDIATE)?,
                    activation,
                    epsilon: keys.positive_or("layer_norm_epsilon", 1e-6)?,
                },
            },
            gated,
            buckets: Buckets::new(keys)?,
        })
    }

    /// The heads side by side: not always as wide as the states.
    pub(super) fn inner_width(&self) -> usize {
        self.sizes.block.heads * self.sizes.block.head_width
    }

    /// The standard deviation that a matrix is initialised with, as in transformers 5.23
    /// (`T5PreTrainedModel._init_weights`). Scores are not scaled by the width of a head; the
    /// queries are instead, from the start.
    pub(super) fn deviation(&self, name: &str) -> f64 {
        let shape = &self.sizes.block;
        let part = name.trim_end_matches(".weight").rsplit('.').next();
        let inverse_variance = match part {
            Some("q") => shape.width * shape.head_width,
            Some("k" | "v" | "wi" | "wi_0" | "wi_1" | "relative_attention_bias") => shape.width,
            Some("o") => self.inner_width(),
            Some("wo") => shape.intermediate,
            // The table of tokens.
            _ => 1,
        };
        (inverse_variance as f64).powf(-0.5)
    }
}

/// The activation, and whether there is a gate: `relu`, `gated-gelu` and the like. transformers
/// writes the two apart as well, and then goes by those.
fn feed_forward(keys: Keys<'_>) -> Result<(Activation, bool), Error> {
    const KEY: &str = "feed_forward_proj";
    let name = keys.text_or(KEY, "relu")?;
    let (activation, gated) = match name.strip_prefix("gated-") {
        // The one exception among the names: the first of these models meant the approximation.
        Some("gelu") => (Activation::GeluTanh, true),
        Some(gated) => (config::activation(KEY, gated)?, true),
        None => (config::activation(KEY, name)?, false),
    };
    if let Some(other) = keys.get("dense_act_fn")?
        && config::activation("dense_act_fn", other)? != activation
    {
        let (found, expected) = (
            format_args!("`{other}`"),
            format!("what `{KEY}` says, which is `{name}`"),
        );
        return Err(config::invalid("dense_act_fn", found, &expected));
    }
    match keys.get::<bool>("is_gated_act")? {
        Some(other) if other != gated => {
            let expected = format!("{gated}, as `{KEY}` is `{name}`");
            Err(config::invalid("is_gated_act", other, &expected))
        }
        _ => Ok((activation, gated)),
    }
}

/// Which offsets between two tokens share a number (the paper's section 2.1: near ones have
/// numbers of their own, farther ones share them in ranges that grow as a logarithm does).
#[derive(Clone, Copy)]
pub(super) struct Buckets {
    /// For keys before the query, as for those after it.
    each_side: usize,
    max_distance: usize,
    /// Of both sides, as the table of numbers has them.
    pub(super) rows: usize,
}

impl Buckets {
    fn new(keys: Keys<'_>) -> Result<Self, Error> {
        const NUMBER: &str = "relative_attention_num_buckets";
        const DISTANCE: &str = "relative_attention_max_distance";
        let rows = keys.number_or(NUMBER, 32, 4..=*config::TOKENS.end())?;
        let max_distance = keys.number_or(DISTANCE, 128, config::TOKENS)?;
        let buckets = Self {
            each_side: rows / 2,
            max_distance,
            rows,
        };
        if max_distance > buckets.exact() {
            Ok(buckets)
        } else {
            let expected = format!("more than {}, for {rows} buckets", buckets.exact());
            Err(config::invalid(DISTANCE, max_distance, &expected))
        }
    }

    /// How many distances, from 0, have a bucket of their own.
    fn exact(self) -> usize {
        self.each_side / 2
    }

    /// The bucket of a key so far before or after its query, in single precision as transformers
    /// 5.23 has it (`T5Attention._relative_position_bucket`): where a range begins depends on how
    /// its logarithm is rounded.
    pub(super) fn of(self, distance: usize, after: bool) -> usize {
        let exact = self.exact();
        let bucket = if distance < exact {
            distance
        } else {
            let ratio = self.max_distance as f64 / exact as f64;
            let share = (distance as f32 / exact as f32).ln() / ratio.ln() as f32;
            let farther = (share * (self.each_side - exact) as f32) as usize;
            (exact + farther).min(self.each_side - 1)
        };
        bucket + if after { self.each_side } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    fn with(changes: &[(&str, Value)]) -> Result<Config, Error> {
        let mut config = json!({
            "d_model": 48, "d_kv": 10, "d_ff": 96, "num_layers": 3, "num_heads": 4,
            "vocab_size": 128
        });
        for (key, value) in changes {
            config[key] = value.clone();
        }
        Config::new(&config)
    }

    #[test]
    fn buckets_are_those_of_transformers() {
        // From reference/make_variants_t5_xlnet.py.
        let table = include_str!("../../tests/reference/t5_buckets.json");
        let table: Vec<Value> = serde_json::from_str(table).unwrap();
        assert_eq!(table.len(), 10);
        for case in table {
            let number = |key: &str| case[key].as_u64().unwrap() as usize;
            let keys = json!({
                "relative_attention_num_buckets": number("num_buckets"),
                "relative_attention_max_distance": number("max_distance"),
            });
            let buckets = Buckets::new(Keys(&keys)).unwrap();
            let runs: Vec<(isize, usize)> = serde_json::from_value(case["runs"].clone()).unwrap();
            for offset in -1100_isize..=1100 {
                let run = runs.iter().rfind(|(start, _)| *start <= offset).unwrap();
                let found = buckets.of(offset.unsigned_abs(), offset > 0);
                assert_eq!(found, run.1, "{} {offset}", case["num_buckets"]);
            }
        }
    }

    #[test]
    fn the_defaults_are_those_of_the_first_models() {
        let config = with(&[]).unwrap();
        assert_eq!(
            (config.buckets.rows, config.buckets.max_distance),
            (32, 128)
        );
        let activation = config.sizes.block.activation;
        assert_eq!((activation, config.gated), (Activation::Relu, false));
        assert_eq!(
            (config.sizes.block.epsilon, config.inner_width()),
            (1e-6, 40)
        );
    }

    #[test]
    fn matrices_are_drawn_as_the_family_is_initialised() {
        let config = with(&[]).unwrap();
        let attention = "encoder.block.0.layer.0.SelfAttention";
        let feed_forward = "encoder.block.1.layer.1.DenseReluDense";
        for (name, inverse_variance) in [
            ("shared.weight".to_owned(), 1.0),
            ("encoder.embed_tokens.weight".to_owned(), 1.0),
            (format!("{attention}.q.weight"), 480.0),
            (format!("{attention}.k.weight"), 48.0),
            (format!("{attention}.v.weight"), 48.0),
            (format!("{attention}.o.weight"), 40.0),
            (format!("{attention}.relative_attention_bias.weight"), 48.0),
            (format!("{feed_forward}.wi.weight"), 48.0),
            (format!("{feed_forward}.wi_0.weight"), 48.0),
            (format!("{feed_forward}.wi_1.weight"), 48.0),
            (format!("{feed_forward}.wo.weight"), 96.0),
        ] {
            let found = config.deviation(&name).powi(-2);
            assert!((found - inverse_variance).abs() < 1e-9, "{name}: {found}");
        }
    }

    #[test]
    fn each_key_is_honoured() {
        let feed_forward = |name: &str| {
            let config = with(&[("feed_forward_proj", json!(name))]).unwrap();
            (config.sizes.block.activation, config.gated)
        };
        assert_eq!(feed_forward("gelu"), (Activation::Gelu, false));
        assert_eq!(feed_forward("gated-gelu"), (Activation::GeluTanh, true));
        assert_eq!(feed_forward("gated-silu"), (Activation::Silu, true));
        let config = with(&[("layer_norm_epsilon", json!(1e-5))]).unwrap();
        assert_eq!(config.sizes.block.epsilon, 1e-5);
        let published = [
            ("feed_forward_proj", json!("gated-gelu")),
            ("dense_act_fn", json!("gelu_new")),
            ("is_gated_act", json!(true)),
            ("is_encoder_decoder", json!(true)),
            ("relative_attention_num_buckets", json!(64)),
        ];
        assert_eq!(with(&published).unwrap().buckets.rows, 64);
    }

    #[test]
    fn what_cannot_be_computed_is_refused_by_its_key() {
        for (key, value) in [
            ("is_decoder", json!(true)),
            ("pruned_heads", json!({"0": [1]})),
            ("feed_forward_proj", json!("gated-mish")),
            ("feed_forward_proj", json!("wide-gelu")),
            ("dense_act_fn", json!("gelu")),
            ("is_gated_act", json!(true)),
            ("layer_norm_epsilon", json!(0.0)),
            ("relative_attention_num_buckets", json!(3)),
            ("relative_attention_max_distance", json!(8)),
            ("relative_attention_max_distance", json!(0)),
            ("num_heads", json!(0)),
            ("num_layers", json!(0)),
            ("d_model", json!(0)),
            ("d_kv", json!(1_u64 << 40)),
            ("d_ff", json!(0)),
            ("vocab_size", json!(0)),
        ] {
            match with(&[(key, value.clone())]) {
                Err(Error::Config { key: found, .. }) => assert_eq!(found, key),
                _ => panic!("{key}: {value} is taken"),
            }
        }
    }
}
