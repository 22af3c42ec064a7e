//! What a long run saves as it goes, so that it can be killed at any moment and go on.
//!
//! A folder holds `about.json`, which says what the run is, and files of what was computed since the
//! file before. Each is written under a temporary name and renamed, and carries a checksum; none is
//! ever changed. When there are many, those next to one another are joined: the new file is there
//! before the old ones go, and its name says which it stands for.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use protattn_io::replace;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{BoxError, Error};

/// What the folder is of.
const ABOUT: &str = "about.json";
/// The first bytes of a file; the number is that of the format.
const MAGIC: &[u8; 16] = b"protattn saved 1";
/// So many files of one size are joined into one.
const JOINED: usize = 16;
/// The most of the smallest files that one stands for.
const LARGEST: u64 = 256;
/// The most bytes that are joined into one file: what is held in memory for it.
const LARGEST_BYTES: u64 = 64 << 20;
/// The end of a file's name.
const PART: &str = ".part";

/// A part of a result, which can be joined with the next.
pub(super) trait Part: Serialize + DeserializeOwned {
    /// Adds the part that was saved after this one.
    fn join(&mut self, next: Self) -> Result<(), Error>;
}

/// A folder of saved parts.
#[derive(Clone, Debug)]
pub(super) struct Saved {
    folder: PathBuf,
    /// What the folder was begun with.
    pub(super) about: Value,
    /// Of what the folder is of: a part of another run is not taken for one of this.
    key: [u8; 32],
    /// Held while a run is at work there.
    lock: Option<Arc<File>>,
}

impl Saved {
    fn new(folder: PathBuf, about: Value) -> Self {
        Self {
            folder,
            key: key(&about),
            about,
            lock: None,
        }
    }

    /// Begins a folder, without whatever it held.
    pub(super) fn begin(folder: PathBuf, about: Value) -> Result<Self, Error> {
        remove(&folder)?;
        fs::create_dir_all(&folder).map_err(Error::file(&folder, "written"))?;
        let mut text = serde_json::to_vec_pretty(&about).map_err(Error::analysis)?;
        text.push(b'\n');
        let path = folder.join(ABOUT);
        replace::write(&path, &text).map_err(Error::file(&path, "written"))?;
        Ok(Self::new(folder, about))
    }

    /// Opens a folder, if it is one.
    pub(super) fn open(folder: PathBuf) -> Result<Option<Self>, Error> {
        let path = folder.join(ABOUT);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::file(&path, "read")(error)),
        };
        let about: Value = serde_json::from_slice(&text).map_err(|error| Error::Damaged {
            path,
            advice: format!("remove the folder {} and run again", folder.display()),
            source: error.into(),
        })?;
        Ok(Some(Self::new(folder, about)))
    }

    /// Keeps others from working there until this value and its copies are gone: two runs would count
    /// the same. Where the file system has no locks, it is on the person.
    pub(super) fn lock(&mut self) -> Result<(), Error> {
        let path = self.folder.join(ABOUT);
        let file = File::open(&path).map_err(Error::file(&path, "read"))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let folder = self.folder.clone();
                Err(Error::Busy { folder })
            }
            locked => {
                self.lock = locked.ok().map(|()| Arc::new(file));
                Ok(())
            }
        }
    }

    /// The parts of this name.
    pub(super) fn series(&self, name: &'static str) -> Result<Series, Error> {
        let mut series = Series {
            saved: self.clone(),
            name,
            spans: Vec::new(),
            hurried: false,
        };
        series.find()?;
        Ok(series)
    }
}

/// The files of one kind of parts, in the order in which they were saved.
pub(super) struct Series {
    saved: Saved,
    name: &'static str,
    /// First and last of the parts that each file stands for.
    spans: Vec<(u64, u64)>,
    hurried: bool,
}

impl Series {
    /// Finds the files, and removes those that others stand for and those half written: what a run
    /// that was killed may have left.
    fn find(&mut self) -> Result<(), Error> {
        let folder = &self.saved.folder;
        let mut spans = Vec::new();
        for name in names(folder).map_err(Error::file(folder, "read"))? {
            if name.starts_with(&format!(".{}-", self.name)) {
                remove_file(&folder.join(&name))?;
            }
            spans.extend(self.span(&name));
        }
        // The one that stands for most comes first.
        spans.sort_by_key(|(first, last)| (*first, std::cmp::Reverse(*last)));
        for (first, last) in spans {
            match self.spans.last() {
                Some((_, end)) if last <= *end => remove_file(&self.path((first, last)))?,
                _ => self.spans.push((first, last)),
            }
        }
        Ok(())
    }

    fn span(&self, file: &str) -> Option<(u64, u64)> {
        let numbers = file.strip_prefix(self.name)?.strip_prefix('-')?;
        let (first, last) = numbers.strip_suffix(PART)?.split_once('-')?;
        let span = (first.parse().ok()?, last.parse().ok()?);
        (span.0 <= span.1).then_some(span)
    }

    fn path(&self, (first, last): (u64, u64)) -> PathBuf {
        let name = format!("{}-{first:08}-{last:08}{PART}", self.name);
        self.saved.folder.join(name)
    }

    /// Reads every part, in order.
    pub(super) fn parts<P: Part>(&self) -> impl Iterator<Item = Result<P, Error>> {
        self.spans.iter().map(|span| self.read(*span))
    }

    fn read<P: Part>(&self, span: (u64, u64)) -> Result<P, Error> {
        let path = self.path(span);
        let bytes = fs::read(&path).map_err(Error::file(&path, "read"))?;
        let payload = self.checked(&bytes);
        let part = payload.and_then(|payload| Ok(postcard::from_bytes(payload)?));
        part.map_err(|source| Error::Damaged {
            path,
            advice: "remove this file, and a resumed run computes again what it held".to_owned(),
            source,
        })
    }

    /// What a file holds, if it is whole.
    fn checked<'b>(&self, bytes: &'b [u8]) -> Result<&'b [u8], BoxError> {
        let rest = bytes.strip_prefix(MAGIC);
        let rest = rest.ok_or("it is not of this version of protattn, or was cut off")?;
        let (sum, payload) = rest.split_first_chunk::<32>().ok_or("it was cut off")?;
        if self.checksum(payload) != *sum {
            return Err("its checksum is wrong, or it is of another run".into());
        }
        Ok(payload)
    }

    fn checksum(&self, payload: &[u8]) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(self.saved.key);
        digest.update(payload);
        digest.finalize().into()
    }

    /// From now on, saves do not wait until the disk has what they hold: what was saved last is lost if
    /// the machine fails, though not if the process does.
    pub(super) fn hurry(&mut self) {
        self.hurried = true;
    }

    /// Saves the next part.
    pub(super) fn append<P: Part>(&mut self, part: &P) -> Result<(), Error> {
        let number = self.spans.last().map_or(0, |(_, last)| last + 1);
        self.write((number, number), part)?;
        self.spans.push((number, number));
        while let Some(span) = self.joinable() {
            self.join::<P>(span)?;
        }
        Ok(())
    }

    fn write<P: Part>(&self, span: (u64, u64), part: &P) -> Result<(), Error> {
        let payload = postcard::to_stdvec(part).map_err(Error::analysis)?;
        let path = self.path(span);
        let fill = |file: &mut BufWriter<File>| {
            file.write_all(MAGIC)?;
            file.write_all(&self.checksum(&payload))?;
            file.write_all(&payload)
        };
        let written = if self.hurried {
            replace::write_with(&path, fill)
        } else {
            replace::write_durably(&path, fill)
        };
        written.map_err(Error::file(&path, "written"))
    }

    /// The last files, if they are as many and as large as are joined.
    fn joinable(&self) -> Option<(u64, u64)> {
        let start = self.spans.len().checked_sub(JOINED)?;
        let last = &self.spans[start..];
        let size = |(first, last): &(u64, u64)| last - first;
        let alike = last.iter().all(|span| size(span) == size(&last[0]));
        let span = (last[0].0, last[JOINED - 1].1);
        let bytes = |span: &(u64, u64)| fs::metadata(self.path(*span)).map_or(0, |file| file.len());
        let is_small = || last.iter().map(bytes).sum::<u64>() <= LARGEST_BYTES;
        (alike && size(&span) < LARGEST && is_small()).then_some(span)
    }

    fn join<P: Part>(&mut self, span: (u64, u64)) -> Result<(), Error> {
        let first = self.spans.len() - JOINED;
        let mut parts = self.spans[first..].iter();
        let Some(start) = parts.next() else {
            return Ok(());
        };
        let mut joined = self.read::<P>(*start)?;
        for span in parts {
            joined.join(self.read(*span)?)?;
        }
        self.write(span, &joined)?;
        for old in self.spans.split_off(first) {
            remove_file(&self.path(old))?;
        }
        self.spans.push(span);
        Ok(())
    }
}

/// Whether anything was saved.
pub(super) fn has_parts(saved: &Saved) -> Result<bool, Error> {
    let names = names(&saved.folder).map_err(Error::file(&saved.folder, "read"))?;
    Ok(names.iter().any(|name| name.ends_with(PART)))
}

/// The names in a folder.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let name =
        |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
    fs::read_dir(folder)?.map(name).collect()
}

fn key(about: &Value) -> [u8; 32] {
    Sha256::digest(about.to_string()).into()
}

fn remove_file(path: &Path) -> Result<(), Error> {
    replace::remove_if_there(path).map_err(Error::file(path, "removed"))
}

/// Removes what is ours in a folder, its description last (without it nothing else is believed), and
/// the folder if nothing else is in it.
pub(super) fn remove(folder: &Path) -> Result<(), Error> {
    let removed = || -> io::Result<()> {
        for name in names(folder)? {
            if name.ends_with(PART) || name.starts_with('.') && name.ends_with(".tmp") {
                fs::remove_file(folder.join(name))?;
            }
        }
        replace::remove_if_there(&folder.join(ABOUT))?;
        match fs::remove_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(error),
            _ => Ok(()),
        }
    };
    if !folder.exists() {
        return Ok(());
    }
    removed().map_err(Error::file(folder, "removed"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    impl Part for Vec<u32> {
        fn join(&mut self, next: Self) -> Result<(), Error> {
            self.extend(next);
            Ok(())
        }
    }

    fn files(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    fn all(series: &Series) -> Vec<u32> {
        let parts: Result<Vec<Vec<u32>>, Error> = series.parts().collect();
        parts.unwrap().concat()
    }

    fn begun(folder: &Path) -> Saved {
        Saved::begin(folder.join("saved"), json!({"run": 1})).unwrap()
    }

    #[test]
    fn what_is_saved_is_there_again_in_order_and_in_few_files() {
        let folder = tempfile::tempdir().unwrap();
        let saved = begun(folder.path());
        let mut series = saved.series("counts").unwrap();
        series.hurry();
        assert!(!has_parts(&saved).unwrap());
        for n in 0..1000 {
            series.append(&vec![n]).unwrap();
            assert!(files(&saved.folder) <= 3 + 2 * 15 + 1, "{n}");
        }
        let saved = Saved::open(saved.folder).unwrap().unwrap();
        assert_eq!(saved.about, json!({"run": 1}));
        let series = saved.series("counts").unwrap();
        assert_eq!(all(&series), (0..1000).collect::<Vec<_>>());
        assert!(has_parts(&saved).unwrap() && saved.series("other").unwrap().spans.is_empty());
        let path = saved.folder.clone();
        remove(&saved.folder).unwrap();
        assert!(Saved::open(path).unwrap().is_none());
    }

    /// Killed after the joined file was there and before all of those it stands for were gone.
    #[test]
    fn files_that_another_stands_for_count_once() {
        let folder = tempfile::tempdir().unwrap();
        let saved = begun(folder.path());
        let mut series = saved.series("counts").unwrap();
        (0..15).for_each(|n| series.append(&vec![n]).unwrap());
        let kept = series.path((3, 3));
        let copy = fs::read(&kept).unwrap();
        series.append(&vec![15]).unwrap();
        assert!(!kept.exists());
        fs::write(&kept, copy).unwrap();
        fs::write(saved.folder.join(".counts-half.tmp"), "half").unwrap();
        let mut series = saved.series("counts").unwrap();
        assert_eq!(all(&series), (0..16).collect::<Vec<_>>());
        assert_eq!(files(&saved.folder), 2);
        series.append(&vec![16]).unwrap();
        assert_eq!(all(&saved.series("counts").unwrap()).last(), Some(&16));
    }

    #[test]
    fn damage_is_named_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let saved = begun(folder.path());
        let mut series = saved.series("counts").unwrap();
        series.append(&vec![1, 2, 3]).unwrap();
        series.append(&vec![4]).unwrap();
        let path = series.path((0, 0));
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let error = series.parts::<Vec<u32>>().next().unwrap().unwrap_err();
            let error = error.to_string();
            assert!(error.contains("counts-00000000-00000000.part: is damaged; remove this file"));
        }
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 4;
            fs::write(&path, bytes).unwrap();
            assert!(series.parts::<Vec<u32>>().next().unwrap().is_err());
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(all(&saved.series("counts").unwrap()), [4]);
        // A part of another run.
        let other = Saved::begin(folder.path().join("other"), json!({"run": 2})).unwrap();
        fs::write(other.folder.join("counts-00000000-00000000.part"), whole).unwrap();
        let other = other.series("counts").unwrap();
        assert!(other.parts::<Vec<u32>>().next().unwrap().is_err());
        fs::write(saved.folder.join(ABOUT), "{").unwrap();
        let error = Saved::open(saved.folder).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("about.json: is damaged; remove the folder")
        );
    }
}
