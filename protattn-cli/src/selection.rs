//! Which records of a data set are used.

use serde::{Deserialize, Serialize};

/// Which records of each data set are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Selection {
    #[default]
    All,
    /// The first so many.
    First(usize),
    /// So many, drawn without replacement.
    Sample { records: usize, seed: u64 },
}

impl Selection {
    /// Those of these records, in their order.
    pub(crate) fn of<T>(self, mut records: Vec<T>) -> Vec<T> {
        match self {
            Self::All => records,
            Self::First(n) => {
                records.truncate(n);
                records
            }
            Self::Sample { records: n, seed } => sample(records, n, seed),
        }
    }
}

/// Draws `n` of the records, in their order, each set of `n` as likely as any other.
///
/// Each record gets a pseudo-random key (SplitMix64, Steele et al. 2014) by its place; the `n`
/// smallest are kept.
fn sample<T>(records: Vec<T>, n: usize, seed: u64) -> Vec<T> {
    let mut state = seed;
    let mut key = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    let mut keyed: Vec<(u64, usize, T)> = records
        .into_iter()
        .enumerate()
        .map(|(place, record)| (key(), place, record))
        .collect();
    keyed.sort_by_key(|(key, place, _)| (*key, *place));
    keyed.truncate(n);
    keyed.sort_by_key(|(_, place, _)| *place);
    keyed.into_iter().map(|(_, _, record)| record).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_drawn_by_its_seed_and_kept_in_order() {
        let draw = |seed| Selection::Sample { records: 5, seed }.of((0..100).collect::<Vec<_>>());
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert!(draw(1).is_sorted());
        assert_eq!(
            Selection::Sample {
                records: 200,
                seed: 0
            }
            .of(vec![1, 2]),
            [1, 2]
        );
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
