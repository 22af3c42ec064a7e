//! The panels of a comparison of models.

use super::{ModelComparison, ModelPanel};
use crate::layout::{self, CAP_HEIGHT, LABEL, LEADING, MARGIN, TICK};
use crate::plot::{self, Grid};
use crate::scale::Axis;
use crate::svg::{Anchor, Rect, Style, Svg};
use crate::top_heads::{Bar, Bars, HEAD_AXIS};

const PLOT_HEIGHT: f64 = 105.0;
const GAP: f64 = 9.0;
const ROW_GAP: f64 = 8.0;
/// The name of the model, the background below it, and a little air.
const HEAD_HEIGHT: f64 = LABEL * LEADING + TICK * LEADING + 2.0;

/// Draws everything; gives the height of the figure.
pub(super) fn figure(figure: &ModelComparison<'_>, shown: &[Vec<Bar>], svg: &mut Svg) -> f64 {
    let column = figure.column();
    let inside = column.width() - 2.0 * MARGIN;
    let top = layout::heading(svg, figure.title, column) + 5.0;
    let entries = figure.legend_entries(shown);
    let top = layout::legend(svg, &entries, (MARGIN, top), inside);
    let mut top = if entries.is_empty() { top } else { top + 6.0 };

    let backgrounds = figure.panels.iter().filter_map(|panel| panel.background);
    let tops = shown
        .iter()
        .flatten()
        .flat_map(Bar::numbers)
        .chain(backgrounds);
    let axis = Axis::from_zero(tops.fold(0.0, f64::max), layout::MAX_INTERVALS);
    let (title, title_width) = plot::title_lines(figure.value_label, PLOT_HEIGHT);
    let left = MARGIN + title_width + plot::tick_width(&axis);
    let columns = figure.columns();
    let edges = (left, column.width() - MARGIN);
    let grid = Grid::new((figure.panels.len(), columns), edges, (0.0, GAP));

    let pairs: Vec<(&ModelPanel<'_>, &Vec<Bar>)> = figure.panels.iter().zip(shown).collect();
    for row in pairs.chunks(columns) {
        let mut bottom = top;
        for (place, (panel, bars)) in row.iter().enumerate() {
            let plot = Rect {
                y: top + HEAD_HEIGHT,
                height: PLOT_HEIGHT,
                ..grid.across(place)
            };
            let is_first = place == 0;
            let end = draw_panel(figure, panel, bars, (&axis, plot, is_first), svg);
            bottom = bottom.max(end);
        }
        plot::axis_title(svg, &title, (MARGIN, top + HEAD_HEIGHT + PLOT_HEIGHT / 2.0));
        top = bottom + ROW_GAP;
    }
    let place = (
        f64::midpoint(left, column.width() - MARGIN),
        top - ROW_GAP + 4.0,
    );
    let style = Style::new(LABEL, Anchor::Middle);
    layout::paragraph(svg, HEAD_AXIS, place, inside, style) + MARGIN
}

/// Gives the lower edge.
fn draw_panel(
    figure: &ModelComparison<'_>,
    panel: &ModelPanel<'_>,
    bars: &[Bar],
    (axis, plot, is_first): (&Axis, Rect, bool),
    svg: &mut Svg,
) -> f64 {
    svg.open("model");
    let style = Style::new(LABEL, Anchor::Start).bold();
    let name = layout::shortened(panel.name, plot.width, style);
    let baseline = plot.y - HEAD_HEIGHT + LABEL * CAP_HEIGHT;
    svg.text(plot.x, baseline, &name, style);
    if let Some(background) = panel.background {
        let style = Style::new(TICK, Anchor::Start);
        let words = format!("background {}", figure.number(background));
        let words = layout::shortened(&words, plot.width, style);
        svg.text(plot.x, baseline + TICK * LEADING, &words, style);
    }
    plot::guides(svg, axis, plot);
    let prefix = format!("{}, ", panel.name);
    let drawn = Bars {
        bars,
        axis,
        plot,
        background: panel.background,
        unit: figure.unit,
        prefix: &prefix,
    };
    drawn.draw(svg);
    plot::left_axis(svg, axis, plot, is_first);
    let bottom = if bars.is_empty() {
        let place = (plot.x + plot.width / 2.0, plot.y + 4.0);
        let style = Style::new(TICK, Anchor::Middle);
        layout::paragraph(svg, figure.unscored_label, place, plot.width - 8.0, style);
        plot.bottom()
    } else {
        drawn.draw_names(svg)
    };
    svg.close();
    bottom
}
