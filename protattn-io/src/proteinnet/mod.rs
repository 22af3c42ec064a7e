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

use std::io::BufRead;

use crate::Protein;
use crate::limits::raised_size;
use crate::records::lines::{Line, Lines};
use crate::records::{Grammar, Problem, Records};
use record::Record;

/// The most bytes a line may have: coordinates of some 400,000 residues.
pub const MAX_LINE: usize = 1 << 24;

/// What a record begins with.
const ID: &[u8] = b"[ID]";

/// Reads one protein after another.
///
/// A record that cannot be used is one `Err` that names it and the line; the next call goes on at
/// the next `[ID]`. A file without records is one `Err`.
pub type Reader<R> = Records<R, ProteinNet>;

/// The grammar of ProteinNet's text.
#[derive(Debug, Default)]
pub struct ProteinNet {
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Start,
    /// The `[ID]` of the next record has been read.
    Begun,
    Done,
}

impl Grammar for ProteinNet {
    const MAX_LINE: usize = MAX_LINE;
    type Record = Protein;

    fn next<R: BufRead>(&mut self, lines: &mut Lines<R>) -> Result<Option<Protein>, Problem> {
        if self.state == State::Start {
            self.state = read_start(lines)?;
        }
        match self.state {
            State::Done => Ok(None),
            _ => self.read_record(lines).map(Some),
        }
    }
}

/// Reads up to the first `[ID]`.
fn read_start(lines: &mut Lines<impl BufRead>) -> Result<State, Problem> {
    loop {
        let message = match lines.next()? {
            None => return Ok(State::Done),
            Some(Line::Whole(line)) => match line.trim_ascii_end() {
                b"" => continue,
                ID => return Ok(State::Begun),
                _ => {
                    let number = lines.number();
                    format!("line {number} is not `[ID]`, with which records begin")
                }
            },
            Some(Line::TooLong { .. }) => too_long(),
        };
        return Err(Problem::File(message));
    }
}

impl ProteinNet {
    /// Reads the sections after an `[ID]`, up to the next.
    fn read_record(&mut self, lines: &mut Lines<impl BufRead>) -> Result<Protein, Problem> {
        let start = lines.number();
        let mut record = Record::default();
        let mut problem = None;
        loop {
            let number = lines.number() + 1;
            match lines.next()? {
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
                Some(Line::TooLong { .. }) => problem = Some(too_long()),
            }
        }
        let name = record
            .id()
            .map_or_else(|| format!("line {start}"), str::to_owned);
        let protein = problem.map_or_else(|| record.protein(), Err);
        protein.map_err(|message| Problem::Record {
            record: name,
            message,
        })
    }
}

fn too_long() -> String {
    let limit = raised_size(MAX_LINE);
    format!("it has a line of more than {limit} bytes")
}
