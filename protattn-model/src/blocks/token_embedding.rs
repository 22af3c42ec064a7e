//! What enters the first block of BERT and its relatives.

use std::ops::Range;

use super::{Embedding, Linear, Norm, Rows};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::kernel::Tail;
use crate::workspace::{ExtraRoom, Workspace};

/// A row for each token, position and type, summed and normed; in the relatives that make these
/// rows narrower or wider than the hidden states (Lan et al., arXiv 1909.11942, section 3.1), then
/// projected.
pub(crate) struct TokenEmbedding {
    word: Embedding,
    token_type: Embedding,
    position: Embedding,
    norm: Norm,
    projection: Option<Linear>,
    width: usize,
}

/// The sizes of the three tables, and the epsilon of their norm.
pub(crate) struct TableSizes {
    pub(crate) vocabulary: usize,
    /// Rows of the tables of positions and token types, for weights that have no tables of
    /// their own to tell.
    pub(crate) positions: usize,
    pub(crate) types: usize,
    pub(crate) width: usize,
    pub(crate) epsilon: f32,
}

impl TokenEmbedding {
    /// Reads the tables and the norm under `embeddings`.
    pub(crate) fn load(
        checkpoint: &mut Checkpoint<'_>,
        sizes: &TableSizes,
        projection: Option<Linear>,
    ) -> Result<Self, Error> {
        let width = sizes.width;
        let mut table = |name: &str, rows: Rows| {
            let name = format!("embeddings.{name}_embeddings");
            Embedding::load(checkpoint, &name, rows, width)
        };
        let as_stored = |otherwise| Rows::AsStored { otherwise };
        Ok(Self {
            word: table("word", Rows::Exactly(sizes.vocabulary))?,
            token_type: table("token_type", as_stored(sizes.types))?,
            position: table("position", as_stored(sizes.positions))?,
            norm: Norm::load(checkpoint, "embeddings.LayerNorm", width, sizes.epsilon)?,
            projection,
            width,
        })
    }

    /// Number of positions.
    pub(crate) fn positions(&self) -> usize {
        self.position.rows()
    }

    /// The buffer that a projection needs.
    pub(crate) fn extra_room(&self) -> ExtraRoom {
        ExtraRoom {
            embedded: self.projection.as_ref().map_or(0, Linear::inputs),
            ..ExtraRoom::default()
        }
    }

    /// Writes the embeddings to `hidden`.
    pub(crate) fn apply(&self, workspace: &mut Workspace) {
        let Workspace {
            ids,
            proteins,
            hidden,
            embedded,
            means,
            ..
        } = workspace;
        match &self.projection {
            None => self.sums(ids, proteins, hidden),
            Some(projection) => {
                self.sums(ids, proteins, embedded);
                projection.apply(embedded, Tail::Bias, means, hidden);
            }
        }
    }

    fn sums(&self, ids: &[u32], proteins: &[Range<usize>], out: &mut [f32]) {
        for protein in proteins {
            let rows = protein.start * self.width..protein.end * self.width;
            self.sum(&ids[protein.clone()], &mut out[rows]);
        }
    }

    fn sum(&self, ids: &[u32], out: &mut [f32]) {
        // A protein is one segment: every token has the type 0.
        let token_type = self.token_type.row(0);
        for (position, (&id, out)) in ids.iter().zip(out.chunks_exact_mut(self.width)).enumerate() {
            let rows = self.word.row(id as usize).iter().zip(token_type);
            for ((out, (word, token_type)), position) in
                out.iter_mut().zip(rows).zip(self.position.row(position))
            {
                *out = word + token_type + position;
            }
        }
        self.norm.apply(out);
    }
}
