//! Shares of a run.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One of several shares of a run, written as `3/16`.
///
/// ```
/// use protattn_model::run::Shard;
///
/// let third: Shard = "3/16".parse()?;
/// assert_eq!((third.number(), third.of()), (3, 16));
/// assert!("17/16".parse::<Shard>().is_err());
/// # Ok::<(), protattn_model::run::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u32,
    of: u32,
}

impl Shard {
    /// The most shares; each is a process.
    pub const MOST: u32 = 100_000;

    /// The share of this number, from 1, of so many.
    ///
    /// # Errors
    /// [`Error::Settings`](super::Error::Settings) if there is no such share, or there are more than
    /// [`MOST`](Self::MOST).
    pub fn new(number: u32, of: u32) -> Result<Self, super::Error> {
        if (1..=of).contains(&number) && of <= Self::MOST {
            return Ok(Self { number, of });
        }
        Err(super::Error::settings(format!(
            "`3/16` is the third of sixteen; at most {}",
            Self::MOST
        )))
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        self.number
    }

    /// The number of shares.
    #[must_use]
    pub fn of(self) -> u32 {
        self.of
    }
}

impl FromStr for Shard {
    type Err = super::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split_once('/');
        let numbers = numbers.and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
        let (number, of) = numbers.unwrap_or((0, 0));
        Self::new(number, of)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// The shares that a folder holds, of a run that was divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shards {
    /// From 1, ascending.
    pub numbers: Vec<u32>,
    /// The number of shares.
    pub of: u32,
}

impl Shards {
    /// Those that are not here.
    #[must_use]
    pub fn missing(&self) -> Vec<u32> {
        let is_missing = |number: &u32| !self.numbers.contains(number);
        (1..=self.of).filter(is_missing).collect()
    }
}

impl From<Shard> for Shards {
    fn from(shard: Shard) -> Self {
        Self {
            numbers: vec![shard.number],
            of: shard.of,
        }
    }
}

impl fmt::Display for Shards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.numbers[..] {
            [number] => write!(f, "shard {number}/{}", self.of),
            _ => write!(f, "shards {} of {}", ranges(&self.numbers), self.of),
        }
    }
}

/// Ascending numbers, with ranges for those that follow one another: `1-3, 7`.
#[must_use]
pub fn ranges(numbers: &[u32]) -> String {
    let ranges = numbers.chunk_by(|a, b| a + 1 == *b);
    let range = |range: &[u32]| match range {
        [first, .., last] => format!("{first}-{last}"),
        _ => range.iter().map(u32::to_string).collect(),
    };
    ranges.map(range).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_count_from_one_to_their_number() {
        let third = Shard { number: 3, of: 16 };
        assert_eq!("3/16".parse().ok(), Some(third));
        assert_eq!(third.to_string(), "3/16");
        for text in ["0/4", "5/4", "1/0", "4", "1/100001", "-1/2", "a/b"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }

    #[test]
    fn shards_are_told_by_their_ranges() {
        let shards = Shards {
            numbers: vec![1, 2, 3, 7],
            of: 8,
        };
        assert_eq!(shards.to_string(), "shards 1-3, 7 of 8");
        assert_eq!(shards.missing(), [4, 5, 6, 8]);
        assert_eq!(
            Shards::from(Shard { number: 2, of: 3 }).to_string(),
            "shard 2/3"
        );
    }
}
