//! For each accumulator a function that takes any bytes as a saved one and must return: they are
//! refused, or what they give can be added, read and saved as any other.
//!
//! `corpus` runs them on a few files; the crate `fuzz`, beside this one, includes this file and runs
//! them on bytes of its own.

use protattn_metrics::{ArcCounts, ByProtein, MetricSums};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The name of a target, and what it runs.
type Parser = (&'static str, fn(&[u8]));

/// All of them.
pub(crate) const ALL: &[Parser] = &[
    ("saved_counts", counts),
    ("saved_proteins", proteins),
    ("saved_sums", sums),
];

/// Reads what was saved, which must be saved as the same again.
fn read<T: Serialize + DeserializeOwned + PartialEq>(data: &[u8]) -> Option<T> {
    let read: T = postcard::from_bytes(data).ok()?;
    let bytes = postcard::to_stdvec(&read).expect("what is read can be saved");
    let again: T = postcard::from_bytes(&bytes).expect("what is saved can be read");
    assert!(again == read);
    Some(read)
}

fn counts(data: &[u8]) {
    if let Some(counts) = read::<ArcCounts>(data) {
        check(&counts);
    }
}

fn proteins(data: &[u8]) {
    let Some(mut proteins) = read::<ByProtein>(data) else {
        return;
    };
    let mut seen = 0;
    proteins.for_each(|_, _| seen += 1);
    assert_eq!(seen, proteins.len());
    if let Ok(total) = proteins.total() {
        check(&total);
        proteins.sort();
        assert_eq!(proteins.total().expect("the same sum"), total);
    }
    let twice = proteins.clone();
    proteins.merge(twice).expect("two of one kind");
    assert_eq!(proteins.len(), 2 * seen);
}

fn sums(data: &[u8]) {
    let Some(sums) = read::<MetricSums>(data) else {
        return;
    };
    let cells = sums.layers().len() * sums.quantities().len();
    match sums.rows("observed").len().checked_rem(cells) {
        Some(left) => assert_eq!(left, 0),
        None => assert!(sums.rows("observed").is_empty(), "there are no layers"),
    }
    let mut twice = sums.clone();
    if twice.merge(&sums).is_err() {
        assert!(twice == sums, "nothing is added when it is refused");
    }
}

/// Every head's parts are within their wholes, and adding is all or nothing.
fn check(counts: &ArcCounts) {
    for class in 0..counts.classes().len() {
        assert!(counts.background_in_class(class) <= counts.background_eligible());
        for &layer in counts.layers() {
            for head in 0..counts.n_heads() {
                let cell = counts.head(class, layer, head).expect("it is there");
                assert!(cell.arcs_in_class <= cell.arcs_eligible);
                assert!(cell.arcs_eligible <= cell.arcs_total);
            }
        }
    }
    let mut twice = counts.clone();
    if twice.merge(counts).is_err() {
        assert!(twice == *counts, "nothing is added when it is refused");
    }
}
