//! The families of models, one file each, behind one trait.

mod albert;
mod bert;
mod bert_config;
mod config;
mod electra;
mod esm;
mod esm_config;
mod t5;
mod t5_config;
mod xlnet;
mod xlnet_config;

use serde_json::Value;

use crate::checkpoint::{Checkpoint, Layout};
use crate::contacts::ContactHead;
use crate::error::Error;
use crate::info::{Family, Info};
use crate::kernel::{NotFinite, Wanted};
use crate::workspace::{ExtraRoom, Workspace};

/// The `model_type`s that can be read.
const KNOWN: &[&str] = &["albert", "bert", "electra", "esm", "t5", "xlnet"];

/// A network, driven by [`pass`](crate::pass): one `embed`, then for each layer one `project`, one
/// `attend` for each protein and, unless the pass ends there, one `complete`. All but `attend` work
/// on the rows of all proteins at once; none makes the rows of one depend on those of another.
/// `workspace.ids`, `workspace.proteins` and the sizes of all buffers are set beforehand.
pub(crate) trait Architecture: Send + Sync {
    /// Writes what enters the first block to `workspace.hidden`. The ids are inside the
    /// vocabulary and, of each protein, no more than the positions.
    fn embed(&self, workspace: &mut Workspace);

    /// Computes the queries and keys of a layer and, if `complete` follows, the values.
    fn project(&self, layer: usize, values: bool, workspace: &mut Workspace);

    /// Writes what is wanted of the attention of a layer and one protein to `workspace`: `maps`,
    /// `arcs`, and, if `complete` follows, the protein's rows of `context`.
    fn attend(
        &self,
        layer: usize,
        protein: usize,
        wanted: &Wanted,
        workspace: &mut Workspace,
    ) -> Result<(), NotFinite>;

    /// Finishes the layer: `workspace.hidden` becomes what leaves it.
    fn complete(&self, layer: usize, workspace: &mut Workspace);

    /// The buffers it needs that not every network needs.
    fn extra_room(&self) -> ExtraRoom {
        ExtraRoom::default()
    }

    /// The longest pass in tokens, where a table of positions ends.
    fn positions(&self) -> Option<usize> {
        None
    }

    /// The regression from its attention to contacts, if it came with one.
    fn contact_head(&self) -> Option<&ContactHead> {
        None
    }

    /// Whether it can take tokens in segments, which then stand in `workspace.segments`.
    fn takes_segments(&self) -> bool {
        false
    }
}

/// What a configuration describes, checked before any weight is read.
pub(crate) struct Plan {
    info: Info,
    prefix: &'static str,
    build: Build,
}

/// A network, and what is known of it.
pub(crate) struct Built {
    pub(crate) info: Info,
    pub(crate) network: Box<dyn Architecture>,
    pub(crate) layout: Layout,
    /// The bytes that the weights take.
    pub(crate) bytes: u64,
}

/// Reads the weights of a network.
type Build = Box<dyn FnOnce(&mut Checkpoint<'_>) -> Result<Box<dyn Architecture>, Error>>;

impl Plan {
    /// `info` says what the configuration alone can tell; `prefix` stands before the names of
    /// tensors that are stored as part of a task model.
    fn new<A: Architecture + 'static>(
        info: Info,
        prefix: &'static str,
        build: impl FnOnce(&mut Checkpoint<'_>) -> Result<A, Error> + 'static,
    ) -> Self {
        Self {
            info,
            prefix,
            build: Box::new(|checkpoint| Ok(Box::new(build(checkpoint)?))),
        }
    }

    /// Reads a configuration.
    pub(crate) fn read(config: &[u8]) -> Result<Self, Error> {
        let value: Value = serde_json::from_slice(config).map_err(Error::ConfigSyntax)?;
        match value.get("model_type").and_then(Value::as_str) {
            Some("albert") => albert::plan(&value),
            Some("bert") => bert::plan(&value),
            Some("electra") => electra::plan(&value),
            Some("esm") => esm::plan(&value),
            Some("t5") => t5::plan(&value),
            Some("xlnet") => xlnet::plan(&value),
            None if bert::has_keys(&value) => bert::plan(&value),
            found => Err(Error::ModelType {
                found: found.map(str::to_owned),
                known: KNOWN,
            }),
        }
    }

    /// The family.
    pub(crate) fn family(&self) -> Family {
        self.info.family
    }

    /// Number of tokens in the vocabulary.
    pub(crate) fn vocabulary(&self) -> usize {
        self.info.vocabulary
    }

    /// Builds the network from its weights, and says all there is to know about it.
    pub(crate) fn build(self, checkpoint: Checkpoint<'_>) -> Result<Built, Error> {
        let mut checkpoint = checkpoint.with_prefix(self.prefix);
        let network = (self.build)(&mut checkpoint)?;
        let info = Info {
            positions: network.positions(),
            parameters: checkpoint.parameters(),
            dtype: checkpoint.dtype(),
            ..self.info
        };
        Ok(Built {
            info,
            network,
            bytes: checkpoint.bytes(),
            layout: checkpoint.into_layout(),
        })
    }
}
