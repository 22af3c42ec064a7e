//! This project's own records: one protein a line, in JSON.
//!
//! A line is an object with the fields
//!
//! - `id` and `sequence`: text;
//! - `numbering`: the author number and insertion code of each residue, as text (`"52A"`);
//! - `ca`, `cb`: of each residue `[x, y, z]` in Å, or `null` where it was not observed;
//! - `labels`: an object of lists with a value a residue: `true`, `false` or the name of a class,
//!   and `null` where it is undefined.
//!
//! All but the first two may be left out; fields of other names are passed over.
//!
//! ```
//! use protattn_io::{Protein, Track, jsonl};
//!
//! let line = r#"{"id": "1ubq.A", "sequence": "MQI", "labels": {"helix": [false, null, true]}}"#;
//! let mut reader = jsonl::Reader::new(line.as_bytes(), "example.jsonl");
//! let protein = reader.next().expect("a record")?;
//! assert_eq!(protein.track("helix"), Some(&Track::Flags(vec![Some(false), None, Some(true)])));
//!
//! let folder = tempfile::tempdir().expect("a writable folder");
//! let path = folder.path().join("copy.jsonl");
//! let mut writer = jsonl::Writer::create(&path)?;
//! writer.write(&protein)?;
//! writer.finish()?;
//! let again: Vec<Protein> = jsonl::Reader::open(&path)?.collect::<Result<_, _>>()?;
//! assert_eq!(again, [protein]);
//! # Ok::<(), protattn_io::Error>(())
//! ```

use std::fs::File;
use std::io::{BufRead, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::records::lines::Lines;
use crate::records::{Grammar, Problem, Records};
use crate::replace::Replacement;
use crate::{Error, Protein, json_message};

/// The most bytes a line may have: some 500,000 residues with everything that can be known of them.
pub const MAX_LINE: usize = 1 << 26;

/// Reads one protein after another; blank lines are passed over.
///
/// A line that cannot be used is one `Err` that names its number; the next call goes on with the
/// next line. A file without records is one `Err`.
pub type Reader<R> = Records<R, Jsonl>;

/// The grammar of JSON lines.
#[derive(Debug, Default)]
pub struct Jsonl;

impl Grammar for Jsonl {
    const MAX_LINE: usize = MAX_LINE;
    type Record = Protein;

    fn next<R: BufRead>(&mut self, lines: &mut Lines<R>) -> Result<Option<Protein>, Problem> {
        while let Some(line) = lines.next()? {
            let protein = match line.whole() {
                Ok(line) if line.trim_ascii().is_empty() => continue,
                Ok(line) => serde_json::from_slice(line).map_err(|e| json_message(&e)),
                Err(message) => Err(message),
            };
            return protein.map(Some).map_err(|message| Problem::Record {
                record: format!("line {}", lines.number()),
                message,
            });
        }
        Ok(None)
    }
}

/// Writes one protein after another. The file takes its name when the last has been written;
/// dropped before [`finish`](Self::finish), nothing is left of it.
#[derive(Debug)]
pub struct Writer {
    output: BufWriter<File>,
    path: PathBuf,
    replacement: Replacement,
}

impl Writer {
    /// Starts a file of this name, under a temporary one beside it.
    ///
    /// # Errors
    ///
    /// If no file can be created there.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        let (replacement, file) = Replacement::create(&path).map_err(Error::io(&path))?;
        Ok(Self {
            output: BufWriter::new(file),
            path,
            replacement,
        })
    }

    /// Writes one record.
    ///
    /// # Errors
    ///
    /// If it cannot be written, for example because the disk is full.
    pub fn write(&mut self, protein: &Protein) -> Result<(), Error> {
        let written =
            serde_json::to_writer(&mut self.output, protein).map_err(std::io::Error::from);
        let written = written.and_then(|()| self.output.write_all(b"\n"));
        written.map_err(Error::io(&self.path))
    }

    /// Ends the lines without giving them a name: they go with the [`Replacement`].
    #[cfg(feature = "parquet")]
    pub(crate) fn into_unnamed(self) -> Result<(File, Replacement), Error> {
        let written = self.output.into_inner().map_err(|error| error.into_error());
        let file = written.map_err(Error::io(&self.path))?;
        Ok((file, self.replacement))
    }

    /// Ends the file and gives it its name, in place of one that may be there.
    ///
    /// # Errors
    ///
    /// If the rest cannot be written, or the file cannot be renamed.
    pub fn finish(mut self) -> Result<(), Error> {
        let flushed = self.output.flush();
        drop(self.output);
        let finished = flushed.and_then(|()| self.replacement.finish());
        finished.map_err(Error::io(&self.path))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(text: &str) -> Vec<Result<String, String>> {
        let reader = Reader::new(text.as_bytes(), "f");
        reader
            .map(|r| r.map(|p| p.id().to_owned()).map_err(|e| e.to_string()))
            .collect()
    }

    #[test]
    fn a_bad_line_is_named_and_the_next_one_read() {
        let text = "{\"id\":\"a\",\"sequence\":\"AC\"}\r\n\n{\"id\":\"b\"\n[]\n{\"id\":\"c\",\"sequence\":\"A1\"}\n\
            {\"id\":\"d\",\"sequence\":\"AC\",\"ca\":[null]}\n{\"id\":\"e\",\"sequence\":\"AC\",\"other\":1}";
        let err = |message: &str| Err(message.to_owned());
        let expected = [
            Ok("a".to_owned()),
            err("f: line 3: EOF while parsing an object at column 9"),
            err("f: line 4: invalid length 0, expected struct Record with 6 elements at column 2"),
            err("f: line 5: c: residue 2 is '1', not a letter from A to Z"),
            err("f: line 6: d: ca has 1 values for 2 residues"),
            Ok("e".to_owned()),
        ];
        let found = read(text);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_file_without_records_is_one_error() {
        assert_eq!(
            read("\n \n"),
            [Err("f: the file holds no records".to_owned())]
        );
    }

    #[test]
    fn a_file_appears_when_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let names = || {
            std::fs::read_dir(&folder)
                .unwrap()
                .map(|e| e.unwrap().file_name())
                .collect::<Vec<_>>()
        };
        let protein = Protein::new("p", "AC").unwrap();

        let mut dropped = Writer::create(&path).unwrap();
        dropped.write(&protein).unwrap();
        assert!(!path.exists());
        drop(dropped);
        assert!(names().is_empty());

        let mut writer = Writer::create(&path).unwrap();
        writer.write(&protein).unwrap();
        writer.finish().unwrap();
        assert_eq!(names(), ["a.jsonl"]);
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "{\"id\":\"p\",\"sequence\":\"AC\"}\n"
        );
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = Writer::create("no/such/folder/a.jsonl")
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("no/such/folder/a.jsonl: "), "{error}");
    }
}
