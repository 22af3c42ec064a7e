//! Parts of a data set for training, validation and test, with related proteins kept together.
//!
//! Proteins that resemble each other must not be on both sides of a split: what a probe learned of
//! one it would know of the other. [`Clusters`] says which belong together, as MMseqs2, CD-HIT or
//! any list has it, and [`Split::assign`] keeps each cluster in one part.
//!
//! ```
//! use protattn_io::split::{Clusters, Split};
//!
//! let clusters = Clusters::parse("1ubq.A 1ubi.A\n1ubi.A 3hdd.B\n")?;
//! let ids = ["1ubq.A", "2kc7.A", "1ubi.A", "3hdd.B", "7hvp.A", "101m.A"];
//! let parts = Split::new(&[0.5, 0.5], 1)?.assign(ids, &clusters);
//! assert!(parts[0] == parts[2] && parts[2] == parts[3]); // one cluster, by way of 1ubi.A
//! assert_eq!(parts.iter().filter(|part| **part == 0).count(), 3);
//! # Ok::<(), protattn_io::split::SplitError>(())
//! ```

mod clusters;

pub use clusters::Clusters;

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::hash::fnv1a;
use crate::random::{SplitMix64, mix};

/// What can be wrong with a split.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SplitError {
    /// The shares of the parts are not shares.
    #[error("the parts cannot have the shares {found}: each must be over 0, and their sum 1")]
    Shares {
        /// The shares, as given.
        found: String,
    },
    /// A line of a file of clusters cannot be read.
    #[error("line {line}: {message}")]
    Clusters {
        /// Counted from 1.
        line: usize,
        /// What was found.
        message: String,
    },
}

/// How a data set is divided.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    shares: Vec<f64>,
    seed: u64,
}

impl Split {
    /// Parts of these shares, which are over 0 and have the sum 1 (to within 1e-6).
    ///
    /// # Errors
    ///
    /// [`SplitError::Shares`] if they are not.
    pub fn new(shares: &[f64], seed: u64) -> Result<Self, SplitError> {
        let sum: f64 = shares.iter().sum();
        if (sum - 1.0).abs() <= 1e-6 && shares.iter().all(|share| *share > 0.0) {
            return Ok(Self {
                shares: shares.to_vec(),
                seed,
            });
        }
        Err(SplitError::Shares {
            found: format!("{shares:?}"),
        })
    }

    /// The 0-based part of each protein, in their order.
    ///
    /// A cluster goes to one part, and so do proteins of one identifier; a protein in no cluster
    /// is one of its own. The largest clusters are placed first, those of one size in an order that
    /// the seed and their names decide (never the order of `ids`), each in the part that lacks the
    /// most proteins of its share. So the sizes come close to the shares, and clusters larger than
    /// the small parts are all in the large one.
    pub fn assign<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a str>,
        clusters: &Clusters,
    ) -> Vec<usize> {
        let ids: Vec<&str> = ids.into_iter().collect();
        let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, id) in ids.iter().enumerate() {
            groups.entry(clusters.name(id)).or_default().push(index);
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_cached_key(|(name, members)| {
            (
                Reverse(members.len()),
                hash(name, self.seed),
                name.to_owned(),
            )
        });
        let mut wanting: Vec<f64> = self.shares.iter().map(|s| s * ids.len() as f64).collect();
        let mut parts = vec![0; ids.len()];
        for (_, members) in groups {
            let part = largest(&wanting);
            wanting[part] -= members.len() as f64;
            members.iter().for_each(|index| parts[*index] = part);
        }
        parts
    }
}

/// The place of the largest value, the first of several.
fn largest(values: &[f64]) -> usize {
    let better = |best: usize, place: usize| {
        if values[place] > values[best] {
            place
        } else {
            best
        }
    };
    (0..values.len()).reduce(better).unwrap_or(0)
}

/// The seed and the name, mixed.
fn hash(name: &str, seed: u64) -> u64 {
    mix(fnv1a(name.bytes()) ^ SplitMix64::new(seed).next_u64())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn ids() -> Vec<String> {
        (0..1000).map(|i| format!("p{i}")).collect()
    }

    fn sizes(parts: &[usize]) -> [usize; 3] {
        [0, 1, 2].map(|part| parts.iter().filter(|p| **p == part).count())
    }

    #[test]
    fn shares_are_kept_and_the_seed_decides() {
        let ids = ids();
        let assign = |seed| {
            let split = Split::new(&[0.8, 0.1, 0.1], seed).unwrap();
            split.assign(ids.iter().map(String::as_str), &Clusters::default())
        };
        assert_eq!(sizes(&assign(1)), [800, 100, 100]);
        assert_eq!(assign(1), assign(1));
        // Two draws put a protein in the same part with probability 0.66; standard deviation 15.
        let same = assign(1)
            .iter()
            .zip(assign(2))
            .filter(|(a, b)| **a == *b)
            .count();
        assert!((585..735).contains(&same), "{same}");
    }

    #[test]
    fn the_order_of_the_proteins_does_not_matter() {
        let ids = ids();
        let split = Split::new(&[0.7, 0.3], 5).unwrap();
        let clusters = Clusters::parse("p1 p2 p3\np10 p900\n").unwrap();
        let forward = split.assign(ids.iter().map(String::as_str), &clusters);
        let mut backward = split.assign(ids.iter().rev().map(String::as_str), &clusters);
        backward.reverse();
        assert_eq!(forward, backward);
        assert!(forward[1] == forward[2] && forward[2] == forward[3]);
    }

    #[test]
    fn a_cluster_larger_than_a_share_is_still_one() {
        let ids = ids();
        let all = ids[..600].join(" ");
        let clusters = Clusters::parse(&all).unwrap();
        let split = Split::new(&[0.5, 0.5], 1).unwrap();
        let parts = split.assign(ids.iter().map(String::as_str), &clusters);
        assert!(parts[..600].iter().all(|part| *part == parts[0]));
        assert_eq!(sizes(&parts)[parts[0]], 600);
    }

    #[test]
    fn what_are_no_shares_is_refused() {
        for shares in [
            &[0.5, 0.6][..],
            &[1.2, -0.2],
            &[],
            &[1.0, 0.0],
            &[f64::NAN, 1.0],
        ] {
            assert!(Split::new(shares, 0).is_err(), "{shares:?}");
        }
        let error = Split::new(&[0.8, 0.1], 0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the parts cannot have the shares [0.8, 0.1]: each must be over 0, and their sum 1"
        );
    }
}
