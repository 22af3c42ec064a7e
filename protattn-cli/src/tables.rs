//! The tables of an output folder.

use std::path::Path;

use anyhow::Result;
use protattn_io::parquet::{RowWriter, read_rows, read_rows_if_there, write_rows};
use protattn_io::table::Row;
use protattn_metrics::{AgreementRow, ComparisonRow, MetricRow, ProteinRow, SimilarityRow};
use protattn_probe::{ContactScoreRow, PairRow, ProbeRow};

use crate::output;

pub(crate) const ALIGNMENT: &str = AgreementRow::FILE;
pub(crate) const PROBE: &str = ProbeRow::FILE;
pub(crate) const CONTACTS: &str = PairRow::FILE;
pub(crate) const CONTACT_SCORES: &str = ContactScoreRow::FILE;

/// The tables that tell which command wrote a folder.
pub(crate) const OF_COMMANDS: [(&str, &str); 3] = [
    (ALIGNMENT, "align"),
    (PROBE, "probe"),
    (CONTACTS, "contacts"),
];

/// Writes a table to a folder.
pub(crate) fn write<R: Row>(folder: &Path, rows: &[R]) -> Result<()> {
    Ok(write_rows(folder.join(R::FILE), rows)?)
}

/// Writes a table that need not fit into memory to a folder.
pub(crate) fn write_each<R: Row>(folder: &Path, rows: impl Iterator<Item = R>) -> Result<()> {
    let mut writer = RowWriter::create(folder.join(R::FILE))?;
    for row in rows {
        writer.push(row)?;
    }
    writer.finish()?;
    Ok(())
}

/// Reads a table of a folder.
pub(crate) fn read<R: Row>(folder: &Path) -> Result<Vec<R>> {
    Ok(read_rows(folder.join(R::FILE))?)
}

/// Reads a table of a folder; no rows where it has no such table.
pub(crate) fn read_if_there<R: Row>(folder: &Path) -> Result<Vec<R>> {
    Ok(read_rows_if_there(folder.join(R::FILE))?.unwrap_or_default())
}

/// Removes the tables that an earlier run may have left and this one may not write.
pub(crate) fn remove_stale(folder: &Path) -> Result<()> {
    let optional = [
        ComparisonRow::FILE,
        SimilarityRow::FILE,
        MetricRow::FILE,
        ProteinRow::FILE,
    ];
    optional
        .iter()
        .try_for_each(|name| output::remove(&folder.join(name)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use protattn_io::table::Column;
    use protattn_metrics::LayerRow;

    use super::*;

    const TABLES: [(&str, &[Column]); 9] = [
        (AgreementRow::FILE, AgreementRow::COLUMNS),
        (ComparisonRow::FILE, ComparisonRow::COLUMNS),
        (LayerRow::FILE, LayerRow::COLUMNS),
        (SimilarityRow::FILE, SimilarityRow::COLUMNS),
        (MetricRow::FILE, MetricRow::COLUMNS),
        (ProteinRow::FILE, ProteinRow::COLUMNS),
        (ProbeRow::FILE, ProbeRow::COLUMNS),
        (PairRow::FILE, PairRow::COLUMNS),
        (ContactScoreRow::FILE, ContactScoreRow::COLUMNS),
    ];

    /// The page with the columns of each table as they are declared.
    fn with_columns(page: &str) -> String {
        let mut sections: Vec<String> = page.split("\n## ").map(str::to_owned).collect();
        for (file, columns) in TABLES {
            let is_of_file = |section: &&mut String| section.starts_with(&format!("`{file}`"));
            let section = sections.iter_mut().find(is_of_file);
            let section = section.unwrap_or_else(|| panic!("docs/tables.md has no {file}"));
            let is_row = |line: &&str| line.starts_with("| `");
            let row = |c: &Column| format!("| `{}` | {} | {} |", c.name, c.unit, c.meaning);
            let before = section.lines().take_while(|line| !is_row(line));
            let after = section.lines().skip_while(|line| !is_row(line));
            let lines = before.map(str::to_owned).chain(columns.iter().map(row));
            let after = after.skip_while(is_row).map(str::to_owned);
            let end = if section.ends_with('\n') { "\n" } else { "" };
            *section = lines.chain(after).collect::<Vec<_>>().join("\n") + end;
        }
        sections.join("\n## ")
    }

    /// With `PROTATTN_BLESS` set, the page is made to.
    #[test]
    fn the_docs_list_every_column_and_no_other() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/tables.md");
        let page = fs::read_to_string(path).unwrap();
        if std::env::var_os("PROTATTN_BLESS").is_some() {
            fs::write(path, with_columns(&page)).unwrap();
        } else {
            let remedy = "docs/tables.md is not as declared: test with PROTATTN_BLESS=1";
            assert_eq!(page, with_columns(&page), "{remedy}");
        }
    }

    #[test]
    fn a_folder_without_a_table_has_no_rows_and_a_table_may_be_empty() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read_if_there::<MetricRow>(folder.path()).unwrap(), []);
        assert!(read::<MetricRow>(folder.path()).is_err());
        write_each::<PairRow>(folder.path(), std::iter::empty()).unwrap();
        assert_eq!(read::<PairRow>(folder.path()).unwrap(), []);
        write::<MetricRow>(folder.path(), &[]).unwrap();
        remove_stale(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
