//! What a run saves as it goes, and whether another may go on from it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::args::AlignArgs;
use crate::ending::tell;
use crate::pass::COUNTS;
use crate::record::{self, DataRecord, ModelRecord, RunRecord, Settings, Shards, Skipped};
use crate::state::{Saved, differences, to_value};

/// The folder inside that of the output.
const FOLDER: &str = "saved";

/// What decides the counts, and so may not differ between parts of one run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) version: String,
    pub(crate) model: ModelRecord,
    pub(crate) data: Vec<DataRecord>,
    pub(crate) settings: Settings,
    /// Of the names and tokens of all proteins.
    pub(crate) sequences_sha256: String,
}

/// What is saved is of: `about.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct About {
    pub(crate) identity: Identity,
    /// None of a run that is not divided.
    pub(crate) shards: Option<Shards>,
    /// Different sequences, in these shards.
    pub(crate) sequences: usize,
    /// Whether properties were asked for by name.
    pub(crate) named: bool,
    pub(crate) skipped_in_reading: Vec<Skipped>,
    /// Could not be tokenised.
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) warnings: Vec<String>,
    /// The command line that began it.
    pub(crate) command: Vec<String>,
    /// Those that give the same again.
    pub(crate) arguments: Vec<String>,
}

impl About {
    /// Every difference to what another run is of.
    pub(crate) fn differences(&self, other: &Self, called: [&str; 2]) -> Result<Vec<String>> {
        let values = [&self.identity, &other.identity].map(to_value);
        let [Ok(first), Ok(second)] = values else {
            bail!("a description of a run cannot be written as JSON");
        };
        Ok(differences(&first, &second, called))
    }

    /// Those skipped anywhere.
    pub(crate) fn all_skipped(&self, counting: &[Skipped]) -> Vec<Skipped> {
        let mut later = [&self.skipped, counting].concat();
        later.sort();
        later.dedup();
        [self.skipped_in_reading.clone(), later].concat()
    }

    /// Completes what a run says of itself.
    pub(crate) fn record(
        &self,
        mut run: RunRecord,
        skipped: Vec<Skipped>,
        warnings: Vec<String>,
    ) -> RunRecord {
        let identity = self.identity.clone();
        run.version = identity.version;
        run.model = identity.model;
        run.data = identity.data;
        run.settings = identity.settings;
        run.sequences_sha256 = identity.sequences_sha256;
        run.shards = self.shards.clone();
        run.command = self.command.clone();
        run.arguments = self.arguments.clone();
        run.skipped = self.all_skipped(&skipped);
        run.warnings = [self.warnings.clone(), warnings].concat();
        run
    }

    fn of_record(run: &RunRecord) -> Self {
        Self {
            identity: Identity {
                version: run.version.clone(),
                model: run.model.clone(),
                data: run.data.clone(),
                settings: run.settings.clone(),
                sequences_sha256: run.sequences_sha256.clone(),
            },
            shards: run.shards.clone(),
            sequences: 0,
            named: false,
            skipped_in_reading: Vec::new(),
            skipped: Vec::new(),
            warnings: Vec::new(),
            command: Vec::new(),
            arguments: Vec::new(),
        }
    }
}

/// How a run starts.
pub(super) enum Start {
    /// It was complete before.
    Complete(Box<RunRecord>),
    /// From the beginning or from what was saved, and saves.
    Saving(Saved),
    Unsaved,
}

/// Looks at what an earlier run left in the output folder, and begins or goes on.
pub(super) fn start(args: &AlignArgs, about: &About) -> Result<Start> {
    let mut found = of_folder(&args.output)?;
    if let Some((saved, _)) = &mut found {
        saved.lock()?;
    }
    if args.long.resume {
        if let Some((saved, known)) = found {
            require_same(&args.output, &known, about)?;
            return Ok(Start::Saving(saved));
        }
        if args.output.join(record::FILE_NAME).exists() {
            let run = RunRecord::read(&args.output)?;
            require_same(&args.output, &About::of_record(&run), about)?;
            return Ok(Start::Complete(Box::new(run)));
        }
        tell(&format!(
            "{}: nothing is saved there yet",
            args.output.display()
        ));
    } else if let Some((saved, known)) = &found
        && !saved.series(COUNTS)?.is_empty()
    {
        let what = known.shards.as_ref().map_or_else(
            || "what an interrupted run has counted".to_owned(),
            Shards::to_string,
        );
        bail!(
            "{0}: holds {what}; go on with --resume, choose another folder, or remove {0}/{FOLDER} to \
             begin again",
            args.output.display()
        );
    }
    if args.long.save_every == 0.0 {
        return Ok(Start::Unsaved);
    }
    drop(found);
    let mut saved = begin(&args.output, about)?;
    saved.lock()?;
    Ok(Start::Saving(saved))
}

/// Begins to save in an output folder.
pub(crate) fn begin(output: &Path, about: &About) -> Result<Saved> {
    Saved::begin(output.join(FOLDER), to_value(about)?)
}

/// What an output folder has saved, if anything.
pub(crate) fn of_folder(output: &Path) -> Result<Option<(Saved, About)>> {
    let Some(saved) = Saved::open(output.join(FOLDER))? else {
        return Ok(None);
    };
    let about = serde_json::from_value(saved.about().clone());
    let about = about.with_context(|| {
        format!(
            "{}: was not saved by this version of protattn; remove the folder {FOLDER} in it and run again",
            output.display()
        )
    })?;
    Ok(Some((saved, about)))
}

fn require_same(output: &Path, known: &About, about: &About) -> Result<()> {
    let called = ["there", "now"];
    let mut differences = known.differences(about, called)?;
    if known.shards != about.shards {
        let name = |shards: &Option<Shards>| {
            shards
                .as_ref()
                .map_or_else(|| "the whole".to_owned(), Shards::to_string)
        };
        let (there, now) = (name(&known.shards), name(&about.shards));
        differences.push(format!("it is {there} there and {now} now"));
    }
    if differences.is_empty() {
        return Ok(());
    }
    bail!(
        "{}: holds another run, so --resume cannot go on from it: {}",
        output.display(),
        differences.join("; ")
    )
}

/// Fails unless a run is of the same model, data and settings as the one it is to repeat.
pub(super) fn require_as_expected(path: &Path, run: &RunRecord, about: &About) -> Result<()> {
    let differences = About::of_record(run).differences(about, ["there", "now"])?;
    let (versions, others): (Vec<_>, Vec<_>) = differences
        .into_iter()
        .partition(|difference| difference.starts_with("version "));
    for version in versions {
        tell(&format!(
            "warning: {}: {version}; numbers may differ",
            path.display()
        ));
    }
    if others.is_empty() {
        return Ok(());
    }
    bail!(
        "{}: cannot be repeated: {}",
        path.display(),
        others.join("; ")
    )
}
