//! Entries as lines of tab-separated columns.

use std::io::BufRead;
use std::path::Path;

use super::entry::Entry;
use super::feature::{Kind, LABELS};
use crate::Error;
use crate::delimited::Header;
use crate::limits::raised_size;
use crate::records::lines::Lines;
use crate::records::{Grammar, Problem, Records};

/// Reads one entry after another.
pub(super) type Entries<R> = Records<R, Columns>;

/// Where the columns of a table stand.
#[derive(Debug)]
pub(super) struct Columns {
    header: Header,
    accession: usize,
    sequence: Option<usize>,
    kinds: Vec<(usize, &'static Kind)>,
}

/// Reads the header.
pub(super) fn open<R: BufRead>(input: R, path: &Path) -> Result<Entries<R>, Error> {
    let mut lines = Lines::new(input, raised_size(Columns::MAX_LINE));
    let first = lines.next().map_err(Error::io(path))?;
    let first = first.ok_or_else(|| Error::format(path, "the file holds no records"))?;
    let columns = first.text().and_then(Columns::parse);
    let columns = columns.map_err(|message| Error::format(path, message))?;
    Ok(Entries::after_header(lines, columns, path))
}

impl Columns {
    fn parse(line: &str) -> Result<Self, String> {
        let header = Header::parse(line)?;
        let names = || header.names().iter().enumerate();
        let kinds = names().filter_map(|(index, name)| Some((index, Kind::of_column(name)?)));
        let no_accession = || {
            let names = header.names().join(", ");
            format!("there is no column `Entry` among {names}")
        };
        Ok(Self {
            accession: header
                .column(&["Entry", "accession"])
                .ok_or_else(no_accession)?,
            sequence: header.column(&["Sequence"]),
            kinds: kinds.collect(),
            header,
        })
    }

    /// Whether the entries can be proteins; or what is missing for that.
    pub(super) fn check_sequence(&self) -> Result<(), &'static str> {
        let missing = "there is no column `Sequence`: \
            ask UniProt for it, or join the features to a FASTA file as a table of labels";
        self.sequence.map(|_| ()).ok_or(missing)
    }

    /// Reads the entry of a line.
    fn entry(&self, line: &str, row: usize) -> Result<Entry, String> {
        let fields = self.header.split(line)?;
        let accession = fields[self.accession].trim();
        if accession.is_empty() {
            return Err("there is no accession".to_owned());
        }
        let mut entry = Entry {
            accession: accession.to_owned(),
            sequence: self.sequence.map(|column| fields[column].trim().to_owned()),
            is_known: [false; LABELS.len()],
            features: Vec::new(),
            row,
        };
        for (column, kind) in &self.kinds {
            entry.is_known[kind.label] = true;
            let locations = kind.locations(&fields[*column]);
            let locations = locations.map_err(|message| format!("{accession}: {message}"))?;
            entry
                .features
                .extend(locations.into_iter().map(|location| (*kind, location)));
        }
        Ok(entry)
    }
}

impl Grammar for Columns {
    /// The longest entry has a sequence and some thousand features.
    const MAX_LINE: usize = 1 << 24;
    type Record = Entry;

    fn next<R: BufRead>(&mut self, lines: &mut Lines<R>) -> Result<Option<Entry>, Problem> {
        loop {
            let row = lines.number() + 1;
            let Some(line) = lines.next()? else {
                return Ok(None);
            };
            let entry = match line.text() {
                Ok(line) if line.trim().is_empty() => continue,
                Ok(line) => self.entry(line, row),
                Err(message) => Err(message),
            };
            return entry.map(Some).map_err(|message| Problem::Record {
                record: format!("line {row}"),
                message,
            });
        }
    }
}
