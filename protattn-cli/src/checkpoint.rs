//! From `--model` to a model.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use protattn_model::Model;
use protattn_model::hub::{self, Event, Options};

use crate::args::{ModelArgs, Precision};
use crate::built_in;
use crate::terminal::ending::{Usage, tell};
use crate::terminal::progress::Download;
use protattn_model::run::ModelRecord;

/// A model, and where it came from.
pub(crate) struct Checkpoint {
    pub(crate) model: Model,
    pub(crate) source: String,
    /// Of a model of the hub.
    pub(crate) commit: Option<String>,
}

/// Loads a folder, the built-in model by its name, or a model of the hub, fetched if it is not in
/// the cache.
pub(crate) fn load(name: &str, revision: Option<&str>, offline: bool) -> Result<Checkpoint> {
    load_in(name, revision, offline, Precision::F32)
}

/// Loads the model that the arguments name.
pub(crate) fn of_args(args: &ModelArgs, offline: bool) -> Result<Checkpoint> {
    let revision = args.revision.as_deref();
    load_in(&args.model, revision, offline, args.precision)
}

fn load_in(
    name: &str,
    revision: Option<&str>,
    offline: bool,
    precision: Precision,
) -> Result<Checkpoint> {
    if built_in::is(name) && revision.is_none() {
        if precision != Precision::F32 {
            bail!(Usage(format!(
                "--precision {}: the built-in model is kept in f32",
                precision.name()
            )));
        }
        return Ok(Checkpoint {
            model: built_in::model()?,
            source: "built in".to_owned(),
            commit: None,
        });
    }
    let Found {
        folder,
        name,
        source,
        commit,
    } = find(name, revision, offline, false)?;
    let model = Model::load_in(
        folder,
        match precision {
            Precision::F32 => protattn_model::Precision::F32,
            Precision::Bf16 => protattn_model::Precision::Bf16,
        },
    )?;
    let model = match name {
        Some(name) => model.named(name),
        None => model,
    };
    Ok(Checkpoint {
        model,
        source,
        commit,
    })
}

/// The folder of a model.
pub(crate) struct Found {
    pub(crate) folder: PathBuf,
    /// What the model is called, where the folder's own name does not say it.
    name: Option<String>,
    /// Where it came from: the folder, or the id with the commit.
    pub(crate) source: String,
    commit: Option<String>,
}

/// Finds the folder of a model, and fetches what it lacks, with the progress shown.
pub(crate) fn find(
    name: &str,
    revision: Option<&str>,
    offline: bool,
    update: bool,
) -> Result<Found> {
    let mut options = Options::from_env()?;
    options.offline |= offline;
    options.update |= update;
    let mut shown = Shown::default();
    let snapshot = hub::resolve(name, revision, &options, &mut |event| shown.event(&event))?;
    let commit = snapshot.commit.clone();
    let (name, source) = match (snapshot.id, snapshot.commit) {
        (Some(id), Some(commit)) => {
            let short = id.rsplit('/').next().unwrap_or(&id).to_owned();
            (Some(short), format!("{id} at {commit}"))
        }
        _ if hub::known(name).is_some() && !Path::new(name).is_dir() => {
            (Some(name.to_owned()), format!("the address of {name}"))
        }
        _ => (None, snapshot.folder.display().to_string()),
    };
    Ok(Found {
        folder: snapshot.folder,
        name,
        source,
        commit,
    })
}

/// The file that is being fetched.
#[derive(Default)]
struct Shown {
    bar: Option<Download>,
    done: u64,
    size: u64,
}

impl Shown {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::File { name, size, have } => {
                (self.done, self.size) = (*have, *size);
                self.bar = Some(Download::new(name));
            }
            Event::Bytes(bytes) => self.done += bytes,
            Event::Retrying { name, reason } => tell(&format!("{name}: {reason}; trying again")),
            Event::Waiting { name } => {
                tell(&format!("{name}: another process is fetching it; waiting"));
            }
            _ => self.bar = None,
        }
        if let Some(bar) = &mut self.bar {
            bar.show(self.done, Some(self.size));
        }
    }
}

/// What a run says of its model.
pub(crate) fn describe(checkpoint: &Checkpoint) -> Result<ModelRecord> {
    let mut record = ModelRecord::of(&checkpoint.model)?;
    record.source.clone_from(&checkpoint.source);
    if checkpoint.model.weights_paths().is_empty() {
        (record.sha256, record.config_sha256) = built_in::sha256s();
    }
    Ok(record)
}
