//! A table of labels, joined to the proteins of any source by their identifiers.
//!
//! The table is text, with a header and tabs or commas between its columns:
//!
//! | column | what it holds |
//! | --- | --- |
//! | `id` | the protein |
//! | `position` | the residue, counted from 1 along the sequence |
//! | or `number` | the residue by its author number, with the insertion code: `52A` |
//! | `label` | the name of the label |
//! | `value` | what the label is there; may be missing |
//!
//! With a column `value`, a label whose values are all `true`, `false`, `yes`, `no`, `1` or `0` is
//! one of flags; one with any other is one of classes, with the values for their names. Residues
//! that are not listed are undefined, and so are those with an empty value. A row without a
//! position gives the value of all residues of its protein that have no row of their own.
//!
//! Without a column `value`, a residue that is listed has the label, and all others of the proteins
//! that are listed *for that label* do not. A row without a position lists a protein of which no
//! residue has the label. Proteins that are not listed stay undefined.
//!
//! A protein is found by its whole id, or by the accession in it: `sp|P69905|HBA_HUMAN` and
//! `AF-P69905-F1-model_v6.A` are found under `P69905` too.
//!
//! The same table is made of the features of UniProt, if the feature `uniprot` is on, and of a
//! Parquet file with the same columns, if `parquet` is.
//!
//! ```
//! use protattn_io::label_table::LabelTable;
//! use protattn_io::{Protein, Track};
//!
//! let folder = tempfile::tempdir().expect("a writable folder");
//! let path = folder.path().join("sites.tsv");
//! std::fs::write(&path, "id\tposition\tlabel\n1ubq.A\t2\tmy-label\nother\t9\tmy-label\n").expect("writable");
//!
//! let table = LabelTable::read(&path)?;
//! let mut protein = Protein::new("1ubq.A", "MQI")?;
//! assert_eq!(table.apply(&mut protein)?, 1);
//! let flags = Track::Flags(vec![Some(false), Some(true), Some(false)]);
//! assert_eq!(protein.track("my-label"), Some(&flags));
//! assert_eq!(table.unmatched(), ["other"]);
//! # Ok::<(), protattn_io::Error>(())
//! ```

mod mark;
#[cfg(feature = "parquet")]
mod parquet;
mod rows;
mod text;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(feature = "uniprot")]
pub(crate) use mark::END;
pub(crate) use mark::{Mark, Place};

use crate::source::Format;
use crate::{Error, Protein};
use mark::Names;

/// What is known of the residues of proteins, by the identifiers of these.
#[derive(Debug)]
pub struct LabelTable {
    path: PathBuf,
    /// What an entry of the file is called in messages, before its number.
    unit: &'static str,
    names: Names,
    proteins: HashMap<String, Listed>,
}

/// What the table says of one protein.
#[derive(Debug, Default)]
struct Listed {
    marks: Vec<Mark>,
    matched: AtomicBool,
}

impl LabelTable {
    /// Reads a table.
    ///
    /// # Errors
    ///
    /// If the file cannot be read; if a column is missing, unknown or there twice; if a row has
    /// another number of fields than the header, an empty id or label, a position that is no
    /// number from 1, or another value than an earlier one for the same residue. Of UniProt's
    /// files, what the module `uniprot` lists. The first error ends the reading: half a table would
    /// say "no" where it knows nothing.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        match Format::sniff(path)? {
            #[cfg(feature = "uniprot")]
            Some(Format::UniProt) => crate::uniprot::table(path),
            #[cfg(not(feature = "uniprot"))]
            Some(Format::UniProt) => Err(Error::feature_off(path, "uniprot")),
            #[cfg(feature = "parquet")]
            Some(Format::Parquet) => parquet::read(path),
            #[cfg(not(feature = "parquet"))]
            Some(Format::Parquet) => Err(Error::feature_off(path, "parquet")),
            _ => text::read(path),
        }
    }

    /// A table without rows; `unit` is what messages call a row.
    pub(crate) fn new(path: &Path, unit: &'static str) -> Self {
        Self {
            path: path.to_owned(),
            unit,
            names: Names::default(),
            proteins: HashMap::new(),
        }
    }

    /// Adds what a row says: of which label, and of which residues of the protein. No word means
    /// that the value is undefined.
    pub(crate) fn add(
        &mut self,
        id: &str,
        label: &str,
        word: Option<&str>,
        place: Place,
        row: usize,
    ) {
        let mark = Mark {
            label: self.names.label(label),
            place,
            word: word.map(|word| self.names.word(label, word)),
            row: u32::try_from(row).unwrap_or(u32::MAX),
        };
        if let Some(listed) = self.proteins.get_mut(id) {
            listed.marks.push(mark);
        } else {
            let listed = Listed {
                marks: vec![mark],
                ..Listed::default()
            };
            self.proteins.insert(id.to_owned(), listed);
        }
    }

    /// The file that was read.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the labels, in the order in which they first appear.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.names.labels()
    }

    /// The number of proteins that are listed.
    pub fn len(&self) -> usize {
        self.proteins.len()
    }

    /// Whether no protein is listed.
    pub fn is_empty(&self) -> bool {
        self.proteins.is_empty()
    }

    /// Sets the labels that the table has for a protein, in place of tracks of the same names, and
    /// gives their number: 0 if the protein is not listed.
    ///
    /// # Errors
    ///
    /// [`Error::Record`] with the row, if it is about a residue that the protein does not have, or
    /// about an author number where the protein has no numbering. The protein is as it was then.
    pub fn apply(&self, protein: &mut Protein) -> Result<usize, Error> {
        let found = protein.names().find_map(|name| self.proteins.get(name));
        let Some(listed) = found else {
            return Ok(0);
        };
        listed.matched.store(true, Ordering::Relaxed);
        let tracks = self
            .names
            .tracks(&listed.marks, protein)
            .map_err(|problem| self.wrong(problem.row, problem.message))?;
        let n = tracks.len();
        for (name, track) in tracks {
            protein.set_label(name, track)?;
        }
        Ok(n)
    }

    /// The ids that no protein had for which [`apply`](Self::apply) was called, in their order.
    pub fn unmatched(&self) -> Vec<&str> {
        let is_unmatched = |listed: &Listed| !listed.matched.load(Ordering::Relaxed);
        let unmatched = self
            .proteins
            .iter()
            .filter(|(_, listed)| is_unmatched(listed));
        let mut ids: Vec<&str> = unmatched.map(|(id, _)| id.as_str()).collect();
        ids.sort_unstable();
        ids
    }

    /// What is wrong with a row.
    fn wrong(&self, row: usize, message: String) -> Error {
        Error::record(&self.path, format!("{} {row}", self.unit), message)
    }
}
