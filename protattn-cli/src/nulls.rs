//! From `--null` to what is counted beside the model's own attention.

use clap::ValueEnum;
use protattn_metrics::null;
use serde::{Deserialize, Serialize};

/// A null model: what a head's agreement would be for reasons other than the property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Null {
    /// The labels of each protein, rotated along its chain.
    RotateLabels,
    /// The attention of the same head on the shuffled sequence, against the labels as they are.
    ShuffleSequence,
    /// The attention of a model of the same architecture with random weights.
    RandomWeights,
}

impl Null {
    /// As it stands in arguments and tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RotateLabels => "rotate-labels",
            Self::ShuffleSequence => "shuffle-sequence",
            Self::RandomWeights => "random-weights",
        }
    }
}

/// How null models are drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NullSettings {
    /// In the order of their names, each once.
    pub(crate) models: Vec<Null>,
    /// Rotations of the labels of each protein.
    pub(crate) rotations: u64,
    /// Shuffles of each sequence.
    pub(crate) shuffles: u64,
    pub(crate) seed: u64,
}

/// Rotations cost next to nothing, and more of them make the comparison sharper.
const ROTATIONS: u64 = 10;
/// A shuffle costs a pass of the model.
const SHUFFLES: u64 = 1;

impl NullSettings {
    /// The null models asked for, with so many draws of each protein if it was said.
    pub(crate) fn new(asked: &[Null], draws: Option<u64>, seed: u64) -> Self {
        let mut models = asked.to_vec();
        models.sort_unstable();
        models.dedup();
        Self {
            models,
            rotations: draws.unwrap_or(ROTATIONS),
            shuffles: draws.unwrap_or(SHUFFLES),
            seed,
        }
    }

    pub(crate) fn has(&self, null: Null) -> bool {
        self.models.contains(&null)
    }

    /// How far the labels of a protein are rotated, of which so many residues are read.
    pub(crate) fn offsets(&self, sequence: &str, n_read: usize) -> Vec<usize> {
        let draws = 0..self.rotations;
        draws
            .map(|draw| null::rotation(sequence, n_read, self.seed, draw))
            .collect()
    }

    /// The part of a sequence that is read, shuffled.
    pub(crate) fn shuffles<'a>(&self, read: &'a str) -> impl Iterator<Item = String> + use<'a> {
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
        assert_eq!(nulls.offsets("ACDEF", 4).len(), 10);
        assert!(
            nulls
                .offsets("ACDEF", 4)
                .iter()
                .all(|offset| (1..4).contains(offset))
        );
        let shuffles: Vec<_> = NullSettings::new(&asked, Some(2), 3)
            .shuffles("ACDEF")
            .collect();
        assert_eq!(shuffles.len(), 2);
    }

    #[test]
    fn names_are_those_of_the_arguments() {
        for null in Null::value_variants() {
            let value = null
                .to_possible_value()
                .map(|value| value.get_name().to_owned());
            assert_eq!(value.as_deref(), Some(null.name()));
            assert_eq!(serde_json::to_value(null).ok(), Some(null.name().into()));
        }
    }
}
