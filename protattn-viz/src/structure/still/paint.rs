//! Painter's order: what is farther is drawn first, and fades.

use crate::layout::{Column, MARGIN};
use crate::palette::{self, Rgb, hex, mix};
use crate::structure::trace::Trace;
use crate::structure::vector::Vector;
use crate::svg::{Svg, num, outline};

const WHITE: Rgb = [255; 3];
const INK: Rgb = [0x30, 0x30, 0x30];
/// How far the farthest fades to white.
const FADE: f64 = 0.62;
/// Fading in steps, so that neighbours have the same colour.
const FADE_STEPS: f64 = 24.0;
/// Width of the dark edge of a chain and of the white edge of an arc, in points.
const OUTLINE: f64 = 0.45;
const HALO: f64 = 0.8;
/// How much farther than itself the edge of a piece of chain is, in Å: more than a step along the
/// chain, so that it shows around the chain and not across it, and less than two chains are apart.
const OUTLINE_BIAS: f64 = 1.6;
/// Small peptides are not blown up further, in points an Å.
const MAX_SCALE: f64 = 7.0;
const CUT_OFF: &str = " stroke-linecap=\"butt\"";

/// Where the picture lies on the page, and how Å become points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
    /// Points an Å.
    pub(super) scale: f64,
    middle: [f64; 2],
    far: f64,
    near: f64,
}

impl Frame {
    /// The frame, below `top`, that holds all that was observed, if anything was.
    pub(super) fn around(trace: &Trace, column: Column, top: f64) -> Option<Self> {
        let points: Vec<Vector> = trace.anchors.iter().flatten().copied().collect();
        points.first()?;
        let extent = |axis: usize| {
            let along = points.iter().map(|point| point[axis]);
            along.fold((f64::MAX, f64::MIN), |(low, high), x| {
                (low.min(x), high.max(x))
            })
        };
        let [x, y, z] = [extent(0), extent(1), extent(2)];
        let room = column.inside();
        // No higher than wide in one column; in two, a page has room for half of that.
        let max_height = if column == Column::Single {
            room
        } else {
            room * 0.75
        };
        let (width, height) = (x.1 - x.0 + 2.0 * super::AIR, y.1 - y.0 + 2.0 * super::AIR);
        let letters = 2.0 * super::LETTERS;
        let fit = ((room - letters) / width).min((max_height - letters) / height);
        let scale = fit.min(MAX_SCALE);
        Some(Self {
            left: MARGIN,
            top,
            right: MARGIN + room,
            bottom: top + height * scale + letters,
            scale,
            middle: [(x.0 + x.1) / 2.0, (y.0 + y.1) / 2.0],
            far: z.0,
            near: z.1,
        })
    }

    /// Where a point lies on the page.
    pub(super) fn project(&self, point: Vector) -> [f64; 2] {
        let (x, y) = (point[0] - self.middle[0], point[1] - self.middle[1]);
        let centre = [
            (self.left + self.right) / 2.0,
            (self.top + self.bottom) / 2.0,
        ];
        [centre[0] + x * self.scale, centre[1] - y * self.scale]
    }

    /// `colour` under light from 0 to 1, faded with its depth.
    fn shade(&self, colour: Rgb, light: f64, depth: f64) -> String {
        let range = self.near - self.far;
        let share = if range > 0.0 {
            (self.near - depth) / range
        } else {
            0.0
        };
        let share = (share.clamp(0.0, 1.0) * FADE_STEPS).round() / FADE_STEPS;
        hex(mix(mix([0; 3], colour, light), WHITE, FADE * share))
    }
}

/// Pieces of a picture with their depths.
#[derive(Debug)]
pub(super) struct Canvas {
    pub(super) frame: Frame,
    items: Vec<(f64, String)>,
}

impl Canvas {
    pub(super) fn new(frame: Frame) -> Self {
        Self {
            frame,
            items: Vec::new(),
        }
    }

    /// Draws everything, the farthest first; of the same depth, what was given first.
    pub(super) fn finish(mut self, svg: &mut Svg) {
        self.items.sort_by(|a, b| a.0.total_cmp(&b.0));
        svg.put(format_args!(
            "<g class=\"structure\" stroke-linejoin=\"round\" stroke-linecap=\"round\" fill=\"none\">"
        ));
        for (_, element) in &self.items {
            svg.put(format_args!("{element}"));
        }
        svg.close();
    }

    fn put(&mut self, depth: f64, element: String) {
        self.items.push((depth, element));
    }

    fn stroke(&mut self, depth: f64, data: &str, colour: &str, width: f64, cap: &str) {
        let width = num(width);
        let look = format!("stroke=\"{colour}\" stroke-width=\"{width}\"{cap}");
        self.put(depth, format!("<path d=\"{data}\" {look}/>"));
    }

    fn fill(&mut self, depth: f64, data: &str, fill: &str, (stroke, width): (&str, f64)) {
        let width = num(width);
        let look = format!("fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"{width}\"");
        self.put(depth, format!("<path d=\"{data}\" {look}/>"));
    }

    fn outline(&mut self, data: &str, width: f64, depth: f64) {
        let depth = depth - OUTLINE_BIAS;
        let colour = self.frame.shade(INK, 1.0, depth);
        self.stroke(depth, data, &colour, width + 2.0 * OUTLINE, "");
    }

    /// A piece of ribbon with its dark edge.
    pub(super) fn quad(&mut self, corners: [Vector; 4], thickness: f64, colour: Rgb, light: f64) {
        let depth = corners.iter().map(|corner| corner[2]).sum::<f64>() / 4.0;
        let data = polygon(&corners.map(|corner| self.frame.project(corner)));
        self.outline(&data, thickness, depth);
        let colour = self.frame.shade(colour, light, depth);
        self.fill(depth, &data, &colour, (&colour, thickness));
    }

    /// A piece of tube with its dark edge.
    pub(super) fn tube(&mut self, ends: [Vector; 2], width: f64, colour: Rgb, light: f64) {
        let depth = (ends[0][2] + ends[1][2]) / 2.0;
        let data = self.segment(ends);
        self.outline(&data, width, depth);
        let colour = self.frame.shade(colour, light, depth);
        self.stroke(depth, &data, &colour, width, "");
    }

    /// The white edge of a piece of arc.
    pub(super) fn edge(&mut self, ends: [Vector; 2], width: f64, depth: f64) {
        let data = self.segment(ends);
        self.stroke(depth, &data, palette::PAPER, width + 2.0 * HALO, CUT_OFF);
    }

    /// A plain stroke, with round ends or cut off.
    pub(super) fn line(
        &mut self,
        ends: [Vector; 2],
        width: f64,
        colour: Rgb,
        round: bool,
        depth: f64,
    ) {
        let (data, cap) = (self.segment(ends), if round { "" } else { CUT_OFF });
        let colour = self.frame.shade(colour, 1.0, depth);
        self.stroke(depth, &data, &colour, width, cap);
    }

    /// The head of an arrow, as wide as it is far from `base` to `tip` at most.
    pub(super) fn arrowhead(
        &mut self,
        base: Vector,
        tip: Vector,
        half: f64,
        colour: Rgb,
        depth: f64,
    ) {
        let ([x1, y1], [x2, y2]) = (self.frame.project(base), self.frame.project(tip));
        let reach = (x2 - x1).hypot(y2 - y1);
        let half = (half * self.frame.scale).min(reach.max(1.0));
        let (dx, dy) = if reach > 0.0 {
            ((x2 - x1) / reach, (y2 - y1) / reach)
        } else {
            (1.0, 0.0)
        };
        let corners = [
            [x1 - dy * half, y1 + dx * half],
            [x2, y2],
            [x1 + dy * half, y1 - dx * half],
        ];
        let (data, colour) = (polygon(&corners), self.frame.shade(colour, 1.0, depth));
        self.fill(depth, &data, &colour, (palette::PAPER, HALO / 2.0));
    }

    /// A round mark on the chain.
    pub(super) fn disc(&mut self, at: Vector, colour: Rgb) {
        let ([x, y], radius) = (self.frame.project(at), self.mark_size());
        let colour = self.frame.shade(colour, 1.0, at[2]);
        let element = format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{colour}\" stroke=\"{}\" stroke-width=\"0.7\"/>",
            num(x),
            num(y),
            num(radius),
            palette::PAPER
        );
        self.put(at[2], element);
    }

    /// A square mark on its corner.
    pub(super) fn diamond(&mut self, at: Vector, colour: Rgb) {
        let ([x, y], reach) = (self.frame.project(at), self.mark_size() * 1.15);
        let (left, right, top, bottom) = (x - reach, x + reach, y - reach, y + reach);
        let data = polygon(&[[left, y], [x, top], [right, y], [x, bottom]]);
        let colour = self.frame.shade(colour, 1.0, at[2]);
        self.fill(at[2], &data, &colour, (palette::PAPER, 0.7));
    }

    fn mark_size(&self) -> f64 {
        (0.75 * self.frame.scale).clamp(1.6, 4.0)
    }

    fn segment(&self, [a, b]: [Vector; 2]) -> String {
        outline(&[a, b].map(|end| self.frame.project(end).into()))
    }
}

fn polygon(corners: &[[f64; 2]]) -> String {
    let corners: Vec<(f64, f64)> = corners.iter().map(|&corner| corner.into()).collect();
    outline(&corners) + "Z"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame {
            left: 0.0,
            top: 0.0,
            right: 100.0,
            bottom: 100.0,
            scale: 2.0,
            middle: [0.0, 0.0],
            far: -10.0,
            near: 10.0,
        }
    }

    #[test]
    fn the_page_is_seen_from_the_front() {
        // 5 Å to the right and up are 10 points to the right and up of the middle.
        assert_eq!(frame().project([5.0, 5.0, 99.0]), [60.0, 40.0]);
    }

    #[test]
    fn the_far_is_drawn_first() {
        let mut canvas = Canvas::new(frame());
        let line = |depth| [[0.0, 0.0, depth], [1.0, 0.0, depth]];
        for (depth, colour) in [
            (3.0, [1, 1, 1]),
            (-8.0, [2, 2, 2]),
            (9.0, [3, 3, 3]),
            (3.0, [4, 4, 4]),
        ] {
            canvas.line(line(depth), f64::from(colour[0]), colour, true, depth);
        }
        let mut svg = Svg::new();
        canvas.finish(&mut svg);
        let text = svg.finish(1.0, 1.0, "", "");
        let widths = text
            .split("stroke-width=\"")
            .skip(1)
            .filter_map(|rest| rest.chars().next());
        assert_eq!(widths.collect::<String>(), "2143");
    }

    #[test]
    fn edges_lie_behind_what_they_edge() {
        let mut canvas = Canvas::new(frame());
        canvas.tube([[0.0; 3], [1.0, 0.0, 0.0]], 2.0, [200, 0, 0], 1.0);
        let (edge, tube) = (&canvas.items[0], &canvas.items[1]);
        assert!(edge.0 < tube.0 && edge.1.contains("stroke-width=\"2.9\""));
    }

    #[test]
    fn the_far_fades() {
        let frame = frame();
        assert_eq!(frame.shade([100, 0, 0], 1.0, 10.0), "#640000");
        // 0.62 of the way to white: 100 + 155 * 0.62 and 255 * 0.62.
        assert_eq!(frame.shade([100, 0, 0], 1.0, -10.0), "#c49e9e");
        assert_eq!(frame.shade([100, 0, 0], 0.5, 10.0), "#320000");
    }
}
