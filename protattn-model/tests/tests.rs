//! The crate from outside: golden values, malformed input, the contract with sinks.

#![allow(clippy::unwrap_used)]

mod checkpoints;
mod common;
mod families;
mod golden;
#[cfg(feature = "hub")]
mod hub;
mod malformed;
mod passes;
mod relative;
mod tokenizers;
