//! Legend keys of chains and arcs.

use super::colour::{self, Kind, Scheme};
use super::model::{Residue, ResidueArc};
use crate::layout::{self, KEY_WIDTH, MARGIN, entry_if};
use crate::marks::Mark;
use crate::palette::{Rgb, hex};
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
pub(super) fn of_arcs<'a>(
    arcs: impl Iterator<Item = &'a ResidueArc> + Clone,
) -> Vec<(Key, String)> {
    let entry = |kind: Kind| (Key::Arc(kind), kind.words().to_owned());
    Kind::present(arcs).map(entry).collect()
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
    let sites = residues.clone().any(|residue| residue.binding_site);
    let modified = residues.clone().any(|residue| residue.modified);
    let sites = entry_if(sites, Key::BindingSite, "binding site");
    let modified = entry_if(modified, Key::Modified, "modified");
    sites.into_iter().chain(modified).collect()
}

/// Three widths of arcs up to the full one, which `width` gives in points; none without arcs.
pub(super) fn of_widths(
    arcs: &[&ResidueArc],
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
    let line = [x, middle, x + KEY_WIDTH, middle];
    let centre = x + KEY_WIDTH / 2.0;
    let cell = |side: f64| Rect::square((centre - side / 2.0, middle - side / 2.0), side);
    match key {
        Key::Chain(rgb) => {
            let rect = Rect::new((x, middle - 3.0), (KEY_WIDTH, 6.0));
            svg.rect(rect, &hex(*rgb), "");
        }
        Key::Arc(kind) => svg.strokes(&strokes(*kind, line), &hex(kind.colour()), 2.2),
        Key::Width(points) => svg.strokes(&[line], "#8a8a8a", *points),
        Key::BindingSite => mark(svg, centre, middle, colour::BINDING_SITE, true),
        Key::Modified => mark(svg, centre, middle, colour::MODIFIED, false),
        Key::Cell(rgb) => svg.rect(cell(5.0), &hex(*rgb), ""),
        Key::Framed => svg.frame(cell(8.0), 1.3),
        Key::Gap => {
            for i in 0..4 {
                let at = x + 1.5 + f64::from(i) * 4.0;
                Mark::Circle.draw(svg, (at, middle), 1.2, "#8a8a8a", "");
            }
        }
    }
}

/// A line across as an arc of that kind has it, with its dashes.
fn strokes(kind: Kind, [x, y, right, _]: [f64; 4]) -> Vec<[f64; 4]> {
    let Some((dash, gap)) = kind.dashes() else {
        return vec![[x, y, right, y]];
    };
    // In points, as the arcs themselves at a common size.
    let (dash, period) = (dash * 2.5, (dash + gap) * 2.5);
    let starts = (0..8).map(|i| x + f64::from(i) * period);
    let inside = starts.filter(|start| *start < right);
    let stroke = |start: f64| [start, y, (start + dash).min(right), y];
    inside.map(stroke).collect()
}

pub(super) fn mark(svg: &mut Svg, x: f64, y: f64, rgb: Rgb, round: bool) {
    let mark = if round { Mark::Circle } else { Mark::Diamond };
    mark.draw(svg, (x, y), 3.0, &hex(rgb), "");
}
