//! A second pass: how well the best heads predict contacts together.

use ndarray::ArrayView3;
use protattn_io::PairLabels;
use protattn_model::run::{self, BoxError, Engine, Error, Job, Sum, Task};
use protattn_model::{Output, Sink, SinkError, Workspace};

use super::counting::Counting;
use super::tally::half;
use crate::guard::guarded_labels;
use crate::{CombinedMaps, ContactPrecision, HeadCombination, Labels, MetricSums, Property};

/// The name under which its sums are saved.
const COMBINED: &str = "combined";

impl Sum for MetricSums {
    fn add(&mut self, other: Self) -> Result<(), BoxError> {
        Ok(self.merge(&other)?)
    }
}

impl Counting<'_> {
    /// Heads are ranked on either half of the proteins, and put together on the other. None without
    /// contacts.
    pub(super) fn combine(
        &self,
        alone: &[MetricSums; 2],
        engine: &Engine<'_>,
    ) -> Result<Option<MetricSums>, Error> {
        let mut properties = self.setup.properties.iter();
        let Some(contact) = properties.find(|p| p.name() == ContactPrecision::PROPERTY) else {
            return Ok(None);
        };
        let [first, second] = alone;
        let new = |half| HeadCombination::new(half).map_err(Error::analysis);
        let ranked = [new(second)?, new(first)?];
        let fresh = || {
            let quantities = ranked[0].quantities();
            let sums = MetricSums::of(HeadCombination::NAME, quantities, vec![0], 1);
            Ok(sums?)
        };
        let take = |tasks: &[&Task], workspace: &mut Workspace, sums: &mut MetricSums| {
            let parts = tasks
                .iter()
                .flat_map(|task| self.parts(task, contact.as_ref()));
            let parts: Vec<Part<'_>> = parts.collect();
            let jobs = parts.iter().map(|part| Job {
                name: self.plan.name_of(part.task),
                tokens: part.task.tokens(),
                sink: Combining {
                    combination: &ranked[part.half],
                    maps: ranked[part.half].fresh(part.task.n_read()),
                },
            });
            let sinks = run::forward(self.model, jobs, workspace)?;
            for (part, sink) in parts.iter().zip(sinks) {
                for (name, contacts) in &part.contacts {
                    let pushed = sums.push(&[sink.maps.values(contacts)]);
                    pushed.map_err(|error| Error::sequence(name, error))?;
                }
            }
            Ok(())
        };
        engine.sum(self.plan, COMBINED, fresh, take).map(Some)
    }

    /// The halves that the proteins of a task are in, with their contacts; proteins that differ only
    /// in residues for which the model has one token can be in either.
    fn parts<'t>(&'t self, task: &'t Task, contact: &dyn Property) -> Vec<Part<'t>> {
        let mut parts: Vec<Part<'t>> = Vec::new();
        for place in task.places() {
            let (protein, name) = (&self.proteins[*place], self.plan.name(*place));
            // What failed was named in the first pass.
            let labels = guarded_labels(contact, protein, name);
            let Ok(Some(Labels::Pairs(contacts))) = labels else {
                continue;
            };
            let half = half(protein);
            match parts.iter_mut().find(|part| part.half == half) {
                Some(part) => part.contacts.push((name, contacts)),
                None => parts.push(Part {
                    task,
                    half,
                    contacts: vec![(name, contacts)],
                }),
            }
        }
        parts
    }
}

/// Proteins of one task that are in one half.
struct Part<'t> {
    task: &'t Task,
    half: usize,
    /// By the names of the proteins.
    contacts: Vec<(&'t str, PairLabels)>,
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
