//! What a score needs to know of each protein, so that it can be had for any sample of proteins.

use std::collections::BTreeMap;

use protattn_metrics::scores::{Ranking, Separation, expected_at_k, matthews_of_counts, top_count};

use super::{Protein, Score};
use crate::Error;

/// A score over proteins, each of which counts as often as it is told to.
#[derive(Debug)]
pub(super) enum Statistics {
    /// True positives, predicted positives, positives of each protein.
    Class(Score, Vec<[f64; 3]>),
    /// Right predictions and samples of each protein.
    Accuracy(Vec<[f64; 2]>),
    /// Right predictions of each protein, and by class the predictions and the samples of it.
    Matthews(Vec<(f64, BTreeMap<usize, [f64; 2]>)>),
    /// A ranking of all samples, and the protein of each.
    Ranked(Score, Ranking, Vec<usize>),
    /// Hits and places of each protein.
    Top(Vec<[f64; 2]>),
}

impl Statistics {
    pub(super) fn new(score: Score, n_classes: usize, proteins: &[Protein]) -> Result<Self, Error> {
        let each = proteins.iter();
        Ok(match score {
            Score::F1(class) | Score::Precision(class) | Score::Recall(class) => {
                let counts = each.map(|protein| protein.counts_of(class, n_classes));
                Self::Class(score, counts.collect())
            }
            Score::Accuracy => {
                let counts = each.map(|protein| {
                    let right = protein
                        .guesses(n_classes)
                        .filter(|(guess, fact)| guess == fact);
                    [right.count() as f64, protein.truth.len() as f64]
                });
                Self::Accuracy(counts.collect())
            }
            Score::Matthews => {
                Self::Matthews(each.map(|protein| protein.counts(n_classes)).collect())
            }
            Score::AveragePrecision(class) | Score::RocAuc(class) => {
                let (mut scores, mut truth, mut of_protein) = (vec![], vec![], vec![]);
                for (index, protein) in each.enumerate() {
                    scores.extend(protein.of_class(class, n_classes));
                    truth.extend(protein.truth.iter().map(|fact| *fact == class));
                    of_protein.resize(truth.len(), index);
                }
                Self::Ranked(score, ranking(&scores, &truth)?, of_protein)
            }
            Score::PrecisionAtL {
                class,
                divisor,
                separation,
            } => {
                let counts = each.map(|protein| {
                    let k = top_count(protein.length, divisor);
                    protein.hits(class, n_classes, k, separation)
                });
                Self::Top(counts.collect::<Result<_, _>>()?)
            }
        })
    }

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
            Self::Ranked(Score::RocAuc(_), ranking, of_protein) => {
                ranking.weighted_roc_auc(|sample| weight(of_protein[sample]))
            }
            Self::Ranked(_, ranking, of_protein) => {
                ranking.weighted_average_precision(|sample| weight(of_protein[sample]))
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

fn ranking(scores: &[f64], truth: &[bool]) -> Result<Ranking, Error> {
    Ranking::new(scores, truth).map_err(|source| Error::Score { source })
}

impl Protein {
    /// The probability of a class for each sample.
    fn of_class(&self, class: usize, n_classes: usize) -> impl Iterator<Item = f64> {
        self.probabilities
            .chunks_exact(n_classes)
            .map(move |row| row[class])
    }

    /// The class predicted and the true one of each sample; of classes that are equally probable,
    /// the first.
    fn guesses(&self, n_classes: usize) -> impl Iterator<Item = (usize, usize)> {
        let rows = self.probabilities.chunks_exact(n_classes);
        rows.zip(&self.truth).map(|(row, fact)| {
            let mut best = 0;
            for (class, probability) in row.iter().enumerate() {
                if *probability > row[best] {
                    best = class;
                }
            }
            (best, *fact)
        })
    }

    /// True positives, predicted positives, positives.
    fn counts_of(&self, class: usize, n_classes: usize) -> [f64; 3] {
        let mut counts = [0.0; 3];
        for (guess, fact) in self.guesses(n_classes) {
            counts[0] += f64::from(u8::from(guess == class && fact == class));
            counts[1] += f64::from(u8::from(guess == class));
            counts[2] += f64::from(u8::from(fact == class));
        }
        counts
    }

    fn counts(&self, n_classes: usize) -> (f64, BTreeMap<usize, [f64; 2]>) {
        let mut right = 0.0;
        let mut classes: BTreeMap<usize, [f64; 2]> = BTreeMap::new();
        for (guess, fact) in self.guesses(n_classes) {
            classes.entry(guess).or_default()[0] += 1.0;
            classes.entry(fact).or_default()[1] += 1.0;
            right += f64::from(u8::from(guess == fact));
        }
        (right, classes)
    }

    /// True ones among the `k` most probable samples of a range, and how many these are.
    fn hits(
        &self,
        class: usize,
        n_classes: usize,
        k: usize,
        separation: Option<Separation>,
    ) -> Result<[f64; 2], Error> {
        let samples = self.of_class(class, n_classes).zip(&self.truth);
        let of_range = samples.enumerate().filter(|(sample, _)| {
            separation.is_none_or(|range| self.separations.get(*sample) == Some(&Some(range)))
        });
        let (scores, truth): (Vec<f64>, Vec<bool>) = of_range
            .map(|(_, (score, fact))| (score, *fact == class))
            .unzip();
        let hits = expected_at_k(&scores, &truth, k).map_err(|source| Error::Score { source })?;
        Ok([hits, k.min(scores.len()) as f64])
    }
}
