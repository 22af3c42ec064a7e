//! Scores of predictions against the truth: precision, recall, F1, accuracy, Matthews' correlation,
//! average precision, area under the ROC curve, and the precision at L of contact prediction.
//!
//! All take plain slices, one element a sample, predictions first. The first three look at one
//! *positive* class and take every other class as negative, so the same functions serve two
//! classes (`&true`) and one class of many against the rest. Their definitions are those of
//! Manning, Raghavan and Schütze, *Introduction to Information Retrieval* (2008), section 8.3.
//!
//! **0/0 is NaN here**: no score exists, and NaN says so. (scikit-learn gives 0 and a warning.)
//!
//! ```
//! use protattn_metrics::scores;
//!
//! let predicted = ["helix", "helix", "strand", "helix", "blank"];
//! let truth     = ["helix", "strand", "strand", "helix", "helix"];
//! assert_eq!(scores::precision(&predicted, &truth, &"helix")?, 2.0 / 3.0);
//! assert_eq!(scores::recall(&predicted, &truth, &"helix")?, 2.0 / 3.0);
//! assert_eq!(scores::f1(&predicted, &truth, &"strand")?, 2.0 / 3.0);
//! assert_eq!(scores::accuracy(&predicted, &truth)?, 0.6);
//!
//! // Of the two pairs scored highest, one is a contact.
//! let hits = scores::hits_at_k(&[0.9, 0.1, 0.5], &[false, true, true], 2, scores::Ties::ByOrder)?;
//! assert_eq!(hits.precision(), 0.5);
//! # Ok::<(), protattn_metrics::Error>(())
//! ```

mod layers;
mod precision_at_l;
mod ranking;
mod top;

use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::Error;

pub use layers::{best_of_each, gains};
pub use precision_at_l::{OverProteins, PrecisionAtL};
pub use ranking::{Ranking, average_precision, roc_auc};
pub use top::{Hits, Separation, Ties, hits_at_k, top_count};

/// How many samples of one class against the rest were predicted rightly and wrongly.
///
/// Counts of parts of a data set add up to those of the whole, which ratios do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    /// Positive, and predicted so.
    pub true_positives: u64,
    /// Negative, but predicted positive.
    pub false_positives: u64,
    /// Positive, but predicted negative.
    pub false_negatives: u64,
    /// Negative, and predicted so.
    pub true_negatives: u64,
}

impl Confusion {
    /// Counts the samples, taking `positive` as the positive class and all others as negative.
    ///
    /// # Errors
    ///
    /// [`Error::Samples`] if the two are not of one length.
    pub fn count<T: PartialEq>(predicted: &[T], truth: &[T], positive: &T) -> Result<Self, Error> {
        same_length(predicted.len(), truth.len())?;
        let mut counts = Self::default();
        for (guess, fact) in predicted.iter().zip(truth) {
            let cell = match (guess == positive, fact == positive) {
                (true, true) => &mut counts.true_positives,
                (true, false) => &mut counts.false_positives,
                (false, true) => &mut counts.false_negatives,
                (false, false) => &mut counts.true_negatives,
            };
            *cell += 1;
        }
        Ok(counts)
    }

    /// The share of the positive predictions that are right, in [0, 1]; NaN if there are none.
    pub fn precision(&self) -> f64 {
        ratio(
            self.true_positives,
            self.true_positives + self.false_positives,
        )
    }

    /// The share of the positive samples that were found, in [0, 1]; NaN if there are none.
    pub fn recall(&self) -> f64 {
        ratio(
            self.true_positives,
            self.true_positives + self.false_negatives,
        )
    }

    /// The harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN), in [0, 1].
    ///
    /// 0 if nothing positive was found though something was there or was predicted; NaN if nothing
    /// was either.
    pub fn f1(&self) -> f64 {
        let twice = 2 * self.true_positives;
        ratio(twice, twice + self.false_positives + self.false_negatives)
    }

    /// The share of right answers, positive or negative, in [0, 1]; NaN without samples.
    pub fn accuracy(&self) -> f64 {
        let right = self.true_positives + self.true_negatives;
        ratio(right, right + self.false_positives + self.false_negatives)
    }
}

impl AddAssign for Confusion {
    fn add_assign(&mut self, other: Self) {
        self.true_positives += other.true_positives;
        self.false_positives += other.false_positives;
        self.false_negatives += other.false_negatives;
        self.true_negatives += other.true_negatives;
    }
}

/// The share of the predictions of class `positive` that are right; see [`Confusion::precision`].
///
/// # Errors
///
/// [`Error::Samples`] if the two are not of one length.
pub fn precision<T: PartialEq>(predicted: &[T], truth: &[T], positive: &T) -> Result<f64, Error> {
    Confusion::count(predicted, truth, positive).map(|counts| counts.precision())
}

/// The share of the samples of class `positive` that were found; see [`Confusion::recall`].
///
/// # Errors
///
/// [`Error::Samples`] if the two are not of one length.
pub fn recall<T: PartialEq>(predicted: &[T], truth: &[T], positive: &T) -> Result<f64, Error> {
    Confusion::count(predicted, truth, positive).map(|counts| counts.recall())
}

/// The harmonic mean of [`precision`] and [`recall`] for class `positive`; see [`Confusion::f1`].
///
/// # Errors
///
/// [`Error::Samples`] if the two are not of one length.
pub fn f1<T: PartialEq>(predicted: &[T], truth: &[T], positive: &T) -> Result<f64, Error> {
    Confusion::count(predicted, truth, positive).map(|counts| counts.f1())
}

/// The share of samples, of any number of classes, whose class was predicted; in [0, 1], NaN
/// without samples.
///
/// # Errors
///
/// [`Error::Samples`] if the two are not of one length.
pub fn accuracy<T: PartialEq>(predicted: &[T], truth: &[T]) -> Result<f64, Error> {
    same_length(predicted.len(), truth.len())?;
    let right = predicted
        .iter()
        .zip(truth)
        .filter(|(guess, fact)| guess == fact)
        .count();
    Ok(ratio(right as u64, truth.len() as u64))
}

/// The correlation of prediction and truth, of any number of classes: Matthews' (1975, Biochimica et
/// Biophysica Acta 405, 442-451) for two classes, Gorodkin's R_K (2004, Computational Biology and
/// Chemistry 28, 367-374) for more. In [-1, 1], 0 for a prediction that has nothing to do with the
/// truth.
///
/// NaN if all samples are of one class, or all are predicted to be; scikit-learn's
/// `matthews_corrcoef`, which this equals otherwise, gives 0 there.
///
/// # Errors
///
/// [`Error::Samples`] if the two are not of one length.
///
/// # Examples
///
/// ```
/// use protattn_metrics::scores;
///
/// // TP 1, TN 2, FP 1, FN 0: (1 * 2 - 1 * 0) / sqrt(2 * 1 * 3 * 2).
/// let value = scores::matthews(&[1, 1, 0, 0], &[1, 0, 0, 0])?;
/// assert!((value - 2.0 / 12_f64.sqrt()).abs() < 1e-15);
/// # Ok::<(), protattn_metrics::Error>(())
/// ```
pub fn matthews<T: Ord>(predicted: &[T], truth: &[T]) -> Result<f64, Error> {
    same_length(predicted.len(), truth.len())?;
    // Samples by class: predicted, and true.
    let mut classes: BTreeMap<&T, [u64; 2]> = BTreeMap::new();
    let mut right = 0_u64;
    for (guess, fact) in predicted.iter().zip(truth) {
        classes.entry(guess).or_default()[0] += 1;
        classes.entry(fact).or_default()[1] += 1;
        right += u64::from(guess == fact);
    }
    let counts = classes.into_values().map(|pair| pair.map(|n| n as f64));
    Ok(matthews_of_counts(right as f64, counts))
}

/// [`matthews`] from the number of right predictions and, for each class, the numbers of samples
/// that are predicted to be of it and that are of it.
pub fn matthews_of_counts(right: f64, classes: impl IntoIterator<Item = [f64; 2]>) -> f64 {
    let (mut n, mut product, mut predicted_squares, mut true_squares) = (0.0, 0.0, 0.0, 0.0);
    for [predicted, of_class] in classes {
        n += of_class;
        product += predicted * of_class;
        predicted_squares += predicted * predicted;
        true_squares += of_class * of_class;
    }
    let spread = (n * n - predicted_squares) * (n * n - true_squares);
    (right * n - product) / spread.sqrt()
}

fn same_length(predicted: usize, truth: usize) -> Result<(), Error> {
    if predicted == truth {
        return Ok(());
    }
    Err(Error::Samples {
        expected: truth,
        found: predicted,
    })
}

fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// 7 samples, every cell of the table different: TP 3, FP 1, FN 2, TN 1.
    const PREDICTED: [bool; 7] = [true, true, true, true, false, false, false];
    const TRUTH: [bool; 7] = [true, true, true, false, true, true, false];

    #[test]
    fn a_lopsided_table_pins_which_ratio_is_which() {
        assert_eq!(precision(&PREDICTED, &TRUTH, &true).unwrap(), 3.0 / 4.0);
        assert_eq!(recall(&PREDICTED, &TRUTH, &true).unwrap(), 3.0 / 5.0);
        assert_eq!(f1(&PREDICTED, &TRUTH, &true).unwrap(), 6.0 / 9.0);
        assert_eq!(accuracy(&PREDICTED, &TRUTH).unwrap(), 4.0 / 7.0);
        assert_eq!(precision(&PREDICTED, &TRUTH, &false).unwrap(), 1.0 / 3.0);
    }

    #[test]
    fn nothing_to_divide_by_is_nan_and_nothing_found_is_zero() {
        let none = [false, false];
        let one = [true, false];
        assert!(precision(&none, &one, &true).unwrap().is_nan());
        assert_eq!(recall(&none, &one, &true).unwrap(), 0.0);
        assert_eq!(f1(&none, &one, &true).unwrap(), 0.0);
        assert!(recall(&one, &none, &true).unwrap().is_nan());
        assert_eq!(f1(&one, &none, &true).unwrap(), 0.0);
        assert!(f1(&none, &none, &true).unwrap().is_nan());
        assert!(accuracy::<bool>(&[], &[]).unwrap().is_nan());
    }

    #[test]
    fn a_correlation_needs_two_classes_on_each_side() {
        assert!(matthews(&[1, 1], &[1, 0]).unwrap().is_nan());
        assert!(matthews(&[1, 0], &[1, 1]).unwrap().is_nan());
        assert!(matthews::<u8>(&[], &[]).unwrap().is_nan());
        assert_eq!(matthews(&["a", "b"], &["b", "a"]).unwrap(), -1.0);
        let three = ["a", "b", "c"];
        assert!((matthews(&three, &three).unwrap() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let mut sum = Confusion::count(&PREDICTED[..3], &TRUTH[..3], &true).unwrap();
        sum += Confusion::count(&PREDICTED[3..], &TRUTH[3..], &true).unwrap();
        assert_eq!(sum, Confusion::count(&PREDICTED, &TRUTH, &true).unwrap());
        assert_eq!(sum.accuracy(), accuracy(&PREDICTED, &TRUTH).unwrap());
    }

    #[test]
    fn what_cannot_be_scored_is_named() {
        let error = f1(&[1, 2], &[1], &1).unwrap_err();
        assert_eq!(error.to_string(), "2 predictions for 1 samples");
    }
}
