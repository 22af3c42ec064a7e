//! A checkpoint's folder, in the layout of the Hugging Face hub.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::locate::{Weights, only};
use crate::error::Error;
use crate::tokenizer::TokenizerFile;

pub(crate) const CONFIG: &str = "config.json";
/// What the name of TAPE's `bert-base-config.json` ends in.
const CONFIG_ENDING: &str = "-config.json";
/// Names of weights, for messages.
const WEIGHTS: &str = "model.safetensors or pytorch_model.bin";
/// The largest configuration, index or file of a tokenizer that is read.
const SMALL_FILE_LIMIT: u64 = 16 << 20;
/// Files that come with those of a tokenizer. Where there is one and none of those, they have been
/// left behind, and the checkpoint is not one of TAPE.
pub(crate) const BESIDE_TOKENIZER: [&str; 3] = [
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
];

/// What a folder holds, the small files read.
pub(crate) struct Folder {
    pub(crate) name: String,
    pub(crate) config: Vec<u8>,
    pub(crate) weights: Weights,
    /// The file of the tokenizer and its contents.
    pub(crate) tokenizer: Option<(TokenizerFile, Vec<u8>)>,
}

impl Folder {
    /// Reads the small files and sees that the weights are there.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let entries = list(path)?;
        let has = |file: &str| entries.iter().any(|entry| entry == file);
        let config = if has(CONFIG) {
            Some(CONFIG)
        } else {
            only(&entries, CONFIG_ENDING)
        };
        let config = config.ok_or_else(|| missing(path, CONFIG, &entries))?;
        let weights = find_weights(path, &entries)?;
        let mut files = TokenizerFile::ALL.into_iter();
        let tokenizer = match files.find(|file| has(file.name())) {
            Some(file) => Some((file, read_small(&path.join(file.name()))?)),
            None if BESIDE_TOKENIZER.into_iter().any(has) => {
                return Err(missing(path, TokenizerFile::NAMES, &entries));
            }
            None => None,
        };
        Ok(Self {
            name: name(path),
            config: read_small(&path.join(config))?,
            weights,
            tokenizer,
        })
    }
}

/// The weights of a folder.
pub(crate) fn weights(folder: &Path) -> Result<Weights, Error> {
    find_weights(folder, &list(folder)?)
}

fn find_weights(folder: &Path, entries: &[String]) -> Result<Weights, Error> {
    Weights::find(folder, entries).ok_or_else(|| missing(folder, WEIGHTS, entries))
}

/// The folder's own name, also where the path ends in `.` or is a link.
fn name(path: &Path) -> String {
    let absolute = path.canonicalize();
    let path = absolute.as_deref().unwrap_or(path);
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

fn list(path: &Path) -> Result<Vec<String>, Error> {
    let failed = Error::io(path);
    let mut names = Vec::new();
    for entry in path.read_dir().map_err(&failed)? {
        let name = entry.map_err(&failed)?.file_name();
        names.push(name.to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn missing(folder: &Path, file: &'static str, entries: &[String]) -> Error {
    let kinds = [".json", ".txt", ".safetensors", ".bin", ".model", ".h5"];
    let of_a_kind = |entry: &&String| kinds.iter().any(|kind| entry.ends_with(kind));
    Error::MissingFile {
        folder: folder.to_owned(),
        file,
        found: entries.iter().filter(of_a_kind).take(8).cloned().collect(),
    }
}

/// The contents of a small file.
pub(crate) fn read_small(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = Error::io(path);
    let file = File::open(path).map_err(&failed)?;
    let found = file.metadata().map_err(&failed)?.len();
    if found > SMALL_FILE_LIMIT {
        return Err(Error::FileTooLarge {
            path: path.to_owned(),
            found,
            limit: SMALL_FILE_LIMIT,
        });
    }
    let mut bytes = Vec::new();
    file.take(SMALL_FILE_LIMIT)
        .read_to_end(&mut bytes)
        .map_err(&failed)?;
    Ok(bytes)
}
