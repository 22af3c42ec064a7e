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
//! A [`Table`] is a handful of named [`Column`]s, without missing values. It is written without
//! compression, under a temporary name until it is whole, and any tool that reads Parquet can use
//! it. What a column means and its unit can stand in the file, as metadata of the column in the Arrow
//! schema ([`Table::describe`]); pyarrow, for one, shows them as `schema.field(name).metadata`. A
//! [`TableWriter`] writes a table that is larger than memory, a part at a time. Read only tables that you trust: a damaged one is an error where that can be told, but the
//! reader behind this (polars) is not made for hostile files.
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
//! assert!(error.to_string().ends_with("there is no column `p_value` among property, head, proportion"));
//! # Ok::<(), protattn_io::Error>(())
//! ```

mod column;
pub(crate) mod file;
mod footer;
mod record;
mod writer;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use column::Column;
pub use record::{Reader, Writer};
pub use writer::TableWriter;

use crate::Error;

/// Named columns of equal length.
///
/// Two tables are equal if they have the same columns in the same order; NaN is not equal to NaN.
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Vec<(String, Column)>,
    /// By the name of a column its unit and meaning.
    about: BTreeMap<String, (String, String)>,
    /// Where it was read from; empty for a new one.
    path: PathBuf,
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.columns == other.columns
    }
}

impl Table {
    /// A table without columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// The table with one more column, at the end.
    ///
    /// # Errors
    ///
    /// If there is a column of that name, or the others have another length.
    pub fn with(
        mut self,
        name: impl Into<String>,
        column: impl Into<Column>,
    ) -> Result<Self, Error> {
        let (name, column) = (name.into(), column.into());
        if self.column(&name).is_some() {
            return Err(self.wrong(format!("there are two columns `{name}`")));
        }
        if !self.columns.is_empty() && column.len() != self.n_rows() {
            let (found, expected) = (column.len(), self.n_rows());
            return Err(self.wrong(format!(
                "column `{name}` has {found} values for {expected} rows"
            )));
        }
        self.columns.push((name, column));
        Ok(self)
    }

    /// Says what a column holds, and in which unit (empty if in none), for the metadata of the file.
    /// [`read`](Self::read) does not read them back.
    ///
    /// # Errors
    ///
    /// If there is no such column.
    pub fn describe(mut self, name: &str, unit: &str, meaning: &str) -> Result<Self, Error> {
        self.required(name)?;
        let about = (unit.to_owned(), meaning.to_owned());
        self.about.insert(name.to_owned(), about);
        Ok(self)
    }

    /// The number of rows.
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// The names of the columns, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, column)| column)
    }

    /// The values of a column of text.
    ///
    /// # Errors
    ///
    /// If there is no such column, or it is of another type.
    pub fn strs(&self, name: &str) -> Result<&[String], Error> {
        match self.required(name)? {
            Column::Str(values) => Ok(values),
            column => Err(self.wrong_type(name, column, "str")),
        }
    }

    /// The values of a column of 64-bit counts.
    ///
    /// # Errors
    ///
    /// If there is no such column, or it is of another type.
    pub fn u64s(&self, name: &str) -> Result<&[u64], Error> {
        match self.required(name)? {
            Column::U64(values) => Ok(values),
            column => Err(self.wrong_type(name, column, "u64")),
        }
    }

    /// The values of a column of 32-bit counts.
    ///
    /// # Errors
    ///
    /// If there is no such column, or it is of another type.
    pub fn u32s(&self, name: &str) -> Result<&[u32], Error> {
        match self.required(name)? {
            Column::U32(values) => Ok(values),
            column => Err(self.wrong_type(name, column, "u32")),
        }
    }

    /// The values of a column of floats; NaN stands for what is not defined.
    ///
    /// # Errors
    ///
    /// If there is no such column, or it is of another type.
    pub fn f64s(&self, name: &str) -> Result<&[f64], Error> {
        match self.required(name)? {
            Column::F64(values) => Ok(values),
            column => Err(self.wrong_type(name, column, "f64")),
        }
    }

    /// The values of a column of flags.
    ///
    /// # Errors
    ///
    /// If there is no such column, or it is of another type.
    pub fn bools(&self, name: &str) -> Result<&[bool], Error> {
        match self.required(name)? {
            Column::Bool(values) => Ok(values),
            column => Err(self.wrong_type(name, column, "bool")),
        }
    }

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
    /// the types of [`Column`] or has missing values.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        Ok(Self {
            columns: file::read(&path)?,
            about: BTreeMap::new(),
            path,
        })
    }

    fn required(&self, name: &str) -> Result<&Column, Error> {
        self.column(name).ok_or_else(|| {
            let names: Vec<&str> = self.names().collect();
            self.wrong(format!(
                "there is no column `{name}` among {}",
                names.join(", ")
            ))
        })
    }

    fn wrong_type(&self, name: &str, column: &Column, expected: &str) -> Error {
        self.wrong(format!(
            "column `{name}` is {}, not {expected}",
            column.type_name()
        ))
    }

    fn wrong(&self, message: String) -> Error {
        let new = self.path.as_os_str().is_empty();
        let path = if new {
            PathBuf::from("new table")
        } else {
            self.path.clone()
        };
        Error::Format { path, message }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn columns_are_of_one_length_and_of_different_names() {
        let table = Table::new().with("a", vec![1_u32, 2]).unwrap();
        let message = |error: Error| error.to_string();
        let long = table.clone().with("b", vec![true]).map_err(message);
        assert_eq!(
            long,
            Err("new table: column `b` has 1 values for 2 rows".to_owned())
        );
        let twice = table.with("a", vec![1_u32, 2]).map_err(message);
        assert_eq!(
            twice,
            Err("new table: there are two columns `a`".to_owned())
        );
    }

    #[test]
    fn a_column_of_another_type_is_named() {
        let table = Table::new()
            .with("a", vec![1_u32])
            .unwrap()
            .with("b", vec![1.0])
            .unwrap();
        assert_eq!(table.u32s("a").unwrap(), [1]);
        let error = |result: Result<(), Error>| result.unwrap_err().to_string();
        assert_eq!(
            error(table.u64s("a").map(drop)),
            "new table: column `a` is u32, not u64"
        );
        assert_eq!(
            error(table.strs("b").map(drop)),
            "new table: column `b` is f64, not str"
        );
        assert_eq!(
            error(table.bools("c").map(drop)),
            "new table: there is no column `c` among a, b"
        );
    }
}
