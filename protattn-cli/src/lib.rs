//! The command `protattn` as a library: the same command with properties of your own in it.
//!
//! [`App`] is the whole command line. Give it a
//! [`Property`](protattn_metrics::Property) and it stands in `--property`, in the
//! tables and in the figures like the built-in ones:
//!
//! ```no_run
//! use protattn_cli::App;
//! use protattn_io::{Label, Protein};
//! use protattn_metrics::{Labels, Property, PropertyError};
//!
//! /// Cysteines, which may be bridged.
//! struct Cysteine([String; 1]);
//!
//! impl Property for Cysteine {
//!     fn name(&self) -> &str { "cysteine" }
//!     fn classes(&self) -> &[String] { &self.0 }
//!     fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
//!         let labels = protein.sequence().chars().map(|c| Label::from_flag(Some(c == 'C')));
//!         Ok(Some(Labels::Residues(labels.collect())))
//!     }
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     App::new().property(Cysteine(["yes".into()])).run()
//! }
//! ```

mod align;
mod app;
mod args;
mod attention;
mod built_in;
mod checkpoint;
mod data;
mod demo;
mod ending;
mod figures;
mod model;
mod output;
mod pass;
mod progress;
mod properties;
mod record;
mod report;
mod selection;
mod summary;
mod table;
mod tensors;
mod text;

pub use app::App;

// The examples of both READMEs are compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../README.md")]
struct Readmes;
