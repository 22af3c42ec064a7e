//! The encoder of T5 (Raffel et al., arXiv 1910.10683, section 2.1): ProtT5, Ankh.
//!
//! Each block norms what enters self-attention and the feed-forward network, by the root mean
//! square alone, and adds what they give; there are no biases, and scores are not scaled. Where
//! tokens stand enters the scores alone: as a number for each head and each bucket of offsets,
//! learned once for all blocks. A last norm follows the last block.
//!
//! A checkpoint of the whole model is read as well; the decoder and the head are left alone.
//! transformers clamps states that overflow half precision; here all is single precision, and a
//! pass whose values are not finite is an error.

use serde::Deserialize;
use serde_json::Value;

use super::{Architecture, Loaded, config};
use crate::blocks::{Embedding, FeedForward, Linear, Offsets, RmsNorm, Rows, SelfAttention};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::info::{Family, Info};
use crate::kernel::Activation;
use crate::workspace::{ExtraRoom, Workspace};

/// The prefix of a T5 that is stored as part of a task model.
const PREFIX: &str = "transformer.";

/// The keys of `config.json` that matter; those of the decoder and of training do not.
#[derive(Deserialize)]
struct Keys {
    d_model: usize,
    d_kv: usize,
    d_ff: usize,
    num_layers: usize,
    num_heads: usize,
    vocab_size: usize,
    relative_attention_num_buckets: Option<usize>,
    relative_attention_max_distance: Option<usize>,
    feed_forward_proj: Option<String>,
    dense_act_fn: Option<String>,
    is_gated_act: Option<bool>,
    layer_norm_epsilon: Option<f64>,
    is_decoder: Option<bool>,
    pruned_heads: Option<config::PrunedHeads>,
}

/// A checked configuration.
struct Config {
    layers: usize,
    heads: usize,
    width: usize,
    head_width: usize,
    intermediate: usize,
    vocabulary: usize,
    activation: Activation,
    gated: bool,
    epsilon: f32,
    buckets: Buckets,
}

impl Config {
    fn new(keys: &Keys) -> Result<Self, Error> {
        config::off("is_decoder", keys.is_decoder)?;
        config::no_pruned_heads(keys.pruned_heads.as_ref())?;
        let (activation, gated) = feed_forward(keys)?;
        let epsilon = keys.layer_norm_epsilon.unwrap_or(1e-6);
        Ok(Self {
            layers: config::within("num_layers", keys.num_layers, config::LAYERS)?,
            heads: config::within("num_heads", keys.num_heads, config::HEADS)?,
            width: config::within("d_model", keys.d_model, config::WIDTH)?,
            head_width: config::within("d_kv", keys.d_kv, config::WIDTH)?,
            intermediate: config::within("d_ff", keys.d_ff, config::INTERMEDIATE)?,
            vocabulary: config::within("vocab_size", keys.vocab_size, config::TOKENS)?,
            activation,
            gated,
            epsilon: config::positive("layer_norm_epsilon", epsilon)?,
            buckets: Buckets::new(
                keys.relative_attention_num_buckets.unwrap_or(32),
                keys.relative_attention_max_distance.unwrap_or(128),
            )?,
        })
    }

    /// The heads side by side: not always as wide as the states.
    fn inner_width(&self) -> usize {
        self.heads * self.head_width
    }

    fn info(&self, checkpoint: &Checkpoint<'_>) -> Info {
        Info {
            name: String::new(),
            family: Family::T5,
            n_layers: self.layers,
            n_heads: self.heads,
            width: self.width,
            head_width: self.head_width,
            intermediate: self.intermediate,
            vocabulary: self.vocabulary,
            positions: None,
            parameters: checkpoint.parameters(),
            dtype: checkpoint.dtype(),
        }
    }
}

/// The activation, and whether there is a gate: `relu`, `gated-gelu` and the like. transformers
/// writes the two apart as well, and then goes by those.
fn feed_forward(keys: &Keys) -> Result<(Activation, bool), Error> {
    const KEY: &str = "feed_forward_proj";
    let name = keys.feed_forward_proj.as_deref().unwrap_or("relu");
    let (activation, gated) = match name.strip_prefix("gated-") {
        // The one exception among the names: the first of these models meant the approximation.
        Some("gelu") => (Activation::GeluTanh, true),
        Some(gated) => (config::activation(KEY, gated)?, true),
        None => (config::activation(KEY, name)?, false),
    };
    if let Some(other) = &keys.dense_act_fn
        && config::activation("dense_act_fn", other)? != activation
    {
        let expected = format!("what `{KEY}` says, which is `{name}`");
        return Err(config::invalid(
            "dense_act_fn",
            format!("`{other}`"),
            &expected,
        ));
    }
    match keys.is_gated_act {
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
struct Buckets {
    /// For keys before the query, as for those after it.
    each_side: usize,
    max_distance: usize,
    /// Of both sides, as the table of numbers has them.
    rows: usize,
}

impl Buckets {
    fn new(rows: usize, max_distance: usize) -> Result<Self, Error> {
        const NUMBER: &str = "relative_attention_num_buckets";
        const DISTANCE: &str = "relative_attention_max_distance";
        let buckets = Self {
            each_side: config::within(NUMBER, rows, 4..=*config::TOKENS.end())? / 2,
            max_distance: config::within(DISTANCE, max_distance, config::TOKENS)?,
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
    fn of(self, distance: usize, after: bool) -> usize {
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

/// Builds the network from its configuration and weights.
pub(super) fn load(value: &Value, checkpoint: Checkpoint<'_>) -> Result<Loaded, Error> {
    let keys = Keys::deserialize(value).map_err(Error::ConfigSyntax)?;
    let config = Config::new(&keys)?;
    let mut checkpoint = checkpoint.with_prefix(PREFIX);
    // An encoder that is saved alone names its parts without their owner.
    let alone = checkpoint.shape("block.0.layer.0.layer_norm.weight");
    let encoder = if alone.is_some() { "" } else { "encoder." };
    let network = T5::load(&mut checkpoint, &config, encoder)?;
    let next = format!("{encoder}block.{}.layer.0.layer_norm.weight", config.layers);
    config::no_more_layers(&checkpoint, "num_layers", config.layers, next)?;
    Ok(Loaded {
        info: config.info(&checkpoint),
        network: Box::new(network),
    })
}

/// The network.
struct T5 {
    embedding: Embedding,
    /// [bucket, head].
    bias: Embedding,
    buckets: Buckets,
    blocks: Vec<Block>,
    norm: RmsNorm,
    extra_room: ExtraRoom,
}

impl T5 {
    fn load(
        checkpoint: &mut Checkpoint<'_>,
        config: &Config,
        encoder: &str,
    ) -> Result<Self, Error> {
        let own = format!("{encoder}embed_tokens");
        let stored = |table: &str| checkpoint.shape(&format!("{table}.weight")).is_some();
        let table = if !stored("shared") && stored(&own) {
            &own
        } else {
            "shared"
        };
        let tokens = Rows::Exactly(config.vocabulary);
        let bias = format!("{encoder}block.0.layer.0.SelfAttention.relative_attention_bias");
        let rows = Rows::Exactly(config.buckets.rows);
        let norm = format!("{encoder}final_layer_norm");
        Ok(Self {
            embedding: Embedding::load(checkpoint, table, tokens, config.width)?,
            bias: Embedding::load(checkpoint, &bias, rows, config.heads)?,
            buckets: config.buckets,
            blocks: (0..config.layers)
                .map(|layer| Block::load(checkpoint, config, &format!("{encoder}block.{layer}")))
                .collect::<Result<_, _>>()?,
            norm: RmsNorm::load(checkpoint, &norm, config.width, config.epsilon)?,
            extra_room: ExtraRoom {
                gated: if config.gated { config.intermediate } else { 0 },
                by_offset: config.heads,
                ..ExtraRoom::default()
            },
        })
    }

    /// Writes the bias of each head and offset to `by_offset` [head, offset].
    fn bias_by_offset(&self, tokens: usize, by_offset: &mut [f32]) {
        let offsets = by_offset.len() / self.extra_room.by_offset;
        for offset in 0..offsets {
            // Offset `tokens - 1` is that of a token to itself.
            let (distance, after) = (offset.abs_diff(tokens - 1), offset >= tokens);
            let row = self.bias.row(self.buckets.of(distance, after));
            let cells = by_offset[offset..].iter_mut().step_by(offsets);
            cells.zip(row).for_each(|(cell, bias)| *cell = *bias);
        }
    }
}

impl Architecture for T5 {
    fn embed(&self, ids: &[u32], workspace: &mut Workspace) {
        self.embedding.rows_of(ids, &mut workspace.hidden);
        self.bias_by_offset(ids.len(), &mut workspace.by_offset);
    }

    fn attend(&self, layer: usize, values: bool, workspace: &mut Workspace) {
        let block = &self.blocks[layer];
        block
            .attention_norm
            .apply_to(&workspace.hidden, &mut workspace.spare);
        block.attention.maps_of_spare(values, workspace);
    }

    fn complete(&self, layer: usize, workspace: &mut Workspace) {
        let block = &self.blocks[layer];
        block.attention.add_to_hidden(workspace);
        block
            .feed_forward_norm
            .apply_to(&workspace.hidden, &mut workspace.spare);
        block.feed_forward.add_of_spare_to_hidden(workspace);
        if layer + 1 == self.blocks.len() {
            let Workspace { hidden, spare, .. } = workspace;
            self.norm.apply_to(hidden, spare);
            std::mem::swap(hidden, spare);
        }
    }

    fn extra_room(&self) -> ExtraRoom {
        self.extra_room
    }
}

struct Block {
    attention_norm: RmsNorm,
    attention: SelfAttention,
    feed_forward_norm: RmsNorm,
    feed_forward: FeedForward,
}

impl Block {
    fn load(checkpoint: &mut Checkpoint<'_>, config: &Config, block: &str) -> Result<Self, Error> {
        let name = |part: &str| format!("{block}.layer.{part}");
        let norm = |checkpoint: &mut _, part| {
            RmsNorm::load(checkpoint, &name(part), config.width, config.epsilon)
        };
        Ok(Self {
            attention_norm: norm(checkpoint, "0.layer_norm")?,
            attention: attention(checkpoint, config, &name("0.SelfAttention"))?,
            feed_forward_norm: norm(checkpoint, "1.layer_norm")?,
            feed_forward: feed_forward_maps(checkpoint, config, &name("1.DenseReluDense"))?,
        })
    }
}

fn attention(
    checkpoint: &mut Checkpoint<'_>,
    config: &Config,
    name: &str,
) -> Result<SelfAttention, Error> {
    let (inner, width) = (config.inner_width(), config.width);
    let [q, k, v, o] = ["q", "k", "v", "o"].map(|part| format!("{name}.{part}"));
    Ok(SelfAttention {
        qkv: Linear::load_unbiased(checkpoint, &[&q, &k, &v], inner, width)?,
        output: Linear::load_unbiased(checkpoint, &[&o], width, inner)?,
        heads: config.heads,
        head_width: config.head_width,
        scale: 1.0,
        offsets: Offsets::Bias,
    })
}

fn feed_forward_maps(
    checkpoint: &mut Checkpoint<'_>,
    config: &Config,
    name: &str,
) -> Result<FeedForward, Error> {
    let (intermediate, width) = (config.intermediate, config.width);
    let mut up = |part: &str| {
        let name = format!("{name}.{part}");
        Linear::load_unbiased(checkpoint, &[&name], intermediate, width)
    };
    let (up, gate) = if config.gated {
        (up("wi_0")?, Some(up("wi_1")?))
    } else {
        (up("wi")?, None)
    };
    let down = format!("{name}.wo");
    Ok(FeedForward {
        up,
        activation: config.activation,
        gate,
        down: Linear::load_unbiased(checkpoint, &[&down], width, intermediate)?,
    })
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
        let keys = Keys::deserialize(&config).map_err(Error::ConfigSyntax)?;
        Config::new(&keys)
    }

    #[test]
    fn buckets_are_those_of_transformers() {
        // From reference/make_variants_t5_xlnet.py.
        let table = include_str!("../../tests/reference/t5_buckets.json");
        let table: Vec<Value> = serde_json::from_str(table).unwrap();
        assert_eq!(table.len(), 10);
        for case in table {
            let number = |key: &str| case[key].as_u64().unwrap() as usize;
            let buckets = Buckets::new(number("num_buckets"), number("max_distance")).unwrap();
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
        assert_eq!((config.activation, config.gated), (Activation::Relu, false));
        assert_eq!((config.epsilon, config.inner_width()), (1e-6, 40));
    }

    #[test]
    fn each_key_is_honoured() {
        let feed_forward = |name: &str| {
            let config = with(&[("feed_forward_proj", json!(name))]).unwrap();
            (config.activation, config.gated)
        };
        assert_eq!(feed_forward("gelu"), (Activation::Gelu, false));
        assert_eq!(feed_forward("gated-gelu"), (Activation::GeluTanh, true));
        assert_eq!(feed_forward("gated-silu"), (Activation::Silu, true));
        let config = with(&[("layer_norm_epsilon", json!(1e-5))]).unwrap();
        assert_eq!(config.epsilon, 1e-5);
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
