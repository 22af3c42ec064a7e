//! Scale bar and legend below the picture.

use super::paint::Frame;
use super::{Drawn, MAX_ARCS};
use crate::layout::{self, CAP_HEIGHT, Column, KEY_WIDTH, MARGIN, TICK};
use crate::palette;
use crate::structure::View;
use crate::structure::colour::{self, Kind, Rgb, Scheme, hex};
use crate::structure::trace::Trace;
use crate::svg::{Anchor, Rect, Style, Svg, num};

enum Key {
    Chain(Rgb),
    Arc(Kind),
    /// A line of that width, in points.
    Width(f64),
    BindingSite,
    Modified,
    Gap,
}

/// Draws all that stands below the picture; gives its lower edge.
pub(super) fn draw(
    svg: &mut Svg,
    frame: &Frame,
    view: &View<'_>,
    trace: &Trace,
    scheme: &Scheme,
    drawn: &Drawn<'_>,
    column: Column,
) -> f64 {
    let room = column.width() - 2.0 * MARGIN;
    let mut bottom = scale_bar(svg, frame, room) + 7.0;
    let keys = [
        chain_entries(view, trace, scheme),
        arc_entries(drawn),
        width_entries(view, drawn, frame),
    ];
    for entries in keys {
        if !entries.is_empty() {
            let at = (MARGIN, bottom);
            bottom = layout::legend_of(svg, &entries, at, room, draw_key) + 5.0;
        }
    }
    let style = Style::new(TICK, Anchor::Start);
    for note in notes(view, drawn) {
        bottom = layout::paragraph(svg, &note, (MARGIN, bottom), room, style) + 2.0;
    }
    bottom
}

/// A bar of a round number of Å, about a fifth of the width; gives its lower edge.
fn scale_bar(svg: &mut Svg, frame: &Frame, room: f64) -> f64 {
    let lengths = [100.0, 50.0, 20.0, 10.0, 5.0, 2.0];
    let fits = |length: &f64| length * frame.scale <= room / 4.0;
    let length = lengths.into_iter().find(fits).unwrap_or(1.0);
    let (left, middle) = (frame.left, frame.bottom + 6.0);
    let right = left + length * frame.scale;
    svg.open("scale-bar");
    let ends = [left, right].map(|x| [x, middle - 2.5, x, middle + 2.5]);
    svg.strokes(
        &[[left, middle, right, middle], ends[0], ends[1]],
        palette::INK,
        0.9,
    );
    let baseline = middle + TICK * CAP_HEIGHT / 2.0;
    svg.text(
        right + 4.0,
        baseline,
        &format!("{length} Å"),
        Style::new(TICK, Anchor::Start),
    );
    svg.close();
    baseline
}

fn chain_entries(view: &View<'_>, trace: &Trace, scheme: &Scheme) -> Vec<(Key, String)> {
    let colours = scheme.legend.iter();
    let mut entries: Vec<(Key, String)> = colours
        .map(|(place, words)| (Key::Chain(scheme.palette[*place]), words.clone()))
        .collect();
    let seen = || {
        view.residues
            .iter()
            .zip(&trace.anchors)
            .filter(|(_, at)| at.is_some())
    };
    if seen().any(|(residue, _)| residue.binding_site) {
        entries.push((Key::BindingSite, "binding site".to_owned()));
    }
    if seen().any(|(residue, _)| residue.modified) {
        entries.push((Key::Modified, "modified".to_owned()));
    }
    if !trace.gaps.is_empty() {
        entries.push((Key::Gap, "not observed".to_owned()));
    }
    entries
}

fn arc_entries(drawn: &Drawn<'_>) -> Vec<(Key, String)> {
    let present = |kind: &Kind| drawn.arcs.iter().any(|arc| Kind::of(arc) == *kind);
    let kinds = Kind::ALL.into_iter().filter(present);
    kinds
        .map(|kind| (Key::Arc(kind), kind.words().to_owned()))
        .collect()
}

fn width_entries(view: &View<'_>, drawn: &Drawn<'_>, frame: &Frame) -> Vec<(Key, String)> {
    if drawn.arcs.is_empty() {
        return Vec::new();
    }
    let full = view.full_attention();
    let width = |share: f64| {
        let attention = full * share;
        let points = 2.0 * view.radius(attention) * frame.scale;
        let name = if share == 0.25 { "attention " } else { "" };
        (Key::Width(points), format!("{name}{}", short(attention)))
    };
    [0.25, 0.5, 1.0].map(width).into()
}

/// A number without trailing zeros.
fn short(value: f64) -> String {
    let fixed = format!("{value:.4}");
    fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn notes(view: &View<'_>, drawn: &Drawn<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if drawn.too_many > 0 {
        let all = MAX_ARCS + drawn.too_many;
        notes.push(format!("The strongest {MAX_ARCS} of {all} arcs are drawn."));
    }
    if drawn.unplaced > 0 {
        let count = drawn.unplaced;
        notes.push(format!(
            "Not drawn: {count} {} from a residue to itself or with an end that was not observed.",
            if count == 1 { "arc" } else { "arcs" }
        ));
    }
    if view.arcs.is_empty() {
        notes.push("No arcs.".to_owned());
    }
    notes
}

fn draw_key(svg: &mut Svg, key: &Key, x: f64, middle: f64) {
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
        Key::Gap => {
            for i in 0..4 {
                let at = x + 1.5 + f64::from(i) * 4.0;
                circle(svg, at, middle, 1.0, "#8a8a8a");
            }
        }
    }
}

fn mark(svg: &mut Svg, x: f64, y: f64, rgb: Rgb, round: bool) {
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
