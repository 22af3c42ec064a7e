//! The strongest arcs, where all would be too many.

#[cfg(feature = "model")]
mod search;

use crate::AttentionArc;

#[cfg(feature = "model")]
pub use search::ArcSearch;

/// An arc, with what a map does not say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocatedArc {
    /// The sequence, by its place among those that were looked at, 0-based.
    pub sequence: usize,
    /// The layer, 0-based.
    pub layer: usize,
    /// The arc within its layer.
    pub arc: AttentionArc,
}

/// The strongest arcs of some heads of some sequences.
///
/// Of more than a number, those are kept that are over the attention of the first that is too many. As
/// only weaker ones are ever given up, they are the same in whatever order and from whatever parts they
/// come.
///
/// ```
/// use protattn_metrics::{AttentionArc, StrongestArcs};
///
/// let arc = |to, weight| AttentionArc { head: 1, from: 0, to, weight };
/// let mut strongest = StrongestArcs::new(3);
/// strongest.extend(0, 2, [arc(3, 0.5), arc(4, 0.2)]);
/// strongest.extend(0, 7, [arc(3, 0.4), arc(5, 0.2)]);
/// assert_eq!(strongest.over(), Some(0.2)); // three do not fit without the fourth
/// let layers: Vec<usize> = strongest.into_arcs().iter().map(|arc| arc.layer).collect();
/// assert_eq!(layers, [2, 7]);
/// ```
#[derive(Clone, Debug)]
pub struct StrongestArcs {
    most: usize,
    found: Vec<LocatedArc>,
    /// Arcs that are not over this have been given up.
    over: Option<f32>,
}

impl StrongestArcs {
    /// Keeps at most so many.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            found: Vec::new(),
            over: None,
        }
    }

    /// Adds arcs of a layer of a sequence.
    pub fn extend(
        &mut self,
        sequence: usize,
        layer: usize,
        arcs: impl IntoIterator<Item = AttentionArc>,
    ) {
        self.add(arcs.into_iter().map(|arc| LocatedArc {
            sequence,
            layer,
            arc,
        }));
    }

    /// Adds what another has, as of this sequence.
    pub fn merge(&mut self, other: &Self, sequence: usize) {
        self.give_up(other.over);
        self.add(
            other
                .found
                .iter()
                .map(|found| LocatedArc { sequence, ..*found }),
        );
    }

    /// The attention that all arcs are over, if there were too many.
    pub fn over(&self) -> Option<f32> {
        self.over
    }

    /// The arcs, by sequence, layer, head, from and to.
    pub fn into_arcs(mut self) -> Vec<LocatedArc> {
        let place = |found: &LocatedArc| {
            let AttentionArc { head, from, to, .. } = found.arc;
            (found.sequence, found.layer, head, from, to)
        };
        self.found.sort_unstable_by_key(place);
        self.found
    }

    fn add(&mut self, arcs: impl Iterator<Item = LocatedArc>) {
        let over = self.over;
        self.found
            .extend(arcs.filter(|found| over.is_none_or(|over| found.arc.weight > over)));
        if self.found.len() > self.most {
            let mut weights: Vec<f32> = self.found.iter().map(|found| found.arc.weight).collect();
            let (_, &mut over, _) =
                weights.select_nth_unstable_by(self.most, |a, b| b.total_cmp(a));
            self.give_up(Some(over));
        }
    }

    /// Gives up the arcs that are not over this.
    fn give_up(&mut self, over: Option<f32>) {
        let Some(over) = over.filter(|over| self.over.is_none_or(|known| *over > known)) else {
            return;
        };
        self.found.retain(|found| found.arc.weight > over);
        self.over = Some(over);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Arcs of four layers, some of equal weight.
    fn arcs() -> Vec<(usize, AttentionArc)> {
        let arc = |n: usize| AttentionArc {
            head: n % 3,
            from: n,
            to: n * 7 % 11,
            weight: ((n * 37) % 19) as f32 / 20.0,
        };
        (0..40).map(|n| (n % 4, arc(n))).collect()
    }

    #[test]
    fn the_strongest_are_kept_whatever_comes_first_and_from_whatever_parts() {
        for most in [0, 1, 5, 17, 39, 40] {
            let mut all = StrongestArcs::new(most);
            for (layer, arc) in arcs() {
                all.extend(0, layer, [arc]);
            }
            let mut parts = [2, 5].map(|_| StrongestArcs::new(most));
            for (n, (layer, arc)) in arcs().into_iter().enumerate().rev() {
                parts[n % 3 % 2].extend(8, layer, [arc]);
            }
            let [mut first, second] = parts;
            first.merge(&second, 0);
            first.found.iter_mut().for_each(|found| found.sequence = 0);
            assert_eq!(first.over(), all.over(), "{most}");
            let all = all.into_arcs();
            assert_eq!(first.into_arcs(), all);
            assert!(all.len() <= most);
            assert_eq!(
                all.is_empty(),
                most < 2,
                "of {most}: none is over the first too many"
            );
        }
    }
}
