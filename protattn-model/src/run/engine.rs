//! Tasks shared out over threads.

use std::mem;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, thread};

use protattn_io::parallel;

use super::journal::{Found, Journal, Keep};
use super::queue::{Batches, Queue};
use super::{BoxError, Error, Plan, Silent, Sum, Task, Watch};
use crate::{Model, Sink, SpecialTokens, Tokens, Workspace};

/// What is done, piece by piece.
const SEQUENCES: &str = "sequences";
/// A worker keeps what it finds to itself for so long.
const HAND_OVER: Duration = Duration::from_secs(1);

/// Runs a model over the tasks of a plan, with a worker a thread.
#[derive(Clone, Copy)]
pub struct Engine<'a> {
    model: &'a Model,
    threads: NonZeroUsize,
    watch: &'a dyn Watch,
    special_tokens: SpecialTokens,
    keep: Option<Keep<'a>>,
}

impl<'a> Engine<'a> {
    /// One worker a core, which nobody watches, and nothing saved.
    #[must_use]
    pub fn new(model: &'a Model) -> Self {
        Self {
            model,
            threads: parallel::threads(None),
            watch: &Silent,
            special_tokens: SpecialTokens::default(),
            keep: None,
        }
    }

    /// Works with so many threads; the result is the same for any number.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads;
        self
    }

    /// Tells `watch` how far it is.
    #[must_use]
    pub fn watch(mut self, watch: &'a dyn Watch) -> Self {
        self.watch = watch;
        self
    }

    /// Says whether sinks see the special tokens; they are cut unless told.
    #[must_use]
    pub fn special_tokens(mut self, special_tokens: SpecialTokens) -> Self {
        self.special_tokens = special_tokens;
        self
    }

    pub(super) fn keep(mut self, keep: Option<Keep<'a>>) -> Self {
        self.keep = keep;
        self
    }

    /// Adds up what `take` finds of the tasks of a plan, but for those that were done and saved under
    /// this name before. `take` gets some tasks, buffers for their passes, and the worker's own sum,
    /// which `fresh` began.
    ///
    /// # Errors
    /// [`Error::Interrupted`] if the watch asks for the end; the first error of `take`; those of
    /// reading and writing what is saved. What was found before is saved in any case.
    pub fn sum<T: Sum>(
        &self,
        plan: &Plan<'_>,
        name: &'static str,
        fresh: impl Fn() -> Result<T, BoxError> + Sync,
        take: impl Fn(&[&Task], &mut Workspace, &mut T) -> Result<(), Error> + Sync,
    ) -> Result<T, Error> {
        self.sum_into(fresh()?, plan, name, fresh, take)
    }

    /// As [`sum`](Self::sum), and what workers found is added to `total`: a sum that keeps what is added
    /// in its own way, in a file for example.
    ///
    /// # Errors
    /// Those of [`sum`](Self::sum).
    pub fn sum_into<T: Sum>(
        &self,
        total: T,
        plan: &Plan<'_>,
        name: &'static str,
        fresh: impl Fn() -> Result<T, BoxError> + Sync,
        take: impl Fn(&[&Task], &mut Workspace, &mut T) -> Result<(), Error> + Sync,
    ) -> Result<T, Error> {
        let journal = Journal::new(total, name, self.keep)?;
        let tasks = plan.tasks().iter();
        let tasks = tasks.filter(|task| !journal.has(task.number())).collect();
        let interval = HAND_OVER.min(journal.every);
        let journal = Mutex::new(journal);
        let hand_over = |found: Found<T>| {
            let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
            journal.take(found)
        };
        let worked = self.work_through(tasks, interval, fresh, take, hand_over);
        let mut journal = journal.into_inner().unwrap_or_else(PoisonError::into_inner);
        // What the others did before one failed is worth keeping; its error is the one to tell.
        let saved = journal.save();
        worked.and(saved)?;
        if self.watch.is_ending() {
            return Err(journal.interrupted(plan.tasks().len(), SEQUENCES));
        }
        Ok(journal.into_total())
    }

    /// One sink for each record of a plan, in their order, after its pass; the same for records whose
    /// tokens are the same, and `None` for a record that is not in the plan's tasks.
    ///
    /// # Errors
    /// [`Error::Interrupted`] if the watch asks for the end; [`Error::Sequence`] for the first pass
    /// that fails.
    pub fn map<S: Sink + Clone + Send>(
        &self,
        plan: &Plan<'_>,
        sink: impl Fn(&Task) -> S + Sync,
    ) -> Result<Vec<Option<S>>, Error> {
        let all = Mutex::new((0, vec![None; plan.n_records()]));
        let take = |tasks: &[&Task], workspace: &mut Workspace, found: &mut Vec<(u32, S)>| {
            let sinks: Vec<S> = tasks.iter().map(|task| sink(task)).collect();
            let passed = self.forward(plan, tasks, sinks, workspace)?;
            found.extend(tasks.iter().map(|task| task.number()).zip(passed));
            Ok(())
        };
        let hand_over = |found: Found<Vec<(u32, S)>>| {
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            all.0 += found.done.len();
            for (number, sink) in found.sum {
                // Tasks are in the order of their numbers, those of a shard too.
                let at = plan.tasks().binary_search_by_key(&number, Task::number);
                let places = at.iter().flat_map(|at| plan.tasks()[*at].places());
                for place in places {
                    all.1[*place] = Some(sink.clone());
                }
            }
            Ok(())
        };
        let tasks = plan.tasks().iter().collect();
        self.work_through(tasks, HAND_OVER, || Ok(Vec::new()), take, hand_over)?;
        let (done, sinks) = all.into_inner().unwrap_or_else(PoisonError::into_inner);
        if self.watch.is_ending() {
            return Err(Error::Interrupted {
                done,
                of: plan.tasks().len(),
                what: SEQUENCES,
                saved: false,
            });
        }
        Ok(sinks)
    }

    /// Runs some tasks in one pass, each with a sink of its own, and gives the sinks back.
    ///
    /// # Errors
    /// [`Error::Sequence`] for the first that fails.
    pub fn forward<S: Sink>(
        &self,
        plan: &Plan<'_>,
        tasks: &[&Task],
        sinks: Vec<S>,
        workspace: &mut Workspace,
    ) -> Result<Vec<S>, Error> {
        let jobs = tasks.iter().zip(sinks).map(|(task, sink)| Job {
            name: plan.name_of(task),
            tokens: task.tokens(),
            sink,
        });
        forward_with(self.model, self.special_tokens, jobs, workspace)
    }

    /// Shares tasks out over the workers. Each adds to a value of its own, and every now and then
    /// hands it over. Tasks that are short come several at a time, and the first may be so long that
    /// all threads work on one.
    fn work_through<'t, T: Send>(
        &self,
        tasks: Vec<&'t Task>,
        interval: Duration,
        fresh: impl Fn() -> Result<T, BoxError> + Sync,
        take: impl Fn(&[&'t Task], &mut Workspace, &mut T) -> Result<(), Error> + Sync,
        hand_over: impl Fn(Found<T>) -> Result<(), Error> + Sync,
    ) -> Result<(), Error>
    where
        'a: 't,
    {
        let _in_flight = InFlight::begin(self.watch, &tasks);
        let queue = Queue::new(self.model, tasks, self.threads, self.watch);
        let begun = || -> Result<Found<T>, Error> {
            let done = Vec::new();
            let sum = fresh()?;
            Ok(Found { done, sum })
        };
        let work = |mut workspace: Workspace, queue: &Batches<'_, 't>| -> Result<(), Error> {
            let mut found = begun()?;
            let mut since = Instant::now();
            while let Some(tasks) = queue.next() {
                take(tasks, &mut workspace, &mut found.sum)?;
                found.done.extend(tasks.iter().map(|task| task.number()));
                queue.finished(tasks);
                if since.elapsed() >= interval {
                    hand_over(mem::replace(&mut found, begun()?))?;
                    since = Instant::now();
                }
            }
            hand_over(found)
        };
        work(Workspace::with_threads(self.threads), &queue.together())?;
        let batches = queue.alone();
        let work = || {
            let worked = work(Workspace::new(), &batches);
            worked.inspect_err(|_| batches.stop())
        };
        thread::scope(|scope| {
            let handles: Vec<_> = (0..self.threads.get()).map(|_| scope.spawn(work)).collect();
            let worked: Vec<Result<(), Error>> = handles.into_iter().map(join).collect();
            worked.into_iter().collect()
        })
    }
}

/// A part of a pass: tokens, and the sink that takes what comes of them.
#[derive(Debug)]
pub struct Job<'j, S> {
    /// What to call it in an error.
    pub name: &'j str,
    /// What the model reads.
    pub tokens: &'j Tokens,
    /// What is fed.
    pub sink: S,
}

/// Runs some jobs in one pass of a model, without special tokens, and gives their sinks back.
///
/// # Errors
/// [`Error::Sequence`] for the first job that fails.
pub fn forward<'j, S: Sink>(
    model: &Model,
    jobs: impl IntoIterator<Item = Job<'j, S>>,
    workspace: &mut Workspace,
) -> Result<Vec<S>, Error> {
    forward_with(model, SpecialTokens::Cut, jobs, workspace)
}

fn forward_with<'j, S: Sink>(
    model: &Model,
    special_tokens: SpecialTokens,
    jobs: impl IntoIterator<Item = Job<'j, S>>,
    workspace: &mut Workspace,
) -> Result<Vec<S>, Error> {
    let jobs = jobs.into_iter();
    let (names, mut batch): (Vec<_>, Vec<_>) =
        jobs.map(|job| (job.name, (job.tokens, job.sink))).unzip();
    let results = model.forward_batch(&mut batch, special_tokens, workspace);
    for (name, result) in names.into_iter().zip(results) {
        result.map_err(|error| Error::sequence(name, error))?;
    }
    Ok(batch.into_iter().map(|(_, sink)| sink).collect())
}

impl fmt::Debug for Engine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Engine");
        shown.field("model", self.model);
        shown
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

/// Tells a watch that something is in flight, until it is dropped.
struct InFlight<'a>(&'a dyn Watch);

impl<'a> InFlight<'a> {
    fn begin(watch: &'a dyn Watch, tasks: &[&Task]) -> Self {
        let residues = tasks.iter().map(|task| task.n_read()).sum();
        let records = tasks.iter().map(|task| task.places().len()).sum();
        watch.begin(records, residues);
        Self(watch)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

fn join<T>(handle: thread::ScopedJoinHandle<'_, T>) -> T {
    handle
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use ndarray::ArrayView3;

    use super::super::plan::tests::model;
    use super::*;
    use crate::{Output, SinkError};

    /// Residues that were read.
    impl Sum for Vec<usize> {
        fn add(&mut self, other: Self) -> Result<(), BoxError> {
            self.extend(other);
            Ok(())
        }
    }

    /// Ends after so many records.
    struct After(usize, AtomicUsize);

    impl Watch for After {
        fn advance(&self, records: usize, _: usize) {
            self.1.fetch_add(records, Ordering::Relaxed);
        }

        fn is_ending(&self) -> bool {
            self.1.load(Ordering::Relaxed) >= self.0
        }
    }

    fn records() -> Vec<(String, String)> {
        let sequence = |n: usize| "MKVLAAGIWE".repeat(1 + n % 5)[..4 + n % 7].to_owned();
        (0..30).map(|n| (format!("p{n}"), sequence(n))).collect()
    }

    fn take(tasks: &[&Task], _: &mut Workspace, sum: &mut Vec<usize>) -> Result<(), Error> {
        sum.extend(tasks.iter().map(|task| task.n_read()));
        Ok(())
    }

    #[test]
    fn a_sum_is_the_same_for_any_number_of_threads_and_an_error_ends_it() {
        let (model, records) = (model(), records());
        let records = records.iter().map(|(id, s)| (id.as_str(), s.as_str()));
        let plan = Plan::new(&model, records, 512).unwrap();
        let expected: usize = plan.tasks().iter().map(Task::n_read).sum();
        for threads in [1, 2, 5] {
            let engine = Engine::new(&model).threads(NonZeroUsize::new(threads).unwrap());
            let sum = engine.sum(&plan, "read", || Ok(Vec::new()), take).unwrap();
            assert_eq!(sum.iter().sum::<usize>(), expected);
            let failing =
                |_: &[&Task], _: &mut Workspace, _: &mut Vec<usize>| Err(Error::data("nothing"));
            let error = engine.sum(&plan, "read", || Ok(Vec::new()), failing);
            assert_eq!(error.unwrap_err().to_string(), "nothing");
        }
    }

    /// Rows and columns of the first layer's attention.
    #[derive(Clone, Default)]
    struct Size(usize);

    impl Sink for Size {
        fn wants(&self, output: Output) -> bool {
            output == Output::Attention { layer: 0 }
        }

        fn attention(&mut self, _: usize, maps: ArrayView3<'_, f32>) -> Result<(), SinkError> {
            self.0 = maps.dim().1;
            Ok(())
        }
    }

    #[test]
    fn special_tokens_are_cut_unless_they_are_asked_for() {
        let model = model();
        let plan = Plan::new(&model, [("a", "MKV"), ("b", "MKVLA"), ("c", "MKV")], 512).unwrap();
        let sizes = |special_tokens| {
            let engine = Engine::new(&model).special_tokens(special_tokens);
            let sinks = engine.map(&plan, |_| Size::default()).unwrap();
            sinks
                .into_iter()
                .flatten()
                .map(|size| size.0)
                .collect::<Vec<_>>()
        };
        assert_eq!(sizes(SpecialTokens::Cut), [3, 5, 3]);
        assert_eq!(sizes(SpecialTokens::Keep), [5, 7, 5]);
    }

    #[test]
    fn a_run_that_is_asked_to_end_says_how_far_it_came() {
        let (model, records) = (model(), records());
        let records = records.iter().map(|(id, s)| (id.as_str(), s.as_str()));
        let plan = Plan::new(&model, records, 512).unwrap();
        let watch = After(1, AtomicUsize::new(0));
        let engine = Engine::new(&model).threads(NonZeroUsize::MIN).watch(&watch);
        match engine.sum(&plan, "read", || Ok(Vec::new()), take) {
            Err(Error::Interrupted {
                done, of, saved, ..
            }) => {
                assert!(0 < done && done <= of && of == plan.tasks().len() && !saved);
            }
            other => panic!("{other:?}"),
        }
    }
}
