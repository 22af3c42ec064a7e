//! The tables of an output folder.

mod alignment;
mod comparisons;
mod contacts;
mod derived;
mod metrics;
mod probe;
mod proteins;

use std::path::Path;

use anyhow::{Context, Result};
use protattn_io::parquet::Table;

use crate::output;

pub(crate) use alignment::{
    FILE_NAME as ALIGNMENT, read as read_alignment, write as write_alignment,
};
pub(crate) use comparisons::{read as read_comparisons, write as write_comparisons};
pub(crate) use contacts::{
    CONTACTS, ContactScore, PairRow, SCORES as CONTACT_SCORES, Writer as ContactsWriter,
    write_scores as write_contact_scores,
};
pub(crate) use derived::{Pair, read_similarity, write_layers, write_similarity};
pub(crate) use metrics::{MetricEntry, OBSERVED, read as read_metrics, write as write_metrics};
pub(crate) use probe::{FILE_NAME as PROBE, ProbeRow, read as read_probe, write as write_probe};
pub(crate) use proteins::write as write_proteins;

/// One value of each row.
fn all<R, T>(rows: &[R], value: impl Fn(&R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// A layer or head as people count it, to the index.
fn from_one(path: &Path, number: u32) -> Result<usize> {
    let index = (number as usize).checked_sub(1);
    index.with_context(|| {
        format!(
            "{}: layers and heads count from 1, but one is 0",
            path.display()
        )
    })
}

/// A table of a folder, if it is there.
fn read_if_there(path: &Path) -> Result<Option<Table>> {
    if path.exists() {
        Ok(Some(Table::read(path)?))
    } else {
        Ok(None)
    }
}

/// Removes the tables that an earlier run may have left and this one may not write.
pub(crate) fn remove_stale(folder: &Path) -> Result<()> {
    let optional = [
        comparisons::FILE_NAME,
        derived::SIMILARITY,
        metrics::FILE_NAME,
        proteins::FILE_NAME,
    ];
    optional
        .iter()
        .try_for_each(|name| output::remove(&folder.join(name)))
}
