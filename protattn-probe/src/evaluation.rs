//! Predictions gathered by protein, and what they are worth.

mod resampling;
mod statistics;

use ndarray::ArrayView2;
use protattn_metrics::scores::{PrecisionAtL, Separation};

use crate::Error;
use crate::error::{check_one_for_each, check_places};
use crate::probe::first_largest;
use statistics::{Predictions, Statistics};

pub use resampling::Resampling;

/// A score of the predictions of a class against all others, or of all classes.
///
/// Those of a class take it as positive and every other as negative. A score that does not exist,
/// 0/0, is NaN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Score {
    /// [`f1`](protattn_metrics::scores::f1) of a class.
    F1(usize),
    /// [`precision`](protattn_metrics::scores::precision()) of a class.
    Precision(usize),
    /// [`recall`](protattn_metrics::scores::recall) of a class.
    Recall(usize),
    /// [`accuracy`](protattn_metrics::scores::accuracy) over all classes.
    Accuracy,
    /// [`matthews`](protattn_metrics::scores::matthews) over all classes.
    Matthews,
    /// [`average_precision`](protattn_metrics::scores::average_precision) of the probability of a
    /// class.
    AveragePrecision(usize),
    /// [`roc_auc`](protattn_metrics::scores::roc_auc) of the probability of a class.
    RocAuc(usize),
    /// The share of true ones among the most probable, as many of each protein as its length says.
    PrecisionAtL {
        /// The positive class.
        class: usize,
        /// How many are looked at, of which samples, and how proteins are put together; tables start
        /// from [`PrecisionAtL::OF_PROBES`].
        at: PrecisionAtL,
    },
}

impl Score {
    fn class(self) -> Option<usize> {
        match self {
            Self::Accuracy | Self::Matthews => None,
            Self::F1(class)
            | Self::Precision(class)
            | Self::Recall(class)
            | Self::AveragePrecision(class)
            | Self::RocAuc(class)
            | Self::PrecisionAtL { class, .. } => Some(class),
        }
    }
}

/// A score with what it is to be held against.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ScoreRow {
    /// Which score.
    pub score: Score,
    /// Its value over all samples.
    pub value: f64,
    /// Lower end of the bootstrap interval over proteins.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
    /// The same score of a prediction that is the same for all samples, the frequencies of the
    /// classes in training: the commonest class is always predicted, and nothing is ranked.
    pub majority: f64,
    /// The same score on the control task, if there is one.
    pub control: Option<f64>,
    /// The value less that on the control task (Hewitt and Liang 2019).
    pub selectivity: Option<f64>,
}

/// What was predicted for the samples of a protein, and what is true.
#[derive(Debug, Clone)]
struct Protein {
    length: usize,
    /// `[sample * n_classes + class]`
    probabilities: Vec<f64>,
    /// The class predicted for each sample; of classes that are equally probable, the first.
    guesses: Vec<usize>,
    truth: Vec<usize>,
    /// The range of each sample, where samples are pairs.
    separations: Vec<Option<Separation>>,
}

/// Predictions for proteins that a probe was not trained on.
///
/// **A label that was never seen in training** is no error here: it is a class of its own, at or
/// above `n_classes`, which no probe predicts. Such a sample counts as wrong in the accuracy and
/// Matthews' correlation, and as a negative for every class.
///
/// # Examples
///
/// ```
/// use protattn_probe::ndarray::array;
/// use protattn_probe::{Evaluation, Resampling, Score};
///
/// let mut evaluation = Evaluation::new(2);
/// // Probabilities [residue, class] of the residues of two proteins, and their classes.
/// evaluation.push(3, array![[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]].view(), &[0, 1, 1])?;
/// evaluation.push(2, array![[0.3, 0.7], [0.7, 0.3]].view(), &[1, 0])?;
///
/// let scores = [Score::F1(1), Score::RocAuc(1)];
/// let frequencies = [0.6, 0.4]; // of the classes among the training samples
/// let rows = evaluation.report(&scores, &frequencies, None, Resampling::default())?;
/// assert_eq!(rows[0].value, 0.8);
/// assert_eq!(rows[0].majority, 0.0);
/// assert_eq!(rows[1].value, 1.0);
/// assert_eq!(rows[1].majority, 0.5);
/// # Ok::<(), protattn_probe::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Evaluation {
    n_classes: usize,
    proteins: Vec<Protein>,
}

impl Evaluation {
    /// No predictions yet, of a probe of so many classes, 2 or more.
    pub fn new(n_classes: usize) -> Self {
        Self {
            n_classes,
            proteins: Vec::new(),
        }
    }

    /// Adds a protein whose samples are residues. `length` is the L of
    /// [`PrecisionAtL`](Score::PrecisionAtL); the original takes the number of residues with a
    /// label. `probabilities` is `[sample, class]`, of the residues that have a label, `truth`
    /// `[sample]` their classes.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewClasses`] if the evaluation is of fewer than two classes,
    /// [`Error::OneForEach`] if there is not one label for each sample, [`Error::Shape`] if there
    /// is not one probability for each class, [`Error::Probability`] if one is NaN.
    pub fn push(
        &mut self,
        length: usize,
        probabilities: ArrayView2<'_, f64>,
        truth: &[usize],
    ) -> Result<(), Error> {
        self.push_samples(length, probabilities, truth, Vec::new())
    }

    /// Adds a protein of `length` residues whose samples are pairs of residues, 0-based
    /// `[sample]`, as [`push`](Self::push) does.
    ///
    /// # Errors
    ///
    /// Those of [`push`](Self::push).
    pub fn push_pairs(
        &mut self,
        length: usize,
        pairs: &[[usize; 2]],
        probabilities: ArrayView2<'_, f64>,
        truth: &[usize],
    ) -> Result<(), Error> {
        check_one_for_each(("labels", truth.len()), ("samples", pairs.len()))?;
        let separations = pairs.iter().map(|[i, j]| Separation::of(*i, *j)).collect();
        self.push_samples(length, probabilities, truth, separations)
    }

    fn push_samples(
        &mut self,
        length: usize,
        probabilities: ArrayView2<'_, f64>,
        truth: &[usize],
        separations: Vec<Option<Separation>>,
    ) -> Result<(), Error> {
        if self.n_classes < 2 {
            return Err(Error::TooFewClasses {
                found: self.n_classes,
            });
        }
        let (samples, n_classes) = probabilities.dim();
        check_one_for_each(("labels", truth.len()), ("samples", samples))?;
        if n_classes != self.n_classes {
            return Err(Error::Shape {
                what: "the probabilities",
                expected: vec![samples, self.n_classes],
                found: vec![samples, n_classes],
            });
        }
        let bad = probabilities.indexed_iter().find(|(_, p)| p.is_nan());
        if let Some(((sample, class), _)) = bad {
            return Err(Error::Probability { sample, class });
        }
        self.proteins.push(Protein {
            length,
            probabilities: probabilities.iter().copied().collect(),
            guesses: probabilities
                .rows()
                .into_iter()
                .map(|row| first_largest(row.iter().copied()))
                .collect(),
            truth: truth.to_vec(),
            separations,
        });
        Ok(())
    }

    /// Proteins added.
    pub fn n_proteins(&self) -> usize {
        self.proteins.len()
    }

    /// Samples of all of them.
    pub fn n_samples(&self) -> usize {
        self.proteins
            .iter()
            .map(|protein| protein.truth.len())
            .sum()
    }

    /// A score over all samples.
    ///
    /// # Errors
    ///
    /// [`Error::NoLabels`] without samples, [`Error::NoSuch`] if the score is of a class that
    /// there is not.
    pub fn score(&self, score: Score) -> Result<f64, Error> {
        let statistics = self.statistics(&[score], None)?;
        Ok(statistics[0].value(|_| 1.0))
    }

    /// Each score with a percentile bootstrap interval over proteins, that of the majority baseline, and that
    /// on the control task.
    ///
    /// `frequencies` `[class]` are how common the classes are among the training samples; they need
    /// not add up to 1. `control` holds the predictions for the same task with the labels of a
    /// [`ControlTask`](crate::ControlTask), of a probe that was trained on those.
    ///
    /// # Errors
    ///
    /// Those of [`score`](Self::score); [`Error::Shape`] if there is not one frequency for each
    /// class, [`Error::Setting`] if one is NaN or the level of the interval is not in [0, 1],
    /// [`Error::Resampling`] if there is one draw only, or more than memory can hold.
    pub fn report(
        &self,
        scores: &[Score],
        frequencies: &[f64],
        control: Option<&Self>,
        resampling: Resampling,
    ) -> Result<Vec<ScoreRow>, Error> {
        let statistics = self.statistics(scores, None)?;
        self.check_frequencies(frequencies)?;
        let majority = self.statistics(scores, Some(frequencies))?;
        let control = control
            .map(|other| other.statistics(scores, None))
            .transpose()?;
        let intervals = resampling.intervals(&statistics, self.n_proteins())?;
        let rows = scores.iter().enumerate().zip(intervals);
        Ok(rows
            .map(|((index, score), (low, high))| {
                let value = statistics[index].value(|_| 1.0);
                let control = control.as_ref().map(|other| other[index].value(|_| 1.0));
                ScoreRow {
                    score: *score,
                    value,
                    low,
                    high,
                    majority: majority[index].value(|_| 1.0),
                    control,
                    selectivity: control.map(|control| value - control),
                }
            })
            .collect())
    }

    fn check_frequencies(&self, frequencies: &[f64]) -> Result<(), Error> {
        if frequencies.len() != self.n_classes {
            return Err(Error::Shape {
                what: "the frequencies",
                expected: vec![self.n_classes],
                found: vec![frequencies.len()],
            });
        }
        match frequencies.iter().find(|share| share.is_nan()) {
            Some(share) => Err(Error::Setting {
                name: "frequencies",
                found: *share,
                expected: "a number for each class",
            }),
            None => Ok(()),
        }
    }

    /// What the scores need to know of the predictions or, in place of them, of the same
    /// probabilities `[class]` for all samples.
    fn statistics(
        &self,
        scores: &[Score],
        constant: Option<&[f64]>,
    ) -> Result<Vec<Statistics>, Error> {
        if self.n_samples() == 0 {
            return Err(Error::NoLabels);
        }
        let n_classes = self.n_classes;
        let mut predictions = Predictions::new(&self.proteins, n_classes, constant);
        let each = scores.iter().map(|score| {
            check_places("class", &score.class(), n_classes)?;
            predictions.statistics(*score)
        });
        each.collect()
    }
}
