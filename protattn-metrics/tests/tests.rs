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
#[path = "tests/rows.rs"]
mod rows;
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
