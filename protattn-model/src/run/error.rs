//! What can go wrong in a run.

use std::path::{Path, PathBuf};

/// An error of an analysis, of whatever kind.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What can go wrong in a run, beside the sequences that it skips.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A sequence could not be run, or the analysis failed on it.
    #[error("{name}")]
    Sequence {
        /// The name of the first record with this sequence.
        name: String,
        /// What failed.
        source: BoxError,
    },
    /// The run was asked to end, and did.
    #[error("interrupted: {done} of {of} {what} are done")]
    Interrupted {
        /// Sequences, or other pieces of work, done so far, in earlier runs too.
        done: usize,
        /// All of them.
        of: usize,
        /// What they are: `sequences`.
        what: &'static str,
        /// Whether they are saved.
        saved: bool,
    },
    /// A file or folder could not be read, written or removed.
    #[error("{}: cannot be {what}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What could not be done: `read`, `written`, `removed`.
        what: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// What was saved is not whole, or of another version.
    #[error("{}: is damaged; {advice}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What to do.
        advice: String,
        /// What is wrong with it.
        source: BoxError,
    },
    /// Another process works in the folder.
    #[error("{}: another run is at work there", folder.display())]
    Busy {
        /// The folder of what is saved.
        folder: PathBuf,
    },
    /// Sequences are in what was saved twice.
    #[error(
        "some sequences were counted and saved twice, as by two runs in one folder; remove what is \
         saved there and run again"
    )]
    Twice,
    /// The folder holds a run of another model, other data or other settings.
    #[error(
        "{}: holds another run, so that this one cannot go on from it: {}",
        folder.display(), differences.join("; ")
    )]
    OtherRun {
        /// The folder for results.
        folder: PathBuf,
        /// Each value in which the two differ.
        differences: Vec<String>,
    },
    /// A run that is to be repeated was of another model, other data or other settings.
    #[error("it cannot be repeated: {}", differences.join("; "))]
    Repeat {
        /// Each value in which the two differ.
        differences: Vec<String>,
    },
    /// The folder holds what an earlier run saved, and it is not to be resumed.
    #[error(
        "{}: holds {what}; resume it, choose another folder, or remove {} to begin again",
        folder.display(), folder.join("saved").display()
    )]
    Unfinished {
        /// The folder for results.
        folder: PathBuf,
        /// What it holds.
        what: String,
    },
    /// A shard that is to be merged is not done.
    #[error("{}: {shards} is not complete, {done} of {of} sequences are done", folder.display())]
    Incomplete {
        /// The folder for results of the shard.
        folder: PathBuf,
        /// Which it is.
        shards: String,
        /// Sequences done.
        done: usize,
        /// All sequences of the shard.
        of: usize,
        /// The command line that began it.
        command: Vec<String>,
    },
    /// Shards cannot be merged.
    #[error("{message}")]
    Merge {
        /// What is missing, double or foreign.
        message: String,
    },
    /// Settings that do not go together, or not with this model.
    #[error("{message}")]
    Settings {
        /// What is wrong, and what to do.
        message: String,
    },
    /// Data that the analysis can do nothing with.
    #[error("{message}")]
    Data {
        /// What is missing, and what to do.
        message: String,
    },
    /// An error of the model, outside a sequence.
    #[error(transparent)]
    Model(#[from] crate::Error),
    /// An error of the analysis, outside a sequence.
    #[error(transparent)]
    Analysis(#[from] BoxError),
}

impl Error {
    /// Settings that cannot be.
    pub fn settings(message: impl Into<String>) -> Self {
        Self::Settings {
            message: message.into(),
        }
    }

    /// Data that nothing can be done with.
    pub fn data(message: impl Into<String>) -> Self {
        Self::Data {
            message: message.into(),
        }
    }

    /// An error of the analysis of one sequence.
    pub fn sequence(name: &str, error: impl Into<BoxError>) -> Self {
        Self::Sequence {
            name: name.to_owned(),
            source: error.into(),
        }
    }

    /// An error of an analysis.
    pub fn analysis(error: impl Into<BoxError>) -> Self {
        Self::Analysis(error.into())
    }

    pub(super) fn merge(message: impl Into<String>) -> Self {
        Self::Merge {
            message: message.into(),
        }
    }

    /// What could not be done with a file.
    pub(super) fn file(path: &Path, what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, what, source }
    }
}
