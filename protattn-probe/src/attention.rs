//! Features of pairs of residues, from attention.

use ndarray::{ArrayView2, ArrayView3, ArrayViewMut2, Axis, Zip};
use protattn_io::ProductCorrection;

use crate::Error;
use crate::error::check_places;

/// What is read off the attention of a head for a pair of residues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairAttention {
    /// The mean of both directions, `(a(i, j) + a(j, i)) / 2`: the attention probe of Vig et al.
    /// 2021, section 4.
    Mean,
    /// The entry of the map that was made symmetric and then corrected, as Rao et al. 2021 have
    /// it: [`symmetrized`](protattn_metrics::symmetrized), then [`apc`](protattn_metrics::apc).
    Corrected,
}

/// Writes the features of pairs, one for each head of a layer, to `features` `[pair, head]`.
///
/// `attention` is `[head, from, to]`, one layer of one protein, `pairs` are residues, 0-based. For
/// all layers in one array `[pair, layer * n_heads + head]`, hand over slices of it, as the
/// example does. No copy of a map is made.
///
/// # Errors
///
/// [`Error::NotSquare`] if the maps are not square, [`Error::NoSuch`] if there is no such
/// residue, [`Error::Shape`] if `features` has another shape.
///
/// # Examples
///
/// ```
/// use protattn_probe::ndarray::{Array2, array, s};
/// use protattn_probe::{PairAttention, attention_features};
///
/// let layers = [
///     array![[[0.5_f32, 0.5], [0.25, 0.75]], [[1.0, 0.0], [1.0, 0.0]]],
///     array![[[0.0, 1.0], [1.0, 0.0]], [[0.5, 0.5], [0.5, 0.5]]],
/// ];
/// let mut features = Array2::zeros((1, 4));
/// for (layer, attention) in layers.iter().enumerate() {
///     let columns = features.slice_mut(s![.., 2 * layer..2 * (layer + 1)]);
///     attention_features(attention.view(), &[[0, 1]], PairAttention::Mean, columns)?;
/// }
/// assert_eq!(features, array![[0.375, 0.5, 1.0, 0.5]]);
/// # Ok::<(), protattn_probe::Error>(())
/// ```
pub fn attention_features(
    attention: ArrayView3<'_, f32>,
    pairs: &[[usize; 2]],
    kind: PairAttention,
    mut features: ArrayViewMut2<'_, f32>,
) -> Result<(), Error> {
    let (n_heads, from, to) = attention.dim();
    check_square((from, to))?;
    if features.dim() != (pairs.len(), n_heads) {
        return Err(Error::Shape {
            what: "the features of attention",
            expected: vec![pairs.len(), n_heads],
            found: features.shape().to_vec(),
        });
    }
    check_places("sample", pairs.iter().flatten(), from)?;
    let heads = attention.outer_iter().zip(features.axis_iter_mut(Axis(1)));
    for (map, column) in heads {
        let head = Head::new(map, kind);
        Zip::from(column)
            .and(ndarray::aview1(pairs))
            .for_each(|value, [i, j]| *value = head.at(*i, *j));
    }
    Ok(())
}

/// The map of a head, and what it takes to read a feature off it.
struct Head<'a> {
    map: ArrayView2<'a, f32>,
    /// That of the symmetric map, where it is wanted.
    correction: Option<ProductCorrection>,
}

impl<'a> Head<'a> {
    /// `map` `[from, to]` must be square.
    fn new(map: ArrayView2<'a, f32>, kind: PairAttention) -> Self {
        let row_sum = |row: &[f32]| row.iter().map(|value| f64::from(*value)).sum();
        let correction = match kind {
            PairAttention::Mean => None,
            PairAttention::Corrected => Some(ProductCorrection::new(map, row_sum).with_transpose()),
        };
        Self { map, correction }
    }

    fn at(&self, i: usize, j: usize) -> f32 {
        let both = f64::from(self.map[[i, j]]) + f64::from(self.map[[j, i]]);
        match &self.correction {
            None => (both / 2.0) as f32,
            Some(correction) => (both - correction.at(i, j)) as f32,
        }
    }
}

fn check_square((from, to): (usize, usize)) -> Result<(), Error> {
    if from == to {
        return Ok(());
    }
    Err(Error::NotSquare { from, to })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ndarray::{Array2, Array3, array};
    use protattn_metrics::{apc, symmetrized};

    use super::*;

    fn attention() -> Array3<f32> {
        let raw = Array3::from_shape_fn((2, 7, 7), |(h, i, j)| {
            (((h * 49 + i * 7 + j) * 37) % 101) as f32 + 1.0
        });
        let sums = raw.sum_axis(Axis(2)).insert_axis(Axis(2));
        raw / sums
    }

    #[test]
    fn rows_and_columns_of_a_corrected_map_add_up_to_nothing() {
        for map in attention().outer_iter() {
            let head = Head::new(map, PairAttention::Corrected);
            let corrected = Array2::from_shape_fn(map.dim(), |(i, j)| f64::from(head.at(i, j)));
            for axis in [Axis(0), Axis(1)] {
                let sums = corrected.sum_axis(axis);
                assert!(sums.iter().all(|sum| sum.abs() < 1e-6), "{sums}");
            }
        }
    }

    #[test]
    fn features_are_entries_of_the_maps_of_the_definition() {
        let attention = attention();
        let pairs = [[0, 6], [3, 1], [2, 2]];
        let mut mean = Array2::zeros((3, 2));
        let mut corrected = Array2::zeros((3, 2));
        let view = attention.view();
        attention_features(view, &pairs, PairAttention::Mean, mean.view_mut()).unwrap();
        let kind = PairAttention::Corrected;
        attention_features(view, &pairs, kind, corrected.view_mut()).unwrap();
        for (head, map) in attention.outer_iter().enumerate() {
            let symmetric = symmetrized(map);
            let mut expected = symmetric.clone();
            apc(&mut expected);
            for (row, [i, j]) in pairs.into_iter().enumerate() {
                assert!((mean[[row, head]] - symmetric[[i, j]] / 2.0).abs() < 1e-7);
                assert!((corrected[[row, head]] - expected[[i, j]]).abs() < 1e-7);
            }
        }
    }

    #[test]
    fn by_hand() {
        // With its transpose [[1, 1.25], [1.25, 0]]: rows of 2.25 and 1.25, 3.5 in all.
        let map = array![[0.5, 0.25], [1.0, 0.0]];
        assert_eq!(Head::new(map.view(), PairAttention::Mean).at(0, 1), 0.625);
        let head = Head::new(map.view(), PairAttention::Corrected);
        for (pair, expected) in [
            ([0, 0], 1.0 - 2.25 * 2.25 / 3.5),
            ([1, 0], 1.25 - 2.8125 / 3.5),
        ] {
            assert_eq!(head.at(pair[0], pair[1]), expected as f32);
        }
    }

    #[test]
    fn a_map_of_zeros_stays_one() {
        let map = Array2::zeros((3, 3));
        let mut corrected = map.clone();
        apc(&mut corrected);
        assert_eq!(corrected, map);
        assert_eq!(
            Head::new(map.view(), PairAttention::Corrected).at(0, 2),
            0.0
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let kind = PairAttention::Corrected;
        let of_map = |map: ArrayView2<'_, f32>| {
            let mut none = Array2::zeros((0, 1));
            attention_features(map.insert_axis(Axis(0)), &[], kind, none.view_mut())
        };
        let error = of_map(Array2::zeros((2, 3)).view()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a map is 2 x 3: from and to must be the same residues"
        );
        let attention = attention();
        let features = |pairs: &[[usize; 2]], shape| {
            let mut features = Array2::zeros(shape);
            let out = features.view_mut();
            attention_features(attention.view(), pairs, PairAttention::Mean, out)
        };
        let error = features(&[[0, 7]], (1, 2)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no sample 7 (counted from 0) among 7"
        );
        let error = features(&[[0, 6]], (1, 3)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the features of attention have the shape [1, 3], not [1, 2]"
        );
        assert!(of_map(array![[1.0, 2.0]].view()).is_err());
    }
}
