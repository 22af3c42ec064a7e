//! Why a pickle cannot be read.

use super::global::Global;

/// Why a pickle cannot be read, and where: "the pickle at byte 2 asks for `os.system`; ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pickle at byte {at} {problem}")]
pub struct Error {
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
    #[error("asks for `{0}`; only plain data, arrays and tensors are read")]
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
    #[error("has a size of {0}")]
    Size(i64),
    #[error("calls {function:?} with {arguments} arguments")]
    Call { function: Global, arguments: usize },
    #[error("holds text that is not UTF-8")]
    Utf8,
    #[error("describes a NumPy array that cannot be read: {0}")]
    Array(String),
    #[error("describes a tensor that cannot be read: {0}")]
    Tensor(String),
    #[error("holds more than {limit} {what}")]
    Limit { what: &'static str, limit: usize },
}

/// Fails if something would be more than may be.
pub(super) fn check_limit(what: &'static str, n: usize, limit: usize) -> Result<(), Problem> {
    if n > limit {
        return Err(Problem::Limit { what, limit });
    }
    Ok(())
}
