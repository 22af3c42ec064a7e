use crate::Error;
use crate::blocks::Blocks;
use crate::kernel::chunks;
use crate::source::{FeatureSource, read};

/// Mean and variance of each feature, in feature units.
#[derive(Debug)]
pub(crate) struct Moments {
    /// Mean `[feature]`.
    pub(crate) mean: Vec<f64>,
    /// Mean squared deviation `[feature]`; exactly 0 where all samples have the same value.
    pub(crate) variance: Vec<f64>,
}

impl Moments {
    /// Reads the features once.
    ///
    /// Deviations are taken from the first sample. It lies at most `sqrt(n)` standard deviations
    /// off the mean, so that the difference of the two sums below loses at most a factor `n` of
    /// the precision of a double.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`] for the first feature, in row order, that is NaN or infinite.
    pub(crate) fn new(features: &dyn FeatureSource, blocks: Blocks) -> Result<Self, Error> {
        let n_columns = features.n_features();
        let origin = read(features, 0..1, &mut Vec::new())?
            .iter()
            .copied()
            .map(f64::from)
            .collect::<Vec<_>>();
        let sums = blocks.sum(2 * n_columns, |rows, partial| {
            let (first, second) = partial.split_at_mut(n_columns);
            let mut buffer = Vec::new();
            for chunk in chunks(rows, n_columns) {
                for row in read(features, chunk, &mut buffer)?.chunks_exact(n_columns) {
                    add_deviations(row, &origin, first, second);
                }
            }
            Ok(())
        })?;

        // The square of a finite single is a finite double, so only a bad feature can spoil a sum.
        if sums.iter().any(|sum| !sum.is_finite()) {
            check_finite(features)?;
        }
        let n = features.n_samples() as f64;
        let (first, second) = sums.split_at(n_columns);
        let mean = origin.iter().zip(first).map(|(x, sum)| x + sum / n);
        let variance = first
            .iter()
            .zip(second)
            .map(|(sum, squares)| ((squares - sum * sum / n) / n).max(0.0));
        Ok(Self {
            mean: mean.collect(),
            variance: variance.collect(),
        })
    }
}

fn add_deviations(row: &[f32], origin: &[f64], first: &mut [f64], second: &mut [f64]) {
    let sums = first.iter_mut().zip(second);
    for ((value, origin), (first, second)) in row.iter().zip(origin).zip(sums) {
        let deviation = f64::from(*value) - origin;
        *first += deviation;
        *second += deviation * deviation;
    }
}

/// Names the first feature, in row order, that is NaN or infinite.
pub(crate) fn check_finite(features: &dyn FeatureSource) -> Result<(), Error> {
    let n_columns = features.n_features();
    let mut buffer = Vec::new();
    for chunk in chunks(0..features.n_samples(), n_columns) {
        let start = chunk.start;
        let values = read(features, chunk, &mut buffer)?;
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                row: start + place / n_columns,
                column: place % n_columns,
                value: values[place],
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::num::NonZeroUsize;

    use ndarray::{Array2, array};

    use super::*;

    fn moments(features: &Array2<f32>) -> Result<Moments, Error> {
        let blocks = Blocks::new(features.nrows(), features.ncols(), NonZeroUsize::MIN);
        Moments::new(features, blocks)
    }

    #[test]
    fn by_hand() {
        let found = moments(&array![[1.0, 5.0], [2.0, 5.0], [6.0, 5.0]]).unwrap();
        assert_eq!(found.mean, [3.0, 5.0]);
        assert!((found.variance[0] - 14.0 / 3.0).abs() < 1e-15);
        assert_eq!(found.variance[1], 0.0);
    }

    #[test]
    fn a_large_offset_or_an_outlier_in_front_costs_no_precision() {
        // 1 million plus 0 or 1, and an outlier in the first row.
        let n = 4001;
        let x = Array2::from_shape_fn((n, 2), |(i, j)| match (i, j) {
            (0, 1) => 8_000_000.0,
            _ => 1_000_000.0 + (i % 2) as f32,
        });
        let found = moments(&x).unwrap();
        for j in 0..2 {
            let column = x.column(j).mapv(f64::from);
            let mean = column.sum() / n as f64;
            let variance = column.mapv(|v| (v - mean).powi(2)).sum() / n as f64;
            assert!((found.mean[j] / mean - 1.0).abs() < 1e-14);
            assert!((found.variance[j] / variance - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn the_first_bad_feature_is_named() {
        let x = array![[1.0, 2.0], [3.0, f32::INFINITY], [f32::NAN, 4.0]];
        let error = moments(&x).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the feature in row 1, column 1 (both 0-based) is inf, not a finite number"
        );
    }
}
