//! In what order, and how many at once, the tasks are done.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use protattn_model::Model;

use super::plan::Task;
use crate::progress::Progress;
use crate::{forward, interrupt, parallel};

/// So many tokens are worth one product with the weights; what is short comes with others.
const BATCH_TOKENS: usize = 256;

/// The tasks, the longest first.
pub(super) struct Queue<'t> {
    tasks: Vec<&'t Task<'t>>,
    /// So many of the first are done by all threads, one after another.
    n_together: usize,
    progress: Progress,
}

impl<'t> Queue<'t> {
    pub(super) fn new(model: &Model, tasks: Vec<&'t Task<'t>>, threads: NonZeroUsize) -> Self {
        let residues = tasks.iter().map(|task| task.tokens.residues().len()).sum();
        let proteins = tasks.iter().map(|task| task.records.len()).sum();
        let costs = tasks.iter().map(|task| forward::cost(model, &task.tokens));
        let costs: Vec<u64> = costs.collect();
        Self {
            n_together: parallel::done_together(&costs, threads),
            tasks,
            progress: Progress::new(proteins, residues),
        }
    }

    pub(super) fn together(&self) -> Batches<'_, 't> {
        let batches = self.tasks[..self.n_together].chunks(1);
        Batches::new(batches.collect(), &self.progress)
    }

    pub(super) fn alone(&self) -> Batches<'_, 't> {
        let (mut batches, mut rest) = (Vec::new(), &self.tasks[self.n_together..]);
        while !rest.is_empty() {
            let mut tokens = 0;
            let fits = |task: &&&Task<'_>| {
                tokens += task.tokens.ids().len();
                tokens <= BATCH_TOKENS
            };
            let n = rest.iter().take_while(fits).count().max(1);
            let (batch, others) = rest.split_at(n);
            batches.push(batch);
            rest = others;
        }
        Batches::new(batches, &self.progress)
    }
}

/// Tasks that one worker takes at once, handed out one batch at a time.
pub(super) struct Batches<'q, 't> {
    batches: Vec<&'q [&'t Task<'t>]>,
    next: AtomicUsize,
    /// Set when a worker failed: the run is over, so the others need not go on.
    stop: AtomicBool,
    progress: &'q Progress,
}

impl<'q, 't> Batches<'q, 't> {
    fn new(batches: Vec<&'q [&'t Task<'t>]>, progress: &'q Progress) -> Self {
        Self {
            batches,
            next: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            progress,
        }
    }

    pub(super) fn next(&self) -> Option<&'q [&'t Task<'t>]> {
        if self.stop.load(Ordering::Relaxed) || interrupt::is_requested() {
            return None;
        }
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        self.batches.get(next).copied()
    }

    /// Ends the work of all workers.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    pub(super) fn finished(&self, tasks: &[&Task<'_>]) {
        for task in tasks {
            let residues = task.tokens.residues().len();
            self.progress.advance(task.records.len(), residues);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use protattn_io::Protein;

    use super::*;
    use crate::pass::Plan;

    #[test]
    fn every_task_comes_once_and_only_short_ones_come_together() {
        let model = crate::built_in::model().unwrap();
        let sequence = |n: usize| "MKVLAAGIWE".repeat(1 + n)[n % 10..].to_owned();
        let protein = |n: usize| Protein::new(format!("p{n}"), &sequence(n)).unwrap();
        let proteins: Vec<Protein> = (0..45).map(protein).collect();
        let plan = Plan::new(&model, &proteins, 512, None).unwrap();
        for threads in [1, 2, 64] {
            let threads = NonZeroUsize::new(threads).unwrap();
            let queue = Queue::new(&model, plan.tasks.iter().collect(), threads);
            let mut numbers = Vec::new();
            let mut largest = 0;
            for batches in [queue.together(), queue.alone()] {
                while let Some(tasks) = batches.next() {
                    let tokens: usize = tasks.iter().map(|task| task.tokens.ids().len()).sum();
                    assert!(tasks.len() == 1 || tokens <= BATCH_TOKENS);
                    largest = largest.max(tasks.len());
                    numbers.extend(tasks.iter().map(|task| task.number));
                }
            }
            let all: Vec<u32> = (0..).take(plan.n_tasks()).collect();
            assert_eq!(numbers, all);
            // With a thread for each, the short ones are done by all threads too.
            assert!(largest > 2 || threads.get() == 64, "{threads}: {largest}");
        }
    }
}
