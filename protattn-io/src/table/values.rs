//! The values of one column.

/// A type that a column can hold: text, a count, a number or a flag. No other type can be one.
pub trait Cell: Clone + sealed::Sealed {
    /// The name of the type: `str`, `u64`, `u32`, `f64`, `bool`.
    const NAME: &'static str;

    /// The values, if they are of this type.
    fn of(values: &Values) -> Option<&[Self]>;

    /// The values of a column of this type.
    fn column(cells: Vec<Self>) -> Values;
}

mod sealed {
    /// Nobody else implements it.
    pub trait Sealed {}
}

macro_rules! values {
    ($($(#[doc = $doc:literal])+ $variant:ident($cell:ty) = $name:literal,)+) => {
        /// The values of one column, one a row.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Values {
            $($(#[doc = $doc])+ $variant(Vec<$cell>),)+
        }

        impl Values {
            /// The number of values.
            pub fn len(&self) -> usize {
                match self {
                    $(Self::$variant(values) => values.len(),)+
                }
            }

            /// The name of the type: `str`, `u64`, `u32`, `f64`, `bool`.
            pub fn type_name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)+
                }
            }
        }

        $(
            impl From<Vec<$cell>> for Values {
                fn from(cells: Vec<$cell>) -> Self {
                    Self::$variant(cells)
                }
            }

            impl sealed::Sealed for $cell {}

            impl Cell for $cell {
                const NAME: &'static str = $name;

                fn of(values: &Values) -> Option<&[Self]> {
                    match values {
                        Values::$variant(values) => Some(values),
                        _ => None,
                    }
                }

                fn column(cells: Vec<Self>) -> Values {
                    Values::$variant(cells)
                }
            }
        )+
    };
}

values! {
    /// Text.
    Str(String) = "str",
    /// Counts.
    U64(u64) = "u64",
    /// Small counts: layers, heads.
    U32(u32) = "u32",
    /// Numbers; NaN stands for what is not defined.
    F64(f64) = "f64",
    /// Flags.
    Bool(bool) = "bool",
}

impl Values {
    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
