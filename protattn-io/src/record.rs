//! What a run says of its records and data sets.

use serde::{Deserialize, Serialize};

use crate::random::SplitMix64;

/// A record that was passed over, and why.
///
/// ```
/// use protattn_io::{Protein, Skipped};
///
/// let error = Protein::new("1abc.A", "MK1").expect_err("no residue is called 1");
/// let skipped = Skipped::record("1abc.A", &error);
/// assert!(skipped.reason.contains("1abc.A"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Skipped {
    /// The record, or what it was to be read from.
    pub record: String,
    /// Why, with what caused it.
    pub reason: String,
}

impl Skipped {
    /// A record that was passed over for an error; the reason is the error with all its causes.
    pub fn record(record: &str, error: &dyn std::error::Error) -> Self {
        let mut reason = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            reason = format!("{reason}: {error}");
            cause = error.source();
        }
        let record = record.to_owned();
        Self { record, reason }
    }
}

/// Which records of a data set are used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Selection {
    /// All of them.
    #[default]
    All,
    /// The first so many.
    First(usize),
    /// So many, drawn without replacement, each set of so many as likely as any other.
    Sample {
        /// How many.
        records: usize,
        /// Of the draw.
        seed: u64,
    },
    /// Those of these places among all sets of the same role, from 0: `0-5,12-17`.
    Places(String),
}

impl Selection {
    /// Those of these records, in their order; [`Places`](Self::Places), which are of several sets
    /// together, selects all.
    ///
    /// ```
    /// use protattn_io::Selection;
    ///
    /// assert_eq!(Selection::First(2).of(vec!["a", "b", "c"]), ["a", "b"]);
    /// let drawn = Selection::Sample { records: 2, seed: 1 }.of(vec!["a", "b", "c"]);
    /// assert!(drawn.len() == 2 && drawn.is_sorted());
    /// ```
    pub fn of<T>(&self, mut records: Vec<T>) -> Vec<T> {
        match self {
            Self::All | Self::Places(_) => records,
            Self::First(n) => {
                records.truncate(*n);
                records
            }
            Self::Sample { records: n, seed } => sample(records, *n, *seed),
        }
    }
}

/// Draws `n` of the records, in their order: each gets a pseudo-random key by its place, and the `n`
/// smallest are kept.
fn sample<T>(records: Vec<T>, n: usize, seed: u64) -> Vec<T> {
    let mut random = SplitMix64::new(seed);
    let keyed = records.into_iter().enumerate();
    let mut keyed: Vec<(u64, usize, T)> = keyed
        .map(|(place, record)| (random.next_u64(), place, record))
        .collect();
    keyed.sort_by_key(|(key, place, _)| (*key, *place));
    keyed.truncate(n);
    keyed.sort_by_key(|(_, place, _)| *place);
    keyed.into_iter().map(|(_, _, record)| record).collect()
}

/// The choices in reading that decide labels and sequences.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReadSettings {
    /// The format that the data were read as; null where it was recognised.
    pub data_format: Option<String>,
    /// What secondary structure of structures was taken from.
    pub secondary_structure: String,
    /// What binding sites of structures were taken from.
    pub binding_sites: String,
    /// How near to a ligand a residue binds it, in Å.
    pub ligand_distance: f32,
    /// Whether residues that were not observed were taken in.
    pub unobserved: bool,
}

/// A data set that was read, as a run records it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DataRecord {
    /// The file or folder, as a person named it.
    pub path: String,
    /// What it was read for, such as `train` or `eval`; empty where there is but one purpose.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// Records read, before any selection.
    pub records: usize,
    /// Which of them were used.
    #[serde(default)]
    pub selection: Selection,
    /// Of all files that were read, one after the other; hexadecimal.
    pub sha256: String,
}

impl DataRecord {
    /// A data set of so many records, all of them used, whose files have this checksum.
    pub fn new(path: &str, records: usize, sha256: &str) -> Self {
        Self {
            path: path.to_owned(),
            records,
            sha256: sha256.to_owned(),
            ..Self::default()
        }
    }

    /// Says what the data were read for.
    #[must_use]
    pub fn for_role(self, role: &str) -> Self {
        let role = role.to_owned();
        Self { role, ..self }
    }

    /// Says which records were used.
    #[must_use]
    pub fn selected_by(self, selection: Selection) -> Self {
        Self { selection, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("property charge")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn a_reason_holds_the_whole_chain_of_causes() {
        let error = Outer(std::io::Error::other("the table has no such residue"));
        let reason = Skipped::record("1ubq.A", &error).reason;
        assert_eq!(reason, "property charge: the table has no such residue");
    }

    #[test]
    fn a_sample_is_drawn_by_its_seed_and_kept_in_order() {
        let draw = |seed| Selection::Sample { records: 5, seed }.of((0..100).collect::<Vec<_>>());
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert!(draw(1).is_sorted());
        let all = Selection::Sample {
            records: 200,
            seed: 0,
        };
        assert_eq!(all.of(vec![1, 2]), [1, 2]);
    }

    #[test]
    fn every_record_is_drawn_equally_often() {
        let mut drawn = [0; 10];
        for seed in 0..10_000 {
            sample((0..10).collect(), 3, seed)
                .into_iter()
                .for_each(|record: usize| drawn[record] += 1);
        }
        // 3,000 expected, standard deviation 46.
        assert!(drawn.iter().all(|n| (2770..3230).contains(n)), "{drawn:?}");
    }
}
