//! One entry, whatever it is written in.

use super::feature::{Kind, LABELS};
use super::location::Location;
use crate::label_table::{END, LabelTable, Place};

/// What a file says of one protein.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) accession: String,
    pub(super) sequence: Option<String>,
    /// For each of the labels, whether the file would list its features.
    pub(super) is_known: [bool; LABELS.len()],
    pub(super) features: Vec<(&'static Kind, Location)>,
    /// Its line or number in the file, from 1.
    pub(super) row: usize,
}

impl Entry {
    /// Adds its labels to a table, under its accession.
    pub(super) fn add_to(&self, table: &mut LabelTable) {
        let mut add = |label: usize, word, place| {
            table.add(&self.accession, LABELS[label], word, place, self.row);
        };
        for label in (0..LABELS.len()).filter(|label| self.is_known[*label]) {
            add(label, Some("false"), Place::Rest);
        }
        for (kind, location) in &self.features {
            let (start, end) = (location.start, location.end);
            match (start, end) {
                (Some(start), Some(end)) if !kind.is_bond => {
                    add(kind.label, Some("true"), Place::Range(start, end));
                }
                _ => {
                    for known in [start, end].into_iter().flatten() {
                        add(kind.label, Some("true"), Place::Range(known, known));
                    }
                }
            }
            match (start, end) {
                (Some(_), Some(_)) => {}
                (None, Some(end)) if !kind.is_bond => add(kind.label, None, Place::Range(1, end)),
                (Some(start), None) if !kind.is_bond => {
                    add(kind.label, None, Place::Range(start, END))
                }
                _ => add(kind.label, None, Place::Range(1, END)),
            }
        }
    }
}
