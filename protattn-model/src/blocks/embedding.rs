//! A table with one row for each token, position or type.

use crate::checkpoint::Checkpoint;
use crate::error::Error;

/// How many rows a table has.
#[derive(Clone, Copy)]
pub(crate) enum Rows {
    /// As many as the configuration says.
    Exactly(usize),
    /// As many as are stored: published configurations do not always agree with their weights.
    AsStored {
        /// The number for weights that are not stored but drawn.
        otherwise: usize,
    },
}

/// A table of rows.
pub(crate) struct Embedding {
    /// [row, width].
    table: Vec<f32>,
    width: usize,
}

impl Embedding {
    /// Reads `{name}.weight` [rows, width].
    pub(crate) fn load(
        checkpoint: &mut Checkpoint<'_>,
        name: &str,
        rows: Rows,
        width: usize,
    ) -> Result<Self, Error> {
        let name = format!("{name}.weight");
        let rows = match rows {
            Rows::Exactly(rows) => rows,
            Rows::AsStored { otherwise } => match checkpoint.shape(&name) {
                // Never no rows: the first is always read.
                Some(&[rows, _]) => rows.max(1),
                _ => otherwise,
            },
        };
        let table = checkpoint.matrix(&name, rows, width)?.into_values();
        Ok(Self { table, width })
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.table.len() / self.width
    }

    /// One row, by its 0-based index.
    pub(crate) fn row(&self, index: usize) -> &[f32] {
        &self.table[index * self.width..][..self.width]
    }

    /// Writes the row of each index to `out` [index, width].
    pub(crate) fn rows_of(&self, indices: &[u32], out: &mut [f32]) {
        for (&index, out) in indices.iter().zip(out.chunks_exact_mut(self.width)) {
            out.copy_from_slice(self.row(index as usize));
        }
    }
}
