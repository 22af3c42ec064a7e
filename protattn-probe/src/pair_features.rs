//! Features of pairs of residues, from the hidden states of both.

use std::ops::Range;

use crate::Error;
use crate::error::check_places;
use crate::source::{FeatureSource, SourceError};

/// How the hidden states of two residues make up the features of their pair. Both are the same for
/// (i, j) and for (j, i).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairCombination {
    /// The product of the two, element by element: `[width]`.
    ///
    /// This is all that the head of TAPE can see, with which Vig et al. probe for contacts (Rao et
    /// al. 2019; `PairwiseContactPredictionHead`). It reads the product and the difference
    /// `h(i) - h(j)`, but then takes the mean of its scores for (i, j) and (j, i), and in that mean
    /// the difference, which changes its sign, cancels.
    Product,
    /// The product and, after it, the absolute difference: `[2 * width]`. The absolute difference
    /// does not cancel.
    ProductAndDifference,
}

/// The features of pairs `[pair, feature]`, computed whenever they are asked for and never kept.
///
/// # Examples
///
/// ```
/// use protattn_probe::ndarray::array;
/// use protattn_probe::{FeatureSource, PairCombination, PairFeatures};
///
/// // Hidden states [residue, width] of three residues.
/// let hidden = array![[1.0_f32, 2.0], [0.5, -1.0], [3.0, 0.0]];
/// let pairs = [[0, 1], [0, 2]];
/// let features = PairFeatures::new(&hidden, &pairs, PairCombination::ProductAndDifference)?;
/// let values = features.rows(0..2, &mut Vec::new()).unwrap().to_vec();
/// assert_eq!(values, [0.5, -2.0, 0.5, 3.0, 3.0, 0.0, 2.0, 2.0]);
/// # Ok::<(), protattn_probe::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PairFeatures<'a, S: ?Sized> {
    hidden: &'a S,
    pairs: &'a [[usize; 2]],
    combination: PairCombination,
}

impl<'a, S: FeatureSource + ?Sized> PairFeatures<'a, S> {
    /// `hidden` is `[residue, width]`, of one protein or of several, one after another; `pairs`
    /// are 0-based rows of it.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuch`] if there is no such row.
    pub fn new(
        hidden: &'a S,
        pairs: &'a [[usize; 2]],
        combination: PairCombination,
    ) -> Result<Self, Error> {
        check_places("sample", pairs.iter().flatten(), hidden.n_samples())?;
        Ok(Self {
            hidden,
            pairs,
            combination,
        })
    }
}

impl<S: FeatureSource + ?Sized> FeatureSource for PairFeatures<'_, S> {
    fn n_samples(&self) -> usize {
        self.pairs.len()
    }

    fn n_features(&self) -> usize {
        match self.combination {
            PairCombination::Product => self.hidden.n_features(),
            PairCombination::ProductAndDifference => self.hidden.n_features().saturating_mul(2),
        }
    }

    fn rows<'a>(
        &'a self,
        rows: Range<usize>,
        buffer: &'a mut Vec<f32>,
    ) -> Result<&'a [f32], SourceError> {
        buffer.clear();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for [i, j] in &self.pairs[rows] {
            let left = self.hidden.rows(*i..*i + 1, &mut first)?;
            let right = self.hidden.rows(*j..*j + 1, &mut second)?;
            buffer.extend(left.iter().zip(right).map(|(a, b)| a * b));
            if self.combination == PairCombination::ProductAndDifference {
                buffer.extend(left.iter().zip(right).map(|(a, b)| (a - b).abs()));
            }
        }
        Ok(buffer)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ndarray::{Array2, array};

    use super::*;

    fn rows(hidden: &Array2<f32>, pairs: &[[usize; 2]], of: PairCombination) -> Vec<f32> {
        let features = PairFeatures::new(hidden, pairs, of).unwrap();
        let mut buffer = vec![7.0];
        features.rows(0..pairs.len(), &mut buffer).unwrap().to_vec()
    }

    #[test]
    fn both_orders_are_the_same() {
        let hidden = array![[1.0, -2.0], [0.25, 3.0]];
        for of in [
            PairCombination::Product,
            PairCombination::ProductAndDifference,
        ] {
            assert_eq!(rows(&hidden, &[[0, 1]], of), rows(&hidden, &[[1, 0]], of));
        }
    }

    #[test]
    fn the_mean_of_both_directions_of_a_linear_head_sees_the_product_alone() {
        // w . (product, difference), as the head of TAPE has it, in exact arithmetic.
        let hidden = array![[1.0, -2.0], [0.25, 3.0]];
        let (w_product, w_difference) = ([2.0, -1.0], [4.0, 0.5]);
        let head = |i: usize, j: usize| -> f32 {
            let each = (0..2).map(|k| {
                w_product[k] * hidden[[i, k]] * hidden[[j, k]]
                    + w_difference[k] * (hidden[[i, k]] - hidden[[j, k]])
            });
            each.sum()
        };
        let product = rows(&hidden, &[[0, 1]], PairCombination::Product);
        let alone: f32 = product.iter().zip(w_product).map(|(x, w)| x * w).sum();
        assert_eq!((head(0, 1) + head(1, 0)) / 2.0, alone);
    }

    #[test]
    fn pairs_of_residues_that_there_are_not_are_refused() {
        let hidden = array![[1.0_f32], [2.0]];
        let error = PairFeatures::new(&hidden, &[[0, 2]], PairCombination::Product).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no sample 2 (counted from 0) among 2"
        );
    }
}
