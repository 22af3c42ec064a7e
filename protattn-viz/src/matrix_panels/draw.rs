//! The panels of maps, and their colour bar.

use super::{MatrixPanel, MatrixPanels};
use crate::layout::{
    self, CAP_HEIGHT, HAIRLINE, Key, LABEL, LEADING, MARGIN, TICK, TICK_LENGTH, TICK_OFFSET,
};
use crate::palette;
use crate::plot::{self, ColourBar, Grid, reach};
use crate::scale;
use crate::svg::{Anchor, Rect, Style, Svg};

const GAP: f64 = 9.0;
const ROW_GAP: f64 = 5.0;
/// The label over a map, and a little air.
const HEAD_HEIGHT: f64 = TICK * LEADING + 2.0;
/// Below the maps that have none below them, for their numbers.
const FOOT_HEIGHT: f64 = TICK_OFFSET + TICK * CAP_HEIGHT + 3.0;
/// About what a page leaves for the maps.
const MAX_HEIGHT: f64 = 520.0;
const MAX_SIDE: f64 = 150.0;
const NEARLY: f64 = 0.8;
const MIN_SIDE: f64 = 30.0;
const BAR_WIDTH: f64 = 170.0;
/// More cells than this in all, or in a row of a map, and they have no tooltips of their own.
const MAX_SPEAKING: (usize, usize) = (4000, 24);

/// Draws everything; gives the height of the figure.
pub(super) fn figure(figure: &MatrixPanels<'_, '_>, (low, high): (f64, f64), svg: &mut Svg) -> f64 {
    let column = figure.column();
    let inside = column.width() - 2.0 * MARGIN;
    let top = layout::heading(svg, figure.title, column) + 6.0;
    let colours = ColourBar {
        ramp: figure.ramp,
        axis: layout::horizontal_span(low, high, BAR_WIDTH),
        background: None,
    };
    let grid = grid(figure, top);
    let cells = figure
        .panels
        .iter()
        .map(|panel| panel.values.len())
        .sum::<usize>();
    for (i, panel) in figure.panels.iter().enumerate() {
        Panel {
            figure,
            panel,
            colours: &colours,
            map: grid.across(i),
            speaking: cells <= MAX_SPEAKING.0 && panel.values.nrows() <= MAX_SPEAKING.1,
        }
        .draw(
            svg,
            (
                i % grid.columns == 0,
                i + grid.columns >= figure.panels.len(),
            ),
        );
    }
    let bottom = axis_titles(figure, &grid, svg);
    let place = (grid.origin.0.max(MARGIN + 10.0), bottom + 8.0);
    let bottom = colours.draw(svg, figure.value_label, place, (BAR_WIDTH, inside - 20.0));
    if !figure.any_undefined() {
        return bottom + MARGIN;
    }
    let entries = [(Key::Unscored, "undefined".to_owned())];
    layout::legend(svg, &entries, (place.0, bottom + 8.0), inside) + MARGIN
}

/// The titles of both axes; gives the lower edge.
fn axis_titles(figure: &MatrixPanels<'_, '_>, grid: &Grid, svg: &mut Svg) -> f64 {
    let style = Style::new(LABEL, Anchor::Middle);
    let middle = f64::midpoint(grid.origin.1, grid.bottom());
    let words = layout::shortened(figure.axis_label, grid.bottom() - grid.origin.1, style);
    let lines: Vec<String> = Some(words).filter(|w| !w.is_empty()).into_iter().collect();
    plot::axis_title(svg, &lines, (MARGIN, middle));
    let width = grid.columns as f64 * grid.pitch.0 - GAP;
    let place = (grid.origin.0 + width / 2.0, grid.bottom() + FOOT_HEIGHT);
    let words = layout::shortened(figure.axis_label, width, style);
    layout::paragraph(svg, &words, place, width, style)
}

/// As many columns as give about the largest maps that a page holds.
fn grid(figure: &MatrixPanels<'_, '_>, top: f64) -> Grid {
    let count = figure.panels.len();
    let style = Style::new(TICK, Anchor::End);
    let largest = figure.panels.iter().map(|panel| panel.values.nrows()).max();
    let numbers = style.width(&largest.unwrap_or(1).to_string()) + TICK_OFFSET;
    let title = if figure.axis_label.trim().is_empty() {
        0.0
    } else {
        LABEL * LEADING
    };
    let left = MARGIN + title + numbers;
    let room = figure.column().width() - MARGIN - left;
    let extra = HEAD_HEIGHT + ROW_GAP;
    let side = |columns: usize| {
        let rows = count.div_ceil(columns) as f64;
        let width = (room + GAP) / columns as f64 - GAP;
        width.min(MAX_HEIGHT / rows - extra).min(MAX_SIDE)
    };
    let widest = (room / (MIN_SIDE + GAP)) as usize;
    let columns = 1..=widest.clamp(1, count);
    let largest = columns.clone().map(side).fold(0.0, f64::max);
    // The most that are nearly as large: they make the lowest figure.
    let columns = columns
        .rev()
        .find(|&n| side(n) >= NEARLY * largest)
        .unwrap_or(1);
    let side = side(columns).max(MIN_SIDE);
    Grid {
        count,
        columns,
        origin: (left, 0.0),
        plot: (side, side),
        pitch: (side + GAP, 0.0),
    }
    .heights(top + HEAD_HEIGHT, side, side + extra)
}

struct Panel<'a, 'v> {
    figure: &'a MatrixPanels<'a, 'v>,
    panel: &'a MatrixPanel<'v>,
    colours: &'a ColourBar,
    map: Rect,
    /// Whether each cell has its tooltip.
    speaking: bool,
}

impl Panel<'_, '_> {
    fn cell_side(&self) -> f64 {
        self.map.width / self.panel.values.nrows() as f64
    }

    /// With numbers to the left and below where these are its sides of the figure.
    fn draw(&self, svg: &mut Svg, (left, foot): (bool, bool)) {
        svg.open("panel");
        let style = Style::new(TICK, Anchor::Start).bold();
        let label = layout::shortened(self.panel.label, self.map.width, style);
        svg.text(self.map.x, self.map.y - 2.5, &label, style);
        if self.speaking {
            self.draw_cells(svg);
        } else {
            self.draw_raster(svg);
        }
        svg.frame(self.map, HAIRLINE);
        self.draw_numbers(svg, left, foot);
        svg.close();
    }

    fn draw_cells(&self, svg: &mut Svg) {
        let side = self.cell_side();
        let mut undefined = Vec::new();
        for ((row, column), &value) in self.panel.values.indexed_iter() {
            let cell = Rect {
                x: self.map.x + column as f64 * side,
                y: self.map.y + row as f64 * side,
                width: side,
                height: side,
            };
            let place = format!("{}, {} and {}", self.panel.label, row + 1, column + 1);
            if value.is_nan() {
                undefined.push((cell, format!("{place}: undefined")));
            } else {
                let number = layout::number(value, self.figure.unit);
                let words = format!("{place}: {number}");
                svg.rect(cell, &self.colours.colour(value), &words);
            }
        }
        layout::unscored(svg, &undefined);
    }

    fn draw_raster(&self, svg: &mut Svg) {
        let values = self.panel.values;
        let number = |value| layout::number(value, self.figure.unit);
        if values.iter().any(|value| value.is_nan()) {
            layout::unscored(svg, &[(self.map, String::new())]);
        }
        let place = (self.map.x, self.map.y);
        let value = |row, column| values[[row, column]];
        plot::cells(
            svg,
            (values.nrows(), value),
            self.colours,
            place,
            (self.cell_side(), 0.0),
        );
        let words = reach(values.iter().copied()).map_or_else(
            || format!("{}: undefined", self.panel.label),
            |(low, high)| format!("{}: {} to {}", self.panel.label, number(low), number(high)),
        );
        svg.hover(self.map, &words);
    }

    fn draw_numbers(&self, svg: &mut Svg, left: bool, foot: bool) {
        let (n, side) = (self.panel.values.nrows(), self.cell_side());
        let style = Style::new(TICK, Anchor::Middle);
        let mut strokes = Vec::new();
        let extent = style.width(&n.to_string()) + 2.0;
        for i in scale::thinned(n, side, extent) {
            let x = self.map.x + (i as f64 + 0.5) * side;
            let bottom = self.map.bottom();
            strokes.push([x, bottom, x, bottom + TICK_LENGTH]);
            if foot {
                let baseline = bottom + TICK_OFFSET + TICK * CAP_HEIGHT;
                svg.text(x, baseline, &(i + 1).to_string(), style);
            }
        }
        for i in scale::thinned(n, side, TICK * 1.15) {
            let y = self.map.y + (i as f64 + 0.5) * side;
            strokes.push([self.map.x - TICK_LENGTH, y, self.map.x, y]);
            if left {
                let place = (self.map.x - TICK_OFFSET, y + TICK * CAP_HEIGHT / 2.0);
                let style = Style::new(TICK, Anchor::End);
                svg.text(place.0, place.1, &(i + 1).to_string(), style);
            }
        }
        svg.strokes(&strokes, palette::INK, HAIRLINE);
    }
}
