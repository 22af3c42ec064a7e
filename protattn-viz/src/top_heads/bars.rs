//! Bars side by side on an axis, as one chart has them and several do.

use super::Bar;
use crate::palette;
use crate::plot::{self, Plot};
use crate::svg::{Rect, Svg};

const MAX_BAR_WIDTH: f64 = 22.0;

/// Bars in a plot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bars<'a> {
    pub(crate) bars: &'a [Bar],
    pub(crate) plot: Plot,
    pub(crate) background: Option<f64>,
    pub(crate) unit: &'a str,
    /// Before each tooltip, where several plots stand together.
    pub(crate) prefix: &'a str,
}

impl Bars<'_> {
    fn slot(&self) -> f64 {
        self.plot.rect.width / self.bars.len() as f64
    }

    fn middle(&self, place: usize) -> f64 {
        self.plot.rect.x + (place as f64 + 0.5) * self.slot()
    }

    /// The bars, the line for the background and the intervals.
    pub(crate) fn draw(&self, svg: &mut Svg) {
        let width = (self.slot() * 0.64).min(MAX_BAR_WIDTH);
        svg.open("bars");
        for (place, bar) in self.bars.iter().enumerate() {
            let (x, y) = (self.middle(place) - width / 2.0, self.plot.y(bar.value));
            let rect = Rect::new((x, y), (width, self.plot.rect.bottom() - y));
            svg.rect(rect, palette::BAR, &self.tooltip(bar));
        }
        svg.close();
        if let Some(background) = self.background {
            svg.dashed(self.plot.across(background));
        }
        svg.open("intervals");
        for (place, bar) in self.bars.iter().enumerate() {
            let (x, estimate) = (self.middle(place), bar.estimate());
            self.plot.error_bar(svg, x, &estimate, width * 0.45);
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
        let bottom = plot::names_below(svg, &names, self.slot(), self.plot.rect.bottom());
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
