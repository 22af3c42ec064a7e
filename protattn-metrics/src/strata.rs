//! Backgrounds matched by what else makes a label likely.

use serde::{Deserialize, Serialize};

use crate::{AttentionArc, Labels};

/// By what the arcs of a head and the background are made comparable: strata of residues or pairs
/// among which a label is about equally likely for reasons that are not the property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strata {
    /// Pairs by |i - j|: attention prefers near neighbours, and near neighbours are in contact more
    /// often. One stratum for each separation below 32, then four to each doubling, up to 7,168,
    /// and everything beyond.
    Separation,
    /// Residues by their amino acid, the letter of the residue attended **to**: attention prefers
    /// some amino acids, and so do binding sites.
    AminoAcid,
}

/// Separations with a stratum of their own.
const EXACT: usize = 32;

impl Strata {
    /// The number of strata.
    pub fn count(self) -> usize {
        match self {
            Self::Separation => EXACT + 4 * 8,
            Self::AminoAcid => 26,
        }
    }

    /// The stratum of an arc between two residues (0-based) of `sequence`, upper-case letters.
    #[inline]
    pub(crate) fn of_arc(self, sequence: &[u8], from: usize, to: usize) -> usize {
        match self {
            Self::Separation => Self::of_separation(from.abs_diff(to)),
            Self::AminoAcid => usize::from(sequence[to].saturating_sub(b'A').min(25)),
        }
    }

    fn of_separation(separation: usize) -> usize {
        if separation < EXACT {
            return separation;
        }
        let octave = separation.ilog2() as usize - 5;
        let quarter = (separation >> (octave + 3)) & 3;
        (EXACT + 4 * octave + quarter).min(Self::Separation.count() - 1)
    }
}

/// For one protein: its eligible residues or pairs by stratum, those in each class, and the eligible
/// arcs of each layer and head by stratum. Filled beside an [`ArcCounts`](crate::ArcCounts), which
/// has checked the labels and arcs.
#[derive(Clone, Debug)]
pub(crate) struct StratumCounts {
    strata: Strata,
    n_classes: usize,
    n_heads: usize,
    sequence: Vec<u8>,
    /// [stratum, class]
    pub(crate) background_in_class: Vec<u64>,
    /// [stratum]
    pub(crate) background_eligible: Vec<u64>,
    /// [row, head, stratum]
    pub(crate) arcs_eligible: Vec<u64>,
}

impl StratumCounts {
    pub(crate) fn new(strata: Strata, n_classes: usize, n_rows: usize, n_heads: usize) -> Self {
        let n = strata.count();
        Self {
            strata,
            n_classes,
            n_heads,
            sequence: Vec::new(),
            background_in_class: vec![0; n * n_classes],
            background_eligible: vec![0; n],
            arcs_eligible: vec![0; n_rows * n_heads * n],
        }
    }

    /// All that is counted, in a fixed order.
    pub(crate) fn numbers(&self) -> [&[u64]; 3] {
        [
            &self.background_in_class,
            &self.background_eligible,
            &self.arcs_eligible,
        ]
    }

    /// As [`numbers`](Self::numbers).
    pub(crate) fn numbers_mut(&mut self) -> [&mut [u64]; 3] {
        [
            &mut self.background_in_class,
            &mut self.background_eligible,
            &mut self.arcs_eligible,
        ]
    }

    pub(crate) fn observe_protein(&mut self, labels: &Labels, sequence: &str, n_read: usize) {
        self.sequence.clear();
        self.sequence.extend_from_slice(sequence.as_bytes());
        match labels {
            Labels::Residues(labels) => {
                for (to, label) in labels.iter().enumerate().take(n_read) {
                    self.observe_label(to, to, label.is_defined(), label.class());
                }
            }
            Labels::Pairs(labels) => {
                for ((from, to), label) in labels.view().indexed_iter() {
                    if from < n_read && to < n_read {
                        self.observe_label(from, to, label.is_defined(), label.class());
                    }
                }
            }
        }
    }

    fn observe_label(&mut self, from: usize, to: usize, defined: bool, class: Option<usize>) {
        if defined {
            let stratum = self.strata.of_arc(&self.sequence, from, to);
            self.background_eligible[stratum] += 1;
            if let Some(class) = class {
                self.background_in_class[stratum * self.n_classes + class] += 1;
            }
        }
    }

    /// `row` is that of the layer.
    pub(crate) fn observe_arcs(&mut self, row: usize, arcs: &[AttentionArc], labels: &Labels) {
        for arc in arcs {
            let label = labels.of_arc(arc.from, arc.to);
            if label.is_some_and(|label| label.is_defined()) {
                let stratum = self.strata.of_arc(&self.sequence, arc.from, arc.to);
                let cell = row * self.n_heads + arc.head;
                self.arcs_eligible[cell * self.strata.count() + stratum] += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separations_have_strata_that_widen_with_them() {
        let strata: Vec<usize> = (0..40_000).map(Strata::of_separation).collect();
        assert!(strata.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!(strata[..32], (0..32).collect::<Vec<_>>());
        let first_of = |stratum| strata.iter().position(|s| *s == stratum);
        let starts: Vec<_> = (32..41)
            .map(|stratum| first_of(stratum).unwrap_or(0))
            .collect();
        assert_eq!(starts, [32, 40, 48, 56, 64, 80, 96, 112, 128]);
        assert_eq!(strata.last(), Some(&(Strata::Separation.count() - 1)));
        assert_eq!(first_of(63), Some(7 * 1024));
    }

    #[test]
    fn amino_acids_have_one_each() {
        assert_eq!(Strata::AminoAcid.of_arc(b"AZC", 1, 0), 0);
        assert_eq!(Strata::AminoAcid.of_arc(b"AZC", 0, 1), 25);
        assert_eq!(
            Strata::AminoAcid.of_arc(b"A*", 0, 1),
            0,
            "never out of range"
        );
    }
}
