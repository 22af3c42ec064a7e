//! Scaled dot-product attention, one head at a time.

use std::ops::Range;

use super::math::exp;
use super::product::{Cells, Finish, Out, Packed, Rows, Tail, product};
use super::relative::Relative;
use super::simd::{Isa, Simd, with_simd};
use crate::sink::Arc;

/// Queries that are done at a time: tiles of six rows, few enough that their scores stay in the
/// second-level cache.
const BLOCK: usize = 24;

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
            panels: Cells::F32(panels),
        }
    }
}

/// What a layer's attention is computed for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// The values, averaged by attention, without which a layer cannot be completed.
    pub(crate) values: bool,
    /// The whole of it.
    pub(crate) maps: bool,
    /// What of it is at or over a threshold.
    pub(crate) arcs: Option<WantedArcs>,
}

/// Which weights of attention are arcs.
#[derive(Clone, Debug)]
pub(crate) struct WantedArcs {
    pub(crate) min_attention: f32,
    /// The tokens between which there are arcs; they are numbered from the first of these.
    pub(crate) window: Range<usize>,
}

/// Where it goes; what is not wanted is left as it was.
pub(crate) struct Given<'a> {
    /// [head, from, to]: rows sum to 1.
    pub(crate) maps: &'a mut [f32],
    /// In the order of head, from, to.
    pub(crate) arcs: &'a mut Vec<Arc>,
    /// [token, head x head_width].
    pub(crate) context: &'a mut [f32],
}

/// One head's keys and values, packed, and a block of its rows; the kernel sizes it.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    keys: Vec<f32>,
    values: Vec<f32>,
    /// [query of a block, key].
    rows: Vec<f32>,
}

#[cfg(test)]
impl Scratch {
    /// What it takes of memory.
    pub(crate) fn bytes(&self) -> usize {
        let buffers = [&self.keys, &self.values, &self.rows];
        buffers
            .map(|buffer| buffer.capacity() * size_of::<f32>())
            .iter()
            .sum()
    }
}

/// That a row of attention is not made of numbers: the first such head and query, 0-based.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotFinite {
    pub(crate) head: usize,
    pub(crate) from: usize,
}

/// Softmax of the scaled scores, and the sums of the values weighted by it.
///
/// `qkv` is [token, query | key | ...], rows `stride` apart. All of it is done for a few queries of
/// a head at a time, while their rows are in cache; what is wanted makes no difference to the bits
/// of what is given.
pub(crate) fn attention(
    qkv: (&[f32], usize),
    shape: &Heads,
    relative: Relative<'_>,
    scratch: &mut Scratch,
    wanted: &Wanted,
    given: Given<'_>,
) -> Result<(), NotFinite> {
    attention_by(Isa::best(), qkv, shape, relative, scratch, wanted, given)
}

fn attention_by(
    isa: Isa,
    (qkv, stride): (&[f32], usize),
    shape: &Heads,
    mut relative: Relative<'_>,
    scratch: &mut Scratch,
    wanted: &Wanted,
    given: Given<'_>,
) -> Result<(), NotFinite> {
    let (tokens, width) = (shape.tokens, shape.width());
    let Given {
        maps,
        arcs,
        context,
    } = given;
    arcs.clear();
    for index in 0..shape.heads {
        let head = Head { isa, shape, index };
        let queries = head.of(qkv, stride, tokens);
        pack_keys(
            head,
            head.of(&qkv[width..], stride, tokens),
            &mut scratch.keys,
        );
        if wanted.values {
            pack_values(head, &qkv[2 * width..], stride, &mut scratch.values);
        }
        relative.prepare(head);
        for first in (0..tokens).step_by(BLOCK) {
            let count = BLOCK.min(tokens - first);
            let rows = if wanted.maps {
                &mut maps[(index * tokens + first) * tokens..][..count * tokens]
            } else {
                scratch.rows.resize(BLOCK.min(tokens) * tokens, 0.0);
                &mut scratch.rows[..count * tokens]
            };
            let queries = queries.part(first, count);
            scores(head, queries, &scratch.keys, &mut relative, first, rows);
            let mut sums = [RowSum::default(); BLOCK];
            let sums = &mut sums[..count];
            exponentials(isa, rows, tokens, shape.scale, sums);
            if let Some(row) = sums.iter().position(|sum| !sum.inverse.is_finite()) {
                let from = first + row;
                return Err(NotFinite { head: index, from });
            }
            if wanted.values {
                let out = &mut context[first * width + index * shape.head_width..];
                average(head, rows, sums, &scratch.values, out);
            }
            if let Some(wanted) = &wanted.arcs {
                find_arcs(index, first, rows, sums, wanted, arcs);
            }
            if wanted.maps {
                for (row, sum) in rows.chunks_exact_mut(tokens).zip(sums) {
                    row.iter_mut().for_each(|x| *x *= sum.inverse);
                }
            }
        }
    }
    Ok(())
}

/// The scores of a block of queries before they are scaled: `rows` is [query, key].
fn scores(
    head: Head<'_>,
    queries: Rows<'_>,
    keys: &[f32],
    relative: &mut Relative<'_>,
    first: usize,
    rows: &mut [f32],
) {
    let tokens = head.shape.tokens;
    let finish = Finish {
        bias: None,
        tail: relative.tail(head, first, queries),
    };
    let out = Out {
        values: &mut *rows,
        stride: tokens,
        columns: tokens,
    };
    product(queries, head.packed(keys), finish, out);
    relative.add_segments(head, first, queries, rows);
}

/// The values averaged by rows of exponentials: `out` is [query, ...], rows as wide as all heads.
fn average(head: Head<'_>, rows: &[f32], sums: &[RowSum], values: &[f32], out: &mut [f32]) {
    let shape = head.shape;
    let mut inverses = [0.0; BLOCK];
    for (inverse, sum) in inverses.iter_mut().zip(sums) {
        *inverse = sum.inverse;
    }
    let weights = Rows {
        values: rows,
        stride: shape.tokens,
        count: sums.len(),
    };
    let values = Packed {
        isa: head.isa,
        inputs: shape.tokens,
        panels: Cells::F32(values),
    };
    let finish = Finish {
        bias: None,
        tail: Tail::Scale(&inverses),
    };
    let out = Out {
        values: out,
        stride: shape.width(),
        columns: shape.head_width,
    };
    product(weights, values, finish, out);
}

/// Adds the arcs of a block of rows of exponentials.
fn find_arcs(
    head: usize,
    first: usize,
    rows: &[f32],
    sums: &[RowSum],
    wanted: &WantedArcs,
    arcs: &mut Vec<Arc>,
) {
    /// Values compared at once.
    const CHUNK: usize = 32;
    /// What rounding can add to the largest value of a row.
    const SLACK: f32 = 1.0001;
    let WantedArcs {
        min_attention,
        window,
    } = wanted;
    let tokens = rows.len() / sums.len();
    for ((query, row), sum) in (first..).zip(rows.chunks_exact(tokens)).zip(sums) {
        // Most rows have no weight as large as this.
        if !window.contains(&query) || sum.largest * sum.inverse * SLACK < *min_attention {
            continue;
        }
        let is_arc = |x: &f32| x * sum.inverse >= *min_attention;
        for (chunk, values) in row[window.clone()].chunks(CHUNK).enumerate() {
            if !values.iter().fold(false, |any, x| any | is_arc(x)) {
                continue;
            }
            let found = values.iter().enumerate().filter(|(_, x)| is_arc(x));
            arcs.extend(found.map(|(index, x)| Arc {
                head,
                from: query - window.start,
                to: chunk * CHUNK + index,
                weight: x * sum.inverse,
            }));
        }
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

/// Packs one head's values as [panel of i][token][i].
fn pack_values(head: Head<'_>, values: &[f32], stride: usize, panels: &mut Vec<f32>) {
    let (width, shape) = (head.isa.panel(), head.shape);
    let values = head.of(values, stride, shape.tokens);
    let columns = shape.head_width.div_ceil(width) * width;
    reset(panels, columns * shape.tokens);
    for (token, value) in values.values.chunks(stride).enumerate() {
        for (panel, part) in value[..shape.head_width].chunks(width).enumerate() {
            panels[(panel * shape.tokens + token) * width..][..part.len()].copy_from_slice(part);
        }
    }
}

pub(super) fn reset(panels: &mut Vec<f32>, len: usize) {
    panels.clear();
    panels.resize(len, 0.0);
}

/// What softmax knows of a row of exponentials.
#[derive(Clone, Copy, Debug, Default)]
struct RowSum {
    /// One divided by the sum; not finite if one of the scores is not.
    inverse: f32,
    /// The exponential of the largest score: 1, but for rounding.
    largest: f32,
}

fn exponentials(isa: Isa, rows: &mut [f32], tokens: usize, scale: f32, sums: &mut [RowSum]) {
    with_simd!(isa, exponentials_of(rows: &mut [f32], tokens: usize, scale: f32, sums: &mut [RowSum]));
}

/// Turns each row of scores into exponentials, shifted so that the largest is 1.
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
        let mut maps = vec![f32::NAN; 2 * tokens * tokens];
        let mut scratch = Scratch::default();
        let mut context = vec![f32::NAN; tokens * width];
        let mut arcs = vec![];
        let given = Given {
            maps: &mut maps,
            arcs: &mut arcs,
            context: &mut context,
        };
        let wanted = Wanted {
            values: true,
            maps: true,
            arcs: None,
        };
        let qkv_rows = (qkv.as_slice(), stride);
        attention_by(
            isa,
            qkv_rows,
            &shape,
            relative,
            &mut scratch,
            &wanted,
            given,
        )
        .expect("finite");

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
