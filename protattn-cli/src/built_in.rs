//! The model and the proteins built into the binary.

use std::path::Path;

use anyhow::{Context, Result};
use protattn_model::Model;

use protattn_io::DataRecord;
use protattn_model::run::sha256_of_bytes;

/// The name of the built-in model, and of the built-in proteins.
pub(crate) const NAME: &str = "demo";

/// As [`NAME`], where a file or folder of that name must not be taken for it.
pub(crate) const FULL_NAME: &str = "built-in:demo";

/// Whether a name stands for the built-in model or proteins: a file or folder of the name comes first.
pub(crate) fn is(name: &str) -> bool {
    name == FULL_NAME || name == NAME && !Path::new(name).exists()
}

/// Said wherever the built-in model and proteins are shown.
pub(crate) const SYNTHETIC: &str = "The built-in proteins are synthetic: ideal folds and sequences \
    drawn for them, none of which occurs in nature. The built-in model was trained on sequences like \
    them, and on none of those shown. It shows what protattn does, not what proteins do.";

const CONFIG: &[u8] = include_bytes!("../assets/demo/config.json");
const WEIGHTS: &[u8] = include_bytes!("../assets/demo/model.safetensors");
const VOCABULARY: &[u8] = include_bytes!("../assets/demo/vocab.txt");
pub(crate) const PROTEINS: &[u8] = include_bytes!("../assets/demo/proteins.jsonl");

/// The built-in model.
pub(crate) fn model() -> Result<Model> {
    let model = Model::from_bytes(CONFIG, WEIGHTS, Some(VOCABULARY));
    Ok(model.context("the built-in model is damaged")?.named(NAME))
}

/// The checksums of the built-in model's weights and of its configuration.
pub(crate) fn sha256s() -> (String, String) {
    (sha256_of_bytes(WEIGHTS), sha256_of_bytes(CONFIG))
}

/// What a run says of the built-in proteins, of which it read so many.
pub(crate) fn data_record(records: usize) -> DataRecord {
    DataRecord::new(NAME, records, &sha256_of_bytes(PROTEINS))
}
