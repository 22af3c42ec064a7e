//! XLNet (Yang et al., arXiv 1906.08237): ProtXLNet.
//!
//! Self-attention and a feed-forward network, each followed by a residual sum and a layer norm, as
//! in BERT, but where tokens stand enters the scores alone (Transformer-XL: Dai et al., arXiv
//! 1901.02860, section 3.3). The score of query i and key j is
//!
//! ```text
//! ((q_i + r_w_bias) · k_j + (q_i + r_r_bias) · r_(i-j) + (q_i + r_s_bias) · s_ij) / √head_width
//! ```
//!
//! where `r_(i-j)` is a linear map, of each layer, of the sinusoids of the offset, and `s_ij` is
//! the first row of `seg_embed` if the tokens are of one segment and the second if not. Only the
//! difference of the two rows is added, and only to keys of another segment: softmax does not see
//! what is added to a whole row. So without segments, which is how the original analysis runs it
//! (and all that the tokenizers here make), the term is nothing; see
//! [`Tokens::with_segments`](crate::Tokens::with_segments).
//!
//! One pass sees the whole sequence and has no memory of an earlier one, so `mem_len`, `reuse_len`
//! and `use_mems_eval` change nothing: they say what a pass keeps for the next. `same_length` is
//! about causal attention alone. The second stream of states, which starts from `mask_emb`, serves
//! to predict tokens in training and is not computed.

use serde::Deserialize;
use serde_json::Value;

use super::{Architecture, Loaded, config};
use crate::blocks::{
    Embedding, FeedForward, LayerNorm, Linear, OffsetKeys, Offsets, Rows, SelfAttention,
};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::info::{Family, Info};
use crate::kernel::Activation;
use crate::workspace::{ExtraRoom, Workspace};

/// The prefix of an XLNet that is stored as part of a task model.
const PREFIX: &str = "transformer.";

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
struct Config {
    layers: usize,
    heads: usize,
    width: usize,
    intermediate: usize,
    vocabulary: usize,
    activation: Activation,
    epsilon: f32,
    /// The largest distance that is told from larger ones.
    clamp: Option<usize>,
    /// Whether each layer has biases of its own.
    untied: bool,
}

impl Config {
    fn new(keys: &Keys) -> Result<Self, Error> {
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

    fn head_width(&self) -> usize {
        self.width / self.heads
    }

    fn info(&self, checkpoint: &Checkpoint<'_>) -> Info {
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
            parameters: checkpoint.parameters(),
            dtype: checkpoint.dtype(),
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

/// Builds the network from its configuration and weights.
pub(super) fn load(value: &Value, checkpoint: Checkpoint<'_>) -> Result<Loaded, Error> {
    let keys = Keys::deserialize(value).map_err(Error::ConfigSyntax)?;
    let config = Config::new(&keys)?;
    let mut checkpoint = checkpoint.with_prefix(PREFIX);
    let tokens = Rows::Exactly(config.vocabulary);
    let embedding = Embedding::load(&mut checkpoint, "word_embedding", tokens, config.width)?;
    // The tensors decide: transformers stores biases of each layer whatever `untie_r` is.
    let shared = if !config.untied && checkpoint.shape("r_w_bias").is_some() {
        Some(Biases::load(&mut checkpoint, &config, "")?)
    } else {
        None
    };
    let layers = (0..config.layers)
        .map(|layer| Layer::load(&mut checkpoint, &config, layer, shared.as_ref()))
        .collect::<Result<_, _>>()?;
    let next = format!("layer.{}.rel_attn.q", config.layers);
    config::no_more_layers(&checkpoint, "n_layer", config.layers, next)?;
    Ok(Loaded {
        info: config.info(&checkpoint),
        network: Box::new(Xlnet {
            embedding,
            sinusoids: Sinusoids::new(&config),
            layers,
        }),
    })
}

/// The network.
struct Xlnet {
    embedding: Embedding,
    sinusoids: Sinusoids,
    layers: Vec<Layer>,
}

impl Architecture for Xlnet {
    fn embed(&self, ids: &[u32], workspace: &mut Workspace) {
        self.embedding.rows_of(ids, &mut workspace.hidden);
        self.sinusoids.fill(&mut workspace.by_offset);
    }

    fn attend(&self, layer: usize, values: bool, workspace: &mut Workspace) {
        self.layers[layer].attention.maps(values, workspace);
    }

    fn complete(&self, layer: usize, workspace: &mut Workspace) {
        self.layers[layer].complete(workspace);
    }

    fn extra_room(&self) -> ExtraRoom {
        let width = self.sinusoids.width();
        ExtraRoom {
            by_offset: width,
            offset_keys: width,
            ..ExtraRoom::default()
        }
    }

    fn takes_segments(&self) -> bool {
        true
    }
}

/// What stands for an offset (Vaswani et al., arXiv 1706.03762, section 3.5): its sines, then its
/// cosines, at frequencies 10000^(-2k / width).
struct Sinusoids {
    frequencies: Vec<f32>,
    clamp: Option<usize>,
}

impl Sinusoids {
    fn new(config: &Config) -> Self {
        let frequency = |k: usize| {
            let exponent = (2 * k) as f32 / config.width as f32;
            1.0 / 10000.0_f32.powf(exponent)
        };
        Self {
            frequencies: (0..config.width / 2).map(frequency).collect(),
            clamp: config.clamp,
        }
    }

    fn width(&self) -> usize {
        2 * self.frequencies.len()
    }

    /// Writes [offset, width]: offsets are `to - from`, sinusoids those of `from - to`.
    fn fill(&self, by_offset: &mut [f32]) {
        // As many offsets on either side of 0.
        let farthest = by_offset.len() / self.width() / 2;
        let clamp = self.clamp.unwrap_or(farthest);
        for (offset, row) in by_offset.chunks_exact_mut(self.width()).enumerate() {
            let distance = offset.abs_diff(farthest).min(clamp) as f32;
            let position = if offset > farthest {
                -distance
            } else {
                distance
            };
            let (sines, cosines) = row.split_at_mut(self.frequencies.len());
            for ((sine, cosine), frequency) in sines.iter_mut().zip(cosines).zip(&self.frequencies)
            {
                (*sine, *cosine) = (position * frequency).sin_cos();
            }
        }
    }
}

/// The biases of the queries, each [head, head_width].
#[derive(Clone)]
struct Biases {
    /// For the keys of tokens.
    word: Vec<f32>,
    /// For the keys of offsets.
    offset: Vec<f32>,
    /// For segments.
    segment: Vec<f32>,
}

impl Biases {
    fn load(checkpoint: &mut Checkpoint<'_>, config: &Config, stem: &str) -> Result<Self, Error> {
        let mut bias = |part: &str| -> Result<Vec<f32>, Error> {
            let name = format!("{stem}{part}");
            let bias = checkpoint.matrix(&name, config.heads, config.head_width())?;
            Ok(bias.into_values())
        };
        Ok(Self {
            word: bias("r_w_bias")?,
            offset: bias("r_r_bias")?,
            segment: bias("r_s_bias")?,
        })
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
    fn load(
        checkpoint: &mut Checkpoint<'_>,
        config: &Config,
        layer: usize,
        shared: Option<&Biases>,
    ) -> Result<Self, Error> {
        let name = |part: &str| format!("layer.{layer}.{part}");
        let (width, intermediate, epsilon) = (config.width, config.intermediate, config.epsilon);
        let biases = match shared {
            Some(shared) => shared.clone(),
            None => Biases::load(checkpoint, config, &name("rel_attn."))?,
        };
        let (attention_norm, output_norm) = (name("rel_attn.layer_norm"), name("ff.layer_norm"));
        let (up, down) = (name("ff.layer_1"), name("ff.layer_2"));
        Ok(Self {
            attention: attention(checkpoint, config, &name("rel_attn"), &biases)?,
            attention_norm: LayerNorm::load(checkpoint, &attention_norm, width, epsilon)?,
            feed_forward: FeedForward {
                up: Linear::load(checkpoint, &up, intermediate, width)?,
                activation: config.activation,
                gate: None,
                down: Linear::load(checkpoint, &down, width, intermediate)?,
            },
            output_norm: LayerNorm::load(checkpoint, &output_norm, width, epsilon)?,
        })
    }

    fn complete(&self, workspace: &mut Workspace) {
        self.attention.add_to_hidden(workspace);
        self.attention_norm.apply(&mut workspace.hidden);
        self.feed_forward.add_to_hidden(workspace);
        self.output_norm.apply(&mut workspace.hidden);
    }
}

/// Reads the five maps, each [width, head, head_width], and the rows of the segments.
///
/// The first of the queries' biases is that of the map of queries; to the products that need
/// another one, its difference from the first is added.
fn attention(
    checkpoint: &mut Checkpoint<'_>,
    config: &Config,
    name: &str,
    biases: &Biases,
) -> Result<SelfAttention, Error> {
    let (width, heads, head_width) = (config.width, config.heads, config.head_width());
    let mut map = |part: &str| {
        let shape = [width, heads, head_width];
        checkpoint.tensor(&format!("{name}.{part}"), &shape)
    };
    // Only the last one has its outputs first, as other families have them.
    let (q, k, v, r, o) = (map("q")?, map("k")?, map("v")?, map("r")?, map("o")?);
    let segments = checkpoint.tensor(&format!("{name}.seg_embed"), &[2, heads, head_width])?;
    let (same, other) = segments.values().split_at(width);
    let mut qkv_bias = biases.word.clone();
    qkv_bias.resize(3 * width, 0.0);
    Ok(SelfAttention {
        qkv: Linear::new(&[q.view().t(), k.view().t(), v.view().t()], qkv_bias),
        output: Linear::new(&[o.view()], vec![0.0; width]),
        heads,
        head_width,
        scale: 1.0 / (head_width as f32).sqrt(),
        offsets: Offsets::Keys(OffsetKeys {
            keys: Linear::new(&[r.view().t()], vec![0.0; width]),
            query_bias: difference(&biases.offset, &biases.word),
            other_segment: difference(other, same),
            segment_bias: difference(&biases.segment, &biases.word),
        }),
    })
}

fn difference(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
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
        let keys = Keys::deserialize(&config).map_err(Error::ConfigSyntax)?;
        Config::new(&keys)
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
        let config = Config::new(&Keys::deserialize(&old).unwrap()).unwrap();
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

    #[test]
    fn sinusoids_are_those_of_the_query_seen_from_the_key() {
        let keys = json!({
            "d_model": 4, "n_layer": 1, "n_head": 2, "d_inner": 8, "vocab_size": 30,
            "clamp_len": 2
        });
        let config = Config::new(&Keys::deserialize(&keys).unwrap()).unwrap();
        // Four tokens; frequencies 1 and 1/100.
        let mut rows = [f32::NAN; 7 * 4];
        Sinusoids::new(&config).fill(&mut rows);
        for (row, position) in rows
            .chunks(4)
            .zip([2.0_f32, 2.0, 1.0, 0.0, -1.0, -2.0, -2.0])
        {
            let slow = position / 100.0;
            let expected = [position.sin(), slow.sin(), position.cos(), slow.cos()];
            for (found, expected) in row.iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 1e-6,
                    "{position}: {found} {expected}"
                );
            }
        }
    }
}
