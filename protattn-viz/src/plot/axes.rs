//! A plot with its vertical axis, and the titles of axes.

use super::{Estimate, Ticks};
use crate::layout::{self, CAP_HEIGHT, HAIRLINE, LABEL, LEADING, TICK, TICK_OFFSET};
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
    let labels = axis.ticks().map(|(_, label)| label);
    Style::new(TICK, Anchor::End).widest(labels)
}

/// A plot with a vertical axis to the left of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plot {
    pub(crate) axis: Axis,
    pub(crate) rect: Rect,
}

impl Plot {
    pub(crate) fn y(&self, value: f64) -> f64 {
        self.rect.bottom() - self.axis.share(value) * self.rect.height
    }

    /// A line from edge to edge at a value.
    pub(crate) fn across(&self, value: f64) -> [f64; 4] {
        let y = self.y(value);
        [self.rect.x, y, self.rect.right(), y]
    }

    /// The error bar of an estimate about `x`, where it has an interval.
    pub(crate) fn error_bar(&self, svg: &mut Svg, x: f64, estimate: &Estimate, cap: f64) {
        if estimate.has_interval() {
            let ends = (self.y(estimate.low), self.y(estimate.high));
            layout::error_bar(svg, x, ends, cap);
        }
    }

    /// The left and lower edges, with the ticks of the axis and, where it is `labelled`, their
    /// labels.
    pub(crate) fn left_axis(&self, svg: &mut Svg, labelled: bool) {
        let Rect { x, y, height, .. } = self.rect;
        let (right, bottom) = (self.rect.right(), self.rect.bottom());
        let strokes = vec![[x, y, x, bottom], [x, bottom, right, bottom]];
        let mut ticks = Ticks { strokes };
        for (share, label) in self.axis.ticks() {
            let label = if labelled { &*label } else { "" };
            ticks.left(svg, (x, bottom - share * height), label);
        }
        ticks.draw(svg);
    }

    /// Thin lines across at the ticks of the axis, but for the lowest, where the plot has its edge.
    pub(crate) fn guides(&self, svg: &mut Svg) {
        let Rect { x, height, .. } = self.rect;
        let (right, bottom) = (self.rect.right(), self.rect.bottom());
        let heights = self.axis.ticks().skip(1).map(|(share, _)| share * height);
        let lines: Vec<[f64; 4]> = heights
            .map(|height| [x, bottom - height, right, bottom - height])
            .collect();
        svg.strokes(&lines, palette::UNSCORED, HAIRLINE);
    }
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

/// The title of a horizontal axis, about a middle and below the baseline of its numbers; gives the
/// lower edge.
pub(crate) fn title_below(
    svg: &mut Svg,
    title: &str,
    (middle, baseline): (f64, f64),
    room: f64,
) -> f64 {
    let style = Style::new(LABEL, Anchor::Middle);
    layout::paragraph(svg, title, (middle, baseline + 4.0), room, style)
}

/// The title of a vertical axis, upward from a left edge on, about a height.
pub(crate) fn axis_title(svg: &mut Svg, lines: &[impl AsRef<str>], (left, middle): (f64, f64)) {
    let style = Style::new(LABEL, Anchor::Middle).turn(-90.0);
    for (i, line) in lines.iter().enumerate() {
        let baseline = left + LABEL * CAP_HEIGHT + i as f64 * LABEL * LEADING;
        svg.text(baseline, middle, line.as_ref(), style);
    }
}
