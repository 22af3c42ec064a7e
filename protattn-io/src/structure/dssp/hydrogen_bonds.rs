//! Hydrogen bonds of the backbone.

use super::backbone::{Backbone, Residues, distance};
use crate::Point;
use crate::structure::neighbours::Grid;

/// Between residues whose Cα are farther apart, in Å, no bond is looked for.
const MAX_CA_DISTANCE: f32 = 9.0;
/// A cell of a real structure holds about five residues, of fifty models laid over one another 250.
const MAX_PER_CELL: usize = 256;
/// Atoms that are nearer, in Å, are taken for bonded as strongly as can be.
const MIN_DISTANCE: f32 = 0.5;
/// In kcal/mol; what is weaker is no bond.
const MAX_ENERGY: f64 = -0.5;
/// In kcal/mol; nothing is stronger.
const MIN_ENERGY: f64 = -9.9;
/// The partial charges of C=O and N-H in electrons, and the factor to kcal/mol, in Å.
const COUPLING: f64 = 0.42 * 0.20 * 332.0;

/// For each residue, as the donor, the acceptors of its two strongest bonds.
#[derive(Debug)]
pub(super) struct HydrogenBonds(Vec<[Option<usize>; 2]>);

impl HydrogenBonds {
    pub(super) fn new(residues: &Residues) -> Self {
        let ca = (0..residues.len()).map(|index| residues.backbone(index).ca);
        let grid = Grid::new(ca, MAX_CA_DISTANCE, MAX_PER_CELL);
        Self(
            (0..residues.len())
                .map(|donor| strongest(donor, residues, &grid))
                .collect(),
        )
    }

    /// Whether the amide of `donor` is bonded to the carbonyl of `acceptor`.
    pub(super) fn is_bond(&self, donor: usize, acceptor: usize) -> bool {
        self.0[donor].contains(&Some(acceptor))
    }

    pub(super) fn acceptors(&self, donor: usize) -> impl Iterator<Item = usize> {
        self.0[donor].into_iter().flatten()
    }
}

/// The acceptors of the two bonds with the lowest energy, the first in the chain among equals.
fn strongest(donor: usize, residues: &Residues, grid: &Grid) -> [Option<usize>; 2] {
    let Some(hydrogen) = residues.hydrogen(donor) else {
        return [None; 2];
    };
    let backbone = residues.backbone(donor);
    let mut best: [Option<(f64, usize)>; 2] = [None; 2];
    for acceptor in grid.near(backbone.ca) {
        let other = residues.backbone(acceptor);
        // The carbonyl of the residue before is part of the amide.
        let is_self = acceptor == donor || acceptor + 1 == donor;
        if is_self || distance(backbone.ca, other.ca) >= MAX_CA_DISTANCE {
            continue;
        }
        let energy = energy(backbone.n, hydrogen, other);
        if energy < MAX_ENERGY {
            let bond = (energy, acceptor);
            let is_better = |than: Option<(f64, usize)>| than.is_none_or(|than| bond < than);
            if is_better(best[0]) {
                best = [Some(bond), best[0]];
            } else if is_better(best[1]) {
                best[1] = Some(bond);
            }
        }
    }
    best.map(|bond| bond.map(|(_, acceptor)| acceptor))
}

/// The electrostatic energy of a bond, in kcal/mol, rounded to three digits as DSSP does.
fn energy(n: Point, h: Point, acceptor: &Backbone) -> f64 {
    let Backbone { c, o, .. } = *acceptor;
    let distances = [
        distance(n, o),
        distance(h, c),
        distance(h, o),
        distance(n, c),
    ];
    if distances.iter().any(|distance| *distance < MIN_DISTANCE) {
        return MIN_ENERGY;
    }
    let [no, hc, ho, nc] = distances.map(|distance| 1.0 / f64::from(distance));
    let energy = COUPLING * (no + hc - ho - nc);
    ((energy * 1000.0).round() / 1000.0).max(MIN_ENERGY)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// N-H and O=C on one line, with distances of 3 (N-O), 2 (H-O), 3.2 (H-C) and 4.2 Å (N-C).
    #[test]
    fn a_straight_bond_has_the_energy_of_its_distances() {
        let acceptor = Backbone {
            n: [9.0, 9.0, 9.0],
            ca: [9.0, 9.0, 9.0],
            c: [4.2, 0.0, 0.0],
            o: [3.0, 0.0, 0.0],
            is_proline: false,
        };
        // 27.888 (1/3 + 1/3.2 - 1/2 - 1/4.2) = -2.573
        let found = energy([0.0; 3], [1.0, 0.0, 0.0], &acceptor);
        assert!((found - -2.573).abs() < 1e-9, "{found}");
        assert_eq!(
            energy([2.8, 0.0, 0.0], [2.0, 0.0, 0.0], &acceptor),
            MIN_ENERGY
        );
    }
}
