//! The vertical axis to the left of a plot.

use crate::layout::{CAP_HEIGHT, HAIRLINE, LABEL, LEADING, TICK, TICK_LENGTH, TICK_OFFSET};
use crate::palette;
use crate::scale::Axis;
use crate::svg::{Anchor, Rect, Style, Svg};
use crate::text;

/// Width that the tick labels of an axis need to the left of it.
pub(crate) fn tick_width(axis: &Axis) -> f64 {
    widest_tick(axis) + TICK_OFFSET
}

/// How far a tick label may stand out over either end of a horizontal axis.
pub(crate) fn overhang(axis: &Axis) -> f64 {
    widest_tick(axis) / 2.0
}

fn widest_tick(axis: &Axis) -> f64 {
    let style = Style::new(TICK, Anchor::End);
    let widths = axis.ticks().map(|(_, label)| style.width(&label));
    widths.fold(0.0, f64::max)
}

/// The left and lower edges of a plot, with the ticks of its vertical axis and, where it is
/// `labelled`, their labels.
pub(crate) fn left_axis(svg: &mut Svg, axis: &Axis, plot: Rect, labelled: bool) {
    let Rect { x, y, .. } = plot;
    let (right, bottom) = (plot.right(), plot.bottom());
    let mut strokes = vec![[x, y, x, bottom], [x, bottom, right, bottom]];
    for (share, label) in axis.ticks() {
        let at = bottom - share * plot.height;
        strokes.push([x - TICK_LENGTH, at, x, at]);
        let baseline = at + TICK * CAP_HEIGHT / 2.0;
        let style = Style::new(TICK, Anchor::End);
        if labelled {
            svg.text(x - TICK_OFFSET, baseline, &label, style);
        }
    }
    svg.strokes(&strokes, palette::INK, HAIRLINE);
}

/// The title of a vertical axis in lines that `height` holds, and the width that they take.
pub(crate) fn title_lines(title: &str, height: f64) -> (Vec<String>, f64) {
    if title.trim().is_empty() {
        return (Vec::new(), 0.0);
    }
    let lines = text::wrap(title, LABEL, height);
    let width = lines.len() as f64 * LABEL * LEADING + 2.0;
    (lines, width)
}

/// Thin lines across a plot at the ticks of its vertical axis, but for the lowest, where it has its
/// edge.
pub(crate) fn guides(svg: &mut Svg, axis: &Axis, plot: Rect) {
    let heights = axis.ticks().skip(1).map(|(share, _)| share * plot.height);
    let lines: Vec<[f64; 4]> = heights
        .map(|height| plot.bottom() - height)
        .map(|y| [plot.x, y, plot.right(), y])
        .collect();
    svg.strokes(&lines, palette::UNSCORED, HAIRLINE);
}

/// The title of a vertical axis, upward from a left edge on, about a height.
pub(crate) fn axis_title(svg: &mut Svg, lines: &[String], (left, middle): (f64, f64)) {
    let style = Style::new(LABEL, Anchor::Middle).turn(-90.0);
    for (i, line) in lines.iter().enumerate() {
        let baseline = left + LABEL * CAP_HEIGHT + i as f64 * LABEL * LEADING;
        svg.text(baseline, middle, line, style);
    }
}
