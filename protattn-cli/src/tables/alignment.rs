//! `alignment.parquet`: one row for each property, class, layer and head.

use std::path::Path;

use anyhow::Result;
use protattn_io::parquet::Table;
use protattn_metrics::AgreementRow;

use super::{all, from_one};
use crate::columns::{self, described};

/// The name of the file in an output folder.
pub(crate) const FILE_NAME: &str = "alignment.parquet";

/// Writes the rows. Layers and heads count from 1 in the file.
pub(crate) fn write(folder: &Path, rows: &[AgreementRow]) -> Result<()> {
    let table = Table::new()
        .with("property", all(rows, |row| row.property.clone()))?
        .with("class", all(rows, |row| row.class.clone()))?
        .with("layer", all(rows, |row| row.layer as u32 + 1))?
        .with("head", all(rows, |row| row.head as u32 + 1))?
        .with("arcs_in_class", all(rows, |row| row.arcs_in_class))?
        .with("arcs_eligible", all(rows, |row| row.arcs_eligible))?
        .with("arcs_total", all(rows, |row| row.arcs_total))?
        .with("proportion", all(rows, |row| row.proportion))?
        .with(
            "proportion_eligible",
            all(rows, |row| row.proportion_eligible),
        )?
        .with("background", all(rows, |row| row.background))?
        .with("ci_low", all(rows, |row| row.ci_low))?
        .with("ci_high", all(rows, |row| row.ci_high))?
        .with("z", all(rows, |row| row.z))?
        .with("p_value", all(rows, |row| row.p_value))?
        .with("p_adjusted", all(rows, |row| row.p_adjusted))?
        .with("p_bh", all(rows, |row| row.p_bh))?
        .with("wilson_low", all(rows, |row| row.wilson_low))?
        .with("wilson_high", all(rows, |row| row.wilson_high))?
        .with("protein_low", all(rows, |row| row.protein_low))?
        .with("protein_high", all(rows, |row| row.protein_high))?
        .with("scored", all(rows, |row| row.scored))?;
    described(table, columns::ALIGNMENT)?.write(folder.join(FILE_NAME))?;
    Ok(())
}

/// Reads the rows of a folder.
pub(crate) fn read(folder: &Path) -> Result<Vec<AgreementRow>> {
    let path = folder.join(FILE_NAME);
    let table = Table::read(&path)?;
    let row = |i: usize| {
        Ok(AgreementRow {
            property: table.strs("property")?[i].clone(),
            class: table.strs("class")?[i].clone(),
            layer: from_one(&path, table.u32s("layer")?[i])?,
            head: from_one(&path, table.u32s("head")?[i])?,
            arcs_in_class: table.u64s("arcs_in_class")?[i],
            arcs_eligible: table.u64s("arcs_eligible")?[i],
            arcs_total: table.u64s("arcs_total")?[i],
            proportion: table.f64s("proportion")?[i],
            proportion_eligible: table.f64s("proportion_eligible")?[i],
            background: table.f64s("background")?[i],
            ci_low: table.f64s("ci_low")?[i],
            ci_high: table.f64s("ci_high")?[i],
            z: table.f64s("z")?[i],
            p_value: table.f64s("p_value")?[i],
            p_adjusted: table.f64s("p_adjusted")?[i],
            p_bh: table.f64s("p_bh")?[i],
            wilson_low: table.f64s("wilson_low")?[i],
            wilson_high: table.f64s("wilson_high")?[i],
            protein_low: table.f64s("protein_low")?[i],
            protein_high: table.f64s("protein_high")?[i],
            scored: table.bools("scored")?[i],
        })
    };
    (0..table.n_rows()).map(row).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn rows_read_back_as_they_were_written() {
        let row = |head| AgreementRow {
            property: "contact".to_owned(),
            class: "yes".to_owned(),
            layer: 0,
            head,
            arcs_in_class: 3,
            arcs_eligible: 4,
            arcs_total: u64::MAX,
            proportion: 0.1,
            proportion_eligible: 0.75,
            background: 1.0 / 3.0,
            ci_low: 0.0,
            ci_high: 1.0,
            z: -1e-300,
            p_value: 5e-324,
            p_adjusted: 1.0,
            p_bh: 0.5,
            wilson_low: 0.1,
            wilson_high: 0.2,
            protein_low: 0.05,
            protein_high: 0.25,
            scored: head == 1,
        };
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[row(0), row(1)]).unwrap();
        assert_eq!(read(folder.path()).unwrap(), [row(0), row(1)]);
        let table = Table::read(folder.path().join(FILE_NAME)).unwrap();
        assert_eq!(table.u32s("head").unwrap(), [1, 2], "people count from one");
    }
}
