//! The B+ tree of an LMDB file, read without mapping it.
//!
//! LMDB's own library maps the file and trusts it: a damaged or hostile file can crash the process.
//! Reading needs little of it, so this walks the tree page by page with ordinary reads, checks
//! every offset, and writes nothing, not even a lock file.
//!
//! The layout is that of LMDB 0.9 on 64-bit little-endian machines (`mdb.c` of OpenLDAP's LMDB:
//! `MDB_page`, `MDB_meta`, `MDB_db`, `MDB_node`):
//!
//! - A file is pages of one size. A page starts with its number (u64), a pad (u16), flags (u16),
//!   and the end of its offsets and the start of its nodes (u16 each), or in an overflow page the
//!   number of pages that belong together (u32).
//! - Pages 0 and 1 are the two meta pages; the one with the higher transaction number counts.
//! - A branch or leaf page lists the offsets (u16) of its nodes in the order of their keys. A node
//!   is low and high half of a size (u16 each), flags (u16), key length (u16), the key, and in a
//!   leaf the data. In a branch, the first three fields are the number of a page with keys from
//!   this one on. Large data lie in overflow pages; the node holds the number of the first.

use crate::limits::raised;
use std::io::{self, Read, Seek, SeekFrom};

const HEADER: usize = 16;
const NODE_HEADER: usize = 8;
const META_LEN: usize = 136;
const MAGIC: u32 = 0xBEEF_C0DE;
const VERSION: u32 = 1;
const BRANCH: u16 = 0x01;
const LEAF: u16 = 0x02;
const OVERFLOW: u16 = 0x04;
const META: u16 = 0x08;
/// Keys that are compared in another order than byte by byte, and keys of several values.
const UNUSUAL_DATABASE: u16 = 0x02 | 0x04 | 0x08;
const BIG_DATA: u16 = 0x01;
/// A database within the database, or a key of several values.
const UNUSUAL_NODE: u16 = 0x02 | 0x04;
const NO_ROOT: u64 = u64::MAX;
/// More levels than a file of 2^64 bytes can have.
const MAX_DEPTH: usize = 64;
/// The bytes of an entry at the least: its place in the list of nodes, its header and a key.
const MIN_ENTRY: u64 = 2 + NODE_HEADER as u64 + 1;
/// Values longer than this are refused.
const MAX_VALUE: u64 = 1 << 28;

/// Why a tree cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Damage {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("no LMDB file: {0}")]
    Meta(String),
    #[error("page {page} {what}; the file is damaged")]
    Page { page: u64, what: &'static str },
    #[error("a value of {len} bytes is longer than {limit}")]
    TooLong { len: u64, limit: u64 },
}

/// An open tree of byte strings.
#[derive(Debug)]
pub(super) struct Tree<F> {
    file: F,
    /// Bytes of the file.
    len: u64,
    page_size: usize,
    root: u64,
    entries: u64,
}

impl<F: Read + Seek> Tree<F> {
    pub(super) fn open(mut file: F) -> Result<Self, Damage> {
        let len = file.seek(SeekFrom::End(0))?;
        let first = read_at(&mut file, 0, META_LEN + HEADER).map_err(|_| too_short(len))?;
        let first = Meta::parse(&first)?;
        let size = first.page_size;
        let second =
            read_at(&mut file, size as u64, META_LEN + HEADER).map_err(|_| too_short(len))?;
        // A crash can leave one of the two unfinished: then the other counts.
        let meta = match Meta::parse(&second) {
            Ok(second) if second.transaction > first.transaction => second,
            _ => first,
        };
        if meta.flags & UNUSUAL_DATABASE != 0 {
            return Err(Damage::Meta(
                "its keys are sorted in an unusual order or have several values".into(),
            ));
        }
        // Who asks for each of them would otherwise not come to an end.
        if meta.entries > len / MIN_ENTRY {
            let entries = meta.entries;
            return Err(Damage::Meta(format!(
                "its {len} bytes have no room for the {entries} keys it claims"
            )));
        }
        Ok(Self {
            file,
            len,
            page_size: size,
            root: meta.root,
            entries: meta.entries,
        })
    }

    /// How many keys there are, as the file says: no more than it has room for.
    pub(super) fn entries(&self) -> u64 {
        self.entries
    }

    /// The value under a key.
    pub(super) fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, Damage> {
        if self.root == NO_ROOT {
            return Ok(None);
        }
        let mut number = self.root;
        for _ in 0..MAX_DEPTH {
            let page = self.page(number)?;
            match page.flags() & (BRANCH | LEAF) {
                BRANCH => number = page.child(key)?,
                LEAF => return self.value(&page, key),
                _ => return Err(page.damage("is neither a branch nor a leaf")),
            }
        }
        Err(Damage::Page {
            page: number,
            what: "lies on a path without an end",
        })
    }

    fn value(&mut self, page: &Page, key: &[u8]) -> Result<Option<Vec<u8>>, Damage> {
        for index in 0..page.n_nodes()? {
            let node = page.node(index)?;
            if node.key != key {
                continue;
            }
            if node.flags & UNUSUAL_NODE != 0 {
                return Err(page.damage("holds a key of several values"));
            }
            let len = u64::from(node.size);
            return if node.flags & BIG_DATA == 0 {
                let data = node.rest.get(..node.size as usize);
                data.map(|d| Some(d.to_vec()))
                    .ok_or_else(|| page.damage("has data beyond its end"))
            } else {
                let first = node
                    .rest
                    .first_chunk()
                    .ok_or_else(|| page.damage("has data beyond its end"))?;
                self.overflow(u64::from_le_bytes(*first), len).map(Some)
            };
        }
        Ok(None)
    }

    /// Data that lie on pages of their own, one after another.
    fn overflow(&mut self, number: u64, len: u64) -> Result<Vec<u8>, Damage> {
        let damage = |what| Damage::Page { page: number, what };
        let limit = raised(MAX_VALUE);
        if len > limit {
            return Err(Damage::TooLong { len, limit });
        }
        let start = self
            .offset(number)
            .ok_or_else(|| damage("lies outside the file"))?;
        if start + HEADER as u64 + len > self.len {
            return Err(damage("has data beyond the end of the file"));
        }
        let mut bytes = read_at(&mut self.file, start, HEADER + len as usize)?;
        if u16_at(&bytes, 10) & OVERFLOW == 0 {
            return Err(damage("is no overflow page"));
        }
        bytes.drain(..HEADER);
        Ok(bytes)
    }

    fn page(&mut self, number: u64) -> Result<Page, Damage> {
        let start = self
            .offset(number)
            .filter(|start| start + self.page_size as u64 <= self.len);
        let start = start.ok_or(Damage::Page {
            page: number,
            what: "lies outside the file",
        })?;
        let bytes = read_at(&mut self.file, start, self.page_size)?;
        Ok(Page { number, bytes })
    }

    /// Where a page starts, if that is within the file.
    fn offset(&self, number: u64) -> Option<u64> {
        number
            .checked_mul(self.page_size as u64)
            .filter(|start| *start < self.len)
    }
}

fn too_short(len: u64) -> Damage {
    Damage::Meta(format!("{len} bytes are too few"))
}

/// What a meta page says of the main database.
struct Meta {
    page_size: usize,
    flags: u16,
    entries: u64,
    root: u64,
    transaction: u64,
}

impl Meta {
    /// Reads the start of a meta page. After the page header: magic and version (u32 each), an
    /// address, the size of the map, two databases of 48 bytes (of free pages, whose first field
    /// is the page size, and the main one), the last page and the transaction.
    fn parse(bytes: &[u8]) -> Result<Self, Damage> {
        let magic = u32_at(bytes, 16);
        if magic != MAGIC {
            let swapped = magic == MAGIC.swap_bytes();
            let reason = if swapped {
                "written on a big-endian machine"
            } else {
                "the magic number is not there"
            };
            return Err(Damage::Meta(reason.into()));
        }
        let version = u32_at(bytes, 20);
        if version != VERSION {
            return Err(Damage::Meta(format!(
                "format version {version}, not {VERSION}"
            )));
        }
        if u16_at(bytes, 10) & META == 0 {
            return Err(Damage::Meta("the first page is no meta page".into()));
        }
        let page_size = u32_at(bytes, 40) as usize;
        if !(512..=65536).contains(&page_size) || !page_size.is_power_of_two() {
            return Err(Damage::Meta(format!("a page size of {page_size}")));
        }
        let (flags, entries, root) = (u16_at(bytes, 92), u64_at(bytes, 120), u64_at(bytes, 128));
        Ok(Self {
            page_size,
            flags,
            entries,
            root,
            transaction: u64_at(bytes, 144),
        })
    }
}

/// A branch or leaf page.
struct Page {
    number: u64,
    bytes: Vec<u8>,
}

/// One entry of a page.
struct Node<'a> {
    key: &'a [u8],
    /// Of the data, in a leaf.
    size: u32,
    flags: u16,
    /// What follows the key, to the end of the page.
    rest: &'a [u8],
}

impl Page {
    fn damage(&self, what: &'static str) -> Damage {
        Damage::Page {
            page: self.number,
            what,
        }
    }

    fn flags(&self) -> u16 {
        u16_at(&self.bytes, 10)
    }

    fn n_nodes(&self) -> Result<usize, Damage> {
        let end = usize::from(u16_at(&self.bytes, 12));
        match end.checked_sub(HEADER) {
            Some(offsets) if end <= self.bytes.len() => Ok(offsets / 2),
            _ => Err(self.damage("has a list of nodes that does not fit it")),
        }
    }

    /// The node with this index, which must be below [`n_nodes`](Self::n_nodes).
    fn node(&self, index: usize) -> Result<Node<'_>, Damage> {
        let outside = || self.damage("has a node that does not fit it");
        let start = usize::from(u16_at(&self.bytes, HEADER + 2 * index));
        let node = self
            .bytes
            .get(start..)
            .filter(|node| node.len() >= NODE_HEADER)
            .ok_or_else(outside)?;
        let key_end = NODE_HEADER + usize::from(u16_at(node, 6));
        let key = node.get(NODE_HEADER..key_end).ok_or_else(outside)?;
        Ok(Node {
            key,
            size: u32_at(node, 0),
            flags: u16_at(node, 4),
            rest: &node[key_end..],
        })
    }

    /// The page on which a key must be: that of the last node whose key is not greater. The first
    /// node's key is not stored, it stands for everything smaller.
    fn child(&self, key: &[u8]) -> Result<u64, Damage> {
        let n = self.n_nodes()?;
        if n == 0 {
            return Err(self.damage("is a branch without nodes"));
        }
        let mut child = self.node(0)?;
        for index in 1..n {
            let node = self.node(index)?;
            if node.key > key {
                break;
            }
            child = node;
        }
        Ok(u64::from(child.size) | u64::from(child.flags) << 32)
    }
}

/// Reads exactly `len` bytes; the caller has made sure that the file is that long, or that `len`
/// is small.
fn read_at(file: &mut (impl Read + Seek), start: u64, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; len];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[at..at + N]);
    array
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes_at(bytes, at))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes_at(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes_at(bytes, at))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use super::*;

    /// Four records, and thirteen on two levels with one in overflow pages, by
    /// `tests/fixtures/lmdb/make.py`.
    const FILES: [&[u8]; 2] = [
        include_bytes!("../../tests/fixtures/lmdb/valid/kinds/data.mdb"),
        include_bytes!("../../tests/fixtures/lmdb/valid/two_levels/data.mdb"),
    ];

    /// How many of the records 0 to 12 are there; `None` if one cannot be read.
    fn found(bytes: &[u8]) -> Option<usize> {
        let mut tree = Tree::open(Cursor::new(bytes)).ok()?;
        let values = (0..13).map(|key| tree.get(key.to_string().as_bytes()).ok());
        let values: Option<Vec<_>> = values.collect();
        Some(values?.iter().flatten().count())
    }

    #[test]
    fn every_key_is_found_and_no_other() {
        assert_eq!(FILES.map(found), [Some(4), Some(13)]);
        for bytes in FILES {
            let mut tree = Tree::open(Cursor::new(bytes)).unwrap();
            for key in ["", "00", "x", "num_example", "num_examples_", "\u{ffff}"] {
                assert_eq!(tree.get(key.as_bytes()).unwrap(), None, "{key:?}");
            }
        }
    }

    #[test]
    fn a_value_of_several_pages_is_whole() {
        let value = Tree::open(Cursor::new(FILES[1]))
            .unwrap()
            .get(b"12")
            .unwrap()
            .unwrap();
        assert_eq!(value.iter().filter(|byte| **byte == b'x').count(), 9000);
        assert_eq!(value.last(), Some(&b'.'), "the end of a pickle");
    }

    /// The bytes of the pages' headers and lists of nodes, and all others that are not zero nor
    /// filler, changed: an answer, always.
    #[test]
    fn a_damaged_file_never_panics() {
        for bytes in FILES {
            let mut damaged = bytes.to_vec();
            let (mut refused, mut read) = (0, 0);
            let counts = |at: &usize| at % 4096 < 64 || !matches!(bytes[*at], 0 | b'x');
            for at in (0..bytes.len()).filter(counts) {
                for value in [0, 0xff] {
                    damaged[at] = value;
                    *found(&damaged).map_or(&mut refused, |_| &mut read) += 1;
                }
                damaged[at] = bytes[at];
            }
            assert!(refused > 10 && read > 10, "{refused} refused, {read} read");
        }
    }

    #[test]
    fn a_file_cut_anywhere_never_panics() {
        for (bytes, whole) in FILES.into_iter().zip([4, 13]) {
            for end in (0..bytes.len()).step_by(7) {
                assert!(
                    found(&bytes[..end]).is_none_or(|n| n == whole),
                    "cut to {end}"
                );
            }
        }
    }
}
