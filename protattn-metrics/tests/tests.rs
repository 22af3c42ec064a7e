//! The tests of this crate as a whole, in one binary.

#![allow(clippy::unwrap_used)]

#[path = "tests/agreement.rs"]
mod agreement;
#[path = "tests/bootstrap.rs"]
mod bootstrap;
#[path = "tests/comparison.rs"]
mod comparison;
#[path = "tests/contract.rs"]
mod contract;
#[path = "tests/corpus.rs"]
mod corpus;
#[path = "tests/correlation.rs"]
mod correlation;
#[path = "tests/counting.rs"]
mod counting;
#[path = "tests/laws.rs"]
mod laws;
#[path = "tests/layer_profile.rs"]
mod layer_profile;
#[path = "tests/maps.rs"]
mod maps;
#[path = "tests/observations.rs"]
mod observations;
#[path = "tests/proportions.rs"]
mod proportions;
#[path = "tests/saved.rs"]
mod saved;
#[path = "tests/scores.rs"]
mod scores;
#[path = "tests/similarity.rs"]
mod similarity;

/// Fails unless the two are equal to so much of the expected number.
fn close(found: f64, expected: f64, relative: f64, what: &str) {
    assert!(
        (found - expected).abs() <= relative * expected.abs(),
        "{what}: {found:e}, expected {expected:e}"
    );
}

/// The generator of Steele, Lea and Flood (OOPSLA 2014), as `tests/reference/splitmix64.py` has it.
struct SplitMix64(u64);

impl SplitMix64 {
    /// In [0, 1), a multiple of 2⁻⁵³.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
