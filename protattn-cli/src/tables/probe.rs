//! `probe.parquet`: one row for each task, class, features, layer and score.

use std::path::Path;

use anyhow::Result;
use protattn_io::parquet::Table;

use super::all;
use crate::columns::{self, described};

/// The name of the file in an output folder.
pub(crate) const FILE_NAME: &str = "probe.parquet";

/// A score of a probe.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ProbeRow {
    pub(crate) task: String,
    pub(crate) class: String,
    pub(crate) features: String,
    /// 0 is the output of the embedding, n that of layer n; attention is of layers 1 to n.
    pub(crate) layer: usize,
    pub(crate) score: String,
    pub(crate) k_rule: String,
    pub(crate) separation: String,
    pub(crate) value: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) majority: f64,
    pub(crate) control: f64,
    pub(crate) selectivity: f64,
    pub(crate) l2: f64,
    pub(crate) converged: bool,
    pub(crate) n_train: u64,
    pub(crate) n_eval: u64,
    pub(crate) train_proteins: u64,
    pub(crate) eval_proteins: u64,
}

/// Writes the rows to a file.
pub(crate) fn write(path: &Path, rows: &[ProbeRow]) -> Result<()> {
    let table = Table::new()
        .with("task", all(rows, |row| row.task.clone()))?
        .with("class", all(rows, |row| row.class.clone()))?
        .with("features", all(rows, |row| row.features.clone()))?
        .with("layer", all(rows, |row| row.layer as u32))?
        .with("score", all(rows, |row| row.score.clone()))?
        .with("k_rule", all(rows, |row| row.k_rule.clone()))?
        .with("separation", all(rows, |row| row.separation.clone()))?
        .with("value", all(rows, |row| row.value))?
        .with("ci_low", all(rows, |row| row.low))?
        .with("ci_high", all(rows, |row| row.high))?
        .with("majority", all(rows, |row| row.majority))?
        .with("control", all(rows, |row| row.control))?
        .with("selectivity", all(rows, |row| row.selectivity))?
        .with("penalty", all(rows, |row| row.l2))?
        .with("converged", all(rows, |row| row.converged))?
        .with("n_train", all(rows, |row| row.n_train))?
        .with("n_eval", all(rows, |row| row.n_eval))?
        .with("train_proteins", all(rows, |row| row.train_proteins))?
        .with("eval_proteins", all(rows, |row| row.eval_proteins))?;
    described(table, columns::PROBE)?.write(path)?;
    Ok(())
}

/// Reads the rows of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<ProbeRow>> {
    let table = Table::read(path)?;
    let row = |i: usize| {
        let text = |name: &str| anyhow::Ok(table.strs(name)?[i].clone());
        let number = |name: &str| anyhow::Ok(table.f64s(name)?[i]);
        let count = |name: &str| anyhow::Ok(table.u64s(name)?[i]);
        Ok(ProbeRow {
            task: text("task")?,
            class: text("class")?,
            features: text("features")?,
            layer: table.u32s("layer")?[i] as usize,
            score: text("score")?,
            k_rule: text("k_rule")?,
            separation: text("separation")?,
            value: number("value")?,
            low: number("ci_low")?,
            high: number("ci_high")?,
            majority: number("majority")?,
            control: number("control")?,
            selectivity: number("selectivity")?,
            l2: number("penalty")?,
            converged: table.bools("converged")?[i],
            n_train: count("n_train")?,
            n_eval: count("n_eval")?,
            train_proteins: count("train_proteins")?,
            eval_proteins: count("eval_proteins")?,
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
        let row = |layer| ProbeRow {
            task: "contact".to_owned(),
            class: "yes".to_owned(),
            features: "hidden".to_owned(),
            layer,
            score: "precision_at_k".to_owned(),
            k_rule: "L/5".to_owned(),
            separation: "long".to_owned(),
            value: 0.5,
            low: 0.25,
            high: 0.75,
            majority: 0.05,
            control: 0.125,
            selectivity: 0.375,
            l2: 1.0,
            converged: true,
            n_train: 10,
            n_eval: 20,
            train_proteins: 3,
            eval_proteins: 2,
        };
        let folder = tempfile::tempdir().unwrap();
        let (path, rows) = (folder.path().join(FILE_NAME), [row(0), row(7)]);
        write(&path, &rows).unwrap();
        assert_eq!(read(&path).unwrap(), rows);
    }
}
