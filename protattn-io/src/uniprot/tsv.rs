//! Entries as lines of tab-separated columns.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::entry::Entry;
use super::feature::{Kind, LABELS};
use crate::Error;
use crate::delimited::Header;
use crate::limits::raised_size;
use crate::lines::{Line, Lines};

/// The longest entry has a sequence and some thousand features.
const MAX_LINE: usize = 1 << 24;

/// Reads one entry after another.
#[derive(Debug)]
pub(super) struct Entries<R> {
    lines: Lines<R>,
    path: PathBuf,
    header: Header,
    accession: usize,
    sequence: Option<usize>,
    kinds: Vec<(usize, &'static Kind)>,
    /// Whether an entry, good or bad, has been seen.
    any: bool,
    done: bool,
}

impl<R: BufRead> Entries<R> {
    /// Reads the header.
    pub(super) fn new(input: R, path: &Path) -> Result<Self, Error> {
        let mut lines = Lines::new(input, raised_size(MAX_LINE));
        let first = lines.next().map_err(|error| Error::io(path, &error))?;
        let format = |message: String| Error::Format {
            path: path.to_owned(),
            message,
        };
        let first = first.ok_or_else(|| format("the file holds no records".to_owned()))?;
        let header = text(first).and_then(Header::parse).map_err(format)?;
        let accession = header.column(&["Entry", "accession"]);
        let accession = accession.ok_or_else(|| {
            let names = header.names().join(", ");
            format(format!("there is no column `Entry` among {names}"))
        })?;
        let columns = header.names().iter().enumerate();
        let kinds = columns.filter_map(|(index, name)| Some((index, Kind::of_column(name)?)));
        Ok(Self {
            path: path.to_owned(),
            accession,
            sequence: header.column(&["Sequence"]),
            kinds: kinds.collect(),
            header,
            lines,
            any: false,
            done: false,
        })
    }

    /// Whether the entries can be proteins.
    pub(super) fn check_sequence(&self) -> Result<(), Error> {
        if self.sequence.is_some() {
            return Ok(());
        }
        let message = "there is no column `Sequence`: \
            ask UniProt for it, or join the features to a FASTA file as a table of labels";
        Err(Error::Format {
            path: self.path.clone(),
            message: message.to_owned(),
        })
    }

    /// Reads the next line that is not blank; the inner error says what is wrong with it.
    fn read(&mut self) -> std::io::Result<Option<Result<Entry, String>>> {
        loop {
            let row = self.lines.number() + 1;
            let Some(line) = self.lines.next()? else {
                return Ok(None);
            };
            let line = match text(line) {
                Ok(line) if line.trim().is_empty() => continue,
                Ok(line) => line,
                Err(message) => return Ok(Some(Err(message))),
            };
            let columns = (self.accession, self.sequence);
            return Ok(Some(entry(line, &self.header, columns, &self.kinds, row)));
        }
    }
}

fn text(line: Line<'_>) -> Result<&str, String> {
    match line {
        Line::Whole(bytes) => std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned()),
        Line::TooLong => Err(format!("it has more than {} bytes", raised_size(MAX_LINE))),
    }
}

fn entry(
    line: &str,
    header: &Header,
    (accession, sequence): (usize, Option<usize>),
    kinds: &[(usize, &'static Kind)],
    row: usize,
) -> Result<Entry, String> {
    let fields = header.split(line)?;
    let accession = fields[accession].trim();
    if accession.is_empty() {
        return Err("there is no accession".to_owned());
    }
    let mut entry = Entry {
        accession: accession.to_owned(),
        sequence: sequence.map(|column| fields[column].trim().to_owned()),
        is_known: [false; LABELS.len()],
        features: Vec::new(),
        row,
    };
    for (column, kind) in kinds {
        entry.is_known[kind.label] = true;
        let locations = kind.locations(&fields[*column]);
        let locations = locations.map_err(|message| format!("{accession}: {message}"))?;
        entry
            .features
            .extend(locations.into_iter().map(|location| (*kind, location)));
    }
    Ok(entry)
}

impl<R: BufRead> Iterator for Entries<R> {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let entry = self.read();
        self.done = !matches!(entry, Ok(Some(_)));
        match entry {
            Err(error) => Some(Err(Error::io(&self.path, &error))),
            Ok(None) if self.any => None,
            Ok(None) => Some(Err(Error::Format {
                path: self.path.clone(),
                message: "the file holds no records".to_owned(),
            })),
            Ok(Some(entry)) => {
                self.any = true;
                Some(entry.map_err(|message| Error::Record {
                    path: self.path.clone(),
                    record: format!("line {}", self.lines.number()),
                    message,
                }))
            }
        }
    }
}
