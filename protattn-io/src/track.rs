//! Label tracks: one value a residue, as a source gives them.

use serde::{Deserialize, Serialize};

/// One value for each residue of a protein, `None` where it is undefined.
///
/// Written as a list of `true`, `false` and `null`, or of names and `null`. Of a list of nothing but
/// `null` nobody can tell which it was: it is read as flags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Track {
    /// Whether each residue has the property.
    Flags(Vec<Option<bool>>),
    /// The name of the class of each residue.
    Classes(Vec<Option<String>>),
}

impl Track {
    /// The number of residues.
    pub fn len(&self) -> usize {
        match self {
            Self::Flags(values) => values.len(),
            Self::Classes(values) => values.len(),
        }
    }

    /// Whether there are no residues.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of residues whose value is known.
    pub fn defined(&self) -> usize {
        match self {
            Self::Flags(values) => values.iter().flatten().count(),
            Self::Classes(values) => values.iter().flatten().count(),
        }
    }
}
