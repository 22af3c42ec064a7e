//! The loops of a product, down to the tile that is held in registers.
//!
//! Weights lie in panels of as many columns as a tile is wide, `[panel][input][column]`, so that
//! the innermost loop reads them in one stream. A tile of up to six rows by one panel is held in
//! registers; activations are read in place, one cell at a time. The loops, from the outside: group
//! of panels, block of inputs, tile of rows, panel. A group's block stays in the second-level cache
//! from one tile to the next, and a tile's activations in the first from one panel to the next.

use std::ops::Range;

use super::cell::{Cell, Stored};
use super::math::activate;
use super::product::{Finish, Out, Packed, Rows, Tail};
use super::simd::Simd;

/// Cells of each row taken at a time.
const INPUT_BLOCK: usize = 1024;
/// The columns of a group of panels: a block of them is a quarter of a MiB.
const GROUP: usize = 64;
/// The largest tile, rows x columns, of any instruction set.
const MAX_TILE: usize = 6 * 64;

/// One of `parts` even parts of `0..count`.
fn part(index: usize, parts: usize, count: usize) -> Range<usize> {
    index * count / parts..(index + 1) * count / parts
}

/// The product; the lengths must fit.
#[inline(always)]
pub(super) fn panels<S: Simd, W: Stored>(
    x: Rows<'_, W::Cell>,
    w: Packed<'_, W>,
    finish: Finish<'_>,
    mut y: Out<'_>,
) {
    let width = S::LANES * S::VECTORS;
    let panels = y.columns.div_ceil(width);
    let groups = panels.div_ceil((GROUP / width).max(1));
    let blocks = w.inputs.div_ceil(INPUT_BLOCK);
    let tiles = x.count.div_ceil(S::ROWS);
    let ready = W::as_cells(w.panels);
    let room = w.inputs.div_ceil(blocks) * width * panels.div_ceil(groups);
    let mut room = vec![W::Cell::default(); if ready.is_some() { 0 } else { room }];
    for group in 0..groups {
        let panels = part(group, groups, panels);
        for block in 0..blocks {
            let inputs = part(block, blocks, w.inputs);
            let size = inputs.len() * width;
            let start = |panel: usize| (panel * w.inputs + inputs.start) * width;
            if ready.is_none() {
                for (panel, room) in panels.clone().zip(room.chunks_exact_mut(size)) {
                    let packed = &w.panels[start(panel)..][..size];
                    room.iter_mut()
                        .zip(packed)
                        .for_each(|(to, x)| *to = x.cell());
                }
            }
            for tile in 0..tiles {
                for panel in panels.clone() {
                    let w_block = match ready {
                        Some(cells) => &cells[start(panel)..][..size],
                        None => &room[(panel - panels.start) * size..][..size],
                    };
                    let place = Place {
                        rows: part(tile, tiles, x.count),
                        first_column: panel * width,
                        inputs: inputs.clone(),
                        last: block + 1 == blocks,
                    };
                    place.fill::<S, W::Cell>(x, w_block, &finish, &mut y);
                }
            }
        }
    }
}

/// One tile's share of the work.
struct Place {
    rows: Range<usize>,
    first_column: usize,
    inputs: Range<usize>,
    /// Whether these are the last inputs.
    last: bool,
}

/// What the products of a tile are added to.
#[derive(Clone, Copy)]
enum Start<'a> {
    Zero,
    /// The same values, a tile wide, in each row.
    Bias(&'a [f32]),
    /// What is in the tile.
    Sums,
}

/// A tile in memory, its rows `stride` apart.
struct Tile<'a> {
    values: &'a mut [f32],
    stride: usize,
}

impl Place {
    #[inline(always)]
    fn fill<S: Simd, C: Cell>(
        self,
        x: Rows<'_, C>,
        w_block: &[C],
        finish: &Finish<'_>,
        y: &mut Out<'_>,
    ) {
        let width = S::LANES * S::VECTORS;
        let (first, height) = (self.first_column, self.rows.len());
        let columns = first..y.columns.min(first + width);
        let x_tile = &x.values[self.rows.start * x.stride + self.inputs.start..];
        let start = match finish.bias {
            _ if self.inputs.start > 0 => Start::Sums,
            None => Start::Zero,
            Some(bias) => Start::Bias(&bias[columns.clone()]),
        };
        let y_tile = Tile {
            values: &mut y.values[self.rows.start * y.stride + first..],
            stride: y.stride,
        };
        if columns.len() == width {
            accumulate::<S, C>(height, (x_tile, x.stride), w_block, start, y_tile);
        } else {
            narrow::<S, C>(
                height,
                (x_tile, x.stride),
                w_block,
                start,
                y_tile,
                columns.len(),
            );
        }
        if self.last {
            for row in self.rows {
                let place = row * y.stride + first;
                let sums = &mut y.values[place..][..columns.len()];
                finish.tail.apply::<S>(row, columns.clone(), place, sums);
            }
        }
    }
}

impl Tail<'_> {
    /// Of some columns of a row that lie from `place` on in all values.
    #[inline(always)]
    fn apply<S: Simd>(self, row: usize, columns: Range<usize>, place: usize, sums: &mut [f32]) {
        match self {
            Self::Bias => {}
            Self::Activation(activation) => activate::<S>(activation, sums),
            Self::Residual(other) => add(sums, &other[place..]),
            Self::Gate(other) => sums
                .iter_mut()
                .zip(&other[place..])
                .for_each(|(y, x)| *y *= x),
            Self::Scale(scales) => sums.iter_mut().for_each(|y| *y *= scales[row]),
            Self::Shifted(other) => add(sums, other.part(row, columns)),
        }
    }
}

#[inline(always)]
fn add(sums: &mut [f32], other: &[f32]) {
    sums.iter_mut().zip(other).for_each(|(y, x)| *y += x);
}

/// [`accumulate`] for a tile of fewer columns than there are in registers.
#[inline(always)]
fn narrow<S: Simd, C: Cell>(
    height: usize,
    x: (&[C], usize),
    w: &[C],
    start: Start<'_>,
    tile: Tile<'_>,
    columns: usize,
) {
    let stride = S::LANES * S::VECTORS;
    let mut sums = [0.0; MAX_TILE];
    let rows = tile.values.chunks_mut(tile.stride).take(height);
    for (sums, row) in sums.chunks_exact_mut(stride).zip(rows) {
        match start {
            Start::Zero => {}
            Start::Bias(bias) => sums[..columns].copy_from_slice(bias),
            Start::Sums => sums[..columns].copy_from_slice(&row[..columns]),
        }
    }
    let values = &mut sums;
    accumulate::<S, C>(height, x, w, Start::Sums, Tile { values, stride });
    let rows = tile.values.chunks_mut(tile.stride).take(height);
    for (sums, row) in sums.chunks_exact(stride).zip(rows) {
        row[..columns].copy_from_slice(&sums[..columns]);
    }
}

/// Adds the products of `height` rows of x, so far apart, with a block of weights.
#[inline(always)]
fn accumulate<S: Simd, C: Cell>(
    height: usize,
    x: (&[C], usize),
    w: &[C],
    start: Start<'_>,
    tile: Tile<'_>,
) {
    match S::VECTORS {
        4 => accumulate_rows::<S, C, 4>(height, x, w, start, tile),
        _ => accumulate_rows::<S, C, 2>(height, x, w, start, tile),
    }
}

#[inline(always)]
fn accumulate_rows<S: Simd, C: Cell, const V: usize>(
    height: usize,
    x: (&[C], usize),
    w: &[C],
    start: Start<'_>,
    tile: Tile<'_>,
) {
    match height {
        6 => micro::<S, C, 6, V>(x, w, start, tile),
        5 => micro::<S, C, 5, V>(x, w, start, tile),
        4 => micro::<S, C, 4, V>(x, w, start, tile),
        3 => micro::<S, C, 3, V>(x, w, start, tile),
        2 => micro::<S, C, 2, V>(x, w, start, tile),
        1 => micro::<S, C, 1, V>(x, w, start, tile),
        _ => unreachable!("tiles have 1 to 6 rows"),
    }
}

#[inline(always)]
fn micro<S: Simd, C: Cell, const R: usize, const V: usize>(
    (x, stride): (&[C], usize),
    w: &[C],
    start: Start<'_>,
    y: Tile<'_>,
) {
    const { assert!(size_of::<C>() == size_of::<f32>()) };
    let width = V * S::LANES;
    let inputs = w.len() / width;
    assert!(x.len() >= (R - 1) * stride + inputs && y.values.len() >= (R - 1) * y.stride + width);
    if let Start::Bias(bias) = start {
        assert!(bias.len() >= width);
    }
    // SAFETY: the instructions are there (`with_simd!`). Row r < R reads x at r * stride + k with
    // k < inputs, and row r of y lies at r * y.stride + v * LANES .. + LANES with v < V, both of which
    // the assertion bounds, as it does the bias; the weights are read at k * width .. (k + 1) * width
    // with k < inputs = w.len() / width, as `f32`, which has their size and no invalid bits.
    unsafe {
        let at = |r: usize, v: usize| r * y.stride + v * S::LANES;
        let mut tile: [[S::Vector; V]; R] = std::array::from_fn(|r| {
            std::array::from_fn(|v| match start {
                Start::Zero => S::splat(0.0),
                Start::Bias(bias) => S::load(bias.as_ptr().add(v * S::LANES)),
                Start::Sums => S::load(y.values.as_ptr().add(at(r, v))),
            })
        });
        let mut w = w.as_ptr();
        let mut x = x.as_ptr();
        for _ in 0..inputs {
            let weights: [S::Vector; V] =
                std::array::from_fn(|v| S::load(w.add(v * S::LANES).cast::<f32>()));
            for (r, row) in tile.iter_mut().enumerate() {
                let value = S::splat((*x.add(r * stride)).bits());
                for (sum, weight) in row.iter_mut().zip(weights) {
                    *sum = C::multiply_add::<S>(value, weight, *sum);
                }
            }
            x = x.add(1);
            w = w.add(width);
        }
        for (r, row) in tile.iter().enumerate() {
            for (v, sum) in row.iter().enumerate() {
                S::store(*sum, y.values.as_mut_ptr().add(at(r, v)));
            }
        }
    }
}
