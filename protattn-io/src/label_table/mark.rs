//! What a row says, and the tracks that rows make.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use crate::{Protein, ResidueNumber, Track};

/// Stands for the last residue, whichever it is.
pub(crate) const END: u32 = u32::MAX;

/// Which residues a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// All that no other row of the label is about.
    Rest,
    /// From the first to the last of these positions, both counted from 1; the last may be [`END`].
    Range(u32, u32),
    /// Those of this author number and insertion code.
    Number(i32, Option<char>),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Rest => f.write_str("the rest"),
            Self::Range(first, last) if first == last => write!(f, "residue {first}"),
            Self::Range(first, last) => write!(f, "residues {first} to {last}"),
            Self::Number(number, insertion) => {
                write!(f, "author number {}", ResidueNumber { number, insertion })
            }
        }
    }
}

/// What one row says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) label: u32,
    pub(crate) place: Place,
    /// The value; `None` if it is undefined.
    pub(crate) word: Option<u32>,
    /// The number of the row, from 1.
    pub(crate) row: u32,
}

/// The labels of a table and the words that are their values, each stored once.
#[derive(Debug, Default)]
pub(super) struct Names {
    labels: Vec<Label>,
    words: Vec<String>,
    label_indices: HashMap<String, u32>,
    word_indices: HashMap<String, u32>,
}

#[derive(Debug)]
struct Label {
    name: String,
    /// Whether each of its words is true or false.
    is_flags: bool,
}

/// What cannot be said of a protein.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) row: usize,
    pub(super) message: String,
}

impl Names {
    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().map(|label| label.name.as_str())
    }

    pub(super) fn label(&mut self, name: &str) -> u32 {
        if let Some(index) = self.label_indices.get(name) {
            return *index;
        }
        let index = self.labels.len() as u32;
        self.label_indices.insert(name.to_owned(), index);
        self.labels.push(Label {
            name: name.to_owned(),
            is_flags: true,
        });
        index
    }

    /// The index of a word, which becomes a value of this label.
    pub(super) fn word(&mut self, label: &str, word: &str) -> u32 {
        let label = self.label(label);
        self.labels[label as usize].is_flags &= flag(word).is_some();
        if let Some(index) = self.word_indices.get(word) {
            return *index;
        }
        let index = self.words.len() as u32;
        self.word_indices.insert(word.to_owned(), index);
        self.words.push(word.to_owned());
        index
    }

    /// The tracks that the rows of one protein make.
    pub(super) fn tracks(
        &self,
        marks: &[Mark],
        protein: &Protein,
    ) -> Result<Vec<(String, Track)>, Problem> {
        // The value of the rest comes first, then what is undefined, so that what is known stays.
        let mut sorted: Vec<&Mark> = marks.iter().collect();
        sorted.sort_by_key(|mark| (mark.place != Place::Rest, mark.word.is_some()));
        let mut columns: BTreeMap<u32, Vec<Option<u32>>> = BTreeMap::new();
        for mark in sorted {
            let column = columns.entry(mark.label);
            let column = column.or_insert_with(|| vec![None; protein.len()]);
            set(column, mark, protein).map_err(|what| {
                let label = &self.labels[mark.label as usize].name;
                let message = format!("label `{label}` is of {what}");
                let row = mark.row as usize;
                Problem { row, message }
            })?;
        }
        let named = |(label, column)| self.track(label, column);
        Ok(columns.into_iter().map(named).collect())
    }

    fn track(&self, label: u32, column: Vec<Option<u32>>) -> (String, Track) {
        let Label { name, is_flags } = &self.labels[label as usize];
        let words = column
            .into_iter()
            .map(|word| Some(self.words[word? as usize].as_str()));
        let track = if *is_flags {
            Track::Flags(words.map(|word| flag(word?)).collect())
        } else {
            Track::Classes(words.map(|word| word.map(str::to_owned)).collect())
        };
        (name.clone(), track)
    }
}

/// Sets what one row is about; the error says which residue is not there.
fn set(column: &mut [Option<u32>], mark: &Mark, protein: &Protein) -> Result<(), String> {
    let (first, last) = match mark.place {
        Place::Rest => (1, protein.len()),
        Place::Range(first, END) => (first as usize, protein.len()),
        Place::Range(first, last) => (first as usize, last as usize),
        Place::Number(number, insertion) => {
            return set_number(
                column,
                mark.word,
                ResidueNumber { number, insertion },
                protein,
            );
        }
    };
    if last.max(first) > protein.len() {
        return Err(format!(
            "residue {}, and {} has {}: is it another isoform?",
            last.max(first),
            protein.id(),
            protein.len()
        ));
    }
    column[first - 1..last].fill(mark.word);
    Ok(())
}

fn set_number(
    column: &mut [Option<u32>],
    word: Option<u32>,
    number: ResidueNumber,
    protein: &Protein,
) -> Result<(), String> {
    let id = protein.id();
    let numbering = protein
        .numbering()
        .ok_or_else(|| format!("author number {number}, and {id} has no author numbers"))?;
    let mut any = false;
    for (value, _) in column
        .iter_mut()
        .zip(numbering)
        .filter(|(_, n)| **n == number)
    {
        *value = word;
        any = true;
    }
    any.then_some(())
        .ok_or_else(|| format!("author number {number}, which no residue of {id} has"))
}

/// The flag that a word stands for, in whatever case.
fn flag(word: &str) -> Option<bool> {
    let is = |words: [&str; 3]| words.iter().any(|w| w.eq_ignore_ascii_case(word));
    if is(["true", "yes", "1"]) {
        Some(true)
    } else if is(["false", "no", "0"]) {
        Some(false)
    } else {
        None
    }
}
