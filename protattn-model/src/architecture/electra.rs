//! ELECTRA (Clark et al., arXiv 2003.10555): ProtElectra, generator and discriminator.
//!
//! A BERT whose embeddings may have a width of their own; they are then projected to that of the
//! hidden states.

use serde_json::Value;

use super::Loaded;
use super::bert::Bert;
use super::bert_config::BertConfig;
use crate::blocks::{Linear, TokenEmbedding};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::info::Family;

/// The prefix of an ELECTRA that is stored as part of a task model.
const PREFIX: &str = "electra.";

/// Builds the network from its configuration and weights.
pub(super) fn load(value: &Value, checkpoint: Checkpoint<'_>) -> Result<Loaded, Error> {
    let config = BertConfig::new(value, "gelu")?.with_embedding_size(value)?;
    let mut checkpoint = checkpoint.with_prefix(PREFIX);
    let (width, embedding_width) = (config.shape.width, config.tables.width);
    let projection = if embedding_width == width {
        None
    } else {
        let name = "embeddings_project";
        Some(Linear::load(&mut checkpoint, name, width, embedding_width)?)
    };
    let embedding = TokenEmbedding::load(&mut checkpoint, &config.tables, projection)?;
    let electra = Bert::load(&mut checkpoint, &config, embedding)?;
    Ok(Loaded {
        info: config.info(Family::Electra, electra.embedding.positions(), &checkpoint),
        network: Box::new(electra),
    })
}
