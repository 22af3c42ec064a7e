//! Records of text, one after another.

pub(crate) mod lines;

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::compressed::Input;
use crate::limits::raised_size;
use lines::Lines;

/// Reads one record after another from lines of text.
///
/// A record that cannot be used is one `Err` that names it; the next call goes on with the next
/// record. A file without records is one `Err`.
#[derive(Debug)]
pub struct Records<R, G> {
    lines: Lines<R>,
    grammar: G,
    path: PathBuf,
    /// Whether a record, good or bad, has been seen.
    any: bool,
    done: bool,
}

/// How a format divides lines into records.
pub trait Grammar {
    /// The most bytes a line may have.
    const MAX_LINE: usize;
    /// What a record becomes.
    type Record;

    /// Reads the next record; `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// [`Problem::Io`] and [`Problem::File`] end the reading; after [`Problem::Record`] the next call
    /// goes on with the next record.
    fn next<R: BufRead>(&mut self, lines: &mut Lines<R>) -> Result<Option<Self::Record>, Problem>;
}

/// What is wrong with a file, or with one of its records.
#[derive(Debug)]
pub enum Problem {
    /// The file cannot be read.
    Io(io::Error),
    /// The file is not what it should be, and no more is read of it.
    File(String),
    /// One record cannot be used.
    Record {
        /// Its name, or where it stands.
        record: String,
        /// What is wrong with it.
        message: String,
    },
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl<G: Grammar + Default> Records<Input, G> {
    /// Opens a file, which may be compressed with gzip.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        Ok(Self::new(Input::open(path)?, path))
    }
}

impl<R: BufRead, G: Grammar + Default> Records<R, G> {
    /// Reads from anything; `path` is what errors call it.
    pub fn new(input: R, path: impl Into<PathBuf>) -> Self {
        let lines = Lines::new(input, raised_size(G::MAX_LINE));
        Self::after_header(lines, G::default(), path)
    }

    /// Reads from anything that may be empty.
    #[cfg(feature = "parquet")]
    pub(crate) fn or_none(input: R, path: impl Into<PathBuf>) -> Self {
        Self {
            any: true,
            ..Self::new(input, path)
        }
    }
}

impl<R, G> Records<R, G> {
    /// Goes on with lines whose first have told the grammar.
    pub(crate) fn after_header(lines: Lines<R>, grammar: G, path: impl Into<PathBuf>) -> Self {
        Self {
            lines,
            grammar,
            path: path.into(),
            any: false,
            done: false,
        }
    }

    /// How the lines are read.
    #[cfg(feature = "uniprot")]
    pub(crate) fn grammar(&self) -> &G {
        &self.grammar
    }
}

impl<R: BufRead, G: Grammar> Iterator for Records<R, G> {
    type Item = Result<G::Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let record = self.grammar.next(&mut self.lines);
        self.done = !matches!(record, Ok(Some(_)) | Err(Problem::Record { .. }));
        let is_empty = !std::mem::replace(&mut self.any, true);
        match record {
            Ok(Some(record)) => Some(Ok(record)),
            Ok(None) if !is_empty => None,
            Ok(None) => Some(Err(Error::format(&self.path, "the file holds no records"))),
            Err(Problem::Io(error)) => Some(Err(Error::io(&self.path)(error))),
            Err(Problem::File(message)) => Some(Err(Error::format(&self.path, message))),
            Err(Problem::Record { record, message }) => {
                Some(Err(Error::record(&self.path, record, message)))
            }
        }
    }
}
