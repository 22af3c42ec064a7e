//! The crate from outside: golden values, malformed input, the contract with sinks.

#![allow(clippy::unwrap_used)]

mod arcs;
mod batches;
mod checkpoints;
mod common;
mod contacts;
#[cfg(all(feature = "torch", feature = "tokenizers"))]
mod corpus;
mod families;
mod golden;
#[cfg(feature = "hub")]
mod hub;
mod malformed;
#[cfg(all(feature = "torch", feature = "tokenizers"))]
mod parsers;
mod passes;
mod relative;
mod tokenizers;
mod twins;
