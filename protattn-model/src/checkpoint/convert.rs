//! Weights of any format, written as one safetensors file.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use protattn_io::replace::{self, Replacement};
use safetensors::tensor::{Metadata, TensorInfo};

use super::folder;
use super::locate::Weights;
use super::store::Store;
use super::stored::Stored;
use crate::error::Error;
use crate::info::Dtype;

/// The name of the file in a folder.
const NAME: &str = "model.safetensors";
/// The key of a header under which there is no tensor.
const METADATA: &str = "__metadata__";
/// Headers are filled up with spaces, so that the tensors begin at a multiple of this.
const ALIGNMENT: usize = 8;
/// How much larger than the weights themselves the output may be. Tensors that share a storage are
/// each written in full; more than a few that share the same are not a model but an attack.
const MAX_GROWTH: u64 = 8;

/// What to do where there is a file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfExists {
    /// Leave it and give an error.
    Fail,
    /// Replace it when the new one is complete.
    Replace,
}

/// What [`convert`] has written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Converted {
    /// The file.
    pub path: PathBuf,
    /// The number of its tensors.
    pub tensors: usize,
    /// Its size in bytes.
    pub bytes: u64,
    /// For each number format, how many tensors are stored in it.
    pub dtypes: BTreeMap<Dtype, usize>,
}

/// Writes weights of any format that is read as one safetensors file.
///
/// `weights` is a folder, of which the files are taken that [`Model::load`](crate::Model::load)
/// would take, or a file of weights or an index of such files. `output` is the file to write, or a
/// folder in which it is to be called `model.safetensors`.
///
/// All tensors are written as they are stored, in number format and name, those of task heads and
/// of whole numbers too. Tensors that share a storage are each written in full, and those whose
/// elements do not follow each other in the order of their indices are put in order. A model
/// loaded from the result is the same to the bit. One tensor at a time is in memory. The file is
/// written under a temporary name and renamed when it is complete.
///
/// ```
/// use protattn_model::{IfExists, convert};
///
/// let folder = tempfile::tempdir()?;
/// let header = br#"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#;
/// let mut weights = (header.len() as u64).to_le_bytes().to_vec();
/// weights.extend(header);
/// weights.extend([0x00, 0x3e, 0x00, 0xc0]);
/// let input = folder.path().join("weights.safetensors");
/// std::fs::write(&input, weights)?;
///
/// let converted = convert(&input, folder.path(), IfExists::Fail)?;
/// assert_eq!(converted.path, folder.path().join("model.safetensors"));
/// let dtypes: Vec<_> = converted.dtypes.iter().map(|(d, n)| (d.to_string(), *n)).collect();
/// assert_eq!(dtypes, [("F16".to_owned(), 1)]);
/// assert!(convert(&input, folder.path(), IfExists::Fail).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Exists`] if there is a file and it is not to be replaced; [`Error::Write`] if the file
/// cannot be written; otherwise as [`Model::load`](crate::Model::load), for the weights.
pub fn convert(
    weights: impl AsRef<Path>,
    output: impl AsRef<Path>,
    if_exists: IfExists,
) -> Result<Converted, Error> {
    let (weights, output) = (weights.as_ref(), output.as_ref());
    let path = if output.is_dir() {
        output.join(NAME)
    } else {
        output.to_owned()
    };
    if if_exists == IfExists::Fail && path.exists() {
        return Err(Error::Exists { path });
    }
    let weights = if weights.is_dir() {
        folder::weights(weights)?
    } else {
        Weights::at(weights.to_owned())
    };
    let store = Store::open(&weights)?;
    let mut tensors: Vec<_> = store.tensors().collect();
    // As others write the format: the widest elements first, so that all are aligned.
    tensors.sort_by_key(|(name, stored)| (Reverse(stored.dtype), *name));
    let header = header(&store, &tensors, &path)?;
    let bytes = write(&store, &tensors, &header, &path)?;
    let mut dtypes = BTreeMap::new();
    for (_, stored) in &tensors {
        *dtypes.entry(Dtype(stored.dtype)).or_default() += 1;
    }
    Ok(Converted {
        tensors: tensors.len(),
        path,
        bytes,
        dtypes,
    })
}

/// The header for tensors in this order, filled up with spaces.
fn header(store: &Store<'_>, tensors: &[(&str, &Stored)], path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |message: String| write_error(path, io::Error::other(message));
    if store.get(METADATA).is_some() {
        return Err(failed(format!("no tensor can have the name `{METADATA}`")));
    }
    let mut end = 0_u64;
    let mut infos = Vec::with_capacity(tensors.len());
    for (name, stored) in tensors {
        let start = end;
        end = end.saturating_add(stored.byte_len() as u64);
        if end > store.length().saturating_mul(MAX_GROWTH) {
            return Err(failed(format!(
                "the tensors would take more than {MAX_GROWTH} times the {} bytes that they have",
                store.length()
            )));
        }
        let info = TensorInfo {
            dtype: stored.dtype,
            shape: stored.shape.clone(),
            data_offsets: (start as usize, end as usize),
        };
        infos.push(((*name).to_owned(), info));
    }
    // transformers reads no file that does not say this.
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    let metadata = Metadata::new(Some(metadata), infos).map_err(|e| failed(e.to_string()))?;
    let mut header = serde_json::to_vec(&metadata).map_err(|e| failed(e.to_string()))?;
    header.resize(header.len().next_multiple_of(ALIGNMENT), b' ');
    Ok(header)
}

/// Writes the file; gives its size.
fn write(
    store: &Store<'_>,
    tensors: &[(&str, &Stored)],
    header: &[u8],
    path: &Path,
) -> Result<u64, Error> {
    let failed = |source| write_error(path, source);
    let (replacement, file) = Replacement::create(path).map_err(failed)?;
    let mut out = BufWriter::new(file);
    let size = (header.len() as u64).to_le_bytes();
    out.write_all(&size).map_err(failed)?;
    out.write_all(header).map_err(failed)?;
    let mut written = (size.len() + header.len()) as u64;
    for (name, _) in tensors {
        if let Some(bytes) = store.read(name) {
            let bytes = bytes?;
            out.write_all(&bytes).map_err(failed)?;
            written += bytes.len() as u64;
        }
    }
    out.flush()
        .and_then(|()| replace::sync(out.get_ref()))
        .map_err(failed)?;
    drop(out);
    replacement.finish().map_err(failed)?;
    Ok(written)
}

fn write_error(path: &Path, source: io::Error) -> Error {
    Error::Write {
        path: path.to_owned(),
        source,
    }
}
