//! What is too much for memory.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use protattn_io::replace::Replacement;
use serde::de::{DeserializeOwned, Error as _, SeqAccess, Visitor};
use serde::ser::{Error as _, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Error;

/// Bytes that are held in memory: as many as are joined of what is saved, which so needs no file.
const IN_MEMORY: usize = 64 << 20;

/// Values that are kept to be read again, the first in memory and the others in a temporary file.
///
/// The file has no name, or loses it with this value, so that nothing is left behind.
///
/// ```
/// use protattn_model::run::Spool;
///
/// let mut maps = Spool::default();
/// maps.push(&vec![0.25_f32, 0.5])?;
/// maps.push(&vec![1.0])?;
/// assert_eq!((maps.get(1)?, maps.len()), (vec![1.0], 2));
/// # Ok::<(), protattn_model::run::Error>(())
/// ```
pub struct Spool<T> {
    folder: PathBuf,
    /// Where each value ends, in bytes from the start of the first.
    ends: Vec<u64>,
    /// The last values; those before them are in the file.
    memory: Vec<u8>,
    most: usize,
    file: Option<Overflow>,
    values: PhantomData<fn() -> T>,
}

impl<T> Spool<T> {
    /// Nothing yet; the file will lie in this folder.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            ends: Vec::new(),
            memory: Vec::new(),
            most: IN_MEMORY,
            file: None,
            values: PhantomData,
        }
    }

    /// The number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How much memory the values take: those in the file take none.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.memory.len() as u64
    }

    /// Adds all values of another, in their order.
    ///
    /// # Errors
    /// [`Error::File`] if the temporary file cannot be read or written.
    pub fn append(&mut self, other: &Self) -> Result<(), Error> {
        (0..other.len()).try_for_each(|place| self.push_bytes(&other.read(place)?))
    }

    fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.memory.extend_from_slice(bytes);
        let start = self.ends.last().copied().unwrap_or(0);
        self.ends.push(start + bytes.len() as u64);
        if self.memory.len() > self.most {
            let file = match &mut self.file {
                Some(file) => file,
                None => self.file.insert(Overflow::create(&self.folder)?),
            };
            file.append(&self.memory)?;
            self.memory.clear();
        }
        Ok(())
    }

    fn read(&self, place: usize) -> Result<Cow<'_, [u8]>, Error> {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        let length = (self.ends[place] - start) as usize;
        match &self.file {
            Some(file) if start < file.length => Ok(file.read(start, length)?.into()),
            file => {
                let start = start - file.as_ref().map_or(0, |file| file.length);
                Ok(self.memory[start as usize..][..length].into())
            }
        }
    }
}

impl<T: Serialize + DeserializeOwned> Spool<T> {
    /// Adds a value.
    ///
    /// # Errors
    /// [`Error::File`] if the temporary file cannot be written; [`Error::Analysis`] if the value cannot
    /// be serialised.
    pub fn push(&mut self, value: &T) -> Result<(), Error> {
        self.push_bytes(&postcard::to_stdvec(value).map_err(Error::analysis)?)
    }

    /// The value of this place, 0-based.
    ///
    /// # Errors
    /// [`Error::File`] if the temporary file cannot be read; [`Error::Analysis`] if it holds something
    /// else.
    ///
    /// # Panics
    /// If there is no such place.
    pub fn get(&self, place: usize) -> Result<T, Error> {
        postcard::from_bytes(&self.read(place)?).map_err(Error::analysis)
    }
}

/// In the system's temporary folder.
impl<T> Default for Spool<T> {
    fn default() -> Self {
        Self::new(std::env::temp_dir())
    }
}

impl<T> fmt::Debug for Spool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Spool");
        shown.field("len", &self.len()).finish_non_exhaustive()
    }
}

/// The temporary file.
struct Overflow {
    file: Mutex<File>,
    path: PathBuf,
    length: u64,
    /// Removes the file, where one that is open cannot be.
    _name: Option<Replacement>,
}

impl Overflow {
    fn create(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("spool");
        let (name, file) = Replacement::create(&path).map_err(Error::file(&path, "written"))?;
        Ok(Self {
            file: Mutex::new(file),
            path,
            length: 0,
            _name: (!cfg!(unix)).then_some(name),
        })
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut write = || -> io::Result<()> {
            file.seek(SeekFrom::Start(self.length))?;
            file.write_all(bytes)
        };
        write().map_err(Error::file(&self.path, "written"))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn read(&self, start: u64, length: usize) -> Result<Vec<u8>, Error> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = vec![0; length];
        let mut read = || -> io::Result<()> {
            file.seek(SeekFrom::Start(start))?;
            file.read_exact(&mut bytes)
        };
        read().map_err(Error::file(&self.path, "read"))?;
        Ok(bytes)
    }
}

/// All values, wherever they are.
impl<T> Serialize for Spool<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut values = serializer.serialize_seq(Some(self.len()))?;
        for place in 0..self.len() {
            let bytes = self.read(place).map_err(S::Error::custom)?;
            values.serialize_element(&Bytes(bytes))?;
        }
        values.end()
    }
}

/// One whose file will lie in the system's temporary folder.
impl<'de, T> Deserialize<'de> for Spool<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values<T>(Spool<T>);

        impl<'de, T> Visitor<'de> for Values<T> {
            type Value = Spool<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("values in bytes")
            }

            fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Self::Value, A::Error> {
                while let Some(Bytes(bytes)) = seq.next_element()? {
                    self.0.push_bytes(&bytes).map_err(A::Error::custom)?;
                }
                Ok(self.0)
            }
        }
        deserializer.deserialize_seq(Values(Self::default()))
    }
}

/// Bytes that are written at once, not one by one.
struct Bytes<'a>(Cow<'a, [u8]>);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Bytes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes: &[u8] = Deserialize::deserialize(deserializer)?;
        Ok(Self(bytes.into()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn value(n: usize) -> Vec<u16> {
        (0..n as u16 % 40).map(|i| i * 700).collect()
    }

    fn all(spool: &Spool<Vec<u16>>) -> Vec<Vec<u16>> {
        let places = 0..spool.len();
        places.map(|place| spool.get(place).unwrap()).collect()
    }

    #[test]
    fn values_are_there_again_from_memory_and_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let new = || Spool::<Vec<u16>> {
            most: 500,
            ..Spool::new(folder.path().to_owned())
        };
        let mut spool = new();
        let expected: Vec<_> = (0..100).map(value).collect();
        expected.iter().for_each(|value| spool.push(value).unwrap());
        assert!(spool.bytes() <= 500 && spool.file.is_some());
        assert_eq!(all(&spool), expected);
        // Written and read again; and behind what another has.
        let bytes = postcard::to_stdvec(&spool).unwrap();
        let again: Spool<Vec<u16>> = postcard::from_bytes(&bytes).unwrap();
        assert!(again.file.is_none());
        let mut both = new();
        both.push(&value(7)).unwrap();
        both.append(&spool).unwrap();
        both.append(&again).unwrap();
        assert_eq!(all(&both), [&[value(7)], &expected[..], &expected].concat());
        if cfg!(unix) {
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let mut spool = Spool {
            most: 1,
            ..Spool::new(PathBuf::from("/nowhere"))
        };
        let error = spool.push(&vec![1, 2]).unwrap_err();
        assert_eq!(error.to_string(), "/nowhere/spool: cannot be written");
    }
}
