//! The crate from outside: golden values, malformed input, the contract with sinks.

#![allow(clippy::unwrap_used)]

mod checkpoints;
mod common;
mod golden;
mod malformed;
mod passes;
mod tokenizers;
