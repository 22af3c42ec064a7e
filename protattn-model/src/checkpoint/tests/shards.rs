//! Weights in several files.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{read, reference};
use crate::checkpoint::locate::Weights;
use crate::checkpoint::store::Store;
use crate::error::Error;

const INDEX: &str = "model.safetensors.index.json";
const QUERY: &str = "encoder.layer.1.attention.self.query.weight";
const FIRST: &str = "model-00001-of-00002.safetensors";
const SECOND: &str = "model-00002-of-00002.safetensors";

/// A copy of the shards, with a changed index.
fn changed(change: impl Fn(&mut Value)) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(reference("checkpoints/sharded_f16")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    let path = folder.path().join(INDEX);
    let mut index = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut index);
    fs::write(&path, serde_json::to_vec(&index).unwrap()).unwrap();
    (folder, path)
}

/// The message for a changed index, without its folder.
fn message(change: impl Fn(&mut Value)) -> String {
    let (folder, path) = changed(change);
    let message = read(path).unwrap_err().to_string();
    let folder = format!("{}/", folder.path().display());
    assert!(message.starts_with(&folder), "{message}");
    message.replace(&folder, "")
}

#[test]
fn shards_are_one_model_in_either_format() {
    let expected = read(reference("checkpoints/sharded_f16").join(INDEX)).unwrap();
    assert_eq!(expected.len(), 39);
    let index = reference("checkpoints/sharded_bin/pytorch_model.bin.index.json");
    assert!(read(&index).unwrap() == expected);
    let store = Store::open(&Weights::at(index)).unwrap();
    let files: Vec<_> = store
        .paths()
        .map(|path| path.file_name().unwrap())
        .collect();
    assert_eq!(
        files,
        [
            "pytorch_model-00001-of-00002.bin",
            "pytorch_model-00002-of-00002.bin"
        ]
    );
}

#[test]
fn an_index_may_leave_tensors_out_but_not_invent_them() {
    let (_folder, path) = changed(|index| {
        index["weight_map"].as_object_mut().unwrap().remove(QUERY);
    });
    assert!(read(path).unwrap().contains_key(QUERY));
    assert_eq!(
        message(|index| index["weight_map"]["encoder.weight"] = json!(FIRST)),
        format!("{FIRST}: has no tensor `encoder.weight`, which the index says is there")
    );
    assert_eq!(
        message(|index| index["weight_map"][QUERY] = json!(FIRST)),
        format!("{FIRST}: has no tensor `{QUERY}`, which the index says is there")
    );
}

#[test]
fn a_shard_is_a_file_beside_the_index() {
    let name = |name: &str| message(|index| index["weight_map"][QUERY] = json!(name));
    assert_eq!(
        name("model-00003-of-00003.safetensors"),
        format!("{INDEX}: names `model-00003-of-00003.safetensors`, which is not in its folder")
    );
    let absolute = reference("checkpoints/views.safetensors");
    for outside in [
        "../views.safetensors",
        "a/b",
        "",
        ".",
        "..",
        absolute.to_str().unwrap(),
    ] {
        assert_eq!(
            name(outside),
            format!("{INDEX}: names `{outside}`, not a file of its own folder")
        );
    }
}

#[test]
fn a_tensor_in_two_shards_is_refused() {
    let (folder, path) = changed(|index| index["weight_map"][QUERY] = json!(FIRST));
    fs::copy(folder.path().join(SECOND), folder.path().join(FIRST)).unwrap();
    match read(path).unwrap_err() {
        Error::Weights { file, reason } => {
            assert!(file.ends_with(SECOND), "{reason}");
            assert!(reason.starts_with("holds the tensor `"), "{reason}");
            assert!(
                reason.ends_with(&format!("{FIRST} holds as well")),
                "{reason}"
            );
        }
        other => panic!("{other}"),
    }
}

#[test]
fn what_is_no_index_is_refused() {
    assert_eq!(
        message(|index| index["weight_map"] = json!({})),
        format!("{INDEX}: names no tensors")
    );
    let invalid = format!("{INDEX}: not an index of files of weights");
    assert_eq!(message(|index| *index = json!({"a": 1})), invalid);
    assert_eq!(message(|index| index["weight_map"] = json!(["a"])), invalid);
    let (_folder, path) = changed(|_| ());
    let twice = format!(r#"{{"weight_map": {{"a": "{FIRST}", "a": "{SECOND}"}}}}"#);
    fs::write(&path, twice).unwrap();
    match read(path).unwrap_err() {
        Error::Index { source, .. } => {
            assert!(source.to_string().starts_with("the key `a` is there twice"));
        }
        other => panic!("{other}"),
    }
}
