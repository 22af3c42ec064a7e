//! The arcs that are shown.

use protattn_metrics::{AttentionArc, LocatedArc, rank_by_share};
use protattn_viz::structure as viz;

use super::molecule::Chain;

/// More arcs than this slow down the page, and nobody can tell them apart.
pub(super) const MAX_ARCS: usize = 20_000;

/// Arcs as they are drawn, between residues of the view.
pub(super) fn drawn(
    arcs: Vec<LocatedArc>,
    chains: &[Chain],
    directed: bool,
) -> Vec<viz::ResidueArc> {
    let arc = |found: LocatedArc| {
        let (chain, arc) = (&chains[found.sequence], found.arc);
        let AttentionArc { from, to, .. } = arc;
        viz::ResidueArc {
            directed,
            distance: chain.distance(from, to),
            contact: chain.contact(from, to),
            head: Some((found.layer, arc.head)),
            ..viz::ResidueArc::new(chain.start + from, chain.start + to, arc.weight)
        }
    };
    arcs.into_iter().map(arc).collect()
}

/// Heads with fewer arcs are not marked as the best.
const MIN_ARCS: u64 = 10;
/// How many are marked.
const BEST: usize = 3;

/// The heads (layer and head, 0-based) with the largest share of their arcs on contacts, the best
/// first: as many as are marked, of those with enough arcs and at least one contact.
pub(super) fn best(arcs: &[viz::ResidueArc]) -> Vec<(usize, usize)> {
    let contacts = arcs.iter().map(|arc| {
        let head = arc.head.unwrap_or_default();
        (head, arc.contact == Some(true))
    });
    let mut heads = rank_by_share(contacts, MIN_ARCS);
    heads.truncate(BEST);
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

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
                let arc = viz::ResidueArc {
                    contact,
                    head: Some((0, head)),
                    ..viz::ResidueArc::new(0, 9, 0.5)
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
