//! The values of one column.

/// The values of one column, one a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Text.
    Str(Vec<String>),
    /// Counts.
    U64(Vec<u64>),
    /// Small counts: layers, heads.
    U32(Vec<u32>),
    /// Numbers; NaN stands for what is not defined.
    F64(Vec<f64>),
    /// Flags.
    Bool(Vec<bool>),
}

impl Column {
    /// The number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::Str(values) => values.len(),
            Self::U64(values) => values.len(),
            Self::U32(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::Bool(values) => values.len(),
        }
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name of the type: `str`, `u64`, `u32`, `f64`, `bool`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Str(_) => "str",
            Self::U64(_) => "u64",
            Self::U32(_) => "u32",
            Self::F64(_) => "f64",
            Self::Bool(_) => "bool",
        }
    }
}

impl From<Vec<String>> for Column {
    fn from(values: Vec<String>) -> Self {
        Self::Str(values)
    }
}

impl From<Vec<u64>> for Column {
    fn from(values: Vec<u64>) -> Self {
        Self::U64(values)
    }
}

impl From<Vec<u32>> for Column {
    fn from(values: Vec<u32>) -> Self {
        Self::U32(values)
    }
}

impl From<Vec<f64>> for Column {
    fn from(values: Vec<f64>) -> Self {
        Self::F64(values)
    }
}

impl From<Vec<bool>> for Column {
    fn from(values: Vec<bool>) -> Self {
        Self::Bool(values)
    }
}
