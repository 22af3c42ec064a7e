//! Scaled dot-product attention, one head at a time.

use super::math::exp;
use super::product::{Finish, Out, Packed, Rows, Tail, product};
use super::relative::Relative;
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
    pub(super) fn width(&self) -> usize {
        self.heads * self.head_width
    }
}

/// One of the heads.
#[derive(Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) isa: Isa,
    pub(super) shape: &'a Heads,
    pub(super) index: usize,
}

impl Head<'_> {
    /// This head's part of rows of [head x head_width], `stride` apart.
    pub(super) fn of<'v>(&self, values: &'v [f32], stride: usize, count: usize) -> Rows<'v> {
        Rows {
            values: &values[self.index * self.shape.head_width..],
            stride,
            count,
        }
    }

    /// Keys that are packed, as the second operand of a product.
    pub(super) fn packed<'p>(&self, panels: &'p [f32]) -> Packed<'p> {
        Packed {
            isa: self.isa,
            inputs: self.shape.head_width,
            panels,
        }
    }
}

/// Softmax of the scaled scores: `maps` is [head, from, to], its rows sum to 1.
///
/// `qkv` is [token, query | key | ...], rows `stride` apart; `scratch` holds one head's keys.
pub(crate) fn attention_maps(
    qkv: &[f32],
    stride: usize,
    shape: &Heads,
    relative: Relative<'_>,
    scratch: &mut Vec<f32>,
    maps: &mut [f32],
) {
    maps_for(Isa::best(), (qkv, stride), shape, relative, scratch, maps);
}

fn maps_for(
    isa: Isa,
    (qkv, stride): (&[f32], usize),
    shape: &Heads,
    mut relative: Relative<'_>,
    scratch: &mut Vec<f32>,
    maps: &mut [f32],
) {
    let tokens = shape.tokens;
    for (index, map) in maps
        .chunks_exact_mut(tokens * tokens)
        .take(shape.heads)
        .enumerate()
    {
        let head = Head { isa, shape, index };
        let queries = head.of(qkv, stride, tokens);
        let keys = head.of(&qkv[shape.width()..], stride, tokens);
        pack_keys(head, keys, scratch);
        scores(head, queries, scratch, &mut relative, map);
        softmax_rows(isa, map, tokens, shape.scale);
    }
}

/// One head's scores before they are scaled: `map` is [from, to].
fn scores(
    head: Head<'_>,
    queries: Rows<'_>,
    keys: &[f32],
    relative: &mut Relative<'_>,
    map: &mut [f32],
) {
    let tokens = head.shape.tokens;
    relative.prepare(head);
    let block = relative.block(tokens);
    for (first, map) in (0..tokens)
        .step_by(block)
        .zip(map.chunks_mut(block * tokens))
    {
        let queries = queries.part(first, map.len() / tokens);
        let finish = Finish {
            bias: None,
            tail: relative.tail(head, first, queries),
        };
        let out = Out {
            values: &mut *map,
            stride: tokens,
            columns: tokens,
        };
        product(queries, head.packed(keys), finish, out);
        relative.add_segments(head, first, queries, map);
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

/// Packs one head's keys as [panel of keys][i][key].
pub(super) fn pack_keys(head: Head<'_>, keys: Rows<'_>, panels: &mut Vec<f32>) {
    let (width, inputs) = (head.isa.panel(), head.shape.head_width);
    reset(panels, keys.count.div_ceil(width) * width * inputs);
    let rows = keys.values.chunks(keys.stride).take(keys.count);
    for (index, key) in rows.enumerate() {
        let panel = &mut panels[index / width * width * inputs..];
        let column = panel[index % width..].iter_mut().step_by(width);
        column
            .zip(&key[..inputs])
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

pub(super) fn reset(panels: &mut Vec<f32>, len: usize) {
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
    use super::super::relative::{KeysByOffset, OffsetScratch, Segments, n_offsets};
    use super::*;

    /// Uneven values of both signs.
    fn values(count: usize, seed: usize) -> Vec<f32> {
        (0..count)
            .map(|i| ((i * 29 + seed * 11) % 23) as f32 / 7.0 - 1.5)
            .collect()
    }

    const SEGMENTS: [u32; 7] = [0, 0, 1, 1, 1, 0, 2];

    /// Every kind of term against the definition in f64, with two heads of width 3; over more
    /// tokens than a block of queries or a panel of keys has, and over few.
    #[test]
    fn maps_and_contexts_follow_the_definition() {
        for tokens in [1, 5, 49, 150] {
            let segments: Vec<u32> = SEGMENTS.into_iter().cycle().take(tokens).collect();
            for (kind, isa) in (0..4).flat_map(|kind| Isa::available().map(move |isa| (kind, isa)))
            {
                check(isa, tokens, kind, &segments);
            }
        }
    }

    fn check(isa: Isa, tokens: usize, kind: usize, segments: &[u32]) {
        let shape = Heads {
            tokens,
            heads: 2,
            head_width: 3,
            scale: 0.7,
        };
        let (width, stride, offsets) = (6, 18, n_offsets(tokens));
        let qkv = values(tokens * stride, 1);
        let bias = values(2 * offsets, 2);
        let (keys, query_bias) = (values(offsets * width, 3), values(width, 4));
        let (other, other_bias) = (values(width, 5), values(width, 6));
        let mut offset_scratch = OffsetScratch::default();
        let relative = match kind {
            0 => Relative::Nothing,
            1 => Relative::Bias(&bias),
            _ => Relative::Keys(KeysByOffset {
                keys: &keys,
                query_bias: &query_bias,
                segments: (kind == 3).then_some(Segments {
                    of: segments,
                    other: &other,
                    query_bias: &other_bias,
                }),
                scratch: &mut offset_scratch,
            }),
        };
        let (mut maps, mut scratch) = (vec![f32::NAN; 2 * tokens * tokens], vec![]);
        let mut context = vec![f32::NAN; tokens * width];
        maps_for(
            isa,
            (&qkv, stride),
            &shape,
            relative,
            &mut scratch,
            &mut maps,
        );
        attend(&qkv, stride, &shape, &mut scratch, &maps, &mut context);

        let at = |token: usize, part: usize, head: usize, i: usize| {
            f64::from(qkv[token * stride + part * width + head * 3 + i])
        };
        let dot = |from: usize, head: usize, bias: &[f32], other: &dyn Fn(usize) -> f64| {
            let term = |i: usize| (at(from, 0, head, i) + f64::from(bias[head * 3 + i])) * other(i);
            (0..3).map(term).sum::<f64>()
        };
        let added = |head: usize, from: usize, to: usize| {
            let offset = to + tokens - 1 - from;
            let key = |i: usize| f64::from(keys[offset * width + head * 3 + i]);
            let other = |i: usize| f64::from(other[head * 3 + i]);
            let apart = kind == 3 && segments[from] != segments[to];
            match kind {
                0 => 0.0,
                1 => f64::from(bias[head * offsets + offset]),
                _ if apart => {
                    dot(from, head, &query_bias, &key) + dot(from, head, &other_bias, &other)
                }
                _ => dot(from, head, &query_bias, &key),
            }
        };
        for (head, from) in (0..2).flat_map(|head| (0..tokens).map(move |from| (head, from))) {
            let score = |to: usize| {
                let content = dot(from, head, &[0.0; 6], &|i| at(to, 1, head, i));
                (0.7 * (content + added(head, from, to))).exp()
            };
            let scores: Vec<f64> = (0..tokens).map(score).collect();
            let total: f64 = scores.iter().sum();
            for (to, score) in scores.iter().enumerate() {
                let found = f64::from(maps[(head * tokens + from) * tokens + to]);
                let error = (found - score / total).abs();
                assert!(
                    error < 3e-6,
                    "{isa:?} {tokens} {kind} {head} {from} {to}: {error}"
                );
            }
            for i in 0..3 {
                let expected: f64 = (0..tokens)
                    .map(|to| scores[to] / total * at(to, 2, head, i))
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
