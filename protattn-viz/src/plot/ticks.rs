//! Ticks along the edges of a plot, with their labels.

use crate::layout::{CAP_HEIGHT, HAIRLINE, TICK, TICK_LENGTH, TICK_OFFSET};
use crate::palette;
use crate::svg::{Anchor, Style, Svg};

/// Ticks, whose labels are drawn as they come and whose strokes are drawn together.
#[derive(Debug, Default)]
pub(crate) struct Ticks {
    pub(crate) strokes: Vec<[f64; 4]>,
}

impl Ticks {
    /// The baseline of the labels below an edge.
    pub(crate) fn baseline(edge: f64) -> f64 {
        edge + TICK_OFFSET + TICK * CAP_HEIGHT
    }

    /// A tick down from a place on the lower edge; the label may be empty.
    pub(crate) fn below(&mut self, svg: &mut Svg, (x, edge): (f64, f64), label: &str) {
        self.strokes.push([x, edge, x, edge + TICK_LENGTH]);
        let style = Style::new(TICK, Anchor::Middle);
        label_at(svg, (x, Self::baseline(edge)), label, style);
    }

    /// A tick to the left from a place on the left edge; the label may be empty.
    pub(crate) fn left(&mut self, svg: &mut Svg, (edge, y): (f64, f64), label: &str) {
        self.strokes.push([edge - TICK_LENGTH, y, edge, y]);
        let place = (edge - TICK_OFFSET, y + TICK * CAP_HEIGHT / 2.0);
        label_at(svg, place, label, Style::new(TICK, Anchor::End));
    }

    pub(crate) fn draw(self, svg: &mut Svg) {
        svg.strokes(&self.strokes, palette::INK, HAIRLINE);
    }
}

fn label_at(svg: &mut Svg, (x, y): (f64, f64), label: &str, style: Style) {
    if !label.is_empty() {
        svg.text(x, y, label, style);
    }
}
