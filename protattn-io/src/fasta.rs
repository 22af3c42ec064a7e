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

use crate::Protein;
use crate::limits::raised_size;
use crate::records::lines::{Line, Lines};
use crate::records::{Grammar, Problem, Records};

/// The most residues a record may have; the longest proteins known have some 50,000.
pub const MAX_RESIDUES: usize = 1_000_000;

/// Room for a record on one line, with spaces.
const MAX_LINE: usize = 2 * MAX_RESIDUES;

/// Reads one protein after another.
///
/// A record that cannot be used is one `Err` that names it; the next call goes on with the next
/// record. A file without records is one `Err`.
pub type Reader<R> = Records<R, Fasta>;

/// The grammar of FASTA.
#[derive(Debug, Default)]
pub struct Fasta {
    /// That of the next record, if the one before has been read up to it.
    header: Option<Header>,
}

/// The line that begins a record.
#[derive(Debug)]
struct Header {
    text: String,
    line: usize,
}

impl Header {
    fn new(text: &[u8], line: usize) -> Self {
        let text = String::from_utf8_lossy(text).into_owned();
        Self { text, line }
    }

    fn name(&self) -> Option<&str> {
        self.text.split_ascii_whitespace().next()
    }
}

impl Grammar for Fasta {
    const MAX_LINE: usize = MAX_LINE;
    type Record = Protein;

    fn next<R: BufRead>(&mut self, lines: &mut Lines<R>) -> Result<Option<Protein>, Problem> {
        let header = match self.header.take() {
            Some(header) => Some(header),
            None => first_header(lines)?,
        };
        let Some(header) = header else {
            return Ok(None);
        };
        let sequence = self.read_sequence(lines)?;
        let protein = match (sequence, header.name()) {
            (Err(problem), _) => Err(problem),
            (Ok(_), None) => Err("there is no name after '>'".to_owned()),
            (Ok(sequence), _) if sequence.is_empty() => Err("there is no sequence".to_owned()),
            (Ok(sequence), Some(name)) => Protein::new(name, &sequence).map_err(|e| e.to_string()),
        };
        protein.map(Some).map_err(|message| Problem::Record {
            record: header
                .name()
                .map_or_else(|| format!("line {}", header.line), str::to_owned),
            message,
        })
    }
}

/// Reads up to the first header; `None` at the end of the file.
fn first_header(lines: &mut Lines<impl BufRead>) -> Result<Option<Header>, Problem> {
    loop {
        let number = lines.number() + 1;
        return match lines.next()? {
            None => Ok(None),
            Some(Line::Whole(line)) if line.trim_ascii().is_empty() => continue,
            Some(Line::Whole([b'>', header @ ..])) => Ok(Some(Header::new(header, number))),
            Some(_) => Err(Problem::File(format!(
                "line {number} comes before the first line that starts with '>'"
            ))),
        };
    }
}

impl Fasta {
    /// Reads the residues after a header, and the next header; the inner error says what is wrong
    /// with the residues.
    fn read_sequence(
        &mut self,
        lines: &mut Lines<impl BufRead>,
    ) -> std::io::Result<Result<String, String>> {
        let mut sequence = Sequence::default();
        let mut problem = None;
        loop {
            let number = lines.number() + 1;
            match lines.next()? {
                None => break,
                Some(Line::Whole([b'>', header @ ..])) => {
                    self.header = Some(Header::new(header, number));
                    break;
                }
                Some(_) if problem.is_some() => {}
                Some(Line::Whole(line)) => problem = sequence.extend(line, number).err(),
                Some(Line::TooLong { .. }) => problem = Some(too_long()),
            }
        }
        Ok(problem.map_or(Ok(sequence.residues), Err))
    }
}

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
