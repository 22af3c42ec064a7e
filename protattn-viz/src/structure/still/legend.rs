//! Scale bar and legend below the picture.

use super::paint::Frame;
use super::{Drawn, MAX_ARCS};
use crate::layout::{self, CAP_HEIGHT, Column, MARGIN, TICK};
use crate::palette;
use crate::structure::View;
use crate::structure::colour::Scheme;
use crate::structure::keys::{self, Key};
use crate::structure::trace::Trace;
use crate::svg::{Anchor, Style, Svg};

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
    let room = column.inside();
    let top = scale_bar(svg, frame, room) + 7.0;
    let width = |attention| 2.0 * view.radius(attention) * frame.scale;
    let entries = [
        chain_entries(view, trace, scheme),
        keys::of_arcs(drawn.arcs.iter().copied()),
        keys::of_widths(&drawn.arcs, view.full_attention, width),
    ];
    let mut bottom = keys::draw_all(svg, &entries, top, room);
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
    let mut entries = keys::of_colours(scheme, 0..view.residues.len());
    let residues = view.residues.iter();
    entries.extend(keys::of_marks(residues.filter(|r| r.ca.is_some())));
    let gaps = !trace.gaps.is_empty();
    entries.extend(layout::entry_if(gaps, Key::Gap, "not observed"));
    entries
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
    notes.extend_from_slice(&view.notes);
    notes
}
