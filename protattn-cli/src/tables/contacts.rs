//! `contacts.parquet`, what is predicted of each pair, and `contact_scores.parquet`, how good it is.

use std::path::Path;

use anyhow::Result;
use protattn_io::parquet::{Table, TableWriter};

use super::all;
use crate::columns::{self, described};

/// The names of the files in an output folder.
pub(crate) const CONTACTS: &str = "contacts.parquet";
pub(crate) const SCORES: &str = "contact_scores.parquet";
/// Rows that are written at once.
const BATCH: usize = 1 << 18;

/// A pair of residues.
pub(crate) struct PairRow {
    /// 0-based, i < j.
    pub(crate) i: usize,
    pub(crate) j: usize,
    pub(crate) probability: f64,
    /// Whether the structure has the contact; `None` where it does not say.
    pub(crate) contact: Option<bool>,
}

/// Writes pairs as they come.
pub(crate) struct Writer {
    file: TableWriter,
    rows: Rows,
    n_rows: u64,
}

/// Rows that are not yet written, column by column.
#[derive(Default)]
struct Rows {
    record: Vec<String>,
    i: Vec<u32>,
    j: Vec<u32>,
    probability: Vec<f64>,
    contact: Vec<String>,
}

impl Writer {
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        Ok(Self {
            file: TableWriter::create(folder.join(CONTACTS))?,
            rows: Rows::default(),
            n_rows: 0,
        })
    }

    /// Adds a pair of a record. Residues count from 1 in the file.
    pub(crate) fn pair(&mut self, record: &str, pair: &PairRow) -> Result<()> {
        let contact = match pair.contact {
            Some(true) => "yes",
            Some(false) => "no",
            None => "undefined",
        };
        self.rows.record.push(record.to_owned());
        self.rows.i.push(u32::try_from(pair.i + 1)?);
        self.rows.j.push(u32::try_from(pair.j + 1)?);
        self.rows.probability.push(pair.probability);
        self.rows.contact.push(contact.to_owned());
        self.n_rows += 1;
        if self.rows.i.len() >= BATCH {
            self.file.write(&self.rows.take()?)?;
        }
        Ok(())
    }

    /// Ends the file, and says how many rows it has.
    pub(crate) fn finish(mut self) -> Result<u64> {
        self.file.write(&self.rows.take()?)?;
        self.file.finish()?;
        Ok(self.n_rows)
    }
}

impl Rows {
    fn take(&mut self) -> Result<Table> {
        let rows = std::mem::take(self);
        let table = Table::new()
            .with("record", rows.record)?
            .with("i", rows.i)?
            .with("j", rows.j)?
            .with("probability", rows.probability)?
            .with("contact", rows.contact)?;
        described(table, columns::CONTACTS)
    }
}

/// How many of the most probable pairs of a range are contacts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ContactScore {
    pub(crate) record: String,
    pub(crate) separation: &'static str,
    pub(crate) k_rule: &'static str,
    pub(crate) precision: f64,
    pub(crate) contacts: u64,
    pub(crate) pairs: u64,
    pub(crate) length: u64,
    pub(crate) proteins: u64,
}

/// Writes the scores to an output folder.
pub(crate) fn write_scores(folder: &Path, rows: &[ContactScore]) -> Result<()> {
    let table = Table::new()
        .with("record", all(rows, |row| row.record.clone()))?
        .with("separation", all(rows, |row| row.separation.to_owned()))?
        .with("k_rule", all(rows, |row| row.k_rule.to_owned()))?
        .with("precision", all(rows, |row| row.precision))?
        .with("contacts", all(rows, |row| row.contacts))?
        .with("pairs", all(rows, |row| row.pairs))?
        .with("length", all(rows, |row| row.length))?
        .with("proteins", all(rows, |row| row.proteins))?;
    described(table, columns::CONTACT_SCORES)?.write(folder.join(SCORES))?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn residues_count_from_one_and_a_table_may_be_empty() {
        let folder = tempfile::tempdir().unwrap();
        let writer = Writer::create(folder.path()).unwrap();
        assert_eq!(writer.finish().unwrap(), 0);
        let path = folder.path().join(CONTACTS);
        assert!(Table::read(&path).unwrap().u32s("i").unwrap().is_empty());

        let mut writer = Writer::create(folder.path()).unwrap();
        for (j, contact) in [(6, Some(true)), (7, Some(false)), (8, None)] {
            let row = PairRow {
                i: 0,
                j,
                probability: 0.25,
                contact,
            };
            writer.pair("a", &row).unwrap();
        }
        assert_eq!(writer.finish().unwrap(), 3);
        let table = Table::read(&path).unwrap();
        assert_eq!(table.u32s("i").unwrap(), [1, 1, 1]);
        assert_eq!(table.u32s("j").unwrap(), [7, 8, 9]);
        assert_eq!(table.strs("contact").unwrap(), ["yes", "no", "undefined"]);
    }
}
