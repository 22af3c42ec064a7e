//! Layer normalisation, with and without the mean.

use super::simd::{Simd, with_simd};
use super::softmax::sum;

/// Normalises each row of `x` [row, width] in place: (x - mean) / √(variance + eps) * weight + bias
/// (Ba et al. 2016, equation 4; the variance divides by the width).
pub(crate) fn layer_norm(x: &mut [f32], weight: &[f32], bias: &[f32], eps: f32) {
    with_simd!(super::simd::Isa::best(), norm_rows(x: &mut [f32], weight: &[f32], bias: &[f32], eps: f32));
}

#[inline(always)]
fn norm_rows<S: Simd>(x: &mut [f32], weight: &[f32], bias: &[f32], eps: f32) {
    let width = weight.len();
    for row in x.chunks_exact_mut(width) {
        let mean = sum(row, |v| v) / width as f32;
        row.iter_mut().for_each(|v| *v -= mean);
        let variance = sum(row, |v| v * v) / width as f32;
        let scale = 1.0 / (variance + eps).sqrt();
        for ((v, weight), bias) in row.iter_mut().zip(weight).zip(bias) {
            *v = S::scalar_multiply_add(*v * scale, *weight, *bias);
        }
    }
}

/// Scales each row of `x` [row, width] by its root mean square, in place:
/// x / √(mean of x² + eps) * weight (Zhang and Sennrich 2019, equation 4).
pub(crate) fn rms_norm(x: &mut [f32], weight: &[f32], eps: f32) {
    with_simd!(super::simd::Isa::best(), scale_rows(x: &mut [f32], weight: &[f32], eps: f32));
}

#[inline(always)]
fn scale_rows<S: Simd>(x: &mut [f32], weight: &[f32], eps: f32) {
    let width = weight.len();
    for row in x.chunks_exact_mut(width) {
        let squares = sum(row, |v| v * v);
        let scale = 1.0 / S::scalar_multiply_add(squares, 1.0 / width as f32, eps).sqrt();
        for (v, weight) in row.iter_mut().zip(weight) {
            *v = *v * scale * weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_scaled_by_its_root_mean_square() {
        // Mean squares (4 + 16 + 36) / 3 + 4 / 3 = 20 and 1 + 4 / 3, the mean left in: by hand.
        let mut x = [2.0, 4.0, 6.0, -1.0, 1.0, 1.0];
        rms_norm(&mut x, &[1.0, 0.5, -2.0], 4.0 / 3.0);
        let (one, two) = (20.0f32.sqrt(), (7.0f32 / 3.0).sqrt());
        let expected = [
            2.0 / one,
            2.0 / one,
            -12.0 / one,
            -1.0 / two,
            0.5 / two,
            -2.0 / two,
        ];
        for (found, expected) in x.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }

    #[test]
    fn a_row_is_centred_and_scaled_by_its_population_variance() {
        // Mean 3, variance 14 / 3 (not 14 / 2): by hand.
        let mut x = [1.0, 2.0, 6.0, 5.0, 5.0, 5.0];
        layer_norm(&mut x, &[1.0, 2.0, 1.0], &[0.0, 0.0, 10.0], 1e-12);
        let scale = (14.0f32 / 3.0).sqrt();
        let expected = [
            -2.0 / scale,
            -2.0 / scale,
            3.0 / scale + 10.0,
            0.0,
            0.0,
            10.0,
        ];
        for (found, expected) in x.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }
}
