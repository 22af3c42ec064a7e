//! `proteins.parquet`: the counts of each protein.

use std::path::Path;

use anyhow::Result;
use protattn_io::parquet::{Table, TableWriter};
use protattn_metrics::{ByProtein, ProteinCounts};

use crate::columns::{self, described};

/// The name of the file in an output folder.
pub(super) const FILE_NAME: &str = "proteins.parquet";
/// Rows that are written at once.
const BATCH: usize = 1 << 18;

/// Rows that are not yet written, column by column.
#[derive(Default)]
struct Rows {
    protein: Vec<String>,
    property: Vec<String>,
    class: Vec<String>,
    layer: Vec<u32>,
    head: Vec<u32>,
    arcs_in_class: Vec<u32>,
    arcs_eligible: Vec<u32>,
    arcs_total: Vec<u32>,
}

/// Writes a row for each protein, class, layer and head with an arc. Layers and heads count from 1.
pub(crate) fn write<'a>(
    folder: &Path,
    properties: impl Iterator<Item = &'a ByProtein>,
) -> Result<()> {
    let mut writer = TableWriter::create(folder.join(FILE_NAME))?;
    let mut rows = Rows::default();
    for counts in properties {
        let mut written = Ok(());
        counts.for_each(|id, protein| {
            if written.is_ok() {
                written = rows.add(id, protein);
            }
            if written.is_ok() && rows.head.len() >= BATCH {
                written = rows.take().and_then(|table| Ok(writer.write(&table)?));
            }
        });
        written?;
    }
    writer.write(&rows.take()?)?;
    Ok(writer.finish()?)
}

impl Rows {
    fn add(&mut self, id: &str, protein: &ProteinCounts) -> Result<()> {
        let counts = protein.counts();
        for (class, name) in counts.classes().iter().enumerate() {
            for layer in counts.layers() {
                for head in 0..counts.n_heads() {
                    let found = counts.head(class, *layer, head)?;
                    if found.arcs_total == 0 {
                        continue;
                    }
                    self.protein.push(id.to_owned());
                    self.property.push(counts.property().to_owned());
                    self.class.push(name.clone());
                    self.layer.push(*layer as u32 + 1);
                    self.head.push(head as u32 + 1);
                    self.arcs_in_class.push(u32::try_from(found.arcs_in_class)?);
                    self.arcs_eligible.push(u32::try_from(found.arcs_eligible)?);
                    self.arcs_total.push(u32::try_from(found.arcs_total)?);
                }
            }
        }
        Ok(())
    }

    fn take(&mut self) -> Result<Table> {
        let rows = std::mem::take(self);
        let table = Table::new()
            .with("protein", rows.protein)?
            .with("property", rows.property)?
            .with("class", rows.class)?
            .with("layer", rows.layer)?
            .with("head", rows.head)?
            .with("arcs_in_class", rows.arcs_in_class)?
            .with("arcs_eligible", rows.arcs_eligible)?
            .with("arcs_total", rows.arcs_total)?;
        described(table, columns::PROTEINS)
    }
}
