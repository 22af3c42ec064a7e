//! One forward pass for each different sequence, shared by every property and metric: a worker a
//! core.

mod case;
mod combine;
mod tally;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};
use ndarray::ArrayView3;
use protattn_io::Protein;
use protattn_metrics::{Arc, Metric, Property, find_arcs};
use protattn_model::{Model, Output, Sink, SinkError, Tokens, Workspace};

use crate::nulls::{Null, NullSettings};
use crate::progress::Progress;
use crate::record::Skipped;
use case::Case;
pub(crate) use tally::Tally;

/// What is counted, and how.
pub(crate) struct Pass<'a> {
    pub(crate) model: &'a Model,
    /// The model's architecture with random weights, if it is one of the null models.
    pub(crate) twin: Option<&'a Model>,
    pub(crate) properties: &'a [Box<dyn Property>],
    pub(crate) metrics: &'a [Box<dyn Metric>],
    pub(crate) nulls: &'a NullSettings,
    /// 0-based, ascending.
    pub(crate) layers: &'a [usize],
    pub(crate) min_attention: f32,
    pub(crate) max_tokens: usize,
    pub(crate) threads: NonZeroUsize,
}

/// What was counted.
pub(crate) struct Counted {
    /// Of the model's own attention.
    pub(crate) observed: Tally,
    /// Of each null model, in the order of the settings.
    pub(crate) nulls: Vec<Tally>,
    /// Proteins that at least one property was counted on.
    pub(crate) proteins: usize,
    pub(crate) skipped: Vec<Skipped>,
}

/// Proteins whose tokens are the same: one pass serves them all.
struct Task<'a> {
    tokens: Tokens,
    records: Vec<Record<'a>>,
}

/// A protein, and a name that no other has.
struct Record<'a> {
    protein: &'a Protein,
    name: String,
}

impl Task<'_> {
    /// The residues that are read: of proteins that differ only in residues for which the model has one
    /// token, those of the first by their letters, whatever the order of the records.
    fn read(&self) -> &str {
        let n_read = self.tokens.residues().len();
        let read = self
            .records
            .iter()
            .map(|record| &record.protein.sequence()[..n_read]);
        read.min().unwrap_or_default()
    }
}

/// The identifiers of the proteins; those of several proteins numbered by the sequences they have, as
/// what is counted of a protein is found again by its name.
fn names(proteins: &[Protein]) -> Vec<String> {
    let mut order: Vec<usize> = (0..proteins.len()).collect();
    order.sort_by_key(|place| (proteins[*place].id(), proteins[*place].sequence()));
    let mut names = vec![String::new(); proteins.len()];
    for alike in order.chunk_by(|a, b| proteins[*a].id() == proteins[*b].id()) {
        for (number, place) in alike.iter().enumerate() {
            let id = proteins[*place].id();
            names[*place] = match alike.len() {
                1 => id.to_owned(),
                _ => format!("{id} ({} of {})", number + 1, alike.len()),
            };
        }
    }
    names
}

impl Pass<'_> {
    /// Counts all proteins. The result is the same for any number of threads and any order of the
    /// proteins: each protein is computed on one thread, and what is added up are integers.
    pub(crate) fn run(&self, proteins: &[Protein]) -> Result<Counted> {
        let mut total = self.empty()?;
        let tasks = self.tasks(proteins, &mut total.skipped);
        let count = |task: &Task<'_>, workspace: &mut Workspace, counted: &mut Counted| {
            self.count(task, workspace, counted)
        };
        for worker in self.share_out(&tasks, || self.empty(), count)? {
            total.merge(worker)?;
        }
        total.sort();
        Ok(total)
    }

    /// Shares tasks out over the workers, each of which adds to a value of its own.
    fn share_out<'t, T: Send>(
        &self,
        tasks: &'t [Task<'t>],
        fresh: impl Fn() -> Result<T> + Sync,
        take: impl Fn(&'t Task<'t>, &mut Workspace, &mut T) -> Result<()> + Sync,
    ) -> Result<Vec<T>> {
        let residues = tasks.iter().map(|task| task.tokens.residues().len()).sum();
        let proteins = tasks.iter().map(|task| task.records.len()).sum();
        let queue = Queue {
            tasks,
            next: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            progress: Progress::new(proteins, residues),
        };
        let work = || {
            let mut found = fresh()?;
            let mut workspace = Workspace::new();
            while let Some(task) = queue.next() {
                let done = take(task, &mut workspace, &mut found);
                if done.is_err() {
                    queue.stop.store(true, Ordering::Relaxed);
                }
                done.with_context(|| task.records[0].name.clone())?;
                queue.finished(task);
            }
            Ok(found)
        };
        thread::scope(|scope| {
            let handles: Vec<_> = (0..self.threads.get()).map(|_| scope.spawn(work)).collect();
            handles.into_iter().map(join).collect()
        })
    }

    fn empty(&self) -> Result<Counted> {
        let nulls = self.nulls.models.iter();
        Ok(Counted {
            observed: Tally::new(self, None)?,
            nulls: nulls
                .map(|null| Tally::new(self, Some(*null)))
                .collect::<Result<_>>()?,
            proteins: 0,
            skipped: Vec::new(),
        })
    }

    /// Tokenised, those with the same tokens together, the longest first so that no worker is left
    /// with a long one at the end.
    fn tasks<'p>(&self, proteins: &'p [Protein], skipped: &mut Vec<Skipped>) -> Vec<Task<'p>> {
        let mut tasks: Vec<Task<'p>> = Vec::new();
        let mut places: HashMap<Vec<u32>, usize> = HashMap::new();
        for (protein, name) in proteins.iter().zip(names(proteins)) {
            let tokenizer = self.model.tokenizer();
            let tokens = match tokenizer.encode(protein.sequence(), Some(self.max_tokens)) {
                Ok(tokens) => tokens,
                Err(error) => {
                    skipped.push(Skipped::record(&name, &error));
                    continue;
                }
            };
            let record = Record { protein, name };
            let place = *places.entry(tokens.ids().to_vec()).or_insert(tasks.len());
            match tasks.get_mut(place) {
                Some(task) => task.records.push(record),
                None => tasks.push(Task {
                    tokens,
                    records: vec![record],
                }),
            }
        }
        tasks.sort_by_key(|task| std::cmp::Reverse(task.tokens.ids().len()));
        tasks
    }

    /// The passes of one task: the model's own, and those that null models need.
    fn count(
        &self,
        task: &Task<'_>,
        workspace: &mut Workspace,
        counted: &mut Counted,
    ) -> Result<()> {
        let n_read = task.tokens.residues().len();
        let mut observed = Vec::new();
        for record in &task.records {
            let case = Case::observed(
                self,
                record,
                n_read,
                &counted.observed,
                &mut counted.skipped,
            )?;
            counted.proteins += usize::from(case.has_labels());
            observed.extend(case.is_needed(self).then_some(case));
        }
        if observed.is_empty() {
            return Ok(());
        }
        let under = |(null, tally): (&Null, &Tally)| -> Result<Vec<Case<'_>>> {
            observed
                .iter()
                .map(|case| case.under(self, *null, tally))
                .collect()
        };
        let nulls = self.nulls.models.iter().zip(&counted.nulls);
        let mut nulls: Vec<Vec<Case<'_>>> = nulls.map(under).collect::<Result<_>>()?;

        // Rotated labels are compared with the same attention.
        let rotated = self
            .nulls
            .models
            .iter()
            .position(|null| *null == Null::RotateLabels);
        let rotated = rotated.map(|place| &mut nulls[place]).into_iter().flatten();
        let cases = observed.iter_mut().chain(rotated).collect();
        self.forward(self.model, &task.tokens, cases, workspace)?;
        for (null, cases) in self.nulls.models.iter().zip(&mut nulls) {
            match null {
                Null::RotateLabels => {}
                Null::ShuffleSequence => self.shuffle(task, cases, workspace)?,
                Null::RandomWeights => {
                    let twin = self.twin.context("there is no model with random weights")?;
                    self.forward(twin, &task.tokens, cases.iter_mut().collect(), workspace)?;
                }
            }
        }
        let tallies = std::iter::once(&mut counted.observed).chain(&mut counted.nulls);
        for (tally, cases) in tallies.zip(std::iter::once(observed).chain(nulls)) {
            for case in cases {
                case.finish(tally, &mut counted.skipped)?;
            }
        }
        Ok(())
    }

    /// The passes over the shuffled sequence of a task.
    fn shuffle(
        &self,
        task: &Task<'_>,
        cases: &mut [Case<'_>],
        workspace: &mut Workspace,
    ) -> Result<()> {
        for shuffled in self.nulls.shuffles(task.read()) {
            match self
                .model
                .tokenizer()
                .encode(&shuffled, Some(self.max_tokens))
            {
                Ok(tokens) => {
                    self.forward(self.model, &tokens, cases.iter_mut().collect(), workspace)?;
                }
                // A tokenizer that joins unknown residues may join others once they are shuffled.
                Err(error) => cases.iter_mut().for_each(|case| case.fail(&error)),
            }
        }
        Ok(())
    }

    fn forward<'c>(
        &self,
        model: &Model,
        tokens: &Tokens,
        cases: Vec<&mut Case<'c>>,
        workspace: &mut Workspace,
    ) -> Result<()> {
        let mut sink = Counting {
            pass: self,
            cases,
            arcs: Vec::new(),
        };
        Ok(model.forward(tokens, workspace, &mut sink)?)
    }
}

/// The tasks, handed out one at a time.
struct Queue<'a> {
    tasks: &'a [Task<'a>],
    next: AtomicUsize,
    /// Set when a worker failed: the run is over, so the others need not go on.
    stop: AtomicBool,
    progress: Progress,
}

impl<'a> Queue<'a> {
    fn next(&self) -> Option<&'a Task<'a>> {
        if self.stop.load(Ordering::Relaxed) {
            return None;
        }
        self.tasks.get(self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn finished(&self, task: &Task<'_>) {
        self.progress
            .advance(task.records.len(), task.tokens.residues().len());
    }
}

fn join<T>(handle: thread::ScopedJoinHandle<'_, T>) -> T {
    handle
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Finds the arcs of each layer once, and gives them and the maps to every case.
struct Counting<'a, 'c> {
    pass: &'a Pass<'a>,
    cases: Vec<&'a mut Case<'c>>,
    arcs: Vec<Arc>,
}

impl Sink for Counting<'_, '_> {
    fn wants(&self, output: Output) -> bool {
        matches!(output, Output::Attention { layer } if self.pass.layers.contains(&layer))
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        find_arcs(attention, self.pass.min_attention, &mut self.arcs)?;
        for case in &mut self.cases {
            case.observe(self.pass, layer, &self.arcs, attention)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_protein_has_a_name_of_its_own_in_any_order() {
        let protein = |id, sequence| Protein::new(id, sequence).unwrap();
        let [a, b, c] = [protein("x", "MK"), protein("y", "MK"), protein("x", "AK")];
        let named = names(&[a.clone(), b.clone(), c.clone()]);
        assert_eq!(named, ["x (2 of 2)", "y", "x (1 of 2)"]);
        assert_eq!(names(&[c, a, b]), ["x (1 of 2)", "x (2 of 2)", "y"]);
    }
}
