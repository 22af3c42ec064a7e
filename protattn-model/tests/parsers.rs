//! For each parser a function that takes any bytes and must return: a model or an error.
//!
//! `corpus` runs them on a few files; the crate `fuzz`, beside this one, includes this file and runs
//! them on bytes of its own.

use std::path::Path;

use protattn_model::{IfExists, Model, convert};
use serde_json::Value;

/// The name of a target, and what it runs.
type Parser = (&'static str, fn(&[u8]));

/// All of them.
pub(crate) const ALL: &[Parser] = &[
    ("config_json", config_json),
    ("index_json", index_json),
    ("safetensors", weights),
    ("sentencepiece", tokenizer),
    ("tokenizer_json", tokenizer),
    ("torch_legacy", weights),
    ("torch_zip", weights),
    ("vocab_txt", tokenizer),
];

/// One tiny model of each family, of 64 tokens.
pub(crate) const CONFIGS: [&str; 6] = [
    r#"{"model_type": "albert", "hidden_size": 2, "num_hidden_layers": 1, "embedding_size": 2,
        "num_attention_heads": 1, "intermediate_size": 2, "vocab_size": 64,
        "max_position_embeddings": 8}"#,
    r#"{"model_type": "bert", "hidden_size": 2, "num_hidden_layers": 1,
        "num_attention_heads": 1, "intermediate_size": 2, "vocab_size": 64,
        "max_position_embeddings": 8}"#,
    r#"{"model_type": "electra", "hidden_size": 2, "num_hidden_layers": 1, "embedding_size": 2,
        "num_attention_heads": 1, "intermediate_size": 2, "vocab_size": 64,
        "max_position_embeddings": 8}"#,
    r#"{"model_type": "esm", "hidden_size": 2, "num_hidden_layers": 1, "num_attention_heads": 1,
        "intermediate_size": 2, "vocab_size": 64, "max_position_embeddings": 10,
        "position_embedding_type": "rotary", "pad_token_id": 1, "mask_token_id": 32,
        "token_dropout": true, "emb_layer_norm_before": false}"#,
    r#"{"model_type": "t5", "d_model": 2, "d_kv": 2, "d_ff": 2, "num_layers": 1, "num_heads": 1,
        "vocab_size": 64, "relative_attention_num_buckets": 8}"#,
    r#"{"model_type": "xlnet", "d_model": 2, "d_inner": 2, "n_layer": 1, "n_head": 1,
        "d_head": 2, "vocab_size": 64, "ff_activation": "gelu"}"#,
];

/// Sizes above this would draw a model that no test should.
const MAX_SIZE: u64 = 64;

/// A safetensors file without tensors.
const NO_WEIGHTS: &[u8] = b"\x02\0\0\0\0\0\0\0{}";

const SHARDS: [(&str, &[u8]); 2] = [
    (
        "model-00001-of-00002.safetensors",
        include_bytes!("reference/checkpoints/sharded_f16/model-00001-of-00002.safetensors"),
    ),
    (
        "model-00002-of-00002.safetensors",
        include_bytes!("reference/checkpoints/sharded_f16/model-00002-of-00002.safetensors"),
    ),
];

/// A configuration of any size without weights, and of a small one with drawn ones.
fn config_json(data: &[u8]) {
    assert!(Model::from_bytes(data, NO_WEIGHTS, None).is_err());
    let Ok(config) = serde_json::from_slice(data) else {
        return;
    };
    if !is_small(&config) {
        return;
    }
    if let Ok(model) = Model::random(data, None, 1) {
        let info = model.info();
        assert!(info.n_layers > 0 && info.n_heads > 0 && info.parameters > 0);
        check_tokens(&model);
    }
}

fn is_small(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_u64().is_none_or(|number| number <= MAX_SIZE),
        Value::Array(items) => items.iter().all(is_small),
        Value::Object(entries) => entries.values().all(is_small),
        _ => true,
    }
}

/// The index of a model in two files.
fn index_json(data: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder for files");
    for (name, shard) in SHARDS {
        write(&folder.path().join(name), shard);
    }
    let index = folder.path().join("model.safetensors.index.json");
    write(&index, data);
    check_converted(&index, folder.path());
}

/// Weights in any format.
fn weights(data: &[u8]) {
    for config in CONFIGS {
        let _ = Model::from_bytes(config.as_bytes(), data, None);
    }
    let folder = tempfile::tempdir().expect("a folder for files");
    let input = folder.path().join("input.bin");
    write(&input, data);
    check_converted(&input, folder.path());
}

/// What has been converted is converted to itself.
fn check_converted(input: &Path, folder: &Path) {
    let (once, twice) = (folder.join("once"), folder.join("twice"));
    let Ok(first) = convert(input, &once, IfExists::Fail) else {
        assert!(!once.exists());
        return;
    };
    let second = convert(&once, &twice, IfExists::Fail).expect("what was written is read");
    assert_eq!(
        (first.tensors, first.bytes, first.dtypes),
        (second.tensors, second.bytes, second.dtypes)
    );
    let read = |path| std::fs::read(path).expect("a file was written");
    assert_eq!(read(&once), read(&twice));
}

/// The file of a tokenizer, for a model of each family.
fn tokenizer(data: &[u8]) {
    for config in CONFIGS {
        if let Ok(model) = Model::random(config.as_bytes(), Some(data), 1) {
            check_tokens(&model);
        }
    }
}

/// Tokens are in the model's table, and one for each residue.
fn check_tokens(model: &Model) {
    let tokenizer = model.tokenizer();
    for letter in 'A'..='Z' {
        let Ok(tokens) = tokenizer.encode(&letter.to_string(), None) else {
            continue;
        };
        let vocabulary = model.info().vocabulary;
        assert!(tokens.ids().iter().all(|id| (*id as usize) < vocabulary));
        assert_eq!(tokens.residues().len(), 1);
        assert_eq!(tokens.ids().len(), tokenizer.special_tokens() + 1);
    }
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).expect("a file can be written");
}
