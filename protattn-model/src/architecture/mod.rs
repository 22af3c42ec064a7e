//! The families of models, one file each, behind one trait.

mod albert;
mod bert;
mod bert_config;
mod config;
mod electra;
mod esm;
mod esm_config;
mod t5;
mod xlnet;

use serde_json::Value;

use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::info::Info;
use crate::workspace::{ExtraRoom, Workspace};

/// The `model_type`s that can be read.
const KNOWN: &[&str] = &["albert", "bert", "electra", "esm", "t5", "xlnet"];

/// A network, driven by [`pass`](crate::pass): one `embed`, then for each layer one `attend` and,
/// unless the pass ends there, one `complete`. All buffers are sized for the pass beforehand.
pub(crate) trait Architecture: Send + Sync {
    /// Writes what enters the first block to `workspace.hidden`. The ids are inside the
    /// vocabulary and no more than the positions.
    fn embed(&self, ids: &[u32], workspace: &mut Workspace);

    /// Writes the attention of a layer to `workspace.maps`. `values` says whether `complete`
    /// follows; without it, only what the maps need is computed.
    fn attend(&self, layer: usize, values: bool, workspace: &mut Workspace);

    /// Finishes the layer: `workspace.hidden` becomes what leaves it.
    fn complete(&self, layer: usize, workspace: &mut Workspace);

    /// The buffers it needs that not every network needs.
    fn extra_room(&self) -> ExtraRoom {
        ExtraRoom::default()
    }

    /// Whether it can take tokens in segments, which then stand in `workspace.segments`.
    fn takes_segments(&self) -> bool {
        false
    }
}

/// A network with what there is to know about it.
pub(crate) struct Loaded {
    pub(crate) info: Info,
    pub(crate) network: Box<dyn Architecture>,
}

/// Reads the configuration and builds the network that it describes.
pub(crate) fn load(config: &[u8], checkpoint: Checkpoint<'_>) -> Result<Loaded, Error> {
    let value: Value = serde_json::from_slice(config).map_err(Error::ConfigSyntax)?;
    match value.get("model_type").and_then(Value::as_str) {
        Some("albert") => albert::load(&value, checkpoint),
        Some("bert") => bert::load(&value, checkpoint),
        Some("electra") => electra::load(&value, checkpoint),
        Some("esm") => esm::load(&value, checkpoint),
        Some("t5") => t5::load(&value, checkpoint),
        Some("xlnet") => xlnet::load(&value, checkpoint),
        None if bert::has_keys(&value) => bert::load(&value, checkpoint),
        found => Err(Error::ModelType {
            found: found.map(str::to_owned),
            known: KNOWN,
        }),
    }
}
