//! What workers found, brought together and saved as it comes.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::saved::{Part, Saved, Series};
use super::{BoxError, Error};

/// What can be added up from the parts that workers found.
///
/// # Laws
/// Adding is associative, and commutative as far as results depend on it: workers finish in any
/// order. What is serialised and read again adds up as before.
pub trait Sum: Serialize + DeserializeOwned + Send {
    /// Adds what another worker, an earlier run or another shard found.
    ///
    /// # Errors
    /// If the other is a sum of something else, or the result cannot be held.
    fn add(&mut self, other: Self) -> Result<(), BoxError>;

    /// About how many bytes it takes in memory, where it grows with every sequence: what is not saved
    /// yet is saved before it grows large. 0, the default, for sums that stay small.
    fn bytes(&self) -> u64 {
        0
    }
}

/// Where a sum is saved, and how often.
#[derive(Clone, Copy)]
pub(super) struct Keep<'a> {
    pub(super) saved: &'a Saved,
    pub(super) every: Duration,
}

/// What was found of some tasks.
#[derive(Serialize, Deserialize)]
pub(super) struct Found<T> {
    /// The tasks, by their numbers.
    pub(super) done: Vec<u32>,
    pub(super) sum: T,
}

/// A save takes at most this part of the time: after one that took long, the next waits.
const SHARE: u32 = 200;
/// Whoever asks for saves more often than this wants each of them, whatever it costs.
const HURRIED: Duration = Duration::from_secs(1);
/// What is not saved yet is saved when it takes more than this.
const PENDING_BYTES: u64 = 32 << 20;

impl<T: Sum> Part for Found<T> {
    fn join(&mut self, next: Self) -> Result<(), Error> {
        self.done.extend(next.done);
        Ok(self.sum.add(next.sum)?)
    }
}

/// Adds tasks that were done, each of which may be so once.
pub(super) fn add_once(all: &mut HashSet<u32>, done: &[u32]) -> Result<(), Error> {
    match done.iter().all(|task| all.insert(*task)) {
        true => Ok(()),
        false => Err(Error::Twice),
    }
}

/// The sum of what was found of pieces of work, by their numbers, and what of it is not yet saved.
///
/// An [`Engine`](super::Engine) keeps one for the passes of a model; an analysis may keep another for
/// what it does after them, by [`Run::journal`](super::Run::journal).
pub struct Journal<T> {
    total: T,
    done: HashSet<u32>,
    pending: Option<Found<T>>,
    series: Option<Series>,
    /// How often it is saved.
    pub(super) every: Duration,
    /// When to save next.
    due: Instant,
}

impl<T: Sum> Journal<T> {
    /// A sum that begins with `empty`, or with what was saved under this name.
    pub(super) fn new(empty: T, name: &'static str, keep: Option<Keep<'_>>) -> Result<Self, Error> {
        let mut journal = Self::unsaved(empty);
        let Some(Keep { saved, every }) = keep else {
            return Ok(journal);
        };
        let mut series = saved.series(name)?;
        if every < HURRIED {
            series.hurry();
        }
        for found in series.parts() {
            let Found { done, sum } = found?;
            add_once(&mut journal.done, &done)?;
            journal.total.add(sum)?;
        }
        journal.series = Some(series);
        journal.every = every;
        journal.due += every.min(Duration::from_secs(3600));
        Ok(journal)
    }

    /// A sum that begins with `empty` and is saved nowhere.
    #[must_use]
    pub fn unsaved(empty: T) -> Self {
        Self {
            total: empty,
            done: HashSet::new(),
            pending: None,
            series: None,
            every: Duration::MAX,
            due: Instant::now(),
        }
    }

    /// Whether a piece of work was done, in an earlier run too.
    #[must_use]
    pub fn has(&self, number: u32) -> bool {
        self.done.contains(&number)
    }

    /// How many pieces are done.
    #[must_use]
    pub fn n_done(&self) -> usize {
        self.done.len()
    }

    /// The error of a run that was asked to end, of all whose pieces of work, called `what`, so many
    /// were to be done.
    #[must_use]
    pub fn interrupted(&self, of: usize, what: &'static str) -> Error {
        Error::Interrupted {
            done: self.n_done(),
            of,
            what,
            saved: self.series.is_some(),
        }
    }

    /// Adds what was found of one piece of work, and saves if it is time.
    ///
    /// # Errors
    /// Those of [`Sum::add`], and of writing the file.
    pub fn push(&mut self, number: u32, sum: T) -> Result<(), Error> {
        let done = vec![number];
        self.take(Found { done, sum })
    }

    /// Takes what a worker found, and saves if it is time.
    pub(super) fn take(&mut self, found: Found<T>) -> Result<(), Error> {
        if found.done.is_empty() {
            return Ok(());
        }
        self.done.extend(&found.done);
        if self.series.is_none() {
            return Ok(self.total.add(found.sum)?);
        }
        let pending = match self.pending.take() {
            Some(mut pending) => {
                pending.join(found)?;
                pending
            }
            None => found,
        };
        let is_large = pending.sum.bytes() > PENDING_BYTES;
        self.pending = Some(pending);
        if is_large || Instant::now() >= self.due {
            self.save()?;
        }
        Ok(())
    }

    /// Saves what is not yet saved.
    ///
    /// # Errors
    /// Those of [`Sum::add`], and of writing the file.
    pub fn save(&mut self) -> Result<(), Error> {
        let Some((found, series)) = self.pending.take().zip(self.series.as_mut()) else {
            return Ok(());
        };
        let start = Instant::now();
        series.append(&found)?;
        self.total.add(found.sum)?;
        let wait = match self.every {
            every if every < HURRIED => every,
            every => every.max(SHARE * start.elapsed()),
        };
        self.due = Instant::now() + wait;
        Ok(())
    }

    /// The sum of all that was found; what is not saved yet is lost.
    #[must_use]
    pub fn into_total(self) -> T {
        self.total
    }
}
