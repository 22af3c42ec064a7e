//! ELECTRA (Clark et al., arXiv 2003.10555): ProtElectra, generator and discriminator.
//!
//! A BERT whose embeddings may have a width of their own; they are then projected to that of the
//! hidden states.

use serde_json::Value;

use super::Plan;
use super::bert;
use super::bert_config::BertConfig;
use crate::blocks::{Linear, TokenEmbedding};
use crate::error::Error;
use crate::info::Family;

/// The prefix of an ELECTRA that is stored as part of a task model.
const PREFIX: &str = "electra.";

/// Reads the configuration.
pub(super) fn plan(value: &Value) -> Result<Plan, Error> {
    let config = BertConfig::new(value, Family::Electra, "gelu")?.with_embedding_size(value)?;
    let info = config.sizes.info();
    Ok(Plan::new(info, PREFIX, move |checkpoint| {
        let (width, embedding_width) = (config.sizes.block.width, config.tables.width);
        let projection = if embedding_width == width {
            None
        } else {
            let name = "embeddings_project";
            Some(Linear::load(checkpoint, name, width, embedding_width)?)
        };
        let embedding = TokenEmbedding::load(checkpoint, &config.tables, projection)?;
        bert::network(checkpoint, &config, embedding)
    }))
}
