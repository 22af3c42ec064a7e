//! Tables of results in memory, and their rows: what a column means is said once, where its row is
//! declared.
//!
//! A [`Table`] is a handful of named columns of [`Values`], without missing ones. [`table!`](crate::table!)
//! declares the struct of a row with the name, unit and meaning of each [`Column`]; rows become a
//! table and a table rows through [`Row`]. The feature `parquet` writes and reads both.

mod codec;
mod row;
mod values;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use codec::{Codec, OneBased, Plain, Text, YesNo};
pub use row::{Column, Row};
#[doc(hidden)]
pub use row::{decode, encode};
pub use values::{Cell, Values};

use crate::Error;

/// Named columns of equal length.
///
/// Two tables are equal if they have the same columns in the same order; NaN is not equal to NaN.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub(crate) columns: Vec<(String, Values)>,
    /// By the name of a column its unit and meaning.
    pub(crate) about: BTreeMap<String, (String, String)>,
    /// Where it was read from; empty for a new one.
    pub(crate) path: PathBuf,
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
    /// [`Error::Column`] if there is a column of that name, or the others have another length.
    pub fn with(
        mut self,
        name: impl Into<String>,
        column: impl Into<Values>,
    ) -> Result<Self, Error> {
        let (name, column) = (name.into(), column.into());
        if self.column(&name).is_some() {
            return Err(self.wrong(&name, "is there twice".to_owned()));
        }
        if !self.columns.is_empty() && column.len() != self.n_rows() {
            let (found, expected) = (column.len(), self.n_rows());
            let problem = format!("has {found} values for {expected} rows");
            return Err(self.wrong(&name, problem));
        }
        self.columns.push((name, column));
        Ok(self)
    }

    /// Says what a column holds, and in which unit (empty if in none), for the metadata of a file.
    /// They are not read back.
    ///
    /// # Errors
    ///
    /// [`Error::Column`] if there is no such column.
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
    pub fn column(&self, name: &str) -> Option<&Values> {
        self.columns
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, column)| column)
    }

    /// The values of a column.
    ///
    /// # Errors
    ///
    /// [`Error::Column`] if there is no such column, or it is of another type.
    pub fn values<T: Cell>(&self, name: &str) -> Result<&[T], Error> {
        let column = self.required(name)?;
        T::of(column)
            .ok_or_else(|| self.wrong(name, format!("is {}, not {}", column.type_name(), T::NAME)))
    }

    /// The values of a column of text.
    ///
    /// # Errors
    ///
    /// As [`values`](Self::values).
    pub fn strs(&self, name: &str) -> Result<&[String], Error> {
        self.values(name)
    }

    /// The values of a column of 64-bit counts.
    ///
    /// # Errors
    ///
    /// As [`values`](Self::values).
    pub fn u64s(&self, name: &str) -> Result<&[u64], Error> {
        self.values(name)
    }

    /// The values of a column of 32-bit counts.
    ///
    /// # Errors
    ///
    /// As [`values`](Self::values).
    pub fn u32s(&self, name: &str) -> Result<&[u32], Error> {
        self.values(name)
    }

    /// The values of a column of floats; NaN stands for what is not defined.
    ///
    /// # Errors
    ///
    /// As [`values`](Self::values).
    pub fn f64s(&self, name: &str) -> Result<&[f64], Error> {
        self.values(name)
    }

    /// The values of a column of flags.
    ///
    /// # Errors
    ///
    /// As [`values`](Self::values).
    pub fn bools(&self, name: &str) -> Result<&[bool], Error> {
        self.values(name)
    }

    fn required(&self, name: &str) -> Result<&Values, Error> {
        self.column(name).ok_or_else(|| {
            let names: Vec<&str> = self.names().collect();
            self.wrong(name, format!("is missing among {}", names.join(", ")))
        })
    }

    fn wrong(&self, column: &str, problem: String) -> Error {
        let new = self.path.as_os_str().is_empty();
        Error::Column {
            path: if new {
                PathBuf::from("new table")
            } else {
                self.path.clone()
            },
            column: column.to_owned(),
            problem,
        }
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
            Err("new table: column `a` is there twice".to_owned())
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
            "new table: column `c` is missing among a, b"
        );
    }
}
