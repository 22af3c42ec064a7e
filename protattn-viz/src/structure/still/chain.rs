//! The ribbons, tubes and breaks of the chains.

use super::paint::Canvas;
use crate::structure::View;
use crate::structure::colour::Scheme;
use crate::structure::model::SecondaryStructure;
use crate::structure::trace::{COIL, Sample, Trace};
use crate::structure::vector::{Vector, add, cross, dot, length, lerp, scale, sub, unit};

/// Thickness of a ribbon, in Å.
const THICKNESS: f64 = 0.42;
/// The inner face of a helix is this much darker.
const INNER: f64 = 0.8;

pub(super) fn paint(canvas: &mut Canvas, trace: &Trace, view: &View<'_>, scheme: &Scheme) {
    for piece in &trace.pieces {
        if let [only] = piece.as_slice() {
            // A residue alone between two breaks is a dot.
            tube(
                canvas,
                [only.centre, only.centre],
                scheme.colour(only.residue),
            );
        }
        for pair in piece.windows(2) {
            let colour = scheme.colour(pair[0].residue);
            if pair.iter().any(Sample::is_flat) {
                let helix = view.residues[pair[0].residue].is(SecondaryStructure::Helix);
                ribbon(canvas, [&pair[0], &pair[1]], helix, colour);
            } else {
                tube(canvas, [pair[0].centre, pair[1].centre], colour);
            }
        }
    }
    for &(before, after) in &trace.gaps {
        if let (Some(from), Some(to)) = (trace.anchors[before], trace.anchors[after]) {
            dotted(canvas, from, to, scheme.colour(before));
        }
    }
}

fn tube(canvas: &mut Canvas, ends: [Vector; 2], colour: [u8; 3]) {
    let width = 2.0 * COIL * canvas.frame.scale;
    canvas.tube(ends, width, colour, 0.95);
}

/// A piece of ribbon, in two halves so that each has a depth of its own.
fn ribbon(canvas: &mut Canvas, [a, b]: [&Sample; 2], helix: bool, colour: [u8; 3]) {
    let along = sub(b.centre, a.centre);
    if length(along) < 1e-9 {
        return;
    }
    let normal = unit(cross(along, a.side)).unwrap_or([0.0, 0.0, 1.0]);
    let facing = if normal[2] < 0.0 {
        scale(normal, -1.0)
    } else {
        normal
    };
    let inner = helix && dot(facing, a.inward) > 0.0;
    // Light from the reader and a little from the upper left.
    let light = dot(facing, [-0.25, 0.35, 0.9]).clamp(0.0, 1.0);
    let light = (0.6 + 0.4 * light) * if inner { INNER } else { 1.0 };
    let thickness = THICKNESS * canvas.frame.scale;
    for side in [-1.0, 1.0] {
        let edge = |sample: &Sample| add(sample.centre, scale(sample.side, side * sample.half));
        canvas.quad(
            [a.centre, b.centre, edge(b), edge(a)],
            thickness,
            colour,
            light,
        );
    }
}

/// A break: dots from one side to the other.
fn dotted(canvas: &mut Canvas, from: Vector, to: Vector, colour: [u8; 3]) {
    const STEP: f64 = 1.3;
    let dots = (length(sub(to, from)) / STEP).round().clamp(2.0, 200.0) as usize;
    let width = COIL * canvas.frame.scale;
    for i in 1..dots {
        let at = lerp(from, to, i as f64 / dots as f64);
        canvas.tube([at, at], width, colour, 0.8);
    }
}
