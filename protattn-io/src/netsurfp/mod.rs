//! The data sets of NetSurfP-2.0: sequence, secondary structure, disorder.
//!
//! A set is an `.npz` file with two arrays: `pdbids`, text, and `data` of the axes [protein,
//! residue, 68], floats (Klausen et al., *NetSurfP-2.0*, Proteins 87:520, 2019). Shorter proteins
//! are filled up with zeros. Of the 68 numbers of a residue these are read, counted from 0:
//!
//! | columns | what they are | where they go |
//! | --- | --- | --- |
//! | 0-19 | the amino acid, `ACDEFGHIKLMNPQRSTVWY`; all 0 if unknown | [`Protein::sequence`], X if unknown |
//! | 50 | 1 for a residue, 0 for filling | which residues there are |
//! | 51 | 1 where it is ordered, 0 where disordered | flags [`labels::DISORDER`] |
//! | 52 | 1 where it is evaluated, 0 where it is left out | where it is 0, all tracks are undefined |
//! | 57-64 | the letter of DSSP, `GHIBESTC` | classes [`labels::SECONDARY_STRUCTURE_8`] (C is `-`) and [`labels::SECONDARY_STRUCTURE`] |
//!
//! A disordered residue has no secondary structure: its letter is undefined. The file is read one
//! protein at a time, compressed or not.
//!
//! ```no_run
//! for protein in protattn_io::netsurfp::Reader::open("CB513_HHblits.npz")? {
//!     match protein {
//!         Ok(protein) => println!("{} {}", protein.id(), protein.len()),
//!         Err(error) => println!("skipped: {error}"),
//!     }
//! }
//! # Ok::<(), protattn_io::Error>(())
//! ```
//!
//! [`Protein::sequence`]: crate::Protein::sequence
//! [`labels::DISORDER`]: crate::labels::DISORDER
//! [`labels::SECONDARY_STRUCTURE`]: crate::labels::SECONDARY_STRUCTURE
//! [`labels::SECONDARY_STRUCTURE_8`]: crate::labels::SECONDARY_STRUCTURE_8

mod member;
mod npy;
mod row;

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::limits::raised_size;
use crate::zip::{self, Archive};
use crate::{Error, Protein};
use member::Member;
use npy::{Header, Kind};
use row::COLUMNS;

/// The bytes of the longest protein, of some 120,000 residues.
const MAX_ROW: usize = 1 << 26;
/// The bytes that identifiers may take in all: some 350,000 of twelve letters.
const MAX_IDS: usize = 1 << 24;

/// Reads one protein after another.
///
/// A protein that cannot be used is one `Err` that names it; the next call goes on with the next. A
/// file that ends early or is damaged is one `Err`, the last.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    ids: Vec<String>,
    data: Member,
    kind: Kind,
    /// The bytes of one protein.
    row: Vec<u8>,
    next: usize,
    done: bool,
}

impl Reader {
    /// Opens a file, and reads the identifiers.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened, is no zip archive, has no arrays `pdbids` and `data`, or these
    /// are of other types or shapes.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        let format = |message| Error::format(&path, message);
        let file = File::open(&path).map_err(Error::io(&path))?;
        let archive = Archive::read(file).map_err(|error| match error {
            zip::Error::Io(error) => Error::io(&path)(error),
            zip::Error::NoDirectory => {
                format("it is no zip archive, or only a part of one".to_owned())
            }
            other => format(format!("it {other}")),
        })?;
        let ids = read_ids(&archive, &path).map_err(format)?;
        let (data, header) = open_array(&archive, &path, "data").map_err(format)?;
        let row = row_bytes(&header, ids.len()).map_err(format)?;
        Ok(Self {
            ids,
            data,
            kind: header.kind,
            row: vec![0; row],
            next: 0,
            done: false,
            path,
        })
    }

    /// The number of proteins in the set, read or not.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are no proteins.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The row is only as good as the file: it may have been cut or damaged.
    fn fail(&mut self, message: String) -> Error {
        self.done = true;
        Error::format(&self.path, message)
    }
}

impl Iterator for Reader {
    type Item = Result<Protein, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        if self.next == self.ids.len() {
            self.done = true;
            let checked = self.data.finish();
            return checked.err().map(|message| Err(self.fail(message)));
        }
        let index = self.next;
        self.next += 1;
        if let Err(message) = self.data.read_exact(&mut self.row) {
            return Some(Err(
                self.fail(format!("`data` of protein {}: {message}", index + 1))
            ));
        }
        let id = &self.ids[index];
        let protein = row::protein(id, &self.row, self.kind);
        Some(protein.map_err(|message| Error::record(&self.path, id, message)))
    }
}

/// An array, and what its header says.
fn open_array(archive: &Archive, path: &Path, name: &str) -> Result<(Member, Header), String> {
    let file = format!("{name}.npy");
    let entry = archive.get(&file).ok_or_else(|| {
        let names: Vec<&str> = archive.entries().map(|(name, _)| name).collect();
        format!(
            "there is no `{file}` among its members: {}",
            names.join(", ")
        )
    })?;
    let member = Member::open(path, entry);
    let mut member = member.map_err(|error| format!("`{file}`: {error}"))?;
    let located = |message: String| format!("`{name}`: {message}");
    let header = npy::read_header(&mut member).map_err(located)?;
    let expected = header.byte_len().filter(|n| *n as u64 == member.left());
    if expected.is_none() {
        let (shape, left) = (&header.shape, member.left());
        return Err(located(format!(
            "the shape is {shape:?}, and there are {left} bytes"
        )));
    }
    Ok((member, header))
}

fn read_ids(archive: &Archive, path: &Path) -> Result<Vec<String>, String> {
    let (mut member, header) = open_array(archive, path, "pdbids")?;
    let located = |message: String| format!("`pdbids`: {message}");
    if header.shape.len() != 1 || !header.kind.is_text() {
        let (kind, shape) = (&header.kind, &header.shape);
        return Err(located(format!(
            "it is {kind} of the shape {shape:?}, not a list of text"
        )));
    }
    let limit = raised_size(MAX_IDS);
    let bytes = header.byte_len().filter(|n| *n <= limit);
    let bytes = bytes.ok_or_else(|| located(format!("it has more than {limit} bytes")))?;
    let mut data = vec![0; bytes];
    member.read_exact(&mut data).map_err(located)?;
    member.finish()?;
    header.kind.texts(&data, header.shape[0]).map_err(located)
}

/// The bytes of one protein in `data`.
fn row_bytes(header: &Header, n_ids: usize) -> Result<usize, String> {
    let Header { kind, shape, .. } = header;
    if !kind.is_float() || header.fortran {
        let order = if header.fortran {
            " in Fortran's order"
        } else {
            ""
        };
        return Err(format!("`data`: it is {kind}{order}, not f4 or f8 in C's"));
    }
    match shape.as_slice() {
        [n, longest, COLUMNS] if *n == n_ids => {
            let bytes = longest.checked_mul(COLUMNS * kind.size());
            let bytes = bytes.filter(|bytes| *bytes <= raised_size(MAX_ROW));
            bytes.ok_or_else(|| format!("`data`: {longest} residues are too many for one protein"))
        }
        _ => Err(format!(
            "`data`: the shape is {shape:?}, not [{n_ids}, residues, {COLUMNS}] for {n_ids} `pdbids`"
        )),
    }
}
