//! Which of a model's files are needed.

use std::collections::{BTreeMap, BTreeSet};

use super::name::is_file_name;
use crate::checkpoint;
use crate::checkpoint::{BESIDE_TOKENIZER, CONFIG};
use crate::tokenizer::TokenizerFile;

/// The files needed of a model, of which `has` tells what there is: the small ones, and the
/// weights or their index. The error is what is missing.
pub(super) fn choose(
    has: impl Fn(&str) -> bool,
) -> Result<(Vec<&'static str>, &'static str), &'static str> {
    if !has(CONFIG) {
        return Err(CONFIG);
    }
    let weights = checkpoint::NAMES.into_iter().find(|name| has(name));
    let weights = weights.ok_or("weights as safetensors or PyTorch's .bin")?;
    let small = [CONFIG]
        .into_iter()
        .chain(TokenizerFile::ALL.map(TokenizerFile::name))
        .chain(BESIDE_TOKENIZER);
    Ok((small.filter(|file| has(file)).collect(), weights))
}

/// Whether there is anything to make a tokenizer of.
pub(super) fn has_vocabulary(has: impl Fn(&str) -> bool) -> bool {
    TokenizerFile::ALL.iter().any(|file| has(file.name()))
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

    fn chosen(files: &[&str]) -> Result<(Vec<&'static str>, &'static str), &'static str> {
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
        assert_eq!(weights, "model.safetensors");
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
        assert_eq!(weights("pytorch_model.bin"), "pytorch_model.bin");
        let index = "model.safetensors.index.json";
        assert_eq!(weights(index), index);
        assert_eq!(weights("x"), "pytorch_model.bin.index.json");
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
