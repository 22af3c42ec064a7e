//! Entries as JSON: an answer (`results`), a list of entries, or one.

use serde::Deserialize;

use super::entry::Entry;
use super::feature::{Kind, LABELS};
use super::location::Location;

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(expecting = "an entry of UniProt")]
pub(super) struct Record {
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
    /// Makes the entry, and says of an error which it is of.
    pub(super) fn entry(self, row: usize) -> Result<Entry, String> {
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
            let location = Location::new(start.known(), end.known());
            let location = location.map_err(|message| format!("{}: {message}", entry.accession))?;
            entry.features.push((kind, location));
        }
        Ok(entry)
    }
}
