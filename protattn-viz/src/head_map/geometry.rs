//! Where the parts of a head map lie.

use super::HeadMap;
use crate::figure::Draw;
use crate::layout::{self, LABEL, LEADING, MARGIN, TICK, TICK_OFFSET};
use crate::plot;
use crate::svg::{Anchor, Rect, Style, Svg};

/// Room for the panel of maxima, whatever the map leaves it.
const PANEL_WIDTH: f64 = 58.0;
/// Between the map and the panel.
const PANEL_GAP: f64 = 8.0;
/// Half a tick label may stand out over the right end of the panel; more where it is long.
const RIGHT: f64 = 12.0;
/// Cells of a small map grow no larger.
const MAX_CELL: f64 = 20.0;
/// A map of one layer or one head is not smaller: its axis labels need the room.
const MIN_SIDE: f64 = 30.0;
/// About what a page has left under a title and above a caption.
const MAX_HEIGHT: f64 = 560.0;

/// Lengths in points.
#[derive(Debug)]
pub(super) struct Geometry {
    pub(super) map: Rect,
    pub(super) panel: Rect,
    pub(super) cell_width: f64,
    pub(super) cell_height: f64,
}

impl Geometry {
    /// Draws the title, which decides where the map can start, and lays out the rest.
    pub(super) fn new(figure: &HeadMap<'_>, svg: &mut Svg) -> Self {
        let (layers, heads) = figure.values.dim();
        let column = figure.column();
        let top = layout::heading(svg, &figure.labels.title, column) + 6.0;
        let left = MARGIN + LABEL * LEADING + row_label_width(figure) + TICK_OFFSET;
        let (gap, right) = beside_panel(figure);
        let room = column.width() - left - right - gap - PANEL_WIDTH;
        let cell_width = (room / heads as f64)
            .min(MAX_CELL)
            .max(MIN_SIDE / heads as f64);
        let cell_height = cell_width
            .min(MAX_CELL)
            .min(MAX_HEIGHT / layers as f64)
            .max(MIN_SIDE / layers as f64);
        let map = Rect::new(
            (left, top),
            (cell_width * heads as f64, cell_height * layers as f64),
        );
        let panel_x = map.right() + gap;
        let panel_width = column.width() - right - panel_x;
        let panel = Rect {
            x: panel_x,
            width: panel_width,
            ..map
        };
        Self {
            map,
            panel,
            cell_width,
            cell_height,
        }
    }

    /// The cell of a head; row 0 is the lowest.
    pub(super) fn cell(&self, row: usize, head: usize) -> Rect {
        // White between cells keeps their edges clean at any magnification.
        let gap = (self.cell_width.min(self.cell_height) * 0.08).min(0.5);
        Rect {
            x: self.map.x + head as f64 * self.cell_width + gap / 2.0,
            y: self.row_middle(row) - self.cell_height / 2.0 + gap / 2.0,
            width: self.cell_width - gap,
            height: self.cell_height - gap,
        }
    }

    pub(super) fn row_middle(&self, row: usize) -> f64 {
        self.map.bottom() - (row as f64 + 0.5) * self.cell_height
    }

    pub(super) fn head_middle(&self, head: usize) -> f64 {
        self.map.x + (head as f64 + 0.5) * self.cell_width
    }
}

/// What is free to the left and to the right of the panel, for the numbers at its ends.
fn beside_panel(figure: &HeadMap<'_>) -> (f64, f64) {
    let (low, high) = figure.maxima_reach();
    let overhang = plot::overhang(&layout::horizontal_span(low, high, PANEL_WIDTH));
    let gap = if low < 0.0 { overhang } else { 0.0 };
    (gap.max(PANEL_GAP), overhang.max(RIGHT))
}

fn row_label_width(figure: &HeadMap<'_>) -> f64 {
    let style = Style::new(TICK, Anchor::End);
    let rows = 0..figure.values.nrows();
    style.widest(rows.map(|row| figure.label(row).to_string()))
}
