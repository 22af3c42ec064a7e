//! The crate from outside.

#![allow(clippy::unwrap_used)]

#[path = "tests/contact.rs"]
mod contact;
#[cfg(feature = "model")]
#[path = "tests/contact_runs.rs"]
mod contact_runs;
#[path = "tests/corpus.rs"]
mod corpus;
#[path = "tests/data.rs"]
mod data;
#[path = "tests/errors.rs"]
mod errors;
#[path = "tests/evaluation.rs"]
mod evaluation;
#[path = "tests/optimum.rs"]
mod optimum;
#[path = "tests/rows.rs"]
mod rows;
#[path = "tests/saved.rs"]
mod saved;
#[path = "tests/scikit_learn.rs"]
mod scikit_learn;
#[path = "tests/selection.rs"]
mod selection;
#[path = "tests/threads.rs"]
mod threads;
