//! How good predicted contacts are.

use ndarray::ArrayView2;
use protattn_io::PairLabels;
use protattn_metrics::scores::{PrecisionAtL, Separation};

use crate::{ContactScoreRow, Error};

/// What L is divided by.
const DIVISORS: [usize; 3] = [1, 2, 5];

/// How many of the most probable pairs of a range are contacts, in one protein or
/// [over several](mean_contact_scores).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ContactScore {
    /// Which pairs are looked at, and how many of them.
    pub statistic: PrecisionAtL,
    /// Contacts in the range, whether looked at or not.
    pub contacts: u64,
    /// Pairs in the range of which it is known whether they touch.
    pub pairs: u64,
    /// Residues that were read, L.
    pub length: u64,
    /// Proteins in which there is a pair to look at.
    pub proteins: u64,
    /// Numerator and denominator of the precision.
    terms: [f64; 2],
}

impl ContactScore {
    /// The share of contacts among the pairs that are looked at, in [0, 1]: the mean over proteins.
    /// NaN where there is no pair.
    pub fn precision(&self) -> f64 {
        self.terms[0] / self.terms[1]
    }

    /// The score as the table has it, of this record.
    pub fn row(&self, record: &str) -> ContactScoreRow {
        ContactScoreRow {
            record: record.to_owned(),
            separation: self.statistic.separation_name().to_owned(),
            k_rule: self.statistic.k_rule(),
            precision: self.precision(),
            contacts: self.contacts,
            pairs: self.pairs,
            length: self.length,
            proteins: self.proteins,
        }
    }

    fn add(&mut self, other: &Self) {
        self.contacts += other.contacts;
        self.pairs += other.pairs;
        self.length += other.length;
        self.proteins += other.proteins;
        for (sum, term) in self.terms.iter_mut().zip(other.terms) {
            *sum += term;
        }
    }
}

/// Judges the contacts predicted for one protein by those of its structure: the precision at L, L / 2
/// and L / 5 of all pairs, then of each range of separations, as [`PrecisionAtL::OF_CONTACTS`] has it.
///
/// `probabilities` `[residue, residue]` is read above the diagonal; L is its length, of which
/// `contacts`, which may have more residues, has the first. A pair with a class is a contact; left out
/// are pairs whose contact is undefined, or that are nearer than `min_separation`, which is at least 1.
///
/// # Errors
///
/// [`Error::Shape`] if the map is not square or `contacts` has fewer residues; [`Error::Score`] if a
/// probability is not a number.
///
/// # Examples
///
/// ```
/// use protattn_io::{Label, PairLabels};
/// use protattn_probe::ndarray::Array2;
/// use protattn_probe::{contact_scores, mean_contact_scores};
///
/// // Ten residues: the first touches the last three, the second none of them.
/// let mut contacts = PairLabels::undefined(10);
/// let mut probabilities = Array2::zeros((10, 10));
/// for to in 7..10 {
///     contacts.set(0, to, Label::from_flag(Some(true)));
///     contacts.set(1, to, Label::from_flag(Some(false)));
///     probabilities[[0, to]] = 0.1 * to as f32;
///     probabilities[[1, to]] = 0.75;
/// }
/// let scores = contact_scores(probabilities.view(), &contacts, 6)?;
/// assert_eq!(scores[2].statistic.k_rule(), "L/5"); // of all pairs; the best two are 0.9 and 0.8
/// assert_eq!(scores[2].precision(), 1.0);
/// assert_eq!(scores[0].precision(), 3.0 / 6.0); // L: there are only six pairs
/// assert_eq!(mean_contact_scores(&scores), scores);
/// # Ok::<(), protattn_probe::Error>(())
/// ```
pub fn contact_scores(
    probabilities: ArrayView2<'_, f32>,
    contacts: &PairLabels,
    min_separation: usize,
) -> Result<Vec<ContactScore>, Error> {
    let n = probabilities.nrows();
    if !probabilities.is_square() || contacts.len() < n {
        return Err(Error::Shape {
            what: "the probabilities of contacts",
            expected: vec![n.min(contacts.len()); 2],
            found: probabilities.shape().to_vec(),
        });
    }
    let mut scores = Vec::new();
    for separation in std::iter::once(None).chain(Separation::ALL.map(Some)) {
        let range = PrecisionAtL {
            separation,
            ..PrecisionAtL::OF_CONTACTS
        };
        let (probabilities, truth) = known(probabilities, contacts, min_separation, range);
        for divisor in DIVISORS {
            let statistic = PrecisionAtL { divisor, ..range };
            let hits = statistic
                .hits(n, &probabilities, &truth)
                .map_err(|source| Error::Score { source })?;
            scores.push(ContactScore {
                statistic,
                contacts: truth.iter().filter(|contact| **contact).count() as u64,
                pairs: truth.len() as u64,
                length: n as u64,
                proteins: u64::from(hits.places > 0),
                terms: statistic.terms(hits),
            });
        }
    }
    Ok(scores)
}

/// The probability of each pair of a range of which it is known whether it is a contact, and whether.
fn known(
    probabilities: ArrayView2<'_, f32>,
    contacts: &PairLabels,
    min_separation: usize,
    range: PrecisionAtL,
) -> (Vec<f64>, Vec<bool>) {
    let n = probabilities.nrows();
    let pairs = (0..n).flat_map(|i| {
        let first = i.saturating_add(min_separation.max(1));
        (first..n).map(move |j| (i, j))
    });
    pairs
        .filter(|&(i, j)| range.looks_at(Separation::of(i, j)) && contacts.get(i, j).is_defined())
        .map(|(i, j)| {
            let is_contact = contacts.get(i, j).class().is_some();
            (f64::from(probabilities[[i, j]]), is_contact)
        })
        .unzip()
}

/// The mean of each score over proteins, from the scores of all of them one after another; none
/// without scores. Counts are added up.
pub fn mean_contact_scores<'a>(
    scores: impl IntoIterator<Item = &'a ContactScore>,
) -> Vec<ContactScore> {
    let mut means: Vec<ContactScore> = Vec::new();
    for score in scores {
        let alike = |mean: &&mut ContactScore| mean.statistic == score.statistic;
        match means.iter_mut().find(alike) {
            Some(mean) => mean.add(score),
            None => means.push(*score),
        }
    }
    means
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ndarray::Array2;
    use protattn_io::Label;

    use super::*;

    /// A protein of `n` residues whose pairs touch as `touch` says, all as probable as the next.
    fn scores(n: usize, touch: impl Fn(usize, usize) -> Option<bool>) -> Vec<ContactScore> {
        let mut contacts = PairLabels::undefined(n + 3);
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
            contacts.set(i, j, Label::from_flag(touch(i, j)));
        }
        contact_scores(Array2::zeros((n, n)).view(), &contacts, 0).unwrap()
    }

    #[test]
    fn rows_are_by_range_and_rule_and_ties_are_left_to_chance() {
        // Of 26 residues; at least 24 apart are (0, 24), (0, 25) and (1, 25), the last a contact.
        let rows = scores(26, |i, j| Some((i, j) == (1, 25)));
        let names: Vec<(&str, String)> = rows
            .iter()
            .map(|row| (row.statistic.separation_name(), row.statistic.k_rule()))
            .collect();
        for (names, range) in names.chunks(3).zip(["all", "short", "medium", "long"]) {
            let rules = ["L", "L/2", "L/5"].map(str::to_owned);
            assert_eq!(names, rules.map(|rule| (range, rule)));
        }
        let long = &rows[9..];
        assert!(long.iter().all(|row| row.precision() == 1.0 / 3.0));
        assert_eq!(
            (long[0].contacts, long[0].pairs, long[0].length),
            (1, 3, 26)
        );
        assert_eq!((rows[0].contacts, rows[0].pairs), (1, 325)); // 0 and 1 are a pair too
        assert_eq!(rows[3].precision(), 0.0);
    }

    #[test]
    fn a_protein_without_pairs_is_no_part_of_the_mean() {
        let all = scores(30, |_, _| Some(true));
        let half = scores(10, |i, _| (i < 2).then_some(i == 0));
        let none = scores(2, |_, _| None);
        assert!(none[0].precision().is_nan() && none[0].proteins == 0);
        let means = mean_contact_scores(none.iter().chain(&all).chain(&half));
        assert_eq!(means.len(), 12);
        // Residue 0 touches nine others, and residue 1 none of its eight.
        assert_eq!(
            means[0].precision(),
            (1.0 + 10.0 * (9.0 / 17.0) / 10.0) / 2.0
        );
        assert_eq!((means[0].proteins, means[0].length), (2, 42));
        assert_eq!((means[9].precision(), means[9].proteins), (1.0, 1));
        assert!(mean_contact_scores(&[]).is_empty());
    }

    #[test]
    fn what_cannot_be_judged_is_refused() {
        let contacts = PairLabels::undefined(3);
        let error = |shape| {
            let map = Array2::from_elem(shape, 0.5);
            contact_scores(map.view(), &contacts, 6)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            error((4, 4)),
            "the probabilities of contacts have the shape [4, 4], not [3, 3]"
        );
        assert!(error((2, 3)).ends_with("not [2, 2]"));
        let mut contacts = PairLabels::undefined(2);
        contacts.set(0, 1, Label::NONE);
        let map = Array2::from_elem((2, 2), f32::NAN);
        let error = contact_scores(map.view(), &contacts, 1).unwrap_err();
        assert!(matches!(error, Error::Score { .. }));
    }
}
