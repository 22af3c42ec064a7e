//! From `--model` to a model.

use std::path::Path;

use anyhow::{Result, bail};
use protattn_model::Model;

use crate::built_in;
use crate::record::{ModelRecord, sha256_of_files};

/// Loads a folder, or the built-in model by its name.
pub(crate) fn load(name: &str) -> Result<Model> {
    let path = Path::new(name);
    if name == built_in::NAME && !path.exists() {
        return built_in::model();
    }
    if !path.is_dir() {
        bail!(
            "--model {name}: there is no such folder, and the only built-in model is `{}`",
            built_in::NAME
        );
    }
    Ok(Model::load(path)?)
}

/// What a run says of its model.
pub(crate) fn describe(model: &Model) -> Result<ModelRecord> {
    let info = model.info();
    let sha256 = match model.weights_paths() {
        [] => built_in::weights_sha256(),
        paths => sha256_of_files(paths)?,
    };
    Ok(ModelRecord {
        name: info.name.clone(),
        family: info.family.to_string(),
        layers: info.n_layers,
        heads: info.n_heads,
        sha256,
    })
}
