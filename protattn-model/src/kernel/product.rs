//! `y = x Wᵀ`: the matrix product with weights packed once.
//!
//! Weights lie in panels of as many columns as a tile is wide, `[panel][input][column]`, so that
//! the innermost loop reads them in one stream. A tile of up to six rows by one panel is held in
//! registers; activations are read in place, one value at a time. The loops, from the outside:
//! panel, block of inputs (a panel's block stays in the second-level cache), tile of rows.

use std::ops::Range;
use std::thread;

use super::math::{Activation, activate};
use super::packed::PackedWeights;
use super::simd::{Isa, Simd, with_simd};

/// Inputs taken at a time: 1024 x 64 columns x 4 bytes is a quarter of a 1 MiB cache.
const INPUT_BLOCK: usize = 1024;
/// The largest tile, rows x columns, of any instruction set.
const MAX_TILE: usize = 6 * 64;

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

    fn part(&self, row: usize, columns: Range<usize>) -> &[f32] {
        &self.values[self.start(row)..][columns]
    }
}

/// Fewer multiplications than this are not worth the start of a thread.
pub(super) const WORTH_A_THREAD: usize = 1 << 22;

/// `y = tail(x Wᵀ + b)`; `x` is [row, input], `y` is [row, column] for the first `bias.len()`
/// outputs of the weights. The rows are shared out over up to `threads` threads; how many there are
/// makes no difference to a row.
///
/// # Panics
///
/// If the lengths do not fit: they are the model's own and checked when it is loaded.
pub(crate) fn linear(
    x: &[f32],
    weights: &PackedWeights,
    bias: &[f32],
    tail: Tail<'_>,
    threads: usize,
    y: &mut [f32],
) {
    assert!(bias.len() <= weights.outputs(), "more biases than outputs");
    let (inputs, columns) = (weights.inputs(), bias.len());
    let rows = x.len() / inputs;
    let most = (x.len() * columns / WORTH_A_THREAD).max(1);
    let share = rows.div_ceil(threads.min(most)).max(1);
    let part = |first: usize, x: &[f32], y: &mut [f32]| {
        let x = Rows {
            values: x,
            stride: inputs,
            count: x.len() / inputs,
        };
        let finish = Finish {
            bias: Some(bias),
            tail: tail.starting_at(first, columns),
        };
        let y = Out {
            values: y,
            stride: columns,
            columns,
        };
        product(x, weights.packed(), finish, y);
    };
    let shares = x[..rows * inputs].chunks(share * inputs);
    let shares = shares.zip(y.chunks_mut((share * columns).max(1)));
    let shares = (0..).step_by(share).zip(shares);
    on_threads(shares, |(first, (x, y))| part(first, x, y));
}

/// Does each of the shares of some work on a thread of its own, the first on this one.
pub(super) fn on_threads<T: Send>(shares: impl Iterator<Item = T>, work: impl Fn(T) + Sync) {
    let mut shares = shares;
    let own = shares.next();
    let work = &work;
    thread::scope(|scope| {
        for share in shares {
            scope.spawn(move || work(share));
        }
        if let Some(own) = own {
            work(own);
        }
    });
}

/// Rows of a row-major matrix, `stride` values apart.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) values: &'a [f32],
    pub(super) stride: usize,
    pub(super) count: usize,
}

impl Rows<'_> {
    /// Some of the rows.
    pub(super) fn part(self, first: usize, count: usize) -> Self {
        Self {
            values: &self.values[first * self.stride..],
            count,
            ..self
        }
    }
}

/// A packed operand: `panels` is [panel][input][column].
#[derive(Clone, Copy)]
pub(super) struct Packed<'a> {
    pub(super) isa: Isa,
    pub(super) inputs: usize,
    pub(super) panels: Cells<'a>,
}

/// Packed numbers, in one of the formats that are kept in memory.
#[derive(Clone, Copy)]
pub(super) enum Cells<'a> {
    F32(&'a [f32]),
    /// The upper halves of `f32`: bfloat16. They are widened a block at a time, just before use.
    Bf16(&'a [u16]),
}

impl Cells<'_> {
    fn len(&self) -> usize {
        match self {
            Self::F32(cells) => cells.len(),
            Self::Bf16(cells) => cells.len(),
        }
    }
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

/// The product itself; see [`linear`].
pub(super) fn product(x: Rows<'_>, w: Packed<'_>, finish: Finish<'_>, y: Out<'_>) {
    if x.count == 0 || y.columns == 0 || w.inputs == 0 {
        return;
    }
    assert!(
        x.values.len() >= (x.count - 1) * x.stride + w.inputs,
        "x is too short"
    );
    assert!(
        y.values.len() >= (x.count - 1) * y.stride + y.columns,
        "y is too short"
    );
    assert!(
        w.panels.len() >= y.columns.div_ceil(w.isa.panel()) * w.isa.panel() * w.inputs,
        "w is too short"
    );
    with_simd!(w.isa, panels(x: Rows<'_>, w: Packed<'_>, finish: Finish<'_>, y: Out<'_>));
}

#[inline(always)]
fn panels<S: Simd>(x: Rows<'_>, w: Packed<'_>, finish: Finish<'_>, mut y: Out<'_>) {
    let width = S::LANES * S::VECTORS;
    let blocks = w.inputs.div_ceil(INPUT_BLOCK);
    let tiles = x.count.div_ceil(S::ROWS);
    let mut widened = match w.panels {
        Cells::F32(_) => Vec::new(),
        Cells::Bf16(_) => vec![0.0; w.inputs.div_ceil(blocks) * width],
    };
    for first_column in (0..y.columns).step_by(width) {
        let columns = width.min(y.columns - first_column);
        for block in 0..blocks {
            let inputs = (block * w.inputs / blocks, (block + 1) * w.inputs / blocks);
            let start = first_column * w.inputs + inputs.0 * width;
            let cells = start..start + (inputs.1 - inputs.0) * width;
            let w_block = match w.panels {
                Cells::F32(panels) => &panels[cells],
                Cells::Bf16(panels) => widen(&panels[cells], &mut widened),
            };
            for tile in 0..tiles {
                let rows = (tile * x.count / tiles, (tile + 1) * x.count / tiles);
                let place = Place {
                    rows,
                    first_column,
                    columns,
                    inputs,
                    last: block + 1 == blocks,
                };
                tile_of::<S>(x, w_block, &finish, &mut y, place);
            }
        }
    }
}

/// Writes packed bfloat16 as `f32` to the front of `to`.
#[inline(always)]
fn widen<'t>(cells: &[u16], to: &'t mut [f32]) -> &'t [f32] {
    let to = &mut to[..cells.len()];
    for (to, cell) in to.iter_mut().zip(cells) {
        *to = f32::from_bits(u32::from(*cell) << 16);
    }
    to
}

/// One tile's share of the work; ranges are (first, end).
#[derive(Clone, Copy)]
struct Place {
    rows: (usize, usize),
    first_column: usize,
    columns: usize,
    inputs: (usize, usize),
    /// Whether these are the last inputs.
    last: bool,
}

#[inline(always)]
fn tile_of<S: Simd>(
    x: Rows<'_>,
    w_block: &[f32],
    finish: &Finish<'_>,
    y: &mut Out<'_>,
    place: Place,
) {
    let width = S::LANES * S::VECTORS;
    let Place {
        rows,
        first_column,
        columns,
        inputs,
        last,
    } = place;
    let height = rows.1 - rows.0;
    let mut sums = [0.0f32; MAX_TILE];
    for (row, sums) in (rows.0..rows.1).zip(sums.chunks_exact_mut(width)) {
        if inputs.0 > 0 {
            sums[..columns].copy_from_slice(&y.values[row * y.stride + first_column..][..columns]);
        } else if let Some(bias) = finish.bias {
            sums[..columns].copy_from_slice(&bias[first_column..][..columns]);
        }
    }
    let x_tile = &x.values[rows.0 * x.stride + inputs.0..];
    accumulate::<S>(height, x_tile, x.stride, w_block, &mut sums);
    for (row, sums) in (rows.0..rows.1).zip(sums.chunks_exact_mut(width)) {
        let start = row * y.stride + first_column;
        if last {
            match finish.tail {
                Tail::Bias => {}
                Tail::Activation(activation) => activate::<S>(activation, sums),
                Tail::Residual(other) => add(&mut sums[..columns], &other[start..][..columns]),
                Tail::Gate(other) => multiply(&mut sums[..columns], &other[start..][..columns]),
                Tail::Scale(scales) => sums.iter_mut().for_each(|sum| *sum *= scales[row]),
                Tail::Shifted(other) => {
                    let part = other.part(row, first_column..first_column + columns);
                    add(&mut sums[..columns], part);
                }
            }
        }
        y.values[start..][..columns].copy_from_slice(&sums[..columns]);
    }
}

#[inline(always)]
fn add(sums: &mut [f32], other: &[f32]) {
    for (sum, other) in sums.iter_mut().zip(other) {
        *sum += other;
    }
}

#[inline(always)]
fn multiply(sums: &mut [f32], other: &[f32]) {
    for (sum, other) in sums.iter_mut().zip(other) {
        *sum *= other;
    }
}

/// Adds the products of one tile to `sums` [row, column].
#[inline(always)]
fn accumulate<S: Simd>(
    height: usize,
    x: &[f32],
    stride: usize,
    w: &[f32],
    sums: &mut [f32; MAX_TILE],
) {
    match S::VECTORS {
        4 => accumulate_rows::<S, 4>(height, x, stride, w, sums),
        _ => accumulate_rows::<S, 2>(height, x, stride, w, sums),
    }
}

#[inline(always)]
fn accumulate_rows<S: Simd, const V: usize>(
    height: usize,
    x: &[f32],
    stride: usize,
    w: &[f32],
    sums: &mut [f32; MAX_TILE],
) {
    match height {
        6 => micro::<S, 6, V>(x, stride, w, sums),
        5 => micro::<S, 5, V>(x, stride, w, sums),
        4 => micro::<S, 4, V>(x, stride, w, sums),
        3 => micro::<S, 3, V>(x, stride, w, sums),
        2 => micro::<S, 2, V>(x, stride, w, sums),
        1 => micro::<S, 1, V>(x, stride, w, sums),
        _ => unreachable!("tiles have 1 to 6 rows"),
    }
}

#[inline(always)]
fn micro<S: Simd, const R: usize, const V: usize>(
    x: &[f32],
    stride: usize,
    w: &[f32],
    sums: &mut [f32; MAX_TILE],
) {
    let width = V * S::LANES;
    let inputs = w.len() / width;
    assert!(x.len() >= (R - 1) * stride + inputs && R * width <= MAX_TILE);
    // SAFETY: the instructions are there (`with_simd!`). Row r < R reads x at r * stride + k with
    // k < inputs, which the assertion bounds; the weights are read at k * width .. (k + 1) * width
    // with k < inputs = w.len() / width; sums at (r * V + v) * LANES .. + LANES <= R * width.
    unsafe {
        let at = |r: usize, v: usize| (r * V + v) * S::LANES;
        let mut tile: [[S::Vector; V]; R] =
            std::array::from_fn(|r| std::array::from_fn(|v| S::load(sums.as_ptr().add(at(r, v)))));
        let mut w = w.as_ptr();
        let mut x = x.as_ptr();
        for _ in 0..inputs {
            let weights: [S::Vector; V] = std::array::from_fn(|v| S::load(w.add(v * S::LANES)));
            for (r, row) in tile.iter_mut().enumerate() {
                let value = S::splat(*x.add(r * stride));
                for (sum, weight) in row.iter_mut().zip(weights) {
                    *sum = S::multiply_add(value, weight, *sum);
                }
            }
            x = x.add(1);
            w = w.add(width);
        }
        for (r, row) in tile.iter().enumerate() {
            for (v, sum) in row.iter().enumerate() {
                S::store(*sum, sums.as_mut_ptr().add(at(r, v)));
            }
        }
    }
}

#[cfg(test)]
mod tests;
