//! β bridges, and the ladders that they make.

use std::ops::RangeInclusive;

use super::State;
use super::backbone::Residues;
use super::hydrogen_bonds::HydrogenBonds;

/// Two bridges of one ladder are at most this far apart in one strand, ...
const MAX_LONG_STEP: usize = 5;
/// ... and this far in the other.
const MAX_SHORT_STEP: usize = 2;
/// The residues of a bridge are at least this far apart in the chain.
const MIN_SEPARATION: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Parallel,
    Antiparallel,
}

/// Bridges that follow one another.
#[derive(Clone, Debug)]
struct Ladder {
    direction: Direction,
    /// The residues of one strand, from the first bridge to the last.
    i: RangeInclusive<usize>,
    /// The residues of the other, which comes later; both ascend.
    j: RangeInclusive<usize>,
    n_bridges: usize,
}

/// Marks strands and single bridges.
pub(super) fn assign(residues: &Residues, bonds: &HydrogenBonds, states: &mut [State]) {
    for ladder in joined(ladders(residues, bonds), residues) {
        let state = if ladder.n_bridges > 1 {
            State::Strand
        } else {
            State::Bridge
        };
        for index in ladder.i.chain(ladder.j) {
            if states[index] != State::Strand {
                states[index] = state;
            }
        }
    }
}

/// The ladders without bulges, in the order of their first residues.
fn ladders(residues: &Residues, bonds: &HydrogenBonds) -> Vec<Ladder> {
    let mut ladders: Vec<Ladder> = Vec::new();
    // Those whose last bridge was at the residue before, which alone can go on.
    let mut open: Vec<usize> = Vec::new();
    for i in 1..residues.len().saturating_sub(1) {
        let mut still_open = Vec::new();
        for (j, direction) in bridges(i, residues, bonds) {
            let goes_on = |ladder: &Ladder| ladder.goes_on(i, j, direction);
            let bridge = Ladder {
                direction,
                i: i..=i,
                j: j..=j,
                n_bridges: 1,
            };
            match open.iter().copied().find(|&k| goes_on(&ladders[k])) {
                Some(index) => {
                    ladders[index].take(&bridge);
                    still_open.push(index);
                }
                None => {
                    still_open.push(ladders.len());
                    ladders.push(bridge);
                }
            }
        }
        open = still_open;
    }
    ladders
}

impl Ladder {
    /// Whether the bridge from `i` to `j` is next to its last one.
    fn goes_on(&self, i: usize, j: usize, direction: Direction) -> bool {
        self.direction == direction
            && i == self.i.end() + 1
            && match direction {
                Direction::Parallel => j == self.j.end() + 1,
                Direction::Antiparallel => j + 1 == *self.j.start(),
            }
    }

    /// Goes on with the bridges of another one.
    fn take(&mut self, next: &Self) {
        let (start, end) = (*self.j.start(), *self.j.end());
        self.i = *self.i.start()..=*next.i.end();
        self.j = start.min(*next.j.start())..=end.max(*next.j.end());
        self.n_bridges += next.n_bridges;
    }

    /// Whether another one, which does not begin earlier, goes on where this one ends, but for a
    /// bulge.
    fn joins(&self, next: &Self, residues: &Residues) -> bool {
        let is_unbroken = |a: &RangeInclusive<usize>, b: &RangeInclusive<usize>| {
            residues.is_unbroken(*a.start().min(b.start()), *a.end().max(b.end()))
        };
        let step_j = match self.direction {
            Direction::Parallel => next.j.start().checked_sub(*self.j.end()),
            Direction::Antiparallel => self.j.start().checked_sub(*next.j.end()),
        };
        let (Some(step_i), Some(step_j)) = (next.i.start().checked_sub(*self.i.end()), step_j)
        else {
            return false;
        };
        self.direction == next.direction
            && step_i > 0
            && step_i.max(step_j) <= MAX_LONG_STEP
            && step_i.min(step_j) <= MAX_SHORT_STEP
            && is_unbroken(&self.i, &next.i)
            && is_unbroken(&self.j, &next.j)
    }
}

/// Joins what only bulges part. Each ladder takes those after it, the nearest first.
fn joined(mut ladders: Vec<Ladder>, residues: &Residues) -> Vec<Ladder> {
    let mut is_taken = vec![false; ladders.len()];
    for first in 0..ladders.len() {
        if is_taken[first] {
            continue;
        }
        for next in first + 1..ladders.len() {
            if *ladders[next].i.start() > ladders[first].i.end() + MAX_LONG_STEP {
                break;
            }
            if !is_taken[next] && ladders[first].joins(&ladders[next], residues) {
                let taken = ladders[next].clone();
                ladders[first].take(&taken);
                is_taken[next] = true;
            }
        }
    }
    let kept = ladders.into_iter().zip(is_taken);
    kept.filter_map(|(ladder, is_taken)| (!is_taken).then_some(ladder))
        .collect()
}

/// The bridges of a residue to later ones, in their order.
fn bridges(
    i: usize,
    residues: &Residues,
    bonds: &HydrogenBonds,
) -> impl Iterator<Item = (usize, Direction)> {
    // Every pattern has a bond from i or from the residue after it, to j or to the one before j.
    let donors = [i, i + 1].into_iter();
    let acceptors = donors.flat_map(|donor| bonds.acceptors(donor));
    let mut candidates: Vec<usize> = acceptors
        .flat_map(|acceptor| [acceptor, acceptor + 1])
        .filter(|&j| j >= i + MIN_SEPARATION && j + 1 < residues.len())
        .collect();
    candidates.sort_unstable();
    candidates.dedup();
    candidates
        .into_iter()
        .filter_map(move |j| Some((j, bridge(i, j, residues, bonds)?)))
}

/// Whether the residues around `i` and `j` are bonded in one of the four patterns of a bridge.
fn bridge(i: usize, j: usize, residues: &Residues, bonds: &HydrogenBonds) -> Option<Direction> {
    if !residues.is_unbroken(i - 1, i + 1) || !residues.is_unbroken(j - 1, j + 1) {
        return None;
    }
    let both =
        |a: (usize, usize), b: (usize, usize)| bonds.is_bond(a.0, a.1) && bonds.is_bond(b.0, b.1);
    if both((i + 1, j), (j, i - 1)) || both((j + 1, i), (i, j - 1)) {
        Some(Direction::Parallel)
    } else if both((i + 1, j - 1), (j + 1, i - 1)) || both((j, i), (i, j)) {
        Some(Direction::Antiparallel)
    } else {
        None
    }
}
