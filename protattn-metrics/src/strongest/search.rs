//! The strongest arcs of a model's attention.

use ndarray::{ArrayView3, s};
use protattn_model::run::{Engine, Error, Plan};
use protattn_model::{Output, Sink, SinkError};

use super::StrongestArcs;
use crate::{AttentionArc, find_arcs, join_directions};

/// Which arcs are looked for, in the attention of a model over some sequences. What a residue pays to
/// itself is none.
///
/// ```
/// use protattn_metrics::ArcSearch;
/// use protattn_model::Model;
/// use protattn_model::run::{Engine, Plan};
///
/// # let config = br#"{"model_type": "bert", "vocab_size": 30, "hidden_size": 16,
/// #   "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}"#;
/// let model = Model::random(config, None, 1)?;
/// let plan = Plan::new(&model, [("a", "MKTAYIAK"), ("b", "MKTAYIAK")], 512)?;
/// let mut search = ArcSearch::new(vec![1], vec![0]);
/// search.min_attention = 0.01; // untrained attention is nearly even
///
/// let arcs = search.run(&Engine::new(&model), &plan)?.into_arcs();
/// assert_eq!(arcs.len(), 2 * 8 * 7 / 2); // a pair of residues has one, of both directions
/// # Ok::<(), protattn_model::run::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ArcSearch {
    /// The layers, 0-based.
    pub layers: Vec<usize>,
    /// The heads, 0-based, the same of each layer.
    pub heads: Vec<usize>,
    /// Attention from this value on is an arc, over 0 and at most 1. Default: 0.3.
    pub min_attention: f32,
    /// Whether a pair of residues has an arc for each direction, and not one for the stronger.
    /// Default: false.
    pub directed: bool,
    /// The most arcs that are kept. Default: all.
    pub most: usize,
}

impl ArcSearch {
    /// Looks at these heads of these layers.
    pub fn new(layers: Vec<usize>, heads: Vec<usize>) -> Self {
        Self {
            layers,
            heads,
            min_attention: 0.3,
            directed: false,
            most: usize::MAX,
        }
    }

    /// Runs the model of an engine over the sequences of a plan.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::map`].
    pub fn run(&self, engine: &Engine<'_>, plan: &Plan<'_>) -> Result<StrongestArcs, Error> {
        let sinks = engine.map(plan, |_| Searching {
            search: self,
            found: StrongestArcs::new(self.most),
            of_head: Vec::new(),
        })?;
        let mut found = StrongestArcs::new(self.most);
        for (sequence, sink) in sinks.into_iter().enumerate() {
            if let Some(sink) = sink {
                found.merge(&sink.found, sequence);
            }
        }
        Ok(found)
    }
}

/// Takes the arcs of one sequence.
#[derive(Clone)]
struct Searching<'s> {
    search: &'s ArcSearch,
    found: StrongestArcs,
    of_head: Vec<AttentionArc>,
}

impl Sink for Searching<'_> {
    fn wants(&self, output: Output) -> bool {
        matches!(output, Output::Attention { layer } if self.search.layers.contains(&layer))
    }

    /// Head by head: a low threshold makes an arc of every weight, and an arc is larger.
    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        for &head in &self.search.heads {
            let map = attention.slice(s![head..=head, .., ..]);
            find_arcs(map, self.search.min_attention, &mut self.of_head)?;
            self.of_head.retain(|arc| arc.from != arc.to);
            if !self.search.directed {
                join_directions(&mut self.of_head);
            }
            let of_head = self.of_head.drain(..);
            self.found
                .extend(0, layer, of_head.map(|arc| AttentionArc { head, ..arc }));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::LocatedArc;

    /// Two heads over three residues; head 1 has arcs both ways, one to itself, and one at the
    /// threshold.
    fn found(directed: bool) -> Vec<LocatedArc> {
        let mut map = Array3::zeros((2, 3, 3));
        map[[0, 0, 1]] = 0.9;
        map[[1, 2, 0]] = 0.5;
        map[[1, 0, 2]] = 0.25;
        map[[1, 1, 1]] = 0.8;
        map[[1, 2, 1]] = 0.2;
        let mut search = ArcSearch::new(vec![0, 2], vec![1]);
        (search.min_attention, search.directed) = (0.2, directed);
        let mut sink = Searching {
            search: &search,
            found: StrongestArcs::new(search.most),
            of_head: Vec::new(),
        };
        for layer in 0..3 {
            if sink.wants(Output::Attention { layer }) {
                sink.attention(layer, map.view())
                    .expect("the maps are sound");
            }
        }
        sink.found.into_arcs()
    }

    #[test]
    fn the_asked_heads_of_the_asked_layers_are_taken() {
        let ends = |found: LocatedArc| {
            let AttentionArc {
                head,
                from,
                to,
                weight,
            } = found.arc;
            (found.layer, head, from, to, weight)
        };
        let of_layer = |layer| [(layer, 1, 0, 2, 0.5), (layer, 1, 1, 2, 0.2)];
        let joined: Vec<_> = found(false).into_iter().map(ends).collect();
        assert_eq!(joined, [of_layer(0), of_layer(2)].concat());
        let directed: Vec<_> = found(true).into_iter().take(3).map(ends).collect();
        assert_eq!(
            directed,
            [(0, 1, 0, 2, 0.25), (0, 1, 2, 0, 0.5), (0, 1, 2, 1, 0.2)]
        );
    }
}
