//! Records in the format that the name of a file asks for.

use std::path::Path;

use anyhow::{Result, bail};
use protattn_io::{Protein, jsonl, parquet};

use crate::terminal::ending::Usage;

/// Writes protattn's own records; the file appears when it is finished.
pub(crate) enum Writer {
    Jsonl(jsonl::Writer),
    Parquet(parquet::Writer),
}

impl Writer {
    /// Begins a file; its name ends in `.jsonl` or `.parquet`.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        match path.extension().and_then(|end| end.to_str()) {
            Some("jsonl") => Ok(Self::Jsonl(jsonl::Writer::create(path)?)),
            Some("parquet") => Ok(Self::Parquet(parquet::Writer::create(path)?)),
            _ => bail!(Usage(format!(
                "--output {}: the name must end in .jsonl or .parquet",
                path.display()
            ))),
        }
    }

    /// Adds a record.
    pub(crate) fn write(&mut self, protein: &Protein) -> Result<()> {
        match self {
            Self::Jsonl(writer) => writer.write(protein)?,
            Self::Parquet(writer) => writer.write(protein)?,
        }
        Ok(())
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> Result<()> {
        match self {
            Self::Jsonl(writer) => writer.finish()?,
            Self::Parquet(writer) => writer.finish()?,
        }
        Ok(())
    }
}
