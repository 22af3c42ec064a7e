//! The tests of this crate as a whole, in one binary.

#![allow(clippy::unwrap_used)]

#[path = "tests/agreement.rs"]
mod agreement;
#[path = "tests/contract.rs"]
mod contract;
#[path = "tests/counting.rs"]
mod counting;
#[path = "tests/laws.rs"]
mod laws;
#[path = "tests/observations.rs"]
mod observations;
#[path = "tests/saved.rs"]
mod saved;
#[path = "tests/scores.rs"]
mod scores;
