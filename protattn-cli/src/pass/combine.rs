//! A second pass: how well the best heads predict contacts together.

use anyhow::{Context, Result};
use ndarray::ArrayView3;
use protattn_io::PairLabels;
use protattn_metrics::{
    CombinedMaps, ContactPrecision, HeadCombination, Labels, MetricSums, labels_of,
};
use protattn_model::{Output, Sink, SinkError, Workspace};

use super::tally::half;
use super::{Journal, Keep, Pass, Plan, Record, Sum, Task};
use crate::guard::guarded;
use crate::tables::{MetricEntry, OBSERVED};

/// The name under which its sums are saved.
const COMBINED: &str = "combined";

impl Sum for MetricSums {
    fn add(&mut self, other: Self) -> Result<()> {
        Ok(self.merge(&other)?)
    }
}

impl Pass<'_> {
    /// Heads are ranked on either half of the proteins, and put together on the other.
    pub(crate) fn combine(
        &self,
        alone: &[MetricSums; 2],
        plan: &Plan<'_>,
        keep: Option<Keep<'_>>,
    ) -> Result<Vec<MetricEntry>> {
        let mut properties = self.properties.iter();
        let Some(contact) = properties.find(|p| p.name() == ContactPrecision::PROPERTY) else {
            return Ok(Vec::new());
        };
        let [first, second] = alone;
        let ranked = [HeadCombination::new(second)?, HeadCombination::new(first)?];
        let sums = || {
            let quantities = ranked[0].quantities();
            Ok(MetricSums::of(
                HeadCombination::NAME,
                quantities,
                vec![0],
                1,
            )?)
        };
        let take = |tasks: &[&Task<'_>], workspace: &mut Workspace, sums: &mut MetricSums| {
            let records = tasks
                .iter()
                .flat_map(|task| task.records.iter().map(move |record| (*task, record)));
            for (task, Record { protein, .. }) in records {
                let labels = guarded(|| labels_of(contact.as_ref(), protein));
                // What failed was named in the first pass.
                let Ok(Ok(Some(Labels::Pairs(contacts)))) = labels else {
                    continue;
                };
                let ranked = &ranked[half(protein)];
                let combined = self.combine_one(task, ranked, &contacts, workspace, sums);
                combined.with_context(|| task.name().to_owned())?;
            }
            Ok(())
        };
        let journal = Journal::new(sums()?, COMBINED, keep)?;
        let total: MetricSums = self.share_out(plan, journal, sums, take)?;
        let entry = |row| MetricEntry {
            attention: OBSERVED.to_owned(),
            row,
            combined: true,
        };
        Ok(total.rows().into_iter().map(entry).collect())
    }

    fn combine_one(
        &self,
        task: &Task<'_>,
        combination: &HeadCombination,
        contacts: &PairLabels,
        workspace: &mut Workspace,
        sums: &mut MetricSums,
    ) -> Result<()> {
        let maps = combination.fresh(task.tokens.residues().len());
        let mut sink = Combining { combination, maps };
        self.model.forward(&task.tokens, workspace, &mut sink)?;
        Ok(sums.push(&[sink.maps.values(contacts)])?)
    }
}

struct Combining<'a> {
    combination: &'a HeadCombination,
    maps: CombinedMaps<'a>,
}

impl Sink for Combining<'_> {
    fn wants(&self, output: Output) -> bool {
        matches!(output, Output::Attention { layer } if self.combination.reads(layer))
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        self.maps.add(layer, attention);
        Ok(())
    }
}
