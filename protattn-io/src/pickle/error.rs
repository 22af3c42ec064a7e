//! Why a pickle cannot be read.

/// Why a pickle cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pickle at byte {at} {problem}")]
pub(crate) struct Error {
    /// Offset of the opcode that cannot be carried out.
    pub(super) at: usize,
    pub(super) problem: Problem,
}

/// What is wrong with one opcode; reads on from "the pickle at byte 12".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    #[error("announces {needed} bytes where {left} are left")]
    Truncated { needed: u64, left: usize },
    #[error("has a text argument without an end")]
    UnendedLine,
    #[error("has opcode 0x{0:02x}, which builds something that is never read")]
    Opcode(u8),
    #[error("is in protocol {0}, newer than 5")]
    Protocol(u8),
    #[error("asks for `{0}`; only plain data and NumPy arrays are read")]
    Global(String),
    #[error("takes more from the stack than is there")]
    StackUnderflow,
    #[error("refers to the stored value {0}, which does not exist")]
    Memo(u64),
    #[error("needs {expected}, and finds {found}")]
    Type {
        expected: &'static str,
        found: &'static str,
    },
    #[error("holds a whole number that cannot be read")]
    Number,
    #[error("holds a whole number that does not fit 64 bits")]
    BigInt,
    #[error("holds text that is not UTF-8")]
    Utf8,
    #[error("describes a NumPy array that cannot be read: {0}")]
    Array(String),
    #[error("holds more than {limit} {what}")]
    Limit { what: &'static str, limit: usize },
}
