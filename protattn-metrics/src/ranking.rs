//! Which heads agree best.

use std::collections::BTreeMap;

use crate::AgreementRow;

impl AgreementRow {
    /// Whether the head can be ranked: it is scored, and has a proportion. With a minimum of no arcs
    /// a head without any is scored too.
    pub fn is_ranked(&self) -> bool {
        self.scored && self.proportion.is_finite()
    }

    /// The proportion as a multiple of the background: over 1 where the head looks at the class more
    /// than it would by chance.
    pub fn over_background(&self) -> f64 {
        self.proportion / self.background
    }
}

/// Ranks the scored heads of one class, the highest proportion first; ties are in the order of the
/// table.
pub fn rank(rows: &[AgreementRow]) -> Vec<&AgreementRow> {
    ranked(rows.iter().filter(|row| row.is_ranked()), |row| {
        row.proportion
    })
}

/// Ranks the scored heads of any classes together, those whose proportion is the largest multiple of
/// the background of its class first; ties are in the order of the table. Heads of a class that does
/// not occur are left out.
pub fn rank_over_background(rows: &[AgreementRow]) -> Vec<&AgreementRow> {
    let rows = rows
        .iter()
        .filter(|row| row.is_ranked() && row.background > 0.0);
    ranked(rows, AgreementRow::over_background)
}

fn ranked<'a>(
    rows: impl Iterator<Item = &'a AgreementRow>,
    measure: impl Fn(&AgreementRow) -> f64,
) -> Vec<&'a AgreementRow> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|a, b| measure(b).total_cmp(&measure(a)));
    rows
}

/// Ranks heads by the share of their arcs that are hits, the largest first, without tables: from the
/// head of each arc, and whether the arc is a hit.
///
/// Heads with fewer than `min_arcs` arcs, or without a hit, are left out. Of equal shares the one of
/// more arcs comes first, then the lower head.
///
/// ```
/// use protattn_metrics::rank_by_share;
///
/// let arcs = [((0, 1), true), ((0, 1), false), ((2, 3), true), ((2, 3), true), ((4, 0), true)];
/// assert_eq!(rank_by_share(arcs, 2), [(2, 3), (0, 1)]);
/// ```
pub fn rank_by_share<H: Ord>(arcs: impl IntoIterator<Item = (H, bool)>, min_arcs: u64) -> Vec<H> {
    let mut counts = BTreeMap::<H, (u64, u64)>::new();
    for (head, is_hit) in arcs {
        let (hits, all) = counts.entry(head).or_default();
        *hits += u64::from(is_hit);
        *all += 1;
    }
    counts.retain(|_, (hits, all)| *hits > 0 && *all >= min_arcs);
    let mut heads: Vec<_> = counts.into_iter().collect();
    // a / b > c / d, in whole numbers.
    heads.sort_by(|(_, (a, b)), (_, (c, d))| (c * b).cmp(&(a * d)).then(d.cmp(b)));
    heads.into_iter().map(|(head, _)| head).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{AgreementOptions, ArcCounts, BindingSite, agreement};

    /// Rows of heads 0, 1, ...: proportion, background, and whether they are scored.
    fn rows(numbers: &[(f64, f64, bool)]) -> Vec<AgreementRow> {
        let counts = ArcCounts::new(&BindingSite, vec![0], numbers.len()).unwrap();
        let mut rows = agreement(&counts, &AgreementOptions::default());
        for (row, number) in rows.iter_mut().zip(numbers) {
            (row.proportion, row.background, row.scored) = *number;
        }
        rows
    }

    fn heads(rows: &[&AgreementRow]) -> Vec<usize> {
        rows.iter().map(|row| row.head).collect()
    }

    #[test]
    fn the_highest_proportion_is_first_and_ties_keep_their_order() {
        let rows = rows(&[
            (0.1, 0.1, true),
            (0.3, 0.1, true),
            (0.9, 0.1, false),
            (f64::NAN, 0.1, true),
            (0.1, 0.1, true),
        ]);
        assert_eq!(heads(&rank(&rows)), [1, 0, 4]);
    }

    #[test]
    fn multiples_of_the_background_are_comparable_between_classes() {
        let rows = rows(&[
            (0.9, 0.5, true),
            (0.4, 0.1, true),
            (1.0, 0.1, false),
            (0.2, 0.0, true),
            (0.5, 0.125, true),
        ]);
        assert_eq!(heads(&rank_over_background(&rows)), [1, 4, 0]);
        assert_eq!(rows[4].over_background(), 4.0);
    }

    #[test]
    fn shares_are_compared_without_rounding() {
        let arcs = |head: u8, hits: usize, others: usize| {
            let hits = std::iter::repeat_n((head, true), hits);
            hits.chain(std::iter::repeat_n((head, false), others))
        };
        let all = [
            (0, 9, 0),
            (1, 5, 5),
            (2, 0, 50),
            (3, 20, 10),
            (4, 40, 20),
            (5, 5, 5),
        ];
        let arcs = all
            .into_iter()
            .flat_map(|(head, hits, others)| arcs(head, hits, others));
        assert_eq!(rank_by_share(arcs, 10), [4, 3, 1, 5]);
    }
}
