//! `metrics.parquet`: one row for each metric, quantity, attention, layer and head.

use std::path::Path;

use anyhow::Result;
use protattn_io::parquet::Table;
use protattn_metrics::{MetricRow, Quantity};

use super::{all, read_if_there};
use crate::columns::{self, described};

/// The name of the file in an output folder.
pub(super) const FILE_NAME: &str = "metrics.parquet";
/// Whose attention it is, where it is the model's own.
pub(crate) const OBSERVED: &str = "observed";

/// A row, and whose attention it is of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MetricEntry {
    pub(crate) attention: String,
    pub(crate) row: MetricRow,
    /// Whether it is of heads of all layers together; layer and head are 0 then.
    pub(crate) combined: bool,
}

impl MetricEntry {
    /// Layers and heads count from 1, and 0 is no single one.
    fn number(&self, index: usize) -> u32 {
        if self.combined { 0 } else { index as u32 + 1 }
    }
}

/// Writes the rows.
pub(crate) fn write(folder: &Path, entries: &[MetricEntry]) -> Result<()> {
    let text = |value: fn(&MetricEntry) -> &str| all(entries, |entry| value(entry).to_owned());
    let table = Table::new()
        .with("metric", text(|entry| &entry.row.metric))?
        .with("property", text(|entry| &entry.row.quantity.property))?
        .with("class", text(|entry| &entry.row.quantity.class))?
        .with("unit", text(|entry| &entry.row.quantity.unit))?
        .with("attention", text(|entry| &entry.attention))?
        .with("layer", all(entries, |entry| entry.number(entry.row.layer)))?
        .with("head", all(entries, |entry| entry.number(entry.row.head)))?
        .with("value", all(entries, |entry| entry.row.value))?
        .with(
            "standard_error",
            all(entries, |entry| entry.row.standard_error),
        )?
        .with("ci_low", all(entries, |entry| entry.row.low))?
        .with("ci_high", all(entries, |entry| entry.row.high))?
        .with("weight", all(entries, |entry| entry.row.weight))?
        .with("proteins", all(entries, |entry| entry.row.proteins))?;
    described(table, columns::METRICS)?.write(folder.join(FILE_NAME))?;
    Ok(())
}

/// Reads the rows of a folder; none where it has no such table.
pub(crate) fn read(folder: &Path) -> Result<Vec<MetricEntry>> {
    let path = folder.join(FILE_NAME);
    let Some(table) = read_if_there(&path)? else {
        return Ok(Vec::new());
    };
    let entry = |i: usize| {
        let (layer, head) = (table.u32s("layer")?[i], table.u32s("head")?[i]);
        Ok(MetricEntry {
            attention: table.strs("attention")?[i].clone(),
            combined: layer == 0,
            row: MetricRow {
                metric: table.strs("metric")?[i].clone(),
                quantity: Quantity {
                    property: table.strs("property")?[i].clone(),
                    class: table.strs("class")?[i].clone(),
                    unit: table.strs("unit")?[i].clone(),
                },
                layer: layer.saturating_sub(1) as usize,
                head: head.saturating_sub(1) as usize,
                value: table.f64s("value")?[i],
                standard_error: table.f64s("standard_error")?[i],
                low: table.f64s("ci_low")?[i],
                high: table.f64s("ci_high")?[i],
                weight: table.f64s("weight")?[i],
                proteins: table.u64s("proteins")?[i],
            },
        })
    };
    (0..table.n_rows()).map(entry).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn rows_read_back_as_they_were_written() {
        let entry = |head, combined| MetricEntry {
            attention: OBSERVED.to_owned(),
            combined,
            row: MetricRow {
                metric: "entropy".to_owned(),
                quantity: Quantity::only("bits"),
                layer: head,
                head,
                value: 1.5,
                standard_error: 0.1,
                low: 1.3,
                high: 1.7,
                weight: 12.0,
                proteins: 3,
            },
        };
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), []);
        let entries = [entry(3, false), entry(0, true)];
        write(folder.path(), &entries).unwrap();
        assert_eq!(read(folder.path()).unwrap(), entries);
        let table = Table::read(folder.path().join(FILE_NAME)).unwrap();
        assert_eq!(table.u32s("head").unwrap(), [4, 0], "people count from one");
    }
}
