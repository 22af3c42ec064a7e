//! Proteins and what is known of each of their residues.
//!
//! A [`Protein`] is an identifier and a sequence, with whatever a source could tell about it:
//! author numbering ([`ResidueNumber`]), Cα and Cβ positions, and named label [`Track`]s with one
//! value a residue. Everything that is not known is *undefined*, a state of its own: it is never
//! the same as "no".
//!
//! An [`AttentionArc`] is one attention weight that is large enough to count. What an analysis
//! compares attention with is a [`Label`] for each residue or, as a
//! [`PairLabels`] matrix, for each pair of residues; [`contact_map`] makes the latter from
//! coordinates by a [`ContactRule`], and [`ProductCorrection`] makes attention comparable with it.
//!
//! A [`table`](mod@table) is declared once, by its rows: name, unit and meaning of each column.
//!
//! [`summary`] counts what a data set holds, and [`split`] divides it with related proteins kept
//! together. What is read is limited in size; [`limits`] has the limits, and raises them.
//!
//! What all crates of the project do in one way is here too: pseudo-random numbers ([`random`]), a hash
//! ([`hash`]), work on several threads ([`parallel`]), files that appear whole or not at all ([`replace`]), and
//! numbers in words ([`text`]).
//!
//! Without features this crate is that and the vocabulary alone. Each feature adds one kind of file, and
//! [`source::open`] recognises and reads all that are on:
//!
//! | feature | adds | pulls in |
//! | --- | --- | --- |
//! | `fasta` | `fasta`: sequences | nothing |
//! | `structure` | `structure`: PDB and mmCIF chains, with secondary structure, sites, links | nothing |
//! | `jsonl` | `jsonl`: this project's own records, one a line | serde_json |
//! | `json` | `json`: the sets of TAPE in JSON | serde_json |
//! | `proteinnet` | `proteinnet`: the text records of ProteinNet | nothing |
//! | `netsurfp` | `netsurfp`: the arrays of NetSurfP-2.0 | flate2 |
//! | `uniprot` | `uniprot`: entries and features of UniProt; turns `labels` on | serde_json |
//! | `labels` | `label_table`: a table of any labels, joined to any source | nothing |
//! | `lmdb` | `lmdb`: the pickled sets of TAPE and of the original analysis | nothing |
//! | `fetch` | `fetch`: structures by identifier, downloaded once | ureq, serde_json |
//! | `pickle` | `pickle`: Python pickles as plain data, arrays and tensors; `zip`: the directory of the archives that hold them | nothing |
//! | `parquet` | `parquet`: result tables, and proteins; turns `jsonl` on | polars |
//! | `gzip` | any of the text formats compressed with gzip, in `compressed` | flate2 |
//!
//! ```
//! use protattn_io::{ContactAtom, ContactRule, Protein, Track, contact_map};
//!
//! // Eight residues on a hairpin: the two ends are 5 Å apart, the rest of one strand is 3.8 Å a step.
//! let mut protein = Protein::new("hairpin", "GSTVKVTE")?;
//! let ca = (0..8).map(|i| {
//!     let (x, y) = if i < 4 { (3.8 * i as f32, 0.0) } else { (3.8 * (7 - i) as f32, 5.0) };
//!     Some([x, y, 0.0])
//! });
//! protein.set_ca(ca.collect())?;
//! protein.set_label("binding-site", Track::Flags(vec![Some(true); 8]))?;
//!
//! let rule = ContactRule { atom: ContactAtom::Ca, distance: 8.0, min_separation: 6 };
//! let contacts = contact_map(&protein, &rule).expect("the protein has coordinates");
//! assert_eq!(contacts.get(0, 7).class(), Some(0)); // 5 Å, seven residues apart: a contact
//! assert!(!contacts.get(0, 5).is_defined());       // nearer than six along the chain: undefined
//! # Ok::<(), protattn_io::Error>(())
//! ```

mod apc;
mod arc;
mod contact;
#[cfg(feature = "labels")]
mod delimited;
mod error;
#[cfg(any(feature = "json", feature = "uniprot"))]
mod json_elements;
mod label;
mod names;
mod numbering;
mod protein;
mod record;
#[cfg(any(
    feature = "fasta",
    feature = "jsonl",
    feature = "labels",
    feature = "proteinnet"
))]
mod records;
#[cfg(any(feature = "netsurfp", feature = "proteinnet"))]
mod secondary;
#[cfg(any(feature = "json", feature = "lmdb"))]
mod tape;
mod track;

pub mod compressed;
#[cfg(feature = "fasta")]
pub mod fasta;
#[cfg(feature = "fetch")]
pub mod fetch;
pub mod hash;
#[cfg(feature = "json")]
pub mod json;
#[cfg(feature = "jsonl")]
pub mod jsonl;
#[cfg(feature = "labels")]
pub mod label_table;
pub mod limits;
#[cfg(feature = "lmdb")]
pub mod lmdb;
#[cfg(feature = "netsurfp")]
pub mod netsurfp;
pub mod parallel;
#[cfg(feature = "parquet")]
pub mod parquet;
#[cfg(feature = "pickle")]
pub mod pickle;
#[cfg(feature = "proteinnet")]
pub mod proteinnet;
pub mod random;
pub mod replace;
pub mod source;
pub mod split;
#[cfg(feature = "structure")]
pub mod structure;
pub mod summary;
pub mod table;
pub mod text;
#[cfg(feature = "uniprot")]
pub mod uniprot;
#[cfg(any(feature = "netsurfp", feature = "pickle"))]
pub mod zip;

pub use apc::ProductCorrection;
pub use arc::AttentionArc;
pub use contact::{ContactAtom, ContactRule, contact_map};
pub use error::Error;
pub use label::{Label, PairLabels, ResidueLabels};
pub use ndarray;
pub use numbering::ResidueNumber;
pub use protein::{Point, Protein, labels};
pub use record::{DataRecord, ReadSettings, Selection, Skipped};
#[cfg(any(
    feature = "fasta",
    feature = "jsonl",
    feature = "labels",
    feature = "proteinnet"
))]
pub use records::Records;
pub use track::Track;

#[cfg(all(doctest, feature = "fasta"))]
#[doc = include_str!("../README.md")]
struct ReadmeExample;

/// What serde_json says, without the line: it is counted from the start of the record.
#[cfg(any(feature = "json", feature = "jsonl", feature = "uniprot"))]
fn json_message(error: &serde_json::Error) -> String {
    let (text, column) = (error.to_string(), error.column());
    match text.strip_suffix(&format!(" at line {} column {column}", error.line())) {
        Some(what) if column > 0 => format!("{what} at column {column}"),
        Some(what) => what.to_owned(),
        None => text,
    }
}
