//! Proteins and what is known of each of their residues.
//!
//! A [`Protein`] is an identifier and a sequence, with whatever a source could tell about it:
//! author numbering ([`ResidueNumber`]), Cα and Cβ positions, and named label [`Track`]s with one
//! value a residue. Everything that is not known is *undefined*, a state of its own: it is never
//! the same as "no".
//!
//! What an analysis compares attention with is a [`Label`] for each residue or, as a
//! [`PairLabels`] matrix, for each pair of residues; [`contact_map`] makes the latter from
//! coordinates by a [`ContactRule`].
//!
//! Without features this crate is that vocabulary alone. Each feature adds one kind of file, and
//! [`source::open`] recognises and reads all that are on:
//!
//! | feature | adds | pulls in |
//! | --- | --- | --- |
//! | `fasta` | `fasta`: sequences | nothing |
//! | `structure` | `structure`: PDB and mmCIF chains, with what the file says of residues | nothing |
//! | `jsonl` | `jsonl`: this project's own records, one a line | serde_json |
//! | `lmdb` | `lmdb`: the pickled sets of TAPE and of the original analysis | nothing |
//! | `parquet` | `parquet`: result tables | polars |
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

mod contact;
mod error;
mod label;
#[cfg(any(feature = "fasta", feature = "jsonl"))]
mod lines;
mod numbering;
#[cfg(feature = "lmdb")]
mod pickle;
mod protein;
#[cfg(any(feature = "jsonl", feature = "parquet"))]
mod replace;
mod track;

pub mod compressed;
#[cfg(feature = "fasta")]
pub mod fasta;
#[cfg(feature = "jsonl")]
pub mod jsonl;
#[cfg(feature = "lmdb")]
pub mod lmdb;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod source;
#[cfg(feature = "structure")]
pub mod structure;

pub use contact::{ContactAtom, ContactRule, contact_map};
pub use error::Error;
pub use label::{Label, PairLabels, ResidueLabels};
pub use ndarray;
pub use numbering::ResidueNumber;
pub use protein::{Point, Protein, labels};
pub use track::Track;

#[cfg(all(doctest, feature = "fasta"))]
#[doc = include_str!("../README.md")]
struct ReadmeExample;
