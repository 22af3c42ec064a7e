//! ALBERT (Lan et al., arXiv 1909.11942): ProtAlbert.
//!
//! A BERT whose embeddings have a width of their own and are projected to that of the hidden
//! states, and whose layers share their weights: all of them, or those of each of several groups.

use serde_json::Value;

use super::bert_config::BertConfig;
use super::config::{self, Keys};
use super::network::Network;
use super::{Plan, bert};
use crate::blocks::{Block, BlockNames, Linear, Norms, TokenEmbedding};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::info::{Family, Info};

/// The prefix of an ALBERT that is stored as part of a task model.
const PREFIX: &str = "albert.";

/// The names of a block's tensors, behind those of its group and layer.
const NAMES: BlockNames = BlockNames {
    qkv: ["attention.query", "attention.key", "attention.value"],
    output: "attention.dense",
    attention_norm: "attention.LayerNorm",
    up: "ffn",
    down: "ffn_output",
    feed_forward_norm: "full_layer_layer_norm",
};

/// How layers share their weights.
///
/// As transformers 5.23 has it (`AlbertTransformer`): a model runs `num_hidden_layers` times
/// through the layers of one group or another, and each of a group's `inner_group_num` layers
/// counts as one that gives attention and hidden states.
struct Sharing {
    runs: usize,
    groups: usize,
    inner: usize,
}

impl Sharing {
    fn new(value: &Value, runs: usize) -> Result<Self, Error> {
        let keys = Keys(value);
        // In published configurations, always at the value that does nothing.
        keys.only("down_scale_factor", 1.0)?;
        keys.only("gap_size", 0.0)?;
        keys.only("net_structure_type", 0.0)?;
        keys.only("num_memory_blocks", 0.0)?;
        let most_inner = config::LAYERS.end() / runs;
        Ok(Self {
            runs,
            groups: keys.number_or("num_hidden_groups", 1, 1..=runs)?,
            inner: keys.number_or("inner_group_num", 1, 1..=most_inner)?,
        })
    }

    fn layers(&self) -> usize {
        self.runs * self.inner
    }

    /// Which of the stored layers each layer is: those of group 0 come first, and so on.
    fn stored_layers(&self) -> Vec<usize> {
        // In floating point as in transformers, so that rounding can make no difference.
        let runs_in_group = self.runs as f64 / self.groups as f64;
        let group = |run: usize| (run as f64 / runs_in_group) as usize;
        (0..self.layers())
            .map(|layer| group(layer / self.inner) * self.inner + layer % self.inner)
            .collect()
    }
}

/// Reads the configuration.
pub(super) fn plan(value: &Value) -> Result<Plan, Error> {
    let config = BertConfig::new(value, Family::Albert, "gelu_new")?.with_embedding_size(value)?;
    let sharing = Sharing::new(value, config.sizes.layers)?;
    let info = Info {
        n_layers: sharing.layers(),
        ..config.sizes.info()
    };
    Ok(Plan::new(info, PREFIX, move |checkpoint| {
        network(checkpoint, &config, &sharing)
    }))
}

fn network(
    checkpoint: &mut Checkpoint<'_>,
    config: &BertConfig,
    sharing: &Sharing,
) -> Result<Network, Error> {
    let name = "encoder.embedding_hidden_mapping_in";
    let (width, embedding_width) = (config.sizes.block.width, config.tables.width);
    let projection = Linear::load(checkpoint, name, width, embedding_width)?;
    let embedding = TokenEmbedding::load(checkpoint, &config.tables, Some(projection))?;
    let blocks = load_blocks(checkpoint, config, sharing)?;
    Ok(Network {
        layers: sharing.stored_layers(),
        ..bert::of_tokens(embedding, blocks)
    })
}

/// Reads each set of weights once, group by group.
fn load_blocks(
    checkpoint: &mut Checkpoint<'_>,
    config: &BertConfig,
    sharing: &Sharing,
) -> Result<Vec<Block>, Error> {
    let &Sharing { groups, inner, .. } = sharing;
    let stem = |group, layer| format!("encoder.albert_layer_groups.{group}.albert_layers.{layer}.");
    let first = |group, layer| format!("{}attention.query.weight", stem(group, layer));
    config::no_more_layers(checkpoint, "num_hidden_groups", groups, first(groups, 0))?;
    config::no_more_layers(checkpoint, "inner_group_num", inner, first(0, inner))?;
    let (shape, norms) = (&config.sizes.block, Norms::Sums);
    (0..groups)
        .flat_map(|group| (0..inner).map(move |layer| stem(group, layer)))
        .map(|stem| Block::load(checkpoint, &stem, &NAMES, shape, norms))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    fn stored_layers(runs: usize, groups: usize, inner: usize) -> Vec<usize> {
        let keys = json!({"num_hidden_groups": groups, "inner_group_num": inner});
        Sharing::new(&keys, runs).unwrap().stored_layers()
    }

    #[test]
    fn layers_are_dealt_to_groups_in_order() {
        assert_eq!(stored_layers(3, 1, 1), [0, 0, 0]);
        assert_eq!(stored_layers(4, 2, 1), [0, 0, 1, 1]);
        // By hand: 5 / 2 = 2.5 runs a group, so runs 0, 1, 2 and 3, 4.
        assert_eq!(stored_layers(5, 2, 1), [0, 0, 0, 1, 1]);
        assert_eq!(stored_layers(3, 3, 1), [0, 1, 2]);
        assert_eq!(stored_layers(3, 2, 2), [0, 1, 0, 1, 2, 3]);
    }

    #[test]
    fn what_cannot_be_computed_is_refused_by_its_key() {
        let error = |key: &str, value: Value| match Sharing::new(&json!({ key: value }), 12) {
            Err(Error::Config { key: found, .. }) => assert_eq!(found, key),
            _ => panic!("{key} is taken"),
        };
        error("num_hidden_groups", json!(0));
        error("num_hidden_groups", json!(13));
        error("inner_group_num", json!(0));
        error("inner_group_num", json!(1_u64 << 40));
        error("down_scale_factor", json!(2));
        error("gap_size", json!(1));
        error("net_structure_type", json!(1));
        error("num_memory_blocks", json!(3));
        let published = json!({"down_scale_factor": 1, "gap_size": 0, "net_structure_type": 0,
            "num_memory_blocks": 0, "num_hidden_groups": 1, "inner_group_num": 1});
        assert_eq!(Sharing::new(&published, 12).unwrap().layers(), 12);
    }
}
