//! Entries of UniProt with their features, as UniProt serves them in TSV and JSON.
//!
//! Features become labels:
//!
//! | label | features (column of a TSV, type in JSON) |
//! | --- | --- |
//! | [`binding-site`](crate::labels::BINDING_SITE) | Binding site (`ft_binding`); of older releases also Metal binding, Calcium binding, Nucleotide binding |
//! | [`active-site`](crate::labels::ACTIVE_SITE) | Active site (`ft_act_site`) |
//! | [`modification`](crate::labels::MODIFICATION) | Modified residue (`ft_mod_res`), Glycosylation (`ft_carbohyd`), Lipidation (`ft_lipid`), Cross-link (`ft_crosslnk`) |
//! | [`disulfide`](crate::labels::DISULFIDE) | Disulfide bond (`ft_disulfid`) |
//! | [`transmembrane`](crate::labels::TRANSMEMBRANE) | Transmembrane (`ft_transmem`) |
//! | [`signal`](crate::labels::SIGNAL) | Signal peptide (`ft_signal`), in JSON Signal |
//!
//! - UniProt has looked at the whole of an entry: a residue without a feature is `false`. A label
//!   of which the file has none of the columns is undefined; so are all labels of a JSON entry
//!   without a list `features`. A label of several columns is of those that the file has.
//! - A disulfide bond and a cross-link are between two residues, and only these have the label; any
//!   other feature is of all residues from its start to its end.
//! - A start before the sequence (`<1`) or an end after it (`>98`) counts as that residue, and so
//!   does a position that is not certain (`?25`). Where one end is not known (`?..25`), the other
//!   has the label and the residues that may have it are undefined.
//! - A feature of another isoform than the one shown (`P05067-2:12`) is passed over.
//!
//! With a sequence (the column `Sequence`, or `sequence.value`), the file is a source of its own:
//! [`Reader`]. Without, a [`LabelTable`] is read of it and joined to a FASTA file by the accession.
//!
//! ```
//! use protattn_io::{Protein, Track, labels, uniprot};
//!
//! let text = "Entry\tBinding site\tDisulfide bond\tSequence\n\
//!     P1\tBINDING 2..3; /ligand=\"heme; b\"; /evidence=\"ECO:0000250\"\tDISULFID 1..4\tCAAC\n\
//!     P2\tBINDING 9\t\tCAAC\n";
//! let mut reader = uniprot::Reader::new(text.as_bytes(), "features.tsv")?;
//!
//! let protein = reader.next().expect("an entry")?;
//! let flags = |flags: [bool; 4]| Track::Flags(flags.map(Some).to_vec());
//! assert_eq!(protein.track(labels::BINDING_SITE), Some(&flags([false, true, true, false])));
//! assert_eq!(protein.track(labels::DISULFIDE), Some(&flags([true, false, false, true])));
//! assert_eq!(protein.track(labels::SIGNAL), None); // the file has no such column
//!
//! let error = reader.next().expect("an entry").expect_err("there is no residue 9");
//! let message = "features.tsv: line 3: label `binding-site` is of residue 9, and P2 has 4: is it another isoform?";
//! assert_eq!(error.to_string(), message);
//! # Ok::<(), protattn_io::Error>(())
//! ```

mod entry;
mod feature;
mod json;
mod location;
mod tsv;

use std::io::BufRead;
use std::path::{Path, PathBuf};

use crate::compressed::Input;
use crate::json_elements::Elements;
use crate::label_table::LabelTable;
use crate::{Error, Protein};
use entry::Entry;

/// Reads one protein after another: the entries that have a sequence.
///
/// An entry that cannot be used is one `Err` that names its line or number; the next call goes on
/// with the next. A file without entries is one `Err`.
#[derive(Debug)]
pub struct Reader<R> {
    entries: Entries<R>,
    path: PathBuf,
}

#[derive(Debug)]
enum Entries<R> {
    Tsv(tsv::Entries<R>),
    Json(Elements<R>),
}

impl Reader<Input> {
    /// Opens a file, which may be compressed with gzip.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened, and as [`new`](Self::new).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        Self::new(Input::open(path)?, path)
    }
}

impl<R: BufRead> Reader<R> {
    /// Reads from anything; `path` is what errors call it. JSON begins with a bracket.
    ///
    /// # Errors
    ///
    /// If a TSV has no header, or one without the columns `Entry` and `Sequence`.
    pub fn new(input: R, path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let entries = Entries::new(input, &path)?;
        if let Entries::Tsv(entries) = &entries {
            let checked = entries.grammar().check_sequence();
            checked.map_err(|message| Error::format(&path, message))?;
        }
        Ok(Self { entries, path })
    }

    fn protein(&self, entry: &Entry) -> Result<Protein, Error> {
        let (unit, id) = (self.entries.unit(), &entry.accession);
        let wrong = |message| Error::record(&self.path, format!("{unit} {}", entry.row), message);
        let sequence = entry.sequence.as_deref();
        let sequence = sequence.ok_or_else(|| wrong(format!("{id} has no sequence")))?;
        let protein = Protein::new(id, sequence);
        let mut protein = protein.map_err(|error| wrong(error.to_string()))?;
        let mut table = LabelTable::new(&self.path, unit);
        entry.add_to(&mut table);
        table.apply(&mut protein)?;
        Ok(protein)
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Protein, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.entries.next()?;
        Some(entry.and_then(|entry| self.protein(&entry)))
    }
}

impl<R: BufRead> Entries<R> {
    fn new(mut input: R, path: &Path) -> Result<Self, Error> {
        let start = input.fill_buf().map_err(Error::io(path))?;
        let start = start.strip_prefix("\u{feff}".as_bytes()).unwrap_or(start);
        Ok(match start.trim_ascii_start().first() {
            Some(b'[' | b'{') => Self::Json(Elements::new(input, path)),
            _ => Self::Tsv(tsv::open(input, path)?),
        })
    }

    /// What messages call an entry, before its number.
    fn unit(&self) -> &'static str {
        match self {
            Self::Tsv(_) => "line",
            Self::Json(_) => "record",
        }
    }
}

impl<R: BufRead> Iterator for Entries<R> {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Tsv(entries) => entries.next(),
            Self::Json(elements) => elements.next(json::Record::entry),
        }
    }
}

/// The labels of all entries of a file; its first error ends it.
pub(crate) fn table(path: &Path) -> Result<LabelTable, Error> {
    let entries = Entries::new(Input::open(path)?, path)?;
    let mut table = LabelTable::new(path, entries.unit());
    for entry in entries {
        entry?.add_to(&mut table);
    }
    Ok(table)
}
