//! Scaled dot-product attention, one head at a time.

use std::num::NonZeroUsize;
use std::ops::Range;

use protattn_io::{AttentionArc, parallel};

use super::product::{Finish, Out, Packed, Rows, Tail, WORTH_A_THREAD, product};
use super::relative::{OffsetScratch, Relative};
use super::simd::Isa;
use super::softmax::{RowSum, exponentials};
use arcs::find_arcs;
use pack::{pack_keys, pack_values};

mod arcs;
pub(super) mod pack;

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
            panels,
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
    pub(crate) arcs: &'a mut Vec<AttentionArc>,
    /// [token, head x head_width].
    pub(crate) context: &'a mut [f32],
}

/// What one thread needs; the kernel sizes it.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// One head's keys and values, packed.
    keys: Vec<f32>,
    values: Vec<f32>,
    /// [query of a block, key].
    rows: Vec<f32>,
    offsets: OffsetScratch,
    /// What a thread finds of its heads where several work; see [`Given`].
    context: Vec<f32>,
    arcs: Vec<AttentionArc>,
}

#[cfg(test)]
impl Scratch {
    /// What it takes of memory.
    pub(crate) fn bytes(&self) -> usize {
        let buffers = [&self.keys, &self.values, &self.rows, &self.context];
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
/// of what is given. The heads are shared out over as many threads as there are scratches, which
/// makes no difference either.
pub(crate) fn attention(
    qkv: (&[f32], usize),
    shape: &Heads,
    relative: Relative<'_>,
    scratches: &mut [Scratch],
    wanted: &Wanted,
    given: Given<'_>,
) -> Result<(), NotFinite> {
    let work = 2 * shape.tokens * shape.tokens * shape.width();
    let most = (work / WORTH_A_THREAD).max(1);
    let threads = scratches.len().min(most);
    let layer = Layer {
        isa: Isa::best(),
        qkv,
        shape,
        relative,
        wanted,
    };
    layer.attend(&mut scratches[..threads], given)
}

/// One layer's attention over one protein.
#[derive(Clone, Copy)]
struct Layer<'a> {
    isa: Isa,
    qkv: (&'a [f32], usize),
    shape: &'a Heads,
    relative: Relative<'a>,
    wanted: &'a Wanted,
}

/// Where the context of some heads goes: rows `stride` apart, the heads side by side from the first.
struct Context<'a> {
    values: &'a mut [f32],
    stride: usize,
}

impl Layer<'_> {
    /// Shares the heads out over the scratches, a thread for each.
    fn attend(self, scratches: &mut [Scratch], given: Given<'_>) -> Result<(), NotFinite> {
        let Given {
            maps,
            arcs,
            context,
        } = given;
        arcs.clear();
        let &Heads { tokens, heads, .. } = self.shape;
        if let [scratch] = scratches {
            let stride = self.shape.width();
            let context = Context {
                values: context,
                stride,
            };
            return self.heads(0..heads, scratch, maps, arcs, context);
        }
        let threads = NonZeroUsize::new(scratches.len()).unwrap_or(NonZeroUsize::MIN);
        let share = heads.div_ceil(threads.get());
        let mut errors = vec![Ok(()); heads.div_ceil(share)];
        let map = if self.wanted.maps { tokens * tokens } else { 0 };
        let mut maps = maps.chunks_mut((share * map).max(1));
        let firsts = (0..heads).step_by(share);
        let shares = firsts
            .zip(scratches.iter_mut())
            .zip(&mut errors)
            .map(|((first, scratch), error)| (first, scratch, maps.next(), error));
        parallel::each(threads, shares, |(first, scratch, maps, error)| {
            *error = self.share(first..(first + share).min(heads), scratch, maps);
        });
        for (first, scratch) in (0..heads).step_by(share).zip(scratches) {
            arcs.append(&mut scratch.arcs);
            if self.wanted.values {
                let columns = share.min(heads - first) * self.shape.head_width;
                let rows = context.chunks_exact_mut(self.shape.width());
                for (row, part) in rows.zip(scratch.context.chunks_exact(columns)) {
                    row[first * self.shape.head_width..][..columns].copy_from_slice(part);
                }
            }
        }
        errors.into_iter().collect()
    }

    /// The heads of one of several threads, which keeps what it finds in its scratch.
    fn share(
        self,
        heads: Range<usize>,
        scratch: &mut Scratch,
        maps: Option<&mut [f32]>,
    ) -> Result<(), NotFinite> {
        let stride = heads.len() * self.shape.head_width;
        let mut arcs = std::mem::take(&mut scratch.arcs);
        let mut context = std::mem::take(&mut scratch.context);
        arcs.clear();
        if self.wanted.values {
            context.resize(self.shape.tokens * stride, 0.0);
        }
        let values = Context {
            values: &mut context,
            stride,
        };
        let maps = maps.unwrap_or_default();
        let found = self.heads(heads, scratch, maps, &mut arcs, values);
        (scratch.arcs, scratch.context) = (arcs, context);
        found
    }

    /// Some heads; what is given is of these.
    fn heads(
        self,
        heads: Range<usize>,
        scratch: &mut Scratch,
        maps: &mut [f32],
        arcs: &mut Vec<AttentionArc>,
        context: Context<'_>,
    ) -> Result<(), NotFinite> {
        let (qkv, stride) = self.qkv;
        let &Heads {
            tokens, head_width, ..
        } = self.shape;
        let width = self.shape.width();
        for (place, index) in heads.enumerate() {
            let head = Head {
                isa: self.isa,
                shape: self.shape,
                index,
            };
            let keys = head.of(&qkv[width..], stride, tokens);
            pack_keys(head, keys, &mut scratch.keys);
            if self.wanted.values {
                pack_values(head, &qkv[2 * width..], stride, &mut scratch.values);
            }
            self.relative.prepare(head, &mut scratch.offsets);
            for first in (0..tokens).step_by(BLOCK) {
                let count = BLOCK.min(tokens - first);
                let map = if self.wanted.maps {
                    &mut maps[(place * tokens + first) * tokens..][..count * tokens]
                } else {
                    &mut []
                };
                let context = Context {
                    values: match self.wanted.values {
                        true => &mut context.values[first * context.stride + place * head_width..],
                        false => &mut [],
                    },
                    ..context
                };
                self.block(head, first..first + count, scratch, map, arcs, context)?;
            }
        }
        Ok(())
    }

    /// A block of queries of one head.
    fn block(
        self,
        head: Head<'_>,
        queries: Range<usize>,
        scratch: &mut Scratch,
        map: &mut [f32],
        arcs: &mut Vec<AttentionArc>,
        context: Context<'_>,
    ) -> Result<(), NotFinite> {
        let (qkv, stride) = self.qkv;
        let (tokens, first, count) = (self.shape.tokens, queries.start, queries.len());
        let Scratch {
            keys,
            values,
            rows,
            offsets,
            ..
        } = scratch;
        let rows = if self.wanted.maps {
            map
        } else {
            rows.resize(BLOCK.min(tokens) * tokens, 0.0);
            &mut rows[..count * tokens]
        };
        let queries = head.of(qkv, stride, tokens).part(first, count);
        self.scores(head, first, queries, keys, offsets, rows);
        let mut sums = [RowSum::default(); BLOCK];
        let sums = &mut sums[..count];
        exponentials(self.isa, rows, tokens, self.shape.scale, sums);
        if let Some(row) = sums.iter().position(|sum| !sum.inverse.is_finite()) {
            let (head, from) = (head.index, first + row);
            return Err(NotFinite { head, from });
        }
        if self.wanted.values {
            average(head, rows, sums, values, context);
        }
        if let Some(wanted) = &self.wanted.arcs {
            find_arcs(head.index, first, rows, sums, wanted, arcs);
        }
        if self.wanted.maps {
            for (row, sum) in rows.chunks_exact_mut(tokens).zip(sums) {
                row.iter_mut().for_each(|x| *x *= sum.inverse);
            }
        }
        Ok(())
    }

    /// The scores of a block of queries before they are scaled: `rows` is [query, key].
    fn scores(
        self,
        head: Head<'_>,
        first: usize,
        queries: Rows<'_>,
        keys: &[f32],
        offsets: &mut OffsetScratch,
        rows: &mut [f32],
    ) {
        let tokens = self.shape.tokens;
        let finish = Finish {
            bias: None,
            tail: self.relative.tail(head, first, queries, offsets),
        };
        let out = Out {
            values: &mut *rows,
            stride: tokens,
            columns: tokens,
        };
        product(queries, head.packed(keys), finish, out);
        self.relative.add_segments(head, first, queries, rows);
    }
}

/// The values averaged by rows of exponentials.
fn average(head: Head<'_>, rows: &[f32], sums: &[RowSum], values: &[f32], context: Context<'_>) {
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
        panels: values,
    };
    let finish = Finish {
        bias: None,
        tail: Tail::Scale(&inverses),
    };
    let out = Out {
        values: context.values,
        stride: context.stride,
        columns: shape.head_width,
    };
    product(weights, values, finish, out);
}

#[cfg(test)]
mod tests;
