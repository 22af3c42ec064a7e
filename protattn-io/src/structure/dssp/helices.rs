//! Turns, helices and bends.

use super::State;
use super::backbone::{Residues, dot, minus};
use super::hydrogen_bonds::HydrogenBonds;

/// In degrees, between the directions from two residues before and to two after.
const MIN_BEND: f32 = 70.0;

/// The turns of one length.
struct Turns {
    /// Residues from the acceptor of the bond to its donor.
    length: usize,
    /// Whether each residue is the acceptor.
    starts: Vec<bool>,
}

/// Marks helices, over strands where they are α or π, and turns and bends in what is left.
pub(super) fn assign(residues: &Residues, bonds: &HydrogenBonds, states: &mut [State]) {
    let turns = [3, 4, 5].map(|length| Turns::new(length, residues, bonds));
    let [of_3, of_4, of_5] = &turns;
    of_4.mark_helices(State::AlphaHelix, states, |_| true);
    of_3.mark_helices(State::Helix310, states, |state| {
        matches!(state, State::Blank | State::Helix310)
    });
    of_5.mark_helices(State::PiHelix, states, |state| {
        matches!(state, State::Blank | State::PiHelix | State::AlphaHelix)
    });
    for (index, state) in states.iter_mut().enumerate() {
        if *state != State::Blank {
            continue;
        }
        if turns.iter().any(|turns| turns.contains(index)) {
            *state = State::Turn;
        } else if is_bend(index, residues) {
            *state = State::Bend;
        }
    }
}

impl Turns {
    fn new(length: usize, residues: &Residues, bonds: &HydrogenBonds) -> Self {
        let is_start = |start: usize| {
            residues.is_unbroken(start, start + length) && bonds.is_bond(start + length, start)
        };
        let starts = (0..residues.len()).map(is_start).collect();
        Self { length, starts }
    }

    /// Two turns in a row make a helix, from the second's start, if all its residues admit one.
    fn mark_helices(&self, helix: State, states: &mut [State], admits: impl Fn(State) -> bool) {
        for (before, pair) in self.starts.windows(2).enumerate() {
            let residues = before + 1..before + 1 + self.length;
            if pair == [true, true] && states[residues.clone()].iter().all(|s| admits(*s)) {
                states[residues].fill(helix);
            }
        }
    }

    /// Whether the residue is within a turn, its ends not counted.
    fn contains(&self, index: usize) -> bool {
        let first = (index + 1).saturating_sub(self.length);
        self.starts[first..index].contains(&true)
    }
}

/// Whether the chain turns by over [`MIN_BEND`] at a residue. Where Cα coincide, it does not.
fn is_bend(index: usize, residues: &Residues) -> bool {
    let Some(first) = index.checked_sub(2) else {
        return false;
    };
    let last = index + 2;
    if !residues.is_unbroken(first, last) || !residues.is_complete(first, last) {
        return false;
    }
    let ca = |index| residues.backbone(index).ca;
    let to = minus(ca(index), ca(first));
    let from = minus(ca(last), ca(index));
    let scale = (dot(to, to) * dot(from, from)).sqrt();
    scale > 0.0 && dot(to, from) / scale < MIN_BEND.to_radians().cos()
}
