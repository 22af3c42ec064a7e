//! Which heads look at the same.

use ndarray::{Array2, ArrayView3, s};

use super::{HeadValues, Metric, MetricError, Quantity, Subject};

/// `head-agreement`: how alike the maps of two heads of a layer are: Pearson's correlation of their
/// weights over all pairs of residues of a protein, the mean over proteins. The quantities of a head
/// are its agreement with each head of its layer, `head 1`, `head 2`, ...; with itself it is 1.
///
/// A map whose weights are all the same has no correlation, and does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeadAgreement;

/// Values of a head that are multiplied in single precision before they are summed in double.
const BLOCK: usize = 4096;

impl Metric for HeadAgreement {
    fn name(&self) -> &str {
        "head-agreement"
    }

    fn quantities(&self, n_heads: usize) -> Vec<Quantity> {
        let with = |head| Quantity::of_class("", &format!("head {}", head + 1));
        (0..n_heads).map(with).collect()
    }

    fn observe(
        &self,
        _subject: &Subject<'_>,
        _layer: usize,
        attention: ArrayView3<'_, f32>,
        values: &mut HeadValues,
    ) -> Result<(), MetricError> {
        let (n_heads, n, _) = attention.dim();
        let (sums, products) = sums_and_products(attention);
        let pairs = (n * n) as f64;
        let covariance = |a: usize, b: usize| products[[a, b]] - sums[a] * sums[b] / pairs;
        for a in 0..n_heads {
            for b in 0..n_heads {
                let scale = (covariance(a, a) * covariance(b, b)).sqrt();
                // Of an even map rounding leaves a little more than nothing.
                if scale > 1e-9 * (products[[a, a]] * products[[b, b]]).sqrt() {
                    let agreement = if a == b {
                        1.0
                    } else {
                        covariance(a, b) / scale
                    };
                    values.add(a, b, agreement, 1.0);
                }
            }
        }
        Ok(())
    }
}

/// The sum of the weights of each head, and of the products of the weights of each two heads.
fn sums_and_products(attention: ArrayView3<'_, f32>) -> (Vec<f64>, Array2<f64>) {
    let (n_heads, n, _) = attention.dim();
    let mut sums = vec![0.0; n_heads];
    let mut products = Array2::zeros((n_heads, n_heads));
    let rows = (BLOCK / n.max(1)).max(1);
    let mut block = Array2::zeros((n_heads, rows * n));
    for first in (0..n).step_by(rows) {
        let rows = rows.min(n - first);
        let mut block = block.slice_mut(s![.., ..rows * n]);
        for (head, map) in attention.outer_iter().enumerate() {
            for (row, mut copy) in map
                .slice(s![first..first + rows, ..])
                .outer_iter()
                .zip(block.row_mut(head).exact_chunks_mut(n))
            {
                copy.assign(&row);
                sums[head] += row.iter().map(|weight| f64::from(*weight)).sum::<f64>();
            }
        }
        let part: Array2<f32> = block.dot(&block.t());
        products.zip_mut_with(&part, |sum, part| *sum += f64::from(*part));
    }
    (sums, products)
}
