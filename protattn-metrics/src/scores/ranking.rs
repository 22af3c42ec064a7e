//! Scores that depend only on the order of samples: average precision, area under the ROC curve.

use crate::Error;
use crate::scores::same_length;

/// Samples in the descending order of their scores, for scores that depend on that order alone.
///
/// Sorting takes nearly all of the time, and is done once for all of them, and for all weights.
#[derive(Clone, Debug)]
pub struct Ranking {
    /// Indices of the samples, the highest score first.
    order: Vec<usize>,
    /// Where each run of equal scores ends in `order`.
    ends: Vec<usize>,
    /// Whether the sample is positive, by its index.
    truth: Vec<bool>,
}

impl Ranking {
    /// Sorts the samples: `scores` and `truth` `[sample]`, a higher score speaking for positive.
    ///
    /// # Errors
    ///
    /// [`Error::Samples`] if there are not as many scores as truths; [`Error::NanScore`] if a score
    /// is not a number.
    pub fn new(scores: &[f64], truth: &[bool]) -> Result<Self, Error> {
        same_length(scores.len(), truth.len())?;
        if let Some(index) = scores.iter().position(|score| score.is_nan()) {
            return Err(Error::NanScore { index });
        }
        let mut order: Vec<usize> = (0..scores.len()).collect();
        // Adding 0 makes -0 the same as 0, which the total order tells apart.
        order.sort_unstable_by(|a, b| {
            let by_score = (scores[*b] + 0.0).total_cmp(&(scores[*a] + 0.0));
            by_score.then(a.cmp(b))
        });
        let mut ends = Vec::new();
        for run in order.chunk_by(|a, b| scores[*a] == scores[*b]) {
            ends.push(ends.last().copied().unwrap_or(0) + run.len());
        }
        Ok(Self {
            order,
            ends,
            truth: truth.to_vec(),
        })
    }

    /// The mean, over the positive samples, of the precision among the samples that score as high
    /// or higher: Σ (Rₙ − Rₙ₋₁) Pₙ over the distinct scores, with recall R and precision P. In
    /// [0, 1]; NaN without positive samples.
    ///
    /// This is `average_precision_score` of scikit-learn 1.9, which gives 0 without positive
    /// samples. Samples with one score are taken together, so their order does not matter.
    pub fn average_precision(&self) -> f64 {
        self.weighted_average_precision(|_| 1.0)
    }

    /// The area under the curve of the true positive rate over the false positive rate: the chance
    /// that a positive sample scores higher than a negative one, a tie counting half. In [0, 1];
    /// NaN unless there are positive and negative samples.
    ///
    /// This is `roc_auc_score` of scikit-learn 1.9.
    pub fn roc_auc(&self) -> f64 {
        self.weighted_roc_auc(|_| 1.0)
    }

    /// [`average_precision`](Self::average_precision) with each sample counting `weight(index)`,
    /// which must not be negative: how often it was drawn in a resampling, for example.
    pub fn weighted_average_precision(&self, weight: impl Fn(usize) -> f64) -> f64 {
        let (mut positives, mut all, mut sum) = (0.0, 0.0, 0.0);
        self.for_each_run(weight, |positive, negative| {
            positives += positive;
            all += positive + negative;
            if positive > 0.0 {
                sum += positive * (positives / all);
            }
        });
        sum / positives
    }

    /// [`roc_auc`](Self::roc_auc) with each sample counting `weight(index)`, which must not be
    /// negative.
    pub fn weighted_roc_auc(&self, weight: impl Fn(usize) -> f64) -> f64 {
        let (mut positives, mut negatives, mut sum) = (0.0, 0.0, 0.0);
        self.for_each_run(weight, |positive, negative| {
            sum += negative * (positives + 0.5 * positive);
            positives += positive;
            negatives += negative;
        });
        sum / (positives * negatives)
    }

    /// Hands over the weight of the positive and of the negative samples of each distinct score,
    /// the highest first.
    fn for_each_run(&self, weight: impl Fn(usize) -> f64, mut take: impl FnMut(f64, f64)) {
        let mut start = 0;
        for end in &self.ends {
            let mut weights = [0.0; 2];
            for index in &self.order[start..*end] {
                weights[usize::from(self.truth[*index])] += weight(*index);
            }
            take(weights[1], weights[0]);
            start = *end;
        }
    }
}

/// The average precision of scores `[sample]`; see [`Ranking::average_precision`].
///
/// # Errors
///
/// Those of [`Ranking::new`].
///
/// # Examples
///
/// ```
/// use protattn_metrics::scores;
///
/// // The positives are at the ranks 1 and 3, with precisions 1 and 2/3.
/// let value = scores::average_precision(&[0.9, 0.8, 0.7], &[true, false, true])?;
/// assert!((value - (1.0 + 2.0 / 3.0) / 2.0).abs() < 1e-15);
/// # Ok::<(), protattn_metrics::Error>(())
/// ```
pub fn average_precision(scores: &[f64], truth: &[bool]) -> Result<f64, Error> {
    Ranking::new(scores, truth).map(|ranking| ranking.average_precision())
}

/// The area under the ROC curve of scores `[sample]`; see [`Ranking::roc_auc`].
///
/// # Errors
///
/// Those of [`Ranking::new`].
///
/// # Examples
///
/// ```
/// use protattn_metrics::scores;
///
/// // Of the two pairs of a positive and a negative, one is in order and one is tied.
/// assert_eq!(scores::roc_auc(&[0.9, 0.5, 0.5], &[true, true, false])?, 0.75);
/// # Ok::<(), protattn_metrics::Error>(())
/// ```
pub fn roc_auc(scores: &[f64], truth: &[bool]) -> Result<f64, Error> {
    Ranking::new(scores, truth).map(|ranking| ranking.roc_auc())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn without_one_of_the_classes_there_is_no_score() {
        assert!(average_precision(&[0.1], &[false]).unwrap().is_nan());
        assert!(average_precision(&[], &[]).unwrap().is_nan());
        assert!(roc_auc(&[0.1], &[false]).unwrap().is_nan());
        assert!(roc_auc(&[0.1], &[true]).unwrap().is_nan());
    }

    #[test]
    fn zeros_of_either_sign_are_tied() {
        assert_eq!(roc_auc(&[0.0, -0.0], &[true, false]).unwrap(), 0.5);
        assert_eq!(roc_auc(&[-0.0, 0.0], &[true, false]).unwrap(), 0.5);
    }

    #[test]
    fn a_constant_score_has_the_share_of_positives_as_its_precision() {
        let truth = [true, false, false, true, false];
        assert_eq!(average_precision(&[0.3; 5], &truth).unwrap(), 0.4);
        assert_eq!(roc_auc(&[0.3; 5], &truth).unwrap(), 0.5);
    }

    #[test]
    fn weights_are_repetitions() {
        let (scores, truth) = ([0.1, 0.4, 0.4, 0.8], [false, true, false, true]);
        let ranking = Ranking::new(&scores, &truth).unwrap();
        let weights = [3.0, 2.0, 0.0, 1.0];
        let repeated = Ranking::new(
            &[0.1, 0.1, 0.1, 0.4, 0.4, 0.8],
            &[false, false, false, true, true, true],
        )
        .unwrap();
        let of = |index: usize| weights[index];
        let value = ranking.weighted_average_precision(of);
        assert!((value - repeated.average_precision()).abs() < 1e-15);
        assert_eq!(ranking.weighted_roc_auc(of), repeated.roc_auc());
    }

    #[test]
    fn what_cannot_be_ranked_is_named() {
        let error = roc_auc(&[0.1, f64::NAN], &[true, false]).unwrap_err();
        assert!(matches!(error, Error::NanScore { index: 1 }));
        let error = average_precision(&[0.1], &[true, false]).unwrap_err();
        assert_eq!(error.to_string(), "1 predictions for 2 samples");
    }
}
