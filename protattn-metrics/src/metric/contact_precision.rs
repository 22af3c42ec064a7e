//! A head as a predictor of contacts.

use ndarray::{ArrayView2, ArrayView3};
use protattn_io::PairLabels;

use super::{HeadValues, Metric, MetricError, Quantity, Subject};
use crate::scores::{Separation, top_count};
use crate::{Labels, apc, symmetrized};

/// A protein of L residues has its L, L / 2 and L / 5 best pairs looked at.
const DIVISORS: [usize; 3] = [1, 2, 5];

/// Of the pairs with the highest scores, the share that are contacts: for each [`Separation`], of the best
/// L, L / 2 and L / 5 pairs, axes [range][L, L / 2, L / 5].
///
/// `scores` has the axes [residue, residue]; its upper triangle is read. L is its length, of which
/// `contacts`, which may have more residues, has the first; a fraction is rounded as by [`top_count`],
/// and is at least 1. Pairs whose contact is undefined are
/// left out; where fewer pairs are left, the share is of those; NaN of none. Of pairs of the same
/// score, the first along the chain comes first.
pub fn contact_precision(scores: ArrayView2<'_, f32>, contacts: &PairLabels) -> [[f64; 3]; 3] {
    let n = scores.nrows().min(contacts.len());
    EligiblePairs::new(contacts, n).precisions(scores)
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

    /// As [`contact_precision`].
    pub(crate) fn precisions(&self, scores: ArrayView2<'_, f32>) -> [[f64; 3]; 3] {
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
    ) -> [f64; 3] {
        let best_of = |divisor| top_count(self.n, divisor).max(1).min(pairs.len());
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
            hits.count() as f64 / best.len() as f64
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
    /// The property whose pairs are predicted.
    pub const PROPERTY: &'static str = "contact";

    /// The quantities, in the order of [`contact_precision`]: `short L`, `short L/2`, ...
    pub fn classes() -> Vec<String> {
        let of_range = |range: Separation| {
            DIVISORS.map(|divisor| match divisor {
                1 => format!("{} L", range.name()),
                _ => format!("{} L/{divisor}", range.name()),
            })
        };
        Separation::ALL.into_iter().flat_map(of_range).collect()
    }
}

impl Metric for ContactPrecision {
    fn name(&self) -> &str {
        "contact-precision"
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
            add_precisions(&pairs.precisions(map.view()), head, values);
        }
        Ok(())
    }
}

/// Adds what [`contact_precision`] gave for one protein, as a mean over proteins.
pub(crate) fn add_precisions(precisions: &[[f64; 3]; 3], head: usize, values: &mut HeadValues) {
    for (quantity, precision) in precisions.as_flattened().iter().enumerate() {
        if !precision.is_nan() {
            values.add(head, quantity, *precision, 1.0);
        }
    }
}
