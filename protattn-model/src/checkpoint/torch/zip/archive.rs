//! The directory of a zip archive whose entries are stored, not compressed.
//!
//! Fields and signatures as in PKWARE's APPNOTE.TXT 6.3, sections 4.3.7 (local header), 4.3.12
//! (directory), 4.3.14 to 4.3.16 (its end, in 64 and in 32 bits) and 4.5.3 (fields of 64 bits).
//! Checksums are not compared, as little as in a safetensors file, which has none.

use std::collections::BTreeMap;

use crate::checkpoint::file::WeightsFile;
use crate::checkpoint::torch::state_dict::Region;
use crate::error::Error;

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
const MAX_COMMENT: usize = 0xffff;
/// The largest directory that is read: a million tensors.
const MAX_DIRECTORY: u64 = 100_000_000;

/// Where the content of each entry is.
pub(super) struct Archive {
    entries: BTreeMap<String, Region>,
}

impl Archive {
    /// Reads the directory and sees that it describes separate parts of the file.
    pub(super) fn read(file: &WeightsFile<'_>) -> Result<Self, Error> {
        let directory = Directory::find(file)?;
        let mut entries = directory.entries(file)?;
        entries.sort_by_key(|entry| entry.header);
        let mut archive = Self {
            entries: BTreeMap::new(),
        };
        let mut free = 0;
        for entry in entries {
            let region = entry.content(file)?;
            let end = region.offset.checked_add(region.length);
            let end = end.filter(|end| entry.header >= free && *end <= directory.offset);
            free = end.ok_or_else(|| {
                let name = &entry.name;
                file.malformed(format!(
                    "has an entry `{name}` that overlaps what is not its own"
                ))
            })?;
            if archive.entries.contains_key(&entry.name) {
                let name = &entry.name;
                return Err(file.malformed(format!("has two entries of the name `{name}`")));
            }
            archive.entries.insert(entry.name, region);
        }
        Ok(archive)
    }

    /// Where the content of an entry is.
    pub(super) fn get(&self, name: &str) -> Option<Region> {
        self.entries.get(name).copied()
    }

    /// The names of all entries, and where they are.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, Region)> {
        self.entries
            .iter()
            .map(|(name, region)| (name.as_str(), *region))
    }
}

/// Where the directory is.
struct Directory {
    offset: u64,
    length: u64,
    entries: u64,
}

impl Directory {
    fn find(file: &WeightsFile<'_>) -> Result<Self, Error> {
        let tail_offset = file
            .length()
            .saturating_sub((END_BYTES + MAX_COMMENT) as u64);
        let tail = file.window(tail_offset, END_BYTES + MAX_COMMENT)?;
        // The comment reaches to the end of the file.
        let is_end = |at: &usize| {
            let end = Record(&tail[*at..]);
            end.0.starts_with(END) && end.u16(20).is_some_and(|n| END_BYTES + n == end.0.len())
        };
        let at = (0..tail.len()).rev().find(is_end).ok_or_else(|| {
            file.malformed("is a zip archive without its directory; it is truncated")
        })?;
        let end_offset = tail_offset + at as u64;
        let end = Record(&tail[at..]);
        let directory = Self {
            entries: end.u16(10).unwrap_or_default() as u64,
            length: end.u32(12).unwrap_or_default(),
            offset: end.u32(16).unwrap_or_default(),
        };
        let (directory, end_offset) = if directory.is_in_64_bits() {
            Self::find_64(file, end_offset)?
        } else {
            (directory, end_offset)
        };
        directory.check(file, end_offset)?;
        Ok(directory)
    }

    /// Fields that are full stand for those of 64 bits.
    fn is_in_64_bits(&self) -> bool {
        let full = u64::from(u32::MAX);
        self.entries == 0xffff || self.length == full || self.offset == full
    }

    /// The directory and the offset of its end, in 64 bits.
    fn find_64(file: &WeightsFile<'_>, end_offset: u64) -> Result<(Self, u64), Error> {
        let missing = || file.malformed("is a large zip archive without the end of a large one");
        let locator_offset = end_offset.checked_sub(LOCATOR_64_BYTES as u64);
        let locator = file.bytes(locator_offset.ok_or_else(missing)?, LOCATOR_64_BYTES)?;
        let end_offset = Record(&locator).signed(LOCATOR_64).and_then(|r| r.u64(8));
        let end_offset = end_offset.ok_or_else(missing)?;
        let end = file.bytes(end_offset, END_64_BYTES)?;
        let read = |end: Record<'_>| {
            Some(Self {
                entries: end.u64(32)?,
                length: end.u64(40)?,
                offset: end.u64(48)?,
            })
        };
        let directory = Record(&end).signed(END_64).and_then(read);
        Ok((directory.ok_or_else(missing)?, end_offset))
    }

    fn check(&self, file: &WeightsFile<'_>, end_offset: u64) -> Result<(), Error> {
        let end = self.offset.checked_add(self.length);
        if end.is_none_or(|end| end > end_offset) {
            return Err(
                file.malformed("is a zip archive whose directory is not where it should be")
            );
        }
        if self.length > MAX_DIRECTORY || self.entries > self.length / CENTRAL_BYTES as u64 {
            return Err(file.malformed(format!(
                "is a zip archive that claims {} entries in a directory of {} bytes",
                self.entries, self.length
            )));
        }
        Ok(())
    }

    fn entries(&self, file: &WeightsFile<'_>) -> Result<Vec<Entry>, Error> {
        let bytes = file.bytes(self.offset, self.length as usize)?;
        let mut rest = &bytes[..];
        let mut entries = Vec::new();
        for index in 1..=self.entries {
            let entry = Entry::parse(&mut rest).ok_or_else(|| {
                file.malformed(format!("is a zip archive whose entry {index} is malformed"))
            })?;
            entry.check(file)?;
            entries.push(entry);
        }
        Ok(entries)
    }
}

/// What the directory says of an entry.
struct Entry {
    name: String,
    flags: usize,
    method: usize,
    compressed: u64,
    length: u64,
    /// Where its local header is.
    header: u64,
}

impl Entry {
    /// Parses the first entry and moves on to the next; `None` if it is not one.
    fn parse(rest: &mut &[u8]) -> Option<Self> {
        let record = Record(rest).signed(CENTRAL)?;
        let sizes = [record.u16(28)?, record.u16(30)?, record.u16(32)?];
        let [name_end, extra_end, end] = sizes.map({
            let mut end = CENTRAL_BYTES;
            move |size| {
                end += size;
                end
            }
        });
        let name = record.0.get(CENTRAL_BYTES..name_end)?;
        let mut long = LongFields::find(record.0.get(name_end..extra_end)?);
        let entry = Self {
            name: String::from_utf8(name.to_vec()).ok()?,
            flags: record.u16(8)?,
            method: record.u16(10)?,
            // The long fields are there for the full ones only, in this order.
            length: long.or_short(record.u32(24)?)?,
            compressed: long.or_short(record.u32(20)?)?,
            header: long.or_short(record.u32(42)?)?,
        };
        *rest = record.0.get(end..)?;
        Some(entry)
    }

    fn check(&self, file: &WeightsFile<'_>) -> Result<(), Error> {
        let Self { name, method, .. } = self;
        if self.flags & 1 != 0 {
            return Err(file.malformed(format!("has an encrypted entry `{name}`")));
        }
        if *method != 0 || self.compressed != self.length {
            return Err(file.malformed(format!(
                "has a compressed entry `{name}` (method {method}); PyTorch compresses nothing"
            )));
        }
        Ok(())
    }

    /// Where the content is: behind the local header, whose name must be the same.
    fn content(&self, file: &WeightsFile<'_>) -> Result<Region, Error> {
        let bytes = file.bytes(self.header, LOCAL_BYTES + self.name.len())?;
        let sizes = |record: Record<'_>| Some((record.u16(26)?, record.u16(28)?));
        match Record(&bytes).signed(LOCAL).and_then(sizes) {
            Some((name, extra))
                if bytes[LOCAL_BYTES..] == *self.name.as_bytes() && name == self.name.len() =>
            {
                Ok(Region {
                    offset: self.header + (LOCAL_BYTES + name + extra) as u64,
                    length: self.length,
                })
            }
            _ => Err(file.malformed(format!(
                "has no entry `{}` where its directory says it is",
                self.name
            ))),
        }
    }
}

/// The fields of 64 bits among an entry's extra ones.
struct LongFields<'a>(&'a [u8]);

impl<'a> LongFields<'a> {
    /// The kind of an extra field that holds them.
    const KIND: usize = 1;

    fn find(mut extra: &'a [u8]) -> Self {
        loop {
            let record = Record(extra);
            let (Some(kind), Some(length)) = (record.u16(0), record.u16(2)) else {
                return Self(&[]);
            };
            let Some((content, rest)) = extra[4..].split_at_checked(length) else {
                return Self(&[]);
            };
            if kind == Self::KIND {
                return Self(content);
            }
            extra = rest;
        }
    }

    /// The short field, or the next long one if the short one is full.
    fn or_short(&mut self, short: u64) -> Option<u64> {
        if short != u64::from(u32::MAX) {
            return Some(short);
        }
        let long = Record(self.0).u64(0)?;
        self.0 = &self.0[8..];
        Some(long)
    }
}

/// Little-endian numbers at fixed places.
#[derive(Clone, Copy)]
struct Record<'a>(&'a [u8]);

impl<'a> Record<'a> {
    /// Itself, if it begins with the signature.
    fn signed(self, signature: &[u8]) -> Option<Self> {
        self.0.starts_with(signature).then_some(self)
    }

    fn array<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..)?.first_chunk().copied()
    }

    fn u16(self, at: usize) -> Option<usize> {
        self.array(at).map(|bytes| u16::from_le_bytes(bytes).into())
    }

    fn u32(self, at: usize) -> Option<u64> {
        self.array(at).map(|bytes| u32::from_le_bytes(bytes).into())
    }

    fn u64(self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }
}
