//! What arrays and tensors are made of.

/// The type of an element of an array or of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Element {
    /// A flag, one byte.
    Bool,
    /// An unsigned byte.
    U8,
    /// A signed byte.
    I8,
    /// A signed whole number of 16 bits.
    I16,
    /// A signed whole number of 32 bits.
    I32,
    /// A signed whole number of 64 bits.
    I64,
    /// IEEE 754 half precision.
    F16,
    /// The upper half of a single-precision number.
    BF16,
    /// IEEE 754 single precision.
    F32,
    /// IEEE 754 double precision.
    F64,
}

impl Element {
    /// Its size in bytes.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            Self::Bool | Self::U8 | Self::I8 => 1,
            Self::I16 | Self::F16 | Self::BF16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::I64 | Self::F64 => 8,
        }
    }
}
