//! The rows of a declared table, to and from a file.

use std::path::Path;

use super::{Table, TableWriter};
use crate::Error;
use crate::table::Row;

/// Rows that are written at once.
const BATCH: usize = 1 << 18;

/// Writes a table, in place of a file that may be there.
///
/// # Errors
///
/// [`Error::Column`] if a value does not fit into its column; also if the file cannot be written.
///
/// ```
/// use protattn_io::parquet::{read_rows, write_rows};
/// use protattn_io::table::Row;
///
/// protattn_io::table! {
///     /// Arcs of a head.
///     #[derive(Debug, PartialEq)]
///     struct HeadRow in "heads.parquet" {
///         /// the head, from 1
///         head: usize as OneBased,
///         /// its arcs
///         #[unit = "arcs"]
///         arcs: u64,
///     }
/// }
///
/// let folder = tempfile::tempdir().expect("a writable folder");
/// let path = folder.path().join(HeadRow::FILE);
/// write_rows(&path, &[HeadRow { head: 0, arcs: 7 }])?;
/// assert_eq!(read_rows::<HeadRow>(&path)?, [HeadRow { head: 0, arcs: 7 }]);
/// # Ok::<(), protattn_io::Error>(())
/// ```
pub fn write_rows<R: Row>(path: impl AsRef<Path>, rows: &[R]) -> Result<(), Error> {
    R::to_table(rows)?.write(path)
}

/// Reads a table.
///
/// # Errors
///
/// As [`Table::read`]; [`Error::Column`] if a column is missing, or holds what no row can have.
pub fn read_rows<R: Row>(path: impl AsRef<Path>) -> Result<Vec<R>, Error> {
    R::from_table(&Table::read(path)?)
}

/// Reads a table; none if there is no such file.
///
/// # Errors
///
/// As [`read_rows`].
pub fn read_rows_if_there<R: Row>(path: impl AsRef<Path>) -> Result<Option<Vec<R>>, Error> {
    let path = path.as_ref();
    path.exists().then(|| read_rows(path)).transpose()
}

/// Writes a table as its rows come, a few hundred thousand at a time. The file takes its name when it
/// is finished; dropped before, nothing is left of it.
pub struct RowWriter<R> {
    file: TableWriter,
    /// Not yet written.
    rows: Vec<R>,
    n_rows: u64,
}

impl<R: Row> RowWriter<R> {
    /// Starts a file of this name, under a temporary one beside it.
    ///
    /// # Errors
    ///
    /// If no file can be created there.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Self {
            file: TableWriter::create(path)?,
            rows: Vec::new(),
            n_rows: 0,
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    ///
    /// As [`write_rows`].
    pub fn push(&mut self, row: R) -> Result<(), Error> {
        self.rows.push(row);
        self.n_rows += 1;
        if self.rows.len() >= BATCH {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.file.write(&R::to_table(&self.rows)?)?;
        self.rows.clear();
        Ok(())
    }

    /// Ends the file, gives it its name, and says how many rows it has.
    ///
    /// # Errors
    ///
    /// As [`write_rows`].
    pub fn finish(mut self) -> Result<u64, Error> {
        self.flush()?;
        self.file.finish()?;
        Ok(self.n_rows)
    }
}
