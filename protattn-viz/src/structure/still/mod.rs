//! The still picture of a view.

mod chain;
mod legend;
mod paint;
mod termini;

use super::colour::{self, Kind};
use super::model::ResidueArc;
use super::trace::Trace;
use super::vector::{Vector, length, lerp, sub};
use super::{View, arrowhead};
use crate::layout::{self, Column, LABEL, MARGIN};
use crate::svg::{Anchor, Style, Svg};
use paint::{Canvas, Frame};

/// More tubes than this are a haystack, in a file of megabytes.
pub(super) const MAX_ARCS: usize = 1_000;
/// Room around the outermost Cα atoms: for ribbons, in Å, and for letters, in points.
const AIR: f64 = 2.2;
const LETTERS: f64 = 12.0;
/// Arcs are drawn a little nearer than they are, so that their ends show on the chain.
const ARC_LIFT: f64 = 0.9;
/// How much farther than itself the white edge of an arc is, beyond a step along it: the edge cuts what
/// the arc passes in front of, and not the arc.
const ARC_BIAS: f64 = 0.6;
/// Solid arcs are sorted by pieces of about this length, in Å; many arcs by longer ones.
const ARC_PIECE: f64 = 1.5;
const LONG_ARC_PIECE: f64 = 5.0;
const MANY_ARCS: usize = 200;

/// What is drawn of the arcs, strongest first, and how many are not.
struct Drawn<'a> {
    arcs: Vec<&'a ResidueArc>,
    unplaced: usize,
    too_many: usize,
}

impl<'a> Drawn<'a> {
    fn of(view: &View<'a>) -> Self {
        let mut arcs: Vec<&ResidueArc> = view.placed().collect();
        let unplaced = view.arcs.len() - arcs.len();
        arcs.sort_by(|a, b| b.attention.total_cmp(&a.attention));
        let too_many = arcs.len().saturating_sub(MAX_ARCS);
        arcs.truncate(MAX_ARCS);
        Self {
            arcs,
            unplaced,
            too_many,
        }
    }
}

impl View<'_> {
    /// The picture as an SVG document.
    ///
    /// Drawn from the farthest to the nearest, fading with depth; the white edges of arcs and the dark
    /// ones of the chain tell which passes in front. Of more than 1,000 arcs the strongest are drawn.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let trace = self.trace(steps(self.residues.len()));
        let scheme = self.scheme();
        let column = Column::double_if(self.wide);
        let mut svg = Svg::new();
        let top = layout::heading(&mut svg, &self.title, column) + 2.0;
        let drawn = Drawn::of(self);
        let Some(frame) = Frame::around(&trace, column, top) else {
            return nothing(self, svg, column, top);
        };
        let mut canvas = Canvas::new(frame);
        chain::paint(&mut canvas, &trace, self, &scheme);
        let many = drawn.arcs.len() > MANY_ARCS;
        let piece = if many { LONG_ARC_PIECE } else { ARC_PIECE };
        for arc in drawn.arcs.iter().rev() {
            paint_arc(&mut canvas, arc, &trace, self, piece);
        }
        paint_marks(&mut canvas, &trace, self);
        canvas.finish(&mut svg);
        termini::draw(&mut svg, &frame, &trace, self);
        let bottom = legend::draw(&mut svg, &frame, self, &trace, &scheme, &drawn, column);
        let words = description(self, &drawn);
        svg.finish(column.width(), bottom + MARGIN, self.name(), &words)
    }
}

/// Samples a residue, fewer for large structures: they are drawn smaller.
fn steps(n_residues: usize) -> usize {
    match n_residues {
        0..=400 => 8,
        401..=1_000 => 6,
        _ => 4,
    }
}

fn nothing(view: &View<'_>, mut svg: Svg, column: Column, top: f64) -> String {
    let words = "No residue has a position, so there is nothing to draw.";
    let room = column.inside();
    let style = Style::new(LABEL, Anchor::Start);
    let bottom = layout::paragraph(&mut svg, words, (MARGIN, top), room, style);
    svg.finish(column.width(), bottom + MARGIN, view.name(), words)
}

fn description(view: &View<'_>, drawn: &Drawn<'_>) -> String {
    let chains = super::trace::chains(view.residues).len();
    let count = |kind| {
        drawn
            .arcs
            .iter()
            .filter(|arc| Kind::of(arc) == kind)
            .count()
    };
    let kinds = Kind::ALL.map(|kind| format!("{} {}", count(kind), kind.words()));
    format!(
        "{} residues, {chains} {}; {} arcs of attention drawn: {}.",
        view.residues.len(),
        if chains == 1 { "chain" } else { "chains" },
        drawn.arcs.len(),
        kinds.join(", "),
    )
}

fn paint_arc(canvas: &mut Canvas, arc: &ResidueArc, trace: &Trace, view: &View<'_>, piece: f64) {
    let (Some(from), Some(to)) = (trace.anchors[arc.from], trace.anchors[arc.to]) else {
        return;
    };
    let kind = Kind::of(arc);
    let radius = view.radius(f64::from(arc.attention));
    let whole = length(sub(to, from));
    let (head, half) = if arc.directed {
        arrowhead(whole, radius)
    } else {
        (0.0, 0.0)
    };
    let at = |along: f64| lerp(from, to, if whole > 0.0 { along / whole } else { 0.0 });
    let strokes = dashes(whole - head, kind.dashes(), piece);
    let period = strokes.get(1).map_or(0.0, |second| second.0 - strokes[0].0);
    let bias = ARC_BIAS + (at(period)[2] - from[2]).abs();
    for (start, end) in strokes {
        let (a, b) = (at(start), at(end));
        let depth = (a[2] + b[2]) / 2.0 + ARC_LIFT;
        let width = 2.0 * radius * canvas.frame.scale;
        canvas.edge([a, b], width, depth - bias);
        canvas.line([a, b], width, kind.colour(), kind.dashes().is_none(), depth);
    }
    if head > 0.0 {
        canvas.arrowhead(at(whole - head), to, half, kind.colour(), to[2] + ARC_LIFT);
    }
}

/// The strokes of a line of that length, as distances from its start.
///
/// A dashed line begins and ends with half a dash or more; its gaps are stretched to fit.
fn dashes(whole: f64, pattern: Option<(f64, f64)>, piece: f64) -> Vec<(f64, f64)> {
    let Some((dash, gap)) = pattern else {
        let pieces = (whole / piece).ceil().clamp(1.0, 1_000.0);
        let at = |i: usize| whole * i as f64 / pieces;
        return (0..pieces as usize).map(|i| (at(i), at(i + 1))).collect();
    };
    let count = ((whole - dash) / (dash + gap)).round().clamp(0.0, 1_000.0);
    let period = if count > 0.0 {
        (whole - dash) / count
    } else {
        whole
    };
    let at = |i: usize| (period * i as f64, (period * i as f64 + dash).min(whole));
    (0..=count as usize).map(at).collect()
}

fn paint_marks(canvas: &mut Canvas, trace: &Trace, view: &View<'_>) {
    for (residue, anchor) in view.residues.iter().zip(&trace.anchors) {
        let Some(at) = *anchor else { continue };
        // Nearer than the ribbon that they sit on.
        let nearer = |lift: f64| -> Vector { [at[0], at[1], at[2] + lift] };
        if residue.binding_site {
            canvas.disc(nearer(1.6), colour::BINDING_SITE);
        }
        if residue.modified {
            canvas.diamond(nearer(1.7), colour::MODIFIED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solid_lines_have_no_gaps() {
        let pieces = dashes(4.0, None, 1.5);
        assert_eq!(pieces.len(), 3);
        assert!(pieces.windows(2).all(|pair| pair[0].1 == pair[1].0));
        assert_eq!((pieces[0].0, pieces[2].1), (0.0, 4.0));
    }

    #[test]
    fn dashed_lines_begin_and_end_with_a_dash() {
        let strokes = dashes(10.0, Some((1.0, 1.0)), 1.5);
        // (10 - 1) / 2 is 4.5, so 5 periods of 1.8 and a last dash.
        assert_eq!(strokes.len(), 6);
        assert_eq!(strokes[0], (0.0, 1.0));
        assert!((strokes[5].0 - 9.0).abs() < 1e-9 && (strokes[5].1 - 10.0).abs() < 1e-9);
        assert_eq!(dashes(0.5, Some((1.0, 1.0)), 1.5), [(0.0, 0.5)]);
    }
}
