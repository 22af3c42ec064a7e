//! Attention as a contact map: symmetric, and without what rows have in common.

use ndarray::{Array2, ArrayView2};
use protattn_io::ProductCorrection;

use crate::arc::contiguous;
use crate::lanes;

/// A map and its transpose together: s(i, j) = a(i, j) + a(j, i). Axes [residue, residue].
///
/// # Panics
///
/// If the map is not square.
pub fn symmetrized(map: ArrayView2<'_, f32>) -> Array2<f32> {
    assert!(map.is_square(), "a map has the same residues on both axes");
    // In tiles, as the transpose is read down its columns.
    const TILE: usize = 32;
    let n = map.nrows();
    let mut values = Vec::with_capacity(n * n);
    map.outer_iter()
        .for_each(|row| values.extend_from_slice(&contiguous(&row)));
    let mut sums = vec![0.0; n * n];
    for (band, rows) in sums.chunks_mut((TILE * n).max(1)).enumerate() {
        for first in (0..n).step_by(TILE) {
            let columns = first..n.min(first + TILE);
            for (i, row) in rows.chunks_exact_mut(n).enumerate() {
                let i = band * TILE + i;
                let own = &values[i * n..][..n][columns.clone()];
                let transposed = values[first * n..].chunks_exact(n);
                for ((sum, own), other) in row[columns.clone()].iter_mut().zip(own).zip(transposed)
                {
                    *sum = own + other[i];
                }
            }
        }
    }
    Array2::from_shape_vec((n, n), sums).expect("n rows of n")
}

/// Takes the average product correction from a map, so that rows and columns then sum to 0; see
/// [`ProductCorrection`]. A map that sums to 0 stays as it is.
pub fn apc(map: &mut Array2<f32>) {
    let correction = ProductCorrection::new(map.view(), lanes::sum);
    for (row, mut values) in map.outer_iter_mut().enumerate() {
        let share = correction.share(row);
        for (value, column) in values.iter_mut().zip(correction.columns()) {
            *value -= (share * column) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Axis, array};

    use super::*;

    #[test]
    fn by_hand() {
        let mut map = symmetrized(array![[1.0, 2.0], [0.0, 3.0]].view());
        assert_eq!(map, array![[2.0, 2.0], [2.0, 6.0]]);
        apc(&mut map); // rows sum to 4 and 8, all to 12
        let expected = array![
            [2.0 - 16.0 / 12.0, 2.0 - 32.0 / 12.0],
            [2.0 - 32.0 / 12.0, 6.0 - 64.0 / 12.0]
        ];
        assert!(
            (&map - &expected).iter().all(|d: &f32| d.abs() < 1e-6),
            "{map}"
        );
    }

    #[test]
    fn rows_and_columns_then_sum_to_nothing() {
        let map = Array2::from_shape_fn((70, 70), |(i, j)| ((i * 37 + j * 11) % 23) as f32 / 23.0);
        let mut map = symmetrized(map.view());
        assert_eq!(map, map.t());
        apc(&mut map);
        for axis in [Axis(0), Axis(1)] {
            assert!(map.sum_axis(axis).iter().all(|sum| sum.abs() < 1e-4));
        }
        let mut zero = Array2::zeros((3, 3));
        apc(&mut zero);
        assert_eq!(zero, Array2::<f32>::zeros((3, 3)));
    }
}
