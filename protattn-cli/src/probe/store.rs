//! Features of all proteins, in memory or on disk: one part for each layer and kind.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use anyhow::{Context, Result, bail};
use ndarray::Array2;
use protattn_probe::{FeatureSource, SourceError};

/// The features `[row, feature]` of one kind and layer, protein after protein.
pub(super) struct Part {
    pub(super) name: String,
    n_features: usize,
    /// The first row of each protein, and the number of all.
    starts: Vec<usize>,
    backing: Backing,
}

enum Backing {
    /// Of each protein, once it is read.
    Memory(Vec<OnceLock<Vec<f32>>>),
    /// Little-endian singles.
    Disk(Mutex<File>),
}

/// The first row of each protein, and the number of all.
pub(super) fn starts(rows: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut starts = vec![0];
    for n in rows {
        starts.push(starts[starts.len() - 1] + n);
    }
    starts
}

impl Part {
    /// A part in memory or, with a folder, in a file that is kept if `keep` and it is there.
    pub(super) fn new(
        name: String,
        n_features: usize,
        starts: Vec<usize>,
        folder: Option<&Path>,
        keep: bool,
    ) -> Result<Self> {
        let backing = match folder {
            None => Backing::Memory(starts.iter().skip(1).map(|_| OnceLock::new()).collect()),
            Some(folder) => {
                let path = folder.join(format!("{name}.f32"));
                let mut options = OpenOptions::new();
                let file = options.read(true).write(true).create(true).truncate(!keep);
                let file = file.open(&path).with_context(|| {
                    format!(
                        "{}: cannot be written; choose another folder with --scratch",
                        path.display()
                    )
                })?;
                let bytes = 4 * n_features as u64 * starts[starts.len() - 1] as u64;
                if keep && file.metadata()?.len() != bytes {
                    bail!(
                        "{}: is not the file that a run of these settings left; start anew without \
                         --resume",
                        path.display()
                    );
                }
                file.set_len(bytes).with_context(|| {
                    format!("{}: has no room for {bytes} bytes", path.display())
                })?;
                Backing::Disk(Mutex::new(file))
            }
        };
        Ok(Self {
            name,
            n_features,
            starts,
            backing,
        })
    }

    /// The rows of a protein.
    pub(super) fn rows_of(&self, protein: usize) -> Range<usize> {
        self.starts[protein]..self.starts[protein + 1]
    }

    /// Bytes of all features.
    pub(super) fn bytes(&self) -> u64 {
        4 * self.n_features as u64 * self.n_samples() as u64
    }

    /// Stores the features of a protein.
    pub(super) fn put(&self, protein: usize, values: Vec<f32>) -> Result<(), SourceError> {
        if values.len() != self.rows_of(protein).len() * self.n_features {
            return Err(format!("{}: features of another shape", self.name).into());
        }
        match &self.backing {
            Backing::Memory(proteins) => {
                // Whoever comes second brings the same.
                let _ = proteins[protein].set(values);
            }
            Backing::Disk(file) => {
                let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
                let mut file = file.lock().map_err(|_| "another thread failed")?;
                file.seek(SeekFrom::Start(self.offset(self.starts[protein])))?;
                file.write_all(&bytes)?;
            }
        }
        Ok(())
    }

    /// The features of a protein `[row, feature]`.
    pub(super) fn of_protein(&self, protein: usize) -> Result<Array2<f32>> {
        of_rows(self, self.rows_of(protein))
    }

    /// All features in memory, if they lie on disk.
    pub(super) fn loaded(&self) -> Result<Option<Array2<f32>>> {
        match self.backing {
            Backing::Memory(_) => Ok(None),
            Backing::Disk(_) => of_rows(self, 0..self.n_samples()).map(Some),
        }
    }

    fn offset(&self, row: usize) -> u64 {
        4 * self.n_features as u64 * row as u64
    }
}

/// A copy of some rows `[row, feature]`.
pub(super) fn of_rows(source: &dyn FeatureSource, rows: Range<usize>) -> Result<Array2<f32>> {
    let shape = (rows.len(), source.n_features());
    let mut values = Vec::new();
    values
        .try_reserve_exact(shape.0 * shape.1)
        .with_context(|| format!("no memory for {} x {} features", shape.0, shape.1))?;
    let mut buffer = Vec::new();
    // In pieces, so that features on disk are not in memory twice.
    for start in rows.clone().step_by(4096) {
        let piece = start..(start + 4096).min(rows.end);
        let lent = source.rows(piece, &mut buffer);
        values.extend(lent.map_err(|error| anyhow::anyhow!(error))?);
    }
    Ok(Array2::from_shape_vec(shape, values)?)
}

impl FeatureSource for Part {
    fn n_samples(&self) -> usize {
        self.starts[self.starts.len() - 1]
    }

    fn n_features(&self) -> usize {
        self.n_features
    }

    fn rows<'a>(
        &'a self,
        rows: Range<usize>,
        buffer: &'a mut Vec<f32>,
    ) -> Result<&'a [f32], SourceError> {
        let width = self.n_features;
        match &self.backing {
            Backing::Memory(proteins) => {
                buffer.clear();
                let mut row = rows.start;
                while row < rows.end {
                    let protein = self.starts.partition_point(|start| *start <= row) - 1;
                    let values = proteins[protein].get().ok_or("a protein was not read")?;
                    let first = self.starts[protein];
                    let end = rows.end.min(self.starts[protein + 1]);
                    let lent = &values[(row - first) * width..(end - first) * width];
                    if rows == (row..end) {
                        return Ok(lent);
                    }
                    buffer.extend_from_slice(lent);
                    row = end;
                }
            }
            Backing::Disk(file) => {
                let mut bytes = vec![0; 4 * rows.len() * width];
                {
                    let mut file = file.lock().map_err(|_| "another reader failed")?;
                    file.seek(SeekFrom::Start(self.offset(rows.start)))?;
                    file.read_exact(&mut bytes)?;
                }
                let words = bytes.as_chunks().0.iter();
                buffer.clear();
                buffer.extend(words.map(|word| f32::from_le_bytes(*word)));
            }
        }
        Ok(buffer)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_the_same_in_memory_and_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        // Proteins of 2, 0, and 3 rows.
        let starts = starts([2, 0, 3].into_iter());
        let part = |folder, keep| Part::new("x".to_owned(), 2, starts.clone(), folder, keep);
        for folder in [None, Some(folder.path())] {
            let part = part(folder, false).unwrap();
            part.put(2, vec![4.0, 5.0, 6.0, 7.0, 8.0, 9.0]).unwrap();
            part.put(0, vec![0.0, 1.0, 2.0, 3.0]).unwrap();
            part.put(1, Vec::new()).unwrap();
            assert!(part.put(1, vec![1.0]).is_err());
            let mut buffer = Vec::new();
            assert_eq!(part.rows(1..3, &mut buffer).unwrap(), [2.0, 3.0, 4.0, 5.0]);
            assert_eq!(part.rows(3..4, &mut buffer).unwrap(), [6.0, 7.0]);
            assert!(part.rows(2..2, &mut buffer).unwrap().is_empty());
            assert_eq!(
                part.of_protein(0).unwrap(),
                ndarray::array![[0.0, 1.0], [2.0, 3.0]]
            );
            assert_eq!(part.of_protein(1).unwrap().dim(), (0, 2));
        }
        // What is there is kept, if it is of the right size.
        let kept = part(Some(folder.path()), true).unwrap();
        assert_eq!(kept.loaded().unwrap().unwrap()[[4, 1]], 9.0);
        let other = Part::new("x".to_owned(), 3, starts, Some(folder.path()), true);
        assert!(
            other
                .err()
                .unwrap()
                .to_string()
                .contains("start anew without --resume")
        );
    }
}
