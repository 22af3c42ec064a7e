//! The residues that count, in one row, and where their chains break.

use crate::Point;

/// C and N that are farther apart, in Å, are no peptide bond.
const MAX_PEPTIDE_BOND: f32 = 2.5;

/// The atoms of a residue that secondary structure depends on. Positions are in Å.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backbone {
    /// The amide nitrogen.
    pub n: Point,
    /// Cα.
    pub ca: Point,
    /// The carbonyl carbon.
    pub c: Point,
    /// The carbonyl oxygen.
    pub o: Point,
    /// Whether it is proline, whose nitrogen has no hydrogen.
    pub is_proline: bool,
}

impl Backbone {
    fn is_finite(&self) -> bool {
        let atoms = [self.n, self.ca, self.c, self.o];
        atoms.as_flattened().iter().all(|value| value.is_finite())
    }
}

/// Where a residue stands in the input.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) chain: usize,
    pub(super) index: usize,
}

#[derive(Debug)]
struct Residue {
    place: Place,
    backbone: Backbone,
    hydrogen: Option<Point>,
    segment: usize,
}

/// The complete residues of all chains, counted from 0 in one row.
#[derive(Debug)]
pub(super) struct Residues(Vec<Residue>);

impl Residues {
    pub(super) fn new(chains: &[Vec<Option<Backbone>>]) -> Self {
        let mut residues: Vec<Residue> = Vec::new();
        for (chain, backbones) in chains.iter().enumerate() {
            for (index, backbone) in backbones.iter().enumerate() {
                let Some(backbone) = backbone.filter(Backbone::is_finite) else {
                    continue;
                };
                let place = Place { chain, index };
                let before = residues.last();
                let bonded = before.filter(|before| before.is_bonded_to(place, &backbone));
                residues.push(Residue {
                    place,
                    backbone,
                    hydrogen: bonded.and_then(|before| hydrogen(&before.backbone, &backbone)),
                    segment: before.map_or(0, |b| b.segment + usize::from(bonded.is_none())),
                });
            }
        }
        Self(residues)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        self.0.iter().map(|residue| residue.place)
    }

    pub(super) fn backbone(&self, index: usize) -> &Backbone {
        &self.0[index].backbone
    }

    /// The amide hydrogen; `None` for proline and after a chain break.
    pub(super) fn hydrogen(&self, index: usize) -> Option<Point> {
        self.0[index].hydrogen
    }

    /// Whether no residue was left out between two of one chain.
    pub(super) fn is_complete(&self, first: usize, last: usize) -> bool {
        self.0[last].place.index - self.0[first].place.index == last - first
    }

    /// Whether both are there and no chain break is between them.
    pub(super) fn is_unbroken(&self, first: usize, last: usize) -> bool {
        let segment = |index: usize| self.0.get(index).map(|residue| residue.segment);
        last < self.len() && segment(first) == segment(last)
    }
}

impl Residue {
    fn is_bonded_to(&self, place: Place, next: &Backbone) -> bool {
        self.place.chain == place.chain && distance(self.backbone.c, next.n) <= MAX_PEPTIDE_BOND
    }
}

/// 1 Å from N, in the direction from O to C of the residue before.
fn hydrogen(before: &Backbone, residue: &Backbone) -> Option<Point> {
    let length = distance(before.c, before.o);
    if residue.is_proline || length == 0.0 {
        return None;
    }
    let direction = minus(before.c, before.o);
    Some([0, 1, 2].map(|axis| residue.n[axis] + direction[axis] / length))
}

pub(super) fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(super) fn dot(a: Point, b: Point) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn distance(a: Point, b: Point) -> f32 {
    let difference = minus(a, b);
    dot(difference, difference).sqrt()
}
