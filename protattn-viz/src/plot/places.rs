//! Names under the places of a horizontal axis.

use crate::layout::{self, CAP_HEIGHT, DESCENT, MARGIN, TICK, TICK_OFFSET};
use crate::svg::{Anchor, Style, Svg};
use std::f64::consts::FRAC_1_SQRT_2;

/// Longer names are cut.
const MAX_WIDTH: f64 = 90.0;

/// Slanted names nearer than this would touch.
const SLANTED_PITCH: f64 = 9.5;

/// A name under each middle, `slot` apart, all of them slanted where any would touch, and upwards
/// where they would still; gives their lower edge. Slanted names are cut where they would leave the
/// figure to the left.
pub(crate) fn names_below(svg: &mut Svg, names: &[(f64, String)], slot: f64, bottom: f64) -> f64 {
    let style = Style::new(TICK, Anchor::Middle);
    let names: Vec<(f64, String)> = names
        .iter()
        .map(|(x, name)| (*x, layout::shortened(name, MAX_WIDTH, style)))
        .collect();
    let turn = match slot {
        slot if slot >= widest(&names, style) + 3.0 => 0.0,
        slot if slot >= SLANTED_PITCH => -45.0,
        _ => -90.0,
    };
    let top = bottom + TICK_OFFSET;
    // The far end of a turned name points at its place.
    let (right, down) = match turn {
        0.0 => (0.0, TICK * CAP_HEIGHT),
        -45.0 => (TICK * CAP_HEIGHT / 2.0, TICK * 0.5),
        _ => (TICK * CAP_HEIGHT / 2.0, 0.0),
    };
    let names: Vec<(f64, String)> = match turn {
        -45.0 => names
            .into_iter()
            .map(|(x, name)| {
                // The left upper corner of a name is its leftmost point.
                let room = (x + right - MARGIN) / FRAC_1_SQRT_2 - TICK * CAP_HEIGHT;
                (x, layout::shortened(&name, room, style))
            })
            .collect(),
        _ => names,
    };
    for (x, name) in &names {
        let style = match turn {
            0.0 => style,
            turn => Style::new(TICK, Anchor::End).turn(turn),
        };
        svg.text(x + right, top + down, name, style);
    }
    let height = match turn {
        0.0 => TICK * CAP_HEIGHT,
        -45.0 => (widest(&names, style) + TICK) * FRAC_1_SQRT_2,
        _ => widest(&names, style),
    };
    top + height + TICK * DESCENT
}

fn widest(names: &[(f64, String)], style: Style) -> f64 {
    style.widest(names.iter().map(|(_, name)| name))
}
