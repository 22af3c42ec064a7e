//! Where features are kept: in memory, or in a file.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use protattn_io::replace::Replacement;
use protattn_io::text;
use protattn_model::run::Error;

use super::features::ReadProtein;

/// Where a run keeps its features, and how many.
#[derive(Clone, Debug)]
pub struct Storage {
    memory: u64,
    scratch: Option<PathBuf>,
}

impl Default for Storage {
    /// At most 4 GiB, in memory.
    fn default() -> Self {
        Self {
            memory: 4 << 30,
            scratch: None,
        }
    }
}

impl Storage {
    /// Keeps at most so many bytes in memory, of all layers or, with a scratch folder, of one.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// Keeps features in a file in this folder, which is made if there is none. The file has no name and
    /// is gone when the run ends, in whatever way.
    #[must_use]
    pub fn scratch(mut self, folder: impl Into<Option<PathBuf>>) -> Self {
        self.scratch = folder.into();
        self
    }

    /// Whether so many bytes may be held in memory at once.
    pub(super) fn holds(&self, bytes: u64) -> bool {
        bytes <= self.memory
    }

    /// Refuses features of so many bytes if they cannot be kept.
    pub(super) fn check(&self, bytes: u64) -> Result<(), Error> {
        match self.scratch {
            None => check(bytes, self.memory),
            Some(_) => Ok(()),
        }
    }

    pub(super) fn open(&self) -> Result<Store, Error> {
        match &self.scratch {
            None => Ok(Store::Memory { limit: self.memory }),
            Some(folder) => Ok(Store::File(FeatureFile::create(folder)?)),
        }
    }
}

fn check(bytes: u64, limit: u64) -> Result<(), Error> {
    if bytes <= limit {
        return Ok(());
    }
    Err(Error::settings(format!(
        "the features take {}, more than the {} of `memory`: keep them on disk with `scratch`, give more \
         `memory`, or take fewer `layers` or records",
        text::bytes(bytes),
        text::bytes(limit)
    )))
}

/// Where the features of a sum go.
#[derive(Debug)]
pub(super) enum Store {
    /// They stay with their proteins, up to so many bytes.
    Memory {
        limit: u64,
    },
    File(FeatureFile),
    /// Away: they are saved elsewhere.
    Nowhere,
}

impl Default for Store {
    fn default() -> Self {
        Self::Memory { limit: u64::MAX }
    }
}

impl Store {
    /// Takes the features of a protein out of memory, if they are not kept there.
    pub(super) fn take(&mut self, protein: &mut ReadProtein) -> Result<(), Error> {
        match self {
            Self::Memory { .. } => {}
            Self::File(file) => {
                protein.offset = file.append(&protein.values)?;
                protein.values = Vec::new();
            }
            Self::Nowhere => {
                protein.values = Vec::new();
                protein.samples = Vec::new();
            }
        }
        Ok(())
    }

    /// Refuses to hold more bytes in memory than may be.
    pub(super) fn check(&self, held: u64) -> Result<(), Error> {
        match self {
            Self::Memory { limit } => check(held, *limit),
            Self::File(_) | Self::Nowhere => Ok(()),
        }
    }

    pub(super) fn into_file(self) -> Option<FeatureFile> {
        match self {
            Self::File(file) => Some(file),
            Self::Memory { .. } | Self::Nowhere => None,
        }
    }
}

/// Features in a file of little-endian singles, which grows and has no name.
#[derive(Debug)]
pub(super) struct FeatureFile {
    folder: PathBuf,
    file: Mutex<File>,
    end: u64,
}

impl FeatureFile {
    fn create(folder: &Path) -> Result<Self, Error> {
        let created = || -> io::Result<File> {
            fs::create_dir_all(folder)?;
            // Its name goes at once, so that nothing is left if the process is killed.
            let (_name, file) = Replacement::create(&folder.join("protattn-features"))?;
            Ok(file)
        };
        let file = created().map_err(|error| {
            Error::settings(format!(
                "{}: features cannot be kept there ({error}); choose another folder with `scratch`",
                folder.display()
            ))
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            file: Mutex::new(file),
            end: 0,
        })
    }

    /// Writes numbers at the end; where they begin.
    fn append(&mut self, values: &[Vec<f32>]) -> Result<u64, Error> {
        let start = self.end;
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut written = || -> io::Result<u64> {
            file.seek(SeekFrom::Start(start))?;
            let mut n = 0;
            for values in values {
                let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
                file.write_all(&bytes)?;
                n += bytes.len() as u64;
            }
            Ok(n)
        };
        self.end += written().map_err(|source| Error::File {
            path: self.folder.clone(),
            what: "written",
            source,
        })?;
        Ok(start)
    }

    /// Adds `n` numbers from this place on to a buffer.
    pub(super) fn read(&self, offset: u64, n: usize, buffer: &mut Vec<f32>) -> io::Result<()> {
        let mut bytes = vec![0; 4 * n];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(&mut bytes)?;
        }
        let words = bytes.as_chunks().0.iter();
        buffer.extend(words.map(|word| f32::from_le_bytes(*word)));
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_features_has_no_name_and_keeps_what_it_is_given() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = folder.path().join("made");
        let mut file = FeatureFile::create(&scratch).unwrap();
        assert_eq!(file.append(&[vec![1.0, 2.0], vec![3.0]]).unwrap(), 0);
        assert_eq!(file.append(&[vec![-4.5]]).unwrap(), 12);
        assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0);
        let mut buffer = vec![9.0];
        file.read(4, 3, &mut buffer).unwrap();
        assert_eq!(buffer, [9.0, 2.0, 3.0, -4.5]);
        assert!(file.read(8, 3, &mut buffer).is_err());
    }

    #[test]
    fn more_than_there_is_room_for_is_refused() {
        let storage = Storage::default().memory(3 << 20);
        assert!(storage.check(3 << 20).is_ok() && storage.holds(7));
        let error = storage.check(7 << 19).unwrap_err().to_string();
        assert!(error.starts_with("the features take 4 MiB, more than the 3 MiB of `memory`"));
        let folder = tempfile::tempdir().unwrap();
        let on_disk = storage.clone().scratch(folder.path().to_owned());
        assert!(on_disk.check(u64::MAX).is_ok());
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = storage.scratch(file).open().unwrap_err().to_string();
        assert!(
            error.ends_with("choose another folder with `scratch`"),
            "{error}"
        );
    }
}
