//! Rows of a table, whatever file it is in.

use super::{LabelTable, Place};
use crate::{Error, ResidueNumber};

/// What says where a residue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Position,
    Number,
}

/// The places of the columns that a table must or may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    pub(super) id: usize,
    pub(super) place: usize,
    pub(super) by: By,
    pub(super) label: usize,
    pub(super) value: Option<usize>,
}

/// One row, as text.
pub(super) struct Row<'a> {
    pub(super) id: &'a str,
    /// Empty for all residues that have no row of their own.
    pub(super) place: &'a str,
    pub(super) label: &'a str,
    /// `None` if there is no such column.
    pub(super) value: Option<&'a str>,
}

impl Columns {
    /// Finds the columns by name; the error names the one that is missing or not known.
    pub(super) fn find(names: &[String]) -> Result<Self, String> {
        const KNOWN: [&str; 5] = ["id", "position", "number", "label", "value"];
        for (index, name) in names.iter().enumerate() {
            let known = KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name));
            if !known {
                return Err(format!("column `{name}` is none of {}", KNOWN.join(", ")));
            }
            if names[..index].iter().any(|n| n.eq_ignore_ascii_case(name)) {
                return Err(format!("there are two columns `{name}`"));
            }
        }
        let find = |name: &str| names.iter().position(|n| n.eq_ignore_ascii_case(name));
        let required =
            |name: &str| find(name).ok_or_else(|| format!("there is no column `{name}`"));
        let (place, by) = match (find("position"), find("number")) {
            (Some(place), None) => (place, By::Position),
            (None, Some(place)) => (place, By::Number),
            (None, None) => return Err("there is no column `position` or `number`".to_owned()),
            (Some(_), Some(_)) => {
                return Err("there are both of the columns `position` and `number`".to_owned());
            }
        };
        Ok(Self {
            id: required("id")?,
            place,
            by,
            label: required("label")?,
            value: find("value"),
        })
    }
}

/// Adds a row; `number` is what messages call it.
pub(super) fn add(
    table: &mut LabelTable,
    by: By,
    row: &Row<'_>,
    number: usize,
) -> Result<(), Error> {
    for (name, field) in [("id", row.id), ("label", row.label)] {
        if field.is_empty() {
            return Err(table.wrong(number, format!("the {name} is empty")));
        }
    }
    let place = place(by, row.place).map_err(|message| table.wrong(number, message))?;
    let word = match row.value {
        Some("") => None,
        Some(value) => Some(value),
        None => {
            // Listed residues have the label, and the others of a listed protein do not.
            table.add(row.id, row.label, Some("false"), Place::Rest, number);
            if place == Place::Rest {
                return Ok(());
            }
            Some("true")
        }
    };
    table.add(row.id, row.label, word, place, number);
    Ok(())
}

fn place(by: By, text: &str) -> Result<Place, String> {
    if text.is_empty() {
        return Ok(Place::Rest);
    }
    match by {
        By::Position => match text.parse() {
            Ok(position) if position > 0 => Ok(Place::Range(position, position)),
            _ => Err(format!("position {text:?} is no whole number from 1")),
        },
        By::Number => {
            let number: ResidueNumber = text.parse().map_err(|e: Error| e.to_string())?;
            Ok(Place::Number(number.number, number.insertion))
        }
    }
}

/// Checks that no two rows contradict each other, and drops those that repeat another.
pub(super) fn finish(mut table: LabelTable) -> Result<LabelTable, Error> {
    for listed in table.proteins.values_mut() {
        let marks = &mut listed.marks;
        marks.sort_by_key(|mark| (mark.label, mark.place, mark.row));
        marks.dedup_by_key(|mark| (mark.label, mark.place, mark.word));
    }
    let contradictions = table.proteins.iter().flat_map(|(id, listed)| {
        listed.marks.windows(2).filter_map(move |pair| match pair {
            [a, b] if (a.label, a.place) == (b.label, b.place) => Some((id, a, b)),
            _ => None,
        })
    });
    if let Some((id, a, b)) = contradictions.min_by_key(|(_, _, b)| b.row) {
        let label = table
            .names
            .labels()
            .nth(b.label as usize)
            .unwrap_or_default();
        let message = format!(
            "label `{label}` of {} of {id} has another value in {} {}",
            b.place, table.unit, a.row
        );
        return Err(table.wrong(b.row as usize, message));
    }
    if table.is_empty() {
        return Err(Error::format(&table.path, "the table has no rows"));
    }
    Ok(table)
}
