//! The two products a fit spends its time in, for few classes and many features.
//!
//! Both read single-precision features where they lie and compute in double precision, so that the
//! solver can go as close to the optimum as it is asked to. With a handful of classes there is
//! little arithmetic for each feature read; a matrix product of a library would first copy and
//! convert the features.
//!
//! The same code is compiled for several instruction sets. All of them multiply, round and add in
//! the same order, so that they give the same bits.

use ndarray::ArrayView2;

/// Rows handled together: enough to use each weight several times once it is loaded.
pub(crate) const TILE: usize = 4;

/// Numbers summed side by side: one register of the widest instruction set.
const LANES: usize = 8;

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
    pub(crate) fn dot<const R: usize>(self, rows: [&[f32]; R], weights: &[f64]) -> [f64; R] {
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
    pub(crate) fn add<const R: usize>(self, rows: [&[f32]; R], factors: [f64; R], sum: &mut [f64]) {
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
fn dot_avx512<const R: usize>(rows: [&[f32]; R], weights: &[f64]) -> [f64; R] {
    dot(rows, weights)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn dot_avx2<const R: usize>(rows: [&[f32]; R], weights: &[f64]) -> [f64; R] {
    dot(rows, weights)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn add_avx512<const R: usize>(rows: [&[f32]; R], factors: [f64; R], sum: &mut [f64]) {
    add(rows, factors, sum);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn add_avx2<const R: usize>(rows: [&[f32]; R], factors: [f64; R], sum: &mut [f64]) {
    add(rows, factors, sum);
}

#[inline(always)]
fn dot<const R: usize>(rows: [&[f32]; R], weights: &[f64]) -> [f64; R] {
    let (weight_lanes, weight_tail) = weights.as_chunks::<LANES>();
    let row_lanes = rows.map(|row| &row.as_chunks::<LANES>().0[..weight_lanes.len()]);
    let mut sums = [[0.0; LANES]; R];
    for (chunk, weight) in weight_lanes.iter().enumerate() {
        for r in 0..R {
            for lane in 0..LANES {
                sums[r][lane] += f64::from(row_lanes[r][chunk][lane]) * weight[lane];
            }
        }
    }

    let tail_start = weight_lanes.len() * LANES;
    let mut totals = [0.0; R];
    for r in 0..R {
        let tail = &rows[r][tail_start..];
        for (lane, (x, weight)) in tail.iter().zip(weight_tail).enumerate() {
            sums[r][lane] += f64::from(*x) * weight;
        }
        let [a, b, c, d, e, f, g, h] = sums[r];
        totals[r] = ((a + e) + (c + g)) + ((b + f) + (d + h));
    }
    totals
}

#[inline(always)]
fn add<const R: usize>(rows: [&[f32]; R], factors: [f64; R], sum: &mut [f64]) {
    let rows = rows.map(|row| &row[..sum.len()]);
    for (column, total) in sum.iter_mut().enumerate() {
        let mut step = 0.0;
        for r in 0..R {
            step += factors[r] * f64::from(rows[r][column]);
        }
        *total += step;
    }
}

/// Lends rows of the features as slices.
///
/// Features in row order are lent as they lie; those in another order are copied, a tile at a
/// time.
pub(crate) struct Rows<'a> {
    features: ArrayView2<'a, f32>,
    copy: Vec<f32>,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(features: ArrayView2<'a, f32>) -> Self {
        Self {
            features,
            copy: Vec::new(),
        }
    }

    /// The `R` rows from row `start` on.
    pub(crate) fn tile<const R: usize>(&mut self, start: usize) -> [&[f32]; R] {
        let n_columns = self.features.ncols();
        let contiguous = n_columns < 2 || self.features.strides()[1] == 1;
        if !contiguous {
            self.copy.clear();
            for row in start..start + R {
                self.copy.extend(self.features.row(row));
            }
        }
        let (features, copy) = (&self.features, &self.copy);
        std::array::from_fn(|r| {
            if contiguous {
                features.row(start + r).to_slice().unwrap_or_default()
            } else {
                &copy[r * n_columns..][..n_columns]
            }
        })
    }
}

#[cfg(test)]
mod tests {
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
                let mut rows = Rows::new(x.view());
                assert_eq!(
                    kernel.dot(rows.tile::<TILE>(0), &weights).to_vec(),
                    expected
                );
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
                kernel.add(Rows::new(x.view()).tile::<TILE>(0), factors, &mut sum);
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
            let dots = kernel.dot(Rows::new(x.view()).tile::<TILE>(0), &weights);
            kernel.add(Rows::new(x.view()).tile::<TILE>(0), dots, &mut sum);
            sum.into_iter().map(f64::to_bits).collect::<Vec<_>>()
        });
        let results: Vec<_> = results.collect();
        assert!(results.iter().all(|result| *result == results[0]));
    }

    #[test]
    fn rows_are_the_same_in_any_memory_order() {
        let x = features(6, 5);
        let mut by_column = Array2::zeros((5, 6));
        by_column.assign(&x.t());
        let mut lent = Rows::new(x.view());
        let mut copied = Rows::new(by_column.t());
        assert_eq!(lent.tile::<3>(2), copied.tile::<3>(2));
    }
}
