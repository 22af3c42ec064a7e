//! What can be wrong with a record or a file.

use std::path::{Path, PathBuf};

/// What can be wrong with a record or a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A protein has no residues.
    #[error("{id}: the sequence is empty")]
    EmptySequence {
        /// The protein.
        id: String,
    },
    /// A sequence holds something that is not a letter.
    #[error("{id}: residue {position} is {found:?}, not a letter from A to Z")]
    Residue {
        /// The protein.
        id: String,
        /// 1-based position in the sequence.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// A per-residue list is longer or shorter than the sequence.
    #[error("{id}: {what} has {found} values for {expected} residues")]
    Length {
        /// The protein.
        id: String,
        /// The list.
        what: String,
        /// Residues of the protein.
        expected: usize,
        /// Values of the list.
        found: usize,
    },
    /// A coordinate is infinite or not a number.
    #[error("{id}: the {what} position of residue {position} is not a finite number")]
    Coordinate {
        /// The protein.
        id: String,
        /// The atom.
        what: &'static str,
        /// 1-based position in the sequence.
        position: usize,
    },
    /// Two records of different sequences cannot be one protein.
    #[error("{id} cannot be joined with {other}: their sequences differ")]
    Join {
        /// The protein that would have received the other.
        id: String,
        /// The other.
        other: String,
    },
    /// An author number is not an integer with at most one insertion code.
    #[error("{found:?} is not a residue number such as 52 or 52A")]
    ResidueNumber {
        /// The text that was read.
        found: String,
    },
    /// A file or folder could not be opened, read or written.
    #[error("{}: {message}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        message: String,
    },
    /// A structure could not be found or downloaded.
    #[error("{id}: {message}")]
    Fetch {
        /// The identifier.
        id: String,
        /// What was found, and what to do.
        message: String,
    },
    /// A file is not what its reader expects; nothing of it can be used.
    #[error("{}: {message}", path.display())]
    Format {
        /// The file or folder.
        path: PathBuf,
        /// What was found, and what to do.
        message: String,
    },
    /// A column of a table is missing, or holds what it should not.
    #[error("{}: column `{column}` {problem}", path.display())]
    Column {
        /// The file, or the name that the table's file would have.
        path: PathBuf,
        /// The name of the column.
        column: String,
        /// What is wrong with it.
        problem: String,
    },
    /// One record of a file is unusable; the others may be fine.
    #[error("{}: {record}: {message}", path.display())]
    Record {
        /// The file or folder.
        path: PathBuf,
        /// The record's identifier, key or line.
        record: String,
        /// What was found.
        message: String,
    },
}

#[allow(dead_code, reason = "without features there are no readers")]
impl Error {
    /// Makes an error of reading or writing a file.
    pub(crate) fn io<E: ToString>(path: &Path) -> impl Fn(E) -> Self + Copy {
        move |error| Self::Io {
            path: path.to_owned(),
            message: error.to_string(),
        }
    }

    /// Returns that a file is not what it should be.
    pub(crate) fn format(path: &Path, message: impl Into<String>) -> Self {
        Self::Format {
            path: path.to_owned(),
            message: message.into(),
        }
    }

    /// Returns that one record of a file cannot be used.
    pub(crate) fn record(
        path: &Path,
        record: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::Record {
            path: path.to_owned(),
            record: record.into(),
            message: message.into(),
        }
    }

    /// Returns that a file is of a kind that this build does not read.
    pub(crate) fn feature_off(path: &Path, feature: &str) -> Self {
        let message =
            format!("protattn-io was built without the feature `{feature}`, which reads it");
        Self::format(path, message)
    }
}
