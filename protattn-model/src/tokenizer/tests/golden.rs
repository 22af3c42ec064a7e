//! Token ids against those of the reference tokenizers.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Tokenizer, TokenizerFile};
use crate::error::Error;
use crate::info::Family;

fn reference(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    folder.join(name)
}

fn json(path: PathBuf) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Those that are read from files are tested with their models, in `tests/golden.rs`.
#[test]
fn the_built_in_alphabet_of_esm() {
    let tokenizer = Tokenizer::load(None, Family::Esm, 33).unwrap();
    for name in ["esm1b", "esm2"] {
        let golden = json(reference(name).join("golden.json"));
        let sequences = golden["sequences"].as_array().unwrap();
        assert_eq!(sequences.len(), 4);
        for entry in sequences {
            check(name, &tokenizer, entry);
        }
    }
}

#[test]
fn sentencepiece_models_of_every_kind() {
    let folder = reference("sentencepiece");
    let golden = json(folder.join("golden.json"));
    let golden = golden.as_object().unwrap();
    assert_eq!(golden.len(), 7);
    for (name, entries) in golden {
        let contents = fs::read(folder.join(format!("{name}.model"))).unwrap();
        let file = Some((TokenizerFile::Spiece, contents.as_slice()));
        let tokenizer = Tokenizer::load(file, Family::Xlnet, 60).unwrap();
        for entry in entries.as_array().unwrap() {
            check(name, &tokenizer, entry);
        }
    }
}

#[cfg(feature = "tokenizers")]
#[test]
fn tokenizer_json_of_every_kind() {
    let folder = reference("tokenizer_json");
    let golden = json(folder.join("golden.json"));
    for (name, family, size) in [
        ("bert", Family::Bert, 30),
        ("ankh", Family::T5, 144),
        ("ankh_unmarked", Family::T5, 144),
        ("esm", Family::Esm, 33),
    ] {
        let contents = fs::read(folder.join(format!("{name}.json"))).unwrap();
        let file = Some((TokenizerFile::Json, contents.as_slice()));
        let tokenizer = Tokenizer::load(file, family, size).unwrap();
        assert_eq!(tokenizer.alphabet(), "tokenizer.json");
        for entry in golden[name].as_array().unwrap() {
            check(name, &tokenizer, entry);
        }
        assert!(matches!(
            tokenizer.encode("MJ", None),
            Err(Error::Residue {
                residue: 'J',
                index: 1
            })
        ));
    }
}

#[cfg(not(feature = "tokenizers"))]
#[test]
fn tokenizer_json_without_the_feature() {
    let file = Some((TokenizerFile::Json, b"{}".as_slice()));
    assert_eq!(
        Tokenizer::load(file, Family::T5, 144)
            .unwrap_err()
            .to_string(),
        "tokenizer.json: the feature `tokenizers` of protattn-model, which reads it, is off"
    );
}

/// The same ids; or, where the reference has another number of them, that it has so many.
fn check(name: &str, tokenizer: &Tokenizer, entry: &Value) {
    let sequence = entry["sequence"].as_str().unwrap();
    let ids: Vec<u32> = serde_json::from_value(entry["input_ids"].clone()).unwrap();
    let special = tokenizer.special_tokens();
    match tokenizer.encode(sequence, None) {
        Ok(tokens) => {
            assert_eq!(tokens.ids(), ids, "{name}: {sequence}");
            assert_eq!(tokens.residues().len(), sequence.len());
        }
        Err(Error::LengthChanged {
            residues, tokens, ..
        }) => {
            assert_eq!(residues, sequence.len());
            assert_eq!(tokens, ids.len() - special, "{name}: {sequence}");
            assert_ne!(tokens, residues);
        }
        Err(other) => panic!("{name}: {sequence}: {other}"),
    }
}
