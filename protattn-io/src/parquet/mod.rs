//! Parquet: tables of results, and proteins.
//!
//! # Proteins
//!
//! [`Writer`] and [`Reader`] have a row for each protein, with the fields of this project's own
//! records as columns: `id` and `sequence`, text; `numbering`, a list of text (`"52A"`); `ca` and
//! `cb`, lists of `[x, y, z]` in Å or null; and for each label a column `labels.NAME`, a list of flags
//! or of text with nulls. Where a protein lacks a thing, its row is null there. All but the first two
//! columns may be missing. What is written is what is read, but that a label without any value in a
//! protein has the kind that it has in the others.
//!
//! ```
//! use protattn_io::{Protein, Track, parquet};
//!
//! let folder = tempfile::tempdir().expect("a writable folder");
//! let path = folder.path().join("proteins.parquet");
//! let mut protein = Protein::new("1ubq.A", "MQI")?;
//! protein.set_ca(vec![Some([27.3, 24.5, 2.6]), None, Some([26.3, 27.8, 5.7])])?;
//! protein.set_label("binding-site", Track::Flags(vec![Some(true), None, Some(false)]))?;
//!
//! let mut writer = parquet::Writer::create(&path)?;
//! writer.write(&protein)?;
//! writer.finish()?;
//! let again: Vec<Protein> = parquet::Reader::open(&path)?.collect::<Result<_, _>>()?;
//! assert_eq!(again, [protein]);
//! # Ok::<(), protattn_io::Error>(())
//! ```
//!
//! # Tables
//!
//! A [`Table`] is written without compression, under a temporary name until it is whole, and any tool
//! that reads Parquet can use it. What a column means and its unit stand in the file, as metadata of
//! the column in the Arrow schema ([`Table::describe`]); pyarrow, for one, shows them as
//! `schema.field(name).metadata`. [`write_rows`] and [`read_rows`] do this for the rows of a
//! [`table!`](crate::table!); a [`RowWriter`] or a [`TableWriter`] writes a table that is larger than
//! memory, a part at a time. Read only tables that you trust: a damaged one is an error where that can
//! be told, but the reader behind this (polars) is not made for hostile files.
//!
//! ```
//! use protattn_io::parquet::Table;
//!
//! let folder = tempfile::tempdir().expect("a writable folder");
//! let path = folder.path().join("alignment.parquet");
//! let table = Table::new()
//!     .with("property", vec!["contact".to_owned(), "contact".to_owned()])?
//!     .with("head", vec![1_u32, 2])?
//!     .with("proportion", vec![0.25, f64::NAN])?;
//! table.write(&path)?;
//!
//! let table = Table::read(&path)?;
//! assert_eq!(table.names().collect::<Vec<_>>(), ["property", "head", "proportion"]);
//! assert_eq!(table.u32s("head")?, [1, 2]);
//! let error = table.f64s("p_value").expect_err("no such column");
//! assert!(error.to_string().ends_with("column `p_value` is missing among property, head, proportion"));
//! # Ok::<(), protattn_io::Error>(())
//! ```

pub(crate) mod file;
mod footer;
mod record;
mod rows;
mod writer;

use std::collections::BTreeMap;
use std::path::Path;

pub use record::{Reader, Writer};
pub use rows::{RowWriter, read_rows, read_rows_if_there, write_rows};
pub use writer::TableWriter;

use crate::Error;
pub use crate::table::{Table, Values};

impl Table {
    /// Writes the table, in place of a file that may be there.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let mut writer = TableWriter::create(path)?;
        writer.write(self)?;
        writer.finish()
    }

    /// Reads a table.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is no Parquet table, or has a column that is of none of
    /// the types of [`Values`] or has missing values.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        Ok(Self {
            columns: file::read(&path)?,
            about: BTreeMap::new(),
            path,
        })
    }
}
