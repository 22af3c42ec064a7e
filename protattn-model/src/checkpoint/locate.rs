//! Which files of a folder are the weights.

use std::path::{Path, PathBuf};

/// The names that the hub gives to weights, the preferred first; those of two are of indices.
pub(crate) const NAMES: [&str; 4] = [
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
];
const INDEX: &str = ".index.json";
/// What other names may end in, such as TAPE's `bert-base-pytorch_model.bin`.
const ENDINGS: [&str; 2] = [".safetensors", ".bin"];

/// Where weights are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Weights {
    /// In one file.
    File(PathBuf),
    /// In the files that this one names.
    Index(PathBuf),
}

impl Weights {
    /// The weights of a folder that holds these files: the first there is of the names that the
    /// hub gives them, otherwise the only file that ends in `.safetensors`, otherwise the only one
    /// that ends in `.bin`.
    pub(crate) fn find(folder: &Path, files: &[String]) -> Option<Self> {
        let has = |name: &&str| files.iter().any(|file| file == name);
        let named = NAMES.into_iter().find(has);
        let name = named.or_else(|| ENDINGS.iter().find_map(|ending| only(files, ending)))?;
        Some(Self::at(folder.join(name)))
    }

    /// The weights in a file, or in the files that it names if it is an index.
    pub(crate) fn at(path: PathBuf) -> Self {
        let name = path.file_name().unwrap_or_default();
        if is_index(&name.to_string_lossy()) {
            Self::Index(path)
        } else {
            Self::File(path)
        }
    }
}

/// Whether a file of this name names the files that hold the weights.
pub(crate) fn is_index(name: &str) -> bool {
    name.ends_with(INDEX)
}

/// The file whose name ends so, if there is only one.
pub(crate) fn only<'f>(files: &'f [String], ending: &str) -> Option<&'f str> {
    let mut found = files.iter().filter(|file| file.ends_with(ending));
    match (found.next(), found.next()) {
        (Some(file), None) => Some(file),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[&str]) -> Option<String> {
        let files: Vec<_> = files.iter().map(|file| (*file).to_owned()).collect();
        let path = match Weights::find(Path::new("x"), &files)? {
            Weights::File(path) => path,
            Weights::Index(path) => path.join("of"),
        };
        Some(path.strip_prefix("x").ok()?.display().to_string())
    }

    #[test]
    fn the_preferred_name_is_taken() {
        let mut files: Vec<_> = NAMES
            .into_iter()
            .rev()
            .chain(["other.safetensors"])
            .collect();
        for (name, expected) in [
            ("model.safetensors", "model.safetensors"),
            (
                "model.safetensors.index.json",
                "model.safetensors.index.json/of",
            ),
            ("pytorch_model.bin", "pytorch_model.bin"),
            (
                "pytorch_model.bin.index.json",
                "pytorch_model.bin.index.json/of",
            ),
        ] {
            assert_eq!(found(&files).as_deref(), Some(expected));
            files.retain(|file| *file != name);
        }
        assert_eq!(found(&files).as_deref(), Some("other.safetensors"));
    }

    #[test]
    fn other_names_are_taken_if_there_is_no_choice() {
        let tape = "bert-base-pytorch_model.bin";
        assert_eq!(
            found(&[tape, "bert-base-config.json"]).as_deref(),
            Some(tape)
        );
        assert_eq!(found(&["a.bin", "b.bin"]), None);
        assert_eq!(
            found(&["a.bin", "b.bin", "c.safetensors"]).as_deref(),
            Some("c.safetensors")
        );
        assert_eq!(found(&["config.json", "tf_model.h5"]), None);
    }
}
