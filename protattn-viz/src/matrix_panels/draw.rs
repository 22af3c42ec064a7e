//! The panels of maps, and their colour bar.

use super::{MatrixPanel, MatrixPanels};
use crate::error::{Result, check_count, check_length};
use crate::figure::{Draw, Figure};
use crate::labels::Labels;
use crate::layout::{
    self, CAP_HEIGHT, Column, HAIRLINE, Key, LABEL, LEADING, MARGIN, TICK, TICK_OFFSET,
};
use crate::palette::Ramp;
use crate::plot::{self, ColourBar, Grid, Ticks, known, reach};
use crate::scale::{self, check_signed};
use crate::svg::{Anchor, Rect, Style, Svg};

const MAX_PANELS: usize = 64;
const MAX_ROWS: usize = 128;
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

impl Figure for MatrixPanels<'_> {}

impl Draw for MatrixPanels<'_> {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn check(&self) -> Result<()> {
        check_count("panels", self.panels.len(), 1, MAX_PANELS)?;
        for MatrixPanel { label, values } in &self.panels {
            let (rows, columns) = values.dim();
            check_count(&format!("rows in panel {label:?}"), rows, 1, MAX_ROWS)?;
            check_length(|| format!("columns in panel {label:?}"), columns, rows)?;
            for ((row, column), &value) in values.indexed_iter() {
                let what = || format!("cell {}, {} of panel {label:?}", row + 1, column + 1);
                check_signed(value, what)?;
            }
        }
        Ok(())
    }

    fn nothing(&self) -> Option<[String; 2]> {
        self.reach().is_none().then(layout::no_values)
    }

    fn column(&self) -> Column {
        Column::double_if(self.panels.len() > 2)
    }

    fn draw(&self, svg: &mut Svg) -> f64 {
        let (low, high) = self.reach().unwrap_or_default();
        let (low, high) = match self.ramp {
            Ramp::Sequential => (low.min(0.0), high.max(0.0)),
            Ramp::Diverging => layout::about_zero(low, high),
        };
        let (column, inside) = (self.column(), self.column().inside());
        let top = layout::heading(svg, &self.labels.title, column) + 6.0;
        let colours = ColourBar {
            ramp: self.ramp,
            axis: layout::horizontal_span(low, high, BAR_WIDTH),
            background: None,
        };
        let grid = grid(self, top);
        let cells = self.values().count();
        for (i, panel) in self.panels.iter().enumerate() {
            Panel {
                figure: self,
                panel,
                colours: &colours,
                map: grid.across(i),
                speaking: cells <= MAX_SPEAKING.0 && panel.values.nrows() <= MAX_SPEAKING.1,
            }
            .draw(
                svg,
                (i % grid.columns == 0, i + grid.columns >= self.panels.len()),
            );
        }
        let bottom = axis_titles(self, &grid, svg);
        let place = (grid.origin.0.max(MARGIN + 10.0), bottom + 8.0);
        let bottom = colours.draw(
            svg,
            &self.labels.value_label,
            place,
            (BAR_WIDTH, inside - 20.0),
        );
        let entries = layout::entry_if(self.any_undefined(), Key::Unscored, "undefined");
        layout::legend_below(svg, entries.as_slice(), (place.0, bottom), inside) + MARGIN
    }

    fn description(&self) -> String {
        let (labels, count) = (&self.labels, self.panels.len());
        let (low, high) = self.reach().unwrap_or_default();
        let [low, high] = [low, high].map(|value| labels.number(value));
        let label = &labels.value_label;
        format!("{label} in {count} maps, from {low} to {high}.")
    }
}

/// The titles of both axes; gives the lower edge.
fn axis_titles(figure: &MatrixPanels<'_>, grid: &Grid, svg: &mut Svg) -> f64 {
    let style = Style::new(LABEL, Anchor::Middle);
    let middle = f64::midpoint(grid.origin.1, grid.bottom());
    let words = layout::shortened(&figure.axis_label, grid.bottom() - grid.origin.1, style);
    let lines: Vec<String> = Some(words).filter(|w| !w.is_empty()).into_iter().collect();
    plot::axis_title(svg, &lines, (MARGIN, middle));
    let width = grid.columns as f64 * grid.pitch.0 - GAP;
    let place = (grid.origin.0 + width / 2.0, grid.bottom() + FOOT_HEIGHT);
    let words = layout::shortened(&figure.axis_label, width, style);
    layout::paragraph(svg, &words, place, width, style)
}

/// As many columns as give about the largest maps that a page holds.
fn grid(figure: &MatrixPanels<'_>, top: f64) -> Grid {
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
    figure: &'a MatrixPanels<'v>,
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
        let label = layout::shortened(&self.panel.label, self.map.width, style);
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
        let values = self.panel.values.indexed_iter();
        let cells = values.map(|((row, column), &value)| {
            let place = format!("{}, {} and {}", self.panel.label, row + 1, column + 1);
            let number = self.figure.labels.number_or(value, "undefined");
            let colour = known(value).map(|value| self.colours.colour(value));
            let cell = self.map.cell((row, column), side, 0.0);
            (cell, colour, format!("{place}: {number}"))
        });
        plot::speaking_cells(svg, cells);
    }

    fn draw_raster(&self, svg: &mut Svg) {
        let values = self.panel.values;
        let number = |value| self.figure.labels.number(value);
        if values.iter().any(|value| value.is_nan()) {
            layout::unscored(svg, &[(self.map, String::new())]);
        }
        let place = (self.map.x, self.map.y);
        let cells = (values.nrows(), |row, column| values[[row, column]]);
        plot::cells(svg, cells, self.colours, place, (self.cell_side(), 0.0));
        let words = reach(values.iter().copied()).map_or_else(
            || format!("{}: undefined", self.panel.label),
            |(low, high)| format!("{}: {} to {}", self.panel.label, number(low), number(high)),
        );
        svg.hover(self.map, &words);
    }

    fn draw_numbers(&self, svg: &mut Svg, left: bool, foot: bool) {
        let (n, side) = (self.panel.values.nrows(), self.cell_side());
        let style = Style::new(TICK, Anchor::Middle);
        let number = |i: usize, shown: bool| match shown {
            true => (i + 1).to_string(),
            false => String::new(),
        };
        let mut ticks = Ticks::default();
        let extent = style.width(&n.to_string()) + 2.0;
        for i in scale::thinned(n, side, extent) {
            let place = (self.map.x + (i as f64 + 0.5) * side, self.map.bottom());
            ticks.below(svg, place, &number(i, foot));
        }
        for i in scale::thinned(n, side, TICK * 1.15) {
            let place = (self.map.x, self.map.y + (i as f64 + 0.5) * side);
            ticks.left(svg, place, &number(i, left));
        }
        ticks.draw(svg);
    }
}
