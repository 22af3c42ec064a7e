//! Where the parts of the bar chart lie, and how they are drawn.

use super::bars::Bars;
use super::{Bar, TopHeads, check_bars};
use crate::error::{Result, check_count};
use crate::figure::{Draw, Figure};
use crate::labels::Labels;
use crate::layout::{self, Column, MARGIN};
use crate::plot::{self, Plot};
use crate::scale::{Axis, check_unsigned};
use crate::svg::{Rect, Svg};

/// Beyond this the labels under the bars of a double column would touch.
const MAX_COUNT: usize = 40;
/// More bars than this get the double column.
const SINGLE_COLUMN_BARS: usize = 16;
const PLOT_HEIGHT: f64 = 120.0;

impl Figure for TopHeads {}

impl Draw for TopHeads {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn check(&self) -> Result<()> {
        check_count("bars", self.count, 1, MAX_COUNT)?;
        check_unsigned(self.background, || "background".to_owned())?;
        check_bars(&self.bars)
    }

    fn nothing(&self) -> Option<[String; 2]> {
        self.best().is_empty().then(|| self.labels.no_scores())
    }

    fn column(&self) -> Column {
        Column::double_if(self.best().len() > SINGLE_COLUMN_BARS)
    }

    fn draw(&self, svg: &mut Svg) -> f64 {
        let (labels, column, bars) = (&self.labels, self.column(), self.best());
        let entries = self.legend_entries(&bars);
        let top = layout::head(svg, &labels.title, column, &entries) + 8.0;
        let tops = bars.iter().flat_map(Bar::numbers).chain(self.background);
        let axis = Axis::from_zero(tops.fold(0.0, f64::max), layout::MAX_INTERVALS);
        let (title, title_width) = plot::title_lines(&labels.value_label, PLOT_HEIGHT);
        let x = MARGIN + title_width + plot::tick_width(&axis);
        let rect = Rect::new((x, top), (column.width() - MARGIN - x, PLOT_HEIGHT));
        let bars = Bars {
            bars: &bars,
            plot: Plot { axis, rect },
            background: self.background,
            unit: &labels.unit,
            prefix: "",
        };
        bars.draw(svg);
        svg.open("values");
        let (x, y) = rect.middle();
        bars.plot.left_axis(svg, true);
        plot::axis_title(svg, &title, (MARGIN, y));
        svg.close();
        let place = (x, bars.draw_names(svg));
        plot::title_below(svg, HEAD_AXIS, place, rect.width) + MARGIN
    }

    fn description(&self) -> String {
        let best = self.best();
        let (label, shown) = (&self.labels.value_label, best.len());
        let mut words = format!("{label}, best heads first, {shown} shown.");
        if let Some(first) = best.first() {
            let value = self.labels.number(first.value);
            words += &format!(" Highest, head {}: {value}", first.label());
        }
        if let Some(background) = self.background {
            words += &format!("; background {}", self.labels.number(background));
        }
        words + "."
    }
}

/// What the names under bars are.
pub(crate) const HEAD_AXIS: &str = "Head (layer-head)";
