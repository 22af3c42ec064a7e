//! How much attention goes to a class, without a threshold.

use ndarray::{ArrayView2, ArrayView3, s};
use protattn_io::{Label, PairLabels};

use super::{HeadValues, Metric, MetricError, Quantity, Subject};
use crate::arc::contiguous;
use crate::{Labels, Property};

/// `attention-mass`: the share of a head's attention that goes to residues, or pairs, of each class of
/// some properties: Σ a(i, j) over those in the class / Σ a(i, j) over those whose label is defined.
///
/// The counterpart of [`proportion_eligible`](crate::AgreementRow::proportion_eligible) without a
/// threshold, and comparable with the same background. A protein counts for the properties that
/// know something of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttentionMass {
    /// The name of each property, and its classes.
    properties: Vec<(String, Vec<String>)>,
}

impl AttentionMass {
    /// On the classes of these properties, by whose names a [`Subject`] has their labels.
    pub fn new<'a>(properties: impl IntoIterator<Item = &'a dyn Property>) -> Self {
        let named =
            |property: &dyn Property| (property.name().to_owned(), property.classes().to_vec());
        Self {
            properties: properties.into_iter().map(named).collect(),
        }
    }
}

impl Metric for AttentionMass {
    fn name(&self) -> &str {
        "attention-mass"
    }

    fn quantities(&self, _n_heads: usize) -> Vec<Quantity> {
        let of_property = |(name, classes): &(String, Vec<String>)| -> Vec<Quantity> {
            let of_class = |class: &String| Quantity::of_class(name, class);
            classes.iter().map(of_class).collect()
        };
        self.properties.iter().flat_map(of_property).collect()
    }

    fn observe(
        &self,
        subject: &Subject<'_>,
        _layer: usize,
        attention: ArrayView3<'_, f32>,
        values: &mut HeadValues,
    ) -> Result<(), MetricError> {
        let n = subject.n_read();
        let mut received = vec![0.0; n];
        for (head, map) in attention.outer_iter().enumerate() {
            sum_columns(map, &mut received);
            let mut first = 0;
            for (name, classes) in &self.properties {
                let by_label = match subject.labels(name) {
                    None => None,
                    Some(Labels::Residues(labels)) => Some(by_residue(&received, labels)),
                    Some(Labels::Pairs(labels)) => Some(by_pair(map, labels)),
                };
                if let Some(by_label) = by_label {
                    let eligible: f64 = by_label[1..].iter().sum();
                    for class in 0..classes.len() {
                        values.add(head, first + class, by_label[class + 2], eligible);
                    }
                }
                first += classes.len();
            }
        }
        Ok(())
    }
}

/// What each residue receives, over all that attend to it.
fn sum_columns(map: ArrayView2<'_, f32>, received: &mut [f64]) {
    received.fill(0.0);
    for row in map.outer_iter() {
        for (sum, weight) in received.iter_mut().zip(contiguous(&row).iter()) {
            *sum += f64::from(*weight);
        }
    }
}

/// Sums by label: undefined, none, then the classes.
type ByLabel = [f64; Label::MAX_CLASSES + 2];

fn index(label: Label) -> usize {
    label
        .class()
        .map_or(usize::from(label.is_defined()), |class| class + 2)
}

fn by_residue(received: &[f64], labels: &[Label]) -> ByLabel {
    let mut sums = [0.0; Label::MAX_CLASSES + 2];
    for (weight, label) in received.iter().zip(labels) {
        sums[index(*label)] += weight;
    }
    sums
}

fn by_pair(map: ArrayView2<'_, f32>, labels: &PairLabels) -> ByLabel {
    let mut sums = [0.0; Label::MAX_CLASSES + 2];
    let n = map.nrows();
    let labels = labels.view();
    for (row, labels) in map
        .outer_iter()
        .zip(labels.slice(s![..n, ..n]).outer_iter())
    {
        for (weight, label) in contiguous(&row).iter().zip(labels) {
            sums[index(*label)] += f64::from(*weight);
        }
    }
    sums
}
