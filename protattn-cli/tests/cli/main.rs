//! The command, run as a person runs it.

#![allow(clippy::unwrap_used, clippy::print_stderr, unreachable_pub)]

mod analysis;
mod attention;
mod common;
mod contacts;
mod counts;
mod data;
mod demo;
mod interrupt;
mod labels;
mod mistakes;
mod model;
mod own_property;
mod plugin;
mod probe;
mod resume;
mod same_bits;
mod shards;
mod shell;
mod view;
