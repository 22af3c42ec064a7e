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

use serde_json::Value;

use super::Plan;
use super::network::{Network, load_blocks};
use super::xlnet_config::Config;
use crate::blocks::{
    Block, BlockShape, Embedding, FeedForward, Linear, Norm, Norms, OffsetKeys, Offsets, Rows,
    SelfAttention,
};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::workspace::{ExtraRoom, Workspace};

/// The prefix of an XLNet that is stored as part of a task model.
const PREFIX: &str = "transformer.";

/// Reads the configuration.
pub(super) fn plan(value: &Value) -> Result<Plan, Error> {
    let config = Config::new(value)?;
    Ok(Plan::new(config.sizes.info(), PREFIX, move |checkpoint| {
        network(checkpoint, &config)
    }))
}

fn network(checkpoint: &mut Checkpoint<'_>, config: &Config) -> Result<Network, Error> {
    let width = config.sizes.block.width;
    // The tensors decide: transformers stores biases of each layer whatever `untie_r` is.
    let shared = if !config.untied && checkpoint.shape("r_w_bias").is_some() {
        Some(Biases::load(checkpoint, config, "")?)
    } else {
        None
    };
    let blocks = load_blocks(
        checkpoint,
        &config.sizes,
        ("n_layer", "rel_attn.q"),
        |layer| format!("layer.{layer}."),
        |checkpoint, stem| load_block(checkpoint, config, stem, shared.as_ref()),
    )?;
    let tokens = Rows::Exactly(config.sizes.vocabulary);
    let embedding = Embedding::load(checkpoint, "word_embedding", tokens, width)?;
    let sinusoids = Sinusoids::new(config);
    let embed = move |workspace: &mut Workspace| {
        embedding.rows_of(&workspace.ids, &mut workspace.hidden);
        sinusoids.fill(&mut workspace.by_offset);
    };
    Ok(Network {
        extra_room: ExtraRoom {
            by_offset: width,
            offset_keys: width,
            ..ExtraRoom::default()
        },
        takes_segments: true,
        ..Network::new(embed, blocks)
    })
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
            let exponent = (2 * k) as f32 / config.sizes.block.width as f32;
            1.0 / 10000.0_f32.powf(exponent)
        };
        Self {
            frequencies: (0..config.sizes.block.width / 2).map(frequency).collect(),
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
            let shape = &config.sizes.block;
            let bias = checkpoint.matrix(&name, shape.heads, shape.head_width)?;
            Ok(bias.into_values())
        };
        Ok(Self {
            word: bias("r_w_bias")?,
            offset: bias("r_r_bias")?,
            segment: bias("r_s_bias")?,
        })
    }
}

fn load_block(
    checkpoint: &mut Checkpoint<'_>,
    config: &Config,
    stem: &str,
    shared: Option<&Biases>,
) -> Result<Block, Error> {
    let name = |part: &str| format!("{stem}{part}");
    let shape = &config.sizes.block;
    let biases = match shared {
        Some(shared) => shared.clone(),
        None => Biases::load(checkpoint, config, &name("rel_attn."))?,
    };
    let maps = [name("ff.layer_1"), name("ff.layer_2")];
    let norm =
        |checkpoint: &mut _, part| Norm::load(checkpoint, &name(part), shape.width, shape.epsilon);
    Ok(Block {
        attention: attention(checkpoint, config, &name("rel_attn"), &biases)?,
        attention_norm: norm(checkpoint, "rel_attn.layer_norm")?,
        feed_forward: FeedForward::load(checkpoint, &maps, shape)?,
        feed_forward_norm: norm(checkpoint, "ff.layer_norm")?,
        norms: Norms::Sums,
    })
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
    let &BlockShape {
        width,
        heads,
        head_width,
        ..
    } = &config.sizes.block;
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
        qkv: Linear::new(
            checkpoint,
            &[q.view().t(), k.view().t(), v.view().t()],
            qkv_bias,
        ),
        output: Linear::new(checkpoint, &[o.view()], vec![0.0; width]),
        heads,
        head_width,
        scale: 1.0 / (head_width as f32).sqrt(),
        offsets: Offsets::Keys(OffsetKeys {
            keys: Linear::new(checkpoint, &[r.view().t()], vec![0.0; width]),
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

    #[test]
    fn sinusoids_are_those_of_the_query_seen_from_the_key() {
        let keys = json!({
            "d_model": 4, "n_layer": 1, "n_head": 2, "d_inner": 8, "vocab_size": 30,
            "clamp_len": 2
        });
        let config = Config::new(&keys).unwrap();
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
