//! Legend keys of chains and arcs.

use super::colour::{self, Kind, Rgb, hex};
use super::model::Arc;
use crate::layout::KEY_WIDTH;
use crate::svg::{Rect, Svg, num};

/// What stands before the words of a legend entry.
pub(super) enum Key {
    Chain(Rgb),
    Arc(Kind),
    /// A line of that width, in points.
    Width(f64),
    BindingSite,
    Modified,
    Gap,
    /// A square of that colour.
    Cell(Rgb),
    /// An empty panel with a heavy frame.
    Framed,
}

/// An entry for each kind of arc that there is.
pub(super) fn of_arcs<'a>(arcs: impl Iterator<Item = &'a Arc> + Clone) -> Vec<(Key, String)> {
    let present = |kind: &Kind| arcs.clone().any(|arc| Kind::of(arc) == *kind);
    let kinds = Kind::ALL.into_iter().filter(present);
    kinds
        .map(|kind| (Key::Arc(kind), kind.words().to_owned()))
        .collect()
}

/// A number without trailing zeros.
pub(super) fn short(value: f64) -> String {
    let fixed = format!("{value:.4}");
    fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Draws a key from x to the right about a middle line.
pub(super) fn draw(svg: &mut Svg, key: &Key, x: f64, middle: f64) {
    let right = x + KEY_WIDTH;
    match key {
        Key::Chain(rgb) => {
            let rect = Rect {
                x,
                y: middle - 3.0,
                width: KEY_WIDTH,
                height: 6.0,
            };
            svg.rect(rect, &hex(*rgb), "");
        }
        Key::Arc(kind) => {
            let strokes: Vec<[f64; 4]> = match kind.dashes() {
                None => vec![[x, middle, right, middle]],
                Some((dash, gap)) => {
                    // In points, as the arcs themselves at a common size.
                    let (dash, period) = (dash * 2.5, (dash + gap) * 2.5);
                    let starts = (0..8).map(|i| x + f64::from(i) * period);
                    let inside = starts.filter(|start| *start < right);
                    inside
                        .map(|start| [start, middle, (start + dash).min(right), middle])
                        .collect()
                }
            };
            svg.strokes(&strokes, &hex(kind.colour()), 2.2);
        }
        Key::Width(points) => svg.strokes(&[[x, middle, right, middle]], "#8a8a8a", *points),
        Key::BindingSite => mark(svg, x + KEY_WIDTH / 2.0, middle, colour::BINDING_SITE, true),
        Key::Modified => mark(svg, x + KEY_WIDTH / 2.0, middle, colour::MODIFIED, false),
        Key::Cell(rgb) => {
            let rect = Rect {
                x: x + 5.0,
                y: middle - 2.5,
                width: 5.0,
                height: 5.0,
            };
            svg.rect(rect, &hex(*rgb), "");
        }
        Key::Framed => {
            let rect = Rect {
                x: x + 3.5,
                y: middle - 4.0,
                width: 8.0,
                height: 8.0,
            };
            svg.frame(rect, 1.3);
        }
        Key::Gap => {
            for i in 0..4 {
                let at = x + 1.5 + f64::from(i) * 4.0;
                circle(svg, at, middle, 1.0, "#8a8a8a");
            }
        }
    }
}

pub(super) fn mark(svg: &mut Svg, x: f64, y: f64, rgb: Rgb, round: bool) {
    if round {
        circle(svg, x, y, 3.0, &hex(rgb));
        return;
    }
    let (x, y, colour) = (num(x), num(y - 3.4), hex(rgb));
    svg.put(format_args!(
        "<path d=\"M{x} {y}l3.4 3.4l-3.4 3.4l-3.4 -3.4Z\" fill=\"{colour}\"/>"
    ));
}

fn circle(svg: &mut Svg, x: f64, y: f64, radius: f64, colour: &str) {
    let (x, y, radius) = (num(x), num(y), num(radius));
    svg.put(format_args!(
        "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{colour}\"/>"
    ));
}
