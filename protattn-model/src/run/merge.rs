//! The shards of one run, brought together.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::begin::{begin_folder, of_folder};
use super::journal::{Found, add_once};
use super::saved::{Saved, Series};
use super::{About, Error, Shards, Sum, ranges};

/// The sum of the shards of a run.
#[derive(Debug)]
pub struct Merged<S, T> {
    /// What they are of; `shards` says which there are, if some are missing.
    pub about: About<S>,
    /// What was found in all of them.
    pub sum: T,
    /// Shards that are missing, from 1.
    pub missing: Vec<u32>,
}

/// What a folder for results has saved, if anything; its `analysis` says of which kind.
///
/// # Errors
/// [`Error::File`] or [`Error::Damaged`] if it cannot be read.
pub fn saved_about(folder: &Path) -> Result<Option<About<Value>>, Error> {
    Ok(of_folder(folder)?.map(|(_, about)| about))
}

/// Adds up the sums of this name that the shards in these folders saved, in any order of the folders.
/// With `partial`, the folder for results of a merge that takes what there is though shards are
/// missing: the sum is saved there, to be merged with the others later.
///
/// # Errors
/// [`Error::Merge`] if shards are missing, double, or of different runs; [`Error::Incomplete`] if one
/// is not done; those of reading and writing what is saved.
pub fn merge<S: Clone + Serialize + DeserializeOwned, T: Sum>(
    folders: &[PathBuf],
    name: &'static str,
    partial: Option<&Path>,
) -> Result<Merged<S, T>, Error> {
    add_up(folders, name, partial, None)
}

/// As [`merge`], and the sums are added to one that has nothing in it: for those of which it matters
/// how they begin, as one with a [`Spool`](super::Spool) in a certain folder.
///
/// # Errors
/// As [`merge`].
pub fn merge_into<S: Clone + Serialize + DeserializeOwned, T: Sum>(
    empty: T,
    folders: &[PathBuf],
    name: &'static str,
    partial: Option<&Path>,
) -> Result<Merged<S, T>, Error> {
    add_up(folders, name, partial, Some(empty))
}

fn add_up<S: Clone + Serialize + DeserializeOwned, T: Sum>(
    folders: &[PathBuf],
    name: &'static str,
    partial: Option<&Path>,
    mut sum: Option<T>,
) -> Result<Merged<S, T>, Error> {
    let inputs = folders.iter().map(|folder| Input::<S>::open(folder));
    let inputs: Vec<Input<S>> = inputs.collect::<Result<_, _>>()?;
    let mut about = together(&inputs)?;
    let shards = about.record.shards.as_ref();
    let missing = shards.map(Shards::missing).unwrap_or_default();
    if !missing.is_empty() && partial.is_none() {
        return Err(Error::merge(format!(
            "of {} shards these are missing: {}; --partial merges the others",
            inputs[0].shards.of,
            ranges(&missing)
        )));
    }
    let mut series = match partial.filter(|_| !missing.is_empty()) {
        Some(folder) => Some(begin_folder(folder, &about)?.series(name)?),
        None => None,
    };
    for input in &inputs {
        input.add(name, &mut sum, series.as_mut())?;
    }
    if missing.is_empty() {
        about.record.shards = None;
    }
    let sum = sum.ok_or_else(|| Error::merge("there is nothing in any shard"))?;
    Ok(Merged {
        about,
        sum,
        missing,
    })
}

/// A folder to be merged.
struct Input<S> {
    folder: PathBuf,
    saved: Saved,
    about: About<S>,
    shards: Shards,
}

impl<S: Serialize + DeserializeOwned> Input<S> {
    fn open(folder: &Path) -> Result<Self, Error> {
        let shown = folder.display();
        let (saved, about) = of_folder::<S>(folder)?.ok_or_else(|| {
            Error::merge(format!(
                "{shown}: holds no shard; is this a folder that a run with --shard wrote?"
            ))
        })?;
        let shards = about.record.shards.clone().ok_or_else(|| {
            Error::merge(format!(
                "{shown}: holds what an interrupted run saved, not a shard; go on with --resume"
            ))
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            saved,
            about,
            shards,
        })
    }

    /// Adds what the shard found to the sum, and to the file of what is merged again.
    fn add<T: Sum>(
        &self,
        name: &'static str,
        sum: &mut Option<T>,
        mut series: Option<&mut Series>,
    ) -> Result<(), Error> {
        let mut all = HashSet::new();
        for found in self.saved.series(name)?.parts::<Found<T>>() {
            let found = found?;
            add_once(&mut all, &found.done)?;
            if let Some(series) = &mut series {
                series.append(&found)?;
            }
            match sum {
                Some(sum) => sum.add(found.sum)?,
                None => *sum = Some(found.sum),
            }
        }
        let (done, of) = (all.len(), self.about.record.sequences);
        if done == of {
            return Ok(());
        }
        Err(Error::Incomplete {
            folder: self.folder.clone(),
            shards: self.shards.to_string(),
            done,
            of,
            command: self.about.record.command.clone(),
        })
    }
}

/// What all of them are of, if it is one run.
fn together<S: Clone + Serialize>(inputs: &[Input<S>]) -> Result<About<S>, Error> {
    let Some((first, others)) = inputs.split_first() else {
        return Err(Error::merge("there is nothing to merge"));
    };
    for other in others {
        let called =
            [&first.folder, &other.folder].map(|folder| format!("in {}", folder.display()));
        let [one, two] = &called;
        let mut differences = first.about.differences(&other.about.record, [one, two])?;
        if first.shards.of != other.shards.of {
            let (of, also) = (first.shards.of, other.shards.of);
            differences.push(format!("there are {of} shards {one} and {also} {two}"));
        }
        if !differences.is_empty() {
            return Err(Error::merge(format!(
                "these shards are of different runs: {}",
                differences.join("; ")
            )));
        }
    }
    let mut places: BTreeMap<u32, &Path> = BTreeMap::new();
    for input in inputs {
        for number in &input.shards.numbers {
            if let Some(place) = places.insert(*number, &input.folder) {
                return Err(Error::merge(format!(
                    "shard {number}/{} is in {} and in {}: give it once",
                    input.shards.of,
                    place.display(),
                    input.folder.display()
                )));
            }
        }
    }
    let mut about = first.about.clone();
    about.record.shards = Some(Shards {
        numbers: places.into_keys().collect(),
        of: first.shards.of,
    });
    about.record.sequences = inputs
        .iter()
        .map(|input| input.about.record.sequences)
        .sum();
    Ok(about)
}
