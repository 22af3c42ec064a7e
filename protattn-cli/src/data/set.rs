//! One data set, record by record.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use protattn_io::fetch::Identifier;
use protattn_io::source::{self, Source};
use protattn_io::{Error, Protein, jsonl};

use super::fetch;
use crate::args::ReadArgs;
use crate::built_in;
use crate::record::{DataRecord, Skipped};

/// The usable records of one data set; the others are kept with their reasons.
pub(crate) struct Set {
    name: String,
    records: Records,
    read: usize,
    pub(crate) skipped: Vec<Skipped>,
}

enum Records {
    BuiltIn(jsonl::Reader<&'static [u8]>),
    Source(Box<Source>),
}

impl Set {
    /// Opens a data set by the name that a person gave.
    pub(crate) fn open(name: &str, read: &ReadArgs) -> Result<Self> {
        let records = if name == built_in::NAME && !Path::new(name).exists() {
            Records::BuiltIn(jsonl::Reader::new(built_in::PROTEINS, built_in::NAME))
        } else {
            Records::Source(Box::new(source::open(
                place(name, read)?,
                read.data_format,
            )?))
        };
        Ok(Self {
            name: name.to_owned(),
            records,
            read: 0,
            skipped: Vec::new(),
        })
    }

    /// What kind of source it is.
    pub(crate) fn format(&self) -> &'static str {
        match &self.records {
            Records::BuiltIn(_) => "built-in",
            Records::Source(source) => source.format().name(),
        }
    }

    /// What was odd so far, and not told before.
    pub(crate) fn take_warnings(&mut self) -> Vec<String> {
        match &mut self.records {
            Records::BuiltIn(_) => Vec::new(),
            Records::Source(source) => source.take_warnings(),
        }
    }

    /// What a run says of the set, once it is read.
    pub(crate) fn record(&self) -> Result<DataRecord> {
        match &self.records {
            Records::BuiltIn(_) => Ok(built_in::data_record(self.read)),
            Records::Source(source) => DataRecord::of_path(&self.name, source.path(), self.read)
                .with_context(|| format!("{}: cannot be read again for its checksum", self.name)),
        }
    }

    fn next_record(&mut self) -> Option<Result<Protein, Error>> {
        match &mut self.records {
            Records::BuiltIn(reader) => reader.next(),
            Records::Source(source) => source.next(),
        }
    }
}

/// Where a data set is: at the path of that name or, where there is none, among the downloads under
/// that identifier.
fn place(name: &str, read: &ReadArgs) -> Result<PathBuf> {
    let path = PathBuf::from(name);
    let Some(id) = name.parse::<Identifier>().ok().filter(|_| !path.exists()) else {
        return Ok(path);
    };
    let mut file = fetch::structure(&id, read.offline)?.into_os_string();
    if let Some(chain) = id.chain() {
        file.push(":");
        file.push(chain);
    }
    Ok(file.into())
}

impl Iterator for Set {
    type Item = Protein;

    fn next(&mut self) -> Option<Protein> {
        loop {
            match self.next_record()? {
                Ok(protein) => {
                    self.read += 1;
                    return Some(protein);
                }
                Err(error) => self.skipped.push(Skipped::record(&self.name, &error)),
            }
        }
    }
}
