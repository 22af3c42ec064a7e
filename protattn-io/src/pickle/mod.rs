//! Python pickles, read as plain data.
//!
//! A pickle is a program for a small stack machine, and Python's own reader will call whatever the
//! program names. This one builds numbers, text, bytes, lists, tuples, dicts and NumPy arrays, and
//! refuses everything else by name; it never calls anything.
//!
//! - [`instruction`](self::instruction) decodes one opcode with its argument,
//! - [`machine`](self::machine) runs them, and [`call`](self::call) those that call something,
//! - [`numpy`](self::numpy) is what an array and its element type are made of,
//! - [`value`](self::value) is what comes out.
//!
//! Values live side by side in one list and refer to each other by index. Nothing is nested in
//! memory, so a deeply nested or self-referring pickle cannot exhaust the call stack, neither when
//! it is read nor when it is dropped. Every opcode adds at most one value and no opcode copies
//! data (but one, which has a budget), so memory stays within a small multiple of the pickle's
//! size, and [`MAX_VALUES`] bounds it.

mod call;
mod error;
mod instruction;
mod machine;
mod numpy;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use machine::read;
pub(crate) use value::Value;

/// The most values one pickle may build, and entries its memo may hold.
const MAX_VALUES: usize = 1 << 20;

/// The most collections that may be open at once.
const MAX_DEPTH: usize = 256;
