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

mod align;
mod app;
mod args;
mod attention;
mod built_in;
mod checkpoint;
mod columns;
mod contacts;
mod data;
mod demo;
mod ending;
mod figures;
mod forward;
mod guard;
mod interrupt;
mod merge;
mod metrics;
mod model;
mod nulls;
mod output;
mod parallel;
mod pass;
mod probe;
mod progress;
mod properties;
mod record;
mod report;
mod selection;
mod shell;
mod state;
mod summary;
mod tables;
mod tensors;
mod text;
mod view;

pub use app::App;

// The examples of both READMEs are compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../README.md")]
struct Readmes;
