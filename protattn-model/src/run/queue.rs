//! In what order, and how many at once, tasks are done.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::schedule::{cost, done_together};
use super::{Task, Watch};
use crate::Model;

/// So many tokens are worth one product with the weights; what is short comes with others.
const BATCH_TOKENS: usize = 256;

/// Tasks, the longest first.
pub(super) struct Queue<'t> {
    tasks: Vec<&'t Task>,
    /// So many of the first are done by all threads, one after another.
    n_together: usize,
    watch: &'t dyn Watch,
}

impl<'t> Queue<'t> {
    pub(super) fn new(
        model: &Model,
        tasks: Vec<&'t Task>,
        threads: NonZeroUsize,
        watch: &'t dyn Watch,
    ) -> Self {
        let costs: Vec<u64> = tasks.iter().map(|task| cost(model, &task.tokens)).collect();
        Self {
            n_together: done_together(&costs, threads),
            tasks,
            watch,
        }
    }

    pub(super) fn together(&self) -> Batches<'_, 't> {
        let batches = self.tasks[..self.n_together].chunks(1);
        Batches::new(batches.collect(), self.watch)
    }

    pub(super) fn alone(&self) -> Batches<'_, 't> {
        let (mut batches, mut rest) = (Vec::new(), &self.tasks[self.n_together..]);
        while !rest.is_empty() {
            let mut tokens = 0;
            let fits = |task: &&&Task| {
                tokens += task.tokens.ids().len();
                tokens <= BATCH_TOKENS
            };
            let n = rest.iter().take_while(fits).count().max(1);
            let (batch, others) = rest.split_at(n);
            batches.push(batch);
            rest = others;
        }
        Batches::new(batches, self.watch)
    }
}

/// Tasks that one worker takes at once, handed out one batch at a time.
pub(super) struct Batches<'q, 't> {
    batches: Vec<&'q [&'t Task]>,
    next: AtomicUsize,
    /// Set when a worker failed: the run is over, so the others need not go on.
    stop: AtomicBool,
    watch: &'q dyn Watch,
}

impl<'q, 't> Batches<'q, 't> {
    fn new(batches: Vec<&'q [&'t Task]>, watch: &'q dyn Watch) -> Self {
        Self {
            batches,
            next: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            watch,
        }
    }

    pub(super) fn next(&self) -> Option<&'q [&'t Task]> {
        if self.stop.load(Ordering::Relaxed) || self.watch.is_ending() {
            return None;
        }
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        self.batches.get(next).copied()
    }

    /// Ends the work of all workers.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    pub(super) fn finished(&self, tasks: &[&Task]) {
        for task in tasks {
            self.watch.advance(task.places.len(), task.n_read());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::plan::tests::model;
    use super::super::{Plan, Silent};
    use super::*;

    #[test]
    fn every_task_comes_once_and_only_short_ones_come_together() {
        let model = model();
        let sequence = |n: usize| "MKVLAAGIWE".repeat(1 + n)[n % 10..].to_owned();
        let records: Vec<(String, String)> =
            (0..45).map(|n| (format!("p{n}"), sequence(n))).collect();
        let records = records.iter().map(|(id, s)| (id.as_str(), s.as_str()));
        let plan = Plan::new(&model, records, 512).unwrap();
        for threads in [1, 2, 64] {
            let threads = NonZeroUsize::new(threads).unwrap();
            let queue = Queue::new(&model, plan.tasks().iter().collect(), threads, &Silent);
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
            let all: Vec<u32> = plan.tasks().iter().map(Task::number).collect();
            assert_eq!(numbers, all);
            // With a thread for each, the short ones are done by all threads too.
            assert!(largest > 2 || threads.get() == 64, "{threads}: {largest}");
        }
    }
}
