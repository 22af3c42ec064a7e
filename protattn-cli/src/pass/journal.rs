//! What the workers found, brought together and saved as it comes.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::state::{Part, Saved, Series};

/// What can be added up from the parts that workers found.
pub(crate) trait Sum: Serialize + DeserializeOwned + Send {
    fn add(&mut self, other: Self) -> Result<()>;
}

/// Where a run is saved, and how often.
#[derive(Clone, Copy)]
pub(crate) struct Keep<'a> {
    pub(crate) saved: &'a Saved,
    pub(crate) every: Duration,
}

/// What was found of some tasks.
#[derive(Serialize, Deserialize)]
pub(crate) struct Found<T> {
    /// The tasks, by their numbers.
    pub(crate) done: Vec<u32>,
    pub(crate) sum: T,
}

impl<T> Found<T> {
    /// Nothing yet, of no task.
    pub(super) fn of(sum: T) -> Self {
        let done = Vec::new();
        Self { done, sum }
    }
}

/// A save takes at most this part of the time: after one that took long, the next waits.
const SHARE: u32 = 200;
/// Whoever asks for saves more often than this wants each of them, whatever it costs.
const HURRIED: Duration = Duration::from_secs(1);

impl<T: Sum> Part for Found<T> {
    fn join(&mut self, next: Self) -> Result<()> {
        self.done.extend(next.done);
        self.sum.add(next.sum)
    }
}

/// Adds tasks that were done, each of which may be so once.
pub(crate) fn add_once(all: &mut HashSet<u32>, done: &[u32]) -> Result<()> {
    ensure!(
        done.iter().all(|task| all.insert(*task)),
        "some sequences were counted and saved twice, as by two runs in one folder; remove what is saved \
         there and run again"
    );
    Ok(())
}

/// The sum of what the workers found, and what of it is not yet saved.
pub(super) struct Journal<T> {
    total: T,
    done: HashSet<u32>,
    pending: Option<Found<T>>,
    series: Option<Series>,
    every: Duration,
    /// When to save next.
    due: Instant,
}

impl<T: Sum> Journal<T> {
    /// A sum that begins with `empty`, or with what was saved under this name.
    pub(super) fn new(empty: T, name: &'static str, keep: Option<Keep<'_>>) -> Result<Self> {
        let mut journal = Self {
            total: empty,
            done: HashSet::new(),
            pending: None,
            series: keep.map(|keep| keep.saved.series(name)).transpose()?,
            every: keep.map_or(Duration::MAX, |keep| keep.every),
            due: Instant::now(),
        };
        if let Some(series) = &mut journal.series {
            if journal.every < HURRIED {
                series.hurry();
            }
            for found in series.parts() {
                let Found { done, sum } = found?;
                add_once(&mut journal.done, &done)?;
                journal.total.add(sum)?;
            }
        }
        journal.due += journal.every.min(Duration::from_secs(3600));
        Ok(journal)
    }

    /// Whether a task was done, in an earlier run too.
    pub(super) fn has(&self, task: u32) -> bool {
        self.done.contains(&task)
    }

    /// How often it is saved.
    pub(super) fn every(&self) -> Duration {
        self.every
    }

    /// How many tasks are done.
    pub(super) fn n_done(&self) -> usize {
        self.done.len()
    }

    /// Takes what a worker found, and saves if it is time.
    pub(super) fn take(&mut self, found: Found<T>) -> Result<()> {
        if found.done.is_empty() {
            return Ok(());
        }
        self.done.extend(&found.done);
        if self.series.is_none() {
            return self.total.add(found.sum);
        }
        match &mut self.pending {
            Some(pending) => pending.join(found)?,
            None => self.pending = Some(found),
        }
        if Instant::now() >= self.due {
            self.save()?;
        }
        Ok(())
    }

    /// Saves what is not yet saved.
    pub(super) fn save(&mut self) -> Result<()> {
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

    pub(super) fn into_total(self) -> T {
        self.total
    }
}
