//! What is counted of all proteins: of the model's own attention, and under each null model.

use protattn_io::{Protein, Skipped, hash};
use protattn_model::run::{BoxError, Sum};
use serde::{Deserialize, Serialize};

use super::{Null, Setup};
use crate::{ByProtein, Error, Metric, MetricSums};

/// The counts of every property and the sums of every metric, of one kind of attention.
#[derive(Serialize, Deserialize)]
pub(super) struct Tally {
    /// One for each property, in their order.
    pub(super) properties: Vec<ByProtein>,
    /// For each metric, in their order, the sums of either half of the proteins; none for a metric that
    /// this null model leaves alone.
    pub(super) metrics: Vec<Option<[MetricSums; 2]>>,
}

impl Tally {
    /// Nothing counted yet.
    pub(super) fn new(setup: &Setup<'_>, null: Option<Null>) -> Result<Self, Error> {
        let heads = setup.n_heads;
        // A background is matched to the model's own attention only.
        let matched = null.is_none();
        let mut tally = Self {
            properties: Vec::new(),
            metrics: Vec::new(),
        };
        for property in setup.properties {
            let layers = setup.layers.to_vec();
            let counts = ByProtein::new(property.as_ref(), layers, heads, matched)?;
            tally.properties.push(counts);
        }
        for metric in setup.metrics {
            let new = || MetricSums::new(metric.as_ref(), setup.layers.to_vec(), heads);
            let halves = || -> Result<_, Error> { Ok([new()?, new()?]) };
            let touched = is_touched(metric.as_ref(), null, heads);
            tally.metrics.push(touched.then(halves).transpose()?);
        }
        Ok(tally)
    }

    fn merge(&mut self, other: Self) -> Result<(), Error> {
        for (total, counts) in self.properties.iter_mut().zip(other.properties) {
            total.merge(counts)?;
        }
        for (total, sums) in self.metrics.iter_mut().zip(&other.metrics) {
            if let (Some(total), Some(sums)) = (total, sums) {
                for (total, sums) in total.iter_mut().zip(sums) {
                    total.merge(sums)?;
                }
            }
        }
        Ok(())
    }
}

/// The half of the proteins that one belongs to, by its sequence: what is chosen on one half can be
/// tried on the other.
pub(super) fn half(protein: &Protein) -> usize {
    (hash::fnv1a(protein.sequence().bytes()) >> 32) as usize & 1
}

/// Whether a metric can differ under a null model: rotated labels are nothing to one that reads none.
fn is_touched(metric: &dyn Metric, null: Option<Null>, heads: usize) -> bool {
    let quantities = metric.quantities(heads);
    let reads_labels = || quantities.iter().any(|q| !q.property.is_empty());
    null != Some(Null::RotateLabels) || reads_labels()
}

/// What was counted.
#[derive(Serialize, Deserialize)]
pub(super) struct Counted {
    /// Of the model's own attention.
    pub(super) observed: Tally,
    /// Of each null model, in the order of the settings.
    pub(super) nulls: Vec<Tally>,
    /// Proteins that at least one property was counted on.
    pub(super) proteins: usize,
    pub(super) skipped: Vec<Skipped>,
}

impl Counted {
    /// Nothing yet.
    pub(super) fn new(setup: &Setup<'_>) -> Result<Self, Error> {
        let nulls = setup.nulls.models.iter();
        Ok(Self {
            observed: Tally::new(setup, None)?,
            nulls: nulls
                .map(|null| Tally::new(setup, Some(*null)))
                .collect::<Result<_, _>>()?,
            proteins: 0,
            skipped: Vec::new(),
        })
    }

    /// In an order that does not tell which worker counted what.
    pub(super) fn sort(&mut self) {
        for tally in std::iter::once(&mut self.observed).chain(&mut self.nulls) {
            tally.properties.iter_mut().for_each(ByProtein::sort);
        }
        self.skipped.sort();
        self.skipped.dedup();
    }
}

impl Sum for Counted {
    fn add(&mut self, other: Self) -> Result<(), BoxError> {
        self.observed.merge(other.observed)?;
        for (total, tally) in self.nulls.iter_mut().zip(other.nulls) {
            total.merge(tally)?;
        }
        self.proteins += other.proteins;
        self.skipped.extend(other.skipped);
        Ok(())
    }
}
