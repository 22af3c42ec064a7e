//! Legend keys of chains and arcs.

use super::colour::{self, Kind, Rgb, Scheme, hex};
use super::model::{Arc, Residue};
use crate::layout::{self, KEY_WIDTH, MARGIN};
use crate::marks::Mark;
use crate::svg::{Rect, Svg};
use std::ops::Range;

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

/// What the colours of those residues tell.
pub(super) fn of_colours(scheme: &Scheme, shown: Range<usize>) -> Vec<(Key, String)> {
    let legend = scheme.legend(shown).into_iter();
    legend
        .map(|(place, words)| (Key::Chain(scheme.palette[place]), words))
        .collect()
}

/// An entry for each kind of mark that the residues have.
pub(super) fn of_marks<'r>(
    residues: impl Iterator<Item = &'r Residue> + Clone,
) -> Vec<(Key, String)> {
    let mut entries = Vec::new();
    if residues.clone().any(|residue| residue.binding_site) {
        entries.push((Key::BindingSite, "binding site".to_owned()));
    }
    if residues.clone().any(|residue| residue.modified) {
        entries.push((Key::Modified, "modified".to_owned()));
    }
    entries
}

/// Three widths of arcs up to the full one, which `width` gives in points; none without arcs.
pub(super) fn of_widths(
    arcs: &[&Arc],
    full: f64,
    width: impl Fn(f64) -> f64,
) -> Vec<(Key, String)> {
    if arcs.is_empty() {
        return Vec::new();
    }
    let entry = |share: f64| {
        let name = if share == 0.25 { "attention " } else { "" };
        let words = format!("{name}{}", short(full * share));
        (Key::Width(width(full * share)), words)
    };
    [0.25, 0.5, 1.0].map(entry).into()
}

/// Draws legends below each other from `top` down; gives the lower edge.
pub(super) fn draw_all(svg: &mut Svg, legends: &[Vec<(Key, String)>], top: f64, room: f64) -> f64 {
    let mut bottom = top;
    for entries in legends.iter().filter(|entries| !entries.is_empty()) {
        bottom = layout::legend_of(svg, entries, (MARGIN, bottom), room, draw) + 5.0;
    }
    bottom
}

/// A number without trailing zeros.
fn short(value: f64) -> String {
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
                Mark::Circle.draw(svg, (at, middle), 1.2, "#8a8a8a", "");
            }
        }
    }
}

pub(super) fn mark(svg: &mut Svg, x: f64, y: f64, rgb: Rgb, round: bool) {
    let mark = if round { Mark::Circle } else { Mark::Diamond };
    mark.draw(svg, (x, y), 3.0, &hex(rgb), "");
}
