//! Which null models are counted beside the model's own attention, and how they are drawn.

use std::fmt;
use std::str::FromStr;

use protattn_model::run::Error;
use serde::{Deserialize, Serialize};

use crate::null;

/// A null model: what a head's agreement would be for reasons other than the property.
///
/// ```
/// use protattn_metrics::align::Null;
///
/// assert_eq!("rotate-labels".parse::<Null>()?, Null::RotateLabels);
/// # Ok::<(), protattn_model::run::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Null {
    /// The labels of each protein, rotated along its chain.
    RotateLabels,
    /// The attention of the same head on the shuffled sequence, against the labels as they are.
    ShuffleSequence,
    /// The attention of a model of the same architecture with random weights.
    RandomWeights,
}

impl Null {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self::RotateLabels,
        Self::ShuffleSequence,
        Self::RandomWeights,
    ];

    /// Its name, as it stands in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RotateLabels => "rotate-labels",
            Self::ShuffleSequence => "shuffle-sequence",
            Self::RandomWeights => "random-weights",
        }
    }

    /// What is compared, in a sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::RotateLabels => "The labels of each protein, rotated along its chain",
            Self::ShuffleSequence => {
                "The attention of the same head on the shuffled sequence, against the labels as they are"
            }
            Self::RandomWeights => {
                "The attention of a model of the same architecture with random weights"
            }
        }
    }
}

impl FromStr for Null {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let known = Self::ALL.into_iter().find(|null| null.name() == text);
        known.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Error::settings(format!(
                "there is no null model `{text}`; known are {names}"
            ))
        })
    }
}

impl fmt::Display for Null {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How null models are drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NullSettings {
    /// In the order of their names, each once.
    pub models: Vec<Null>,
    /// Rotations of the labels of each protein.
    pub rotations: u64,
    /// Shuffles of each sequence.
    pub shuffles: u64,
    /// Of every draw.
    pub seed: u64,
}

/// Rotations cost next to nothing, and more of them make the comparison sharper.
const ROTATIONS: u64 = 10;
/// A shuffle costs a pass of the model.
const SHUFFLES: u64 = 1;

impl NullSettings {
    /// The null models asked for, with so many draws of each protein: 10 rotations and 1 shuffle
    /// unless given.
    #[must_use]
    pub fn new(models: &[Null], draws: Option<u64>, seed: u64) -> Self {
        let mut models = models.to_vec();
        models.sort_unstable();
        models.dedup();
        Self {
            models,
            rotations: draws.unwrap_or(ROTATIONS),
            shuffles: draws.unwrap_or(SHUFFLES),
            seed,
        }
    }

    /// Whether a null model is among them.
    #[must_use]
    pub fn has(&self, null: Null) -> bool {
        self.models.contains(&null)
    }

    /// How far the labels of a protein are rotated, of which so many residues are read.
    pub(super) fn offsets(&self, sequence: &str, n_read: usize) -> Vec<usize> {
        let draws = 0..self.rotations;
        draws
            .map(|draw| null::rotation(sequence, n_read, self.seed, draw))
            .collect()
    }

    /// The part of a sequence that is read, shuffled.
    pub(super) fn shuffles<'a>(&self, read: &'a str) -> impl Iterator<Item = String> + use<'a> {
        let seed = self.seed;
        (0..self.shuffles).map(move |draw| null::shuffled(read, seed, draw))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_models_are_taken_once_and_in_order() {
        let asked = [Null::RandomWeights, Null::RotateLabels, Null::RandomWeights];
        let nulls = NullSettings::new(&asked, None, 3);
        assert_eq!(nulls.models, [Null::RotateLabels, Null::RandomWeights]);
        let offsets = nulls.offsets("ACDEF", 4);
        assert_eq!(offsets.len(), 10);
        assert!(offsets.iter().all(|offset| (1..4).contains(offset)));
        let shuffles = NullSettings::new(&asked, Some(2), 3);
        assert_eq!(shuffles.shuffles("ACDEF").count(), 2);
    }

    #[test]
    fn a_name_stands_for_its_null_model_everywhere() {
        for null in Null::ALL {
            assert_eq!(null.name().parse::<Null>().ok(), Some(null));
            assert_eq!(serde_json::to_value(null).ok(), Some(null.name().into()));
        }
        assert!("random".parse::<Null>().is_err());
    }
}
