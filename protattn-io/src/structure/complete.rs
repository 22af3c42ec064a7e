//! Where the residues that were not observed stand in a chain.

use std::collections::HashMap;

use super::assembly::{Chain, Monomer};
use super::residue::Residue;
use super::residue_name::{self, Kind, Parents};
use crate::ResidueNumber;

/// One place of a full sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot<'a> {
    /// The observed residue of this index.
    Observed(usize),
    /// A residue without atoms.
    Missing(Monomer<'a>),
}

/// More states than this (observed residues x missing ones) are not searched; 40 MB of memory.
const MAX_STATES: usize = 20_000_000;

/// The full sequence of a chain, `observed` in it in their order; `None` if the file does not state
/// it, or states one that does not agree with the atoms.
///
/// mmCIF ties each residue to its place. PDB has the sequence (SEQRES) and the numbers of what is
/// missing (REMARK 465), which together leave no more than the choice between equal neighbours.
pub(super) fn slots<'a>(
    chain: &Chain<'a>,
    observed: &[&Residue<'a>],
    parents: &Parents<'a>,
) -> Option<Vec<Slot<'a>>> {
    let without_caps = |monomers: &[Monomer<'a>]| -> Vec<Monomer<'a>> {
        monomers
            .iter()
            .copied()
            .filter(|m| residue_name::kind(m.name, parents) != Kind::Cap)
            .collect()
    };
    let sequence = without_caps(&chain.sequence);
    if sequence.first()?.place.is_some() {
        return by_place(&sequence, observed);
    }
    let names: Vec<&str> = sequence.iter().map(|monomer| monomer.name).collect();
    interleave(&names, observed, &without_caps(&chain.missing))
}

fn by_place<'a>(sequence: &[Monomer<'a>], observed: &[&Residue<'a>]) -> Option<Vec<Slot<'a>>> {
    let key = |residue: &&Residue<'a>| (residue.key.polymer, residue.key.place);
    let index: HashMap<_, _> = observed.iter().map(key).zip(0..).collect();
    let mut slots = Vec::with_capacity(sequence.len());
    let mut last = None;
    let mut n_observed = 0;
    for monomer in sequence {
        let place = (monomer.polymer, monomer.place);
        // Where residues share a place, each has a row.
        if last.replace(place) == Some(place) {
            continue;
        }
        let Some(&i) = index.get(&place) else {
            slots.push(Slot::Missing(*monomer));
            continue;
        };
        if i != n_observed {
            return None;
        }
        slots.push(Slot::Observed(i));
        n_observed += 1;
    }
    (n_observed == observed.len()).then_some(slots)
}

/// The two ways in which a place can be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Observed,
    Missing,
}

/// The cost of reaching a state by its last step, and the step before that.
#[derive(Clone, Copy)]
struct Cell {
    cost: u32,
    before: Step,
}

const UNREACHABLE: Cell = Cell {
    cost: u32::MAX,
    before: Step::Observed,
};

/// Weaves two ordered lists into one whose names are those of the sequence, with as few breaks in
/// the author numbers as possible. Dynamic programming over (observed, missing) used so far.
fn interleave<'a>(
    names: &[&str],
    observed: &[&Residue<'a>],
    missing: &[Monomer<'a>],
) -> Option<Vec<Slot<'a>>> {
    let (n, m) = (observed.len(), missing.len());
    if names.len() != n + m || (n + 1).checked_mul(m + 1)? > MAX_STATES {
        return None;
    }
    let weave = Weave {
        names,
        observed,
        missing,
    };
    let mut before = vec![[Step::Observed; 2]; (n + 1) * (m + 1)];
    let mut row: Vec<[Cell; 2]> = Vec::new();
    for i in 0..=n {
        let above = std::mem::take(&mut row);
        for j in 0..=m {
            let cells = weave.cells(i, j, above.get(j), j.checked_sub(1).map(|left| &row[left]));
            before[i * (m + 1) + j] = cells.map(|cell| cell.before);
            row.push(cells);
        }
    }
    weave.trace(&before, row[m])
}

/// What is woven.
struct Weave<'s, 'a> {
    names: &'s [&'s str],
    observed: &'s [&'s Residue<'a>],
    missing: &'s [Monomer<'a>],
}

impl<'a> Weave<'_, 'a> {
    /// The best ways to have used `i` observed and `j` missing residues, the last one observed, and
    /// the last one missing.
    fn cells(
        &self,
        i: usize,
        j: usize,
        above: Option<&[Cell; 2]>,
        left: Option<&[Cell; 2]>,
    ) -> [Cell; 2] {
        if i + j == 0 {
            return [
                Cell {
                    cost: 0,
                    before: Step::Observed,
                },
                UNREACHABLE,
            ];
        }
        let name = self.names[i + j - 1];
        let observed = above.filter(|_| {
            self.observed[i - 1]
                .conformers
                .iter()
                .any(|c| c.component == name)
        });
        let missing = left.filter(|_| self.missing[j - 1].name == name);
        let reach = |from: Option<&[Cell; 2]>, i: usize, j: usize, step| {
            from.map_or(UNREACHABLE, |cells| self.cheaper(cells, i, j, step))
        };
        [
            reach(observed, i.wrapping_sub(1), j, Step::Observed),
            reach(missing, i, j.wrapping_sub(1), Step::Missing),
        ]
    }

    /// The cheaper way on from the state (`i`, `j`) by one step.
    fn cheaper(&self, from: &[Cell; 2], i: usize, j: usize, step: Step) -> Cell {
        let to = self.number(i, j, step, 0);
        let way = |before: Step| {
            let number = self.number(i, j, before, 1);
            let is_break = i + j > 0 && !follows(number, to);
            Cell {
                cost: from[before as usize]
                    .cost
                    .saturating_add(u32::from(is_break)),
                before,
            }
        };
        let (observed, missing) = (way(Step::Observed), way(Step::Missing));
        if missing.cost < observed.cost {
            missing
        } else {
            observed
        }
    }

    /// The number of the residue that the step to (`back` 1) or from (0) the state (`i`, `j`) uses.
    fn number(&self, i: usize, j: usize, step: Step, back: usize) -> Option<ResidueNumber> {
        match step {
            Step::Observed => self
                .observed
                .get(i.checked_sub(back)?)
                .map(|residue| residue.key.number),
            Step::Missing => self
                .missing
                .get(j.checked_sub(back)?)
                .and_then(|monomer| monomer.number),
        }
    }

    /// Walks back from the end.
    fn trace(&self, before: &[[Step; 2]], last: [Cell; 2]) -> Option<Vec<Slot<'a>>> {
        let (mut i, mut j) = (self.observed.len(), self.missing.len());
        let mut step = if last[1].cost < last[0].cost {
            Step::Missing
        } else {
            Step::Observed
        };
        if last[step as usize].cost == u32::MAX {
            return None;
        }
        let mut slots = Vec::with_capacity(i + j);
        while i + j > 0 {
            let earlier = before[i * (self.missing.len() + 1) + j][step as usize];
            match step {
                Step::Observed => {
                    i -= 1;
                    slots.push(Slot::Observed(i));
                }
                Step::Missing => {
                    j -= 1;
                    slots.push(Slot::Missing(self.missing[j]));
                }
            }
            step = earlier;
        }
        slots.reverse();
        Some(slots)
    }
}

/// Whether one author number comes right after another: 52, 53 or 52, 52A.
fn follows(number: Option<ResidueNumber>, next: Option<ResidueNumber>) -> bool {
    let (Some(a), Some(b)) = (number, next) else {
        return false;
    };
    a.number.checked_add(1) == Some(b.number)
        || (a.number == b.number && a.insertion != b.insertion)
}
