//! The families of models, one file each: how the weights of each make a network.

mod albert;
mod bert;
mod bert_config;
mod config;
mod electra;
mod esm;
mod esm_config;
mod network;
mod t5;
mod t5_config;
mod xlnet;
mod xlnet_config;

use serde_json::Value;

pub(crate) use self::network::Network;
use crate::checkpoint::{Checkpoint, Layout};
use crate::error::Error;
use crate::info::Info;

/// The `model_type`s that can be read.
const KNOWN: &[&str] = &["albert", "bert", "electra", "esm", "t5", "xlnet"];

/// What a configuration describes, checked before any weight is read.
pub(crate) struct Plan {
    /// What the configuration alone can tell.
    pub(crate) info: Info,
    prefix: &'static str,
    build: Build,
}

/// A network, and what is known of it.
pub(crate) struct Built {
    pub(crate) info: Info,
    pub(crate) network: Network,
    /// What the weights say beyond the configuration, for twins.
    pub(crate) layout: Layout,
    /// The bytes that the weights take.
    pub(crate) bytes: u64,
}

/// Reads the weights of a network.
type Build = Box<dyn FnOnce(&mut Checkpoint<'_>) -> Result<Network, Error>>;

impl Plan {
    /// `info` says what the configuration alone can tell; `prefix` stands before the names of
    /// tensors that are stored as part of a task model.
    fn new(
        info: Info,
        prefix: &'static str,
        build: impl FnOnce(&mut Checkpoint<'_>) -> Result<Network, Error> + 'static,
    ) -> Self {
        Self {
            info,
            prefix,
            build: Box::new(build),
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

    /// Builds the network from its weights, and says all there is to know about it.
    pub(crate) fn build(self, checkpoint: Checkpoint<'_>) -> Result<Built, Error> {
        let mut checkpoint = checkpoint.with_prefix(self.prefix);
        let network = (self.build)(&mut checkpoint)?;
        let info = Info {
            positions: network.positions,
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
