//! One forward pass for each different sequence, shared by every property: a worker a core.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};
use ndarray::ArrayView3;
use protattn_io::Protein;
use protattn_metrics::{Arc, ArcCounts, Labels, Property, find_arcs, labels_of};
use protattn_model::{Model, Output, Sink, SinkError, Tokens, Workspace};

use crate::progress::Progress;
use crate::record::Skipped;

/// What is counted, and how.
pub(crate) struct Pass<'a> {
    pub(crate) model: &'a Model,
    pub(crate) properties: &'a [Box<dyn Property>],
    /// 0-based, ascending.
    pub(crate) layers: &'a [usize],
    pub(crate) min_attention: f32,
    pub(crate) max_tokens: usize,
    pub(crate) threads: NonZeroUsize,
}

/// What was counted.
pub(crate) struct Counted {
    /// One for each property, in their order.
    pub(crate) counts: Vec<ArcCounts>,
    /// Proteins that at least one property was counted on.
    pub(crate) proteins: usize,
    pub(crate) skipped: Vec<Skipped>,
}

/// Proteins whose tokens are the same: one pass serves them all.
struct Task<'a> {
    tokens: Tokens,
    proteins: Vec<&'a Protein>,
}

impl Pass<'_> {
    /// Counts the arcs of all proteins. The result is the same for any number of threads and any
    /// order of the proteins: counts are integers, and each protein is computed on one thread.
    pub(crate) fn run(&self, proteins: &[Protein]) -> Result<Counted> {
        let mut total = self.empty()?;
        let tasks = self.tasks(proteins, &mut total.skipped);
        let residues = tasks.iter().map(|task| task.tokens.residues().len()).sum();
        let progress = Progress::new(proteins.len(), residues);
        let queue = Queue {
            tasks: &tasks,
            next: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            progress,
        };
        let workers: Vec<Result<Counted>> = thread::scope(|scope| {
            let spawn = |_| scope.spawn(|| self.work(&queue));
            let handles: Vec<_> = (0..self.threads.get()).map(spawn).collect();
            handles.into_iter().map(join).collect()
        });
        for worker in workers {
            let worker = worker?;
            total.proteins += worker.proteins;
            total.skipped.extend(worker.skipped);
            for (total, counts) in total.counts.iter_mut().zip(&worker.counts) {
                total.merge(counts)?;
            }
        }
        total.skipped.sort();
        Ok(total)
    }

    fn empty(&self) -> Result<Counted> {
        let heads = self.model.info().n_heads;
        let mut counts = Vec::new();
        for property in self.properties {
            counts.push(ArcCounts::new(
                property.as_ref(),
                self.layers.to_vec(),
                heads,
            )?);
        }
        Ok(Counted {
            counts,
            proteins: 0,
            skipped: Vec::new(),
        })
    }

    /// Tokenised, those with the same tokens together, the longest first so that no worker is left
    /// with a long one at the end.
    fn tasks<'p>(&self, proteins: &'p [Protein], skipped: &mut Vec<Skipped>) -> Vec<Task<'p>> {
        let mut tasks: Vec<Task<'p>> = Vec::new();
        let mut places: HashMap<Vec<u32>, usize> = HashMap::new();
        for protein in proteins {
            let tokens = match self
                .model
                .tokenizer()
                .encode(protein.sequence(), Some(self.max_tokens))
            {
                Ok(tokens) => tokens,
                Err(error) => {
                    skipped.push(Skipped::record(protein.id(), &error));
                    continue;
                }
            };
            let place = *places.entry(tokens.ids().to_vec()).or_insert(tasks.len());
            match tasks.get_mut(place) {
                Some(task) => task.proteins.push(protein),
                None => tasks.push(Task {
                    tokens,
                    proteins: vec![protein],
                }),
            }
        }
        tasks.sort_by_key(|task| std::cmp::Reverse(task.tokens.ids().len()));
        tasks
    }

    fn work(&self, queue: &Queue<'_>) -> Result<Counted> {
        let mut counted = self.empty()?;
        let mut workspace = Workspace::new();
        let mut arcs = Vec::new();
        while let Some(task) = queue.next() {
            let done = self.count(task, &mut workspace, &mut arcs, &mut counted);
            if done.is_err() {
                queue.stop.store(true, Ordering::Relaxed);
            }
            done?;
            queue.finished(task);
        }
        Ok(counted)
    }

    fn count(
        &self,
        task: &Task<'_>,
        workspace: &mut Workspace,
        arcs: &mut Vec<Arc>,
        counted: &mut Counted,
    ) -> Result<()> {
        let labels = self.label(task, counted)?;
        if labels.is_empty() {
            return Ok(());
        }
        let mut sink = Counting {
            pass: self,
            labels: &labels,
            arcs,
            counts: &mut counted.counts,
        };
        let done = self.model.forward(&task.tokens, workspace, &mut sink);
        done.with_context(|| task.proteins[0].id().to_owned())
    }

    /// What each property says of each protein of a task, counted into the backgrounds.
    fn label(&self, task: &Task<'_>, counted: &mut Counted) -> Result<Vec<(usize, Labels)>> {
        let n_read = task.tokens.residues().len();
        let mut all = Vec::new();
        for protein in &task.proteins {
            let known = all.len();
            for (place, property) in self.properties.iter().enumerate() {
                match labels_of(property.as_ref(), protein) {
                    Ok(None) => {}
                    Ok(Some(labels)) => {
                        counted.counts[place].observe_protein(&labels, n_read)?;
                        all.push((place, labels));
                    }
                    Err(error) => counted.skipped.push(Skipped::record(protein.id(), &error)),
                }
            }
            counted.proteins += usize::from(all.len() > known);
        }
        Ok(all)
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

impl Queue<'_> {
    fn next(&self) -> Option<&Task<'_>> {
        if self.stop.load(Ordering::Relaxed) {
            return None;
        }
        self.tasks.get(self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn finished(&self, task: &Task<'_>) {
        self.progress
            .advance(task.proteins.len(), task.tokens.residues().len());
    }
}

fn join<T>(handle: thread::ScopedJoinHandle<'_, T>) -> T {
    handle
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Finds the arcs of each layer once, and counts them for every property.
struct Counting<'a> {
    pass: &'a Pass<'a>,
    /// With the place of the property each is of.
    labels: &'a [(usize, Labels)],
    arcs: &'a mut Vec<Arc>,
    counts: &'a mut [ArcCounts],
}

impl Sink for Counting<'_> {
    fn wants(&self, output: Output) -> bool {
        matches!(output, Output::Attention { layer } if self.pass.layers.contains(&layer))
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        find_arcs(attention, self.pass.min_attention, self.arcs)?;
        for (property, labels) in self.labels {
            self.counts[*property].observe_arcs(layer, self.arcs, labels)?;
        }
        Ok(())
    }
}
