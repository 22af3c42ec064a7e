//! The two products a fit spends its time in, for few classes and many features.
//!
//! Both read single-precision features where they lie and compute in double precision, so that the
//! solver can go as close to the optimum as it is asked to. With a handful of classes there is
//! little arithmetic for each feature read; a matrix product of a library would first copy and
//! convert the features.
//!
//! The same code is compiled for several instruction sets. All of them multiply, round and add in
//! the same order, so that they give the same bits.

use std::ops::Range;

/// Rows handled together: enough to use each weight several times once it is loaded.
pub(crate) const TILE: usize = 4;

/// Numbers read together, at least a tile: 256 KiB, which stay in a cache close by.
const CHUNK: usize = 1 << 16;

/// Numbers summed side by side: one register of the widest instruction set.
const LANES: usize = 8;

/// A feature, as it lies or converted already: either gives the same bits.
pub(crate) trait Number: Copy + Into<f64> {}

impl Number for f32 {}

impl Number for f64 {}

/// The instruction set to use, found once.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kernel {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Kernel {
    /// The widest instruction set of this machine.
    pub(crate) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                return Self::Avx512;
            }
            if is_x86_feature_detected!("avx2") {
                return Self::Avx2;
            }
        }
        Self::Portable
    }

    /// The product of each row with `weights`.
    pub(crate) fn dot<T: Number, const R: usize>(
        self,
        rows: [&[T]; R],
        weights: &[f64],
    ) -> [f64; R] {
        match self {
            // SAFETY: `detect` gives this variant only where the processor has AVX-512F.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { dot_avx512(rows, weights) },
            // SAFETY: `detect` gives this variant only where the processor has AVX2.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { dot_avx2(rows, weights) },
            Self::Portable => dot(rows, weights),
        }
    }

    /// Adds `factors[r]` times row `r`, for each of the rows, to `sum`.
    pub(crate) fn add<T: Number, const R: usize>(
        self,
        rows: [&[T]; R],
        factors: [f64; R],
        sum: &mut [f64],
    ) {
        match self {
            // SAFETY: `detect` gives this variant only where the processor has AVX-512F.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { add_avx512(rows, factors, sum) },
            // SAFETY: `detect` gives this variant only where the processor has AVX2.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { add_avx2(rows, factors, sum) },
            Self::Portable => add(rows, factors, sum),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn dot_avx512<T: Number, const R: usize>(rows: [&[T]; R], weights: &[f64]) -> [f64; R] {
    dot(rows, weights)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn dot_avx2<T: Number, const R: usize>(rows: [&[T]; R], weights: &[f64]) -> [f64; R] {
    dot(rows, weights)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn add_avx512<T: Number, const R: usize>(rows: [&[T]; R], factors: [f64; R], sum: &mut [f64]) {
    add(rows, factors, sum);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn add_avx2<T: Number, const R: usize>(rows: [&[T]; R], factors: [f64; R], sum: &mut [f64]) {
    add(rows, factors, sum);
}

#[inline(always)]
fn dot<T: Number, const R: usize>(rows: [&[T]; R], weights: &[f64]) -> [f64; R] {
    let (weight_lanes, weight_tail) = weights.as_chunks::<LANES>();
    let row_lanes = rows.map(|row| &row.as_chunks::<LANES>().0[..weight_lanes.len()]);
    let mut sums = [[0.0; LANES]; R];
    for (chunk, weight) in weight_lanes.iter().enumerate() {
        for r in 0..R {
            for lane in 0..LANES {
                sums[r][lane] += row_lanes[r][chunk][lane].into() * weight[lane];
            }
        }
    }

    let tail_start = weight_lanes.len() * LANES;
    let mut totals = [0.0; R];
    for r in 0..R {
        let tail = &rows[r][tail_start..];
        for (lane, (x, weight)) in tail.iter().zip(weight_tail).enumerate() {
            sums[r][lane] += (*x).into() * weight;
        }
        let [a, b, c, d, e, f, g, h] = sums[r];
        totals[r] = ((a + e) + (c + g)) + ((b + f) + (d + h));
    }
    totals
}

#[inline(always)]
fn add<T: Number, const R: usize>(rows: [&[T]; R], factors: [f64; R], sum: &mut [f64]) {
    let rows = rows.map(|row| &row[..sum.len()]);
    for (column, total) in sum.iter_mut().enumerate() {
        let mut step = 0.0;
        for r in 0..R {
            step += factors[r] * rows[r][column].into();
        }
        *total += step;
    }
}

/// Cuts rows into ranges of whole tiles, but for the last, that are read and used together.
pub(crate) fn chunks(rows: Range<usize>, n_columns: usize) -> impl Iterator<Item = Range<usize>> {
    let n_tiles = (CHUNK / (TILE * n_columns.max(1))).max(1);
    let end = rows.end;
    rows.step_by(n_tiles * TILE)
        .map(move |start| start..(start + n_tiles * TILE).min(end))
}

/// The `R` rows of `n_columns` numbers from row `start` on.
pub(crate) fn tile<T, const R: usize>(values: &[T], n_columns: usize, start: usize) -> [&[T]; R] {
    std::array::from_fn(|r| &values[(start + r) * n_columns..][..n_columns])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ndarray::Array2;

    use super::*;

    /// Small integers and halves, so that every sum is exact whatever its order.
    fn features(n_rows: usize, n_columns: usize) -> Array2<f32> {
        Array2::from_shape_fn((n_rows, n_columns), |(i, j)| {
            ((i * 7 + j * 3) % 11) as f32 - 4.5
        })
    }

    /// Every instruction set that this machine has.
    fn kernels() -> Vec<Kernel> {
        let mut kernels = vec![Kernel::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") {
                kernels.push(Kernel::Avx2);
            }
            if is_x86_feature_detected!("avx512f") {
                kernels.push(Kernel::Avx512);
            }
        }
        kernels
    }

    #[test]
    fn dot_equals_the_plain_product_at_every_width() {
        for n_columns in [1, 7, 8, 9, 16, 31, 64] {
            let x = features(TILE, n_columns);
            let weights: Vec<f64> = (0..n_columns).map(|j| j as f64 - 2.0).collect();
            let expected: Vec<f64> = x
                .rows()
                .into_iter()
                .map(|row| {
                    row.iter()
                        .zip(&weights)
                        .map(|(x, w)| f64::from(*x) * w)
                        .sum()
                })
                .collect();
            for kernel in kernels() {
                let rows = tile::<f32, TILE>(x.as_slice().unwrap(), n_columns, 0);
                assert_eq!(kernel.dot(rows, &weights).to_vec(), expected);
            }
        }
    }

    #[test]
    fn add_equals_the_plain_sum_at_every_width() {
        for n_columns in [1, 7, 8, 9, 33] {
            let x = features(TILE, n_columns);
            let factors = [1.0, -2.0, 0.5, 4.0];
            let expected: Vec<f64> = (0..n_columns)
                .map(|j| {
                    100.0
                        + (0..TILE)
                            .map(|i| factors[i] * f64::from(x[[i, j]]))
                            .sum::<f64>()
                })
                .collect();
            for kernel in kernels() {
                let mut sum = vec![100.0; n_columns];
                let rows = tile::<f32, TILE>(x.as_slice().unwrap(), n_columns, 0);
                kernel.add(rows, factors, &mut sum);
                assert_eq!(sum, expected);
            }
        }
    }

    #[test]
    fn instruction_sets_agree_to_the_bit() {
        let x = features(TILE, 37).mapv(|v| (v * 0.7).sin());
        let weights: Vec<f64> = (0..37).map(|j| f64::from(j).cos()).collect();
        let results = kernels().into_iter().map(|kernel| {
            let mut sum = weights.clone();
            let rows = tile::<f32, TILE>(x.as_slice().unwrap(), 37, 0);
            let dots = kernel.dot(rows, &weights);
            kernel.add(rows, dots, &mut sum);
            sum.into_iter().map(f64::to_bits).collect::<Vec<_>>()
        });
        let results: Vec<_> = results.collect();
        assert!(results.iter().all(|result| *result == results[0]));
    }

    #[test]
    fn chunks_cover_the_rows_in_whole_tiles() {
        for (rows, n_columns) in [(3..1003, 7), (0..5, 1 << 20), (4..4, 3), (0..100_000, 1)] {
            let chunks: Vec<_> = chunks(rows.clone(), n_columns).collect();
            let joined: Vec<usize> = chunks.iter().cloned().flatten().collect();
            assert_eq!(joined, rows.collect::<Vec<_>>());
            let whole = &chunks[..chunks.len().saturating_sub(1)];
            assert!(whole.iter().all(|chunk| chunk.len() % TILE == 0));
        }
    }
}
