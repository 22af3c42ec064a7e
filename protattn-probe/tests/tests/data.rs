//! Made-up samples.

use protattn_probe::ndarray::Array2;

/// A number in [-1, 1) that depends on nothing but its index (splitmix64).
fn noise(index: u64) -> f64 {
    let mut z = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// Features `[sample, feature]` on unequal scales, and classes that depend on them and on chance.
pub(crate) fn samples(
    n_samples: usize,
    n_features: usize,
    n_classes: usize,
) -> (Array2<f32>, Vec<usize>) {
    let at = |sample, feature| noise((sample * n_features + feature) as u64 + 1);
    let features = Array2::from_shape_fn((n_samples, n_features), |(sample, feature)| {
        let scale = 10_f64.powi(feature as i32 % 4 - 1);
        (scale * (at(sample, feature) + 0.5)) as f32
    });
    let labels = (0..n_samples).map(|sample| {
        let signal = at(sample, 0) - at(sample, n_features - 1) + noise(!(sample as u64));
        ((signal + 3.0) / 6.0 * n_classes as f64) as usize
    });
    (features, labels.collect())
}
