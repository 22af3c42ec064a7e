//! Elementwise functions, written so that the compiler vectorises them.

use super::simd::Simd;

/// The activation functions of a feed-forward block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activation {
    /// x Φ(x), exactly (Hendrycks and Gimpel 2016, section 2).
    Gelu,
    /// Its approximation with tanh (the same, section 2); `gelu_new` in checkpoints.
    GeluTanh,
    /// max(x, 0).
    Relu,
    /// x / (1 + e^-x).
    Silu,
}

#[inline(always)]
pub(super) fn activate<S: Simd>(activation: Activation, values: &mut [f32]) {
    match activation {
        Activation::Gelu => values.iter_mut().for_each(|x| *x = gelu::<S>(*x)),
        Activation::GeluTanh => values.iter_mut().for_each(|x| *x = gelu_tanh::<S>(*x)),
        Activation::Relu => values.iter_mut().for_each(|x| *x = x.max(0.0)),
        Activation::Silu => values.iter_mut().for_each(|x| *x = silu::<S>(*x)),
    }
}

/// e^x to 2e-7 relative for x in [-87, 88]; clamped to that range.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2 (ln 2 in two parts, so that r is exact), e^r by its Taylor
/// polynomial of degree 7 (next term: 5e-9), 2^n by its bits.
#[inline(always)]
pub(super) fn exp<S: Simd>(x: f32) -> f32 {
    /// 1.5 * 2^23: adding it rounds to an integer, which then stands in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let shifted = S::scalar_multiply_add(x, std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = S::scalar_multiply_add(n, -LN_2_LOW, S::scalar_multiply_add(n, -LN_2_HIGH, x));
    let mut p = 1.0 / 5040.0;
    for coefficient in [
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        p = S::scalar_multiply_add(p, r, coefficient);
    }
    p * f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0f32.to_bits()))
}

/// |x| <= 4e-7 off for |x| <= 6: erf by Abramowitz and Stegun 1964, 7.1.26 (1.5e-7).
#[inline(always)]
fn gelu<S: Simd>(x: f32) -> f32 {
    const P: f32 = 0.327_591_1;
    const A: [f32; 5] = [
        1.061_405_4,
        -1.453_152,
        1.421_413_7,
        -0.284_496_74,
        0.254_829_6,
    ];
    let magnitude = x.abs();
    let z = magnitude * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / S::scalar_multiply_add(P, z, 1.0);
    let mut polynomial = A[0];
    for coefficient in &A[1..] {
        polynomial = S::scalar_multiply_add(polynomial, t, *coefficient);
    }
    // x erf(x / √2) = |x| erf(|x| / √2), so the sign needs no branch.
    let erfc = polynomial * t * exp::<S>(-z * z);
    0.5 * (x + S::scalar_multiply_add(-magnitude, erfc, magnitude))
}

#[inline(always)]
fn gelu_tanh<S: Simd>(x: f32) -> f32 {
    // √(2/π); 0.5 (1 + tanh u) = 1 / (1 + e^-2u).
    const SQRT_2_OVER_PI: f32 = 0.797_884_6;
    let u = SQRT_2_OVER_PI * x * S::scalar_multiply_add(0.044_715 * x, x, 1.0);
    x / (1.0 + exp::<S>(-2.0 * u))
}

#[inline(always)]
fn silu<S: Simd>(x: f32) -> f32 {
    x / (1.0 + exp::<S>(-x))
}

#[cfg(test)]
mod tests {
    use super::super::simd::Portable;
    use super::*;

    fn grid(low: i32, high: i32) -> impl Iterator<Item = f32> {
        (low * 1000..high * 1000).map(|i| i as f32 * 1e-3)
    }

    #[test]
    fn exp_is_within_its_stated_error() {
        for x in grid(-86, 88) {
            let exact = f64::from(x).exp();
            let error = (f64::from(exp::<Portable>(x)) - exact).abs() / exact;
            assert!(error <= 2e-7, "{x}: {error}");
        }
    }

    /// erf by its Maclaurin series (Abramowitz and Stegun 1964, 7.1.5), good to 1e-10 for |x| < 5.
    fn erf(x: f64) -> f64 {
        let (mut term, mut sum) = (x, x);
        for n in 1..200 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        sum * std::f64::consts::FRAC_2_SQRT_PI
    }

    #[test]
    fn activations_follow_their_definitions() {
        for x in grid(-6, 6) {
            let wide = f64::from(x);
            let tanh =
                ((2.0 / std::f64::consts::PI).sqrt() * (wide + 0.044715 * wide.powi(3))).tanh();
            let cases = [
                (
                    Activation::Gelu,
                    0.5 * wide * (1.0 + erf(wide / std::f64::consts::SQRT_2)),
                ),
                (Activation::GeluTanh, 0.5 * wide * (1.0 + tanh)),
                (Activation::Relu, wide.max(0.0)),
                (Activation::Silu, wide / (1.0 + (-wide).exp())),
            ];
            for (activation, exact) in cases {
                let mut value = [x];
                activate::<Portable>(activation, &mut value);
                let error = (f64::from(value[0]) - exact).abs();
                assert!(error <= 1e-6, "{activation:?}({x}): {error}");
            }
        }
    }
}
