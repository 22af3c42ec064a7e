//! `comparisons.parquet`: one row for each head and thing it is compared with.

use std::path::Path;

use anyhow::{Context, Result};
use protattn_io::parquet::Table;
use protattn_metrics::{ComparisonRow, Verdict};

use super::{all, from_one, read_if_there};
use crate::columns::{self, described};

/// The name of the file in an output folder.
pub(super) const FILE_NAME: &str = "comparisons.parquet";

/// Writes the rows. Layers and heads count from 1 in the file.
pub(crate) fn write(folder: &Path, rows: &[ComparisonRow]) -> Result<()> {
    let table = Table::new()
        .with("property", all(rows, |row| row.property.clone()))?
        .with("class", all(rows, |row| row.class.clone()))?
        .with("layer", all(rows, |row| row.layer as u32 + 1))?
        .with("head", all(rows, |row| row.head as u32 + 1))?
        .with("against", all(rows, |row| row.against.clone()))?
        .with("value", all(rows, |row| row.value))?
        .with("reference", all(rows, |row| row.reference))?
        .with("difference", all(rows, |row| row.difference))?
        .with("ci_low", all(rows, |row| row.low))?
        .with("ci_high", all(rows, |row| row.high))?
        .with("t", all(rows, |row| row.t))?
        .with("p_value", all(rows, |row| row.p_value))?
        .with("p_bonferroni", all(rows, |row| row.p_bonferroni))?
        .with("p_bh", all(rows, |row| row.p_bh))?
        .with("verdict", all(rows, |row| row.verdict.name().to_owned()))?;
    described(table, columns::COMPARISONS)?.write(folder.join(FILE_NAME))?;
    Ok(())
}

/// Reads the rows of a folder; none where it has no such table.
pub(crate) fn read(folder: &Path) -> Result<Vec<ComparisonRow>> {
    let path = folder.join(FILE_NAME);
    let Some(table) = read_if_there(&path)? else {
        return Ok(Vec::new());
    };
    let verdict = |name: &str| {
        let all = [Verdict::Survives, Verdict::Fails, Verdict::Untested];
        let known = all.into_iter().find(|verdict| verdict.name() == name);
        known.with_context(|| format!("{}: there is no verdict `{name}`", path.display()))
    };
    let row = |i: usize| {
        Ok(ComparisonRow {
            property: table.strs("property")?[i].clone(),
            class: table.strs("class")?[i].clone(),
            layer: from_one(&path, table.u32s("layer")?[i])?,
            head: from_one(&path, table.u32s("head")?[i])?,
            against: table.strs("against")?[i].clone(),
            value: table.f64s("value")?[i],
            reference: table.f64s("reference")?[i],
            difference: table.f64s("difference")?[i],
            low: table.f64s("ci_low")?[i],
            high: table.f64s("ci_high")?[i],
            t: table.f64s("t")?[i],
            p_value: table.f64s("p_value")?[i],
            p_bonferroni: table.f64s("p_bonferroni")?[i],
            p_bh: table.f64s("p_bh")?[i],
            verdict: verdict(&table.strs("verdict")?[i])?,
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
        let row = |head, verdict| ComparisonRow {
            property: "contact".to_owned(),
            class: "yes".to_owned(),
            layer: 0,
            head,
            against: "background".to_owned(),
            value: 0.5,
            reference: 0.25,
            difference: 0.25,
            low: 0.1,
            high: 0.3,
            t: 4.0,
            p_value: 1e-300,
            p_bonferroni: 1e-299,
            p_bh: 2e-300,
            verdict,
        };
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), []);
        let rows = [row(0, Verdict::Survives), row(1, Verdict::Untested)];
        write(folder.path(), &rows).unwrap();
        assert_eq!(read(folder.path()).unwrap(), rows);
    }
}
