//! Which of a model's files are needed.

use std::collections::{BTreeMap, BTreeSet};

use super::name::is_file_name;

pub(super) const CONFIG: &str = "config.json";

/// Files that alone make a tokenizer.
const VOCABULARIES: [&str; 4] = [
    "vocab.txt",
    "tokenizer.json",
    "spiece.model",
    "spm_model.model",
];

/// What else a tokenizer may have.
const TOKENIZER_SETTINGS: [&str; 3] = [
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
];

/// Forms of weights, the preferred first.
const WEIGHTS: [Weights; 4] = [
    Weights::Whole("model.safetensors"),
    Weights::Index("model.safetensors.index.json"),
    Weights::Whole("pytorch_model.bin"),
    Weights::Index("pytorch_model.bin.index.json"),
];

/// The weights of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weights {
    /// One file.
    Whole(&'static str),
    /// Several files, named in this one.
    Index(&'static str),
}

/// The files needed of a model, of which `has` tells what there is: the small ones, and the
/// weights. The error is what is missing.
pub(super) fn choose(
    has: impl Fn(&str) -> bool,
) -> Result<(Vec<&'static str>, Weights), &'static str> {
    if !has(CONFIG) {
        return Err(CONFIG);
    }
    let form = |weights: &Weights| match weights {
        Weights::Whole(file) | Weights::Index(file) => has(file),
    };
    let weights = WEIGHTS.into_iter().find(form);
    let weights = weights.ok_or("weights as safetensors or PyTorch's .bin")?;
    let small = [CONFIG]
        .into_iter()
        .chain(VOCABULARIES)
        .chain(TOKENIZER_SETTINGS);
    Ok((small.filter(|file| has(file)).collect(), weights))
}

/// Whether there is anything to make a tokenizer of.
pub(super) fn has_vocabulary(has: impl Fn(&str) -> bool) -> bool {
    VOCABULARIES.into_iter().any(has)
}

/// The files that an index of weights names, in order.
pub(super) fn shards(index: &[u8]) -> Result<BTreeSet<String>, String> {
    #[derive(serde::Deserialize)]
    struct Index {
        weight_map: BTreeMap<String, String>,
    }
    let index: Index = serde_json::from_slice(index).map_err(|error| error.to_string())?;
    let files: BTreeSet<_> = index.weight_map.into_values().collect();
    match files.iter().find(|file| !is_file_name(file)) {
        Some(file) => Err(format!("`{file}` is no name of a file")),
        None if files.is_empty() => Err("it names no file".to_owned()),
        None => Ok(files),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn chosen(files: &[&str]) -> Result<(Vec<&'static str>, Weights), &'static str> {
        choose(|file| files.contains(&file))
    }

    #[test]
    fn only_what_is_needed_and_safetensors_first() {
        let repository = [
            "README.md",
            "config.json",
            "flax_model.msgpack",
            "model.safetensors",
            "pytorch_model.bin",
            "special_tokens_map.json",
            "tf_model.h5",
            "tokenizer_config.json",
            "vocab.txt",
        ];
        let (small, weights) = chosen(&repository).unwrap();
        assert_eq!(weights, Weights::Whole("model.safetensors"));
        let expected = [
            "config.json",
            "vocab.txt",
            "tokenizer_config.json",
            "special_tokens_map.json",
        ];
        assert_eq!(small, expected);
    }

    #[test]
    fn weights_in_parts_and_of_pytorch_are_taken_where_there_is_nothing_better() {
        let weights = |file| {
            chosen(&["config.json", file, "pytorch_model.bin.index.json"])
                .unwrap()
                .1
        };
        assert_eq!(
            weights("pytorch_model.bin"),
            Weights::Whole("pytorch_model.bin")
        );
        let index = "model.safetensors.index.json";
        assert_eq!(weights(index), Weights::Index(index));
        assert_eq!(weights("x"), Weights::Index("pytorch_model.bin.index.json"));
        assert_eq!(chosen(&["model.safetensors"]), Err("config.json"));
        assert!(
            chosen(&["config.json", "tf_model.h5"])
                .unwrap_err()
                .contains("weights")
        );
    }

    #[test]
    fn an_index_names_files_of_its_own_folder() {
        let index =
            br#"{"metadata": {}, "weight_map": {"a": "2.bin", "b": "1.bin", "c": "2.bin"}}"#;
        assert_eq!(Vec::from_iter(shards(index).unwrap()), ["1.bin", "2.bin"]);
        let wrong: [&[u8]; 4] = [
            br#"{"weight_map": {"a": "../../1.bin"}}"#,
            br#"{"weight_map": {}}"#,
            br#"{"weight_map": {"a": 1}}"#,
            b"",
        ];
        for index in wrong {
            assert!(shards(index).is_err());
        }
    }
}
