//! What attention scores take in of the offset between two tokens.
//!
//! Offsets, `to - from`, run from -(tokens - 1) to tokens - 1 and are numbered from 0 in this
//! order. The numbers that the row of token `from` needs then lie side by side, those of the next
//! row begin one number earlier, and no number is computed for a pair of tokens.

use super::attention::Head;
use super::attention::pack::{pack_keys, reset};
use super::product::{Finish, Out, Rows, Shifted, Tail, product};

/// How many offsets there are between so many tokens; there is one token at least.
pub(crate) fn n_offsets(tokens: usize) -> usize {
    2 * tokens - 1
}

/// What is added to the scores of a layer before they are scaled.
#[derive(Clone, Copy)]
pub(crate) enum Relative<'a> {
    /// Nothing.
    Nothing,
    /// A number for each head and offset.
    Bias(BiasByOffset<'a>),
    /// The product of each query with the key of each offset.
    Keys(KeysByOffset<'a>),
}

/// Numbers for offsets, perhaps for more of them, on either side, than there are between the tokens.
#[derive(Clone, Copy)]
pub(crate) struct BiasByOffset<'a> {
    /// [head, offset], from the first offset that there is; heads lie `stride` apart.
    pub(crate) values: &'a [f32],
    pub(crate) stride: usize,
}

/// Keys that stand for offsets (Dai et al., arXiv 1901.02860, section 3.3, term b, with term d in
/// the bias of the queries).
#[derive(Clone, Copy)]
pub(crate) struct KeysByOffset<'a> {
    /// [offset, head x head_width].
    pub(crate) keys: &'a [f32],
    /// Added to the queries for these products: [head, head_width].
    pub(crate) query_bias: &'a [f32],
    /// What is added for keys of another segment.
    pub(crate) segments: Option<Segments<'a>>,
}

/// The product of each query with one vector, added to the scores of the keys that lie in another
/// segment than the query (Yang et al., arXiv 1906.08237, section 2.5).
#[derive(Clone, Copy)]
pub(crate) struct Segments<'a> {
    /// The segment of each token.
    pub(crate) of: &'a [u32],
    /// [head, head_width].
    pub(crate) other: &'a [f32],
    /// Added to the queries for these products: [head, head_width].
    pub(crate) query_bias: &'a [f32],
}

/// One head's keys of offsets, and what is made of them; the kernel sizes it.
#[derive(Debug, Default)]
pub(super) struct OffsetScratch {
    /// The keys, packed.
    panels: Vec<f32>,
    /// [offset]: the products of the keys with the bias of the queries.
    bias: Vec<f32>,
    /// The products of a block of queries with the keys that it needs.
    products: Vec<f32>,
}

impl<'a> Relative<'a> {
    /// Does what all blocks of a head share.
    pub(super) fn prepare(self, head: Head<'_>, scratch: &mut OffsetScratch) {
        if let Self::Keys(KeysByOffset {
            keys, query_bias, ..
        }) = self
        {
            let (width, count) = (head.shape.width(), n_offsets(head.shape.tokens));
            pack_keys(head, head.of(keys, width, count), &mut scratch.panels);
            reset(&mut scratch.bias, count);
            let out = Out {
                values: &mut scratch.bias,
                stride: count,
                columns: count,
            };
            let finish = Finish {
                bias: None,
                tail: Tail::Bias,
            };
            let query_bias = head.of(query_bias, width, 1);
            product(query_bias, head.packed(&scratch.panels), finish, out);
        }
    }

    /// What is added to the products of a block of queries with the keys; token `first` is the
    /// first of the block.
    pub(super) fn tail<'t>(
        self,
        head: Head<'_>,
        first: usize,
        queries: Rows<'_>,
        scratch: &'t mut OffsetScratch,
    ) -> Tail<'t>
    where
        'a: 't,
    {
        let tokens = head.shape.tokens;
        match self {
            Self::Nothing => Tail::Bias,
            Self::Bias(bias) => Tail::Shifted(Shifted {
                values: &bias.values[head.index * bias.stride..][..n_offsets(tokens)],
                first: tokens - 1 - first,
                step: -1,
            }),
            Self::Keys(_) => Tail::Shifted(scratch.products(head, first, queries)),
        }
    }

    /// Adds the products of a block of queries with the vector of other segments, if there are
    /// segments.
    pub(super) fn add_segments(
        self,
        head: Head<'_>,
        first: usize,
        queries: Rows<'_>,
        map: &mut [f32],
    ) {
        if let Self::Keys(KeysByOffset {
            segments: Some(segments),
            ..
        }) = self
        {
            segments.add(head, first, queries, map);
        }
    }
}

impl Segments<'_> {
    fn add(&self, head: Head<'_>, first: usize, queries: Rows<'_>, map: &mut [f32]) {
        let width = head.shape.head_width;
        let part = head.index * width..(head.index + 1) * width;
        let (other, bias) = (&self.other[part.clone()], &self.query_bias[part]);
        let queries = queries.values.chunks(queries.stride);
        let rows = map.chunks_exact_mut(head.shape.tokens);
        for ((query, row), own) in queries.zip(rows).zip(&self.of[first..]) {
            let terms = query.iter().zip(bias).zip(other);
            let added: f32 = terms.map(|((q, bias), other)| (q + bias) * other).sum();
            for (score, segment) in row.iter_mut().zip(self.of) {
                if segment != own {
                    *score += added;
                }
            }
        }
    }
}

impl OffsetScratch {
    /// The products of a block of queries with the keys of the offsets that occur in it, from the
    /// first panel that holds one of them.
    fn products(&mut self, head: Head<'_>, first: usize, queries: Rows<'_>) -> Shifted<'_> {
        let (tokens, width) = (head.shape.tokens, head.isa.panel());
        let skipped = (tokens - first - queries.count) / width * width;
        let columns = n_offsets(tokens) - first - skipped;
        // What an earlier block left here is overwritten.
        self.products.resize(queries.count * columns, 0.0);
        let panels = &self.panels[skipped * head.shape.head_width..];
        let finish = Finish {
            bias: Some(&self.bias[skipped..]),
            tail: Tail::Bias,
        };
        let out = Out {
            values: &mut self.products,
            stride: columns,
            columns,
        };
        product(queries, head.packed(panels), finish, out);
        Shifted {
            values: &self.products,
            first: tokens - 1 - first - skipped,
            step: columns as isize - 1,
        }
    }
}
