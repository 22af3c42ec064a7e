//! From data sets to the proteins of a run.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use protattn_io::source::{self, Format};
use protattn_io::{Protein, jsonl};

use crate::built_in;
use crate::record::{DataRecord, Skipped};
use crate::selection::Selection;

/// The proteins of a run, and what became of the data sets they came from.
#[derive(Default)]
pub(crate) struct Data {
    pub(crate) proteins: Vec<Protein>,
    pub(crate) sets: Vec<DataRecord>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) warnings: Vec<String>,
}

/// Reads every data set. A record that two sets share (same identifier, same sequence) is one
/// protein with the labels of both.
pub(crate) fn read(names: &[String], format: Option<Format>, selection: Selection) -> Result<Data> {
    let mut data = Data::default();
    let mut places = HashMap::new();
    for name in names {
        let records = data.read_set(name, format)?;
        let mut repeats: HashMap<(String, String), usize> = HashMap::new();
        for protein in selection.of(records) {
            let key = (protein.id().to_owned(), protein.sequence().to_owned());
            let repeat = repeats.entry(key.clone()).or_default();
            let place = places.entry((key, *repeat)).or_insert(data.proteins.len());
            *repeat += 1;
            match data.proteins.get_mut(*place) {
                Some(known) => known.join(protein)?,
                None => data.proteins.push(protein),
            }
        }
    }
    if data.proteins.is_empty() {
        bail!(
            "{}: no protein that can be used{}",
            names.join(", "),
            data.first_reason()
        );
    }
    Ok(data)
}

impl Data {
    fn read_set(&mut self, name: &str, format: Option<Format>) -> Result<Vec<Protein>> {
        if name == built_in::NAME && !Path::new(name).exists() {
            let reader = jsonl::Reader::new(built_in::PROTEINS, built_in::NAME);
            let proteins = reader.collect::<Result<Vec<_>, _>>()?;
            self.sets.push(built_in::data_record(proteins.len()));
            return Ok(proteins);
        }
        let mut records = source::open(name, format)?;
        let mut proteins = Vec::new();
        for record in records.by_ref() {
            match record {
                Ok(protein) => proteins.push(protein),
                Err(error) => self.skipped.push(Skipped::record(name, &error)),
            }
        }
        self.warnings.extend(records.take_warnings());
        let record = DataRecord::of_path(name, records.path(), proteins.len());
        self.sets.push(
            record.with_context(|| format!("{name}: cannot be read again for its checksum"))?,
        );
        Ok(proteins)
    }

    fn first_reason(&self) -> String {
        self.skipped.first().map_or_else(String::new, |first| {
            format!("; the first problem: {}", first.reason)
        })
    }
}
