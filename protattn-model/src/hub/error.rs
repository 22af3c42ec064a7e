//! What can go wrong between a name and a folder.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;

/// Everything that finding or fetching a model by its name can end in.
///
/// Messages name the model, the revision, the file or the host; an underlying cause is in
/// [`source`](StdError::source) and is not repeated in the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The name is neither a folder nor a short name nor has it the form of a model's id.
    #[error(
        "`{name}` is no folder, no model's id (organisation/name) and none of the known models: {}",
        known()
    )]
    Name {
        /// The name.
        name: String,
    },

    /// A revision was asked for that does not have the form of one.
    #[error("`{revision}` is no revision: expected a branch, a tag, a commit or refs/pr/1")]
    Revision {
        /// The revision.
        revision: String,
    },

    /// A revision was asked for of something that has none.
    #[error("{name} has no revisions, but `{revision}` was asked for")]
    NoRevisions {
        /// The folder, or the short name.
        name: String,
        /// The revision.
        revision: String,
    },

    /// The environment names no folder for the cache and the user has no home.
    #[error("there is no home folder for the cache; set HF_HOME, and PROTATTN_CACHE")]
    NoHome,

    /// The token is empty or has white space or other characters that no token has.
    #[error("the token (HF_TOKEN, or the file that holds it) has characters that no token has")]
    Token,

    /// The network may not be used and the model is not in the cache.
    #[error(
        "{model} is not in the cache at {}, and the network may not be used (HF_HUB_OFFLINE)",
        cache.display()
    )]
    NotCached {
        /// The model and its revision.
        model: String,
        /// The folder of the cache.
        cache: PathBuf,
    },

    /// The host cannot be reached, or does not answer.
    #[error(
        "{host} cannot be reached; models in the cache need no network (HF_HUB_OFFLINE=1), \
         a mirror can be set with HF_ENDPOINT"
    )]
    Unreachable {
        /// The host that was asked.
        host: String,
        /// What the network said.
        source: Box<dyn StdError + Send + Sync>,
    },

    /// There is no such model, or it is private and nobody's token was given.
    #[error("there is no folder and no model `{id}` at {endpoint}; a private one needs HF_TOKEN")]
    NoModel {
        /// The model's id.
        id: String,
        /// The hub's address.
        endpoint: String,
    },

    /// The model has no such branch, tag or commit.
    #[error("`{id}` has no revision `{revision}`")]
    NoRevision {
        /// The model's id.
        id: String,
        /// The revision.
        revision: String,
    },

    /// The model is open only to those who have accepted its conditions.
    #[error("`{id}` is gated: accept its conditions at {endpoint}/{id} and set HF_TOKEN")]
    Gated {
        /// The model's id.
        id: String,
        /// The hub's address.
        endpoint: String,
    },

    /// The hub refuses the token.
    #[error("the hub refuses the token (HF_TOKEN, or the file that holds it) for `{id}`")]
    Refused {
        /// The model's id.
        id: String,
    },

    /// A known model's branch stands for another commit than it did.
    #[error(
        "`{revision}` of `{id}` is now {found}, expected {expected}..; \
         give the revision {found} to take it all the same"
    )]
    Moved {
        /// The model's id.
        id: String,
        /// The branch.
        revision: String,
        /// The commit that it stands for.
        found: String,
        /// How the commit was to begin.
        expected: String,
    },

    /// The model has no configuration, or no weights in a format that is read.
    #[error(
        "{model} has no {missing}; it holds {}",
        if found.is_empty() { "nothing".to_owned() } else { found.join(", ") }
    )]
    Unusable {
        /// The model and its revision.
        model: String,
        /// What it lacks.
        missing: String,
        /// The first of the files it has.
        found: Vec<String>,
    },

    /// The list of the files that hold a model's weights is not one.
    #[error("{} cannot be used: {reason}", path.display())]
    Index {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// The server answered with a status that is not expected.
    #[error("{url} answers with status {status}")]
    Status {
        /// The address.
        url: String,
        /// The status of HTTP.
        status: u16,
    },

    /// The server's answer is not one that the protocol has.
    #[error("{url}: {problem}")]
    Answer {
        /// The address.
        url: String,
        /// What is wrong with the answer.
        problem: String,
        /// What reading it ended in, if that is how it was found.
        source: Option<Box<dyn StdError + Send + Sync>>,
    },

    /// A download broke off, again and again. What has arrived is kept, and the next attempt goes
    /// on from there.
    #[error("the download of {file} broke off after {have} of {size} bytes; it can be resumed")]
    Broken {
        /// The file.
        file: String,
        /// The bytes that have arrived.
        have: u64,
        /// The size of the file in bytes.
        size: u64,
        /// What the network said.
        source: Box<dyn StdError + Send + Sync>,
    },

    /// What has arrived is not the file that was announced. It has been thrown away.
    #[error("{file} has arrived damaged: {what} {found}, expected {expected}")]
    Damaged {
        /// The file.
        file: String,
        /// What was compared: `size` (in bytes) or `sha256`.
        what: &'static str,
        /// What it is.
        found: String,
        /// What was announced.
        expected: String,
    },

    /// The cache cannot be written to.
    #[error("cannot write {}{}", path.display(), advice(source.kind()))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A file of the cache cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    pub(super) fn answer(url: &str, problem: impl Into<String>) -> Self {
        let (url, problem) = (url.to_owned(), problem.into());
        Self::Answer {
            url,
            problem,
            source: None,
        }
    }
}

fn known() -> String {
    let names: Vec<_> = super::KNOWN.iter().map(|model| model.name).collect();
    names.join(", ")
}

fn advice(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ": there is no room left; HF_HUB_CACHE moves the cache to another disk"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; HF_HUB_CACHE names another folder for the cache"
        }
        _ => "",
    }
}
