//! The same bits from any number of threads and any layout in memory.

use std::num::NonZeroUsize;

use protattn_probe::ndarray::{Array2, ArrayView2};
use protattn_probe::{LogisticRegression, Probe};

use crate::data::samples;

fn fit(features: ArrayView2<'_, f32>, labels: &[usize], threads: usize) -> Probe {
    LogisticRegression::builder()
        .threads(NonZeroUsize::new(threads).unwrap())
        .max_iterations(4)
        .build()
        .unwrap()
        .fit(features, labels, 3)
        .unwrap()
}

/// Large enough that the work is in fact shared out.
fn large() -> (Array2<f32>, Vec<usize>) {
    samples(6001, 101, 3)
}

#[test]
fn threads_do_not_change_a_bit() {
    let (features, labels) = large();
    let one = fit(features.view(), &labels, 1);
    assert!(one.fit().iterations > 0);
    for threads in [2, 3, 6] {
        assert_eq!(
            fit(features.view(), &labels, threads),
            one,
            "{threads} threads"
        );
    }
}

#[test]
fn memory_order_does_not_change_a_bit() {
    let (features, labels) = large();
    let mut by_column = Array2::zeros((101, 6001));
    by_column.assign(&features.t());
    let one = fit(features.view(), &labels, 2);
    assert_eq!(fit(by_column.t(), &labels, 2), one);
    let scores = one.decision_function(features.view()).unwrap();
    assert_eq!(one.decision_function(by_column.t()).unwrap(), scores);
}
