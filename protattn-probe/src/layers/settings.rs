//! What decides the numbers of a run.

use std::fmt;
use std::num::NonZeroUsize;

use protattn_io::ContactRule;
use protattn_model::run::Error;
use serde::{Deserialize, Serialize};

use crate::{ClassWeights, LogisticRegression};

/// What a probe reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatureKind {
    /// The hidden states of a residue or, for pairs, their product and absolute difference.
    Hidden,
    /// The attention of each head between the residues of a pair, the mean of both directions.
    Attention,
}

impl FeatureKind {
    /// As it is written in tables: `hidden` or `attention`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::Attention => "attention",
        }
    }
}

impl fmt::Display for FeatureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Everything that decides the numbers of a run, beside its model and data: what must be the same for
/// a run to be resumed, merged or repeated.
///
/// ```
/// use protattn_probe::layers::Settings;
///
/// let mut settings = Settings::default();
/// settings.layers = vec![0, 12];
/// settings.l2 = vec![0.1, 1.0, 10.0];
/// assert_eq!(settings.folds, 5);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Settings {
    /// The names of the tasks, those of the properties; filled in when the run begins.
    pub tasks: Vec<String>,
    /// A hash of the residues that are read and of all samples with their labels, in the order of the
    /// proteins; filled in when the run begins.
    pub samples_hash: String,
    /// Sequences are cut to this many tokens, special ones included. Default: 512.
    pub max_tokens: usize,
    /// What probes read; attention is read for pairs alone. Default: both.
    pub features: Vec<FeatureKind>,
    /// Layers: 0 is the output of the embedding, n that of layer n; empty, the default, for all, which
    /// are filled in when the run begins.
    pub layers: Vec<usize>,
    /// What a contact is. Pairs nearer along the chain than its separation are no samples, of whatever
    /// property; atom and distance stand here for the record, the property applies them.
    pub contact: ContactRule,
    /// Share of the pairs without a contact that is trained on, over 0 and at most 1; the intercept is
    /// corrected for it. Default: 0.1.
    pub negative_rate: f64,
    /// Seed of the draws: of negatives, control tasks and the bootstrap. Default: 0.
    pub seed: u64,
    /// Weights of the penalty on squared coefficients, against the sum of losses: 1 / C of scikit-learn.
    /// Of several the best is chosen by cross-validation over the training proteins. Default: 1.
    pub l2: Vec<f64>,
    /// Weight of the penalty on absolute coefficients; over 0 with one `l2` only. Default: 0.
    pub l1: f64,
    /// Folds of the cross-validation, at least 2. Default: 5.
    pub folds: usize,
    /// Whether each class counts the same in total, and not each sample. Default: no.
    pub balanced: bool,
    /// Whether the penalty is on the coefficients of standardised features. Default: yes.
    pub standardize: bool,
    /// Whether probes are fitted to control tasks too, which doubles the time. Default: yes.
    pub control: bool,
    /// Replicates of the bootstrap over proteins; 0 for none. Default: 1000.
    pub bootstrap: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tasks: Vec::new(),
            samples_hash: String::new(),
            max_tokens: 512,
            features: vec![FeatureKind::Hidden, FeatureKind::Attention],
            layers: Vec::new(),
            contact: ContactRule::default(),
            negative_rate: 0.1,
            seed: 0,
            l2: vec![1.0],
            l1: 0.0,
            folds: 5,
            balanced: false,
            standardize: true,
            control: true,
            bootstrap: 1000,
        }
    }
}

impl Settings {
    /// The same, checked, for a model of so many layers: kinds of features and layers ascend, each once.
    pub(super) fn for_model(mut self, n_layers: usize) -> Result<Self, Error> {
        if self.features.is_empty() {
            return Err(Error::settings("there are no features to read"));
        }
        if self.layers.is_empty() {
            self.layers = (0..=n_layers).collect();
        }
        if let Some(layer) = self.layers.iter().find(|layer| **layer > n_layers) {
            return Err(Error::settings(format!(
                "layer {layer} is asked for, but the model has {n_layers}"
            )));
        }
        self.layers.sort_unstable();
        self.layers.dedup();
        self.features.sort_unstable();
        self.features.dedup();
        self.check_penalties()?;
        Ok(self)
    }

    fn check_penalties(&self) -> Result<(), Error> {
        let wrong = |weight: &f64| !weight.is_finite() || *weight < 0.0;
        let message = if self.l2.is_empty() || self.l2.iter().chain([&self.l1]).any(wrong) {
            "the weights of the penalties `l1` and `l2` are numbers of 0 or more"
        } else if self.l2.len() > 1 && self.l1 > 0.0 {
            "give one weight `l2` with `l1`, or several without"
        } else if self.l2.iter().any(|l2| l2 + self.l1 <= 0.0) {
            "a penalty `l2` of 0 needs an `l1` over 0"
        } else if self.l2.len() > 1 && self.folds < 2 {
            "cross-validation needs at least 2 folds"
        } else if self.bootstrap == 1 {
            "a bootstrap needs at least 2 replicates"
        } else {
            return Ok(());
        };
        Err(Error::settings(message))
    }

    /// How one probe is fitted.
    pub(super) fn regression(&self, threads: NonZeroUsize) -> Result<LogisticRegression, Error> {
        let total = self.l1 + self.l2.first().unwrap_or(&0.0);
        let settings = LogisticRegression::builder()
            .inverse_penalty(total.recip())
            .l1_ratio(self.l1 / total)
            .standardize(self.standardize)
            .class_weights(match self.balanced {
                true => ClassWeights::Balanced,
                false => ClassWeights::Uniform,
            })
            .threads(threads);
        settings.build().map_err(Error::analysis)
    }

    /// scikit-learn's C for each of the weights; the best is chosen if there are several.
    pub(super) fn inverse_penalties(&self) -> Vec<f64> {
        let inverse = |l2: &f64| (self.l1 + l2).recip();
        self.l2.iter().map(inverse).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_ordered_and_held_against_the_model() {
        let mut settings = Settings {
            layers: vec![3, 0, 3],
            features: vec![FeatureKind::Attention, FeatureKind::Hidden],
            ..Settings::default()
        };
        let found = settings.clone().for_model(3).unwrap();
        assert_eq!(found.layers, [0, 3]);
        assert_eq!(found.features[0], FeatureKind::Hidden);
        let all = Settings::default().for_model(2).unwrap();
        assert_eq!(all.layers, [0, 1, 2]);
        let error = settings.clone().for_model(2).unwrap_err();
        assert_eq!(
            error.to_string(),
            "layer 3 is asked for, but the model has 2"
        );
        settings.features.clear();
        assert!(settings.for_model(3).is_err());
    }

    #[test]
    fn penalties_that_contradict_each_other_are_refused() {
        let refused = |l1: f64, l2: &[f64], folds: usize| {
            let settings = Settings {
                l1,
                l2: l2.to_vec(),
                folds,
                ..Settings::default()
            };
            settings.for_model(1).is_err()
        };
        assert!(!refused(0.0, &[1.0, 2.0], 5) && !refused(1.0, &[0.0], 1));
        assert!(refused(1.0, &[1.0, 2.0], 5) && refused(0.0, &[0.0], 5));
        assert!(refused(0.0, &[1.0, 2.0], 1) && refused(0.0, &[], 5));
        assert!(refused(0.0, &[f64::NAN], 5) && refused(-1.0, &[2.0], 5));
    }

    #[test]
    fn a_penalty_is_the_inverse_of_what_scikit_learn_has() {
        let settings = Settings {
            l1: 1.0,
            l2: vec![3.0],
            ..Settings::default()
        };
        assert_eq!(settings.inverse_penalties(), [0.25]);
        assert!(settings.regression(NonZeroUsize::MIN).is_ok());
    }
}
