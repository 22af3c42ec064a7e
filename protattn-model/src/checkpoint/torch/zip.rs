//! The format since PyTorch 1.6: a zip archive of `NAME/data.pkl`, the state dict, and
//! `NAME/data/KEY`, the storages, all of them stored as they are.
//!
//! Checksums are not compared, as little as in a safetensors file, which has none.

use protattn_io::pickle;
use protattn_io::zip::{Archive, Entry, Error as ZipError};

use super::state_dict::{self, MAX_PICKLE, Region, unreadable};
use crate::checkpoint::file::WeightsFile;
use crate::checkpoint::stored::Stored;
use crate::error::Error;

const STATE_DICT: &str = "/data.pkl";
/// Says `little` or `big`; not there before PyTorch 2.1, which knew little-endian files alone.
const BYTE_ORDER: &str = "/byteorder";

/// The tensors of a file of this format.
pub(in crate::checkpoint) fn tensors(
    file: &WeightsFile<'_>,
) -> Result<Vec<(String, Stored)>, Error> {
    let archive = archive(file)?;
    let get = |name: String| archive.get(&name).map(region);
    let (name, state_dict) = state_dict(file, &archive)?;
    if let Some(order) = get(format!("{name}{BYTE_ORDER}")) {
        check_byte_order(file, order)?;
    }
    let Region { offset, length } = state_dict;
    if length > MAX_PICKLE as u64 {
        return Err(file.malformed(format!(
            "has a state dict of {length} bytes, more than the {MAX_PICKLE} that are read"
        )));
    }
    let bytes = file.bytes(offset, length as usize)?;
    let pickle = pickle::read(&bytes).map_err(|source| unreadable(file, offset, source))?;
    state_dict::tensors(file, &pickle, |key| get(format!("{name}/data/{key}")))
}

/// The directory, of which no entry is compressed.
fn archive(file: &WeightsFile<'_>) -> Result<Archive, Error> {
    let archive = file.archive().map_err(|error| match error {
        ZipError::Io(source) => Error::io(file.path())(source),
        other => file.malformed(other.to_string()),
    })?;
    let mut entries = archive.entries();
    let compressed = entries.find(|(_, entry)| entry.method != 0 || entry.packed != entry.size);
    if let Some((name, Entry { method, .. })) = compressed {
        return Err(file.malformed(format!(
            "has a compressed entry `{name}` (method {method}); PyTorch compresses nothing"
        )));
    }
    drop(entries);
    Ok(archive)
}

fn region(entry: Entry) -> Region {
    Region {
        offset: entry.offset,
        length: entry.size,
    }
}

/// The name that all entries have in front, and where the state dict is.
fn state_dict<'n>(
    file: &WeightsFile<'_>,
    archive: &'n Archive,
) -> Result<(&'n str, Region), Error> {
    let mut found = archive.entries().filter_map(|(name, entry)| {
        let name = name.strip_suffix(STATE_DICT)?;
        (!name.contains('/')).then_some((name, region(entry)))
    });
    match (found.next(), found.next()) {
        (Some(found), None) => Ok(found),
        (None, _) => Err(file.malformed("is a zip archive without `data.pkl`, not a checkpoint")),
        (Some(_), Some(_)) => Err(file.malformed("is a zip archive with several `data.pkl`")),
    }
}

fn check_byte_order(file: &WeightsFile<'_>, entry: Region) -> Result<(), Error> {
    let order = file.bytes(entry.offset, entry.length.min(16) as usize)?;
    if &order[..] == b"little" {
        Ok(())
    } else {
        let order = String::from_utf8_lossy(&order);
        Err(file.malformed(format!(
            "has the byte order `{order}`, only `little` is read"
        )))
    }
}
