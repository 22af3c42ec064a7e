//! Where features come from: memory, a file, or a computation.

use std::ops::Range;

use ndarray::{ArrayBase, Data, Ix2};

use crate::Error;
use crate::error::check_places;

/// Why a source could not give its features.
pub type SourceError = Box<dyn std::error::Error + Send + Sync>;

/// Rows of features `[sample, feature]`, lent a few at a time and as often as they are asked for.
///
/// A fit passes over all rows some tens of times and keeps none of them, so that features may lie
/// in memory, in a mapped file, in a file that is read, or nowhere, being computed on the fly. The
/// source decides; the solution is the same, bit for bit.
///
/// [`rows`](Self::rows) is called by several threads at once, each with a buffer of its own, for
/// ranges of up to some hundred rows that ascend within a block of rows; the blocks of several
/// threads alternate. Passes differ in nothing. A fit also reads single rows here and there, once.
///
/// # Laws
///
/// - `rows` gives exactly `rows.len() * n_features()` numbers, row after row.
/// - The same rows have the same numbers whenever they are asked for.
///
/// The first is checked, the second is not.
///
/// # Examples
///
/// Features that are read from a file of little-endian singles at each pass:
///
/// ```
/// use std::fs::File;
/// use std::io::{Read, Seek, SeekFrom, Write};
/// use std::ops::Range;
/// use std::sync::Mutex;
///
/// use protattn_probe::{FeatureSource, LogisticRegression, SourceError};
///
/// struct OnDisk {
///     file: Mutex<File>,
///     n_samples: usize,
///     n_features: usize,
/// }
///
/// impl FeatureSource for OnDisk {
///     fn n_samples(&self) -> usize {
///         self.n_samples
///     }
///
///     fn n_features(&self) -> usize {
///         self.n_features
///     }
///
///     fn rows<'a>(
///         &'a self,
///         rows: Range<usize>,
///         buffer: &'a mut Vec<f32>,
///     ) -> Result<&'a [f32], SourceError> {
///         let mut bytes = vec![0; 4 * rows.len() * self.n_features];
///         {
///             let mut file = self.file.lock().map_err(|_| "another reader failed")?;
///             file.seek(SeekFrom::Start(4 * (rows.start * self.n_features) as u64))?;
///             file.read_exact(&mut bytes)?;
///         }
///         buffer.clear();
///         buffer.extend(bytes.as_chunks().0.iter().map(|word| f32::from_le_bytes(*word)));
///         Ok(buffer)
///     }
/// }
///
/// let features = protattn_probe::ndarray::array![[0.0_f32, 2.0], [1.0, 1.0], [2.0, 0.5], [3.0, 4.0]];
/// let labels = [0, 0, 1, 1];
/// # let path = std::env::temp_dir().join(format!("protattn-probe-doc-{}", std::process::id()));
/// let mut file = File::create_new(&path)?;
/// for value in &features {
///     file.write_all(&value.to_le_bytes())?;
/// }
/// let source = OnDisk { file: Mutex::new(File::open(&path)?), n_samples: 4, n_features: 2 };
///
/// let settings = LogisticRegression::default();
/// let streamed = settings.fit(&source, &labels, 2)?;
/// assert_eq!(streamed, settings.fit(features.view(), &labels, 2)?);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait FeatureSource: Sync {
    /// Rows in all.
    fn n_samples(&self) -> usize;

    /// Numbers in a row.
    fn n_features(&self) -> usize;

    /// Lends the numbers of `rows`, 0-based and within [`n_samples`](Self::n_samples), row after
    /// row: where they lie, or in `buffer`, whose contents and capacity are left from another call.
    ///
    /// # Errors
    ///
    /// Whatever hinders the source. It ends the fit, as the cause of [`Error::Source`].
    fn rows<'a>(
        &'a self,
        rows: Range<usize>,
        buffer: &'a mut Vec<f32>,
    ) -> Result<&'a [f32], SourceError>;
}

impl<T: FeatureSource + ?Sized> FeatureSource for &T {
    fn n_samples(&self) -> usize {
        (**self).n_samples()
    }

    fn n_features(&self) -> usize {
        (**self).n_features()
    }

    fn rows<'a>(
        &'a self,
        rows: Range<usize>,
        buffer: &'a mut Vec<f32>,
    ) -> Result<&'a [f32], SourceError> {
        (**self).rows(rows, buffer)
    }
}

/// Lends rows where they lie if all rows are adjacent in memory, and copies a few at a time if not.
impl<S: Data<Elem = f32> + Sync> FeatureSource for ArrayBase<S, Ix2> {
    fn n_samples(&self) -> usize {
        self.nrows()
    }

    fn n_features(&self) -> usize {
        self.ncols()
    }

    fn rows<'a>(
        &'a self,
        rows: Range<usize>,
        buffer: &'a mut Vec<f32>,
    ) -> Result<&'a [f32], SourceError> {
        if let Some(values) = self.as_slice() {
            let width = self.ncols();
            return Ok(&values[rows.start * width..rows.end * width]);
        }
        buffer.clear();
        for row in rows {
            buffer.extend(self.row(row));
        }
        Ok(buffer)
    }
}

/// Some rows of another source, in an order of their own: the residues that a task labels, or the
/// samples of a fold. Nothing is copied but a few rows at a time.
///
/// # Examples
///
/// ```
/// use protattn_probe::ndarray::array;
/// use protattn_probe::{FeatureSource, Selection};
///
/// let features = array![[0.0_f32, 1.0], [2.0, 3.0], [4.0, 5.0]];
/// let labels = [Some(1), None, Some(0)];
///
/// let (known, labels): (Vec<_>, Vec<_>) = labels
///     .iter()
///     .enumerate()
///     .filter_map(|(residue, label)| Some((residue, (*label)?)))
///     .unzip();
/// let selection = Selection::new(&features, &known)?;
/// assert_eq!(selection.rows(0..2, &mut Vec::new()).unwrap(), [0.0, 1.0, 4.0, 5.0]);
/// assert_eq!(labels, [1, 0]);
/// # Ok::<(), protattn_probe::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Selection<'a, S: ?Sized> {
    source: &'a S,
    samples: &'a [usize],
}

impl<'a, S: FeatureSource + ?Sized> Selection<'a, S> {
    /// The rows `samples`, 0-based, of `source`. A row may occur several times.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuch`] if the source does not have one of them.
    pub fn new(source: &'a S, samples: &'a [usize]) -> Result<Self, Error> {
        let n_samples = source.n_samples();
        check_places("sample", samples, n_samples)?;
        Ok(Self { source, samples })
    }
}

impl<S: FeatureSource + ?Sized> FeatureSource for Selection<'_, S> {
    fn n_samples(&self) -> usize {
        self.samples.len()
    }

    fn n_features(&self) -> usize {
        self.source.n_features()
    }

    fn rows<'a>(
        &'a self,
        rows: Range<usize>,
        buffer: &'a mut Vec<f32>,
    ) -> Result<&'a [f32], SourceError> {
        let mut runs = self.samples[rows].chunk_by(|a, b| a + 1 == *b);
        let first = runs.next();
        let range = |run: &[usize]| run[0]..run[0] + run.len();
        let Some(second) = runs.next() else {
            return match first {
                Some(run) => self.source.rows(range(run), buffer),
                None => Ok(&[]),
            };
        };
        buffer.clear();
        let mut lent = Vec::new();
        for run in first.into_iter().chain([second]).chain(runs) {
            buffer.extend(self.source.rows(range(run), &mut lent)?);
        }
        Ok(buffer)
    }
}

/// Lends rows and checks that there are as many numbers as there must be.
pub(crate) fn read<'a>(
    source: &'a dyn FeatureSource,
    rows: Range<usize>,
    buffer: &'a mut Vec<f32>,
) -> Result<&'a [f32], Error> {
    let expected = rows.len() * source.n_features();
    let first_row = rows.start;
    let values = source.rows(rows, buffer).map_err(|cause| Error::Source {
        row: first_row,
        source: cause,
    })?;
    if values.len() != expected {
        return Err(Error::SourceLength {
            row: first_row,
            expected,
            found: values.len(),
        });
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ndarray::array;

    use super::*;

    #[test]
    fn memory_order_does_not_show() {
        let by_row = array![[1.0_f32, 2.0], [3.0, 4.0], [5.0, 6.0]];
        let by_column = array![[1.0_f32, 3.0, 5.0], [2.0, 4.0, 6.0]].reversed_axes();
        let mut buffer = vec![9.0; 7];
        assert_eq!(
            by_row.rows(1..3, &mut buffer).unwrap(),
            [3.0, 4.0, 5.0, 6.0]
        );
        assert_eq!(
            by_column.rows(1..3, &mut buffer).unwrap(),
            [3.0, 4.0, 5.0, 6.0]
        );
        assert_eq!(
            by_column.view().rows(0..1, &mut buffer).unwrap(),
            [1.0, 2.0]
        );
    }

    #[test]
    fn a_selection_keeps_its_order() {
        let x = array![[0.0_f32], [1.0], [2.0], [3.0]];
        let samples = [2, 3, 0, 0, 1];
        let selection = Selection::new(&x, &samples).unwrap();
        let mut buffer = Vec::new();
        assert_eq!(
            selection.rows(0..5, &mut buffer).unwrap(),
            [2.0, 3.0, 0.0, 0.0, 1.0]
        );
        assert_eq!(selection.rows(0..2, &mut buffer).unwrap(), [2.0, 3.0]);
        assert_eq!(selection.rows(3..3, &mut buffer).unwrap(), [0.0; 0]);
        let error = Selection::new(&x, &[4]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no sample 4 (counted from 0) among 4"
        );
    }

    #[test]
    fn what_a_source_gives_is_checked() {
        struct Broken;
        impl FeatureSource for Broken {
            fn n_samples(&self) -> usize {
                3
            }
            fn n_features(&self) -> usize {
                2
            }
            fn rows<'a>(
                &'a self,
                rows: Range<usize>,
                _: &'a mut Vec<f32>,
            ) -> Result<&'a [f32], SourceError> {
                match rows.start {
                    0 => Ok(&[0.0; 3]),
                    _ => Err("the disk is gone".into()),
                }
            }
        }
        let error = read(&Broken, 0..2, &mut Vec::new()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the source of the features gave 3 numbers from row 0 (counted from 0) on, not 4"
        );
        let error = read(&Broken, 1..2, &mut Vec::new()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the source of the features failed at row 1 (counted from 0)"
        );
        let cause = std::error::Error::source(&error).unwrap();
        assert_eq!(cause.to_string(), "the disk is gone");
    }
}
