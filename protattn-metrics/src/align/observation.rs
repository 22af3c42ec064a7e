//! One protein, with its labels as they are or as a null model has them.

use ndarray::ArrayView3;
use protattn_io::{Protein, Skipped};

use super::tally::{Tally, half};
use super::{Null, Setup};
use crate::guard::{guarded, guarded_labels};
use crate::{AttentionArc, Error, HeadValues, Labels, MetricSums, ProteinCounts, Subject, null};

/// Labels by the name of their property.
type Named<'a> = Vec<(&'a str, Labels)>;

/// A protein, and a name that no other has.
#[derive(Clone, Copy)]
pub(super) struct Subjected<'a> {
    pub(super) protein: &'a Protein,
    pub(super) name: &'a str,
    /// Residues that are read.
    pub(super) n_read: usize,
}

/// What is being counted of one protein, until it is whole.
pub(super) struct Observation<'a> {
    subject: Subjected<'a>,
    null: Option<Null>,
    /// The labels; rotated, one set for each rotation.
    draws: Vec<Named<'a>>,
    /// For each property; none where it knows nothing of the protein.
    counts: Vec<Option<ProteinCounts>>,
    /// For each metric and layer; none where the metric is not taken, or failed.
    values: Vec<Option<Vec<HeadValues>>>,
    failed: Vec<String>,
}

impl<'a> Observation<'a> {
    /// A protein with what each property says of it; a property that fails is named in `skipped` and
    /// left out.
    pub(super) fn new(
        setup: &Setup<'a>,
        subject: Subjected<'a>,
        tally: &Tally,
        skipped: &mut Vec<Skipped>,
    ) -> Result<Self, Error> {
        let mut labels = Named::new();
        for property in setup.properties {
            match guarded_labels(property.as_ref(), subject.protein, subject.name) {
                Ok(None) => {}
                Ok(Some(known)) => labels.push((property.name(), known)),
                Err(failed) => skipped.push(failed),
            }
        }
        Self::of(setup, subject, None, tally, vec![labels])
    }

    /// The same protein under a null model.
    pub(super) fn under(
        &self,
        setup: &Setup<'a>,
        null: Null,
        tally: &Tally,
    ) -> Result<Self, Error> {
        let (labels, n_read) = (&self.draws[0], self.subject.n_read);
        let draws = if null == Null::RotateLabels {
            let sequence = self.subject.protein.sequence();
            let rotated = |offset: usize| {
                let rotate = |(name, labels): &(&'a str, Labels)| {
                    (*name, null::rotated(labels, n_read, offset))
                };
                labels.iter().map(rotate).collect()
            };
            let offsets = setup.nulls.offsets(sequence, n_read);
            offsets.into_iter().map(rotated).collect()
        } else {
            vec![labels.clone()]
        };
        Self::of(setup, self.subject, Some(null), tally, draws)
    }

    fn of(
        setup: &Setup<'a>,
        subject: Subjected<'a>,
        null: Option<Null>,
        tally: &Tally,
        draws: Vec<Named<'a>>,
    ) -> Result<Self, Error> {
        let sequence = subject.protein.sequence();
        let mut counts = Vec::new();
        for (property, all) in setup.properties.iter().zip(&tally.properties) {
            let mut fresh = None;
            for labels in &draws {
                if let Some(labels) = of_property(labels, property.name()) {
                    fresh.get_or_insert_with(|| all.fresh()).observe_protein(
                        labels,
                        sequence,
                        subject.n_read,
                    )?;
                }
            }
            counts.push(fresh);
        }
        let fresh = |sums: &Option<[MetricSums; 2]>| sums.as_ref().map(|[sums, _]| sums.fresh());
        Ok(Self {
            subject,
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
    pub(super) fn is_needed(&self, setup: &Setup<'_>) -> bool {
        self.has_labels() || !setup.metrics.is_empty()
    }

    /// Takes one layer, with the whole map where there are metrics. A metric that fails is left out
    /// from here on.
    pub(super) fn observe(
        &mut self,
        setup: &Setup<'_>,
        layer: usize,
        arcs: &[AttentionArc],
        attention: Option<ArrayView3<'_, f32>>,
    ) -> Result<(), Error> {
        for (property, counts) in setup.properties.iter().zip(&mut self.counts) {
            let Some(counts) = counts else { continue };
            for labels in &self.draws {
                if let Some(labels) = of_property(labels, property.name()) {
                    counts.observe_arcs(layer, arcs, labels)?;
                }
            }
        }
        let row = setup.layers.iter().position(|known| *known == layer);
        let Some(((row, labels), attention)) = row.zip(self.draws.first()).zip(attention) else {
            return Ok(());
        };
        let subject = Subject::new(self.subject.protein, self.subject.n_read, labels);
        for (metric, values) in setup.metrics.iter().zip(&mut self.values) {
            let Some(found) = values else { continue };
            let taken = guarded(|| metric.observe(&subject, layer, attention, &mut found[row]));
            let failed = match taken {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(panicked) => panicked.to_string(),
            };
            let failed = format!("metric {}: {failed}", metric.name());
            self.failed.push(failed);
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
    pub(super) fn finish(self, tally: &mut Tally, skipped: &mut Vec<Skipped>) -> Result<(), Error> {
        let name = self.subject.name;
        for (all, counts) in tally.properties.iter_mut().zip(self.counts) {
            if let Some(mut counts) = counts {
                all.push(name, &mut counts)?;
            }
        }
        let mut failed = self.failed;
        for (sums, values) in tally.metrics.iter_mut().zip(&self.values) {
            if let (Some(sums), Some(values)) = (sums, values)
                && let Err(error) = sums[half(self.subject.protein)].push(values)
            {
                failed.push(error.to_string());
            }
        }
        skipped.extend(failed.into_iter().map(|reason| Skipped {
            record: name.to_owned(),
            reason: match self.null {
                None => reason,
                Some(null) => format!("{null}: {reason}"),
            },
        }));
        Ok(())
    }
}

fn of_property<'l>(labels: &'l Named<'_>, property: &str) -> Option<&'l Labels> {
    let known = labels.iter().find(|(name, _)| *name == property);
    known.map(|(_, labels)| labels)
}
