//! The parts of a forest plot.

use super::{Forest, ForestGroup, ForestRow, reference_mark};
use crate::error::{Result, check_count};
use crate::figure::{Draw, Figure};
use crate::labels::Labels;
use crate::layout::{
    self, CAP_HEIGHT, Column, DESCENT, HAIRLINE, LABEL, LEADING, MARGIN, TICK, TICK_OFFSET,
};
use crate::marks::Mark;
use crate::palette::{self, MAX_SERIES};
use crate::plot::{self, Grid};
use crate::scale::Axis;
use crate::svg::{Anchor, Rect, Style, Svg};

const MAX_GROUPS: usize = 12;
const MAX_ROWS: usize = 60;
const ROW_HEIGHT: f64 = 11.0;
const DOT_RADIUS: f64 = 2.5;
const MARK_RADIUS: f64 = 2.6;
const COLUMN_GAP: f64 = 14.0;
const ROW_GAP: f64 = 10.0;
/// A number at the end of the axis may stand out over it.
const RIGHT: f64 = 8.0;
/// Longer labels are cut.
const MAX_LABEL_WIDTH: f64 = 80.0;

impl Figure for Forest {}

impl Draw for Forest {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn check(&self) -> Result<()> {
        check_count("groups", self.groups.len(), 1, MAX_GROUPS)?;
        check_count("references", self.references.len(), 0, MAX_SERIES)?;
        for group in &self.groups {
            let rows = format!("rows in group {:?}", group.label);
            check_count(&rows, group.rows.len(), 1, MAX_ROWS)?;
            for row in &group.rows {
                self.check_row(group, row)?;
            }
        }
        Ok(())
    }

    fn nothing(&self) -> Option<[String; 2]> {
        self.reach().is_none().then(layout::no_values)
    }

    fn column(&self) -> Column {
        Column::double_if(self.groups.len() > 1)
    }

    fn draw(&self, svg: &mut Svg) -> f64 {
        let column = self.column();
        let (low, high) = self.reach().unwrap_or_default();
        let inside = column.inside();
        let entries = self.legend_entries();
        let top = layout::head(svg, &self.labels.title, column, &entries);
        let top = if entries.is_empty() { top } else { top + 7.0 };

        let style = Style::new(TICK, Anchor::End);
        let widest = style.widest(self.rows().map(|row| &row.label));
        let overhang = plot::overhang(&layout::horizontal_span(low, high, inside / 2.0));
        let left = (widest.min(MAX_LABEL_WIDTH) + TICK_OFFSET).max(overhang);
        let columns = self.groups.len().min(2);
        let right = (overhang - MARGIN).max(RIGHT);
        let edges = (MARGIN, column.width() - MARGIN - right);
        let grid = Grid::new((self.groups.len(), columns), edges, (left, COLUMN_GAP));
        let axis = layout::horizontal_span(low, high, grid.plot.0);

        let mut top = top;
        for groups in self.groups.chunks(columns) {
            let mut bottom = top;
            for (place, group) in groups.iter().enumerate() {
                let drawn = Group {
                    figure: self,
                    group,
                    axis: &axis,
                    left,
                    plot: Rect {
                        y: top,
                        height: group.rows.len() as f64 * ROW_HEIGHT,
                        ..grid.across(place)
                    },
                };
                bottom = bottom.max(drawn.draw(svg));
            }
            top = bottom + ROW_GAP;
        }
        top - ROW_GAP + MARGIN
    }

    fn description(&self) -> String {
        let against = match &self.references[..] {
            [] => String::new(),
            names => format!(", against {}", names.join(", ")),
        };
        let (label, rows) = (&self.labels.value_label, self.rows().count());
        format!("{label} of {rows} rows{against}.")
    }
}

struct Group<'a> {
    figure: &'a Forest,
    group: &'a ForestGroup,
    axis: &'a Axis,
    left: f64,
    /// Under the heading, which moves it down.
    plot: Rect,
}

impl Group<'_> {
    /// Gives the lower edge.
    fn draw(mut self, svg: &mut Svg) -> f64 {
        svg.open("group");
        if !self.group.label.is_empty() {
            let style = Style::new(LABEL, Anchor::Start).bold();
            let label = layout::shortened(&self.group.label, self.plot.width + self.left, style);
            let x = self.plot.x - self.left;
            svg.text(x, self.plot.y + LABEL * CAP_HEIGHT, &label, style);
            self.plot.y += LABEL * LEADING + 1.0;
        }
        let (y, bottom) = (self.plot.y, self.plot.bottom());
        if self.axis.value(0.0) < 0.0 && self.axis.value(1.0) > 0.0 {
            let zero = self.x(0.0);
            svg.strokes(
                &[[zero, y, zero, bottom]],
                palette::UNSCORED_STROKE,
                HAIRLINE,
            );
        }
        for (i, row) in self.group.rows.iter().enumerate() {
            self.draw_row(svg, row, y + (i as f64 + 0.5) * ROW_HEIGHT);
        }
        let spine = [self.plot.x, bottom, self.plot.right(), bottom];
        svg.strokes(&[spine], palette::INK, HAIRLINE);
        let place = (self.plot.x, bottom);
        let baseline = layout::ticks_below(svg, self.axis, place, self.plot.width);
        let place = (self.plot.middle().0, baseline);
        let room = self.plot.width + 2.0 * RIGHT;
        let end = plot::title_below(svg, &self.figure.labels.value_label, place, room);
        svg.close();
        end.max(baseline + TICK * DESCENT)
    }

    fn x(&self, value: f64) -> f64 {
        self.plot.x + self.axis.share(value) * self.plot.width
    }

    fn draw_row(&self, svg: &mut Svg, row: &ForestRow, y: f64) {
        let style = Style::new(TICK, Anchor::End);
        let label = layout::shortened(&row.label, MAX_LABEL_WIDTH, style);
        let baseline = y + TICK * CAP_HEIGHT / 2.0;
        svg.text(self.plot.x - TICK_OFFSET, baseline, &label, style);
        let guide = [self.plot.x, y, self.plot.right(), y];
        svg.strokes(&[guide], palette::UNSCORED, HAIRLINE);
        let name = match &*self.group.label {
            "" => row.label.clone(),
            group => format!("{group}, {}", row.label),
        };
        let labels = &self.figure.labels;
        let references = row
            .references
            .iter()
            .zip(&self.figure.references)
            .enumerate();
        for (i, (&value, reference)) in references.filter(|(_, (value, _))| !value.is_nan()) {
            let (mark, series) = reference_mark(i);
            let tooltip = format!("{name}, {reference}: {}", labels.number(value));
            let (place, colour) = ((self.x(value), y), palette::series(series));
            mark.draw(svg, place, MARK_RADIUS, colour, &tooltip);
        }
        let estimate = row.estimate;
        if estimate.is_missing() {
            return;
        }
        if estimate.has_interval() {
            let line = [self.x(estimate.low), y, self.x(estimate.high), y];
            svg.strokes(&[line], palette::INK, 1.2);
        }
        let tooltip = format!("{name}: {}", estimate.words(&labels.unit));
        let place = (self.x(estimate.value), y);
        Mark::Circle.draw(svg, place, DOT_RADIUS, palette::INK, &tooltip);
    }
}
