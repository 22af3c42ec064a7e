//! A head as a predictor of contacts.

use ndarray::{ArrayView2, ArrayView3};
use protattn_io::PairLabels;

use super::{HeadValues, Metric, MetricError, Quantity, Subject};
use crate::scores::{Hits, PrecisionAtL, Separation};
use crate::{Labels, apc, symmetrized};

/// A protein of L residues has its L, L / 2 and L / 5 best pairs looked at.
const DIVISORS: [usize; 3] = [1, 2, 5];

/// Of the pairs with the highest scores, the share that are contacts: for each [`Separation`], of the best
/// L, L / 2 and L / 5 pairs, axes [range][L, L / 2, L / 5].
///
/// `scores` has the axes [residue, residue]; its upper triangle is read. L is its length, of which
/// `contacts`, which may have more residues, has the first. Pairs whose contact is undefined are left
/// out; where fewer pairs are left, the share is of those; NaN of none. Of pairs of the same score,
/// the first along the chain comes first. It is the precision of [`PrecisionAtL::OF_HEADS`].
pub fn contact_precision(scores: ArrayView2<'_, f32>, contacts: &PairLabels) -> [[f64; 3]; 3] {
    let n = scores.nrows().min(contacts.len());
    let hits = EligiblePairs::new(contacts, n).hits(scores);
    hits.map(|of_range| of_range.map(Hits::precision))
}

/// The statistic at L / `divisor`.
fn at_l(divisor: usize, separation: Option<Separation>) -> PrecisionAtL {
    PrecisionAtL {
        divisor,
        separation,
        ..PrecisionAtL::OF_HEADS
    }
}

/// The pairs of each range whose contact is defined, in the order of the chain.
pub(crate) struct EligiblePairs {
    n: usize,
    /// The two residues, and whether they touch.
    pairs: [Vec<(u32, u32, bool)>; 3],
}

impl EligiblePairs {
    /// Among the first `n` residues.
    pub(crate) fn new(contacts: &PairLabels, n: usize) -> Self {
        let mut pairs = [const { Vec::new() }; 3];
        for from in 0..n {
            for to in from + 6..n {
                let label = contacts.get(from, to);
                if let (Some(range), true) = (Separation::of(from, to), label.is_defined()) {
                    let pair = (from as u32, to as u32, label.class() == Some(0));
                    pairs[range as usize].push(pair);
                }
            }
        }
        Self { n, pairs }
    }

    /// What [`contact_precision`] is the share of.
    pub(crate) fn hits(&self, scores: ArrayView2<'_, f32>) -> [[Hits; 3]; 3] {
        let mut order = Vec::new();
        self.pairs
            .each_ref()
            .map(|pairs| self.of_range(pairs, scores, &mut order))
    }

    fn of_range(
        &self,
        pairs: &[(u32, u32, bool)],
        scores: ArrayView2<'_, f32>,
        order: &mut Vec<u64>,
    ) -> [Hits; 3] {
        let best_of = |divisor| at_l(divisor, None).k(self.n).min(pairs.len());
        order.clear();
        let ranked = |(place, (from, to, _)): (usize, &(u32, u32, bool))| {
            rank(scores[[*from as usize, *to as usize]]) << 32 | place as u64
        };
        order.extend(pairs.iter().enumerate().map(ranked));
        let most = best_of(DIVISORS[0]);
        if most < order.len() {
            order.select_nth_unstable(most);
            order.truncate(most);
        }
        order.sort_unstable();
        DIVISORS.map(|divisor| {
            let best = &order[..best_of(divisor)];
            let hits = best
                .iter()
                .filter(|key| pairs[(**key & 0xffff_ffff) as usize].2);
            Hits {
                right: hits.count() as f64,
                places: best.len(),
            }
        })
    }
}

/// A number that is the smaller the larger the score is (as `f32::total_cmp` has it).
fn rank(score: f32) -> u64 {
    let bits = score.to_bits();
    let ascending = if bits >> 31 == 1 {
        !bits
    } else {
        bits | 1 << 31
    };
    u64::from(!ascending)
}

/// `contact-precision`: how well a head predicts contacts by itself: its map is
/// [symmetrised](symmetrized) and [corrected](apc), and of the best L, L / 2 and L / 5 pairs of each
/// [`Separation`] the share is taken that are contacts ([`contact_precision`]), the mean over proteins.
///
/// Contacts are the pairs of class `yes` of the property `contact`. A protein without coordinates
/// does not count, nor does one for a range in which it has no pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContactPrecision;

impl ContactPrecision {
    /// Its name.
    pub const NAME: &'static str = "contact-precision";

    /// The property whose pairs are predicted.
    pub const PROPERTY: &'static str = "contact";

    /// The quantities, in the order of [`contact_precision`]: `short L`, `short L/2`, ...
    pub fn classes() -> Vec<String> {
        let of_range = |range| DIVISORS.map(|divisor| at_l(divisor, Some(range)));
        let all = Separation::ALL.into_iter().flat_map(of_range);
        all.map(|at| format!("{} {}", at.separation_name(), at.k_rule()))
            .collect()
    }
}

impl Metric for ContactPrecision {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn quantities(&self, _n_heads: usize) -> Vec<Quantity> {
        let classes = Self::classes();
        let of_class = |class: &String| Quantity::share(Self::PROPERTY, class);
        classes.iter().map(of_class).collect()
    }

    fn observe(
        &self,
        subject: &Subject<'_>,
        _layer: usize,
        attention: ArrayView3<'_, f32>,
        values: &mut HeadValues,
    ) -> Result<(), MetricError> {
        let contacts = match subject.labels(Self::PROPERTY) {
            None => return Ok(()),
            Some(Labels::Pairs(contacts)) => contacts,
            Some(Labels::Residues(_)) => return Err("property contact is not of pairs".into()),
        };
        let pairs = EligiblePairs::new(contacts, subject.n_read());
        for (head, map) in attention.outer_iter().enumerate() {
            let mut map = symmetrized(map);
            apc(&mut map);
            add_hits(&pairs.hits(map.view()), head, 0, values);
        }
        Ok(())
    }
}

/// Adds what was found in one protein, as the quantities from `first` on.
pub(crate) fn add_hits(hits: &[[Hits; 3]; 3], head: usize, first: usize, values: &mut HeadValues) {
    for (quantity, hits) in (first..).zip(hits.as_flattened()) {
        let [numerator, weight] = PrecisionAtL::OF_HEADS.terms(*hits);
        values.add(head, quantity, numerator, weight);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::Array2;
    use protattn_io::Label;

    use super::*;

    /// Ties abound: scores have seven values.
    #[test]
    fn hits_are_those_of_the_definition() {
        let n = 43;
        let mut contacts = PairLabels::undefined(n + 2);
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
            let known = (i + j) % 5 != 0;
            contacts.set(i, j, Label::from_flag(known.then_some((i * j) % 3 == 0)));
        }
        let scores = Array2::from_shape_fn((n, n), |(i, j)| ((i * 31 + j * 17) % 7) as f32 - 3.0);
        let found = EligiblePairs::new(&contacts, n).hits(scores.view());
        for (range, found) in Separation::ALL.into_iter().zip(found) {
            let pairs = (0..n).flat_map(|i| (i..n).map(move |j| (i, j)));
            let pairs = pairs.filter(|&(i, j)| {
                Separation::of(i, j) == Some(range) && contacts.get(i, j).is_defined()
            });
            let (scores, truth): (Vec<f64>, Vec<bool>) = pairs
                .map(|(i, j)| {
                    let touches = contacts.get(i, j).class() == Some(0);
                    (f64::from(scores[[i, j]]), touches)
                })
                .unzip();
            for (divisor, found) in DIVISORS.into_iter().zip(found) {
                let at = at_l(divisor, Some(range));
                assert_eq!(found, at.hits(n, &scores, &truth).unwrap());
            }
        }
    }
}
