//! `y = x Wᵀ`: the matrix product with weights packed once.
//!
//! Weights lie in panels of as many columns as a tile is wide, `[panel][input][column]`, so that
//! the innermost loop reads them in one stream. A tile of up to six rows by one panel is held in
//! registers; activations are read in place, one value at a time. The loops, from the outside:
//! panel, block of inputs (a panel's block stays in the second-level cache), tile of rows.

use std::ops::Range;

use ndarray::{ArrayView1, ArrayView2};

use super::math::{Activation, activate};
use super::simd::{Isa, Simd, with_simd};

/// Inputs taken at a time: 1024 x 64 columns x 4 bytes is a quarter of a 1 MiB cache.
const INPUT_BLOCK: usize = 1024;
/// The largest tile, rows x columns, of any instruction set.
const MAX_TILE: usize = 6 * 64;

/// The weights of a linear map, in the order in which the kernel reads them.
pub(crate) struct PackedWeights {
    isa: Isa,
    inputs: usize,
    outputs: usize,
    panels: Vec<f32>,
}

impl PackedWeights {
    /// Packs `parts`, each [output, input], stacked along the outputs.
    pub(crate) fn pack(parts: &[ArrayView2<'_, f32>]) -> Self {
        Self::pack_for(Isa::best(), parts)
    }

    pub(super) fn pack_for(isa: Isa, parts: &[ArrayView2<'_, f32>]) -> Self {
        let inputs = parts.first().map_or(0, |part| part.ncols());
        let outputs = parts.iter().map(|part| part.nrows()).sum();
        assert!(
            inputs > 0 && parts.iter().all(|part| part.ncols() == inputs),
            "parts differ in inputs"
        );
        let width = isa.panel();
        let rows: Vec<_> = parts.iter().flat_map(|part| part.rows()).collect();
        let mut panels = vec![0.0; rows.len().div_ceil(width) * width * inputs];
        for (rows, panel) in rows
            .chunks(width)
            .zip(panels.chunks_exact_mut(width * inputs))
        {
            pack_panel(rows, panel, width);
        }
        Self {
            isa,
            inputs,
            outputs,
            panels,
        }
    }

    /// Columns of `x`.
    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    /// Columns of `y`.
    pub(crate) fn outputs(&self) -> usize {
        self.outputs
    }
}

/// Transposes up to `width` rows of weights into one panel, a few inputs at a time so that what is
/// written stays in the first-level cache.
fn pack_panel(rows: &[ArrayView1<'_, f32>], panel: &mut [f32], width: usize) {
    const INPUTS: usize = 16;
    for (block, cells) in panel.chunks_mut(INPUTS * width).enumerate() {
        for (column, row) in rows.iter().enumerate() {
            for (offset, cells) in cells.chunks_exact_mut(width).enumerate() {
                cells[column] = row[block * INPUTS + offset];
            }
        }
    }
}

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

impl Shifted<'_> {
    fn part(&self, row: usize, columns: Range<usize>) -> &[f32] {
        let start = self.first.wrapping_add_signed(row as isize * self.step);
        &self.values[start..][columns]
    }
}

/// `y = tail(x Wᵀ + b)`; `x` is [row, input], `y` is [row, column] for the first `bias.len()`
/// outputs of the weights.
///
/// # Panics
///
/// If the lengths do not fit: they are the model's own and checked when it is loaded.
pub(crate) fn linear(
    x: &[f32],
    weights: &PackedWeights,
    bias: &[f32],
    tail: Tail<'_>,
    y: &mut [f32],
) {
    let rows = x.len() / weights.inputs;
    let x = Rows {
        values: x,
        stride: weights.inputs,
        count: rows,
    };
    assert!(bias.len() <= weights.outputs, "more biases than outputs");
    let w = Packed {
        isa: weights.isa,
        inputs: weights.inputs,
        panels: &weights.panels,
    };
    let y = Out {
        values: y,
        stride: bias.len(),
        columns: bias.len(),
    };
    product(
        x,
        w,
        Finish {
            bias: Some(bias),
            tail,
        },
        y,
    );
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
    pub(super) panels: &'a [f32],
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
    for first_column in (0..y.columns).step_by(width) {
        let columns = width.min(y.columns - first_column);
        let panel = &w.panels[first_column * w.inputs..][..width * w.inputs];
        for block in 0..blocks {
            let inputs = (block * w.inputs / blocks, (block + 1) * w.inputs / blocks);
            for tile in 0..tiles {
                let rows = (tile * x.count / tiles, (tile + 1) * x.count / tiles);
                let place = Place {
                    rows,
                    first_column,
                    columns,
                    inputs,
                };
                tile_of::<S>(x, panel, &finish, &mut y, place);
            }
        }
    }
}

/// One tile's share of the work; ranges are (first, end).
#[derive(Clone, Copy)]
struct Place {
    rows: (usize, usize),
    first_column: usize,
    columns: usize,
    inputs: (usize, usize),
}

#[inline(always)]
fn tile_of<S: Simd>(
    x: Rows<'_>,
    panel: &[f32],
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
    let w_block = &panel[inputs.0 * width..inputs.1 * width];
    accumulate::<S>(height, x_tile, x.stride, w_block, &mut sums);
    let last = inputs.1 * width == panel.len();
    for (row, sums) in (rows.0..rows.1).zip(sums.chunks_exact_mut(width)) {
        let start = row * y.stride + first_column;
        if last {
            match finish.tail {
                Tail::Bias => {}
                Tail::Activation(activation) => activate::<S>(activation, sums),
                Tail::Residual(other) => add(&mut sums[..columns], &other[start..][..columns]),
                Tail::Gate(other) => multiply(&mut sums[..columns], &other[start..][..columns]),
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
mod tests {
    use ndarray::Array2;

    use super::*;

    /// Deterministic, uneven values of both signs.
    fn values(rows: usize, columns: usize, seed: usize) -> Array2<f32> {
        Array2::from_shape_fn((rows, columns), |(i, j)| {
            ((i * 37 + j * 101 + seed * 17) % 41) as f32 / 20.0 - 1.0
        })
    }

    fn naive(x: &Array2<f32>, w: &Array2<f32>, bias: &[f32]) -> Array2<f64> {
        Array2::from_shape_fn((x.nrows(), bias.len()), |(i, j)| {
            let products = x
                .row(i)
                .into_iter()
                .zip(w.row(j))
                .map(|(x, w)| f64::from(*x) * f64::from(*w));
            products.sum::<f64>() + f64::from(bias[j])
        })
    }

    fn assert_close(found: &[f32], expected: &Array2<f64>, inputs: usize, case: &str) {
        let tolerance = 4e-6 * inputs as f64;
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (f64::from(*found) - expected).abs() <= tolerance,
                "{case}: {found} {expected}"
            );
        }
    }

    #[test]
    fn every_instruction_set_equals_the_naive_product_on_odd_shapes() {
        let shapes = [
            (1, 1, 1),
            (2, 3, 5),
            (7, 64, 64),
            (13, 65, 63),
            (5, 129, 1025),
            (25, 70, 2500),
        ];
        for isa in Isa::available() {
            for (rows, outputs, inputs) in shapes {
                let case = format!("{isa:?} {rows} x {inputs} x {outputs}");
                let (x, w) = (values(rows, inputs, 1), values(outputs, inputs, 2));
                let bias = values(1, outputs, 3).into_raw_vec_and_offset().0;
                let packed = PackedWeights::pack_for(isa, &[w.view()]);
                let mut y = vec![f32::NAN; rows * outputs];
                linear(
                    x.as_slice().expect("contiguous"),
                    &packed,
                    &bias,
                    Tail::Bias,
                    &mut y,
                );
                assert_close(&y, &naive(&x, &w, &bias), inputs, &case);
            }
        }
    }

    #[test]
    fn parts_are_stacked_and_only_the_outputs_asked_for_are_computed() {
        let (x, a, b) = (values(4, 10, 1), values(3, 10, 2), values(70, 10, 3));
        let packed = PackedWeights::pack(&[a.view(), b.view()]);
        assert_eq!((packed.inputs(), packed.outputs()), (10, 73));
        let bias = vec![0.5; 71];
        let mut y = vec![f32::NAN; 4 * 71];
        linear(
            x.as_slice().expect("contiguous"),
            &packed,
            &bias,
            Tail::Bias,
            &mut y,
        );
        let stacked = ndarray::concatenate![ndarray::Axis(0), a, b];
        assert_close(&y, &naive(&x, &stacked, &bias), 10, "stacked");
    }

    #[test]
    fn tails_are_applied_once_after_the_last_block_of_inputs() {
        let (x, w) = (values(3, 2049, 1), values(2, 2049, 2));
        let bias = [0.25, -0.5];
        let packed = PackedWeights::pack(&[w.view()]);
        let expected = naive(&x, &w, &bias);
        let residual = [100.0, 200.0, 300.0, 400.0, 500.0, 600.0];
        let mut y = [f32::NAN; 6];
        linear(
            x.as_slice().expect("contiguous"),
            &packed,
            &bias,
            Tail::Residual(&residual),
            &mut y,
        );
        let shifted = &expected
            + &Array2::from_shape_vec((3, 2), residual.to_vec())
                .expect("six")
                .mapv(f64::from);
        assert_close(&y, &shifted, 2049, "residual");
        linear(
            x.as_slice().expect("contiguous"),
            &packed,
            &bias,
            Tail::Activation(Activation::Relu),
            &mut y,
        );
        assert_close(&y, &expected.mapv(|v| v.max(0.0)), 2049, "relu");
        linear(
            x.as_slice().expect("contiguous"),
            &packed,
            &bias,
            Tail::Gate(&[0.5, 0.0, -1.0, 2.0, 0.25, 1.0]),
            &mut y,
        );
        let gate = ndarray::arr2(&[[0.5, 0.0], [-1.0, 2.0], [0.25, 1.0]]);
        assert_close(&y, &(&expected * &gate), 2049, "gate");
    }

    #[test]
    fn shifted_rows_are_added_forwards_and_backwards() {
        let (x, w) = (values(3, 5, 1), values(2, 5, 2));
        let packed = PackedWeights::pack(&[w.view()]);
        let expected = naive(&x, &w, &[0.0; 2]);
        let numbers = [100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0];
        for (first, step, added) in [
            // Rows that begin one value earlier each time: the same number on each diagonal.
            (2, -1, [[300.0, 400.0], [200.0, 300.0], [100.0, 200.0]]),
            (1, 2, [[200.0, 300.0], [400.0, 500.0], [600.0, 700.0]]),
        ] {
            let mut y = [f32::NAN; 6];
            let tail = Tail::Shifted(Shifted {
                values: &numbers,
                first,
                step,
            });
            linear(
                x.as_slice().expect("contiguous"),
                &packed,
                &[0.0; 2],
                tail,
                &mut y,
            );
            assert_close(&y, &(&expected + &ndarray::arr2(&added)), 50, "shifted");
        }
    }
}
