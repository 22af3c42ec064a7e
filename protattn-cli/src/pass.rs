//! One forward pass for each different sequence, shared by every property and metric: a worker a
//! core.

mod case;
mod combine;
mod journal;
mod plan;
mod tally;

use std::mem;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ndarray::ArrayView3;
use protattn_metrics::{Arc, Metric, Property, find_arcs};
use protattn_model::{Model, Output, Sink, SinkError, Tokens, Workspace};
use serde::{Deserialize, Serialize};

use crate::interrupt::{self, InFlight, Interrupted};
use crate::nulls::{Null, NullSettings};
use crate::progress::Progress;
use crate::record::Skipped;
use case::Case;
use journal::Journal;
pub(crate) use journal::{Found, Keep, Sum, add_once};
pub(crate) use plan::{Plan, names};
use plan::{Record, Task};
pub(crate) use tally::Tally;

/// The name under which counts are saved.
pub(crate) const COUNTS: &str = "counts";
/// A worker keeps what it finds to itself for so long.
const HAND_OVER: Duration = Duration::from_secs(1);

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
#[derive(Serialize, Deserialize)]
pub(crate) struct Counted {
    /// Of the model's own attention.
    pub(crate) observed: Tally,
    /// Of each null model, in the order of the settings.
    pub(crate) nulls: Vec<Tally>,
    /// Proteins that at least one property was counted on.
    pub(crate) proteins: usize,
    pub(crate) skipped: Vec<Skipped>,
}

impl Pass<'_> {
    /// Counts the proteins of a plan, but for those that were counted and saved before. The result is
    /// the same for any number of threads and any order of the proteins, and whether it was
    /// interrupted or not: each protein is computed on one thread, and what is added up are integers.
    ///
    /// # Errors
    ///
    /// [`Interrupted`] if the run is asked to end.
    pub(crate) fn run(&self, plan: &Plan<'_>, keep: Option<Keep<'_>>) -> Result<Counted> {
        let journal = Journal::new(self.empty()?, COUNTS, keep)?;
        let count = |task: &Task<'_>, workspace: &mut Workspace, counted: &mut Counted| {
            self.count(task, workspace, counted)
        };
        let mut total = self.share_out(plan, journal, || self.empty(), count)?;
        total.sort();
        Ok(total)
    }

    /// Shares the tasks that are not done out over the workers. Each adds to a value of its own, and
    /// every now and then hands it over.
    fn share_out<'t, T: Sum>(
        &self,
        plan: &'t Plan<'t>,
        journal: Journal<T>,
        fresh: impl Fn() -> Result<T> + Sync,
        take: impl Fn(&'t Task<'t>, &mut Workspace, &mut T) -> Result<()> + Sync,
    ) -> Result<T> {
        let tasks = plan.tasks.iter().filter(|task| !journal.has(task.number));
        let queue = Queue::new(tasks.collect());
        let interval = HAND_OVER.min(journal.every());
        let journal = Mutex::new(journal);
        let hand_over = |found: Found<T>| {
            let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
            journal.take(found)
        };
        let work = || -> Result<()> {
            let mut workspace = Workspace::new();
            let mut found = Found::of(fresh()?);
            let mut since = Instant::now();
            while let Some(task) = queue.next() {
                let taken = take(task, &mut workspace, &mut found.sum);
                taken.with_context(|| task.records[0].name.clone())?;
                found.done.push(task.number);
                queue.finished(task);
                if since.elapsed() >= interval {
                    hand_over(mem::replace(&mut found, Found::of(fresh()?)))?;
                    since = Instant::now();
                }
            }
            hand_over(found)
        };
        let in_flight = InFlight::new();
        let worked: Result<()> = thread::scope(|scope| {
            let work = || work().inspect_err(|_| queue.stop.store(true, Ordering::Relaxed));
            let handles: Vec<_> = (0..self.threads.get()).map(|_| scope.spawn(work)).collect();
            let worked: Vec<Result<()>> = handles.into_iter().map(join).collect();
            worked.into_iter().collect()
        });
        let mut journal = journal.into_inner().unwrap_or_else(PoisonError::into_inner);
        // What the others did before one failed is worth keeping; its error is the one to tell.
        let saved = journal.save();
        worked.and(saved)?;
        if interrupt::is_requested() {
            // After this, the error says all that there is to say.
            interrupt::tell_waiting();
            mem::forget(in_flight);
            bail!(Interrupted {
                done: journal.n_done(),
                of: plan.tasks.len(),
            });
        }
        Ok(journal.into_total())
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
    tasks: Vec<&'a Task<'a>>,
    next: AtomicUsize,
    /// Set when a worker failed: the run is over, so the others need not go on.
    stop: AtomicBool,
    progress: Progress,
}

impl<'a> Queue<'a> {
    fn new(tasks: Vec<&'a Task<'a>>) -> Self {
        let residues = tasks.iter().map(|task| task.tokens.residues().len()).sum();
        let proteins = tasks.iter().map(|task| task.records.len()).sum();
        Self {
            tasks,
            next: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            progress: Progress::new(proteins, residues),
        }
    }

    fn next(&self) -> Option<&'a Task<'a>> {
        if self.stop.load(Ordering::Relaxed) || interrupt::is_requested() {
            return None;
        }
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        self.tasks.get(next).copied()
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
        match output {
            Output::Attention { layer } => {
                !self.pass.metrics.is_empty() && self.pass.layers.contains(&layer)
            }
            // Without metrics no one looks at whole maps, and none are made.
            Output::Arcs { layer } => {
                self.pass.metrics.is_empty() && self.pass.layers.contains(&layer)
            }
            Output::HiddenStates { .. } => false,
        }
    }

    fn min_attention(&self) -> f32 {
        self.pass.min_attention
    }

    fn arcs(&mut self, layer: usize, arcs: &[protattn_model::Arc]) -> Result<(), SinkError> {
        self.arcs.clear();
        self.arcs.extend(arcs.iter().map(|arc| Arc {
            head: arc.head,
            from: arc.from,
            to: arc.to,
            weight: arc.weight,
        }));
        for case in &mut self.cases {
            case.observe(self.pass, layer, &self.arcs, None)?;
        }
        Ok(())
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        find_arcs(attention, self.pass.min_attention, &mut self.arcs)
            .map_err(|error| format!("layer {}: {error}", layer + 1))?;
        for case in &mut self.cases {
            case.observe(self.pass, layer, &self.arcs, Some(attention))?;
        }
        Ok(())
    }
}
