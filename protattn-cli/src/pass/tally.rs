//! What is counted of all proteins: of the model's own attention, or under one null model.

use anyhow::Result;
use protattn_io::Protein;
use protattn_metrics::{ByProtein, Metric, MetricSums};
use serde::{Deserialize, Serialize};

use super::{Counted, Pass, Sum};
use crate::nulls::Null;

/// The counts of every property and the sums of every metric.
#[derive(Serialize, Deserialize)]
pub(crate) struct Tally {
    /// One for each property, in their order.
    pub(crate) properties: Vec<ByProtein>,
    /// For each metric, in their order, the sums of either half of the proteins; none for a metric that
    /// this null model leaves alone.
    pub(crate) metrics: Vec<Option<[MetricSums; 2]>>,
}

impl Tally {
    /// Nothing counted yet.
    pub(super) fn new(pass: &Pass<'_>, null: Option<Null>) -> Result<Self> {
        let heads = pass.model.info().n_heads;
        // A background is matched to the model's own attention only.
        let matched = null.is_none();
        let mut tally = Self {
            properties: Vec::new(),
            metrics: Vec::new(),
        };
        for property in pass.properties {
            let layers = pass.layers.to_vec();
            let counts = ByProtein::new(property.as_ref(), layers, heads, matched)?;
            tally.properties.push(counts);
        }
        for metric in pass.metrics {
            let new = || MetricSums::new(metric.as_ref(), pass.layers.to_vec(), heads);
            let halves = || -> Result<_, protattn_metrics::Error> { Ok([new()?, new()?]) };
            let touched = is_touched(metric.as_ref(), null, heads);
            tally.metrics.push(touched.then(halves).transpose()?);
        }
        Ok(tally)
    }

    fn merge(&mut self, other: Self) -> Result<()> {
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
    let letters = protein.sequence().bytes();
    // FNV-1a (Fowler, Noll and Vo).
    let hash = letters.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 32) as usize & 1
}

/// Whether a metric can differ under a null model: rotated labels are nothing to one that reads none.
fn is_touched(metric: &dyn Metric, null: Option<Null>, heads: usize) -> bool {
    let reads_labels = || {
        metric
            .quantities(heads)
            .iter()
            .any(|q| !q.property.is_empty())
    };
    null != Some(Null::RotateLabels) || reads_labels()
}

impl Sum for Counted {
    fn add(&mut self, other: Self) -> Result<()> {
        self.observed.merge(other.observed)?;
        for (total, tally) in self.nulls.iter_mut().zip(other.nulls) {
            total.merge(tally)?;
        }
        self.proteins += other.proteins;
        self.skipped.extend(other.skipped);
        Ok(())
    }
}

impl Counted {
    /// In an order that does not tell which worker counted what.
    pub(crate) fn sort(&mut self) {
        for tally in std::iter::once(&mut self.observed).chain(&mut self.nulls) {
            tally.properties.iter_mut().for_each(ByProtein::sort);
        }
        self.skipped.sort();
        self.skipped.dedup();
    }
}
