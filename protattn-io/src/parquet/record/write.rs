//! A file of proteins, written.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Seek};
use std::path::{Path, PathBuf};

use polars::prelude::{ParquetCompression, ParquetWriter};

use super::super::file::failed;
use super::{BATCH, Kind, columns};
use crate::replace::Replacement;
use crate::{Error, Protein, Track, jsonl};

/// Writes one protein after another. The file takes its name when the last has been written;
/// dropped before [`finish`](Self::finish), nothing is left of it.
///
/// Which columns the file has is known when the last protein is. Until then the proteins are kept in
/// a file beside it, as JSON lines, so that their number does not matter.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    lines: jsonl::Writer,
    /// The labels that have been seen; no kind as long as they had no value.
    labels: BTreeMap<String, Option<Kind>>,
}

impl Writer {
    /// Starts a file of this name, under a temporary one beside it.
    ///
    /// # Errors
    ///
    /// If no file can be created there.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        Ok(Self {
            lines: jsonl::Writer::create(&path)?,
            labels: BTreeMap::new(),
            path,
        })
    }

    /// Writes one protein.
    ///
    /// # Errors
    ///
    /// If it cannot be written, or has flags for a label of which another had classes, or the
    /// other way round: they are one column.
    pub fn write(&mut self, protein: &Protein) -> Result<(), Error> {
        for (name, track) in protein.tracks() {
            let kind = kind(track);
            match self.labels.get_mut(name) {
                None => {
                    self.labels.insert(name.to_owned(), kind);
                }
                Some(known) if known.is_none() => *known = kind,
                Some(known) if kind.is_some() && *known != kind => {
                    return Err(Error::record(
                        &self.path,
                        protein.id().to_owned(),
                        format!("label `{name}` has both flags and classes in the set"),
                    ));
                }
                Some(_) => {}
            }
        }
        self.lines.write(protein)
    }

    /// Ends the file and gives it its name, in place of one that may be there.
    ///
    /// # Errors
    ///
    /// If the file cannot be written or renamed.
    pub fn finish(self) -> Result<(), Error> {
        let path = &self.path;
        let (mut file, _until_written) = self.lines.into_unnamed()?;
        file.rewind().map_err(Error::io(path))?;
        let labels = self.labels.into_iter();
        let labels = labels.map(|(name, kind)| (name, kind.unwrap_or(Kind::Flags)));
        write(BufReader::new(file), &labels.collect(), path)
    }
}

/// A track without any value is of either kind.
fn kind(track: &Track) -> Option<Kind> {
    let kind = match track {
        Track::Flags(_) => Kind::Flags,
        Track::Classes(_) => Kind::Classes,
    };
    (track.defined() > 0).then_some(kind)
}

/// Makes the file of the lines.
fn write(
    lines: BufReader<File>,
    labels: &BTreeMap<String, Kind>,
    path: &Path,
) -> Result<(), Error> {
    let failed = |error| failed(path, &error);
    let io = Error::io(path);
    let empty = columns::frame(&[], labels).map_err(failed)?;
    let (replacement, file) = Replacement::create(path).map_err(io)?;
    let mut output = ParquetWriter::new(BufWriter::new(file))
        .with_compression(ParquetCompression::Uncompressed)
        .batched(empty.schema())
        .map_err(failed)?;
    let mut records = jsonl::Reader::or_none(lines, path);
    loop {
        let batch = records
            .by_ref()
            .take(BATCH)
            .collect::<Result<Vec<_>, _>>()?;
        if batch.is_empty() {
            break;
        }
        let frame = columns::frame(&batch, labels).map_err(failed)?;
        output.write_batch(&frame).map_err(failed)?;
    }
    output.finish().map_err(failed)?;
    replacement.finish().map_err(io)
}
