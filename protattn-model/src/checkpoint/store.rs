//! The tensors of one or several files.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;

use super::file::{Bytes, WeightsFile};
use super::format;
use super::index::Index;
use super::locate::Weights;
use super::stored::Stored;
use crate::error::Error;

/// All tensors of a model, by name, and the files that they are in.
pub(super) struct Store<'a> {
    files: Vec<WeightsFile<'a>>,
    /// For each tensor its file and where it is in it.
    tensors: BTreeMap<String, (usize, Stored)>,
}

impl<'a> Store<'a> {
    /// Opens all files and reads what they say of their tensors.
    pub(super) fn open(weights: &Weights) -> Result<Self, Error> {
        match weights {
            Weights::File(path) => Self::of_files([WeightsFile::open(path)?]),
            Weights::Index(path) => Self::of_shards(&Index::read(path)?),
        }
    }

    /// Reads what a file in memory says of its tensors.
    pub(super) fn from_bytes(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::of_files([WeightsFile::from_bytes(bytes)])
    }

    fn of_shards(index: &Index) -> Result<Self, Error> {
        let paths = index.paths()?;
        let files: Result<Vec<_>, _> = paths.iter().map(|path| WeightsFile::open(path)).collect();
        let store = Self::of_files(files?)?;
        for (name, path) in index.tensors() {
            let held = store.tensors.get(name);
            if held.is_none_or(|(file, _)| store.files[*file].path() != path) {
                return Err(Error::Weights {
                    file: path,
                    reason: format!("has no tensor `{name}`, which the index says is there"),
                });
            }
        }
        Ok(store)
    }

    fn of_files(files: impl IntoIterator<Item = WeightsFile<'a>>) -> Result<Self, Error> {
        let mut store = Self {
            files: Vec::new(),
            tensors: BTreeMap::new(),
        };
        for file in files {
            for (name, stored) in format::tensors(&file)? {
                if let Some((other, _)) = store.tensors.get(&name) {
                    let other = store.files[*other].path().display();
                    let reason = format!("holds the tensor `{name}`, which {other} holds as well");
                    return Err(file.malformed(reason));
                }
                store.tensors.insert(name, (store.files.len(), stored));
            }
            store.files.push(file);
        }
        Ok(store)
    }

    /// The paths of the files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(WeightsFile::path)
    }

    /// The size of all files in bytes.
    pub(super) fn length(&self) -> u64 {
        self.files.iter().map(WeightsFile::length).sum()
    }

    /// All tensors in the order of their names.
    pub(super) fn tensors(&self) -> impl Iterator<Item = (&str, &Stored)> {
        let tensors = self.tensors.iter();
        tensors.map(|(name, (_, stored))| (name.as_str(), stored))
    }

    /// What is known of a tensor.
    pub(super) fn get(&self, name: &str) -> Option<&Stored> {
        self.tensors.get(name).map(|(_, stored)| stored)
    }

    /// The elements of a tensor, the last axis running fastest; `None` if there is no such tensor.
    pub(super) fn read(&self, name: &str) -> Option<Result<Bytes<'a>, Error>> {
        let (file, stored) = self.tensors.get(name)?;
        Some(stored.read(&self.files[*file]))
    }

    /// Up to three names that share the most parts with this one, and among those the ones that
    /// begin alike the longest.
    pub(super) fn nearest(&self, name: &str) -> Vec<String> {
        let shared = |other: &str| {
            let parts: Vec<_> = other.split('.').collect();
            name.split('.').filter(|part| parts.contains(part)).count()
        };
        let alike = |other: &str| {
            let pairs = name.bytes().zip(other.bytes());
            pairs.take_while(|(a, b)| a == b).count()
        };
        let mut names: Vec<_> = self.tensors.keys().collect();
        names.sort_by_cached_key(|other| (Reverse((shared(other), alike(other))), *other));
        names.into_iter().take(3).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_nearest_names_share_the_most_parts() {
        let header = r#"{"x.layer.0.key.bias":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},
            "x.layer.0.key.weights":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},
            "y":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},
            "z":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#;
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        let nearest = Store::from_bytes(&bytes)
            .unwrap()
            .nearest("layer.0.key.weight");
        assert_eq!(
            nearest,
            ["x.layer.0.key.bias", "x.layer.0.key.weights", "y"]
        );
    }
}
