//! The hub's cache on disk, in the layout that Python's `huggingface_hub` documents.
//!
//! `models--ORG--NAME/blobs/ETAG` holds the files, `snapshots/COMMIT/FILE` links to them, and
//! `refs/BRANCH` holds the commit that a branch meant. `.locks/models--ORG--NAME/ETAG.lock` is
//! locked while a file is fetched.

use std::fs::{self, File, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};

use hf_hub::{CacheRepo, Repo, RepoType};
use protattn_io::replace;

use super::choice;
use super::error::Error;
use super::name::is_commit;
use crate::checkpoint;
use crate::checkpoint::CONFIG;

/// The part of the cache that belongs to one model.
pub(super) struct Cache {
    root: PathBuf,
    repo: Repo,
    entry: CacheRepo,
}

impl Cache {
    pub(super) fn new(root: &Path, id: &str, revision: &str) -> Self {
        let repo = Repo::with_revision(id.to_owned(), RepoType::Model, revision.to_owned());
        let entry = hf_hub::Cache::new(root.to_owned()).repo(repo.clone());
        Self {
            root: root.to_owned(),
            repo,
            entry,
        }
    }

    /// The commit that the revision means: itself, or what it meant when it was fetched.
    pub(super) fn commit(&self) -> Option<String> {
        let revision = self.repo.revision();
        if is_commit(revision) {
            return Some(revision.to_owned());
        }
        let config = self.entry.get(CONFIG)?;
        let commit = config.parent()?.file_name()?.to_str()?;
        is_commit(commit).then(|| commit.to_owned())
    }

    /// The folder of a commit's files.
    pub(super) fn snapshot(&self, commit: &str) -> PathBuf {
        self.entry.pointer_path(commit)
    }

    /// Where the contents of a file are kept.
    pub(super) fn blob(&self, etag: &str) -> PathBuf {
        self.entry.blob_path(etag)
    }

    /// Makes a file of a commit, given as the entity tag of its contents.
    pub(super) fn link(&self, commit: &str, file: &str, etag: &str) -> Result<(), Error> {
        let folder = self.snapshot(commit);
        make_folder(&folder)?;
        let path = folder.join(file);
        link(
            &self.blob(etag),
            &Path::new("../../blobs").join(etag),
            &path,
        )
        .map_err(|source| Error::Write { path, source })
    }

    /// Remembers the commit that the revision means.
    pub(super) fn remember(&self, commit: &str) -> Result<(), Error> {
        if is_commit(self.repo.revision()) {
            return Ok(());
        }
        let repo = self.root.join(self.repo.folder_name());
        let path = repo.join("refs").join(self.repo.revision());
        path.parent().map_or(Ok(()), make_folder)?;
        // So that nobody reads half a commit.
        replace::write(&path, commit).map_err(|source| Error::Write { path, source })
    }

    /// Waits until no other process fetches the file, and keeps others from it until the value is
    /// dropped. `waiting` is called if there is anything to wait for.
    pub(super) fn lock(&self, etag: &str, waiting: impl FnOnce()) -> Result<Option<File>, Error> {
        let folder = self.root.join(".locks").join(self.repo.folder_name());
        lock(&folder, etag, waiting)
    }
}

/// Whether a folder has all that a model needs; `strict`, also what its tokenizer needs.
pub(super) fn is_complete(folder: &Path, strict: bool) -> bool {
    let has = |file: &str| folder.join(file).is_file();
    let whole = match choice::choose(has) {
        Err(_) => false,
        Ok((_, weights)) if checkpoint::is_index(weights) => fs::read(folder.join(weights))
            .ok()
            .and_then(|index| choice::shards(&index).ok())
            .is_some_and(|shards| shards.iter().all(|file| has(file))),
        Ok(_) => true,
    };
    whole && (!strict || choice::has_vocabulary(has))
}

pub(super) fn make_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

/// Locks `NAME.lock` in the folder. None on a file system that has no locks: two processes then
/// fetch the same file, each for itself.
pub(super) fn lock(
    folder: &Path,
    name: &str,
    waiting: impl FnOnce(),
) -> Result<Option<File>, Error> {
    make_folder(folder)?;
    let path = folder.join(format!("{name}.lock"));
    let locked = File::create(&path).and_then(|file| {
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                waiting();
                file.lock()?;
            }
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                return Ok(None);
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        Ok(Some(file))
    });
    locked.map_err(|source| Error::Write { path, source })
}

/// The path of a file beside this one, under a name that no other process or thread has.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let unique = RandomState::new().hash_one(std::process::id());
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{unique:016x}{suffix}"));
    PathBuf::from(name)
}

/// Puts a link in place in one step, whatever was there.
#[cfg(unix)]
fn link(_: &Path, relative: &Path, path: &Path) -> io::Result<()> {
    let new = beside(path, ".new");
    std::os::unix::fs::symlink(relative, &new)?;
    fs::rename(&new, path)
}

/// Puts a copy in place in one step: links need a privilege that few users have.
#[cfg(not(unix))]
fn link(blob: &Path, _: &Path, path: &Path) -> io::Result<()> {
    let mut blob = File::open(blob)?;
    replace::write_with(path, |file| io::copy(&mut blob, file).map(drop))
}
