//! Proteins in Parquet: the columns, and what is in them.
//!
//! - [`columns`](self::columns) makes columns of proteins,
//! - [`read`](self::read) makes proteins of a file,
//! - [`write`](self::write) makes a file of proteins.

mod columns;
mod read;
mod write;

use polars::prelude::DataType;

pub use read::Reader;
pub use write::Writer;

/// What the names of the columns of labels start with.
const LABEL: &str = "labels.";

/// The proteins in one group of rows: what is held at a time.
const BATCH: usize = 1024;

/// What the values of a label are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Flags,
    Classes,
}

impl Kind {
    fn of(dtype: &DataType) -> Option<Self> {
        match dtype {
            DataType::List(inner) if **inner == DataType::Boolean => Some(Self::Flags),
            DataType::List(inner) if **inner == DataType::String => Some(Self::Classes),
            _ => None,
        }
    }

    fn dtype(self) -> DataType {
        list_of(match self {
            Self::Flags => DataType::Boolean,
            Self::Classes => DataType::String,
        })
    }
}

fn list_of(inner: DataType) -> DataType {
    DataType::List(Box::new(inner))
}

/// The type of `ca` and `cb`.
fn points() -> DataType {
    list_of(list_of(DataType::Float32))
}
