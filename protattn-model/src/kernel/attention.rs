//! Scaled dot-product attention, one head at a time.

use super::math::exp;
use super::product::{Finish, Out, Packed, Rows, Tail, product};
use super::simd::{Isa, Simd, with_simd};

/// The shape of one layer's attention over one protein.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heads {
    pub(crate) tokens: usize,
    pub(crate) heads: usize,
    pub(crate) head_width: usize,
    /// Scores are multiplied by this: 1 / √head_width in BERT.
    pub(crate) scale: f32,
}

impl Heads {
    fn width(&self) -> usize {
        self.heads * self.head_width
    }
}

/// Softmax of the scaled scores: `maps` is [head, from, to], its rows sum to 1.
///
/// `qkv` is [token, query | key | ...], rows `stride` apart; `scratch` holds one head's keys.
pub(crate) fn attention_maps(
    qkv: &[f32],
    stride: usize,
    shape: &Heads,
    scratch: &mut Vec<f32>,
    maps: &mut [f32],
) {
    let Heads {
        tokens,
        heads,
        head_width,
        scale,
    } = *shape;
    let isa = Isa::best();
    for (head, map) in maps
        .chunks_exact_mut(tokens * tokens)
        .take(heads)
        .enumerate()
    {
        let key = shape.width() + head * head_width;
        pack_keys(isa, shape, &qkv[key..], stride, scratch);
        let queries = Rows {
            values: &qkv[head * head_width..],
            stride,
            count: tokens,
        };
        let keys = Packed {
            isa,
            inputs: head_width,
            panels: scratch,
        };
        let finish = Finish {
            bias: None,
            tail: Tail::Bias,
        };
        product(
            queries,
            keys,
            finish,
            Out {
                values: map,
                stride: tokens,
                columns: tokens,
            },
        );
        softmax_rows(isa, map, tokens, scale);
    }
}

/// Sums of the values, weighted by `maps`: `context` is [token, head x head_width].
pub(crate) fn attend(
    qkv: &[f32],
    stride: usize,
    shape: &Heads,
    scratch: &mut Vec<f32>,
    maps: &[f32],
    context: &mut [f32],
) {
    let Heads {
        tokens,
        heads,
        head_width,
        ..
    } = *shape;
    let (isa, width) = (Isa::best(), shape.width());
    for (head, map) in maps.chunks_exact(tokens * tokens).take(heads).enumerate() {
        let value = 2 * width + head * head_width;
        pack_values(isa, shape, &qkv[value..], stride, scratch);
        let weights = Rows {
            values: map,
            stride: tokens,
            count: tokens,
        };
        let values = Packed {
            isa,
            inputs: tokens,
            panels: scratch,
        };
        let finish = Finish {
            bias: None,
            tail: Tail::Bias,
        };
        let out = &mut context[head * head_width..];
        product(
            weights,
            values,
            finish,
            Out {
                values: out,
                stride: width,
                columns: head_width,
            },
        );
    }
}

/// Packs one head's keys, [token, i] at `stride`, as [panel of tokens][i][token].
fn pack_keys(isa: Isa, shape: &Heads, keys: &[f32], stride: usize, panels: &mut Vec<f32>) {
    let width = isa.panel();
    reset(
        panels,
        shape.tokens.div_ceil(width) * width * shape.head_width,
    );
    for (token, key) in keys.chunks(stride).enumerate() {
        let panel = &mut panels[token / width * width * shape.head_width..];
        let column = panel[token % width..].iter_mut().step_by(width);
        column
            .zip(&key[..shape.head_width])
            .for_each(|(cell, value)| *cell = *value);
    }
}

/// Packs one head's values, [token, i] at `stride`, as [panel of i][token][i].
fn pack_values(isa: Isa, shape: &Heads, values: &[f32], stride: usize, panels: &mut Vec<f32>) {
    let width = isa.panel();
    reset(
        panels,
        shape.head_width.div_ceil(width) * width * shape.tokens,
    );
    for (token, value) in values.chunks(stride).enumerate() {
        for (panel, part) in value[..shape.head_width].chunks(width).enumerate() {
            panels[(panel * shape.tokens + token) * width..][..part.len()].copy_from_slice(part);
        }
    }
}

fn reset(panels: &mut Vec<f32>, len: usize) {
    panels.clear();
    panels.resize(len, 0.0);
}

fn softmax_rows(isa: Isa, map: &mut [f32], tokens: usize, scale: f32) {
    with_simd!(isa, softmax(map: &mut [f32], tokens: usize, scale: f32));
}

#[inline(always)]
fn softmax<S: Simd>(map: &mut [f32], tokens: usize, scale: f32) {
    for row in map.chunks_exact_mut(tokens) {
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
        let inverse = 1.0 / sum(row, |x| x);
        row.iter_mut().for_each(|x| *x *= inverse);
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

    /// Two heads of width 3 over 5 tokens, against the definition in f64.
    #[test]
    fn maps_and_contexts_follow_the_definition() {
        let shape = Heads {
            tokens: 5,
            heads: 2,
            head_width: 3,
            scale: 0.7,
        };
        let (width, stride) = (6, 18);
        let qkv: Vec<f32> = (0..5 * stride)
            .map(|i| ((i * 29) % 23) as f32 / 7.0 - 1.5)
            .collect();
        let at = |token: usize, part: usize, head: usize, i: usize| {
            f64::from(qkv[token * stride + part * width + head * 3 + i])
        };
        let (mut maps, mut context, mut scratch) = (vec![f32::NAN; 50], vec![f32::NAN; 30], vec![]);
        attention_maps(&qkv, stride, &shape, &mut scratch, &mut maps);
        attend(&qkv, stride, &shape, &mut scratch, &maps, &mut context);
        for (head, from) in (0..2).flat_map(|head| (0..5).map(move |from| (head, from))) {
            let score = |to| {
                0.7 * (0..3)
                    .map(|i| at(from, 0, head, i) * at(to, 1, head, i))
                    .sum::<f64>()
            };
            let total: f64 = (0..5).map(|to| score(to).exp()).sum();
            for to in 0..5 {
                let found = f64::from(maps[head * 25 + from * 5 + to]);
                assert!(
                    (found - score(to).exp() / total).abs() < 1e-6,
                    "{head} {from} {to}"
                );
            }
            for i in 0..3 {
                let expected: f64 = (0..5)
                    .map(|to| score(to).exp() / total * at(to, 2, head, i))
                    .sum();
                assert!((f64::from(context[from * width + head * 3 + i]) - expected).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn scores_too_large_for_exp_still_give_a_distribution() {
        for isa in Isa::available() {
            let mut map: Vec<f32> = (0..40).map(|i| i as f32 * 300.0 - 4000.0).collect();
            softmax_rows(isa, &mut map, 20, 1.0);
            for row in map.chunks(20) {
                assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6);
                assert!((row[19] - 1.0).abs() < 1e-6);
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
