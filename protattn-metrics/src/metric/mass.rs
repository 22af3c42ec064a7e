//! How much attention goes to a class, without a threshold.

use ndarray::{ArrayView2, ArrayView3, s};
use protattn_io::Label;

use super::{HeadValues, Metric, MetricError, Quantity, Subject};
use crate::arc::contiguous;
use crate::{Labels, Property, lanes};

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
            let of_class = |class: &String| Quantity::share(name, class);
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
        let known: Vec<Option<Sums>> = self
            .properties
            .iter()
            .map(|(name, classes)| Some(Sums::new(subject.labels(name)?, n, classes.len())))
            .collect();
        let mut received = vec![0.0; n];
        for (head, map) in attention.outer_iter().enumerate() {
            sum_columns(map, &mut received);
            let mut first = 0;
            for ((_, classes), known) in self.properties.iter().zip(&known) {
                if let Some(known) = known {
                    let (eligible, in_class) = known.of(map, &received);
                    for (class, sum) in in_class.into_iter().enumerate() {
                        values.add(head, first + class, sum, eligible);
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

/// The labels of one property for one protein, as they are summed over.
enum Sums<'a> {
    Residues(&'a [Label], usize),
    /// For the eligible pairs and for those of each class 1 where a pair is such, else 0; [from, to]
    /// of the residues read.
    Pairs(Vec<Vec<f32>>),
}

impl<'a> Sums<'a> {
    fn new(labels: &'a Labels, n: usize, n_classes: usize) -> Self {
        match labels {
            Labels::Residues(labels) => Self::Residues(labels, n_classes),
            Labels::Pairs(labels) => {
                let mask = |is: &dyn Fn(Label) -> bool| {
                    let cut = labels.view();
                    let cut = cut.slice(s![..n, ..n]);
                    cut.iter()
                        .map(|label| f32::from(u8::from(is(*label))))
                        .collect()
                };
                let eligible = mask(&|label| label.is_defined());
                let of_class = |class| mask(&|label| label.class() == Some(class));
                let masks = std::iter::once(eligible).chain((0..n_classes).map(of_class));
                Self::Pairs(masks.collect())
            }
        }
    }

    /// The attention of a map to what is eligible, and to each class.
    fn of(&self, map: ArrayView2<'_, f32>, received: &[f64]) -> (f64, Vec<f64>) {
        match self {
            Self::Residues(labels, n_classes) => {
                let (mut eligible, mut in_class) = (0.0, vec![0.0; *n_classes]);
                for (weight, label) in received.iter().zip(*labels) {
                    if label.is_defined() {
                        eligible += weight;
                    }
                    if let Some(class) = label.class() {
                        in_class[class] += weight;
                    }
                }
                (eligible, in_class)
            }
            Self::Pairs(masks) => {
                let n = map.nrows();
                let mut sums = vec![0.0; masks.len()];
                for (from, row) in map.outer_iter().enumerate() {
                    let row = contiguous(&row);
                    for (sum, mask) in sums.iter_mut().zip(masks) {
                        *sum += lanes::dot(&row, &mask[from * n..][..n]);
                    }
                }
                (sums[0], sums.split_off(1))
            }
        }
    }
}
