//! What a score needs to know of each protein, so that it can be had for any sample of proteins.

use std::collections::BTreeMap;
use std::sync::Arc;

use protattn_metrics::scores::{PrecisionAtL, Ranking, matthews_of_counts};

use super::{Protein, Score};
use crate::Error;
use crate::probe::first_largest;

/// A score over proteins, each of which counts as often as it is told to.
#[derive(Debug)]
pub(super) enum Statistics {
    /// True positives, predicted positives, positives of each protein.
    Class(Score, Vec<[f64; 3]>),
    /// Right predictions and samples of each protein.
    Accuracy(Vec<[f64; 2]>),
    /// Right predictions of each protein, and by class the predictions and the samples of it.
    Matthews(Vec<(f64, BTreeMap<usize, [f64; 2]>)>),
    /// All samples by the probability of a class.
    Ranked(Score, Arc<Ranked>),
    /// Numerator and denominator of each protein.
    Top(Vec<[f64; 2]>),
}

/// A ranking of all samples, and the protein of each. The samples lie in the order of their scores,
/// so that the thousand walks of a resampling read memory from front to back.
#[derive(Debug)]
pub(super) struct Ranked {
    ranking: Ranking,
    of_protein: Vec<u32>,
}

/// Predictions, with what several scores need to know of them, found once.
pub(super) struct Predictions<'a> {
    proteins: &'a [Protein],
    n_classes: usize,
    /// Probabilities `[class]` that every sample has in place of its own, and the class predicted.
    constant: Option<(&'a [f64], usize)>,
    /// By class.
    ranked: BTreeMap<usize, Arc<Ranked>>,
}

impl<'a> Predictions<'a> {
    /// The predictions for the proteins or, in place of them, `constant` for every sample.
    pub(super) fn new(
        proteins: &'a [Protein],
        n_classes: usize,
        constant: Option<&'a [f64]>,
    ) -> Self {
        Self {
            proteins,
            n_classes,
            constant: constant.map(|same| (same, first_largest(same.iter().copied()))),
            ranked: BTreeMap::new(),
        }
    }

    /// What the score needs to know; its class must be one that there is.
    pub(super) fn statistics(&mut self, score: Score) -> Result<Statistics, Error> {
        let each = self.proteins.iter();
        Ok(match score {
            Score::F1(class) | Score::Precision(class) | Score::Recall(class) => {
                let counts = each.map(|protein| counts_of(class, self.guesses(protein)));
                Statistics::Class(score, counts.collect())
            }
            Score::Accuracy => {
                let counts = each.map(|protein| {
                    let guesses = self.guesses(protein);
                    let right = guesses.filter(|(guess, fact)| guess == fact);
                    [right.count() as f64, protein.truth.len() as f64]
                });
                Statistics::Accuracy(counts.collect())
            }
            Score::Matthews => {
                let counts = each.map(|protein| counts(self.guesses(protein)));
                Statistics::Matthews(counts.collect())
            }
            Score::AveragePrecision(class) | Score::RocAuc(class) => {
                Statistics::Ranked(score, self.ranked(class)?)
            }
            Score::PrecisionAtL { class, at } => {
                let terms = each.map(|protein| self.terms(protein, class, at));
                Statistics::Top(terms.collect::<Result<_, _>>()?)
            }
        })
    }

    fn ranked(&mut self, class: usize) -> Result<Arc<Ranked>, Error> {
        if let Some(ranked) = self.ranked.get(&class) {
            return Ok(Arc::clone(ranked));
        }
        let mut samples: Vec<(f64, bool, u32)> = Vec::new();
        for (index, protein) in (0..).zip(self.proteins) {
            let truth = protein.truth.iter().map(|fact| *fact == class);
            let scores = self.of_class(protein, class);
            samples.extend(scores.zip(truth).map(|(score, fact)| (score, fact, index)));
        }
        samples.sort_by(|(a, ..), (b, ..)| b.total_cmp(a));
        let scores: Vec<f64> = samples.iter().map(|(score, ..)| *score).collect();
        let truth: Vec<bool> = samples.iter().map(|(_, fact, _)| *fact).collect();
        let of_protein = samples.into_iter().map(|(.., protein)| protein).collect();
        let ranking = Ranking::new(&scores, &truth).map_err(|source| Error::Score { source })?;
        let ranked = Arc::new(Ranked {
            ranking,
            of_protein,
        });
        self.ranked.insert(class, Arc::clone(&ranked));
        Ok(ranked)
    }

    /// The class predicted and the true one of each sample.
    fn guesses(&self, protein: &Protein) -> impl Iterator<Item = (usize, usize)> {
        let constant = self.constant.map(|(_, guess)| guess);
        let samples = protein.guesses.iter().zip(&protein.truth);
        samples.map(move |(guess, fact)| (constant.unwrap_or(*guess), *fact))
    }

    /// The probability of a class for each sample.
    fn of_class(&self, protein: &Protein, class: usize) -> impl Iterator<Item = f64> {
        let constant = self.constant.map(|(same, _)| same[class]);
        let rows = protein.probabilities.chunks_exact(self.n_classes);
        rows.map(move |row| constant.unwrap_or(row[class]))
    }

    /// What a protein adds to the precision at a fraction of its length.
    fn terms(&self, protein: &Protein, class: usize, at: PrecisionAtL) -> Result<[f64; 2], Error> {
        let samples = self.of_class(protein, class).zip(&protein.truth);
        let of_range = samples
            .enumerate()
            .filter(|(sample, _)| at.looks_at(protein.separations.get(*sample).copied().flatten()));
        let (scores, truth): (Vec<f64>, Vec<bool>) = of_range
            .map(|(_, (score, fact))| (score, *fact == class))
            .unzip();
        let hits = at.hits(protein.length, &scores, &truth);
        let hits = hits.map_err(|source| Error::Score { source })?;
        Ok(at.terms(hits))
    }
}

impl Statistics {
    /// The score with each protein counting `weight(index)` times.
    pub(super) fn value(&self, weight: impl Fn(usize) -> f64) -> f64 {
        match self {
            Self::Class(score, counts) => {
                let [hits, predicted, positives] = sum(counts, weight);
                match score {
                    Score::Precision(_) => hits / predicted,
                    Score::Recall(_) => hits / positives,
                    _ => 2.0 * hits / (predicted + positives),
                }
            }
            Self::Accuracy(counts) | Self::Top(counts) => {
                let [right, all] = sum(counts, weight);
                right / all
            }
            Self::Matthews(counts) => {
                let mut right = 0.0;
                let mut classes: BTreeMap<usize, [f64; 2]> = BTreeMap::new();
                for (index, (protein_right, protein_classes)) in counts.iter().enumerate() {
                    let times = weight(index);
                    right += times * protein_right;
                    for (class, [predicted, of_class]) in protein_classes {
                        let total = classes.entry(*class).or_default();
                        total[0] += times * predicted;
                        total[1] += times * of_class;
                    }
                }
                matthews_of_counts(right, classes.into_values())
            }
            Self::Ranked(score, ranked) => {
                let weight = |sample: usize| weight(ranked.of_protein[sample] as usize);
                match score {
                    Score::RocAuc(_) => ranked.ranking.weighted_roc_auc(weight),
                    _ => ranked.ranking.weighted_average_precision(weight),
                }
            }
        }
    }
}

fn sum<const N: usize>(counts: &[[f64; N]], weight: impl Fn(usize) -> f64) -> [f64; N] {
    let mut total = [0.0; N];
    for (index, counts) in counts.iter().enumerate() {
        let times = weight(index);
        for (total, count) in total.iter_mut().zip(counts) {
            *total += times * count;
        }
    }
    total
}

/// True positives, predicted positives, positives among predicted and true classes.
fn counts_of(class: usize, guesses: impl Iterator<Item = (usize, usize)>) -> [f64; 3] {
    let mut counts = [0.0; 3];
    for (guess, fact) in guesses {
        counts[0] += f64::from(u8::from(guess == class && fact == class));
        counts[1] += f64::from(u8::from(guess == class));
        counts[2] += f64::from(u8::from(fact == class));
    }
    counts
}

/// Right predictions, and by class the predictions and the samples of it.
fn counts(guesses: impl Iterator<Item = (usize, usize)>) -> (f64, BTreeMap<usize, [f64; 2]>) {
    let mut right = 0.0;
    let mut classes: BTreeMap<usize, [f64; 2]> = BTreeMap::new();
    for (guess, fact) in guesses {
        classes.entry(guess).or_default()[0] += 1.0;
        classes.entry(fact).or_default()[1] += 1.0;
        right += f64::from(u8::from(guess == fact));
    }
    (right, classes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn samples_are_ranked_once_for_each_class() {
        let protein = Protein {
            length: 2,
            probabilities: vec![0.3, 0.7, 0.6, 0.4],
            guesses: vec![1, 0],
            truth: vec![1, 0],
            separations: Vec::new(),
        };
        let proteins = [protein];
        let mut predictions = Predictions::new(&proteins, 2, None);
        let mut ranked = |score| match predictions.statistics(score).unwrap() {
            Statistics::Ranked(_, ranked) => ranked,
            other => panic!("{other:?} is no ranking"),
        };
        let first = ranked(Score::AveragePrecision(1));
        assert!(Arc::ptr_eq(&first, &ranked(Score::RocAuc(1))));
        assert!(!Arc::ptr_eq(&first, &ranked(Score::RocAuc(0))));
    }
}
