//! A file of proteins, read.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::vec::IntoIter;

use polars::prelude::{
    DataFrame, DataType, FileMetadataRef, ListChunked, ParallelStrategy, ParquetReader,
    PolarsResult, SerReader, Series,
};

use super::super::file::{check, failed};
use super::{BATCH, Kind, LABEL, list_of, points};
use crate::{Error, Point, Protein, ResidueNumber, Track};

/// Reads one protein after another, a group of rows at a time.
///
/// A row that cannot be used is one `Err` that names its number, from 1; the next call goes on with
/// the next row. Columns of other names are passed over.
pub struct Reader {
    path: PathBuf,
    file: File,
    metadata: FileMetadataRef,
    labels: Vec<(String, Kind)>,
    n_rows: usize,
    /// The rows that have been read.
    next: usize,
    batch: IntoIter<Result<Protein, Error>>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("path", &self.path)
            .field("n_rows", &self.n_rows)
            .finish_non_exhaustive()
    }
}

impl Reader {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened, is no Parquet table, lacks the columns `id` and `sequence`, or
    /// has another type in one of the columns that are read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        let mut file = File::open(&path).map_err(Error::io(&path))?;
        check(&mut file, &path)?;
        let mut reader = ParquetReader::new(file.try_clone().map_err(Error::io(&path))?);
        let (metadata, labels) = caught(&path, || {
            let metadata = reader.get_metadata()?.clone();
            let schema = ParquetReader::new(file.try_clone()?)
                .with_slice(Some((0, 0)))
                .finish()?;
            Ok((metadata, schema))
        })?;
        let labels = labels_of(&labels).map_err(|message| Error::format(&path, message))?;
        Ok(Self {
            n_rows: metadata.num_rows,
            path,
            file,
            metadata,
            labels,
            next: 0,
            batch: Vec::new().into_iter(),
        })
    }

    /// The number of proteins in the file, read or not.
    pub fn len(&self) -> usize {
        self.n_rows
    }

    /// Whether there are no proteins.
    pub fn is_empty(&self) -> bool {
        self.n_rows == 0
    }

    fn read_batch(&mut self) -> Result<Vec<Result<Protein, Error>>, Error> {
        let file = self.file.try_clone();
        let file = file.map_err(Error::io(&self.path))?;
        let metadata = self.metadata.clone();
        let slice = (self.next, BATCH);
        let frame = caught(&self.path, || {
            let mut reader = ParquetReader::new(file)
                .with_slice(Some(slice))
                .read_parallel(ParallelStrategy::None)
                .set_rechunk(true);
            reader.set_metadata(metadata);
            reader.finish()
        })?;
        let rows = Rows::new(&frame, &self.labels).map_err(|error| failed(&self.path, &error))?;
        let protein = |row: usize| {
            rows.protein(row).map_err(|message| {
                Error::record(&self.path, format!("row {}", self.next + row + 1), message)
            })
        };
        Ok((0..frame.height()).map(protein).collect())
    }
}

impl Iterator for Reader {
    type Item = Result<Protein, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(protein) = self.batch.next() {
            return Some(protein);
        }
        if self.next >= self.n_rows {
            return None;
        }
        match self.read_batch() {
            Ok(batch) if batch.is_empty() => {
                self.next = self.n_rows;
                None
            }
            Ok(batch) => {
                self.next += batch.len();
                self.batch = batch.into_iter();
                self.batch.next()
            }
            Err(error) => {
                self.next = self.n_rows;
                Some(Err(error))
            }
        }
    }
}

/// Polars trusts what it reads, and panics on some damaged files.
fn caught<T>(path: &Path, read: impl FnOnce() -> PolarsResult<T>) -> Result<T, Error> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|error| failed(path, &error)),
        Err(_) => Err(Error::format(path, "it is damaged")),
    }
}

/// Checks the types of the columns, and finds those of labels.
fn labels_of(frame: &DataFrame) -> Result<Vec<(String, Kind)>, String> {
    let mut labels = Vec::new();
    for column in frame.columns() {
        let (name, dtype) = (column.name().as_str(), column.dtype());
        let expected = match name {
            "id" | "sequence" => DataType::String,
            "numbering" => list_of(DataType::String),
            "ca" | "cb" => points(),
            _ => {
                if let Some(label) = name.strip_prefix(LABEL) {
                    let kind = Kind::of(dtype).ok_or_else(|| {
                        format!("column `{name}` is {dtype}, not a list of flags or of names")
                    })?;
                    labels.push((label.to_owned(), kind));
                }
                continue;
            }
        };
        if *dtype != expected {
            return Err(format!("column `{name}` is {dtype}, not {expected}"));
        }
    }
    for name in ["id", "sequence"] {
        if frame.column(name).is_err() {
            return Err(format!(
                "there is no column `{name}`: it is no file of proteins"
            ));
        }
    }
    Ok(labels)
}

/// The columns of a group of rows.
struct Rows<'a> {
    id: &'a polars::prelude::StringChunked,
    sequence: &'a polars::prelude::StringChunked,
    numbering: Option<&'a ListChunked>,
    ca: Option<&'a ListChunked>,
    cb: Option<&'a ListChunked>,
    labels: Vec<(&'a str, Kind, &'a ListChunked)>,
}

impl<'a> Rows<'a> {
    fn new(frame: &'a DataFrame, labels: &'a [(String, Kind)]) -> PolarsResult<Self> {
        let list = |name: &str| {
            frame
                .column(name)
                .ok()
                .map(|column| column.list())
                .transpose()
        };
        let label = |(name, kind): &'a (String, Kind)| {
            let column = frame.column(&format!("{LABEL}{name}"))?.list()?;
            Ok((name.as_str(), *kind, column))
        };
        Ok(Self {
            id: frame.column("id")?.str()?,
            sequence: frame.column("sequence")?.str()?,
            numbering: list("numbering")?,
            ca: list("ca")?,
            cb: list("cb")?,
            labels: labels.iter().map(label).collect::<PolarsResult<_>>()?,
        })
    }

    fn protein(&self, row: usize) -> Result<Protein, String> {
        let id = self.id.get(row).ok_or("there is no `id`")?;
        let sequence = self.sequence.get(row).ok_or("there is no `sequence`")?;
        let text = |error: Error| error.to_string();
        let mut protein = Protein::new(id, sequence).map_err(text)?;
        if let Some(numbers) = at(self.numbering, row) {
            protein.set_numbering(numbering(&numbers)?).map_err(text)?;
        }
        if let Some(list) = at(self.ca, row) {
            protein.set_ca(point_list(&list, "ca")?).map_err(text)?;
        }
        if let Some(list) = at(self.cb, row) {
            protein.set_cb(point_list(&list, "cb")?).map_err(text)?;
        }
        for (name, kind, column) in &self.labels {
            if let Some(values) = at(Some(column), row) {
                protein
                    .set_label(*name, track(&values, *kind)?)
                    .map_err(text)?;
            }
        }
        Ok(protein)
    }
}

/// The list of one row, if it has one.
fn at(column: Option<&ListChunked>, row: usize) -> Option<Series> {
    column?.get_as_series(row)
}

fn numbering(list: &Series) -> Result<Vec<ResidueNumber>, String> {
    let numbers = list.str().map_err(|error| error.to_string())?.iter();
    let number = |text: Option<&str>| {
        let text = text.ok_or("a residue has no `numbering`")?;
        text.parse().map_err(|error: Error| error.to_string())
    };
    numbers.map(number).collect()
}

fn point_list(list: &Series, name: &str) -> Result<Vec<Option<Point>>, String> {
    let points = list.list().map_err(|error| error.to_string())?;
    let point = |series: Option<Series>| {
        let Some(series) = series else {
            return Ok(None);
        };
        let values = series.f32().map_err(|error| error.to_string())?;
        let numbers: Vec<f32> = values.iter().flatten().collect();
        let point = Point::try_from(numbers.as_slice()).ok();
        let point = point.filter(|_| values.len() == 3);
        point
            .map(Some)
            .ok_or_else(|| format!("`{name}` has a position that is not three numbers"))
    };
    (0..points.len())
        .map(|index| point(points.get_as_series(index)))
        .collect()
}

fn track(list: &Series, kind: Kind) -> Result<Track, String> {
    let track = match kind {
        Kind::Flags => list
            .bool()
            .map(|flags| Track::Flags(flags.iter().collect())),
        Kind::Classes => list.str().map(|classes| {
            Track::Classes(
                classes
                    .iter()
                    .map(|class| class.map(str::to_owned))
                    .collect(),
            )
        }),
    };
    track.map_err(|error| error.to_string())
}
