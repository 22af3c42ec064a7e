//! Arcs: which attention weights are large enough to count.

use std::borrow::Cow;

use ndarray::{ArrayView1, ArrayView3};
use protattn_io::AttentionArc;

use crate::Error;

/// Values compared at once: a fixed number, so that they compile to straight vector code, and few
/// enough that looking again at those around an arc costs little.
const CHUNK: usize = 32;

/// Finds the arcs of one layer: all weights of at least `min_attention`, replacing what `arcs` held.
///
/// `attention` has the axes [head, from, to], after softmax, special tokens cut, in any memory
/// layout; rows that lie contiguous are scanned at the speed of memory. The comparison is in f32,
/// as PyTorch compares a float tensor with a Python number. Arcs come in the order of the axes.
///
/// The rows of softmax sum to 1, so none has more than 1 / `min_attention` arcs: three at 0.3.
///
/// ```
/// use protattn_metrics::{find_arcs, ndarray::array};
///
/// let attention = array![[[0.7_f32, 0.3], [0.9, 0.1]]]; // one head, two residues
/// let mut arcs = Vec::new();
/// find_arcs(attention.view(), 0.3, &mut arcs)?;
/// let found: Vec<_> = arcs.iter().map(|arc| (arc.from, arc.to, arc.weight)).collect();
/// assert_eq!(found, [(0, 0, 0.7), (0, 1, 0.3), (1, 0, 0.9)]);
/// # Ok::<(), protattn_metrics::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Threshold`] if `min_attention` is not over 0 and at most 1; [`Error::NotSquare`] if from
/// and to differ in length; [`Error::Attention`] if a weight is NaN or infinite above.
pub fn find_arcs(
    attention: ArrayView3<'_, f32>,
    min_attention: f32,
    arcs: &mut Vec<AttentionArc>,
) -> Result<(), Error> {
    arcs.clear();
    if !(min_attention > 0.0 && min_attention <= 1.0) {
        return Err(Error::Threshold {
            found: min_attention,
        });
    }
    let (_, from, to) = attention.dim();
    if from != to {
        return Err(Error::NotSquare { from, to });
    }
    for (head, map) in attention.outer_iter().enumerate() {
        for (from, row) in map.outer_iter().enumerate() {
            let start = AttentionArc {
                head,
                from,
                to: 0,
                weight: 0.0,
            };
            scan_row(&contiguous(&row), min_attention, start, arcs)?;
        }
    }
    Ok(())
}

/// Makes one arc of the two that join the same residues in a head: the stronger, max(a_ij, a_ji), from
/// the residue that comes first. In the order of head, from, to.
///
/// ```
/// use protattn_metrics::{AttentionArc, join_directions};
///
/// let arc = |from, to, weight| AttentionArc { head: 0, from, to, weight };
/// let mut arcs = vec![arc(0, 2, 0.3), arc(1, 0, 0.4), arc(2, 0, 0.5)];
/// join_directions(&mut arcs);
/// assert_eq!(arcs, [arc(0, 1, 0.4), arc(0, 2, 0.5)]);
/// ```
pub fn join_directions(arcs: &mut Vec<AttentionArc>) {
    for arc in arcs.iter_mut() {
        (arc.from, arc.to) = (arc.from.min(arc.to), arc.from.max(arc.to));
    }
    let pair = |arc: &AttentionArc| (arc.head, arc.from, arc.to);
    arcs.sort_by(|a, b| {
        let stronger_first = b.weight.total_cmp(&a.weight);
        pair(a).cmp(&pair(b)).then(stronger_first)
    });
    arcs.dedup_by_key(|arc| pair(arc));
}

/// Adds the arcs of a row that begins at `start`.
fn scan_row(
    row: &[f32],
    min_attention: f32,
    start: AttentionArc,
    arcs: &mut Vec<AttentionArc>,
) -> Result<(), Error> {
    let (chunks, rest) = row.as_chunks::<CHUNK>();
    for (index, chunk) in chunks.iter().enumerate() {
        if any_over(chunk, min_attention) {
            let start = AttentionArc {
                to: index * CHUNK,
                ..start
            };
            push_arcs(chunk, min_attention, start, arcs)?;
        }
    }
    let start = AttentionArc {
        to: row.len() - rest.len(),
        ..start
    };
    push_arcs(rest, min_attention, start, arcs)
}

pub(crate) fn contiguous<'a>(row: &'a ArrayView1<'_, f32>) -> Cow<'a, [f32]> {
    row.as_slice()
        .map_or_else(|| Cow::Owned(row.to_vec()), Cow::Borrowed)
}

/// Whether a value is an arc or NaN; without an early exit, so that it compiles to vector code.
fn any_over(chunk: &[f32; CHUNK], min_attention: f32) -> bool {
    chunk.iter().fold(false, |found, &weight| {
        found | is_over_or_nan(weight, min_attention)
    })
}

// Negated on purpose: NaN is not below anything, so one comparison finds it too.
#[allow(clippy::neg_cmp_op_on_partial_ord)]
fn is_over_or_nan(weight: f32, min_attention: f32) -> bool {
    !(weight < min_attention)
}

/// Adds the arcs of a part of a row that begins at `start`.
fn push_arcs(
    chunk: &[f32],
    min_attention: f32,
    start: AttentionArc,
    arcs: &mut Vec<AttentionArc>,
) -> Result<(), Error> {
    for (offset, &weight) in chunk.iter().enumerate() {
        if !is_over_or_nan(weight, min_attention) {
            continue;
        }
        let to = start.to + offset;
        if !weight.is_finite() {
            return Err(Error::Attention {
                head: start.head,
                from: start.from,
                to,
                found: weight,
            });
        }
        arcs.push(AttentionArc {
            to,
            weight,
            ..start
        });
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::{Array3, s};

    use super::*;

    fn positions(attention: ArrayView3<'_, f32>, min_attention: f32) -> Vec<(usize, usize, usize)> {
        let mut arcs = Vec::new();
        find_arcs(attention, min_attention, &mut arcs).unwrap();
        arcs.iter()
            .map(|arc| (arc.head, arc.from, arc.to))
            .collect()
    }

    #[test]
    fn the_threshold_itself_is_an_arc_and_the_number_below_is_not() {
        // As torch 2.15 has it: `torch.tensor([0.7]) >= 0.7` is True, although 0.7 in f32 is below
        // 0.7 in f64; the next number below is False.
        let below = f32::from_bits(0.7_f32.to_bits() - 1);
        let attention = Array3::from_shape_vec((1, 2, 2), vec![0.7, below, below, 1.0]).unwrap();
        assert_eq!(positions(attention.view(), 0.7), [(0, 0, 0), (0, 1, 1)]);
    }

    #[test]
    fn the_axes_are_head_from_to_also_past_a_chunk() {
        let mut attention = Array3::zeros((2, 150, 150));
        for index in [[1, 2, 149], [0, 149, 64], [1, 2, 63], [1, 0, 128]] {
            attention[index] = 0.5;
        }
        let found = positions(attention.view(), 0.3);
        assert_eq!(found, [(0, 149, 64), (1, 0, 128), (1, 2, 63), (1, 2, 149)]);
    }

    #[test]
    fn any_memory_layout_is_read() {
        let mut attention = Array3::zeros((2, 70, 70));
        attention[[1, 3, 66]] = 0.5;
        assert_eq!(
            positions(attention.slice(s![.., 1.., 1..]), 0.3),
            [(1, 2, 65)]
        );
        assert_eq!(
            positions(attention.view().permuted_axes([0, 2, 1]), 0.3),
            [(1, 66, 3)]
        );
    }

    #[test]
    fn what_is_no_attention_is_refused() {
        let message = |attention: &Array3<f32>, min_attention| {
            let mut arcs = vec![AttentionArc {
                head: 0,
                from: 0,
                to: 0,
                weight: 1.0,
            }];
            find_arcs(attention.view(), min_attention, &mut arcs)
                .unwrap_err()
                .to_string()
        };
        let mut attention = Array3::zeros((1, 80, 80));
        attention[[0, 3, 70]] = f32::NAN;
        let expected = "attention [head 0, from 3, to 70] (counted from 0) is NaN";
        assert_eq!(message(&attention, 0.3), expected);
        attention[[0, 3, 70]] = f32::INFINITY;
        assert!(message(&attention, 0.3).ends_with("is inf"));
        for threshold in [0.0, 1.5, f32::NAN] {
            assert!(message(&attention, threshold).starts_with("the minimum attention is"));
        }
        let expected = "attention maps are 2 x 3; from and to must be the same residues";
        assert_eq!(message(&Array3::zeros((1, 2, 3)), 0.3), expected);
    }

    #[test]
    fn of_both_directions_the_stronger_is_kept() {
        let arc = |head, from, to, weight| AttentionArc {
            head,
            from,
            to,
            weight,
        };
        // Another head is another pair; a residue and itself are one; equals are one.
        let mut arcs = vec![
            arc(1, 0, 3, 0.9),
            arc(0, 3, 0, 0.4),
            arc(0, 2, 2, 0.7),
            arc(0, 0, 3, 0.5),
            arc(0, 1, 2, 0.3),
            arc(0, 2, 1, 0.3),
        ];
        join_directions(&mut arcs);
        let expected = [
            arc(0, 0, 3, 0.5),
            arc(0, 1, 2, 0.3),
            arc(0, 2, 2, 0.7),
            arc(1, 0, 3, 0.9),
        ];
        assert_eq!(arcs, expected);
    }

    #[test]
    fn earlier_arcs_are_forgotten() {
        let mut arcs = vec![AttentionArc {
            head: 9,
            from: 9,
            to: 9,
            weight: 1.0,
        }];
        find_arcs(Array3::zeros((1, 2, 2)).view(), 0.3, &mut arcs).unwrap();
        assert_eq!(arcs, []);
    }
}
