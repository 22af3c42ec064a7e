//! That it makes no difference how weights are stored, and that nothing in a file is trusted.

#![allow(clippy::unwrap_used)]

mod converted;
mod damaged;
mod formats;
mod hostile;
mod large;
mod made;
mod names;
mod shards;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ::safetensors::Dtype;

use super::locate::Weights;
use super::store::Store;
use crate::error::Error;

/// What a store holds of each tensor.
type Contents = BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)>;

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/reference")
        .join(name)
}

/// Everything in a store.
fn contents(store: &Store<'_>) -> Result<Contents, Error> {
    let content = |(name, stored): (&str, &super::stored::Stored)| {
        let bytes = store.read(name).unwrap()?;
        assert_eq!(bytes.len(), stored.byte_len(), "{name}");
        let content = (stored.dtype, stored.shape.clone(), bytes.to_vec());
        Ok((name.to_owned(), content))
    };
    store.tensors().map(content).collect()
}

/// Everything in a file, or in the files of an index.
fn read(path: impl AsRef<Path>) -> Result<Contents, Error> {
    contents(&Store::open(&Weights::at(path.as_ref().to_owned()))?)
}

/// The error of a file with these bytes, which must be the same in memory and name the file on disk.
fn error(bytes: &[u8]) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights");
    fs::write(&path, bytes).unwrap();
    let error = read(&path).unwrap_err();
    let name = path.display().to_string();
    let message = error.to_string();
    assert!(message.starts_with(&name), "{message}");
    let in_memory = Store::from_bytes(bytes).and_then(|store| contents(&store));
    let in_memory = in_memory.unwrap_err().to_string();
    assert_eq!(message.replace(&name, "model.safetensors"), in_memory);
    error
}

/// The message of such an error without the file's name, and those of its causes.
fn reasons(bytes: &[u8]) -> String {
    let error = error(bytes);
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        message = format!("{message}: {error}");
        cause = error.source();
    }
    message.split_once(": ").unwrap().1.to_owned()
}
