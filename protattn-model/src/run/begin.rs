//! How a run begins, goes on, and ends.

use std::path::Path;
use std::time::Instant;

use protattn_io::{DataRecord, ReadSettings, Skipped};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::differences::{differences, to_value};
use super::journal::{Journal, Keep};
use super::saved::{self, Saved};
use super::{Engine, Error, ModelRecord, Options, Plan, RECORD, Record, Shards, Sum};
use crate::Model;

/// The folder of what is saved, inside that of the results.
const FOLDER: &str = "saved";

/// What is saved is of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct About<S> {
    /// The run, as far as it is known when it begins.
    #[serde(flatten)]
    pub record: Record<S>,
    /// Records that could not be tokenised, of all shards.
    pub untokenised: Vec<Skipped>,
}

impl<S: Serialize> About<S> {
    /// Every value that decides numbers in which this run and another differ; `called` are the words
    /// for the two: `settings.seed is 1 there and 2 now`.
    ///
    /// # Errors
    /// [`Error::Analysis`] if the settings cannot be written as JSON.
    pub fn differences<O: Serialize>(
        &self,
        other: &Record<O>,
        called: [&str; 2],
    ) -> Result<Vec<String>, Error> {
        between(&self.record, other, called)
    }

    /// Those skipped anywhere, with those that the analysis passed over: in reading, and then, sorted,
    /// each once, in tokenising and in the analysis.
    #[must_use]
    pub fn all_skipped(&self, analysis: &[Skipped]) -> Vec<Skipped> {
        let mut later = [&self.untokenised, analysis].concat();
        later.sort();
        later.dedup();
        [self.record.skipped.clone(), later].concat()
    }
}

/// Every value that decides numbers in which two runs differ.
fn between<A: Serialize, B: Serialize>(
    first: &Record<A>,
    second: &Record<B>,
    called: [&str; 2],
) -> Result<Vec<String>, Error> {
    Ok(differences(&identity(first)?, &identity(second)?, called))
}

/// What decides the numbers of a run.
fn identity<S: Serialize>(record: &Record<S>) -> Result<Value, Error> {
    #[derive(Serialize)]
    struct Identity<'a, S> {
        analysis: &'a str,
        version: &'a str,
        model: &'a ModelRecord,
        data: &'a [DataRecord],
        reading: &'a ReadSettings,
        settings: &'a S,
        sequences_sha256: &'a str,
    }
    let identity = Identity {
        analysis: &record.analysis,
        version: &record.version,
        model: &record.model,
        data: &record.data,
        reading: &record.reading,
        settings: &record.settings,
        sequences_sha256: &record.sequences_sha256,
    };
    to_value(&identity).map_err(Error::analysis)
}

/// How a run begins.
#[derive(Debug)]
pub enum Begun<'a, S> {
    /// From the start, or from what was saved.
    Run(Box<Run<'a, S>>),
    /// An earlier run had done it all: its record, from the folder for results.
    Complete(Box<Record<S>>),
}

/// How a run ended, of an analysis with results of type `T` and settings of type `S`.
#[derive(Debug)]
pub enum Outcome<T, S> {
    /// All is done.
    Done(Box<T>),
    /// One share is done, and what it found is saved, to be [merged](super::merge) with the others.
    Shard(Box<Record<S>>),
    /// An earlier run had done it all; its results are in the folder.
    Before(Box<Record<S>>),
}

impl<T, S> Outcome<T, S> {
    /// The results.
    ///
    /// # Errors
    /// [`Error::Settings`] if there are none: of a shard, or of a run that was done before.
    pub fn done(self) -> Result<T, Error> {
        match self {
            Self::Done(results) => Ok(*results),
            Self::Shard(_) => Err(Error::settings("a shard has no results until it is merged")),
            Self::Before(_) => Err(Error::settings("the results are in the folder already")),
        }
    }
}

/// A run that has begun: an engine, and what becomes of what it finds.
#[derive(Debug)]
pub struct Run<'a, S> {
    model: &'a Model,
    options: &'a Options<'a>,
    about: About<S>,
    saved: Option<Saved>,
    start: Instant,
}

impl<'a, S: Clone + Serialize + DeserializeOwned> Run<'a, S> {
    /// Begins the analysis of this name, or goes on with what an earlier run saved of it.
    ///
    /// # Errors
    /// [`Error::Unfinished`] if something else is saved in the folder; [`Error::OtherRun`] if a run
    /// that is to be resumed is of another model, other data or other settings; [`Error::Busy`];
    /// [`Error::Settings`] for a shard that is not saved; those of reading and writing the folder.
    pub fn begin(
        model: &'a Model,
        plan: &Plan<'_>,
        analysis: &str,
        settings: S,
        options: &'a Options<'a>,
    ) -> Result<Begun<'a, S>, Error> {
        let start = Instant::now();
        let about = about(model, plan, analysis, settings, options)?;
        require_repeated(&about, options)?;
        let saved = match begin_saving(&about, options)? {
            Start::Complete(record) => return Ok(Begun::Complete(record)),
            Start::Saving(saved) => Some(saved),
            Start::Unsaved => None,
        };
        if saved.is_none() && plan.share().is_some() {
            return Err(Error::settings(
                "a shard is what it saves: it cannot go unsaved",
            ));
        }
        Ok(Begun::Run(Box::new(Self {
            model,
            options,
            about,
            saved,
            start,
        })))
    }

    /// What the run is of.
    #[must_use]
    pub fn about(&self) -> &About<S> {
        &self.about
    }

    /// Runs the model, as the options say; sums are saved.
    #[must_use]
    pub fn engine(&self) -> Engine<'_> {
        Engine::new(self.model)
            .threads(self.options.threads)
            .watch(self.options.watch)
            .keep(self.keep())
    }

    /// A sum of other work than passes, which begins with `empty` or with what was saved under this
    /// name.
    ///
    /// # Errors
    /// Those of reading what is saved.
    pub fn journal<T: Sum>(&self, name: &'static str, empty: T) -> Result<Journal<T>, Error> {
        Journal::new(empty, name, self.keep())
    }

    fn keep(&self) -> Option<Keep<'_>> {
        let every = self.options.saving.as_ref()?.every;
        let saved = self.saved.as_ref()?;
        Some(Keep { saved, every })
    }

    /// The record of the run, now that it is done: of so many proteins, with what the analysis skipped
    /// and what it found odd.
    #[must_use]
    pub fn finish(self, proteins: usize, skipped: &[Skipped], warnings: Vec<String>) -> Record<S> {
        let mut record = self.about.finish(proteins, skipped, warnings);
        record.seconds = self.start.elapsed().as_secs_f64();
        record
    }
}

impl<S: Serialize> About<S> {
    /// The record of a run that is done: of so many proteins, with what the analysis skipped and what
    /// it found odd.
    #[must_use]
    pub fn finish(self, proteins: usize, skipped: &[Skipped], warnings: Vec<String>) -> Record<S> {
        let skipped = self.all_skipped(skipped);
        let mut record = self.record;
        record.proteins = proteins;
        record.skipped = skipped;
        record.warnings.extend(warnings);
        record
    }
}

fn about<S>(
    model: &Model,
    plan: &Plan<'_>,
    analysis: &str,
    settings: S,
    options: &Options<'_>,
) -> Result<About<S>, Error> {
    let provenance = options.provenance.clone();
    let skipped =
        |(place, error): &(usize, crate::Error)| Skipped::record(plan.name(*place), error);
    Ok(About {
        record: Record {
            command: provenance.command,
            arguments: provenance.arguments,
            analysis: analysis.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model: match provenance.model {
                Some(model) => model,
                None => ModelRecord::of(model)?,
            },
            data: provenance.data,
            reading: provenance.reading,
            settings,
            sequences_sha256: plan.sha256().to_owned(),
            sequences: plan.tasks().len(),
            shards: plan.share().map(Shards::from),
            proteins: 0,
            skipped: provenance.skipped,
            warnings: provenance.warnings,
            seconds: 0.0,
        },
        untokenised: plan.untokenised().iter().map(skipped).collect(),
    })
}

enum Start<S> {
    /// It was complete before.
    Complete(Box<Record<S>>),
    /// From the beginning or from what was saved, and saves.
    Saving(Saved),
    Unsaved,
}

/// Looks at what an earlier run left in the folder for results, and begins or goes on.
fn begin_saving<S: Clone + Serialize + DeserializeOwned>(
    about: &About<S>,
    options: &Options<'_>,
) -> Result<Start<S>, Error> {
    let Some(saving) = &options.saving else {
        return Ok(Start::Unsaved);
    };
    let folder = &saving.folder;
    let mut found = of_folder::<Value>(folder)?;
    if let Some((saved, _)) = &mut found {
        saved.lock()?;
    }
    if saving.resume {
        if let Some((saved, known)) = found {
            require_same(folder, &known.record, about)?;
            return Ok(Start::Saving(saved));
        }
        if folder.join(RECORD).exists() {
            let (known, _) = Record::<Value>::read::<serde::de::IgnoredAny>(folder)?;
            require_same(folder, &known, about)?;
            let (record, _) = Record::<S>::read::<serde::de::IgnoredAny>(folder)?;
            return Ok(Start::Complete(Box::new(record)));
        }
        let folder = folder.display();
        let message = format!("{folder}: nothing is saved there yet");
        options.watch.warn(&message);
    } else if let Some((saved, known)) = &found
        && saved::has_parts(saved)?
    {
        let what = known.record.shards.as_ref();
        return Err(Error::Unfinished {
            folder: folder.clone(),
            what: what.map_or_else(
                || "what an interrupted run has computed".to_owned(),
                Shards::to_string,
            ),
        });
    }
    if saving.every.is_zero() {
        return Ok(Start::Unsaved);
    }
    drop(found);
    let mut saved = begin_folder(folder, about)?;
    saved.lock()?;
    Ok(Start::Saving(saved))
}

/// Begins to save in a folder for results.
pub(super) fn begin_folder<S: Serialize>(folder: &Path, about: &About<S>) -> Result<Saved, Error> {
    let about = to_value(about).map_err(Error::analysis)?;
    Saved::begin(folder.join(FOLDER), about)
}

/// What a folder for results has saved, if anything.
pub(super) fn of_folder<S: DeserializeOwned>(
    folder: &Path,
) -> Result<Option<(Saved, About<S>)>, Error> {
    let Some(saved) = Saved::open(folder.join(FOLDER))? else {
        return Ok(None);
    };
    let about = serde_json::from_value(saved.about.clone());
    let about = about.map_err(|source| Error::Damaged {
        path: folder.to_owned(),
        advice: format!(
            "it was not saved by this version of protattn; remove the folder {FOLDER} in it and run again"
        ),
        source: source.into(),
    })?;
    Ok(Some((saved, about)))
}

/// Fails unless the run is of the same model, data and settings as the one that it is to repeat.
fn require_repeated<S: Serialize>(about: &About<S>, options: &Options<'_>) -> Result<(), Error> {
    let Some(known) = &options.repeats else {
        return Ok(());
    };
    let differences = between(known, &about.record, ["there", "now"])?;
    let (versions, differences): (Vec<_>, Vec<_>) = differences
        .into_iter()
        .partition(|difference| difference.starts_with("version "));
    for version in versions {
        options
            .watch
            .warn(&format!("{version}; numbers may differ"));
    }
    match differences.is_empty() {
        true => Ok(()),
        false => Err(Error::Repeat { differences }),
    }
}

fn require_same<S: Serialize>(
    folder: &Path,
    known: &Record<Value>,
    about: &About<S>,
) -> Result<(), Error> {
    let mut differences = between(known, &about.record, ["there", "now"])?;
    if known.shards != about.record.shards {
        let name = |shards: &Option<Shards>| {
            let shards = shards.as_ref().map(Shards::to_string);
            shards.unwrap_or_else(|| "the whole".to_owned())
        };
        let (there, now) = (name(&known.shards), name(&about.record.shards));
        differences.push(format!("it is {there} there and {now} now"));
    }
    if differences.is_empty() {
        return Ok(());
    }
    let folder = folder.to_owned();
    Err(Error::OtherRun {
        folder,
        differences,
    })
}

/// Whether a folder for results holds anything that a run saved.
#[must_use]
pub fn has_saved(folder: &Path) -> bool {
    let saved = Saved::open(folder.join(FOLDER)).ok().flatten();
    saved.is_some_and(|saved| saved::has_parts(&saved).unwrap_or(false))
}

/// Removes what was saved in a folder for results, once these are complete.
///
/// # Errors
/// [`Error::File`] if it cannot be removed.
pub fn remove_saved(folder: &Path) -> Result<(), Error> {
    saved::remove(&folder.join(FOLDER))
}
