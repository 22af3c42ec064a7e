//! Where the parts of the bar chart lie, and how they are drawn.

use super::{Bar, TopHeads};
use crate::layout::{
    self, CAP_HEIGHT, Column, DESCENT, HAIRLINE, LABEL, LEADING, MARGIN, TICK, TICK_LENGTH,
    TICK_OFFSET,
};
use crate::palette;
use crate::scale::Axis;
use crate::svg::{Anchor, Rect, Style, Svg};
use crate::text;

const PLOT_HEIGHT: f64 = 120.0;
const MAX_BAR_WIDTH: f64 = 22.0;

/// A chart laid out in its column.
pub(super) struct Chart<'a> {
    figure: &'a TopHeads<'a>,
    bars: &'a [Bar],
    axis: Axis,
    axis_title: Vec<String>,
    plot: Rect,
}

impl<'a> Chart<'a> {
    /// Draws the title and the legend, which decide where the plot can start.
    pub(super) fn new(
        figure: &'a TopHeads<'a>,
        bars: &'a [Bar],
        column: Column,
        svg: &mut Svg,
    ) -> Self {
        let inside = column.width() - 2.0 * MARGIN;
        let top = layout::heading(svg, figure.title, column) + 5.0;
        let entries = figure.legend_entries(bars);
        let top = layout::legend(svg, &entries, (MARGIN, top), inside) + 8.0;
        let highest = bars
            .iter()
            .map(Bar::top)
            .chain(figure.background)
            .fold(0.0, f64::max);
        let axis = Axis::from_zero(highest, layout::MAX_INTERVALS);
        let axis_title = text::wrap(figure.value_label, LABEL, PLOT_HEIGHT);
        let style = Style::new(TICK, Anchor::End);
        let widest = axis
            .ticks()
            .map(|(_, label)| style.width(&label))
            .fold(0.0, f64::max);
        let x = MARGIN + axis_title.len() as f64 * LABEL * LEADING + 2.0 + widest + TICK_OFFSET;
        let width = column.width() - MARGIN - x;
        let plot = Rect {
            x,
            y: top,
            width,
            height: PLOT_HEIGHT,
        };
        Self {
            figure,
            bars,
            axis,
            axis_title,
            plot,
        }
    }

    /// Draws the rest; gives the height of the figure.
    pub(super) fn draw(&self, svg: &mut Svg) -> f64 {
        self.draw_bars(svg);
        self.draw_value_axis(svg);
        let labels_end = self.draw_names(svg);
        let middle = self.plot.x + self.plot.width / 2.0;
        let style = Style::new(LABEL, Anchor::Middle);
        let place = (middle, labels_end + 4.0);
        layout::paragraph(svg, "Head (layer-head)", place, self.plot.width, style) + MARGIN
    }

    fn slot(&self) -> f64 {
        self.plot.width / self.bars.len() as f64
    }

    fn middle(&self, place: usize) -> f64 {
        self.plot.x + (place as f64 + 0.5) * self.slot()
    }

    fn y(&self, value: f64) -> f64 {
        self.plot.bottom() - self.axis.share(value) * self.plot.height
    }

    fn draw_bars(&self, svg: &mut Svg) {
        let width = (self.slot() * 0.64).min(MAX_BAR_WIDTH);
        svg.open("bars");
        for (place, bar) in self.bars.iter().enumerate() {
            let (x, y) = (self.middle(place) - width / 2.0, self.y(bar.value));
            let tooltip = self.tooltip(bar);
            let height = self.plot.bottom() - y;
            svg.rect(
                Rect {
                    x,
                    y,
                    width,
                    height,
                },
                palette::BAR,
                &tooltip,
            );
        }
        svg.close();
        if let Some(background) = self.figure.background {
            let y = self.y(background);
            svg.dashed([self.plot.x, y, self.plot.right(), y]);
        }
        svg.open("intervals");
        for (place, bar) in self
            .bars
            .iter()
            .enumerate()
            .filter(|(_, bar)| bar.has_interval())
        {
            let ends = (self.y(bar.low), self.y(bar.high));
            layout::error_bar(svg, self.middle(place), ends, width * 0.45);
        }
        svg.close();
    }

    /// `layer 8, head 12: 63.2% (60.1% to 66.0%)`
    fn tooltip(&self, bar: &Bar) -> String {
        let number = |value| self.figure.number(value);
        let mut words = format!(
            "layer {}, head {}: {}",
            bar.layer + 1,
            bar.head + 1,
            number(bar.value)
        );
        if bar.has_interval() {
            words += &format!(" ({} to {})", number(bar.low), number(bar.high));
        }
        words
    }

    fn draw_value_axis(&self, svg: &mut Svg) {
        let Rect { x, y, .. } = self.plot;
        let (right, bottom) = (self.plot.right(), self.plot.bottom());
        svg.open("values");
        let mut strokes = vec![[x, y, x, bottom], [x, bottom, right, bottom]];
        for (share, label) in self.axis.ticks() {
            let at = bottom - share * self.plot.height;
            strokes.push([x - TICK_LENGTH, at, x, at]);
            let baseline = at + TICK * CAP_HEIGHT / 2.0;
            svg.text(
                x - TICK_OFFSET,
                baseline,
                &label,
                Style::new(TICK, Anchor::End),
            );
        }
        svg.strokes(&strokes, palette::INK, HAIRLINE);
        let style = Style::new(LABEL, Anchor::Middle).turn(-90.0);
        for (i, line) in self.axis_title.iter().enumerate() {
            let baseline = MARGIN + LABEL * CAP_HEIGHT + i as f64 * LABEL * LEADING;
            svg.text(baseline, y + self.plot.height / 2.0, line, style);
        }
        svg.close();
    }

    /// The names of the heads, slanted where they would touch; gives their lower edge.
    fn draw_names(&self, svg: &mut Svg) -> f64 {
        let style = Style::new(TICK, Anchor::Middle);
        let names: Vec<String> = self.bars.iter().map(Bar::label).collect();
        let widest = names
            .iter()
            .map(|name| style.width(name))
            .fold(0.0, f64::max);
        let slanted = widest + 3.0 > self.slot();
        let top = self.plot.bottom() + TICK_OFFSET;
        svg.open("heads");
        for (place, name) in names.iter().enumerate() {
            let x = self.middle(place);
            if slanted {
                let style = Style::new(TICK, Anchor::End).turn(-45.0);
                svg.text(x + TICK * CAP_HEIGHT / 2.0, top + TICK * 0.5, name, style);
            } else {
                svg.text(x, top + TICK * CAP_HEIGHT, name, style);
            }
        }
        svg.close();
        let height = if slanted {
            (widest + TICK) * 0.5f64.sqrt()
        } else {
            TICK * CAP_HEIGHT
        };
        top + height + TICK * DESCENT
    }
}
