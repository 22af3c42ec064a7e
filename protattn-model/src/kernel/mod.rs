//! The arithmetic of the forward pass: products with packed weights, attention, norms.
//!
//! Everything here works on row-major slices of one protein on one thread, so that its results do
//! not depend on how many workers there are.

mod attention;
mod cell;
mod math;
mod norm;
mod packed;
mod product;
mod relative;
mod simd;
mod softmax;
mod tile;

pub(crate) use attention::{Given, Heads, NotFinite, Scratch, Wanted, WantedArcs, attention};
pub(crate) use cell::{Pair, n_pairs};
pub(crate) use math::Activation;
pub(crate) use norm::{layer_norm, rms_norm};
pub(crate) use packed::PackedWeights;
pub use packed::Precision;
pub(crate) use product::{Means, Tail, linear};
pub(crate) use relative::{BiasByOffset, KeysByOffset, Relative, Segments, n_offsets};

/// The index of the first value that is infinite or not a number.
pub(crate) fn first_non_finite(values: &[f32]) -> Option<usize> {
    // Whole chunks are tested without a branch a value.
    let mut chunks = values.chunks(1024).enumerate();
    let any = |chunk: &[f32]| chunk.iter().fold(false, |any, v| any | !v.is_finite());
    let (chunk, found) = chunks.find(|(_, chunk)| any(chunk))?;
    Some(chunk * 1024 + found.iter().position(|v| !v.is_finite())?)
}

#[cfg(test)]
mod tests {
    use super::first_non_finite;

    #[test]
    fn the_first_non_finite_value_is_found() {
        let mut values = vec![1.0; 3000];
        assert_eq!(first_non_finite(&values), None);
        values[2999] = f32::NAN;
        values[1500] = f32::INFINITY;
        assert_eq!(first_non_finite(&values), Some(1500));
    }
}
