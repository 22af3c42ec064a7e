//! The command `protattn` as a library: the same command with properties and metrics of your own in it.
//!
//! [`App`] is the whole command line. Give it a [`Property`](protattn_metrics::Property), a
//! [`Metric`](protattn_metrics::Metric) or both, and they stand in `--property` and `--metric`, in the
//! tables and in the figures like the built-in ones; one that fails or panics on a protein is named,
//! and the rest of the run is kept. `examples/disulfides.rs` has both.
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

mod app;
mod args;
mod built_in;
mod checkpoint;
mod commands;
mod data;
mod output;
mod own;
mod report;
mod running;
mod tables;
mod terminal;

pub use app::App;

// The examples of both READMEs are compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../README.md")]
struct Readmes;
