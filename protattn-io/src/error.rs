//! What can be wrong with a record or a file.

use std::path::PathBuf;

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

impl Error {
    pub(crate) fn io(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            message: error.to_string(),
        }
    }
}
