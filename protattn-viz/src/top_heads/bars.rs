//! Bars side by side on an axis, as one chart has them and several do.

use super::Bar;
use crate::layout;
use crate::palette;
use crate::plot;
use crate::scale::Axis;
use crate::svg::{Rect, Svg};

const MAX_BAR_WIDTH: f64 = 22.0;

/// Bars in a plot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bars<'a> {
    pub(crate) bars: &'a [Bar],
    pub(crate) axis: &'a Axis,
    pub(crate) plot: Rect,
    pub(crate) background: Option<f64>,
    pub(crate) unit: &'a str,
    /// Before each tooltip, where several plots stand together.
    pub(crate) prefix: &'a str,
}

impl Bars<'_> {
    fn slot(&self) -> f64 {
        self.plot.width / self.bars.len() as f64
    }

    fn middle(&self, place: usize) -> f64 {
        self.plot.x + (place as f64 + 0.5) * self.slot()
    }

    fn y(&self, value: f64) -> f64 {
        self.plot.bottom() - self.axis.share(value) * self.plot.height
    }

    /// The bars, the line for the background and the intervals.
    pub(crate) fn draw(&self, svg: &mut Svg) {
        let width = (self.slot() * 0.64).min(MAX_BAR_WIDTH);
        svg.open("bars");
        for (place, bar) in self.bars.iter().enumerate() {
            let y = self.y(bar.value);
            let rect = Rect {
                x: self.middle(place) - width / 2.0,
                y,
                width,
                height: self.plot.bottom() - y,
            };
            svg.rect(rect, palette::BAR, &self.tooltip(bar));
        }
        svg.close();
        if let Some(background) = self.background {
            let y = self.y(background);
            svg.dashed([self.plot.x, y, self.plot.right(), y]);
        }
        svg.open("intervals");
        let known = self.bars.iter().enumerate();
        for (place, bar) in known.filter(|(_, bar)| bar.has_interval()) {
            let ends = (self.y(bar.low), self.y(bar.high));
            layout::error_bar(svg, self.middle(place), ends, width * 0.45);
        }
        svg.close();
    }

    /// The names of the heads; gives their lower edge.
    pub(crate) fn draw_names(&self, svg: &mut Svg) -> f64 {
        let names = self.bars.iter().enumerate();
        let names: Vec<_> = names
            .map(|(place, bar)| (self.middle(place), bar.label()))
            .collect();
        svg.open("heads");
        let bottom = plot::names_below(svg, &names, self.slot(), self.plot.bottom());
        svg.close();
        bottom
    }

    /// `layer 8, head 12: 63.2% (60.1% to 66.0%)`
    fn tooltip(&self, bar: &Bar) -> String {
        let [layer, head] = bar.place();
        let words = bar.estimate().words(self.unit);
        format!("{}layer {layer}, head {head}: {words}", self.prefix)
    }
}
