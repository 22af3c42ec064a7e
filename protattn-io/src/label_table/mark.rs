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
    labels: Interned,
    /// Whether each word of each label is true or false.
    are_flags: Vec<bool>,
    words: Interned,
}

/// Texts, each stored once.
#[derive(Debug, Default)]
struct Interned {
    texts: Vec<String>,
    indices: HashMap<String, u32>,
}

impl Interned {
    fn index(&mut self, text: &str) -> u32 {
        if let Some(index) = self.indices.get(text) {
            return *index;
        }
        let index = self.texts.len() as u32;
        self.indices.insert(text.to_owned(), index);
        self.texts.push(text.to_owned());
        index
    }

    fn text(&self, index: u32) -> &str {
        &self.texts[index as usize]
    }
}

/// What cannot be said of a protein.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) row: usize,
    pub(super) message: String,
}

impl Names {
    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.texts.iter().map(String::as_str)
    }

    pub(super) fn label(&mut self, name: &str) -> u32 {
        let index = self.labels.index(name);
        self.are_flags.resize(self.labels.texts.len(), true);
        index
    }

    /// The index of a word, which becomes a value of this label.
    pub(super) fn word(&mut self, label: &str, word: &str) -> u32 {
        let label = self.label(label);
        self.are_flags[label as usize] &= flag(word).is_some();
        self.words.index(word)
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
                let label = self.labels.text(mark.label);
                let message = format!("label `{label}` is of {what}");
                let row = mark.row as usize;
                Problem { row, message }
            })?;
        }
        let named = |(label, column)| self.track(label, column);
        Ok(columns.into_iter().map(named).collect())
    }

    fn track(&self, label: u32, column: Vec<Option<u32>>) -> (String, Track) {
        let words = column.into_iter().map(|word| Some(self.words.text(word?)));
        let track = if self.are_flags[label as usize] {
            Track::Flags(words.map(|word| flag(word?)).collect())
        } else {
            Track::Classes(words.map(|word| word.map(str::to_owned)).collect())
        };
        (self.labels.text(label).to_owned(), track)
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
