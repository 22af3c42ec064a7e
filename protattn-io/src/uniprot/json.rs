//! Entries as JSON: an answer (`results`), a list of entries, or one.

use std::io::BufRead;
use std::path::Path;

use serde::Deserialize;

use super::entry::Entry;
use super::feature::{Kind, LABELS};
use super::location::Location;
use crate::Error;
use crate::json_elements::Elements;

/// Reads one entry after another.
#[derive(Debug)]
pub(super) struct Entries<R> {
    elements: Elements<R>,
}

impl<R: BufRead> Entries<R> {
    pub(super) fn new(input: R, path: &Path) -> Self {
        let elements = Elements::new(input, path);
        Self { elements }
    }
}

impl<R: BufRead> Iterator for Entries<R> {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.elements.next::<Record>()?;
        Some(record.and_then(|record| {
            let accession = record.accession.clone();
            let entry = record.entry(self.elements.number());
            entry.map_err(|message| self.elements.refused(format!("{accession}: {message}")))
        }))
    }
}

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(expecting = "an entry of UniProt")]
struct Record {
    #[serde(rename = "primaryAccession")]
    accession: String,
    sequence: Option<Sequence>,
    features: Option<Vec<Feature>>,
}

#[derive(Deserialize)]
struct Sequence {
    value: String,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(rename = "type")]
    kind: String,
    location: Span,
}

#[derive(Deserialize)]
struct Span {
    start: Position,
    end: Position,
    /// The isoform, if it is not the one whose sequence is shown.
    sequence: Option<String>,
}

#[derive(Deserialize)]
struct Position {
    value: Option<u32>,
    modifier: Option<String>,
}

impl Position {
    /// `OUTSIDE` (`<` or `>`) and `UNSURE` (`?25`) have a value that counts.
    fn known(&self) -> Option<u32> {
        self.value
            .filter(|_| self.modifier.as_deref() != Some("UNKNOWN"))
    }
}

impl Record {
    fn entry(self, row: usize) -> Result<Entry, String> {
        let mut entry = Entry {
            sequence: self.sequence.map(|sequence| sequence.value),
            is_known: [self.features.is_some(); LABELS.len()],
            features: Vec::new(),
            row,
            accession: self.accession,
        };
        for feature in self.features.unwrap_or_default() {
            let isoform = feature.location.sequence.as_ref();
            let is_other = isoform.is_some_and(|isoform| *isoform != entry.accession);
            let Some(kind) = Kind::of_type(&feature.kind).filter(|_| !is_other) else {
                continue;
            };
            let Span { start, end, .. } = feature.location;
            entry
                .features
                .push((kind, Location::new(start.known(), end.known())?));
        }
        Ok(entry)
    }
}
