//! FASTA: sequences and their names.
//!
//! A record is a line that starts with `>`, whose first word is the name, and the lines of sequence
//! after it. Blank lines, spaces and a `*` at the end of a sequence are passed over; lower case is
//! read as upper case. Names may repeat. A gap (`-` or `.`) or any other sign is an error, not a
//! residue: an alignment must be stripped of its gaps first.
//!
//! ```
//! use protattn_io::fasta;
//!
//! let text = ">1l2y.A Trp-cage\nNLYIQWLKDG\nGPSSGRPPPS\n>gapped\nAC-D\n";
//! let mut reader = fasta::Reader::new(text.as_bytes(), "example.fasta");
//!
//! let protein = reader.next().expect("a record")?;
//! assert_eq!((protein.id(), protein.sequence()), ("1l2y.A", "NLYIQWLKDGGPSSGRPPPS"));
//!
//! let error = reader.next().expect("a record").expect_err("has a gap");
//! assert_eq!(error.to_string(), "example.fasta: gapped: line 5 has '-' at position 3, not a residue: remove the gaps");
//! assert!(reader.next().is_none());
//! # Ok::<(), protattn_io::Error>(())
//! ```

use std::io::BufRead;
use std::path::{Path, PathBuf};

use crate::compressed::Input;
use crate::limits::raised_size;
use crate::lines::{Line, Lines};
use crate::{Error, Protein};

/// The most residues a record may have; the longest proteins known have some 50,000.
pub const MAX_RESIDUES: usize = 1_000_000;

/// Room for a record on one line, with spaces.
const MAX_LINE: usize = 2 * MAX_RESIDUES;

/// Reads one protein after another.
///
/// A record that cannot be used is one `Err` that names it; the next call goes on with the next
/// record. A file without records is one `Err`.
#[derive(Debug)]
pub struct Reader<R> {
    lines: Lines<R>,
    path: PathBuf,
    state: State,
}

/// What was read last.
#[derive(Debug)]
enum State {
    Start,
    /// The header of the next record, and its line.
    Header(String, usize),
    /// The file has ended, or cannot be read.
    Done,
}

impl Reader<Input> {
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

impl<R: BufRead> Reader<R> {
    /// Reads from anything; `path` is what errors call it.
    pub fn new(input: R, path: impl Into<PathBuf>) -> Self {
        Self {
            lines: Lines::new(input, raised_size(MAX_LINE)),
            path: path.into(),
            state: State::Start,
        }
    }

    /// Reads up to the first header.
    fn read_first_header(&mut self) -> Result<(String, usize), Error> {
        loop {
            let number = self.lines.number() + 1;
            let message = match self
                .lines
                .next()
                .map_err(|error| Error::io(&self.path, &error))?
            {
                None => "the file holds no records".to_owned(),
                Some(Line::Whole(line)) if line.trim_ascii().is_empty() => continue,
                Some(Line::Whole([b'>', header @ ..])) => return Ok((text(header), number)),
                Some(_) => {
                    format!("line {number} comes before the first line that starts with '>'")
                }
            };
            return Err(Error::Format {
                path: self.path.clone(),
                message,
            });
        }
    }

    /// Reads the sequence after a header, and the next header.
    fn read_record(&mut self, header: &str, line: usize) -> Result<Protein, Error> {
        let mut sequence = Sequence::default();
        let mut problem = None;
        self.state = loop {
            let number = self.lines.number() + 1;
            match self
                .lines
                .next()
                .map_err(|error| Error::io(&self.path, &error))?
            {
                None => break State::Done,
                Some(Line::Whole([b'>', header @ ..])) => {
                    break State::Header(text(header), number);
                }
                Some(_) if problem.is_some() => {}
                Some(Line::Whole(line)) => problem = sequence.extend(line, number).err(),
                Some(Line::TooLong) => problem = Some(too_long()),
            }
        };
        let name = header.split_ascii_whitespace().next();
        let protein = match (problem, name) {
            (Some(problem), _) => Err(problem),
            (None, None) => Err("there is no name after '>'".to_owned()),
            (None, Some(_)) if sequence.residues.is_empty() => {
                Err("there is no sequence".to_owned())
            }
            (None, Some(name)) => Protein::new(name, &sequence.residues).map_err(|e| e.to_string()),
        };
        protein.map_err(|message| {
            let record = name.map_or_else(|| format!("line {line}"), str::to_owned);
            Error::Record {
                path: self.path.clone(),
                record,
                message,
            }
        })
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Protein, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        // After a failure to read, the state stays `Done` and the iterator ends.
        match std::mem::replace(&mut self.state, State::Done) {
            State::Done => None,
            State::Header(header, line) => Some(self.read_record(&header, line)),
            State::Start => match self.read_first_header() {
                Ok((header, line)) => Some(self.read_record(&header, line)),
                Err(error) => Some(Err(error)),
            },
        }
    }
}

/// The sequence of a record, as far as it is read.
#[derive(Default)]
struct Sequence {
    residues: String,
    /// Whether a `*` has been read, which must be the last sign.
    ended: bool,
}

impl Sequence {
    fn extend(&mut self, line: &[u8], number: usize) -> Result<(), String> {
        for (index, byte) in line.iter().enumerate() {
            match byte {
                b if b.is_ascii_whitespace() => {}
                b'*' if !self.ended => self.ended = true,
                b if b.is_ascii_alphabetic() && !self.ended => self.residues.push(char::from(*b)),
                _ => return Err(self.refuse(line, index, number)),
            }
        }
        if self.residues.len() > raised_size(MAX_RESIDUES) {
            Err(too_long())
        } else {
            Ok(())
        }
    }

    fn refuse(&self, line: &[u8], index: usize, number: usize) -> String {
        let position = index + 1;
        if self.ended {
            return format!(
                "line {number} goes on at position {position} after the '*' that ends a sequence"
            );
        }
        let found = String::from_utf8_lossy(&line[index..])
            .chars()
            .next()
            .unwrap_or_default();
        let hint = if matches!(found, '-' | '.') {
            ": remove the gaps"
        } else {
            ""
        };
        format!("line {number} has {found:?} at position {position}, not a residue{hint}")
    }
}

fn too_long() -> String {
    let limit = raised_size(MAX_RESIDUES);
    format!("the sequence has more than {limit} residues")
}

fn text(header: &[u8]) -> String {
    String::from_utf8_lossy(header).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::BufReader;

    use super::*;

    fn read(text: &str) -> Vec<Result<(String, String), String>> {
        let reader = Reader::new(text.as_bytes(), "f");
        let pair = |p: Protein| (p.id().to_owned(), p.sequence().to_owned());
        reader
            .map(|r| r.map(pair).map_err(|e| e.to_string()))
            .collect()
    }

    fn ok(id: &str, sequence: &str) -> Result<(String, String), String> {
        Ok((id.to_owned(), sequence.to_owned()))
    }

    fn err(message: &str) -> Result<(String, String), String> {
        Err(message.to_owned())
    }

    #[test]
    fn wrapped_lower_case_and_windows_lines_are_read() {
        let text = "\n\n>sp|P1|X first\r\nacd\r\n\r\nEF G\r\n> b\tsecond\nKL*\n>sp|P1|X\nM";
        assert_eq!(
            read(text),
            [ok("sp|P1|X", "ACDEFG"), ok("b", "KL"), ok("sp|P1|X", "M")]
        );
    }

    #[test]
    fn a_bad_record_is_named_and_the_next_one_read() {
        let text = ">gap\nAC\nA.C\n>stop\nA*\nC\n>digit\n1\n>empty\n\n>\nAC\n>é\nAé\n>good\nAC\n";
        let expected = [
            err("f: gap: line 3 has '.' at position 2, not a residue: remove the gaps"),
            err("f: stop: line 6 goes on at position 1 after the '*' that ends a sequence"),
            err("f: digit: line 8 has '1' at position 1, not a residue"),
            err("f: empty: there is no sequence"),
            err("f: line 11: there is no name after '>'"),
            err("f: é: line 14 has 'é' at position 2, not a residue"),
            ok("good", "AC"),
        ];
        assert_eq!(read(text), expected);
    }

    #[test]
    fn a_file_without_records_is_one_error() {
        assert_eq!(read(""), [err("f: the file holds no records")]);
        assert_eq!(read(" \n\n"), [err("f: the file holds no records")]);
        let before = "f: line 2 comes before the first line that starts with '>'";
        assert_eq!(read("\nACD\n>a\nAC\n"), [err(before)]);
    }

    #[test]
    fn a_record_over_the_limit_is_passed_over() {
        let one_line = "A".repeat(MAX_LINE + 1);
        let wrapped = format!("{}\n", "A".repeat(1000)).repeat(MAX_RESIDUES / 1000 + 1);
        let found = read(&format!(">a\n{one_line}\n>b\n{wrapped}>c\nAC\n"));
        let message = |id| {
            err(&format!(
                "f: {id}: the sequence has more than 1000000 residues"
            ))
        };
        assert_eq!(found, [message("a"), message("b"), ok("c", "AC")]);
    }

    #[test]
    fn a_file_that_cannot_be_read_ends_with_an_error() {
        struct Broken;
        impl std::io::Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("the disk is gone"))
            }
        }
        let input = std::io::Read::chain(&b">a\nAC\n>b\nA"[..], Broken);
        let mut reader = Reader::new(BufReader::with_capacity(4, input), "f");
        assert_eq!(reader.next().unwrap().unwrap().id(), "a");
        assert_eq!(
            reader.next().unwrap().unwrap_err().to_string(),
            "f: the disk is gone"
        );
        assert!(reader.next().is_none());
    }
}
