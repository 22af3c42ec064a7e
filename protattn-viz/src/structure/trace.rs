//! The chain in space: a smooth line through the Cα atoms, with a width and a side.

use super::model::{Residue, SecondaryStructure};
use super::vector::{Vector, add, cross, dot, length, lerp, perpendicular, scale, sub, unit};
use crate::ranges;
use std::ops::Range;

/// Neighbouring Cα atoms are 3.8 Å apart, or 2.9 Å at a cis bond; farther than this, some are missing.
const MAX_STEP: f64 = 5.0;

/// Radius of the tube, in Å; ribbons are half as wide as given.
pub(super) const COIL: f64 = 0.32;
const HELIX: f64 = 1.45;
const STRAND: f64 = 1.15;
const ARROW: f64 = 2.1;
/// Length of an arrowhead, in residues.
const ARROW_LENGTH: f64 = 1.5;
/// A helix or strand of fewer residues is drawn as a tube.
const SHORTEST: usize = 3;

/// A place along the chain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    pub(super) centre: Vector,
    /// Unit vector across the ribbon.
    pub(super) side: Vector,
    /// Half the width of the ribbon.
    pub(super) half: f64,
    /// Unit vector to the inner side of the bend, for the two faces of a helix.
    pub(super) inward: Vector,
    /// Index of the nearest residue.
    pub(super) residue: usize,
}

impl Sample {
    /// Whether it is part of a ribbon rather than of the tube.
    pub(super) fn is_flat(&self) -> bool {
        self.half > COIL * 1.001
    }
}

/// All chains of a view.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trace {
    /// Unbroken runs; each has at least one sample.
    pub(super) pieces: Vec<Vec<Sample>>,
    /// Where the chain passes each residue; `None` where it was not observed.
    pub(super) anchors: Vec<Option<Vector>>,
    /// The residues on either side of each break within a chain.
    pub(super) gaps: Vec<(usize, usize)>,
    /// First and last observed residue of each chain.
    pub(super) ends: Vec<(usize, usize)>,
}

impl Trace {
    /// The line through `positions`, one for each residue, with `steps` (even) samples a residue.
    pub(super) fn new(residues: &[Residue], positions: &[Option<Vector>], steps: usize) -> Self {
        let mut trace = Self {
            pieces: Vec::new(),
            anchors: vec![None; residues.len()],
            gaps: Vec::new(),
            ends: Vec::new(),
        };
        for chain in chains(residues) {
            let runs = runs(chain, positions);
            for run in &runs {
                let piece = Piece::new(residues, positions, run.clone());
                for (residue, &at) in run.clone().zip(&piece.line) {
                    trace.anchors[residue] = Some(at);
                }
                trace.pieces.push(piece.samples(steps));
            }
            let between = runs.windows(2).map(|pair| (pair[0].end - 1, pair[1].start));
            trace.gaps.extend(between);
            if let (Some(first), Some(last)) = (runs.first(), runs.last()) {
                trace.ends.push((first.start, last.end - 1));
            }
        }
        trace
    }
}

/// The index ranges of residues that follow each other with one chain name.
pub(super) fn chains(residues: &[Residue]) -> Vec<Range<usize>> {
    ranges::alike(residues, |a, b| a.chain == b.chain)
}

/// The parts of a chain without a break.
fn runs(chain: Range<usize>, positions: &[Option<Vector>]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for residue in chain {
        let Some(at) = positions[residue] else {
            continue;
        };
        let joined = runs.last_mut().filter(|run| run.end == residue);
        let before = joined.as_ref().and_then(|run| positions[run.end - 1]);
        match (joined, before) {
            (Some(run), Some(before)) if length(sub(at, before)) <= MAX_STEP => run.end += 1,
            _ => runs.push(residue..residue + 1),
        }
    }
    runs
}

/// A helix or strand, as a range of positions in a run.
type Element = (SecondaryStructure, Range<usize>);

/// An unbroken run of residues.
struct Piece {
    start: usize,
    /// Where the chain passes each residue: Cα, but for strands, whose pleats are smoothed away.
    line: Vec<Vector>,
    sides: Vec<Vector>,
    inward: Vec<Vector>,
    elements: Vec<Element>,
}

impl Piece {
    fn new(residues: &[Residue], positions: &[Option<Vector>], run: Range<usize>) -> Self {
        let atoms: Vec<Vector> = positions[run.clone()].iter().flatten().copied().collect();
        let elements = elements(&residues[run.clone()]);
        let line = without_pleats(&atoms, &elements);
        let (sides, inward) = frames(&atoms, &elements);
        Self {
            start: run.start,
            line,
            sides,
            inward,
            elements,
        }
    }

    fn samples(&self, steps: usize) -> Vec<Sample> {
        let last = self.line.len() - 1;
        let mut samples = Vec::with_capacity(last * steps + 1);
        for step in 0..=last * steps {
            let at = step as f64 / steps as f64;
            let (before, after) = self.half_widths(at);
            samples.push(self.sample(step, steps, before));
            // A sudden change of width: the shoulders of an arrowhead, the blunt end of a strand.
            if (before - after).abs() > 1e-9 {
                samples.push(self.sample(step, steps, after));
            }
        }
        samples
    }

    fn sample(&self, step: usize, steps: usize, half: f64) -> Sample {
        let last = self.line.len() - 1;
        let i = (step / steps).min(last.saturating_sub(1));
        let t = step as f64 / steps as f64 - i as f64;
        let j = (i + 1).min(last);
        let (centre, along) = spline(&self.line, i, t);
        let side = lerp(self.sides[i], self.sides[j], t);
        let across = sub(side, scale(along, dot(side, along)));
        Sample {
            centre,
            side: unit(across).unwrap_or_else(|| perpendicular(along)),
            half,
            inward: lerp(self.inward[i], self.inward[j], t),
            residue: self.start + if t < 0.5 { i } else { j },
        }
    }

    /// Half the width just before and just after `at`, in residues from the start of the run.
    fn half_widths(&self, at: f64) -> (f64, f64) {
        let within =
            |range: &Range<usize>| (range.start as f64..=(range.end - 1) as f64).contains(&at);
        let Some((kind, range)) = self.elements.iter().find(|(_, range)| within(range)) else {
            return (COIL, COIL);
        };
        let (first, last) = (range.start as f64, (range.end - 1) as f64);
        if *kind == SecondaryStructure::Helix {
            // From tube to ribbon within one residue, without a corner.
            let t = (at - first).min(last - at).clamp(0.0, 1.0);
            let half = COIL + (HELIX - COIL) * t * t * (3.0 - 2.0 * t);
            return (half, half);
        }
        let shoulder = last - ARROW_LENGTH;
        let head = COIL + (ARROW - COIL) * (last - at) / ARROW_LENGTH;
        let same = |a: f64, b: f64| (a - b).abs() < 1e-9;
        match () {
            () if same(at, first) => (COIL, STRAND),
            () if same(at, shoulder) => (STRAND, ARROW),
            () if at < shoulder => (STRAND, STRAND),
            () => (head, head),
        }
    }
}

/// The helices and strands long enough to be drawn as such.
fn elements(run: &[Residue]) -> Vec<Element> {
    let alike = ranges::alike(run, |a, b| a.secondary_structure == b.secondary_structure);
    let long = alike.into_iter().filter(|range| range.len() >= SHORTEST);
    let element = |range: Range<usize>| match run[range.start].secondary_structure? {
        SecondaryStructure::Other => None,
        kind => Some((kind, range)),
    };
    long.filter_map(element).collect()
}

/// The atoms, with those of strands at the mean of themselves and their neighbours (1, 2, 1), in
/// which a strict zigzag vanishes.
fn without_pleats(atoms: &[Vector], elements: &[Element]) -> Vec<Vector> {
    let mut line = atoms.to_vec();
    let strands = elements
        .iter()
        .filter(|(kind, _)| *kind == SecondaryStructure::Strand);
    for i in strands.flat_map(|(_, range)| range.clone()) {
        if i > 0 && i + 1 < atoms.len() {
            let sides = add(atoms[i - 1], atoms[i + 1]);
            line[i] = scale(add(sides, scale(atoms[i], 2.0)), 0.25);
        }
    }
    line
}

/// For each atom the direction across the ribbon and the one to the inside of the bend.
///
/// Across is at right angles to the plane of three atoms (Carson and Bugg, "Algorithm for ribbon
/// models of proteins", J. Mol. Graphics 4, 1986, with that plane in place of the peptide's): along
/// the axis of a helix, and within the sheet for a strand, where it alternates and is turned back.
fn frames(atoms: &[Vector], elements: &[Element]) -> (Vec<Vector>, Vec<Vector>) {
    let n = atoms.len();
    let middle = |i: usize| i.clamp(1, n.saturating_sub(2).max(1));
    let mut sides: Vec<Vector> = Vec::with_capacity(n);
    let mut inward = Vec::with_capacity(n);
    for i in 0..n {
        let m = middle(i);
        let (into, out) = if n > 2 {
            (sub(atoms[m], atoms[m - 1]), sub(atoms[m + 1], atoms[m]))
        } else {
            ([0.0; 3], [0.0; 3])
        };
        let before = sides.last().copied();
        let fallback = before.unwrap_or_else(|| perpendicular(out));
        let side = unit(cross(into, out)).unwrap_or(fallback);
        let flips = before.is_some_and(|before| dot(before, side) < 0.0);
        sides.push(if flips { scale(side, -1.0) } else { side });
        inward.push(unit(sub(out, into)).unwrap_or([0.0; 3]));
    }
    (smoothed(&smoothed(&sides, elements), elements), inward)
}

/// The directions at the mean of themselves and their neighbours (1, 2, 1), but within helices.
fn smoothed(sides: &[Vector], elements: &[Element]) -> Vec<Vector> {
    let helix = |i: usize| {
        let holds =
            |(kind, range): &Element| *kind == SecondaryStructure::Helix && range.contains(&i);
        elements.iter().any(holds)
    };
    let mean = |i: usize| {
        let near = add(
            sides[i.saturating_sub(1)],
            sides[(i + 1).min(sides.len() - 1)],
        );
        unit(add(near, scale(sides[i], 2.0))).unwrap_or(sides[i])
    };
    let side = |i: usize| if helix(i) { sides[i] } else { mean(i) };
    (0..sides.len()).map(side).collect()
}

/// The Catmull-Rom curve between points `i` and `i + 1` at `t` from 0 to 1: place and unit tangent.
///
/// It passes through every point with the slope between its neighbours (Catmull and Rom, "A class
/// of local interpolating splines", 1974); past the ends, the line goes on as it came.
fn spline(points: &[Vector], i: usize, t: f64) -> (Vector, Vector) {
    let last = points.len() - 1;
    let b = points[i];
    let c = points[(i + 1).min(last)];
    let a = if i > 0 {
        points[i - 1]
    } else {
        sub(scale(b, 2.0), c)
    };
    let d = if i + 2 <= last {
        points[i + 2]
    } else {
        sub(scale(c, 2.0), b)
    };
    let (slope_b, slope_c) = (scale(sub(c, a), 0.5), scale(sub(d, b), 0.5));
    // Hermite's form: two places and two slopes.
    let weigh = |weights: [f64; 4]| {
        let places = add(scale(b, weights[0]), scale(c, weights[1]));
        let slopes = add(scale(slope_b, weights[2]), scale(slope_c, weights[3]));
        add(places, slopes)
    };
    let (t2, t3) = (t * t, t * t * t);
    let place = weigh([
        2.0 * t3 - 3.0 * t2 + 1.0,
        3.0 * t2 - 2.0 * t3,
        t3 - 2.0 * t2 + t,
        t3 - t2,
    ]);
    let slope = weigh([
        6.0 * t2 - 6.0 * t,
        6.0 * t - 6.0 * t2,
        3.0 * t2 - 4.0 * t + 1.0,
        3.0 * t2 - 2.0 * t,
    ]);
    (place, unit(slope).unwrap_or([1.0, 0.0, 0.0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: usize, kind: SecondaryStructure) -> Vec<Residue> {
        let residue = |i| Residue {
            secondary_structure: Some(kind),
            ..Residue::new("A", i, 'A')
        };
        (0..length as i32).map(residue).collect()
    }

    /// An ideal α-helix about z: 100° and 1.5 Å a residue at 2.3 Å from the axis.
    fn helix(length: usize) -> Vec<Option<Vector>> {
        let at = |i: usize| {
            let (sin, cos) = (100.0 * i as f64).to_radians().sin_cos();
            Some([2.3 * cos, 2.3 * sin, 1.5 * i as f64])
        };
        (0..length).map(at).collect()
    }

    /// A strand along x whose pleats alternate along z.
    fn strand(length: usize) -> Vec<Option<Vector>> {
        let at = |i: usize| {
            Some([
                3.3 * i as f64,
                0.0,
                if i.is_multiple_of(2) { 0.9 } else { -0.9 },
            ])
        };
        (0..length).map(at).collect()
    }

    #[test]
    fn the_line_passes_through_every_atom() {
        let positions = helix(12);
        let trace = Trace::new(&chain(12, SecondaryStructure::Helix), &positions, 8);
        assert_eq!(trace.pieces[0].len(), 11 * 8 + 1);
        for (i, position) in positions.iter().enumerate() {
            let sample = trace.pieces[0][i * 8];
            assert!(length(sub(sample.centre, position.unwrap_or_default())) < 1e-9);
            assert_eq!(sample.residue, i);
        }
    }

    #[test]
    fn the_line_has_no_corners() {
        let atoms: Vec<Vector> = helix(6).into_iter().flatten().collect();
        for i in 1..5 {
            let (at_end, tangent_at_end) = spline(&atoms, i - 1, 1.0);
            let (at_start, tangent_at_start) = spline(&atoms, i, 0.0);
            assert!(length(sub(at_end, at_start)) < 1e-9);
            assert!(length(sub(tangent_at_end, tangent_at_start)) < 1e-9);
        }
    }

    #[test]
    fn a_straight_line_stays_straight() {
        // Catmull-Rom through (0, 1, 2, 3) is the identity, past both ends too.
        let atoms: Vec<Vector> = (0..4).map(|i| [f64::from(i), 0.0, 0.0]).collect();
        for (i, t) in [(0, 0.25), (1, 0.5), (2, 0.75)] {
            assert!((spline(&atoms, i, t).0[0] - (i as f64 + t)).abs() < 1e-12);
        }
    }

    #[test]
    fn helices_are_wide_along_their_axis() {
        let trace = Trace::new(&chain(12, SecondaryStructure::Helix), &helix(12), 8);
        let piece = &trace.pieces[0];
        assert_eq!((piece[0].half, piece[88].half), (COIL, COIL));
        assert_eq!(piece[40].half, HELIX);
        for sample in &piece[8..80] {
            // Two steps of 3.52 Å across and 1.5 Å along, turned by 100°, span a plane whose normal
            // leans by 34° from the axis.
            assert!(sample.side[2].abs() > 0.8, "{sample:?}");
            let [x, y, _] = sample.centre;
            assert!(dot(sample.inward, [x, y, 0.0]) < 0.0);
        }
    }

    #[test]
    fn strands_are_flat_arrows() {
        let trace = Trace::new(&chain(6, SecondaryStructure::Strand), &strand(6), 8);
        let piece = &trace.pieces[0];
        // From the blunt end, 3.5 residues of strand, then shoulders and a tip; two samples where
        // the width jumps.
        let halves: Vec<f64> = piece.iter().map(|sample| sample.half).collect();
        assert_eq!(halves[..2], [COIL, STRAND]);
        assert_eq!(halves[29..31], [STRAND, ARROW]);
        assert!(halves[30..].windows(2).all(|pair| pair[1] < pair[0]));
        assert!((halves[halves.len() - 1] - COIL).abs() < 1e-9);
        // The first and last atom have no neighbours to be smoothed with.
        for sample in &piece[17..26] {
            assert!(sample.centre[2].abs() < 1e-9, "pleats remain: {sample:?}");
            assert!(
                (sample.side[1].abs() - 1.0).abs() < 1e-9,
                "twisted: {sample:?}"
            );
        }
    }

    #[test]
    fn chains_break_where_atoms_are_missing() {
        let mut positions = strand(8);
        positions[3] = None;
        positions[7] = Some([100.0, 0.0, 0.0]);
        let trace = Trace::new(&chain(8, SecondaryStructure::Other), &positions, 4);
        assert_eq!(
            trace.pieces.iter().map(Vec::len).collect::<Vec<_>>(),
            [9, 9, 1]
        );
        assert_eq!(trace.gaps, [(2, 4), (6, 7)]);
        assert_eq!(trace.ends, [(0, 7)]);
        assert_eq!(trace.anchors[3], None);
    }

    #[test]
    fn chains_are_not_joined() {
        let mut residues = chain(4, SecondaryStructure::Other);
        residues[2].chain = "B".to_owned();
        residues[3].chain = "B".to_owned();
        let trace = Trace::new(&residues, &strand(4), 4);
        assert_eq!((trace.pieces.len(), trace.gaps.len()), (2, 0));
        assert_eq!(trace.ends, [(0, 1), (2, 3)]);
    }

    #[test]
    fn atoms_in_one_place_do_no_harm() {
        for positions in [vec![Some([1.0; 3]); 5], vec![None; 5], vec![]] {
            let residues = chain(positions.len(), SecondaryStructure::Strand);
            let trace = Trace::new(&residues, &positions, 4);
            let samples = trace.pieces.iter().flatten();
            let finite = |sample: &Sample| sample.side.iter().all(|x| x.is_finite());
            assert!(samples.into_iter().all(finite));
        }
    }
}
