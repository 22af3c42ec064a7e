//! Files that appear whole or not at all.
//!
//! A file is written beside its place as `.NAME.PID-N.tmp` and takes its name, and the place of a file
//! that may have it, when it is whole. If it never is, it is removed and the other stays.
//!
//! ```
//! use std::io::{Error, Write};
//! use protattn_io::replace;
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("table");
//! replace::write(&path, "first")?;
//! let failed = replace::write_with(&path, |file| {
//!     file.write_all(b"half of the se")?;
//!     Err(Error::other("interrupted"))
//! });
//! assert_eq!(failed.expect_err("it was").to_string(), "interrupted");
//! assert_eq!(std::fs::read_to_string(&path)?, "first");
//! # Ok::<(), Error>(())
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file under a temporary name beside its own, which it takes when it is finished. Dropped
/// before, it is removed.
#[derive(Debug)]
pub struct Replacement {
    target: PathBuf,
    temporary: PathBuf,
    finished: bool,
}

impl Replacement {
    /// Creates the file, to write to and to read back, under the temporary name.
    ///
    /// # Errors
    ///
    /// [`InvalidFilename`](ErrorKind::InvalidFilename) if `target` is not the name of a file, or what
    /// the system says if no file can be created beside it.
    pub fn create(target: &Path) -> io::Result<(Self, File)> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let no_name = || io::Error::new(ErrorKind::InvalidFilename, "not the name of a file");
        let name = target.file_name().ok_or_else(no_name)?.to_string_lossy();
        loop {
            let unique = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            let temporary = target.with_file_name(format!(".{name}.{}-{}.tmp", unique.0, unique.1));
            let mut options = OpenOptions::new();
            let created = options.read(true).write(true).create_new(true);
            let file = match created.open(&temporary) {
                // Left by a process of this number that was killed, or being written by one of another
                // machine.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                opened => opened?,
            };
            let replacement = Self {
                target: target.to_owned(),
                temporary,
                finished: false,
            };
            return Ok((replacement, file));
        }
    }

    /// Gives the file its name, in place of one that may be there. All of it must have been
    /// written.
    ///
    /// # Errors
    ///
    /// What the system says if the file cannot be renamed.
    pub fn finish(mut self) -> io::Result<()> {
        fs::rename(&self.temporary, &self.target)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if !self.finished {
            // A file that stays behind does no harm, and there is nobody to tell.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Writes a file.
///
/// # Errors
///
/// What the system says if it cannot be created, written or renamed.
pub fn write(path: &Path, contents: impl AsRef<[u8]>) -> io::Result<()> {
    write_with(path, |file| file.write_all(contents.as_ref()))
}

/// Writes a file whose contents are made as they are written.
///
/// # Errors
///
/// That of `fill`, or what the system says if the file cannot be created, written or renamed.
pub fn write_with<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<(), E> {
    let (replacement, file) = Replacement::create(path)?;
    let mut file = BufWriter::new(file);
    fill(&mut file)?;
    file.flush()?;
    drop(file);
    Ok(replacement.finish()?)
}

/// As [`write_with`], and the file has its name only once the disk has what it holds: it is whole or
/// not there also after the machine has failed.
///
/// # Errors
///
/// Those of [`write_with`], or what the system says if the disk does not take it.
pub fn write_durably<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<(), E> {
    write_with(path, |file| {
        fill(file)?;
        file.flush()?;
        Ok(sync(file.get_ref())?)
    })
}

/// Waits until the disk has what the file holds, where the file system knows of such a thing.
///
/// # Errors
///
/// What the system says if the disk does not take it.
pub fn sync(file: &File) -> io::Result<()> {
    match file.sync_data() {
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(()),
        synced => synced,
    }
}

/// Removes a file, if there is one.
///
/// # Errors
///
/// What the system says if it is there and cannot be removed.
pub fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let names = entries.map(|entry| name(entry).into_string().unwrap());
        names.collect()
    }

    #[test]
    fn a_failed_write_leaves_what_was_there_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table");
        write(&path, "first").unwrap();
        for writes in [write_with, write_durably] {
            let failed = writes(&path, |file: &mut BufWriter<File>| {
                file.write_all(b"half")?;
                Err(io::Error::other("interrupted"))
            });
            assert_eq!(failed.unwrap_err().to_string(), "interrupted");
            assert_eq!(fs::read(&path).unwrap(), b"first");
            assert_eq!(names(folder.path()), ["table"]);
        }
        write_durably(&path, |file| file.write_all(b"second")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(names(folder.path()), ["table"]);
        remove_if_there(&path).unwrap();
        remove_if_there(&path).unwrap();
        assert!(names(folder.path()).is_empty());
        assert!(remove_if_there(folder.path()).is_err());
    }

    #[test]
    fn files_under_the_temporary_names_are_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table");
        let temporary = |n| format!(".table.{}-{n}.tmp", std::process::id());
        for n in 0..1000 {
            fs::write(folder.path().join(temporary(n)), "left by another").unwrap();
        }
        write(&path, "new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()).len(), 1001);
    }

    #[test]
    fn what_is_not_the_name_of_a_file_is_refused() {
        let error = write(Path::new(".."), "").unwrap_err();
        assert_eq!(error.to_string(), "not the name of a file");
    }
}
