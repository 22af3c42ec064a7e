//! How widely a head spreads its attention.

use ndarray::ArrayView3;

use super::{HeadValues, Metric, MetricError, Quantity, Subject};
use crate::arc::contiguous;
use crate::lanes;

/// `entropy`: the entropy of what each residue attends to, in bits, the mean over residues: 0 where
/// every residue attends to one, log₂ L where it attends to all L alike.
///
/// Each row is divided by its sum S first, so that what special tokens drew does not count:
/// log₂ S - (Σ a log₂ a) / S. A residue that attends to special tokens alone does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entropy;

impl Metric for Entropy {
    fn name(&self) -> &str {
        "entropy"
    }

    fn quantities(&self, _n_heads: usize) -> Vec<Quantity> {
        vec![Quantity::only("bits")]
    }

    fn observe(
        &self,
        _subject: &Subject<'_>,
        _layer: usize,
        attention: ArrayView3<'_, f32>,
        values: &mut HeadValues,
    ) -> Result<(), MetricError> {
        for (head, map) in attention.outer_iter().enumerate() {
            let (mut sum, mut rows) = (0.0, 0.0);
            for row in map.outer_iter() {
                if let Some(entropy) = of_row(&contiguous(&row)) {
                    sum += entropy;
                    rows += 1.0;
                }
            }
            values.add(head, 0, sum, rows);
        }
        Ok(())
    }
}

/// `None` for a row of zeros.
fn of_row(row: &[f32]) -> Option<f64> {
    let total = lanes::sum(row);
    // 0 log 0 is 0; the smallest weights add nothing that is seen.
    let weighted = lanes::sum_of(row, row, |weight, _| {
        weight * lanes::log2(weight.max(f32::MIN_POSITIVE))
    });
    (total > 0.0).then(|| (total.log2() - weighted / total).max(0.0))
}
