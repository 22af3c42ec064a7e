//! What was done, with what, and what came of each record.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use protattn_io::{DataRecord, ReadSettings, Skipped, replace, source};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Error, Shards};
use crate::{Model, Precision};

/// The name of the file that holds a [`Record`], in a folder of results.
pub const RECORD: &str = "run.json";

/// One run of an analysis with settings of type `S`: who asked for what, of which model and data, and
/// what was passed over.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Record<S> {
    /// The command line, program name first; empty if there was none.
    pub command: Vec<String>,
    /// The arguments that give the same results again, from any folder.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// The analysis: `align`, `probe`, `contacts`.
    pub analysis: String,
    /// The version of protattn.
    pub version: String,
    /// The model.
    pub model: ModelRecord,
    /// The data sets, and the tables of labels and lists that were read with them.
    pub data: Vec<DataRecord>,
    /// How the data were read.
    #[serde(default)]
    pub reading: ReadSettings,
    /// Everything else that decides the numbers.
    pub settings: S,
    /// The SHA-256 of the names and tokens of all records, in hexadecimal; the same whatever their
    /// order.
    pub sequences_sha256: String,
    /// Different sequences, in these shards.
    pub sequences: usize,
    /// Which shards these are, if not all that there is.
    #[serde(default)]
    pub shards: Option<Shards>,
    /// Proteins that the analysis used.
    pub proteins: usize,
    /// Records that were passed over, with the reason.
    pub skipped: Vec<Skipped>,
    /// Odd but usable data, and what the analysis found odd.
    pub warnings: Vec<String>,
    /// Wall-clock seconds.
    pub seconds: f64,
}

impl<S: Serialize + DeserializeOwned> Record<S> {
    /// Writes the record to a folder of results, with `results`, an object whose fields stand beside
    /// those of the record.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be written.
    pub fn write(&self, folder: &Path, results: &impl Serialize) -> Result<(), Error> {
        #[derive(Serialize)]
        struct Both<'a, S, R> {
            #[serde(flatten)]
            record: &'a Record<S>,
            #[serde(flatten)]
            results: &'a R,
        }
        let record = self;
        let text = serde_json::to_vec_pretty(&Both { record, results });
        let mut text = text.map_err(Error::analysis)?;
        text.push(b'\n');
        let path = folder.join(RECORD);
        replace::write(&path, &text).map_err(Error::file(&path, "written"))
    }

    /// Reads the record of a folder, and the results beside it.
    ///
    /// # Errors
    /// As [`read_file`](Self::read_file).
    pub fn read<R: DeserializeOwned>(folder: &Path) -> Result<(Self, R), Error> {
        Self::read_file(&folder.join(RECORD))
    }

    /// Reads a record, and the results beside it.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be read; [`Error::Damaged`] if it is not a record with settings and
    /// results of these types.
    pub fn read_file<R: DeserializeOwned>(path: &Path) -> Result<(Self, R), Error> {
        let text = std::fs::read(path).map_err(Error::file(path, "read"))?;
        let record = serde_json::from_slice(&text);
        let both = record.and_then(|record| Ok((record, serde_json::from_slice(&text)?)));
        both.map_err(|source| Error::Damaged {
            path: path.to_owned(),
            advice: "it is not the record of such a run".to_owned(),
            source: source.into(),
        })
    }
}

/// A model, as a record has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelRecord {
    /// Its name.
    pub name: String,
    /// The folder, or the id on the hub with the commit.
    pub source: String,
    /// The family of its architecture.
    pub family: String,
    /// Number of layers.
    pub layers: usize,
    /// Number of heads in a layer.
    pub heads: usize,
    /// Of the files of the weights, one after the other, in hexadecimal; empty of a model from memory.
    pub sha256: String,
    /// Of `config.json`, in hexadecimal; empty if there is none.
    pub config_sha256: String,
    /// How the weights were kept in memory: `f32` or `bf16`.
    pub precision: String,
    /// Whether the processor rounded the inputs of linear maps too.
    pub rounds_inputs: bool,
}

impl ModelRecord {
    /// Describes a model; its files are read for their checksums.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be read.
    pub fn of(model: &Model) -> Result<Self, Error> {
        let (info, paths) = (model.info(), model.weights_paths());
        let config = paths.first().map(|path| path.with_file_name("config.json"));
        let config = config.filter(|path| path.exists());
        Ok(Self {
            name: info.name.clone(),
            source: String::new(),
            family: info.family.to_string(),
            layers: info.n_layers,
            heads: info.n_heads,
            sha256: match paths {
                [] => String::new(),
                paths => sha256_of_files(paths)?,
            },
            config_sha256: config.map_or(Ok(String::new()), |path| sha256_of_files(&[path]))?,
            precision: match model.precision() {
                Precision::F32 => "f32".to_owned(),
                Precision::Bf16 => "bf16".to_owned(),
            },
            rounds_inputs: model.rounds_inputs(),
        })
    }
}

/// Describes the file or folder at `path`, of which `records` were read and which people call `name`;
/// its files are read for their checksum.
///
/// # Errors
/// [`Error::File`] or [`Error::Analysis`] if a file cannot be read.
pub fn describe_data(name: &str, path: &Path, records: usize) -> Result<DataRecord, Error> {
    let files = source::files(path).map_err(Error::analysis)?;
    Ok(DataRecord::new(name, records, &sha256_of_files(&files)?))
}

/// The SHA-256 of a sequence of files, one after the other, in hexadecimal.
///
/// # Errors
/// [`Error::File`] if one cannot be read.
pub fn sha256_of_files(paths: &[PathBuf]) -> Result<String, Error> {
    let mut digest = Sha256::new();
    for path in paths {
        hash_file(path, &mut digest).map_err(Error::file(path, "read"))?;
    }
    Ok(hexadecimal(&digest.finalize()))
}

/// The SHA-256 of some bytes, in hexadecimal.
#[must_use]
pub fn sha256_of_bytes(bytes: &[u8]) -> String {
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
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
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
        let record = describe_data("set", folder.path(), 3).unwrap();
        // SHA-256 of "abc", FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(record.sha256, abc);
        assert_eq!(sha256_of_bytes(b"abc"), abc);
    }
}
