//! One forward pass for each different sequence, shared by every property and metric: a worker a
//! core.

mod case;
mod combine;
mod journal;
mod plan;
mod queue;
mod tally;

use std::mem;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ndarray::ArrayView3;
use protattn_metrics::{Arc, Metric, Property, find_arcs};
use protattn_model::{Model, Output, Sink, SinkError, SpecialTokens, Tokens, Workspace};
use serde::{Deserialize, Serialize};

use crate::interrupt::{self, InFlight, Interrupted};
use crate::nulls::{Null, NullSettings};
use crate::record::Skipped;
use case::Case;
use journal::Journal;
pub(crate) use journal::{Found, Keep, Sum, add_once};
pub(crate) use plan::{Plan, names};
use plan::{Record, Task};
use queue::{Batches, Queue};
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
        let count = |tasks: &[&Task<'_>], workspace: &mut Workspace, counted: &mut Counted| {
            self.count(tasks, workspace, counted)
        };
        let mut total = self.share_out(plan, journal, || self.empty(), count)?;
        total.sort();
        Ok(total)
    }

    /// Shares the tasks that are not done out over the workers. Each adds to a value of its own, and
    /// every now and then hands it over. Tasks that are short come several at a time, and the first
    /// may be so long that all threads work on one.
    fn share_out<'t, T: Sum>(
        &self,
        plan: &'t Plan<'t>,
        journal: Journal<T>,
        fresh: impl Fn() -> Result<T> + Sync,
        take: impl Fn(&[&'t Task<'t>], &mut Workspace, &mut T) -> Result<()> + Sync,
    ) -> Result<T> {
        let tasks = plan.tasks.iter().filter(|task| !journal.has(task.number));
        let queue = Queue::new(self.model, tasks.collect(), self.threads);
        let interval = HAND_OVER.min(journal.every());
        let journal = Mutex::new(journal);
        let hand_over = |found: Found<T>| {
            let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
            journal.take(found)
        };
        let work = |mut workspace: Workspace, queue: &Batches<'_, 't>| -> Result<()> {
            let mut found = Found::of(fresh()?);
            let mut since = Instant::now();
            while let Some(tasks) = queue.next() {
                take(tasks, &mut workspace, &mut found.sum)?;
                found.done.extend(tasks.iter().map(|task| task.number));
                queue.finished(tasks);
                if since.elapsed() >= interval {
                    hand_over(mem::replace(&mut found, Found::of(fresh()?)))?;
                    since = Instant::now();
                }
            }
            hand_over(found)
        };
        let in_flight = InFlight::new();
        let together = work(Workspace::with_threads(self.threads), &queue.together());
        let worked: Result<()> = together.and_then(|()| {
            let batches = queue.alone();
            let work = || {
                let worked = work(Workspace::new(), &batches);
                worked.inspect_err(|_| batches.stop())
            };
            thread::scope(|scope| {
                let handles: Vec<_> = (0..self.threads.get()).map(|_| scope.spawn(work)).collect();
                let worked: Vec<Result<()>> = handles.into_iter().map(join).collect();
                worked.into_iter().collect()
            })
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

    /// The passes of some tasks: the model's own, and those that null models need.
    fn count(
        &self,
        tasks: &[&Task<'_>],
        workspace: &mut Workspace,
        counted: &mut Counted,
    ) -> Result<()> {
        let mut needed = Vec::new();
        for task in tasks {
            let cases = self.cases(task, counted);
            needed.extend(cases.with_context(|| task.name().to_owned())?);
        }
        // Rotated labels are compared with the same attention.
        let mut nulls = self.nulls.models.iter();
        let rotated = nulls.position(|null| *null == Null::RotateLabels);
        let own = needed.iter_mut().map(|cases| {
            let rotated = rotated.map(|place| &mut cases.nulls[place]);
            let all = cases.observed.iter_mut();
            Job {
                name: cases.task.name(),
                tokens: &cases.task.tokens,
                cases: all.chain(rotated.into_iter().flatten()).collect(),
            }
        });
        self.forward(self.model, own.collect(), workspace)?;
        for (place, null) in self.nulls.models.iter().enumerate() {
            match null {
                Null::RotateLabels => {}
                Null::ShuffleSequence => self.shuffle(place, &mut needed, workspace)?,
                Null::RandomWeights => {
                    let twin = self.twin.context("there is no model with random weights")?;
                    let jobs = needed.iter_mut().map(|cases| cases.under(place));
                    self.forward(twin, jobs.collect(), workspace)?;
                }
            }
        }
        for cases in needed {
            let task = cases.task;
            let tallies = std::iter::once(&mut counted.observed).chain(&mut counted.nulls);
            let cases = std::iter::once(cases.observed).chain(cases.nulls);
            for (tally, cases) in tallies.zip(cases) {
                for case in cases {
                    let finished = case.finish(tally, &mut counted.skipped);
                    finished.with_context(|| task.name().to_owned())?;
                }
            }
        }
        Ok(())
    }

    /// What is to be counted of a task, if anything is.
    fn cases<'c>(
        &'c self,
        task: &'c Task<'c>,
        counted: &mut Counted,
    ) -> Result<Option<TaskCases<'c>>> {
        let n_read = task.tokens.residues().len();
        let mut observed = Vec::new();
        for record in &task.records {
            let tally = &counted.observed;
            let case = Case::observed(self, record, n_read, tally, &mut counted.skipped)?;
            counted.proteins += usize::from(case.has_labels());
            observed.extend(case.is_needed(self).then_some(case));
        }
        if observed.is_empty() {
            return Ok(None);
        }
        let under = |(null, tally): (&Null, &Tally)| -> Result<Vec<Case<'_>>> {
            observed
                .iter()
                .map(|case| case.under(self, *null, tally))
                .collect()
        };
        let nulls = self.nulls.models.iter().zip(&counted.nulls);
        let nulls = nulls.map(under).collect::<Result<_>>()?;
        Ok(Some(TaskCases {
            task,
            observed,
            nulls,
        }))
    }

    /// The passes over the shuffled sequences of tasks; `place` is that of this null model.
    fn shuffle(
        &self,
        place: usize,
        needed: &mut [TaskCases<'_>],
        workspace: &mut Workspace,
    ) -> Result<()> {
        let tokenizer = self.model.tokenizer();
        let encode = |shuffled: String| tokenizer.encode(&shuffled, Some(self.max_tokens));
        let shuffles = |cases: &TaskCases<'_>| {
            let shuffles = self.nulls.shuffles(cases.task.read());
            shuffles.map(encode).collect::<Vec<_>>()
        };
        let encoded: Vec<Vec<_>> = needed.iter().map(shuffles).collect();
        let draws = encoded.iter().map(Vec::len).max().unwrap_or(0);
        for draw in 0..draws {
            let mut jobs = Vec::new();
            for (cases, encoded) in needed.iter_mut().zip(&encoded) {
                match &encoded[draw] {
                    Ok(tokens) => jobs.push(Job {
                        tokens,
                        ..cases.under(place)
                    }),
                    // A tokenizer that joins unknown residues may join others once they are shuffled.
                    Err(error) => {
                        let cases = cases.nulls[place].iter_mut();
                        cases.for_each(|case| case.fail(error));
                    }
                }
            }
            self.forward(self.model, jobs, workspace)?;
        }
        Ok(())
    }

    /// One pass over the tokens of all jobs.
    fn forward(
        &self,
        model: &Model,
        jobs: Vec<Job<'_, '_>>,
        workspace: &mut Workspace,
    ) -> Result<()> {
        let (names, (tokens, mut sinks)): (Vec<_>, (Vec<_>, Vec<_>)) = jobs
            .into_iter()
            .map(|job| {
                let sink = Counting {
                    pass: self,
                    cases: job.cases,
                    arcs: Vec::new(),
                };
                (job.name, (job.tokens, sink))
            })
            .unzip();
        let sinks = sinks.iter_mut().map(|sink| sink as &mut dyn Sink);
        let mut batch: Vec<(&Tokens, &mut dyn Sink)> = tokens.into_iter().zip(sinks).collect();
        let results = model.forward_batch(&mut batch, SpecialTokens::Cut, workspace);
        for (name, result) in names.into_iter().zip(results) {
            result.with_context(|| name.to_owned())?;
        }
        Ok(())
    }
}

/// What is counted of one task: under no null model, and under each.
struct TaskCases<'a> {
    task: &'a Task<'a>,
    observed: Vec<Case<'a>>,
    nulls: Vec<Vec<Case<'a>>>,
}

impl<'a> TaskCases<'a> {
    /// The pass of a null model, over the tokens of the task.
    fn under(&mut self, place: usize) -> Job<'_, 'a> {
        Job {
            name: self.task.name(),
            tokens: &self.task.tokens,
            cases: self.nulls[place].iter_mut().collect(),
        }
    }
}

/// A part of a pass: what is counted of the attention between some tokens.
struct Job<'j, 'c> {
    name: &'j str,
    tokens: &'j Tokens,
    cases: Vec<&'j mut Case<'c>>,
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
