//! Random proteins with random attention, for the laws.

use proptest::prelude::*;
use protattn_io::{Label, PairLabels};
use protattn_metrics::ndarray::{Array3, Axis};
use protattn_metrics::{ArcCounts, Labels, TrackClasses, find_arcs};

pub(crate) const N_CLASSES: usize = 3;
pub(crate) const N_LAYERS: usize = 2;
pub(crate) const N_HEADS: usize = 3;
pub(crate) const MIN_ATTENTION: f32 = 0.3;

/// One protein: its labels, how much of it was read, the attention [head, from, to] of each layer.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    pub(crate) labels: Labels,
    pub(crate) n_read: usize,
    pub(crate) attention: Vec<Array3<f32>>,
}

fn label() -> impl Strategy<Value = Label> {
    let class = (0..N_CLASSES).prop_map(|index| Label::of_class(index).unwrap());
    prop_oneof![Just(Label::UNDEFINED), Just(Label::NONE), class]
}

fn labels(n: usize) -> impl Strategy<Value = Labels> {
    let pairs = prop::collection::vec(label(), n * n).prop_map(move |values| {
        let mut pairs = PairLabels::undefined(n);
        for (index, value) in values.into_iter().enumerate() {
            pairs.set(index / n, index % n, value);
        }
        Labels::Pairs(pairs)
    });
    prop_oneof![
        prop::collection::vec(label(), n).prop_map(Labels::Residues),
        pairs
    ]
}

/// Weights crowd around the threshold; two residues in three stretch past a chunk of the scan.
fn attention(n: usize) -> impl Strategy<Value = Array3<f32>> {
    let below = f32::from_bits(MIN_ATTENTION.to_bits() - 1);
    let weight = prop::sample::select(vec![0.0, 0.1, below, MIN_ATTENTION, 0.31, 1.0]);
    prop::collection::vec(weight, N_HEADS * n * n)
        .prop_map(move |values| Array3::from_shape_vec((N_HEADS, n, n), values).unwrap())
}

pub(crate) fn observation() -> impl Strategy<Value = Observation> {
    let sizes = prop_oneof![1_usize..6, 64_usize..67].prop_flat_map(|n| (Just(n), 1..=n));
    sizes.prop_flat_map(|(n, n_read)| {
        let attention = prop::collection::vec(attention(n_read), N_LAYERS);
        let n_read = Just(n_read);
        (labels(n), n_read, attention).prop_map(|(labels, n_read, attention)| Observation {
            labels,
            n_read,
            attention,
        })
    })
}

pub(crate) fn fresh() -> ArcCounts {
    let classes = (0..N_CLASSES).map(|class| class.to_string());
    let property = TrackClasses::new("random", "track", classes).unwrap();
    ArcCounts::new(&property, (0..N_LAYERS).collect(), N_HEADS).unwrap()
}

pub(crate) fn count<'a>(observations: impl IntoIterator<Item = &'a Observation>) -> ArcCounts {
    let mut counts = fresh();
    let mut arcs = Vec::new();
    for Observation {
        labels,
        n_read,
        attention,
    } in observations
    {
        counts.observe_protein(labels, *n_read).unwrap();
        for (layer, attention) in attention.iter().enumerate() {
            find_arcs(attention.view(), MIN_ATTENTION, &mut arcs).unwrap();
            counts.observe_arcs(layer, &arcs, labels).unwrap();
        }
    }
    counts
}

impl Observation {
    /// The same with head `heads[h]` in the place of head `h`.
    pub(crate) fn with_heads(&self, heads: &[usize]) -> Self {
        let attention = self
            .attention
            .iter()
            .map(|layer| layer.select(Axis(0), heads))
            .collect();
        Self {
            attention,
            ..self.clone()
        }
    }
}
