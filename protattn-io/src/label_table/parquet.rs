//! Tables in Parquet.

use std::path::Path;

use polars::prelude::{DataType, PolarsResult, Series};

use super::LabelTable;
use super::rows::{self, Columns, Row};
use crate::Error;
use crate::parquet::file::read_frame;

/// Values of any type are read as their text; a missing one is as an empty field.
pub(super) fn read(path: &Path) -> Result<LabelTable, Error> {
    let frame = read_frame(path)?;
    let format = |message| Error::format(path, message);
    let names: Vec<String> = frame
        .columns()
        .iter()
        .map(|c| c.name().to_string())
        .collect();
    let columns = Columns::find(&names).map_err(format)?;
    let text =
        |column: &polars::prelude::Column| column.as_materialized_series().cast(&DataType::String);
    let texts: PolarsResult<Vec<Series>> = frame.columns().iter().map(text).collect();
    let texts = texts.map_err(|error| format(error.to_string()))?;
    let fields: PolarsResult<Vec<_>> = texts.iter().map(Series::str).collect();
    let fields = fields.map_err(|error| format(error.to_string()))?;
    let mut table = LabelTable::new(path, "row");
    for index in 0..frame.height() {
        let field = |column: usize| fields[column].get(index).unwrap_or_default();
        let row = Row {
            id: field(columns.id),
            place: field(columns.place),
            label: field(columns.label),
            value: columns.value.map(field),
        };
        rows::add(&mut table, columns.by, &row, index + 1)?;
    }
    rows::finish(table)
}
