//! The format before PyTorch 1.6: five pickles, then the storages.
//!
//! A magic number; the version 1001 of the format; a dict about the machine; the state dict; the
//! list of the storages' keys. Then for each key, in the order of the list, eight bytes with the
//! number of elements, and the elements. (`_legacy_save` in `torch/serialization.py` of PyTorch 2.)

use std::collections::HashMap;

use protattn_io::pickle::{self, Pickle};

use super::state_dict::{self, MAX_PICKLE, Region, unreadable};
use crate::checkpoint::file::{MAGIC, WeightsFile};
use crate::checkpoint::stored::Stored;
use crate::error::Error;

const VERSION: i64 = 1001;
/// Bytes before each storage, which hold the number of its elements.
const COUNT_BYTES: usize = 8;

/// The tensors of a file of this format.
pub(in crate::checkpoint) fn tensors(
    file: &WeightsFile<'_>,
) -> Result<Vec<(String, Stored)>, Error> {
    let window = file.window(0, MAX_PICKLE)?;
    let mut at = 0;
    let mut next = || -> Result<Pickle<'_>, Error> {
        let pickle =
            pickle::read(&window[at..]).map_err(|source| unreadable(file, at as u64, source))?;
        at += pickle.end();
        Ok(pickle)
    };
    if next()?.root().long_int() != Some(MAGIC) {
        return Err(file.malformed("does not begin with the magic number of PyTorch"));
    }
    if next()?.root().int() != Some(VERSION) {
        let reason = format!("is of another version of PyTorch's format than {VERSION}");
        return Err(file.malformed(reason));
    }
    let little_endian = next()?.root().get("little_endian").and_then(|v| v.flag());
    if little_endian != Some(true) {
        return Err(file.malformed("is not said to be little-endian, as it must be to be read"));
    }
    let state_dict = next()?;
    let keys = next()?;
    let regions = regions(file, &state_dict, &keys, at as u64)?;
    state_dict::tensors(file, &state_dict, |key| regions.get(key).copied())
}

/// Where each storage is; the first begins at `offset`.
fn regions(
    file: &WeightsFile<'_>,
    state_dict: &Pickle<'_>,
    keys: &Pickle<'_>,
    mut offset: u64,
) -> Result<HashMap<String, Region>, Error> {
    let sizes = element_sizes(file, state_dict)?;
    let list = keys.root().items();
    let list = list.ok_or_else(|| file.malformed("has no list of its storages"))?;
    let mut regions = HashMap::new();
    for key in list {
        let key = key.text().unwrap_or_default();
        let size = *sizes.get(key).ok_or_else(|| {
            file.malformed(format!(
                "holds the storage `{key}`, which it does not describe"
            ))
        })?;
        let count = file.bytes(offset, COUNT_BYTES)?;
        let (counts, _) = count.as_chunks();
        let count = counts.first().map_or(0, |count| u64::from_le_bytes(*count));
        offset += COUNT_BYTES as u64;
        let length = count.checked_mul(size as u64);
        let end = length.and_then(|length| offset.checked_add(length));
        let (Some(length), Some(end)) = (length, end.filter(|end| *end <= file.length())) else {
            return Err(file.malformed(format!(
                "claims {count} elements for the storage `{key}` at byte {offset}, but has only \
                 {} bytes; it is truncated",
                file.length()
            )));
        };
        if regions
            .insert(key.to_owned(), Region { offset, length })
            .is_some()
        {
            return Err(file.malformed(format!("holds the storage `{key}` twice")));
        }
        offset = end;
    }
    Ok(regions)
}

/// The bytes of an element of each storage that the state dict mentions.
fn element_sizes<'p>(
    file: &WeightsFile<'_>,
    state_dict: &'p Pickle<'_>,
) -> Result<HashMap<&'p str, usize>, Error> {
    let mut sizes = HashMap::new();
    for storage in state_dict.storages() {
        let size = storage.element.size();
        if *sizes.entry(storage.key).or_insert(size) != size {
            let reason = format!("has elements of two sizes in the storage `{}`", storage.key);
            return Err(file.malformed(reason));
        }
    }
    Ok(sizes)
}
