//! The files that a model's tokenizer is read from.

use std::fs;

use protattn_model::{Error, Model, Tokenizer};
use tempfile::TempDir;

use crate::common::{Parts, folder, read};

/// The tokenizer of a BERT with these files in its folder, or why there is none.
fn with(files: &[(&str, &[u8])]) -> Result<Tokenizer, String> {
    let temporary = TempDir::new().unwrap();
    for file in ["config.json", "model.safetensors"] {
        fs::copy(folder("bert").join(file), temporary.path().join(file)).unwrap();
    }
    for (name, contents) in files {
        fs::write(temporary.path().join(name), contents).unwrap();
    }
    let model = Model::load(temporary.path()).map_err(|error| error.to_string())?;
    Ok(model.tokenizer().clone())
}

/// A word model of [CLS], [SEP], `<unk>`, ▁M and ▁K.
const PIECES: &[u8] =
    b"\n\x09\n\x05[CLS]\x18\x03\n\x09\n\x05[SEP]\x18\x03\n\x09\n\x05<unk>\x18\x02\
    \n\x06\n\x04\xe2\x96\x81M\n\x06\n\x04\xe2\x96\x81K\x12\x02\x18\x03\x1a\x00";

#[test]
fn of_several_files_the_first_is_read() {
    let vocabulary = read("bert", "vocab.txt");
    let files: [(&str, &[u8]); 4] = [
        ("vocab.txt", &vocabulary),
        ("spiece.model", PIECES),
        ("spm_model.model", PIECES),
        ("tokenizer.json", b"{}"),
    ];
    for first in 0..3 {
        assert_eq!(with(&files[first..]).unwrap().alphabet(), files[first].0);
    }
    let error = with(&files[3..]).unwrap_err();
    assert!(error.starts_with("tokenizer.json"), "{error}");
}

#[test]
fn contents_tell_what_file_they_are_of() {
    let (config, weights) = (
        read("bert", "config.json"),
        read("bert", "model.safetensors"),
    );
    let model = Model::from_bytes(&config, &weights, Some(PIECES)).unwrap();
    let tokenizer = model.tokenizer();
    assert_eq!(tokenizer.alphabet(), "spiece.model");
    assert_eq!(tokenizer.special_tokens(), 2);
    // A is not a piece; alone, it is the unknown one.
    let tokens = tokenizer.encode("MKAM", None).unwrap();
    assert_eq!(tokens.ids(), [0, 3, 4, 2, 3, 1]);
    assert_eq!(tokens.residues(), 1..5);
}

#[test]
fn a_tokenizer_is_read_before_the_weights() {
    let mut parts = Parts::bert();
    parts.tensors.clear();
    assert!(matches!(parts.error(), Error::MissingTensor { .. }));
    parts.tokenizer = b"[CLS]\nA\n".to_vec();
    let message = parts.error().to_string();
    assert_eq!(message, "vocab.txt: there is no token [SEP]");
}

#[cfg(feature = "tokenizers")]
#[test]
fn tokenizer_json_is_read_where_it_is_alone() {
    let json = fs::read(folder("tokenizer_json").join("bert.json")).unwrap();
    let tokenizer = with(&[("tokenizer.json", &json)]).unwrap();
    assert_eq!(tokenizer.alphabet(), "tokenizer.json");
    let vocabulary = with(&[("vocab.txt", &read("bert", "vocab.txt"))]).unwrap();
    let sequence = "ACDEFGHIKLMNPQRSTVWYUZOBX";
    assert_eq!(
        tokenizer.encode(sequence, None).unwrap(),
        vocabulary.encode(sequence, None).unwrap()
    );
}
