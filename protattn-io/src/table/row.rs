//! The rows of a table, each column of which is declared once.

use std::path::PathBuf;
use std::vec::IntoIter;

use super::{Cell, Codec, Table, Values};
use crate::Error;

/// What is said of a column, in its file and in documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// The name, which is that of the field of the row.
    pub name: &'static str,
    /// The unit of its values; empty if they have none.
    pub unit: &'static str,
    /// What its values mean.
    pub meaning: &'static str,
}

impl Column {
    /// A column; white space around `meaning` is left out.
    pub const fn new(name: &'static str, unit: &'static str, meaning: &'static str) -> Self {
        Self {
            name,
            unit,
            meaning: meaning.trim_ascii(),
        }
    }
}

/// A row of a table. [`table!`](crate::table!) declares one.
pub trait Row: Sized {
    /// The usual name of the table's file.
    const FILE: &'static str;
    /// The columns, in order.
    const COLUMNS: &'static [Column];

    /// The rows as a table, with the unit and meaning of each column.
    ///
    /// # Errors
    ///
    /// [`Error::Column`] if a value does not fit into its column.
    fn to_table(rows: &[Self]) -> Result<Table, Error>;

    /// The rows of a table. Its columns may be in any order; others than these are passed over.
    ///
    /// # Errors
    ///
    /// [`Error::Column`] if a column is missing, is of another type, or holds what no row can have.
    fn from_table(table: &Table) -> Result<Vec<Self>, Error>;
}

/// The values of a field of all rows; what is wrong goes on after the name of the column.
#[doc(hidden)]
pub fn encode<C: Codec<T>, R, T>(rows: &[R], field: impl Fn(&R) -> &T) -> Result<Values, String> {
    let cell = |(index, row)| {
        C::encode(field(row)).map_err(|problem| format!("{problem}, in row {}", index + 1))
    };
    let cells: Result<Vec<C::Cell>, String> = rows.iter().enumerate().map(cell).collect();
    cells.map(Cell::column)
}

/// The field that a column holds, of all rows.
#[doc(hidden)]
pub fn decode<C: Codec<T>, T>(table: &Table, column: &str) -> Result<IntoIter<T>, Error> {
    let value = |(index, cell)| {
        let problem = |problem| format!("{problem}, in row {}", index + 1);
        C::decode(cell).map_err(|error| table.wrong(column, problem(error)))
    };
    let cells = table.values::<C::Cell>(column)?.iter().enumerate();
    let values: Result<Vec<T>, Error> = cells.map(value).collect();
    Ok(values?.into_iter())
}

impl Table {
    /// Columns of a row, with their units and meanings.
    #[doc(hidden)]
    pub fn of_fields<R: Row>(columns: Vec<Result<Values, String>>) -> Result<Self, Error> {
        let mut table = Self::new();
        table.path = PathBuf::from(R::FILE);
        for (column, values) in R::COLUMNS.iter().zip(columns) {
            let values = values.map_err(|problem| table.wrong(column.name, problem))?;
            table = table.with(column.name, values)?;
            table = table.describe(column.name, column.unit, column.meaning)?;
        }
        Ok(table)
    }
}

/// Declares the row of a table, and with it the table: a struct that implements
/// [`Row`](crate::table::Row).
///
/// Fields are columns, in order. The comment on a field is the documentation of the field and the
/// meaning of the column; a unit may follow, and after the type the [codec](crate::table::Codec) of this
/// module that says how the field stands in the file, if not [as it is](crate::table::Plain). All
/// fields are public.
///
/// ```
/// use protattn_io::table::{Row, Table};
///
/// protattn_io::table! {
///     /// How much of a head's attention stays near.
///     #[derive(Clone, Debug, PartialEq)]
///     pub struct NearRow in "near.parquet" {
///         /// the layer, from 1
///         layer: usize as OneBased,
///         /// mean distance of the residues attended to
///         #[unit = "residues"]
///         distance: f64,
///     }
/// }
///
/// let rows = [NearRow { layer: 0, distance: 3.5 }];
/// let table = NearRow::to_table(&rows)?;
/// assert_eq!(table.u32s("layer")?, [1]); // people count from one
/// assert_eq!(NearRow::from_table(&table)?, rows);
/// assert_eq!(NearRow::COLUMNS[1].unit, "residues");
/// assert_eq!(NearRow::COLUMNS[1].meaning, "mean distance of the residues attended to");
///
/// let error = NearRow::from_table(&Table::new().with("layer", vec![0_u32])?).expect_err("no layer 0");
/// assert_eq!(error.to_string(), "new table: column `layer` holds 0, but counts from 1, in row 1");
/// # Ok::<(), protattn_io::Error>(())
/// ```
#[macro_export]
macro_rules! table {
    (@codec) => { $crate::table::Plain };
    (@codec $codec:ident) => { $crate::table::$codec };
    (@note OneBased) => { "0-based here." };
    (@note $codec:ident) => { "" };
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $row:ident in $file:literal {
            $(
                $(#[doc = $meaning:literal])+
                $(#[unit = $unit:literal])?
                $field:ident: $type:ty $(as $codec:ident)?
            ),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $row {
            $(
                $(#[doc = $meaning])+
                $(#[doc = ""] #[doc = $crate::table!(@note $codec)])?
                pub $field: $type,
            )+
        }

        impl $crate::table::Row for $row {
            const FILE: &'static str = $file;
            const COLUMNS: &'static [$crate::table::Column] = &[$(
                $crate::table::Column::new(
                    stringify!($field),
                    concat!($($unit)?),
                    concat!($($meaning),+),
                ),
            )+];

            fn to_table(rows: &[Self]) -> Result<$crate::table::Table, $crate::Error> {
                $crate::table::Table::of_fields::<Self>(vec![$(
                    $crate::table::encode::<$crate::table!(@codec $($codec)?), Self, $type>(
                        rows,
                        |row| &row.$field,
                    ),
                )+])
            }

            fn from_table(table: &$crate::table::Table) -> Result<Vec<Self>, $crate::Error> {
                $(
                    let mut $field = $crate::table::decode::<
                        $crate::table!(@codec $($codec)?),
                        $type,
                    >(table, stringify!($field))?;
                )+
                let mut rows = Vec::with_capacity(table.n_rows());
                while let ($(Some($field),)+) = ($($field.next(),)+) {
                    rows.push(Self { $($field),+ });
                }
                Ok(rows)
            }
        }
    };
}
