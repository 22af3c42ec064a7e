//! `run.json`: what was done, with what, and what came of each record.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use protattn_io::source;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::args::Shard;

/// The name of the file in an output folder.
pub(crate) const FILE_NAME: &str = "run.json";

/// One run of `align`.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct RunRecord {
    /// The command line, program name first.
    pub(crate) command: Vec<String>,
    /// The arguments of `align` that give the same tables again, from any folder: `repeat` takes them.
    #[serde(default)]
    pub(crate) arguments: Vec<String>,
    /// The version of protattn.
    pub(crate) version: String,
    pub(crate) model: ModelRecord,
    pub(crate) data: Vec<DataRecord>,
    pub(crate) settings: Settings,
    /// Of the names and tokens of all proteins, in hexadecimal; the same whatever their order.
    #[serde(default)]
    pub(crate) sequences_sha256: String,
    /// Which shards these are, if not all that there is.
    #[serde(default)]
    pub(crate) shards: Option<Shards>,
    /// Proteins that at least one property was counted on.
    pub(crate) proteins: usize,
    /// Proteins counted for each property.
    pub(crate) proteins_by_property: BTreeMap<String, u64>,
    pub(crate) skipped: Vec<Skipped>,
    /// Odd but usable data.
    pub(crate) warnings: Vec<String>,
    /// For each property and class, how often a residue or pair has it regardless of attention;
    /// null where none could.
    pub(crate) backgrounds: BTreeMap<String, BTreeMap<String, Option<f64>>>,
    /// How the similarity of amino acids to attention agrees with BLOSUM62; null where it could not be
    /// told.
    #[serde(default)]
    pub(crate) similarity: Option<SimilarityRecord>,
    /// Wall-clock seconds from the first argument to the last table.
    pub(crate) seconds: f64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ModelRecord {
    pub(crate) name: String,
    /// The folder, or the id on the hub with the commit.
    #[serde(default)]
    pub(crate) source: String,
    pub(crate) family: String,
    pub(crate) layers: usize,
    pub(crate) heads: usize,
    /// Of the weights file, in hexadecimal.
    pub(crate) sha256: String,
    /// Of `config.json`, in hexadecimal; empty if there is none.
    #[serde(default)]
    pub(crate) config_sha256: String,
    /// How the weights were kept in memory; of runs before there was a choice, f32.
    #[serde(default = "f32_name")]
    pub(crate) precision: String,
    /// Whether the processor rounded the inputs of linear maps too.
    #[serde(default)]
    pub(crate) rounds_inputs: bool,
}

fn f32_name() -> String {
    crate::args::Precision::F32.name().to_owned()
}

/// The shares of a run that was divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shards {
    /// From 1, ascending.
    pub(crate) numbers: Vec<u32>,
    pub(crate) of: u32,
}

impl Shards {
    pub(crate) fn one(shard: Shard) -> Self {
        Self {
            numbers: vec![shard.number],
            of: shard.of,
        }
    }

    /// Those that are not here.
    pub(crate) fn missing(&self) -> Vec<u32> {
        let is_missing = |number: &u32| !self.numbers.contains(number);
        (1..=self.of).filter(is_missing).collect()
    }
}

impl fmt::Display for Shards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.numbers[..] {
            [number] => write!(f, "shard {number}/{}", self.of),
            _ => write!(f, "shards {} of {}", listed(&self.numbers), self.of),
        }
    }
}

/// Ascending numbers, with ranges for those that follow one another: `1-3, 7`.
pub(crate) fn listed(numbers: &[u32]) -> String {
    let ranges = numbers.chunk_by(|a, b| a + 1 == *b);
    let range = |range: &[u32]| match range {
        [first, .., last] => format!("{first}-{last}"),
        _ => range.iter().map(u32::to_string).collect(),
    };
    ranges.map(range).collect::<Vec<_>>().join(", ")
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DataRecord {
    pub(crate) path: String,
    /// Records read, before any selection.
    pub(crate) records: usize,
    /// Of all files that were read, one after the other; hexadecimal.
    pub(crate) sha256: String,
}

/// The correlation of the columns of `similarity.parquet`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SimilarityRecord {
    /// One letter each.
    pub(crate) amino_acids: String,
    /// Pearson's, over the pairs of amino acids.
    pub(crate) correlation: f64,
    /// As if pairs were independent.
    pub(crate) p_value: f64,
    /// Of Mantel's test, which permutes the amino acids.
    pub(crate) mantel_p_value: Option<f64>,
}

/// Everything that decides the numbers, beside model and data.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// Those looked for; `proteins_by_property` has those found.
    pub(crate) properties: Vec<String>,
    pub(crate) min_attention: f32,
    pub(crate) min_arcs: u64,
    pub(crate) max_tokens: usize,
    /// From 1.
    pub(crate) layers: Vec<usize>,
    pub(crate) records: crate::selection::Selection,
    pub(crate) contact_atom: String,
    pub(crate) min_separation: usize,
    pub(crate) contact_distance: f64,
    /// How the data were read; of runs before there was a choice, the defaults.
    #[serde(default)]
    pub(crate) reading: ReadSettings,
    /// Statistics of whole maps.
    #[serde(default)]
    pub(crate) metrics: Vec<String>,
    #[serde(default)]
    pub(crate) nulls: crate::nulls::NullSettings,
    /// Replicates of the bootstrap over proteins; 0 for none.
    #[serde(default)]
    pub(crate) bootstrap: usize,
    /// Of every draw.
    #[serde(default)]
    pub(crate) seed: u64,
    /// Whether the counts of each protein are written too.
    #[serde(default)]
    pub(crate) per_protein: bool,
}

/// The choices in reading that decide labels and sequences; the files of `--labels` and `--ids` stand
/// with the data.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ReadSettings {
    /// As `--data-format` has it; null where it was recognised.
    pub(crate) data_format: Option<String>,
    pub(crate) secondary_structure: String,
    pub(crate) binding_sites: String,
    /// In Å.
    pub(crate) ligand_distance: f32,
    pub(crate) unobserved: bool,
}

/// A record that was not counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Skipped {
    pub(crate) record: String,
    pub(crate) reason: String,
}

impl Skipped {
    pub(crate) fn record(record: &str, error: &dyn std::error::Error) -> Self {
        let mut reason = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            reason = format!("{reason}: {error}");
            cause = error.source();
        }
        Self {
            record: record.to_owned(),
            reason,
        }
    }
}

impl DataRecord {
    /// Describes the file or folder at `path`, which the reader calls `name`.
    pub(crate) fn of_path(name: &str, path: &Path, records: usize) -> Result<Self> {
        let mut digest = Sha256::new();
        for file in source::files(path)? {
            hash_file(&file, &mut digest)?;
        }
        Ok(Self {
            path: name.to_owned(),
            records,
            sha256: hexadecimal(&digest.finalize()),
        })
    }
}

impl RunRecord {
    /// Of this version, with so many proteins.
    pub(crate) fn new(proteins: usize) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            proteins,
            ..Self::default()
        }
    }

    pub(crate) fn read(folder: &Path) -> Result<Self> {
        Self::read_file(&folder.join(FILE_NAME))
    }

    pub(crate) fn read_file(path: &Path) -> Result<Self> {
        let text = std::fs::read(path).with_context(|| {
            format!(
                "{}: cannot be read; is this of a folder that `protattn align` wrote?",
                path.display()
            )
        })?;
        serde_json::from_slice(&text)
            .with_context(|| format!("{}: is not a record of a run", path.display()))
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        write(self, folder)
    }
}

/// Writes the record of a run of any command to its output folder.
pub(crate) fn write(record: &impl Serialize, folder: &Path) -> Result<()> {
    let mut text = serde_json::to_vec_pretty(record)?;
    text.push(b'\n');
    crate::output::write(&folder.join(FILE_NAME), &text)
}

/// The SHA-256 of a sequence of files, one after the other, in hexadecimal.
pub(crate) fn sha256_of_files(paths: &[PathBuf]) -> Result<String> {
    let mut digest = Sha256::new();
    for path in paths {
        hash_file(path, &mut digest)
            .with_context(|| format!("{}: cannot be read", path.display()))?;
    }
    Ok(hexadecimal(&digest.finalize()))
}

/// The SHA-256 of some bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hash_file(path: &Path, digest: &mut Sha256) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            n => digest.update(&buffer[..n]),
        }
    }
}

/// Bytes, two digits each.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_the_sum_of_its_files_in_order() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("b"), "c").unwrap();
        std::fs::write(folder.path().join("a"), "ab").unwrap();
        std::fs::write(folder.path().join(".hidden"), "x").unwrap();
        let record = DataRecord::of_path("set", folder.path(), 3).unwrap();
        // SHA-256 of "abc", FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(record.sha256, abc);
        assert_eq!(sha256(b"abc"), abc);
    }

    #[test]
    fn a_reason_holds_the_whole_chain_of_causes() {
        let error = protattn_metrics::Error::Property {
            protein: "1ubq.A".to_owned(),
            property: "charge".to_owned(),
            source: "the table has no such residue".into(),
        };
        let reason = Skipped::record("1ubq.A", &error).reason;
        assert!(reason.starts_with("1ubq.A: property charge"), "{reason}");
        assert!(
            reason.ends_with(": the table has no such residue"),
            "{reason}"
        );
    }
}
