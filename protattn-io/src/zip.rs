//! The directory of a zip archive: which entries it has, how each is compressed, and where its bytes are.
//!
//! Nothing in an archive is trusted. The directory must be where its end says, and must describe
//! parts of the file that do not overlap; each entry must stand, under the same name, where the
//! directory says. No memory is taken for what the file does not have. Entries may be of any size
//! (zip64). An entry is not unpacked here: whoever knows what it holds reads it.
//!
//! Fields and signatures are as in PKWARE's *.ZIP File Format Specification* 6.3.10, sections 4.3.7
//! (local header), 4.3.12 (directory), 4.3.14 to 4.3.16 (its end, in 64 and in 32 bits) and 4.5.3
//! (fields of 64 bits).
//!
//! ```
//! use std::io::Cursor;
//! use protattn_io::zip::{Archive, Error};
//!
//! // The end of a directory, of an archive without entries.
//! let archive = Archive::read(Cursor::new(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"))?;
//! assert!(archive.get("data.npy").is_none());
//!
//! let error = Archive::read(Cursor::new(b"some text")).expect_err("it is no archive");
//! assert_eq!(error.to_string(), "is a zip archive without its directory; it is truncated");
//! # Ok::<(), Error>(())
//! ```

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";

/// Sizes of the parts that do not vary.
const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
const END_64_BYTES: usize = 56;
const LOCATOR_64_BYTES: usize = 20;
/// The longest comment at the end of an archive.
const MAX_COMMENT: u64 = 0xffff;
/// The largest directory that is read: a million entries.
const MAX_DIRECTORY: u64 = 100_000_000;
/// Stands for a number that is in a field of 64 bits.
const FULL: u64 = 0xffff_ffff;

/// The entries of an archive.
#[derive(Clone, Debug)]
pub struct Archive {
    entries: BTreeMap<String, Entry>,
}

/// How an entry is compressed, and where its bytes are. They lie within the file.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// The compression method: 0 for bytes that are stored as they are, 8 for deflate.
    pub method: u16,
    /// The CRC-32 that the content should have.
    pub crc: u32,
    /// The first of its bytes in the file, counted from 0.
    pub offset: u64,
    /// The bytes that it takes in the file.
    pub packed: u64,
    /// The bytes that its content should have. It is only what the directory says.
    pub size: u64,
}

/// What can be wrong with an archive.
///
/// The messages say what the archive is or has, and are to follow its name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// There is no directory at the end of the file: it is cut short, or no archive.
    #[error("is a zip archive without its directory; it is truncated")]
    NoDirectory,
    /// The archive is not as the format has it.
    #[error("{0}")]
    Malformed(String),
}

impl Archive {
    /// Reads the directory, and sees that each entry is where it says.
    ///
    /// # Errors
    ///
    /// If the file cannot be read; if it has no directory at its end or a damaged one; if two
    /// entries have one name, overlap, or are encrypted.
    pub fn read(input: impl Read + Seek) -> Result<Self, Error> {
        let mut file = Source::new(input)?;
        let directory = Directory::find(&mut file)?;
        let mut records = directory.records(&mut file)?;
        records.sort_by_key(|record| record.header);
        let mut entries = BTreeMap::new();
        let mut free = 0;
        for record in records {
            let Record { name, header, .. } = &record;
            if record.is_encrypted {
                return Err(malformed(format!("has an encrypted entry `{name}`")));
            }
            let entry = record.located(&mut file)?;
            let end = entry.offset.checked_add(entry.packed);
            let end = end.filter(|end| *header >= free && *end <= directory.offset);
            free = end.ok_or_else(|| {
                let what = "overlaps what is not its own";
                malformed(format!("has an entry `{name}` that {what}"))
            })?;
            if entries.contains_key(name) {
                return Err(malformed(format!("has two entries of the name `{name}`")));
            }
            entries.insert(record.name, entry);
        }
        Ok(Self { entries })
    }

    /// The entry of this name.
    pub fn get(&self, name: &str) -> Option<Entry> {
        self.entries.get(name).copied()
    }

    /// All entries and their names, in the order of these.
    pub fn entries(&self) -> impl Iterator<Item = (&str, Entry)> {
        self.entries
            .iter()
            .map(|(name, entry)| (name.as_str(), *entry))
    }
}

fn malformed(message: impl Into<String>) -> Error {
    Error::Malformed(message.into())
}

/// A file of known length.
struct Source<R> {
    input: R,
    length: u64,
}

impl<R: Read + Seek> Source<R> {
    fn new(mut input: R) -> io::Result<Self> {
        let length = input.seek(SeekFrom::End(0))?;
        Ok(Self { input, length })
    }

    /// The bytes from `offset` on, if the file has that many.
    fn bytes(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, Error> {
        let end = offset.checked_add(length as u64);
        if end.is_none_or(|end| end > self.length) {
            return Err(malformed(format!(
                "needs {length} bytes from byte {offset} on, but has only {}; it is truncated",
                self.length
            )));
        }
        self.input.seek(SeekFrom::Start(offset))?;
        let mut bytes = vec![0; length];
        self.input.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// The record of this length from `offset` on, if one of this signature is there.
    fn record(
        &mut self,
        signature: &[u8],
        offset: u64,
        length: usize,
    ) -> Result<Option<Vec<u8>>, Error> {
        let bytes = self.bytes(offset, length)?;
        Ok(bytes.starts_with(signature).then_some(bytes))
    }
}

/// Where the directory is.
struct Directory {
    offset: u64,
    length: u64,
    entries: u64,
}

impl Directory {
    fn find(file: &mut Source<impl Read + Seek>) -> Result<Self, Error> {
        let tail_length = file.length.min(END_BYTES as u64 + MAX_COMMENT);
        let tail_offset = file.length - tail_length;
        let tail = file.bytes(tail_offset, tail_length as usize)?;
        // The comment reaches to the end of the file.
        let is_end = |at: &usize| {
            let (end, comment) = tail[*at..].split_at(END_BYTES);
            end.starts_with(END) && number(&end[20..22]) == comment.len() as u64
        };
        let last = tail.len().checked_sub(END_BYTES);
        let at = last.and_then(|last| (0..=last).rev().find(is_end));
        let at = at.ok_or(Error::NoDirectory)?;
        let end = &tail[at..];
        let mut end_offset = tail_offset + at as u64;
        let mut directory = Self {
            entries: number(&end[10..12]),
            length: number(&end[12..16]),
            offset: number(&end[16..20]),
        };
        if directory.entries == 0xffff || directory.length == FULL || directory.offset == FULL {
            (directory, end_offset) = Self::find_64(file, end_offset)?;
        }
        directory.check(end_offset)?;
        Ok(directory)
    }

    /// The directory and the offset of its end, in 64 bits.
    fn find_64(file: &mut Source<impl Read + Seek>, end_offset: u64) -> Result<(Self, u64), Error> {
        let missing = || malformed("is a large zip archive without the end of a large one");
        let locator = end_offset.checked_sub(LOCATOR_64_BYTES as u64);
        let locator = file.record(LOCATOR_64, locator.ok_or_else(missing)?, LOCATOR_64_BYTES)?;
        let end_offset = number(&locator.ok_or_else(missing)?[8..16]);
        let end = file.record(END_64, end_offset, END_64_BYTES)?;
        let end = end.ok_or_else(missing)?;
        let directory = Self {
            entries: number(&end[32..40]),
            length: number(&end[40..48]),
            offset: number(&end[48..56]),
        };
        Ok((directory, end_offset))
    }

    fn check(&self, end_offset: u64) -> Result<(), Error> {
        let end = self.offset.checked_add(self.length);
        if end.is_none_or(|end| end > end_offset) {
            let message = "is a zip archive whose directory is not where it should be";
            return Err(malformed(message));
        }
        if self.length > MAX_DIRECTORY || self.entries > self.length / CENTRAL_BYTES as u64 {
            return Err(malformed(format!(
                "is a zip archive that claims {} entries in a directory of {} bytes",
                self.entries, self.length
            )));
        }
        Ok(())
    }

    fn records(&self, file: &mut Source<impl Read + Seek>) -> Result<Vec<Record>, Error> {
        let bytes = file.bytes(self.offset, self.length as usize)?;
        let mut rest = &bytes[..];
        let parse = |index: u64| {
            let message =
                || malformed(format!("is a zip archive whose entry {index} is malformed"));
            Record::parse(&mut rest).ok_or_else(message)
        };
        (1..=self.entries).map(parse).collect()
    }
}

/// What the directory says of an entry.
struct Record {
    name: String,
    is_encrypted: bool,
    /// Where its local header is.
    header: u64,
    /// Its offset is not known yet.
    entry: Entry,
}

impl Record {
    /// Parses the first record and moves on to the next; `None` if it is not one.
    fn parse(rest: &mut &[u8]) -> Option<Self> {
        let (fixed, after) = rest.split_at_checked(CENTRAL_BYTES)?;
        if !fixed.starts_with(CENTRAL) {
            return None;
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| number(&fixed[at..at + 2]) as usize);
        let (name, after) = after.split_at_checked(name)?;
        let (extra, after) = after.split_at_checked(extra)?;
        *rest = after.get(comment..)?;
        // The long fields are there for the full ones only, in this order.
        let mut long = long_fields(extra);
        let [size, packed, header] = [24, 20, 42].map(|at| match number(&fixed[at..at + 4]) {
            FULL => {
                let (field, more) = long.split_at_checked(8)?;
                long = more;
                Some(number(field))
            }
            short => Some(short),
        });
        let entry = Entry {
            method: number(&fixed[10..12]) as u16,
            crc: number(&fixed[16..20]) as u32,
            offset: 0,
            packed: packed?,
            size: size?,
        };
        Some(Self {
            name: String::from_utf8(name.to_vec()).ok()?,
            is_encrypted: fixed[8] & 1 != 0,
            header: header?,
            entry,
        })
    }

    /// The entry, whose bytes are behind the local header. The name there must be the same.
    fn located(&self, file: &mut Source<impl Read + Seek>) -> Result<Entry, Error> {
        let Self { name, header, .. } = self;
        let local = file.record(LOCAL, *header, LOCAL_BYTES + name.len())?;
        let is_same = |local: &Vec<u8>| {
            local[LOCAL_BYTES..] == *name.as_bytes() && number(&local[26..28]) == name.len() as u64
        };
        let local = local.filter(is_same).ok_or_else(|| {
            let what = "where its directory says it is";
            malformed(format!("has no entry `{name}` {what}"))
        })?;
        let [name_length, extra_length] = [26, 28].map(|at| number(&local[at..at + 2]));
        let offset = header + LOCAL_BYTES as u64 + name_length + extra_length;
        Ok(Entry {
            offset,
            ..self.entry
        })
    }
}

/// The fields of 64 bits among an entry's extra ones; none if there are no such.
fn long_fields(mut extra: &[u8]) -> &[u8] {
    const KIND: u64 = 1;
    while let Some((head, rest)) = extra.split_at_checked(4) {
        let length = number(&head[2..]) as usize;
        let Some((content, rest)) = rest.split_at_checked(length) else {
            break;
        };
        if number(&head[..2]) == KIND {
            return content;
        }
        extra = rest;
    }
    &[]
}

/// A number of at most 64 bits, little-endian.
fn number(bytes: &[u8]) -> u64 {
    let digits = bytes.iter().rev();
    digits.fold(0, |number, byte| number << 8 | u64::from(*byte))
}
