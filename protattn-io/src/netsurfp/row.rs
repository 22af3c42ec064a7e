//! The numbers of one protein.

use super::npy::Kind;
use crate::{Protein, Track, labels, secondary};

/// Numbers a residue.
pub(super) const COLUMNS: usize = 68;

const AMINO_ACIDS: &[u8; 20] = b"ACDEFGHIKLMNPQRSTVWY";
const IS_RESIDUE: usize = 50;
const IS_ORDERED: usize = 51;
const IS_EVALUATED: usize = 52;
const LETTERS: &[u8; 8] = b"GHIBEST-";
const FIRST_LETTER: usize = 57;

/// Makes a protein of its row, with the filling.
pub(super) fn protein(id: &str, bytes: &[u8], kind: Kind) -> Result<Protein, String> {
    let mut sequence = String::new();
    let mut disorder = Vec::new();
    let mut letters = Vec::new();
    for bytes in bytes.chunks_exact(COLUMNS * kind.size()) {
        let residue = Residue { bytes, kind };
        if !residue.is_set(IS_RESIDUE) {
            continue;
        }
        let located = |what: String| format!("residue {} {what}", sequence.len() + 1);
        let amino_acid = residue.one_of(0, AMINO_ACIDS).map_err(located)?;
        let letter = residue.one_of(FIRST_LETTER, LETTERS).map_err(located)?;
        sequence.push(amino_acid.unwrap_or('X'));
        let (ordered, evaluated) = (residue.is_set(IS_ORDERED), residue.is_set(IS_EVALUATED));
        disorder.push(evaluated.then_some(!ordered));
        letters.push(letter.filter(|_| ordered && evaluated));
    }
    let mut protein = Protein::new(id, &sequence).map_err(|e| e.to_string())?;
    protein
        .set_label(labels::DISORDER, Track::Flags(disorder))
        .map_err(|e| e.to_string())?;
    secondary::set(&mut protein, &letters)?;
    Ok(protein)
}

/// The 68 numbers of one residue.
struct Residue<'a> {
    bytes: &'a [u8],
    kind: Kind,
}

impl Residue<'_> {
    /// Whether a column of zeros and ones has a one.
    fn is_set(&self, column: usize) -> bool {
        self.kind.float(self.bytes, column) > 0.5
    }

    /// Which of the names has a one, in columns from `first` on; `None` if all are 0.
    fn one_of(&self, first: usize, names: &[u8]) -> Result<Option<char>, String> {
        let mut set = (0..names.len()).filter(|index| self.is_set(first + index));
        let found = set.next().map(|index| char::from(names[index]));
        match set.next() {
            None => Ok(found),
            Some(index) => Err(format!(
                "has a 1 for {} and for {} in columns {first} to {}",
                found.unwrap_or_default(),
                char::from(names[index]),
                first + names.len() - 1
            )),
        }
    }
}
