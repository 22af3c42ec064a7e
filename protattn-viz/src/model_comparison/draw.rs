//! The panels of a comparison of models.

use super::{ModelComparison, ModelPanel};
use crate::error::{Result, check_count};
use crate::figure::{Draw, Figure};
use crate::labels::Labels;
use crate::layout::{self, CAP_HEIGHT, Column, LABEL, LEADING, MARGIN, TICK};
use crate::plot::{self, Grid, Plot};
use crate::scale::{Axis, check_unsigned};
use crate::svg::{Anchor, Rect, Style, Svg};
use crate::top_heads::{Bar, Bars, HEAD_AXIS, check_bars};

const MAX_COUNT: usize = 15;
const MAX_MODELS: usize = 8;
const PLOT_HEIGHT: f64 = 105.0;
const GAP: f64 = 9.0;
const ROW_GAP: f64 = 8.0;
/// The name of the model, the background below it, and a little air.
const HEAD_HEIGHT: f64 = LABEL * LEADING + TICK * LEADING + 2.0;

impl Figure for ModelComparison {}

impl Draw for ModelComparison {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn check(&self) -> Result<()> {
        check_count("models", self.panels.len(), 1, MAX_MODELS)?;
        check_count("bars a model", self.count, 1, MAX_COUNT)?;
        for panel in &self.panels {
            check_unsigned(panel.background, || format!("background of {}", panel.name))?;
        }
        let mut panels = self.panels.iter();
        panels.try_for_each(|panel| check_bars(&panel.bars))
    }

    fn nothing(&self) -> Option<[String; 2]> {
        let none = self.shown().iter().all(Vec::is_empty);
        none.then(|| self.labels.no_scores())
    }

    fn column(&self) -> Column {
        Column::double_if(self.panels.len() > 1)
    }

    fn draw(&self, svg: &mut Svg) -> f64 {
        let (labels, column, shown) = (&self.labels, self.column(), self.shown());
        let entries = self.legend_entries(&shown);
        let top = layout::head(svg, &labels.title, column, &entries);
        let mut top = if entries.is_empty() { top } else { top + 6.0 };

        let backgrounds = self.panels.iter().filter_map(|panel| panel.background);
        let tops = shown
            .iter()
            .flatten()
            .flat_map(Bar::numbers)
            .chain(backgrounds);
        let axis = Axis::from_zero(tops.fold(0.0, f64::max), layout::MAX_INTERVALS);
        let (title, title_width) = plot::title_lines(&labels.value_label, PLOT_HEIGHT);
        let left = MARGIN + title_width + plot::tick_width(&axis);
        let columns = self.columns();
        let edges = (left, column.width() - MARGIN);
        let grid = Grid::new((self.panels.len(), columns), edges, (0.0, GAP));

        let pairs: Vec<(&ModelPanel, &Vec<Bar>)> = self.panels.iter().zip(&shown).collect();
        for row in pairs.chunks(columns) {
            let mut bottom = top;
            for (place, (panel, bars)) in row.iter().enumerate() {
                let plot = Rect {
                    y: top + HEAD_HEIGHT,
                    height: PLOT_HEIGHT,
                    ..grid.across(place)
                };
                let plot = Plot { axis, rect: plot };
                let end = draw_panel(self, panel, bars, (plot, place == 0), svg);
                bottom = bottom.max(end);
            }
            plot::axis_title(svg, &title, (MARGIN, top + HEAD_HEIGHT + PLOT_HEIGHT / 2.0));
            top = bottom + ROW_GAP;
        }
        let place = (f64::midpoint(edges.0, edges.1), top - ROW_GAP);
        plot::title_below(svg, HEAD_AXIS, place, column.inside()) + MARGIN
    }

    fn description(&self) -> String {
        let labels = &self.labels;
        let model = |(panel, bars): (&ModelPanel, Vec<Bar>)| {
            let first = bars.first().map(|bar| {
                let value = labels.number(bar.value);
                format!("head {}, {value}", bar.label())
            });
            let words = first.as_ref().unwrap_or(&labels.unscored_label);
            format!("{}: {words}", panel.name)
        };
        let models: Vec<String> = self.panels.iter().zip(self.shown()).map(model).collect();
        let models = models.join("; ");
        format!("{}. Highest of each model: {models}.", labels.value_label)
    }
}

/// Gives the lower edge.
fn draw_panel(
    figure: &ModelComparison,
    panel: &ModelPanel,
    bars: &[Bar],
    (plot, is_first): (Plot, bool),
    svg: &mut Svg,
) -> f64 {
    let rect = plot.rect;
    svg.open("model");
    let style = Style::new(LABEL, Anchor::Start).bold();
    let name = layout::shortened(&panel.name, rect.width, style);
    let baseline = rect.y - HEAD_HEIGHT + LABEL * CAP_HEIGHT;
    svg.text(rect.x, baseline, &name, style);
    if let Some(background) = panel.background {
        let style = Style::new(TICK, Anchor::Start);
        let (_, words) = figure.labels.background(background);
        let words = layout::shortened(&words, rect.width, style);
        svg.text(rect.x, baseline + TICK * LEADING, &words, style);
    }
    plot.guides(svg);
    let prefix = format!("{}, ", panel.name);
    let drawn = Bars {
        bars,
        plot,
        background: panel.background,
        unit: &figure.labels.unit,
        prefix: &prefix,
    };
    drawn.draw(svg);
    plot.left_axis(svg, is_first);
    let bottom = if bars.is_empty() {
        let place = (rect.middle().0, rect.y + 4.0);
        let (words, style) = (
            &figure.labels.unscored_label,
            Style::new(TICK, Anchor::Middle),
        );
        layout::paragraph(svg, words, place, rect.width - 8.0, style);
        rect.bottom()
    } else {
        drawn.draw_names(svg)
    };
    svg.close();
    bottom
}
