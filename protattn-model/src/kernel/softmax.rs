//! Rows of scores turned into exponentials, and what is folded over a row.

use super::math::exp;
use super::simd::{Isa, Simd, with_simd};

/// What softmax knows of a row of exponentials.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowSum {
    /// One divided by the sum; not finite if one of the scores is not.
    pub(super) inverse: f32,
    /// The exponential of the largest score: 1, but for rounding.
    pub(super) largest: f32,
}

/// Turns each row [key] of scores, of `tokens` values, into exponentials, shifted so that the largest
/// is 1, after they are scaled.
pub(super) fn exponentials(
    isa: Isa,
    rows: &mut [f32],
    tokens: usize,
    scale: f32,
    sums: &mut [RowSum],
) {
    with_simd!(isa, exponentials_of(rows: &mut [f32], tokens: usize, scale: f32, sums: &mut [RowSum]));
}

#[inline(always)]
fn exponentials_of<S: Simd>(rows: &mut [f32], tokens: usize, scale: f32, sums: &mut [RowSum]) {
    for (row, found) in rows.chunks_exact_mut(tokens).zip(sums) {
        let largest = fold(
            row,
            f32::NEG_INFINITY,
            |x| x,
            |a, b| if b > a { b } else { a },
        );
        let shift = -largest * scale;
        for x in row.iter_mut() {
            *x = exp::<S>(S::scalar_multiply_add(*x, scale, shift));
        }
        *found = RowSum {
            inverse: 1.0 / sum(row, |x| x),
            largest: exp::<S>(S::scalar_multiply_add(largest, scale, shift)),
        };
    }
}

/// Combines `value(x)` over all x: in sixteen lanes, which the compiler keeps in registers, then
/// the lanes by halves. `combine` must be associative and commutative up to rounding.
#[inline(always)]
pub(super) fn fold(
    xs: &[f32],
    start: f32,
    value: impl Fn(f32) -> f32,
    combine: impl Fn(f32, f32) -> f32,
) -> f32 {
    let mut lanes = [start; 16];
    let (chunks, rest) = xs.as_chunks::<16>();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane = combine(*lane, value(*x));
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane = combine(*lane, value(*x));
    }
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            lanes[i] = combine(lanes[i], lanes[i + half]);
        }
    }
    lanes[0]
}

/// The sum of `value(x)`.
#[inline(always)]
pub(super) fn sum(xs: &[f32], value: impl Fn(f32) -> f32) -> f32 {
    fold(xs, 0.0, value, |a, b| a + b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_too_large_for_exp_still_give_a_distribution() {
        for isa in Isa::available() {
            let mut map: Vec<f32> = (0..40).map(|i| i as f32 * 300.0 - 4000.0).collect();
            let mut sums = [RowSum::default(); 2];
            exponentials(isa, &mut map, 20, 1.0, &mut sums);
            for (row, sum) in map.chunks(20).zip(sums) {
                assert!((row.iter().sum::<f32>() * sum.inverse - 1.0).abs() < 1e-6);
                assert!((row[19] - 1.0).abs() < 1e-6 && row[19] == sum.largest);
            }
        }
    }

    #[test]
    fn folds_visit_every_value_once() {
        for len in [0, 1, 15, 16, 17, 47] {
            let values: Vec<f32> = (1..=len).map(|v| v as f32).collect();
            assert_eq!(sum(&values, |x| 2.0 * x), (len * (len + 1)) as f32);
            assert_eq!(
                fold(&values, -1.0, |x| x, f32::max),
                if len == 0 { -1.0 } else { len as f32 }
            );
        }
    }
}
