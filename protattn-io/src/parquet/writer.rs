//! A table written a part at a time.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::io::parquet::write::{BatchedWriter, KeyValueMetadata};
use polars::prelude::{
    ArrowSchema, CompatLevel, DataFrame, ParquetCompression, ParquetWriter, Schema, SchemaExt,
};
use polars_parquet::write::schema_to_metadata_key;

use super::Table;
use super::file::{failed, to_series};
use crate::Error;
use crate::replace::Replacement;

/// Writes a table part after part, each a [`Table`] of the same columns. The file takes its name when
/// the last has been written; dropped before [`finish`](Self::finish), nothing is left of it.
///
/// ```
/// use protattn_io::parquet::{Table, TableWriter};
///
/// let folder = tempfile::tempdir().expect("a writable folder");
/// let path = folder.path().join("long.parquet");
/// let mut writer = TableWriter::create(&path)?;
/// for part in 0..3_u32 {
///     writer.write(&Table::new().with("part", vec![part; 2])?)?;
/// }
/// writer.finish()?;
/// assert_eq!(Table::read(&path)?.u32s("part")?, [0, 0, 1, 1, 2, 2]);
/// # Ok::<(), protattn_io::Error>(())
/// ```
pub struct TableWriter {
    path: PathBuf,
    replacement: Replacement,
    state: State,
}

enum State {
    /// Nothing written: the columns are not known.
    New(File),
    Open(Box<BatchedWriter<File>>, Arc<Schema>),
    /// Between the two, or after an error.
    Broken,
}

impl TableWriter {
    /// Starts a file of this name, under a temporary one beside it.
    ///
    /// # Errors
    ///
    /// If no file can be created there.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        let (replacement, file) = Replacement::create(&path).map_err(Error::io(&path))?;
        Ok(Self {
            path,
            replacement,
            state: State::New(file),
        })
    }

    /// Writes a part. What the columns of the first mean stands in the file.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, or the columns are not those of the first part.
    pub fn write(&mut self, part: &Table) -> Result<(), Error> {
        let error = |error| failed(&self.path, &error);
        let series = part.columns.iter();
        let series = series.map(|(name, values)| to_series(name, values));
        let frame = DataFrame::new_infer_height(series.collect()).map_err(error)?;
        let schema = frame.schema().clone();
        let mut writer = match std::mem::replace(&mut self.state, State::Broken) {
            State::New(file) => {
                let writer = ParquetWriter::new(file)
                    .with_compression(ParquetCompression::Uncompressed)
                    .with_key_value_metadata(Some(metadata(&schema, &part.about)));
                Box::new(writer.batched(&schema).map_err(error)?)
            }
            State::Open(writer, known) if known == schema => writer,
            _ => {
                return Err(Error::format(
                    &self.path,
                    "a part of the table has other columns than the first",
                ));
            }
        };
        writer.write_batch(&frame).map_err(error)?;
        self.state = State::Open(writer, schema);
        Ok(())
    }

    /// Ends the file and gives it its name, in place of one that may be there.
    ///
    /// # Errors
    ///
    /// If nothing was written, or the file cannot be written or renamed.
    pub fn finish(self) -> Result<(), Error> {
        let State::Open(writer, _) = self.state else {
            return Err(Error::format(
                &self.path,
                "no part of the table was written",
            ));
        };
        writer
            .finish()
            .map_err(|error| failed(&self.path, &error))?;
        let finished = self.replacement.finish();
        finished.map_err(Error::io(&self.path))
    }
}

/// The schema of the file as Arrow's tools read it, with the unit and meaning of each column.
fn metadata(schema: &Schema, about: &BTreeMap<String, (String, String)>) -> KeyValueMetadata {
    let fields = schema.to_arrow(CompatLevel::newest());
    let described = fields.iter_values().cloned().map(|mut field| {
        if let Some((unit, meaning)) = about.get(field.name.as_str()) {
            let pairs = [("unit", unit), ("description", meaning)];
            let pairs = pairs.map(|(key, value)| (key.into(), value.as_str().into()));
            field.metadata = Some(Arc::new(pairs.into_iter().collect()));
        }
        (field.name.clone(), field)
    });
    let schema: ArrowSchema = described.collect();
    KeyValueMetadata::Static(vec![schema_to_metadata_key(&schema)])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use polars::prelude::{ParquetReader, SerReader};

    use super::*;

    #[test]
    fn units_and_meanings_stand_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let table = Table::new()
            .with("distance", vec![1.5])
            .unwrap()
            .with("head", vec![1_u32])
            .unwrap();
        let table = table.describe("distance", "Å", "between Cα").unwrap();
        table.write(&path).unwrap();
        let mut reader = ParquetReader::new(File::open(&path).unwrap());
        let schema = reader.schema().unwrap();
        let metadata = schema.get("distance").unwrap().metadata.clone().unwrap();
        assert_eq!(metadata.get("unit").map(|s| s.as_str()), Some("Å"));
        assert_eq!(
            metadata.get("description").map(|s| s.as_str()),
            Some("between Cα")
        );
        assert!(reader.finish().unwrap().equals(&{
            let reader = ParquetReader::new(File::open(&path).unwrap());
            reader.finish().unwrap()
        }));
        assert_eq!(Table::read(&path).unwrap(), table);
        assert!(table.describe("tail", "", "").is_err());
    }

    #[test]
    fn parts_are_alike_and_an_unfinished_file_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let mut writer = TableWriter::create(&path).unwrap();
        writer
            .write(&Table::new().with("a", vec![1_u32]).unwrap())
            .unwrap();
        let other = Table::new().with("a", vec![1.0]).unwrap();
        let error = writer.write(&other).unwrap_err().to_string();
        assert!(
            error.ends_with("has other columns than the first"),
            "{error}"
        );
        assert!(writer.finish().is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(TableWriter::create(&path).unwrap().finish().is_err());
    }
}
