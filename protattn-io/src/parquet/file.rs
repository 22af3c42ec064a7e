//! Columns to and from a file, through polars.

use std::fs;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::panic::catch_unwind;
use std::path::Path;

use polars::prelude::{
    Column as Series, DataFrame, DataType, ParquetReader, PolarsError, SerReader,
};

use super::footer::is_sound;
use crate::Error;
use crate::limits::raised;
use crate::table::Values;

/// What a Parquet file starts and ends with.
const MAGIC: [u8; 4] = *b"PAR1";

/// Tables of results are far smaller.
const MAX_BYTES: u64 = 1 << 30;

/// Polars trusts what it reads, and panics on some damaged files: that is caught. Lengths in the footer
/// are [checked](is_sound) before; those inside a page are not, and a damaged one can still ask for more
/// memory than there is, which ends the process.
pub(super) fn read(path: &Path) -> Result<Vec<(String, Values)>, Error> {
    let frame = read_frame(path)?;
    let named = |series: &Series| {
        let name = series.name().to_string();
        from_series(series)
            .map(|values| (name.clone(), values))
            .map_err(|problem| Error::Column {
                path: path.to_owned(),
                column: name,
                problem,
            })
    };
    frame.columns().iter().map(named).collect()
}

/// A whole table.
pub(crate) fn read_frame(path: &Path) -> Result<DataFrame, Error> {
    let refused = |message: String| Error::format(path, message);
    let size = fs::metadata(path).map_err(Error::io(path))?.len();
    if size > raised(MAX_BYTES) {
        return Err(refused(format!(
            "{size} bytes are more than a table of results has"
        )));
    }
    let bytes = fs::read(path).map_err(Error::io(path))?;
    check(&mut Cursor::new(&bytes), path)?;
    catch_unwind(|| ParquetReader::new(Cursor::new(bytes)).finish())
        .map_err(|_| refused("it is damaged".to_owned()))?
        .map_err(|error| failed(path, &error))
}

/// Whether a file starts and ends as a whole one does, and says nothing impossible of itself. It is then
/// at its start.
pub(super) fn check(file: &mut (impl Read + Seek), path: &Path) -> Result<(), Error> {
    let refused = |message: &str| Error::format(path, message.to_owned());
    let footer = read_footer(file).map_err(Error::io(path))?;
    let footer = footer.ok_or_else(|| refused("it is no Parquet table, or only a part of one"))?;
    if is_sound(&footer) {
        Ok(())
    } else {
        Err(refused(
            "it is damaged: a length in its footer is more than the footer has",
        ))
    }
}

/// The footer of a file, if it is whole: before the last eight bytes, which are its length and the magic
/// number.
fn read_footer(file: &mut (impl Read + Seek)) -> std::io::Result<Option<Vec<u8>>> {
    let (mut start, mut end) = ([0; MAGIC.len()], [0; 8]);
    let length = file.seek(SeekFrom::End(0))?;
    if length < 3 * MAGIC.len() as u64 {
        return Ok(None);
    }
    file.rewind()?;
    file.read_exact(&mut start)?;
    file.seek(SeekFrom::End(-8))?;
    file.read_exact(&mut end)?;
    let [a, b, c, d, magic @ ..] = end;
    let size = u32::from_le_bytes([a, b, c, d]);
    if start != MAGIC || magic != MAGIC || u64::from(size) > length - 12 {
        return Ok(None);
    }
    let mut footer = vec![0; size as usize];
    file.seek(SeekFrom::End(-8 - i64::from(size)))?;
    file.read_exact(&mut footer)?;
    file.rewind()?;
    Ok(Some(footer))
}

pub(super) fn to_series(name: &str, values: &Values) -> Series {
    let name = name.into();
    match values {
        Values::Str(values) => Series::new(name, values),
        Values::U64(values) => Series::new(name, values),
        Values::U32(values) => Series::new(name, values),
        Values::F64(values) => Series::new(name, values),
        Values::Bool(values) => Series::new(name, values),
    }
}

/// The values of a series; the error goes on after the name of the column.
fn from_series(series: &Series) -> Result<Values, String> {
    let missing = series.null_count();
    if missing > 0 {
        return Err(format!("has {missing} missing values"));
    }
    let values = match series.dtype() {
        DataType::String => series
            .str()
            .map(|v| Values::Str(v.no_null_iter().map(str::to_owned).collect())),
        DataType::UInt64 => series
            .u64()
            .map(|v| Values::U64(v.no_null_iter().collect())),
        DataType::UInt32 => series
            .u32()
            .map(|v| Values::U32(v.no_null_iter().collect())),
        DataType::Float64 => series
            .f64()
            .map(|v| Values::F64(v.no_null_iter().collect())),
        DataType::Boolean => series
            .bool()
            .map(|v| Values::Bool(v.no_null_iter().collect())),
        other => return Err(format!("is {other}, none of str, u64, u32, f64 and bool")),
    };
    values.map_err(|error: PolarsError| error.to_string())
}

pub(super) fn failed(path: &Path, error: &PolarsError) -> Error {
    match error {
        PolarsError::IO { error, .. } => Error::io(path)(error),
        other => Error::format(path, other.to_string()),
    }
}
