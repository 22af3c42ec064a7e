//! What has arrived of a file that is not whole yet.
//!
//! Every download writes to a file of its own and renames it when it is whole. The lock only keeps
//! two processes from fetching the same file: on some cluster file systems (Lustre, GPFS, NFS) it
//! is granted to everyone on every node, and one shared file would be written to by all of them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use protattn_io::replace;

use super::cache::beside;
use super::error::Error;

const SUFFIX: &str = ".protattn.incomplete";
/// A download that is alive writes more often than this: silence is broken off sooner.
const STALE: Duration = Duration::from_secs(300);

/// The beginning of a file, under a name that no other download has.
pub(super) struct Partial {
    path: PathBuf,
}

/// The beginning that another download has left, or is still writing.
struct Leftover {
    path: PathBuf,
    size: u64,
    is_stale: bool,
}

impl Partial {
    /// Begins with the most that has been left of the file: a copy of it, unless it has lain there
    /// so long that nobody can be writing to it.
    pub(super) fn of(target: &Path) -> Self {
        let path = beside(target, SUFFIX);
        if let Some(left) = leftovers(target).into_iter().max_by_key(|left| left.size) {
            // If it cannot be had, the download begins from nothing.
            let taken = if left.is_stale {
                fs::rename(&left.path, &path)
            } else {
                fs::copy(&left.path, &path).map(drop)
            };
            drop(taken);
        }
        Self { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes that are there.
    pub(super) fn size(&self) -> Result<u64, Error> {
        match fs::metadata(&self.path) {
            Ok(found) => Ok(found.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(source) => Err(Error::Read {
                path: self.path.clone(),
                source,
            }),
        }
    }

    pub(super) fn discard(&self) -> Result<(), Error> {
        fs::remove_file(&self.path).map_err(|source| self.write_error(source))
    }

    /// Gives the file its name, now that it is whole.
    pub(super) fn publish(&self, target: &Path) -> Result<(), Error> {
        let written = File::open(&self.path).and_then(|file| replace::sync(&file));
        written
            .and_then(|()| fs::rename(&self.path, target))
            .map_err(|source| self.write_error(source))
    }

    pub(super) fn write_error(&self, source: io::Error) -> Error {
        Error::Write {
            path: self.path.clone(),
            source,
        }
    }
}

/// Removes what downloads have left of a file that is now whole.
pub(super) fn clear(target: &Path) {
    for left in leftovers(target) {
        // What cannot be removed is in nobody's way.
        drop(fs::remove_file(left.path));
    }
}

fn leftovers(target: &Path) -> Vec<Leftover> {
    let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else {
        return Vec::new();
    };
    let start = format!("{}.", name.to_string_lossy());
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let left = entries.filter_map(|entry| {
        let name = entry.file_name();
        let name = name.to_str()?;
        if !name.starts_with(&start) || !name.ends_with(SUFFIX) {
            return None;
        }
        let found = entry.metadata().ok()?;
        let age = found.modified().ok()?.elapsed().unwrap_or_default();
        Some(Leftover {
            path: entry.path(),
            size: found.len(),
            is_stale: age > STALE,
        })
    });
    left.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::SystemTime;

    use super::*;

    #[test]
    fn the_most_that_is_left_is_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("abc");
        let left = |name: &str, text: &str, age: u64| {
            let path = folder.path().join(format!("{name}.protattn.incomplete"));
            fs::write(&path, text).unwrap();
            let then = SystemTime::now() - Duration::from_secs(age);
            File::options()
                .write(true)
                .open(&path)
                .unwrap()
                .set_modified(then)
                .unwrap();
            path
        };
        left("other.1", "of another file", 0);
        let young = left("abc.1", "four", 10);
        let first = Partial::of(&target);
        assert_eq!(fs::read_to_string(first.path()).unwrap(), "four");
        assert!(young.exists(), "somebody may be writing to it");

        let old = left("abc.2", "longer", 1_000);
        let second = Partial::of(&target);
        assert_eq!(fs::read_to_string(second.path()).unwrap(), "longer");
        assert!(!old.exists());

        second.publish(&target).unwrap();
        clear(&target);
        let names = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.collect();
        names.sort();
        assert_eq!(names, ["abc", "other.1.protattn.incomplete"]);
    }
}
