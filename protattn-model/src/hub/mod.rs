//! Models by name: a model's id on the Hugging Face hub stands wherever a folder does.
//!
//! [`resolve`] turns a name into a folder that [`Model::load`](crate::Model::load) reads. The name
//! is, in this order, a folder; one of the short names of [`KNOWN`]; or an id such as
//! `facebook/esm2_t6_8M_UR50D`, with a branch, a tag, a commit or a pull request (`refs/pr/1`) as
//! its revision.
//!
//! Of a model only the files that are needed are fetched: its configuration, what its tokenizer
//! has, and its weights, as safetensors where it has them and as PyTorch's `.bin` otherwise. They
//! go into the cache that Python's `huggingface_hub` uses, in its layout and under its locks, so
//! that what either has fetched serves both. What is in the cache is used without any request: a
//! branch means the commit that it meant when it was fetched, until [`Options::update`] is set.
//! The environment is read by [`Options::from_env`].
//!
//! A file appears in the cache when it is whole, of the size and (for weights) with the sha256
//! that the hub announces. A download that breaks off goes on where it stopped, in the same call
//! or in a later one.
//!
//! ```
//! use protattn_model::hub::{self, Options};
//!
//! # let home = tempfile::tempdir()?;
//! # let cache = home.path().join("hub");
//! # let commit = "c731040fcd8d73dceaa04b0a8e6329b345b0f5df";
//! # let snapshot = cache.join("models--facebook--esm2_t6_8M_UR50D/snapshots").join(commit);
//! # std::fs::create_dir_all(&snapshot)?;
//! # for file in ["config.json", "model.safetensors", "vocab.txt"] {
//! #     std::fs::write(snapshot.join(file), "")?;
//! # }
//! let mut options = Options::from_env()?;
//! options.offline = true; // whatever the environment says
//! # options.cache = cache;
//! let snapshot = hub::resolve("esm2-8m", None, &options, &mut |_| ())?;
//! assert_eq!(snapshot.id.as_deref(), Some("facebook/esm2_t6_8M_UR50D"));
//! assert!(snapshot.folder.join("model.safetensors").is_file());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is whose
//!
//! Addresses, the listing of files and the names in the cache are those of the crate `hf-hub` 0.5.
//! The bytes are received here, through the HTTP client that `hf-hub` uses too (`ureq`): its own
//! downloads fail where the hub answers without `Content-Range`, and put what has arrived in place
//! without comparing it; those of `hf-hub` 1.0 cannot be resumed. TAPE's files, which are on no
//! hub, come the same way.

mod cache;
mod choice;
mod client;
mod error;
mod known;
mod name;
mod options;
mod partial;
mod repository;
mod tape;
mod transfer;

use std::path::{Path, PathBuf};

pub use error::Error;
pub use known::{KNOWN, KnownModel, Origin, known};
pub use name::looks_like_id;
pub use options::{Options, Token};
use repository::Wanted;

/// The branch that is meant where no revision is given.
const MAIN: &str = "main";

/// A model's files on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The folder, in the layout of the hub.
    pub folder: PathBuf,
    /// The model's id on the hub; none for a folder and for TAPE's own address.
    pub id: Option<String>,
    /// The commit of the files, in full; none where there is no id.
    pub commit: Option<String>,
}

/// What happens while files are fetched; nothing happens when all is in the cache.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A file is being received; `have` of its `size` bytes are there from an earlier attempt.
    /// Given again for the same file when it is gone on with after a break.
    File {
        /// The name of the file.
        name: &'a str,
        /// Its size in bytes.
        size: u64,
        /// The bytes that need not be received.
        have: u64,
    },
    /// This many more bytes of the file have arrived.
    Bytes(u64),
    /// The connection broke, or was silent for a minute; another attempt follows.
    Retrying {
        /// The name of the file.
        name: &'a str,
        /// Why.
        reason: &'a (dyn std::error::Error + Send + Sync),
    },
    /// Another process is fetching the file and is waited for.
    Waiting {
        /// The name of the file.
        name: &'a str,
    },
    /// The file is whole and has been compared with what was announced.
    Done {
        /// The name of the file.
        name: &'a str,
    },
}

/// What is told of each [`Event`], for showing progress; `&mut |_| ()` shows none.
pub type Progress<'a> = &'a mut dyn FnMut(Event<'_>);

/// The folder of a model's files: a folder as it is, a short name or an id from the cache, or
/// fetched into it.
///
/// Without a revision, a short name means its pinned one and an id its branch `main`. A file is
/// fetched by one process at a time; the others wait for it.
///
/// # Errors
/// [`Error::Name`] for a name that is nothing of this kind, [`Error::Revision`] and
/// [`Error::NoRevisions`] for a revision that cannot be; [`Error::NotCached`] if the network may
/// not be used; [`Error::Unreachable`], [`Error::NoModel`], [`Error::NoRevision`],
/// [`Error::Gated`], [`Error::Refused`], [`Error::Moved`], [`Error::Status`] and
/// [`Error::Answer`] for what the server says; [`Error::Unusable`] and [`Error::Index`] for a
/// model without the files that are needed; [`Error::Broken`] and [`Error::Damaged`] for a
/// download that does not succeed; [`Error::Write`] and [`Error::Read`] for the disk.
pub fn resolve(
    name: &str,
    revision: Option<&str>,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Snapshot, Error> {
    if Path::new(name).is_dir() {
        without_revision(name, revision)?;
        let (folder, id, commit) = (PathBuf::from(name), None, None);
        return Ok(Snapshot { folder, id, commit });
    }
    let pinned = known(name).map(|model| model.origin);
    if let Some(Origin::Tape) = pinned {
        without_revision(name, revision)?;
        return tape::resolve(name, options, progress);
    }
    let (id, pin, commit) = match pinned {
        Some(Origin::Hub {
            id,
            revision,
            commit,
        }) => (id, revision, commit),
        _ if looks_like_id(name) => (name, MAIN, None),
        _ => {
            return Err(Error::Name {
                name: name.to_owned(),
            });
        }
    };
    let wanted = Wanted {
        id,
        revision: revision.unwrap_or(pin),
        // A revision that was asked for is not compared with the pinned one.
        commit: if revision.is_none() { commit } else { None },
    };
    repository::resolve(wanted, options, progress)
}

/// Refuses a revision of what has none.
fn without_revision(name: &str, revision: Option<&str>) -> Result<(), Error> {
    match revision {
        None => Ok(()),
        Some(revision) => Err(Error::NoRevisions {
            name: name.to_owned(),
            revision: revision.to_owned(),
        }),
    }
}
