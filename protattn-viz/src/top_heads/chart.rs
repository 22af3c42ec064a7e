//! Where the parts of the bar chart lie, and how they are drawn.

use super::bars::Bars;
use super::{Bar, TopHeads};
use crate::layout::{self, Column, LABEL, MARGIN};
use crate::plot;
use crate::scale::Axis;
use crate::svg::{Anchor, Rect, Style, Svg};

const PLOT_HEIGHT: f64 = 120.0;

/// Draws everything; gives the height of the figure.
pub(super) fn draw(figure: &TopHeads<'_>, bars: &[Bar], column: Column, svg: &mut Svg) -> f64 {
    let inside = column.width() - 2.0 * MARGIN;
    let top = layout::heading(svg, figure.title, column) + 5.0;
    let entries = figure.legend_entries(bars);
    let top = layout::legend(svg, &entries, (MARGIN, top), inside) + 8.0;
    let tops = bars.iter().flat_map(Bar::numbers).chain(figure.background);
    let axis = Axis::from_zero(tops.fold(0.0, f64::max), layout::MAX_INTERVALS);
    let (title, title_width) = plot::title_lines(figure.value_label, PLOT_HEIGHT);
    let x = MARGIN + title_width + plot::tick_width(&axis);
    let plot = Rect {
        x,
        y: top,
        width: column.width() - MARGIN - x,
        height: PLOT_HEIGHT,
    };
    let bars = Bars {
        bars,
        axis: &axis,
        plot,
        background: figure.background,
        unit: figure.unit,
        prefix: "",
    };
    bars.draw(svg);
    svg.open("values");
    plot::left_axis(svg, &axis, plot, true);
    plot::axis_title(svg, &title, (MARGIN, plot.y + plot.height / 2.0));
    svg.close();
    let place = (plot.x + plot.width / 2.0, bars.draw_names(svg) + 4.0);
    let style = Style::new(LABEL, Anchor::Middle);
    layout::paragraph(svg, HEAD_AXIS, place, plot.width, style) + MARGIN
}

/// What the names under bars are.
pub(crate) const HEAD_AXIS: &str = "Head (layer-head)";
