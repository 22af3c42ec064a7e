//! Files that appear whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Error;

/// A file under a temporary name beside its own, which it takes when it is finished. Dropped
/// before, it is removed.
#[derive(Debug)]
pub(crate) struct Replacement {
    target: PathBuf,
    temporary: PathBuf,
    finished: bool,
}

impl Replacement {
    /// Creates the file, under the temporary name.
    pub(crate) fn create(target: &Path) -> Result<(Self, File), Error> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let no_name = || Error::Format {
            path: target.to_owned(),
            message: "not the name of a file".into(),
        };
        let name = target.file_name().ok_or_else(no_name)?.to_string_lossy();
        let unique = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let temporary = target.with_file_name(format!(".{name}.{}-{}.tmp", unique.0, unique.1));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&temporary);
        let file = file.map_err(|error| Error::io(target, &error))?;
        Ok((
            Self {
                target: target.to_owned(),
                temporary,
                finished: false,
            },
            file,
        ))
    }

    /// Gives the file its name, in place of one that may be there. All of it must have been
    /// written.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        fs::rename(&self.temporary, &self.target)
            .map_err(|error| Error::io(&self.target, &error))?;
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
