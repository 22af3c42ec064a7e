//! The members of a zip archive (PKWARE, *.ZIP File Format Specification* 6.3.10), stored or
//! deflated, of any size.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

/// The most bytes the directory may have; that of a data set has some 150.
const MAX_DIRECTORY: u64 = 1 << 20;
/// The end record, with the longest comment after it.
const MAX_END: u64 = 22 + 0xffff;
/// Stands for a number that is in the 64-bit records.
const IN_64: u64 = 0xffff_ffff;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// The directory of an archive.
#[derive(Debug)]
pub(super) struct Archive {
    path: PathBuf,
    entries: Vec<Entry>,
}

/// What the directory says of a member.
#[derive(Clone, Debug)]
struct Entry {
    name: String,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    /// Where its local header is.
    offset: u64,
}

/// A member that is being read.
pub(super) struct Member {
    input: Box<dyn Read + Send>,
    left: u64,
    expected_crc: u32,
    crc: Crc,
}

impl Archive {
    /// Reads the directory; the inner error says what is wrong with it.
    pub(super) fn open(path: &Path) -> io::Result<Result<Self, String>> {
        let mut file = File::open(path)?;
        Ok(directory(&mut file)?.map(|entries| Self {
            path: path.to_owned(),
            entries,
        }))
    }

    /// Starts to read the member of this name.
    pub(super) fn member(&self, name: &str) -> Result<Member, String> {
        let entry = self.entries.iter().find(|entry| entry.name == name);
        let entry = entry.ok_or_else(|| {
            let names: Vec<&str> = self.entries.iter().map(|e| e.name.as_str()).collect();
            format!(
                "there is no `{name}` among its members: {}",
                names.join(", ")
            )
        })?;
        let input = entry
            .open(&self.path)
            .map_err(|error| format!("`{name}`: {error}"))?;
        Ok(Member {
            input,
            left: entry.size,
            expected_crc: entry.crc,
            crc: Crc::new(),
        })
    }
}

impl Entry {
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        let mut file = File::open(path)?;
        let mut header = [0; 30];
        file.seek(SeekFrom::Start(self.offset))?;
        file.read_exact(&mut header)?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(io::Error::other("it is not where the directory says"));
        }
        let skipped = i64::from(u16_at(&header, 26)) + i64::from(u16_at(&header, 28));
        file.seek(SeekFrom::Current(skipped))?;
        let packed = BufReader::with_capacity(1 << 16, file.take(self.packed));
        match self.method {
            STORED => Ok(Box::new(packed)),
            DEFLATED => Ok(Box::new(DeflateDecoder::new(packed))),
            other => {
                let message = format!("compressed by method {other}, neither stored nor deflated");
                Err(io::Error::other(message))
            }
        }
    }
}

impl Member {
    /// The bytes that are still to be read.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    pub(super) fn read_exact(&mut self, bytes: &mut [u8]) -> Result<(), String> {
        let too_short = || "the file ends too early".to_owned();
        self.left = self
            .left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(too_short)?;
        self.input
            .read_exact(bytes)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => too_short(),
                _ => error.to_string(),
            })?;
        self.crc.update(bytes);
        Ok(())
    }

    /// Whether all that was read is what was written. All of it must have been read.
    pub(super) fn finish(&self) -> Result<(), String> {
        if self.left == 0 && self.crc.sum() != self.expected_crc {
            return Err("the checksum of an array is wrong: the file is damaged".to_owned());
        }
        Ok(())
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Member")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// Reads the directory at the end of an archive.
fn directory(file: &mut File) -> io::Result<Result<Vec<Entry>, String>> {
    let length = file.seek(SeekFrom::End(0))?;
    let tail_start = length.saturating_sub(MAX_END);
    file.seek(SeekFrom::Start(tail_start))?;
    let mut tail = Vec::new();
    file.take(MAX_END).read_to_end(&mut tail)?;
    let last_start = tail.len().saturating_sub(21);
    let is_end = |at: &usize| tail[*at..].starts_with(b"PK\x05\x06");
    let Some(end) = (0..last_start).rev().find(is_end) else {
        return Ok(Err("it is no zip archive, or only a part of one".to_owned()));
    };
    let mut size = u64::from(u32_at(&tail, end + 12));
    let mut offset = u64::from(u32_at(&tail, end + 16));
    if size == IN_64 || offset == IN_64 {
        match end_of_64(file, &tail, end)? {
            Some((size_64, offset_64)) => (size, offset) = (size_64, offset_64),
            None => return Ok(Err("its 64-bit directory is not there".to_owned())),
        }
    }
    if size > MAX_DIRECTORY || offset.checked_add(size).is_none_or(|end| end > length) {
        return Ok(Err(format!("a directory of {size} bytes at byte {offset}")));
    }
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = vec![0; size as usize];
    file.read_exact(&mut bytes)?;
    Ok(entries(&bytes, length).ok_or_else(|| "its directory is damaged".to_owned()))
}

/// The size and place of the directory, from the 64-bit end record.
fn end_of_64(file: &mut File, tail: &[u8], end: usize) -> io::Result<Option<(u64, u64)>> {
    let Some(locator) = end.checked_sub(20).map(|at| &tail[at..end]) else {
        return Ok(None);
    };
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    let mut record = [0; 56];
    file.seek(SeekFrom::Start(u64_at(locator, 8)))?;
    file.read_exact(&mut record)?;
    let is_record = record.starts_with(b"PK\x06\x06");
    Ok(is_record.then(|| (u64_at(&record, 40), u64_at(&record, 48))))
}

/// The entries of a directory; `None` if it is damaged.
fn entries(mut bytes: &[u8], length: u64) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        if bytes.len() < 46 || !bytes.starts_with(b"PK\x01\x02") {
            return None;
        }
        let lengths = [28, 30, 32].map(|at| usize::from(u16_at(bytes, at)));
        let name = bytes.get(46..)?.get(..lengths[0])?;
        let extra = bytes.get(46 + lengths[0]..)?.get(..lengths[1])?;
        let mut sizes = [24, 20, 42].map(|at| u64::from(u32_at(bytes, at)));
        extend_to_64(&mut sizes, extra)?;
        let [size, packed, offset] = sizes;
        if packed > length || offset > length {
            return None;
        }
        entries.push(Entry {
            name: String::from_utf8_lossy(name).into_owned(),
            method: u16_at(bytes, 10),
            crc: u32_at(bytes, 16),
            packed,
            size,
            offset,
        });
        bytes = bytes.get(46 + lengths.iter().sum::<usize>()..)?;
    }
    Some(entries)
}

/// Replaces the numbers that did not fit 32 bits by those of the extra field 1, which has them in
/// this order: size, packed size, offset.
fn extend_to_64(sizes: &mut [u64; 3], mut extra: &[u8]) -> Option<()> {
    while extra.len() >= 4 {
        let length = usize::from(u16_at(extra, 2));
        let mut field = extra.get(4..4 + length)?;
        if u16_at(extra, 0) == 1 {
            for size in sizes.iter_mut().filter(|size| **size == IN_64) {
                *size = u64_at(field.get(..8)?, 0);
                field = &field[8..];
            }
        }
        extra = &extra[4 + length..];
    }
    Some(())
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
