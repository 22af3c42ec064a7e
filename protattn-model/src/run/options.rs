//! How a run is done, which decides none of its numbers.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use protattn_io::{DataRecord, ReadSettings, Skipped, parallel};

use super::{ModelRecord, Record, Shard, Silent, Spool, Watch};

/// How a run is done: with how many threads, watched by whom, saved where, which share of it.
///
/// ```
/// use std::num::NonZeroUsize;
/// use std::time::Duration;
///
/// use protattn_model::run::{Options, Saving, Shard};
///
/// let saving = Saving::new("results").every(Duration::from_secs(30)).resume(true);
/// let options = Options::new().threads(NonZeroUsize::MIN).saving(saving).shard("3/16".parse::<Shard>()?);
/// assert!(format!("{options:?}").contains("results"));
/// # Ok::<(), protattn_model::run::Error>(())
/// ```
#[derive(Clone)]
pub struct Options<'a> {
    pub(super) threads: NonZeroUsize,
    pub(super) watch: &'a dyn Watch,
    pub(super) saving: Option<Saving>,
    pub(super) shard: Option<Shard>,
    pub(super) provenance: Provenance,
    pub(super) repeats: Option<Box<Record<Value>>>,
}

impl<'a> Options<'a> {
    /// One thread a core, unwatched, unsaved, undivided.
    #[must_use]
    pub fn new() -> Self {
        Self {
            threads: parallel::threads(None),
            watch: &Silent,
            saving: None,
            shard: None,
            provenance: Provenance::default(),
            repeats: None,
        }
    }

    /// Works with so many threads.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads;
        self
    }

    /// Tells `watch` how far the run is, what is odd, and lets it end the run.
    #[must_use]
    pub fn watch(mut self, watch: &'a dyn Watch) -> Self {
        self.watch = watch;
        self
    }

    /// Saves what was computed.
    #[must_use]
    pub fn saving(mut self, saving: impl Into<Option<Saving>>) -> Self {
        self.saving = saving.into();
        self
    }

    /// Takes one share of the sequences, to be [merged](super::merge) with the others; it must be
    /// saved.
    #[must_use]
    pub fn shard(mut self, shard: impl Into<Option<Shard>>) -> Self {
        self.shard = shard.into();
        self
    }

    /// Says where model and data came from, for the record.
    #[must_use]
    pub fn provenance(mut self, provenance: Provenance) -> Self {
        self.provenance = provenance;
        self
    }

    /// Repeats an earlier run: one of another model, other data or other settings is an error, and one
    /// of another version a warning.
    #[must_use]
    pub fn repeats(mut self, record: impl Into<Option<Record<Value>>>) -> Self {
        self.repeats = record.into().map(Box::new);
        self
    }

    /// The number of threads.
    #[must_use]
    pub fn n_threads(&self) -> NonZeroUsize {
        self.threads
    }

    /// Who hears how far the run is.
    #[must_use]
    pub fn watched_by(&self) -> &'a dyn Watch {
        self.watch
    }

    /// The share that is taken, if not all.
    #[must_use]
    pub fn share(&self) -> Option<Shard> {
        self.shard
    }

    /// An empty spool, whose file lies in the folder for results of what is saved, or in the system's
    /// temporary folder if nothing is.
    #[must_use]
    pub fn spool<T>(&self) -> Spool<T> {
        let folder = self.saving.as_ref().map(|saving| saving.folder.clone());
        folder.map_or_else(Spool::default, Spool::new)
    }
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Options");
        shown.field("threads", &self.threads);
        shown.field("saving", &self.saving);
        shown.field("shard", &self.shard).finish_non_exhaustive()
    }
}

/// Where a run is saved, and whether it goes on from what is there.
///
/// What was computed is in the folder `saved` of the folder for results.
#[derive(Clone, Debug)]
pub struct Saving {
    pub(super) folder: PathBuf,
    pub(super) every: Duration,
    pub(super) resume: bool,
}

impl Saving {
    /// Saves every five seconds below this folder for results, and begins anew; what an unfinished run
    /// left there is an error.
    #[must_use]
    pub fn new(folder: impl AsRef<Path>) -> Self {
        Self {
            folder: folder.as_ref().to_owned(),
            every: Duration::from_secs(5),
            resume: false,
        }
    }

    /// Saves this often; zero: never, and only what is there is looked at.
    #[must_use]
    pub fn every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }

    /// Goes on from what is there, if it is of the same model, data and settings, and begins if there
    /// is nothing.
    #[must_use]
    pub fn resume(mut self, resume: bool) -> Self {
        self.resume = resume;
        self
    }
}

/// Where model and data came from, and by whose command.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Provenance {
    /// The command line, program name first.
    pub command: Vec<String>,
    /// Arguments that give the same results again, from any folder.
    pub arguments: Vec<String>,
    /// The model; described from its files unless given.
    pub model: Option<ModelRecord>,
    /// The data sets that were read.
    pub data: Vec<DataRecord>,
    /// How they were read.
    pub reading: ReadSettings,
    /// Records that could not be read.
    pub skipped: Vec<Skipped>,
    /// What was odd in the data.
    pub warnings: Vec<String>,
}
