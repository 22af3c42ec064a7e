//! The same weights in each format.

use std::fs;
use std::path::{Path, PathBuf};

use super::{contents, read, reference};
use crate::checkpoint::store::Store;

/// Compares the three formats of a folder; gives the tensors that only PyTorch's have.
fn compare(folder: &Path) -> Vec<String> {
    let read = |file: &str| read(folder.join(file)).unwrap();
    let mut torch = read("pytorch_model.bin");
    assert!(torch == read("pytorch_model.legacy.bin"), "{folder:?}");
    for (name, tensor) in read("model.safetensors") {
        // transformers writes the norms of ESM under their old names, and this one under a pattern.
        let name = name
            .replace("LayerNorm.gamma", "LayerNorm.weight")
            .replace("LayerNorm.beta", "LayerNorm.bias")
            .replace("encoder.layer.*.attention.self.rotary", "rotary");
        assert!(torch.remove(&name) == Some(tensor), "{folder:?} {name}");
    }
    torch.into_keys().collect()
}

#[test]
fn a_model_is_the_same_in_every_format() {
    assert!(compare(&reference("albert")).is_empty());
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn every_family_is_the_same_in_every_format() {
    let shared = std::env::var_os("PROTATTN_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let models = shared.join("reference/models");
    let message = "holds no reference data (set PROTATTN_SHARED)";
    assert!(models.is_dir(), "{} {message}", shared.display());
    let families = fs::read_dir(models).unwrap();
    let mut families: Vec<_> = families.map(|entry| entry.unwrap().path()).collect();
    // Others there are of one format.
    families.retain(|folder| folder.join("pytorch_model.legacy.bin").exists());
    assert_eq!(families.len(), 9);
    let mut more: Vec<_> = families.iter().flat_map(|folder| compare(folder)).collect();
    more.sort();
    // Tensors that are tied to another, which safetensors files name once.
    let tied = [
        "cls.predictions.decoder.bias",
        "cls.predictions.decoder.weight",
        "encoder.embed_tokens.weight",
    ];
    assert_eq!(more, tied);
}

#[test]
fn views_are_the_tensors_that_they_show() {
    let expected = read(reference("checkpoints/views.safetensors")).unwrap();
    assert_eq!(expected.len(), 18);
    for file in [
        "views.bin",
        "views.legacy.bin",
        "views.protocol_5.bin",
        "views.protocol_4.legacy.bin",
    ] {
        let found = read(reference("checkpoints").join(file)).unwrap();
        assert_eq!(found, expected, "{file}");
    }
    let expected = read(reference("checkpoints/old_views.safetensors")).unwrap();
    let found = read(reference("checkpoints/old_views.legacy.bin")).unwrap();
    assert_eq!(found, expected);
}

#[test]
fn the_content_tells_the_format_and_not_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let expected = read(reference("checkpoints/views.safetensors")).unwrap();
    for file in ["views.safetensors", "views.bin", "views.legacy.bin"] {
        let bytes = fs::read(reference("checkpoints").join(file)).unwrap();
        for name in ["pytorch_model.bin", "model.safetensors"] {
            fs::write(folder.path().join(name), &bytes).unwrap();
            assert_eq!(read(folder.path().join(name)).unwrap(), expected);
        }
        let store = Store::from_bytes(&bytes).unwrap();
        assert_eq!(contents(&store).unwrap(), expected);
    }
}
