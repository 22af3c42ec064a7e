//! One data set, record by record.

use std::path::PathBuf;

use anyhow::{Context, Result};
use protattn_io::source::Source;
use protattn_io::{DataRecord, Error, Protein, Skipped, jsonl};
use protattn_model::run::describe_data;

use super::Reading;
use crate::built_in;

/// The usable records of one data set; the others are kept with their reasons.
pub(crate) struct Set<'a> {
    reading: &'a Reading<'a>,
    name: String,
    records: Records,
    read: usize,
    pub(crate) skipped: Vec<Skipped>,
}

/// Where the records of a set came from.
pub(crate) struct Origin {
    name: String,
    /// None of what is built in.
    path: Option<PathBuf>,
    records: usize,
}

impl Origin {
    /// What a run says of the set; its files are read again for their checksum.
    pub(crate) fn record(&self) -> Result<DataRecord> {
        match &self.path {
            None => Ok(built_in::data_record(self.records)),
            Some(path) => describe_data(&self.name, path, self.records)
                .with_context(|| format!("{}: cannot be read again for its checksum", self.name)),
        }
    }
}

enum Records {
    BuiltIn(jsonl::Reader<&'static [u8]>),
    Source(Box<Source>),
}

impl<'a> Set<'a> {
    /// Opens a data set by the name that a person gave.
    pub(crate) fn open(name: &str, reading: &'a Reading<'a>) -> Result<Self> {
        let records = if built_in::is(name) {
            Records::BuiltIn(jsonl::Reader::new(built_in::PROTEINS, built_in::NAME))
        } else {
            Records::Source(Box::new(reading.open(name)?))
        };
        Ok(Self {
            reading,
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

    /// Where the records came from.
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            name: self.name.clone(),
            path: match &self.records {
                Records::BuiltIn(_) => None,
                Records::Source(source) => Some(source.path().to_owned()),
            },
            records: self.read,
        }
    }

    fn next_record(&mut self) -> Option<Result<Protein, Error>> {
        match &mut self.records {
            Records::BuiltIn(reader) => reader.next(),
            Records::Source(source) => source.next(),
        }
    }
}

impl Iterator for Set<'_> {
    type Item = Protein;

    fn next(&mut self) -> Option<Protein> {
        loop {
            let labelled = match self.next_record()? {
                Ok(protein) if !self.reading.wants(&protein) => continue,
                Ok(mut protein) => self.reading.label(&mut protein).map(|()| protein),
                Err(error) => Err(error),
            };
            match labelled {
                Ok(protein) => {
                    self.read += 1;
                    return Some(protein);
                }
                Err(error) => self.skipped.push(Skipped::record(&self.name, &error)),
            }
        }
    }
}
