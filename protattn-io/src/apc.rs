//! The average product correction of maps of residue pairs.

use std::borrow::Cow;

use ndarray::{ArrayView2, aview1};

/// The average product correction of a map: what each value shares with the rest of its row and
/// column, the product of their sums over the sum of all, s(i, ·) s(·, j) / s(·, ·).
///
/// Taken from the values, it leaves rows and columns that sum to 0 (Dunn, Wahl and Gloor 2008, doi
/// 10.1093/bioinformatics/btm604; for attention Rao et al. 2021, doi 10.1101/2020.12.15.422761). It
/// is 0 for a map that sums to 0. Residues are 0-based; sums are in double precision.
///
/// ```
/// use protattn_io::ProductCorrection;
/// use protattn_io::ndarray::array;
///
/// let map = array![[2.0_f32, 1.0], [0.0, 1.0]];
/// let one_by_one = |row: &[f32]| row.iter().map(|value| f64::from(*value)).sum();
///
/// let correction = ProductCorrection::new(map.view(), one_by_one);
/// assert_eq!(correction.at(0, 1), 3.0 * 2.0 / 4.0); // row 0 sums to 3, column 1 to 2
///
/// // Of a + aᵀ, [[4, 1], [1, 2]], without making it.
/// let symmetric = ProductCorrection::new(map.view(), one_by_one).with_transpose();
/// assert_eq!(symmetric.columns(), [5.0, 3.0]);
/// assert_eq!(symmetric.at(1, 1), 3.0 * 3.0 / 8.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ProductCorrection {
    rows: Vec<f64>,
    columns: Vec<f64>,
    /// One over the sum of all.
    inverse: f64,
}

impl ProductCorrection {
    /// Returns the correction of a map with the axes [from, to], in any memory layout.
    ///
    /// `row_sum` adds up a row, in whichever order and precision suits; columns are added up row by
    /// row.
    pub fn new(map: ArrayView2<'_, f32>, row_sum: impl Fn(&[f32]) -> f64) -> Self {
        let mut columns = vec![0.0; map.ncols()];
        let mut rows = Vec::with_capacity(map.nrows());
        for row in map.outer_iter() {
            let row = row
                .as_slice()
                .map_or_else(|| Cow::Owned(row.to_vec()), Cow::Borrowed);
            for (column, value) in columns.iter_mut().zip(row.iter()) {
                *column += f64::from(*value);
            }
            rows.push(row_sum(&row));
        }
        Self::of_sums(rows, columns)
    }

    fn of_sums(rows: Vec<f64>, columns: Vec<f64>) -> Self {
        let total = aview1(&rows).sum();
        Self {
            rows,
            columns,
            inverse: if total == 0.0 { 0.0 } else { 1.0 / total },
        }
    }

    /// Returns the correction of the map and its transpose together, s(i, j) = a(i, j) + a(j, i).
    ///
    /// # Panics
    ///
    /// If the map is not square.
    #[must_use]
    pub fn with_transpose(self) -> Self {
        let (rows, columns) = (self.rows, self.columns);
        assert_eq!(
            rows.len(),
            columns.len(),
            "a map has the same residues on both axes"
        );
        let both: Vec<f64> = columns.iter().zip(&rows).map(|(a, b)| a + b).collect();
        Self::of_sums(both.clone(), both)
    }

    /// Returns the share of a row in the sum of all: times the sum of a [column](Self::columns) it is
    /// what is taken from the value there. 0 for a map that sums to 0.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    #[inline]
    pub fn share(&self, row: usize) -> f64 {
        self.rows[row] * self.inverse
    }

    /// Returns the sum of each column.
    #[inline]
    pub fn columns(&self) -> &[f64] {
        &self.columns
    }

    /// Returns what is taken from one value.
    ///
    /// # Panics
    ///
    /// If there is no such row or column.
    #[inline]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.share(row) * self.columns[column]
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    fn one_by_one(row: &[f32]) -> f64 {
        row.iter().map(|value| f64::from(*value)).sum()
    }

    #[test]
    fn rows_and_columns_of_what_is_left_sum_to_nothing() {
        let map = Array2::from_shape_fn((7, 7), |(i, j)| ((i * 37 + j * 11) % 23) as f32);
        let correction = ProductCorrection::new(map.view(), one_by_one);
        let left = Array2::from_shape_fn((7, 7), |(i, j)| {
            f64::from(map[[i, j]]) - correction.at(i, j)
        });
        for axis in [ndarray::Axis(0), ndarray::Axis(1)] {
            assert!(left.sum_axis(axis).iter().all(|sum| sum.abs() < 1e-12));
        }
    }

    #[test]
    fn a_transpose_need_not_be_added() {
        let map = Array2::from_shape_fn((9, 9), |(i, j)| ((i * 5 + j * j) % 13) as f32);
        let without = ProductCorrection::new(map.view(), one_by_one).with_transpose();
        let sum = &map + &map.t();
        assert_eq!(ProductCorrection::new(sum.view(), one_by_one), without);
        assert_eq!(ProductCorrection::new(sum.t(), one_by_one), without);
    }

    #[test]
    fn nothing_is_taken_from_a_map_that_sums_to_nothing() {
        for map in [Array2::zeros((2, 2)), array![[1.0, -1.0], [0.0, 0.0]]] {
            let correction = ProductCorrection::new(map.view(), one_by_one);
            assert!(correction.share(0) == 0.0);
            assert_eq!(correction.at(1, 1), 0.0);
        }
    }
}
