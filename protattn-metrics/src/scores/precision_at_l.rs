//! Precision at a fraction of the length of a protein.

use super::{Hits, Separation, Ties, hits_at_k, top_count};
use crate::Error;

/// How the proteins of a data set are put together to one precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OverProteins {
    /// The mean of their precisions: a protein counts once, and not at all if there is nothing to
    /// look at in it.
    Mean,
    /// The share of true ones among the samples that are looked at in all of them: a protein counts
    /// by its length.
    Pooled,
}

/// The precision at L / `divisor`: the share of true ones among the samples of a protein, residues or
/// pairs of them, that have the highest scores, L / `divisor` of them where the protein has L
/// residues (Rao et al. 2019, arXiv 1906.08230).
///
/// Tables differ in the rest, and say so by what they start from:
///
/// | table | starts from | ties | `k` at least | over proteins |
/// | --- | --- | --- | --- | --- |
/// | `metrics.parquet` | [`OF_HEADS`](Self::OF_HEADS) | by order | 1 | mean |
/// | `probe.parquet` | [`OF_PROBES`](Self::OF_PROBES) | expected | 0 | pooled |
/// | `contact_scores.parquet` | [`OF_CONTACTS`](Self::OF_CONTACTS) | expected | 0 | mean |
///
/// ```
/// use protattn_metrics::scores::PrecisionAtL;
///
/// // Two proteins of 10 and 20 residues: the best 2 and 4 samples.
/// let at = PrecisionAtL { divisor: 5, ..PrecisionAtL::OF_PROBES };
/// let first = at.hits(10, &[0.9, 0.8, 0.1], &[true, true, false])?;
/// let second = at.hits(20, &[0.9, 0.8, 0.7, 0.6, 0.5], &[true, false, false, false, true])?;
///
/// let over_both = |at: PrecisionAtL| {
///     let [a, b] = [first, second].map(|hits| at.terms(hits));
///     (a[0] + b[0]) / (a[1] + b[1])
/// };
/// assert_eq!(over_both(at), (2.0 + 1.0) / (2.0 + 4.0)); // pooled
/// let mean = PrecisionAtL { divisor: 5, ..PrecisionAtL::OF_CONTACTS };
/// assert_eq!(over_both(mean), (2.0 / 2.0 + 1.0 / 4.0) / 2.0);
/// # Ok::<(), protattn_metrics::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PrecisionAtL {
    /// What L is divided by; the quotient is rounded as by [`top_count`].
    pub divisor: usize,
    /// The pairs that are looked at: those of one range, or all samples.
    pub separation: Option<Separation>,
    /// How samples of the same score share the last places.
    pub ties: Ties,
    /// The fewest samples that are looked at, where there are so many.
    pub at_least: usize,
    /// How proteins are put together.
    pub proteins: OverProteins,
}

impl PrecisionAtL {
    /// Of all pairs at L, as heads are judged by [`ContactPrecision`](crate::ContactPrecision).
    pub const OF_HEADS: Self = Self {
        divisor: 1,
        separation: None,
        ties: Ties::ByOrder,
        at_least: 1,
        proteins: OverProteins::Mean,
    };

    /// Of all samples at L, as probes are judged: counted over proteins as by the original
    /// (salesforce/provis, `probing/metrics.py`).
    pub const OF_PROBES: Self = Self {
        divisor: 1,
        separation: None,
        ties: Ties::Expected,
        at_least: 0,
        proteins: OverProteins::Pooled,
    };

    /// Of all pairs at L, as contacts predicted from all heads are judged.
    pub const OF_CONTACTS: Self = Self {
        proteins: OverProteins::Mean,
        ..Self::OF_PROBES
    };

    /// Returns how many samples of a protein of `length` residues are looked at, if there are so many.
    pub fn k(&self, length: usize) -> usize {
        top_count(length, self.divisor).max(self.at_least)
    }

    /// Returns what is found in a protein of `length` residues, from its samples in the range.
    ///
    /// # Errors
    ///
    /// Those of [`hits_at_k`].
    pub fn hits(&self, length: usize, scores: &[f64], truth: &[bool]) -> Result<Hits, Error> {
        hits_at_k(scores, truth, self.k(length), self.ties)
    }

    /// Returns the numerator and the denominator that a protein adds: the precision over proteins is
    /// the sum of the ones over the sum of the others.
    pub fn terms(&self, hits: Hits) -> [f64; 2] {
        match self.proteins {
            OverProteins::Pooled => [hits.right, hits.places as f64],
            OverProteins::Mean if hits.places == 0 => [0.0, 0.0],
            OverProteins::Mean => [hits.precision(), 1.0],
        }
    }

    /// Whether a pair in this range of separations, or in none, is looked at.
    pub fn looks_at(&self, separation: Option<Separation>) -> bool {
        self.separation.is_none() || self.separation == separation
    }

    /// The rule of k as tables have it: `L`, `L/5`.
    pub fn k_rule(&self) -> String {
        match self.divisor {
            1 => "L".to_owned(),
            divisor => format!("L/{divisor}"),
        }
    }

    /// The range as tables have it: `all`, `short`, `medium` or `long`.
    pub fn separation_name(&self) -> &'static str {
        self.separation.map_or("all", Separation::name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_least_one_sample_is_looked_at_where_so_it_is_asked() {
        let of = |from: PrecisionAtL| PrecisionAtL { divisor: 5, ..from };
        assert_eq!(of(PrecisionAtL::OF_HEADS).k(2), 1);
        assert_eq!(of(PrecisionAtL::OF_PROBES).k(2), 0);
        assert_eq!(of(PrecisionAtL::OF_HEADS).k(13), 3);
    }

    #[test]
    fn a_protein_without_samples_adds_nothing() {
        for at in [PrecisionAtL::OF_HEADS, PrecisionAtL::OF_PROBES] {
            assert_eq!(at.terms(Hits::default()), [0.0, 0.0]);
        }
    }

    #[test]
    fn names_are_those_of_tables() {
        let at = PrecisionAtL::OF_HEADS;
        assert_eq!((at.k_rule().as_str(), at.separation_name()), ("L", "all"));
        assert!(at.looks_at(None) && at.looks_at(Some(Separation::Long)));
        let at = PrecisionAtL {
            divisor: 20,
            separation: Some(Separation::Short),
            ..at
        };
        assert_eq!(
            (at.k_rule().as_str(), at.separation_name()),
            ("L/20", "short")
        );
        assert!(at.looks_at(Some(Separation::Short)) && !at.looks_at(None));
    }
}
