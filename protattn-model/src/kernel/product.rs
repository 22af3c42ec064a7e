//! `y = x Wᵀ`: the matrix product with weights packed once. The loops are those of `tile`.

use std::num::NonZeroUsize;
use std::ops::Range;

use protattn_io::parallel;

use super::cell::{Half, Pair, Stored, n_pairs, pair_rows};
use super::math::Activation;
use super::packed::{PackedWeights, Panels};
use super::simd::{Isa, Simd, with_simd};
use super::tile::panels;

/// What is done to the sums `x Wᵀ + b` before they are written.
#[derive(Clone, Copy)]
pub(crate) enum Tail<'a> {
    /// Nothing.
    Bias,
    /// An activation function.
    Activation(Activation),
    /// Another array of the shape of `y` is added.
    Residual(&'a [f32]),
    /// They are multiplied by another array of the shape of `y`, value by value.
    Gate(&'a [f32]),
    /// Each row is multiplied by a number of its own.
    Scale(&'a [f32]),
    /// Another array is added whose rows overlap, or lie apart, in another way than those of `y`.
    Shifted(Shifted<'a>),
}

/// Rows of any length in one array: row r begins at `first + r * step`.
#[derive(Clone, Copy)]
pub(crate) struct Shifted<'a> {
    pub(super) values: &'a [f32],
    pub(super) first: usize,
    pub(super) step: isize,
}

impl<'a> Tail<'a> {
    /// Of the rows of `y` from this one on, which have so many columns.
    fn starting_at(self, row: usize, columns: usize) -> Self {
        match self {
            Self::Bias | Self::Activation(_) => self,
            Self::Residual(other) => Self::Residual(&other[row * columns..]),
            Self::Gate(other) => Self::Gate(&other[row * columns..]),
            Self::Scale(scales) => Self::Scale(&scales[row..]),
            Self::Shifted(other) => Self::Shifted(Shifted {
                first: other.start(row),
                ..other
            }),
        }
    }
}

impl Shifted<'_> {
    fn start(&self, row: usize) -> usize {
        self.first.wrapping_add_signed(row as isize * self.step)
    }

    /// Some columns of a row.
    pub(super) fn part(&self, row: usize, columns: Range<usize>) -> &[f32] {
        &self.values[self.start(row)..][columns]
    }
}

/// Fewer multiplications than this are not worth the start of a thread.
pub(super) const WORTH_A_THREAD: usize = 1 << 22;

/// How the linear maps of a pass are done, and what they need.
#[derive(Debug)]
pub(crate) struct Means {
    /// On up to so many threads.
    pub(crate) threads: NonZeroUsize,
    /// [row, pair]: the inputs of a map whose weights are multiplied in pairs.
    pub(crate) pairs: Vec<Pair>,
}

impl Default for Means {
    fn default() -> Self {
        Self {
            threads: NonZeroUsize::MIN,
            pairs: Vec::new(),
        }
    }
}

/// `y = tail(x Wᵀ + b)`; `x` is [row, input], `y` is [row, column] for the first `bias.len()`
/// outputs of the weights. The rows are shared out over threads; how many there are makes no
/// difference to a row.
///
/// # Panics
///
/// If the lengths do not fit: they are the model's own and checked when it is loaded.
pub(crate) fn linear(
    x: &[f32],
    weights: &PackedWeights,
    bias: &[f32],
    tail: Tail<'_>,
    means: &mut Means,
    y: &mut [f32],
) {
    assert!(bias.len() <= weights.outputs(), "more biases than outputs");
    let (inputs, threads) = (weights.inputs(), means.threads);
    let finish = Finish {
        bias: Some(bias),
        tail,
    };
    match &weights.panels {
        Panels::F32(panels) => shared(x, weights, panels, finish, threads, y),
        Panels::Halves(panels) => shared(x, weights, panels, finish, threads, y),
        Panels::Pairs(panels) => {
            let size = x.len() / inputs * n_pairs(inputs);
            // A workspace has sized it.
            if means.pairs.len() < size {
                means.pairs.resize(size, Pair::default());
            }
            let pairs = &mut means.pairs[..size];
            pair_up(weights.isa, x, inputs, pairs);
            shared(pairs, weights, panels, finish, threads, y);
        }
    }
}

fn pair_up(isa: Isa, x: &[f32], inputs: usize, pairs: &mut [Pair]) {
    with_simd!(isa, pair_rows(x: &[f32], inputs: usize, pairs: &mut [Pair]));
}

/// The product of all rows, shared out over threads.
fn shared<W: Multiplied>(
    x: &[W::Cell],
    weights: &PackedWeights,
    panels: &[W],
    finish: Finish<'_>,
    threads: NonZeroUsize,
    y: &mut [f32],
) {
    let inputs = weights.inputs().div_ceil(W::WEIGHTS);
    let columns = finish.bias.map_or(0, <[f32]>::len);
    let w = Packed {
        isa: weights.isa,
        inputs,
        panels,
    };
    let rows = x.len() / inputs;
    let most = (x.len() * columns / WORTH_A_THREAD).max(1);
    let share = rows.div_ceil(threads.get().min(most)).max(1);
    let shares = x[..rows * inputs].chunks(share * inputs);
    let shares = shares.zip(y.chunks_mut((share * columns).max(1)));
    let shares = (0..).step_by(share).zip(shares);
    parallel::each(threads, shares, |(first, (x, y))| {
        let x = Rows {
            values: x,
            stride: inputs,
            count: x.len() / inputs,
        };
        let finish = Finish {
            tail: finish.tail.starting_at(first, columns),
            ..finish
        };
        let y = Out {
            values: y,
            stride: columns,
            columns,
        };
        product(x, w, finish, y);
    });
}

/// Rows of a row-major matrix, `stride` cells apart.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, C = f32> {
    pub(super) values: &'a [C],
    pub(super) stride: usize,
    pub(super) count: usize,
}

impl<C: Copy> Rows<'_, C> {
    /// Some of the rows.
    pub(super) fn part(self, first: usize, count: usize) -> Self {
        Self {
            values: &self.values[first * self.stride..],
            count,
            ..self
        }
    }
}

/// A packed operand: `panels` is [panel][input][column]; inputs are counted in cells.
#[derive(Clone, Copy)]
pub(super) struct Packed<'a, W = f32> {
    pub(super) isa: Isa,
    pub(super) inputs: usize,
    pub(super) panels: &'a [W],
}

/// What happens before the first and after the last input.
#[derive(Clone, Copy)]
pub(super) struct Finish<'a> {
    pub(super) bias: Option<&'a [f32]>,
    pub(super) tail: Tail<'a>,
}

/// Where the sums go: `columns` of each row, rows `stride` apart.
pub(super) struct Out<'a> {
    pub(super) values: &'a mut [f32],
    pub(super) stride: usize,
    pub(super) columns: usize,
}

/// Formats for which the loops are compiled.
pub(super) trait Multiplied: Stored {
    /// The loops, in the instructions of the weights.
    fn multiply(x: Rows<'_, Self::Cell>, w: Packed<'_, Self>, finish: Finish<'_>, y: Out<'_>);
}

macro_rules! multiplied {
    ($format:ty, $cell:ty) => {
        impl Multiplied for $format {
            fn multiply(x: Rows<'_, $cell>, w: Packed<'_, Self>, finish: Finish<'_>, y: Out<'_>) {
                #[inline(always)]
                fn loops<S: Simd>(
                    x: Rows<'_, $cell>,
                    w: Packed<'_, $format>,
                    finish: Finish<'_>,
                    y: Out<'_>,
                ) {
                    panels::<S, $format>(x, w, finish, y);
                }
                with_simd!(
                    w.isa,
                    loops(
                        x: Rows<'_, $cell>,
                        w: Packed<'_, $format>,
                        finish: Finish<'_>,
                        y: Out<'_>
                    )
                );
            }
        }
    };
}

multiplied!(f32, f32);
multiplied!(Half, f32);
multiplied!(Pair, Pair);

/// The product itself; see [`linear`].
pub(super) fn product<W: Multiplied>(
    x: Rows<'_, W::Cell>,
    w: Packed<'_, W>,
    finish: Finish<'_>,
    y: Out<'_>,
) {
    if x.count == 0 || y.columns == 0 || w.inputs == 0 {
        return;
    }
    let (rows, width) = (x.count - 1, w.isa.panel());
    assert!(
        x.values.len() >= rows * x.stride + w.inputs,
        "x is too short"
    );
    assert!(
        y.values.len() >= rows * y.stride + y.columns,
        "y is too short"
    );
    assert!(
        w.panels.len() >= y.columns.div_ceil(width) * width * w.inputs,
        "w is too short"
    );
    W::multiply(x, w, finish, y);
}

#[cfg(test)]
mod tests;
