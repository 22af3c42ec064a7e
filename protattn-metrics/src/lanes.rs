//! Sums over rows of attention, in several lanes so that they compile to vector code: added one by
//! one, each addition would wait for the last.

/// Lanes of a sum.
const LANES: usize = 16;

/// Σ f(aᵢ, bᵢ), the terms in single precision and their sum in double; the lanes are added up in a fixed
/// order. The lists are of one length.
#[inline]
pub(crate) fn sum_of(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) -> f64 {
    let (a_chunks, a_rest) = a.as_chunks::<LANES>();
    let (b_chunks, b_rest) = b.as_chunks::<LANES>();
    let mut lanes = [0.0_f64; LANES];
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..LANES {
            lanes[lane] += f64::from(f(a[lane], b[lane]));
        }
    }
    let rest = a_rest.iter().zip(b_rest);
    lanes.iter().sum::<f64>() + rest.map(|(a, b)| f64::from(f(*a, *b))).sum::<f64>()
}

/// Σ aᵢ.
#[inline]
pub(crate) fn sum(values: &[f32]) -> f64 {
    sum_of(values, values, |value, _| value)
}

/// Σ aᵢ bᵢ.
#[inline]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f64 {
    sum_of(a, b, |a, b| a * b)
}

/// The logarithm to base 2 of a positive normal number, within 2e-7 or three units in the last place of
/// the result, whichever is more.
///
/// x = m 2ᵉ with m from √½ to √2, and log₂ m = 2 / ln 2 (s + s³/3 + s⁵/5 + s⁷/7 + s⁹/9), s = (m - 1) /
/// (m + 1): the series of the inverse hyperbolic tangent, |s| at most 0.172.
#[inline]
pub(crate) fn log2(x: f32) -> f32 {
    const ROOT_HALF: u32 = 0x3f35_04f3;
    let bits = x.to_bits().wrapping_sub(ROOT_HALF);
    let exponent = (bits as i32) >> 23;
    let m = f32::from_bits((bits & 0x007f_ffff).wrapping_add(ROOT_HALF));
    let s = (m - 1.0) / (m + 1.0);
    let t = s * s;
    let series = 1.0 + t * (1.0 / 3.0 + t * (1.0 / 5.0 + t * (1.0 / 7.0 + t * (1.0 / 9.0))));
    exponent as f32 + 2.0 * std::f32::consts::LOG2_E * s * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_take_what_is_past_the_lanes() {
        let values: Vec<f32> = (0..37).map(|i| i as f32).collect();
        assert_eq!(sum(&values), 666.0);
        assert_eq!(dot(&values[..3], &[1.0, 2.0, 3.0]), 8.0);
        assert_eq!(sum(&[]), 0.0);
    }

    #[test]
    fn logarithms_are_those_of_the_library() {
        let mut bits = f32::MIN_POSITIVE.to_bits();
        while bits < 2.0_f32.to_bits() {
            let x = f32::from_bits(bits);
            let exact = f64::from(x).log2();
            let error = (f64::from(log2(x)) - exact).abs();
            assert!(error <= 2e-7_f64.max(exact.abs() * 3.6e-7), "{x} {error}");
            bits += 1_234_567 / 64;
        }
        assert_eq!([1.0, 0.5, 0.25].map(log2), [0.0, -1.0, -2.0]);
    }
}
