//! Weights in several files, by the index beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use super::folder::read_small;
use super::unique::UniqueKeys;
use crate::error::Error;

/// What `model.safetensors.index.json` and `pytorch_model.bin.index.json` hold that matters.
#[derive(Deserialize)]
struct Keys {
    /// For each tensor, the file that holds it.
    weight_map: UniqueKeys<String>,
}

/// Which file of a folder holds which tensor.
pub(super) struct Index {
    path: PathBuf,
    folder: PathBuf,
    files: BTreeMap<String, String>,
}

impl Index {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let text = read_small(path)?;
        let keys: Keys = serde_json::from_slice(&text).map_err(|source| Error::Index {
            file: path.to_owned(),
            source,
        })?;
        let index = Self {
            path: path.to_owned(),
            folder: path.parent().unwrap_or(Path::new("")).to_owned(),
            files: keys.weight_map.0,
        };
        if index.files.is_empty() {
            return Err(index.malformed("names no tensors".to_owned()));
        }
        Ok(index)
    }

    /// The files, each once.
    pub(super) fn paths(&self) -> Result<Vec<PathBuf>, Error> {
        let names: BTreeSet<_> = self.files.values().collect();
        names.into_iter().map(|name| self.shard(name)).collect()
    }

    /// Each tensor with the file that holds it.
    pub(super) fn tensors(&self) -> impl Iterator<Item = (&str, PathBuf)> {
        let tensors = self.files.iter();
        tensors.map(|(name, file)| (name.as_str(), self.folder.join(file)))
    }

    /// The path of a file, which must be one of the same folder.
    fn shard(&self, name: &str) -> Result<PathBuf, Error> {
        let mut components = Path::new(name).components();
        let plain = matches!(components.next(), Some(Component::Normal(only)) if only == name);
        if !plain {
            return Err(self.malformed(format!("names `{name}`, not a file of its own folder")));
        }
        let path = self.folder.join(name);
        if path.exists() {
            Ok(path)
        } else {
            Err(self.malformed(format!("names `{name}`, which is not in its folder")))
        }
    }

    fn malformed(&self, reason: String) -> Error {
        Error::Weights {
            file: self.path.clone(),
            reason,
        }
    }
}
