//! Precision among the samples with the highest scores.

use std::cmp::Ordering;

use crate::Error;
use crate::scores::same_length;

/// How far two residues are apart along the chain, |i − j|, in the ranges by which contact
/// prediction is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Separation {
    /// 6 to 11.
    Short,
    /// 12 to 23.
    Medium,
    /// 24 or more.
    Long,
}

impl Separation {
    /// All ranges, the shortest first.
    pub const ALL: [Self; 3] = [Self::Short, Self::Medium, Self::Long];

    /// `short`, `medium` or `long`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Medium => "medium",
            Self::Long => "long",
        }
    }

    /// The range of a pair of residues, 0-based; `None` if they are nearer than 6.
    pub fn of(i: usize, j: usize) -> Option<Self> {
        match i.abs_diff(j) {
            0..6 => None,
            6..12 => Some(Self::Short),
            12..24 => Some(Self::Medium),
            24.. => Some(Self::Long),
        }
    }
}

/// The `k` of a precision at L / `divisor`, rounded as Python's `round` does, halves to the even
/// number: 2 for 5 / 2, as for 3 / 2. 0 if `divisor` is 0.
///
/// The original rounds so, with the divisors 5 for contacts and 20 for binding sites
/// (salesforce/provis, `probing/probe.py`).
///
/// # Examples
///
/// ```
/// use protattn_metrics::scores::top_count;
///
/// assert_eq!(top_count(13, 5), 3);
/// assert_eq!(top_count(50, 20), 2); // 2.5
/// assert_eq!(top_count(70, 20), 4); // 3.5
/// ```
pub fn top_count(length: usize, divisor: usize) -> usize {
    if divisor == 0 {
        return 0;
    }
    let (whole, rest) = (length / divisor, length % divisor);
    match rest.cmp(&(divisor - rest)) {
        Ordering::Less => whole,
        Ordering::Equal => whole + whole % 2,
        Ordering::Greater => whole + 1,
    }
}

/// How samples of the same score share the last of the `k` places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ties {
    /// The one with the lower index comes first, so that whole samples are chosen.
    ByOrder,
    /// Each is as likely as the other, so that no order in which samples happen to come favours one;
    /// a score that is the same for all finds k times the share of true ones.
    Expected,
}

/// What is found among the samples with the highest scores.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hits {
    /// True ones, or how many to expect of them.
    pub right: f64,
    /// Samples that are looked at: `k`, or all if there are fewer.
    pub places: usize,
}

impl Hits {
    /// The share of true ones, in [0, 1]; NaN of none.
    pub fn precision(self) -> f64 {
        self.right / self.places as f64
    }
}

/// Counts the true ones among the `k` samples with the highest scores, or among all of them if there
/// are fewer.
///
/// # Errors
///
/// [`Error::Samples`] if there are not as many scores as truths; [`Error::NanScore`] if a score is
/// not a number.
///
/// # Examples
///
/// ```
/// use protattn_metrics::scores::{Ties, hits_at_k};
///
/// // The first is certain; one of the two that are tied takes the second place.
/// let (scores, truth) = ([0.9, 0.5, 0.5], [true, false, true]);
/// assert_eq!(hits_at_k(&scores, &truth, 2, Ties::ByOrder)?.right, 1.0);
/// assert_eq!(hits_at_k(&scores, &truth, 2, Ties::Expected)?.right, 1.5);
/// # Ok::<(), protattn_metrics::Error>(())
/// ```
pub fn hits_at_k(scores: &[f64], truth: &[bool], k: usize, ties: Ties) -> Result<Hits, Error> {
    let top = top(scores, truth, k)?;
    let right = match ties {
        Ties::ByOrder => top.iter().filter(|&&index| truth[index]).count() as f64,
        Ties::Expected => expected(scores, truth, &top),
    };
    Ok(Hits {
        right,
        places: top.len(),
    })
}

/// How many true ones to expect where each sample that is tied for the last places of `top` is as
/// likely as the other.
fn expected(scores: &[f64], truth: &[bool], top: &[usize]) -> f64 {
    if top.is_empty() {
        return 0.0;
    }
    let lowest = top.iter().map(|index| scores[*index]);
    let lowest = lowest.fold(f64::INFINITY, f64::min);
    let right = |above: &dyn Fn(f64) -> bool| {
        let chosen = scores.iter().zip(truth);
        let chosen = chosen.filter(|(score, _)| above(**score));
        chosen.fold((0, 0), |(all, right), (_, truth)| {
            (all + 1, right + u32::from(*truth))
        })
    };
    let (surely, surely_right) = right(&|score| score > lowest);
    let (tied, tied_right) = right(&|score| score == lowest);
    let places = top.len() - surely;
    f64::from(surely_right) + places as f64 * f64::from(tied_right) / tied as f64
}

/// The indices of the `k` samples with the highest scores, in no order.
fn top(scores: &[f64], truth: &[bool], k: usize) -> Result<Vec<usize>, Error> {
    same_length(scores.len(), truth.len())?;
    if let Some(index) = scores.iter().position(|score| score.is_nan()) {
        return Err(Error::NanScore { index });
    }
    let k = k.min(scores.len());
    let mut order: Vec<usize> = (0..scores.len()).collect();
    if 0 < k && k < order.len() {
        order.select_nth_unstable_by(k - 1, |&a, &b| {
            let by_score = scores[b].partial_cmp(&scores[a]).unwrap_or(Ordering::Equal);
            by_score.then(a.cmp(&b))
        });
    }
    order.truncate(k);
    Ok(order)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_to_even() {
        let found: Vec<usize> = (0..12).map(|length| top_count(length, 4)).collect();
        // Python: [round(n / 4) for n in range(12)]
        assert_eq!(found, [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 3]);
        assert_eq!(top_count(7, 1), 7);
        assert_eq!(top_count(7, 0), 0);
        assert_eq!(top_count(usize::MAX, 1), usize::MAX);
    }

    #[test]
    fn ranges_meet_without_overlap() {
        assert_eq!(Separation::of(3, 8), None);
        assert_eq!(Separation::of(3, 9), Some(Separation::Short));
        assert_eq!(Separation::of(14, 3), Some(Separation::Short));
        assert_eq!(Separation::of(15, 3), Some(Separation::Medium));
        assert_eq!(Separation::of(0, 23), Some(Separation::Medium));
        assert_eq!(Separation::of(0, 24), Some(Separation::Long));
    }

    fn hits(scores: &[f64], truth: &[bool], k: usize, ties: Ties) -> Hits {
        hits_at_k(scores, truth, k, ties).unwrap()
    }

    #[test]
    fn expected_counts_by_hand() {
        let (scores, truth) = ([0.5, 0.7, 0.5, 0.5, 0.1], [false, true, true, true, true]);
        let expected = |k| hits(&scores, &truth, k, Ties::Expected).right;
        assert_eq!(expected(0), 0.0);
        assert_eq!(expected(1), 1.0);
        assert_eq!(expected(2), 1.0 + 2.0 / 3.0);
        assert_eq!(expected(4), 3.0);
        assert_eq!(expected(9), 4.0);
        assert_eq!(hits(&[], &[], 3, Ties::Expected), Hits::default());
    }

    #[test]
    fn ties_go_to_the_lower_index() {
        let by_order =
            |scores: &[f64], truth: &[bool], k| hits(scores, truth, k, Ties::ByOrder).precision();
        let scores = [0.5, 0.7, 0.5, 0.5];
        let truth = [false, true, true, true];
        assert_eq!(by_order(&scores, &truth, 2), 0.5, "indices 1 and 0");
        assert_eq!(by_order(&scores, &truth, 3), 2.0 / 3.0, "and 2");
        let first = [true, false];
        assert_eq!(by_order(&[0.0, -0.0], &first, 1), 1.0, "0 equals -0");
        assert_eq!(by_order(&[-0.0, 0.0], &first, 1), 1.0, "either way");
    }

    #[test]
    fn a_short_list_is_taken_whole_and_of_none_there_is_no_share() {
        for ties in [Ties::ByOrder, Ties::Expected] {
            let short = hits(&[0.1, 0.9], &[true, false], 10, ties);
            assert_eq!((short.places, short.precision()), (2, 0.5));
            assert!(hits(&[0.5], &[true], 0, ties).precision().is_nan());
            assert!(hits(&[], &[], 3, ties).precision().is_nan());
        }
    }

    #[test]
    fn what_cannot_be_ranked_is_named() {
        let error = hits_at_k(&[0.1, f64::NAN], &[true, false], 1, Ties::ByOrder).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the score of sample 1 (counted from 0) is not a number"
        );
    }
}
