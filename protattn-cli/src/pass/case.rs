//! One protein, with its labels as they are or as a null model has them.

use anyhow::Result;
use ndarray::ArrayView3;
use protattn_metrics::{
    Arc, HeadValues, Labels, MetricSums, ProteinCounts, Subject, labels_of, null,
};

use super::tally::half;
use super::{Pass, Record, Tally};
use crate::guard::guarded;
use crate::nulls::Null;
use crate::record::Skipped;

/// Labels by the name of their property.
type Named<'a> = Vec<(&'a str, Labels)>;

/// What is being counted of one protein, until it is whole.
pub(super) struct Case<'a> {
    record: &'a Record<'a>,
    n_read: usize,
    null: Option<Null>,
    /// The labels; rotated, one set for each rotation.
    draws: Vec<Named<'a>>,
    /// For each property; none where it knows nothing of the protein.
    counts: Vec<Option<ProteinCounts>>,
    /// For each metric and layer; none where the metric is not taken, or failed.
    values: Vec<Option<Vec<HeadValues>>>,
    failed: Vec<String>,
}

impl<'a> Case<'a> {
    /// A protein with what each property says of it; a property that fails is named in `skipped` and
    /// left out.
    pub(super) fn observed(
        pass: &'a Pass<'_>,
        record: &'a Record<'a>,
        n_read: usize,
        tally: &Tally,
        skipped: &mut Vec<Skipped>,
    ) -> Result<Self> {
        let mut labels = Named::new();
        for property in pass.properties {
            let asked = guarded(|| labels_of(property.as_ref(), record.protein));
            let failed = match asked {
                Ok(Ok(None)) => continue,
                Ok(Ok(Some(known))) => {
                    labels.push((property.name(), known));
                    continue;
                }
                Ok(Err(error)) => Skipped::record(&record.name, &error),
                Err(panicked) => Skipped {
                    record: record.name.clone(),
                    reason: format!("property {}: {panicked}", property.name()),
                },
            };
            skipped.push(failed);
        }
        Self::new(pass, (record, n_read), (None, tally), vec![labels])
    }

    /// The same protein under a null model.
    pub(super) fn under(&self, pass: &'a Pass<'_>, null: Null, tally: &Tally) -> Result<Self> {
        let labels = &self.draws[0];
        let draws = if null == Null::RotateLabels {
            let offsets = pass
                .nulls
                .offsets(self.record.protein.sequence(), self.n_read);
            let rotated = |offset: usize| {
                let rotate = |(name, labels): &(&'a str, Labels)| {
                    (*name, null::rotated(labels, self.n_read, offset))
                };
                labels.iter().map(rotate).collect()
            };
            offsets.into_iter().map(rotated).collect()
        } else {
            vec![labels.clone()]
        };
        Self::new(pass, (self.record, self.n_read), (Some(null), tally), draws)
    }

    fn new(
        pass: &'a Pass<'_>,
        (record, n_read): (&'a Record<'a>, usize),
        (null, tally): (Option<Null>, &Tally),
        draws: Vec<Named<'a>>,
    ) -> Result<Self> {
        let mut counts = Vec::new();
        for (property, all) in pass.properties.iter().zip(&tally.properties) {
            let mut fresh = None;
            for labels in &draws {
                if let Some(labels) = of_property(labels, property.name()) {
                    fresh.get_or_insert_with(|| all.fresh()).observe_protein(
                        labels,
                        record.protein.sequence(),
                        n_read,
                    )?;
                }
            }
            counts.push(fresh);
        }
        let fresh = |sums: &Option<[MetricSums; 2]>| sums.as_ref().map(|[sums, _]| sums.fresh());
        Ok(Self {
            record,
            n_read,
            null,
            values: tally.metrics.iter().map(fresh).collect(),
            draws,
            counts,
            failed: Vec::new(),
        })
    }

    /// Whether any property knows something of the protein.
    pub(super) fn has_labels(&self) -> bool {
        self.counts.iter().any(Option::is_some)
    }

    /// Whether anything is to be learned from a pass.
    pub(super) fn is_needed(&self, pass: &Pass<'_>) -> bool {
        self.has_labels() || !pass.metrics.is_empty()
    }

    /// Takes one layer, with the whole map where there are metrics. A metric that fails is left out
    /// from here on.
    pub(super) fn observe(
        &mut self,
        pass: &Pass<'_>,
        layer: usize,
        arcs: &[Arc],
        attention: Option<ArrayView3<'_, f32>>,
    ) -> Result<(), protattn_metrics::Error> {
        for (property, counts) in pass.properties.iter().zip(&mut self.counts) {
            let Some(counts) = counts else { continue };
            for labels in &self.draws {
                if let Some(labels) = of_property(labels, property.name()) {
                    counts.observe_arcs(layer, arcs, labels)?;
                }
            }
        }
        let row = pass.layers.iter().position(|known| *known == layer);
        let Some(((row, labels), attention)) = row.zip(self.draws.first()).zip(attention) else {
            return Ok(());
        };
        let subject = Subject::new(self.record.protein, self.n_read, labels);
        for (metric, values) in pass.metrics.iter().zip(&mut self.values) {
            let Some(found) = values else { continue };
            let taken = guarded(|| metric.observe(&subject, layer, attention, &mut found[row]));
            let failed = match taken {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(panicked) => panicked.to_string(),
            };
            self.failed
                .push(format!("metric {}: {failed}", metric.name()));
            *values = None;
        }
        Ok(())
    }

    /// Counts nothing of this protein, for a reason.
    pub(super) fn fail(&mut self, error: &dyn std::error::Error) {
        self.counts.fill_with(|| None);
        self.values.fill_with(|| None);
        self.failed.push(error.to_string());
    }

    /// Adds what was counted to that of the other proteins.
    pub(super) fn finish(self, tally: &mut Tally, skipped: &mut Vec<Skipped>) -> Result<()> {
        let id = &self.record.name;
        for (all, counts) in tally.properties.iter_mut().zip(self.counts) {
            if let Some(mut counts) = counts {
                all.push(id, &mut counts)?;
            }
        }
        let mut failed = self.failed;
        for (sums, values) in tally.metrics.iter_mut().zip(&self.values) {
            if let (Some(sums), Some(values)) = (sums, values)
                && let Err(error) = sums[half(self.record.protein)].push(values)
            {
                failed.push(error.to_string());
            }
        }
        skipped.extend(failed.into_iter().map(|reason| Skipped {
            record: id.clone(),
            reason: match self.null {
                None => reason,
                Some(null) => format!("{}: {reason}", null.name()),
            },
        }));
        Ok(())
    }
}

fn of_property<'l>(labels: &'l Named<'_>, property: &str) -> Option<&'l Labels> {
    let known = labels.iter().find(|(name, _)| *name == property);
    known.map(|(_, labels)| labels)
}
