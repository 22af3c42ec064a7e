//! The arcs of the heads that are shown.

use ndarray::{ArrayView3, s};
use protattn_metrics::{Arc, find_arcs, join_directions};
use protattn_model::{Output, Sink, SinkError};
use protattn_viz::structure as viz;

use super::molecule::Chain;

/// More arcs than this slow down the page, and nobody can tell them apart.
pub(super) const MAX_ARCS: usize = 20_000;

/// Which arcs are wanted.
pub(super) struct Wanted {
    /// 0-based, ascending.
    pub(super) layers: Vec<usize>,
    /// 0-based, ascending; the same of each layer.
    pub(super) heads: Vec<usize>,
    pub(super) min_attention: f32,
    pub(super) directed: bool,
}

/// An arc, with what the maps do not say.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Found {
    /// The place of the chain.
    chain: usize,
    layer: usize,
    arc: Arc,
}

/// Takes the arcs of one pass after another, and keeps the strongest if they are too many.
///
/// What is left is the arcs over the attention of the first that is too many; as only weaker ones are
/// ever given up, it is the same however the arcs come.
pub(super) struct Collector<'w> {
    wanted: &'w Wanted,
    most: usize,
    /// The places of the chains that the pass is over.
    chains: Vec<usize>,
    found: Vec<Found>,
    /// Arcs that are not over this have been given up.
    over: Option<f32>,
    of_head: Vec<Arc>,
}

impl<'w> Collector<'w> {
    pub(super) fn new(wanted: &'w Wanted, most: usize) -> Self {
        Self {
            wanted,
            most,
            chains: Vec::new(),
            found: Vec::new(),
            over: None,
            of_head: Vec::new(),
        }
    }

    /// Says which chains, of one sequence, the next pass is over.
    pub(super) fn chains(&mut self, places: &[usize]) {
        self.chains = places.to_vec();
    }

    /// Attention that all arcs are over, if there were too many.
    pub(super) fn over(&self) -> Option<f32> {
        self.over
    }

    /// The arcs, by chain, layer, head and residue, as they are drawn.
    pub(super) fn finish(mut self, chains: &[Chain]) -> Vec<viz::Arc> {
        let place = |f: &Found| (f.chain, f.layer, f.arc.head, f.arc.from, f.arc.to);
        self.found.sort_unstable_by_key(place);
        let arcs = self.found.iter().map(|found| {
            let (chain, Arc { from, to, .. }) = (&chains[found.chain], found.arc);
            viz::Arc {
                directed: self.wanted.directed,
                distance: chain.distance(from, to),
                contact: chain.contact(from, to),
                head: Some((found.layer, found.arc.head)),
                ..viz::Arc::new(chain.start + from, chain.start + to, found.arc.weight)
            }
        });
        arcs.collect()
    }

    fn give_up_the_weakest(&mut self) {
        if self.found.len() <= self.most {
            return;
        }
        let mut weights: Vec<f32> = self.found.iter().map(|found| found.arc.weight).collect();
        let (_, &mut over, _) = weights.select_nth_unstable_by(self.most, |a, b| b.total_cmp(a));
        self.found.retain(|found| found.arc.weight > over);
        self.over = Some(over);
    }
}

impl Sink for Collector<'_> {
    fn wants(&self, output: Output) -> bool {
        matches!(output, Output::Attention { layer } if self.wanted.layers.contains(&layer))
    }

    /// Head by head: a low threshold makes an arc of every weight, and an arc is larger.
    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        for &head in &self.wanted.heads {
            let map = attention.slice(s![head..=head, .., ..]);
            find_arcs(map, self.wanted.min_attention, &mut self.of_head)?;
            // What a residue pays to itself joins nothing.
            self.of_head.retain(|arc| arc.from != arc.to);
            if !self.wanted.directed {
                join_directions(&mut self.of_head);
            }
            let over = self.over;
            let strong = |arc: &&Arc| over.is_none_or(|over| arc.weight > over);
            for &chain in &self.chains {
                let found = self.of_head.iter().filter(strong).map(|arc| Found {
                    chain,
                    layer,
                    arc: Arc { head, ..*arc },
                });
                self.found.extend(found);
            }
            self.give_up_the_weakest();
        }
        Ok(())
    }
}

/// Heads with fewer arcs are not marked as the best.
const MIN_ARCS: usize = 10;
/// How many are marked.
const BEST: usize = 3;

/// The heads (layer and head, 0-based) with the largest share of their arcs on contacts, the best
/// first: as many as are marked, of those with enough arcs and at least one contact.
pub(super) fn best(arcs: &[viz::Arc]) -> Vec<(usize, usize)> {
    let mut counts = std::collections::BTreeMap::<(usize, usize), (usize, usize)>::new();
    for arc in arcs {
        let (contacts, all) = counts.entry(arc.head.unwrap_or_default()).or_default();
        *contacts += usize::from(arc.contact == Some(true));
        *all += 1;
    }
    counts.retain(|_, (contacts, all)| *contacts > 0 && *all >= MIN_ARCS);
    let mut heads: Vec<_> = counts.into_iter().collect();
    // a / b > c / d, in whole numbers; among equals the one with more arcs.
    heads.sort_by(|(_, (a, b)), (_, (c, d))| (c * b).cmp(&(a * d)).then(d.cmp(b)));
    heads.into_iter().take(BEST).map(|(head, _)| head).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::Array3;

    use super::*;

    fn wanted(directed: bool) -> Wanted {
        Wanted {
            layers: vec![0, 2],
            heads: vec![1],
            min_attention: 0.2,
            directed,
        }
    }

    fn collected(wanted: &Wanted, most: usize, maps: &[Array3<f32>]) -> (Vec<Found>, Option<f32>) {
        let mut collector = Collector::new(wanted, most);
        collector.chains(&[0]);
        for (layer, map) in maps.iter().enumerate() {
            if collector.wants(Output::Attention { layer }) {
                collector.attention(layer, map.view()).unwrap();
            }
        }
        (collector.found, collector.over)
    }

    fn ends(found: &[Found]) -> Vec<(usize, usize, usize, usize, f32)> {
        let ends = |f: &Found| (f.layer, f.arc.head, f.arc.from, f.arc.to, f.arc.weight);
        found.iter().map(ends).collect()
    }

    /// Three layers of two heads over three residues; head 1 has arcs both ways, one to itself, and
    /// one at the threshold.
    fn maps() -> Vec<Array3<f32>> {
        let mut map = Array3::zeros((2, 3, 3));
        map[[0, 0, 1]] = 0.9;
        map[[1, 2, 0]] = 0.5;
        map[[1, 0, 2]] = 0.25;
        map[[1, 1, 1]] = 0.8;
        map[[1, 2, 1]] = 0.2;
        vec![map.clone(), map.clone(), map]
    }

    #[test]
    fn the_asked_heads_of_the_asked_layers_are_taken() {
        let (found, over) = collected(&wanted(false), 100, &maps());
        let of_layer = |layer| [(layer, 1, 0, 2, 0.5), (layer, 1, 1, 2, 0.2)];
        assert_eq!(ends(&found), [of_layer(0), of_layer(2)].concat());
        assert_eq!(over, None);
        let (found, _) = collected(&wanted(true), 100, &maps()[..1]);
        let expected = [(0, 1, 0, 2, 0.25), (0, 1, 2, 0, 0.5), (0, 1, 2, 1, 0.2)];
        assert_eq!(ends(&found), expected);
    }

    #[test]
    fn of_too_many_the_strongest_are_kept_whatever_came_first() {
        // Attention 0.5 and 0.2 in each of two layers: three do not fit without the fourth.
        let (found, over) = collected(&wanted(false), 3, &maps());
        assert_eq!(ends(&found), [(0, 1, 0, 2, 0.5), (2, 1, 0, 2, 0.5)]);
        assert_eq!(over, Some(0.2));
        assert_eq!(collected(&wanted(false), 4, &maps()).1, None);
        // None is over the first that is too many.
        let (found, over) = collected(&wanted(false), 1, &maps());
        assert_eq!((found.len(), over), (0, Some(0.5)));
    }

    #[test]
    fn the_best_heads_have_the_largest_share_of_contacts() {
        let mut arcs = Vec::new();
        let mut head = |head, contacts: usize, others: usize| {
            let kinds = [
                (Some(true), contacts),
                (Some(false), others / 2),
                (None, others - others / 2),
            ];
            for (contact, count) in kinds {
                let arc = viz::Arc {
                    contact,
                    head: Some((0, head)),
                    ..viz::Arc::new(0, 9, 0.5)
                };
                arcs.extend(std::iter::repeat_n(arc, count));
            }
        };
        head(0, 9, 0); // too few
        head(1, 5, 5);
        head(2, 0, 50); // no contact
        head(3, 20, 10);
        head(4, 40, 20); // the same share of more
        head(5, 1, 10);
        assert_eq!(best(&arcs), [(0, 4), (0, 3), (0, 1)]);
    }
}
