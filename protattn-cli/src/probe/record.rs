//! `run.json` of a run of `probe`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::args::ProbeArgs;
use crate::record::{self, DataRecord, FILE_NAME, ModelRecord, ReadSettings, Skipped};

/// One run of `probe`.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct ProbeRecord {
    /// The command line, program name first.
    pub(crate) command: Vec<String>,
    /// The version of protattn.
    pub(crate) version: String,
    pub(crate) model: ModelRecord,
    /// The data that were trained on, and those that probes are judged by.
    pub(crate) train: Vec<DataRecord>,
    pub(crate) eval: Vec<DataRecord>,
    /// Everything that decides the numbers, beside model and data, by the names of the flags.
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) reading: ReadSettings,
    /// Proteins that were read for training, and for evaluation.
    pub(crate) train_proteins: usize,
    pub(crate) eval_proteins: usize,
    pub(crate) skipped: Vec<Skipped>,
    /// Odd but usable data, and fits that did not converge.
    pub(crate) warnings: Vec<String>,
    /// Wall-clock seconds from the first argument to the last table.
    pub(crate) seconds: f64,
}

impl ProbeRecord {
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE_NAME);
        let text =
            std::fs::read(&path).with_context(|| format!("{}: cannot be read", path.display()))?;
        serde_json::from_slice(&text)
            .with_context(|| format!("{}: is not a record of probes", path.display()))
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        record::write(self, folder)
    }
}

/// Everything that decides the features and, after that, the table.
pub(super) fn settings(args: &ProbeArgs) -> [BTreeMap<String, String>; 2] {
    let records = |ranges: &Option<crate::args::Ranges>| match (ranges, args.limit) {
        (Some(ranges), _) => ranges.to_string(),
        (None, Some(limit)) => format!("the first {limit} of each set"),
        (None, None) => "all".to_owned(),
    };
    let list = |numbers: &[f64]| {
        let texts: Vec<String> = numbers.iter().map(f64::to_string).collect();
        texts.join(",")
    };
    let mut kinds: Vec<&str> = args.features.iter().map(|kind| kind.name()).collect();
    kinds.sort_unstable();
    let features = [
        ("--train-records", records(&args.train_records)),
        ("--eval-records", records(&args.eval_records)),
        ("--task", args.task.join(",")),
        ("--features", kinds.join(",")),
        ("--layers", args.layers.to_string()),
        ("--max-tokens", args.max_tokens.to_string()),
        ("--negative-rate", args.negative_rate.to_string()),
        ("--contact-atom", args.contact.atom_name()),
        (
            "--contact-distance",
            args.contact.contact_distance.to_string(),
        ),
        ("--min-separation", args.contact.min_separation.to_string()),
        ("--seed", args.seed.to_string()),
    ];
    let fits = [
        ("--l2", list(&args.l2)),
        ("--l1", args.l1.to_string()),
        ("--folds", args.folds.to_string()),
        (
            "--class-weight",
            format!("{:?}", args.class_weight).to_lowercase(),
        ),
        ("--no-standardize", args.no_standardize.to_string()),
        ("--no-control", args.no_control.to_string()),
        ("--bootstrap", args.bootstrap.to_string()),
    ];
    let owned = |(name, value): (&str, String)| (name.to_owned(), value);
    [
        features.into_iter().map(owned).collect(),
        fits.into_iter().map(owned).collect(),
    ]
}

/// What must be the same for a run to be resumed, by name.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Identity(pub(super) BTreeMap<String, String>);

impl Identity {
    /// That of a run with these settings.
    pub(super) fn new(record: &ProbeRecord, settings: BTreeMap<String, String>) -> Result<Self> {
        let mut all = settings;
        all.insert("version".to_owned(), record.version.clone());
        all.insert("model".to_owned(), record.model.sha256.clone());
        all.insert("--precision".to_owned(), record.model.precision.clone());
        let reading = serde_json::to_string(&record.reading)?;
        all.insert("reading of the data".to_owned(), reading);
        for (name, sets) in [("--train", &record.train), ("--eval", &record.eval)] {
            let sums: Vec<&str> = sets.iter().map(|set| set.sha256.as_str()).collect();
            all.insert(name.to_owned(), sums.join(","));
        }
        Ok(Self(all))
    }

    /// Writes it to a folder or, to resume, compares it with what is there. Whether there is anything
    /// to take up.
    pub(super) fn settle(&self, folder: &Path, resume: bool) -> Result<bool> {
        let path = folder.join("settings.json");
        let there = std::fs::read(&path).ok().filter(|_| resume);
        let Some(text) = there else {
            // The settings first: what is killed in between leaves nothing to take up.
            crate::output::remove(&path)?;
            forget(folder)?;
            crate::output::write(&path, &serde_json::to_vec_pretty(self)?)?;
            return Ok(false);
        };
        let before: Self = serde_json::from_slice(&text).with_context(|| {
            format!(
                "{}: is damaged; start anew without --resume",
                path.display()
            )
        })?;
        let names = self.0.keys().chain(before.0.keys());
        for name in names {
            let (was, is) = (before.0.get(name), self.0.get(name));
            if was != is {
                let said =
                    |value: Option<&String>| value.map_or("not given", String::as_str).to_owned();
                bail!(
                    "--resume: {} is of another run: {name} was {}, and is {}; start anew without \
                     --resume, or in another folder",
                    folder.display(),
                    said(was),
                    said(is)
                );
            }
        }
        Ok(true)
    }
}

/// Removes what an earlier run left in a folder, and nothing else.
fn forget(folder: &Path) -> Result<()> {
    let listed = std::fs::read_dir(folder)
        .with_context(|| format!("{}: cannot be read", folder.display()))?;
    for entry in listed {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let of_part = ["hidden-", "attention-"]
            .iter()
            .any(|start| name.starts_with(start));
        let kind = [".f32", ".parquet", ".json"]
            .iter()
            .any(|end| name.ends_with(end));
        if of_part && kind || name == super::collect::DONE {
            crate::output::remove(&folder.join(name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn another_run_is_not_resumed_and_the_difference_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let of = |value: &str| {
            let settings = [("--l2", value)].map(|(a, b)| (a.to_owned(), b.to_owned()));
            Identity::new(&ProbeRecord::default(), settings.into()).unwrap()
        };
        assert!(!of("1").settle(folder.path(), true).unwrap());
        assert!(of("1").settle(folder.path(), true).unwrap());
        let error = of("10")
            .settle(folder.path(), true)
            .unwrap_err()
            .to_string();
        assert!(error.contains("--l2 was 1, and is 10"), "{error}");
        let left = ["hidden-00.parquet", "attention-01.task-0.f32", "done.txt"];
        let others = ["hidden.txt", "notes.json"];
        for name in left.iter().chain(&others) {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert!(!of("10").settle(folder.path(), false).unwrap());
        assert!(left.iter().all(|name| !folder.path().join(name).exists()));
        assert!(others.iter().all(|name| folder.path().join(name).exists()));
        assert!(of("10").settle(folder.path(), true).unwrap());
    }
}
