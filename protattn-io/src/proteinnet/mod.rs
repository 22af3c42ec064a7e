//! The text records of ProteinNet: sequence, Cα positions, secondary structure.
//!
//! A record is a section `[ID]`, and after it any of `[PRIMARY]`, `[EVOLUTIONARY]`, `[SECONDARY]`,
//! `[TERTIARY]` and `[MASK]`, each with its lines, up to a blank line or the next `[ID]`
//! (AlQuraishi, *ProteinNet: a standardized data set for machine learning of protein structure*,
//! BMC Bioinformatics 20:311, 2019).
//!
//! - The id is kept as it stands, in whatever form the set has it: `1ABC_1_A`, `30#1ABC_1_A`,
//!   `2CMY_d2cmyb1`, `TBM#T0366`.
//! - `[TERTIARY]` has three lines, x, y and z, with a number for N, Cα and C of each residue, in
//!   picometres. The Cα become [`Protein::ca`], in Å. There is no Cβ.
//! - `[MASK]` has `+` for a residue that was observed and `-` for one that was not, which has no
//!   position and no secondary structure. Without a mask, a residue whose three atoms lie at the
//!   origin was not observed: so the sets write it.
//! - `[SECONDARY]` has the letters of DSSP, `L` for blank. They become both tracks of secondary
//!   structure.
//! - `[EVOLUTIONARY]` and sections of other names are passed over.
//!
//! The file is read as a stream: no more than one line of it and one record are held at a time.
//!
//! ```
//! use protattn_io::proteinnet;
//!
//! let text = "\
//! [ID]
//! 30#1ABC_1_A
//! [PRIMARY]
//! GA
//! [TERTIARY]
//! 0\t0\t0\t1850.\t1900.\t2000.
//! 0\t0\t0\t-25.\t12.5\t0
//! 0\t0\t0\t310.\t380.\t4e2
//! [MASK]
//! -+
//!
//! [ID]
//! bad
//! [PRIMARY]
//! G
//! [MASK]
//! ++
//! ";
//! let mut reader = proteinnet::Reader::new(text.as_bytes(), "training_30");
//!
//! let protein = reader.next().expect("a record")?;
//! assert_eq!((protein.id(), protein.sequence()), ("30#1ABC_1_A", "GA"));
//! assert_eq!(protein.ca(), Some(&[None, Some([19.0, 0.125, 3.8])][..]));
//!
//! let error = reader.next().expect("a record").expect_err("the mask is too long");
//! assert_eq!(error.to_string(), "training_30: bad: line 17 has 2 signs for 1 residues");
//! assert!(reader.next().is_none());
//! # Ok::<(), protattn_io::Error>(())
//! ```
//!
//! [`Protein::ca`]: crate::Protein::ca

mod record;

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use crate::compressed::Input;
use crate::limits::raised_size;
use crate::lines::{Line, Lines};
use crate::{Error, Protein};
use record::Record;

/// The most bytes a line may have: coordinates of some 400,000 residues.
pub const MAX_LINE: usize = 1 << 24;

/// What a record begins with.
const ID: &[u8] = b"[ID]";

/// Reads one protein after another.
///
/// A record that cannot be used is one `Err` that names it and the line; the next call goes on at
/// the next `[ID]`. A file without records is one `Err`.
#[derive(Debug)]
pub struct Reader<R> {
    lines: Lines<R>,
    path: PathBuf,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    /// The `[ID]` of the next record has been read.
    Begun,
    Done,
}

/// What is wrong with a record.
struct Problem {
    record: String,
    message: String,
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

    /// Reads up to the first `[ID]`; the error says what is there in its place.
    fn read_start(&mut self) -> io::Result<Result<(), String>> {
        Ok(loop {
            match self.lines.next()? {
                None => break Err("the file holds no records".to_owned()),
                Some(Line::Whole(line)) => match line.trim_ascii_end() {
                    b"" => {}
                    ID => break Ok(()),
                    _ => {
                        let number = self.lines.number();
                        break Err(format!(
                            "line {number} is not `[ID]`, with which records begin"
                        ));
                    }
                },
                Some(Line::TooLong) => break Err(too_long()),
            }
        })
    }

    /// Reads the record after its `[ID]`, and the next `[ID]`.
    fn read_record(&mut self) -> io::Result<Result<Protein, Problem>> {
        let start = self.lines.number();
        let mut record = Record::default();
        let mut problem = None;
        loop {
            let number = self.lines.number() + 1;
            match self.lines.next()? {
                None => {
                    self.state = State::Done;
                    problem = problem.or_else(|| record.is_cut());
                    break;
                }
                Some(Line::Whole(line)) if line.trim_ascii_end() == ID => break,
                Some(_) if problem.is_some() => {}
                Some(Line::Whole(line)) => {
                    let read = record.read(line.trim_ascii_end());
                    problem = read.err().map(|what| format!("line {number} {what}"));
                }
                Some(Line::TooLong) => problem = Some(too_long()),
            }
        }
        let name = record
            .id()
            .map_or_else(|| format!("line {start}"), str::to_owned);
        let protein = problem.map_or_else(|| record.protein(), Err);
        Ok(protein.map_err(|message| Problem {
            record: name,
            message,
        }))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Protein, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Start {
            let start = self.read_start();
            let started = matches!(start, Ok(Ok(())));
            self.state = if started { State::Begun } else { State::Done };
            match start {
                Ok(Ok(())) => {}
                Ok(Err(message)) => {
                    let path = self.path.clone();
                    return Some(Err(Error::Format { path, message }));
                }
                Err(error) => return Some(Err(Error::io(&self.path, &error))),
            }
        }
        if self.state == State::Done {
            return None;
        }
        Some(match self.read_record() {
            Ok(protein) => protein.map_err(|Problem { record, message }| Error::Record {
                path: self.path.clone(),
                record,
                message,
            }),
            Err(error) => {
                self.state = State::Done;
                Err(Error::io(&self.path, &error))
            }
        })
    }
}

fn too_long() -> String {
    let limit = raised_size(MAX_LINE);
    format!("it has a line of more than {limit} bytes")
}
