//! From `--model` to a model.

use std::path::Path;

use anyhow::{Result, bail};
use protattn_model::Model;

use crate::demo;
use crate::record::{ModelRecord, sha256_of_files};

/// Loads a folder, or the built-in model by its name.
pub(crate) fn load(name: &str) -> Result<Model> {
    let path = Path::new(name);
    if name == demo::NAME && !path.exists() {
        return demo::model();
    }
    if !path.is_dir() {
        bail!(
            "--model {name}: there is no such folder, and the only built-in model is `{}`",
            demo::NAME
        );
    }
    Ok(Model::load(path)?)
}

/// What a run says of its model.
pub(crate) fn describe(model: &Model) -> Result<ModelRecord> {
    let info = model.info();
    let sha256 = match model.weights_paths() {
        [] => demo::weights_sha256(),
        paths => sha256_of_files(paths)?,
    };
    Ok(ModelRecord {
        name: info.name.clone(),
        family: info.family.to_owned(),
        layers: info.n_layers,
        heads: info.n_heads,
        sha256,
    })
}
