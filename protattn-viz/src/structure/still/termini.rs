//! The letters N and C at the ends of each chain.

use super::paint::Frame;
use crate::layout::{self, CAP_HEIGHT, TICK};
use crate::palette;
use crate::structure::View;
use crate::structure::trace::Trace;
use crate::svg::{Anchor, Rect, Style, Svg, num};

/// More chains than this have no room for letters.
const MAX_CHAINS: usize = 12;
const DIRECTIONS: usize = 16;
/// How far from the end of the chain a letter may stand, in points.
const DISTANCES: [f64; 3] = [11.0, 17.0, 24.0];
const HEIGHT: f64 = TICK + 2.5;
/// Longer words, in points, would hide the chain.
const MAX_WIDTH: f64 = 60.0;

/// A box on the page: left, top, right, bottom.
type Place = [f64; 4];

pub(super) fn draw(svg: &mut Svg, frame: &Frame, trace: &Trace, view: &View<'_>) {
    if trace.ends.len() > MAX_CHAINS {
        return;
    }
    let points: Vec<[f64; 2]> = trace
        .anchors
        .iter()
        .flatten()
        .map(|&anchor| frame.project(anchor))
        .collect();
    let mut taken: Vec<Place> = Vec::new();
    svg.open("termini");
    for &(first, last) in &trace.ends {
        for (letter, residue) in [("N", first), ("C", last)] {
            let Some(anchor) = trace.anchors[residue] else {
                continue;
            };
            let chain = view.residues[residue]
                .chain_name()
                .filter(|_| trace.ends.len() > 1);
            let words = chain.map_or(letter.to_owned(), |chain| format!("{letter} {chain}"));
            let words = layout::shortened(&words, MAX_WIDTH, Style::new(TICK, Anchor::Middle));
            let end = frame.project(anchor);
            let place = place(frame, end, &words, &points, &taken);
            label(svg, end, place, &words);
            taken.push(place);
        }
    }
    svg.close();
}

/// The place near `end` that hides least of the chain and no other letter.
fn place(frame: &Frame, end: [f64; 2], words: &str, points: &[[f64; 2]], taken: &[Place]) -> Place {
    let half = (Style::new(TICK, Anchor::Middle).width(words) + 3.0).max(HEIGHT) / 2.0;
    let centre = [
        (frame.left + frame.right) / 2.0,
        (frame.top + frame.bottom) / 2.0,
    ];
    let outward = (end[1] - centre[1]).atan2(end[0] - centre[0]);
    let candidates = DISTANCES.iter().flat_map(|&distance| {
        (0..DIRECTIONS).map(move |i| {
            // Outward first, then more and more to either side.
            let side = if i % 2 == 0 { 1.0 } else { -1.0 };
            let steps = i.div_ceil(2) as f64;
            let angle = outward + side * steps * std::f64::consts::TAU / DIRECTIONS as f64;
            (distance, angle)
        })
    });
    let boxes = candidates.map(|(distance, angle)| {
        let reach = distance + half - HEIGHT / 2.0;
        let x = (end[0] + reach * angle.cos()).clamp(frame.left + half, frame.right - half);
        let y = (end[1] + distance * angle.sin())
            .clamp(frame.top + HEIGHT / 2.0, frame.bottom - HEIGHT / 2.0);
        [x - half, y - HEIGHT / 2.0, x + half, y + HEIGHT / 2.0]
    });
    let cost = |place: &Place| {
        let over = taken.iter().filter(|other| overlap(place, other)).count();
        let near = |&&[x, y]: &&[f64; 2]| {
            (place[0] - 4.0..place[2] + 4.0).contains(&x)
                && (place[1] - 4.0..place[3] + 4.0).contains(&y)
        };
        over * 1_000 + points.iter().filter(near).count()
    };
    // Of equals the first, which is the nearest and most outward.
    boxes.min_by_key(cost).unwrap_or_default()
}

fn overlap(a: &Place, b: &Place) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

fn label(svg: &mut Svg, end: [f64; 2], [left, top, right, bottom]: Place, words: &str) {
    let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
    svg.strokes(&[[end[0], end[1], x, y]], palette::INK, 0.5);
    let rect = Rect::new((left, top), (right - left, bottom - top));
    svg.put(format_args!(
        "<rect {} rx=\"{}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"0.5\"/>",
        rect.attributes(),
        num(rect.height / 2.0),
        palette::PAPER,
        palette::INK
    ));
    svg.text(
        x,
        y + TICK * CAP_HEIGHT / 2.0,
        words,
        Style::new(TICK, Anchor::Middle),
    );
}
