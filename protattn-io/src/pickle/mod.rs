//! Python pickles, read as plain data.
//!
//! A pickle is a program for a small stack machine, and Python's own reader will call whatever the
//! program names. This one builds numbers, text, bytes, lists, tuples, dicts (`OrderedDict` too),
//! NumPy arrays and PyTorch tensors, and refuses everything else by name; it never calls anything.
//!
//! ```
//! use protattn_io::pickle;
//!
//! // Python: pickle.dumps({"id": "1abc.A", "positions": [3, 5, 300]}, protocol=2)
//! let bytes = b"\x80\x02}(X\x02\x00\x00\x00idX\x06\x00\x00\x001abc.A\
//!     X\x09\x00\x00\x00positions](K\x03K\x05M\x2c\x01eu.";
//! let record = pickle::read(bytes)?;
//! let get = |key| record.root().get(key).expect("a key of the dict");
//! assert_eq!(get("id").text(), Some("1abc.A"));
//! assert_eq!(get("positions").ints(), Some(vec![3, 5, 300]));
//!
//! // Python would run a command here.
//! let error = pickle::read(b"\x80\x02cos\nsystem\n(X\x02\x00\x00\x00idtR.").expect_err("a call");
//! let message = "asks for `os.system`; only plain data, arrays and tensors are read";
//! assert_eq!(error.to_string(), format!("the pickle at byte 2 {message}"));
//! # Ok::<(), pickle::Error>(())
//! ```
//!
//! [`read`] takes bytes of protocols 0 to 5 and gives a [`Pickle`], whose [`Value`]s are asked for
//! what they are expected to be. A [`Tensor`] is only described: its elements lie elsewhere in the
//! file, in the [`Storage`] that it names.
//!
//! Values live side by side in one list and refer to each other by index. Nothing is nested in
//! memory, so a deeply nested or self-referring pickle cannot exhaust the call stack, neither when
//! it is read nor when it is dropped. Every opcode adds at most one value and no opcode copies
//! data (but one, which has a budget), so memory stays within a small multiple of the pickle's
//! size. A pickle may build 2²⁰ values and have 256 collections open at once, and an array or
//! tensor may have 8 axes.

// instruction decodes one opcode with its argument; machine runs them, and call, numpy and torch
// those that call something; global is what may be called; value is what comes out.
mod call;
mod element;
mod error;
mod global;
mod instruction;
mod machine;
mod numpy;
#[cfg(test)]
mod tests;
mod torch;
mod value;

pub use element::Element;
pub use error::Error;
pub use machine::read;
pub use value::{Pickle, Storage, Tensor, Value};

/// The most values one pickle may build, and entries its memo may hold.
const MAX_VALUES: usize = 1 << 20;

/// [`MAX_VALUES`] unless limits were raised; no more than there are numbers for them.
fn max_values() -> usize {
    crate::limits::raised_size(MAX_VALUES).min(u32::MAX as usize)
}

/// The most collections that may be open at once.
const MAX_DEPTH: usize = 256;
