//! How far along the chain a head looks.

use ndarray::ArrayView3;

use super::{HeadValues, Metric, MetricError, Quantity, Subject};
use crate::arc::contiguous;
use crate::lanes;

/// `distance`: how far along the chain attention goes, in residues: Σ a(i, j) |i - j| / Σ a(i, j).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttentionDistance;

impl Metric for AttentionDistance {
    fn name(&self) -> &str {
        "distance"
    }

    fn quantities(&self, _n_heads: usize) -> Vec<Quantity> {
        vec![Quantity::only("residues")]
    }

    fn observe(
        &self,
        subject: &Subject<'_>,
        _layer: usize,
        attention: ArrayView3<'_, f32>,
        values: &mut HeadValues,
    ) -> Result<(), MetricError> {
        // |i - j| for j = 0, 1, ... is a part of n - 1, ..., 1, 0, 1, ..., n - 1.
        let n = subject.n_read();
        let separations: Vec<f32> = (0..2 * n).map(|k| n.abs_diff(k + 1) as f32).collect();
        for (head, map) in attention.outer_iter().enumerate() {
            let (mut sum, mut total) = (0.0, 0.0);
            for (from, row) in map.outer_iter().enumerate() {
                let separations = &separations[n - 1 - from..];
                let row = contiguous(&row);
                sum += lanes::dot(&row, &separations[..row.len()]);
                total += lanes::sum(&row);
            }
            values.add(head, 0, sum, total);
        }
        Ok(())
    }
}
