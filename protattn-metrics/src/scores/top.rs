//! Precision among the samples with the highest scores.

use std::cmp::Ordering;
use std::ops::RangeInclusive;

use crate::Error;
use crate::scores::{ratio, same_length};

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

    /// The separations in the range.
    pub fn range(self) -> RangeInclusive<usize> {
        match self {
            Self::Short => 6..=11,
            Self::Medium => 12..=23,
            Self::Long => 24..=usize::MAX,
        }
    }

    /// The range of a pair of residues, 0-based; `None` if they are nearer than 6.
    pub fn of(i: usize, j: usize) -> Option<Self> {
        let separation = i.abs_diff(j);
        Self::ALL
            .into_iter()
            .find(|range| range.range().contains(&separation))
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

/// The share of true ones among the `k` samples with the highest scores; in [0, 1].
///
/// Of samples with the same score the one with the lower index comes first, so the result does not
/// depend on the sorting. With fewer than `k` samples all of them are taken and the share is of
/// those. NaN if `k` is 0 or there are no samples. For contacts k is a fraction of the length of
/// the protein, L/5 for example, rounded by the caller or by [`top_count`] (Rao et al. 2019, arXiv
/// 1906.08230).
///
/// # Errors
///
/// [`Error::Samples`] if there are not as many scores as truths; [`Error::NanScore`] if a score is
/// not a number.
pub fn precision_at_k(scores: &[f64], truth: &[bool], k: usize) -> Result<f64, Error> {
    let top = top(scores, truth, k)?;
    let right = top.iter().filter(|&&index| truth[index]).count();
    Ok(ratio(right as u64, top.len() as u64))
}

/// How many true ones to expect among the `k` samples with the highest scores, or among all of them
/// if there are fewer.
///
/// Of samples tied for the last places each is as likely as the other, so that no order in which
/// samples happen to come favours one; a score that is the same for all gives k times the share of
/// true ones. Without such ties, [`precision_at_k`] times k.
///
/// # Errors
///
/// Those of [`precision_at_k`].
///
/// # Examples
///
/// ```
/// use protattn_metrics::scores::expected_at_k;
///
/// // The first is certain; one of the two that are tied takes the second place.
/// assert_eq!(expected_at_k(&[0.9, 0.5, 0.5], &[true, false, true], 2)?, 1.5);
/// # Ok::<(), protattn_metrics::Error>(())
/// ```
pub fn expected_at_k(scores: &[f64], truth: &[bool], k: usize) -> Result<f64, Error> {
    let top = top(scores, truth, k)?;
    let lowest = top.iter().map(|index| scores[*index]);
    let lowest = lowest.fold(f64::INFINITY, f64::min);
    let right = |above: &dyn Fn(f64) -> bool| {
        let chosen = scores.iter().zip(truth);
        let chosen = chosen.filter(|(score, _)| above(**score));
        chosen.fold((0, 0), |(all, right), (_, truth)| {
            (all + 1, right + u32::from(*truth))
        })
    };
    if top.is_empty() {
        return Ok(0.0);
    }
    let (surely, surely_right) = right(&|score| score > lowest);
    let (tied, tied_right) = right(&|score| score == lowest);
    let places = top.len() - surely;
    Ok(f64::from(surely_right) + places as f64 * f64::from(tied_right) / tied as f64)
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

    #[test]
    fn expected_counts_by_hand() {
        let (scores, truth) = ([0.5, 0.7, 0.5, 0.5, 0.1], [false, true, true, true, true]);
        let expected = |k| expected_at_k(&scores, &truth, k).unwrap();
        assert_eq!(expected(0), 0.0);
        assert_eq!(expected(1), 1.0);
        assert_eq!(expected(2), 1.0 + 2.0 / 3.0);
        assert_eq!(expected(4), 3.0);
        assert_eq!(expected(9), 4.0);
        assert_eq!(expected_at_k(&[], &[], 3).unwrap(), 0.0);
    }
}
