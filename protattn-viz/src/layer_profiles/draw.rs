//! The parts of layer profiles, panel by panel.

use super::{LayerProfiles, Profile, ProfilePanel};
use crate::error::{Result, check_count};
use crate::figure::{Draw, Figure};
use crate::labels::Labels;
use crate::layout::{
    self, CAP_HEIGHT, Column, HAIRLINE, LABEL, LEADING, MARGIN, TICK, TICK_LENGTH, TICK_OFFSET,
};
use crate::marks::{self, Mark};
use crate::palette::{self, MAX_SERIES};
use crate::plot::{self, Estimate, Grid, Plot, reach};
use crate::scale::{self, Axis, check_within};
use crate::svg::{Anchor, Rect, Style, Svg};
use std::ops::Range;

const MAX_PANELS: usize = 30;
const MAX_FIRST_LAYER: usize = 1_000_000;
/// What the plots of a column take together where they are few, and the limits of one plot.
const PLOTS_HEIGHT: f64 = 180.0;
const PLOT_HEIGHTS: (f64, f64) = (34.0, 80.0);
/// A vertical axis has room for a step in this many points.
const STEP_HEIGHT: f64 = 11.0;
/// The last number of the layer axis may stand out over the right end.
const RIGHT: f64 = 3.0;
const COLUMN_GAP: f64 = 10.0;
/// Below a panel, before the words of the next.
const ROW_GAP: f64 = 6.0;
/// Marks nearer than this would touch.
const MARK_PITCH: f64 = 6.0;
const MARK_RADIUS: f64 = 1.8;

impl Figure for LayerProfiles {}

impl Draw for LayerProfiles {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn check(&self) -> Result<()> {
        check_count("panels", self.panels.len(), 1, MAX_PANELS)?;
        check_count("series", self.series.len(), 1, MAX_SERIES)?;
        let highest = MAX_FIRST_LAYER as f64;
        let what = || "first layer".to_owned();
        check_within(self.first_layer as f64, (0.0, highest), what)?;
        let mut panels = self.panels.iter();
        panels.try_for_each(|panel| panel.check(&self.series, self.first_layer))
    }

    fn nothing(&self) -> Option<[String; 2]> {
        let numbers = self.panels.iter().flat_map(ProfilePanel::numbers);
        reach(numbers).is_none().then(layout::no_values)
    }

    fn column(&self) -> Column {
        Column::double_if(self.columns() > 1)
    }

    fn draw(&self, svg: &mut Svg) -> f64 {
        let entries = self.legend_entries();
        let top = layout::head(svg, &self.labels.title, self.column(), &entries);
        let top = if entries.is_empty() { top } else { top + 5.0 };
        let panels = self.panels.iter();
        let axes: Vec<Axis> = panels.map(|panel| axis(self, panel)).collect();
        let grid = grid(self, &axes, top);
        let middle = f64::midpoint(grid.origin.1, grid.bottom());
        let (lines, _) = plot::title_lines(&self.labels.value_label, grid.bottom() - grid.origin.1);
        plot::axis_title(svg, &lines, (MARGIN, middle));
        let n_layers = self.n_layers();
        let mut bottom = 0.0f64;
        for (i, (panel, axis)) in self.panels.iter().zip(axes).enumerate() {
            let drawn = Panel {
                figure: self,
                panel,
                plot: Plot {
                    axis,
                    rect: grid.down(i),
                },
                n_layers,
                pitch: grid.plot.0 / n_layers as f64,
            };
            let end = drawn.draw(svg, grid.is_foot(i));
            bottom = bottom.max(end);
        }
        bottom + MARGIN
    }

    fn description(&self) -> String {
        let (label, n_layers) = (&self.labels.value_label, self.n_layers());
        let n_panels = self.panels.len();
        let mut words = format!("{label} over {n_layers} layers, {n_panels} panels.");
        for panel in &self.panels {
            let centres = panel.profiles.iter().filter_map(|profile| profile.centre);
            let centres: Vec<String> = centres.map(|c| self.centre_words(c)).collect();
            if !centres.is_empty() {
                words += &format!(" {}: centre {}.", panel.label, centres.join(", "));
            }
        }
        words
    }
}

fn axis(figure: &LayerProfiles, panel: &ProfilePanel) -> Axis {
    let zero = if figure.fitted && !figure.bars {
        f64::NAN
    } else {
        0.0
    };
    let numbers = panel.numbers().chain(panel.background).chain([zero]);
    let (low, high) = reach(numbers).unwrap_or((0.0, 1.0));
    let steps = (plot_height(figure) / STEP_HEIGHT) as usize;
    Axis::spanning(low, high, steps.min(layout::MAX_INTERVALS))
}

fn rows(figure: &LayerProfiles) -> usize {
    figure.panels.len().div_ceil(figure.columns())
}

fn plot_height(figure: &LayerProfiles) -> f64 {
    let (lowest, highest) = PLOT_HEIGHTS;
    (PLOTS_HEIGHT / rows(figure) as f64).clamp(lowest, highest)
}

fn grid(figure: &LayerProfiles, axes: &[Axis], top: f64) -> Grid {
    let ticks = axes.iter().map(plot::tick_width).fold(0.0, f64::max);
    let head = head_height(figure);
    let pitch = head + plot_height(figure) + ROW_GAP;
    let count = figure.panels.len();
    let height = rows(figure) as f64 * pitch - head - ROW_GAP;
    let (_, title_width) = plot::title_lines(&figure.labels.value_label, height);
    let edges = (
        MARGIN + title_width,
        figure.column().width() - MARGIN - RIGHT,
    );
    Grid::new((count, figure.columns()), edges, (ticks, COLUMN_GAP)).heights(
        top + head,
        plot_height(figure),
        pitch,
    )
}

/// Height of the label over a panel, and of the numbers of centres where there are any.
fn head_height(figure: &LayerProfiles) -> f64 {
    let mut profiles = figure.panels.iter().flat_map(|panel| &panel.profiles);
    let numbers = profiles.any(|profile| profile.centre.is_some());
    LABEL * LEADING + if numbers { TICK * LEADING } else { 2.0 }
}

struct Panel<'a> {
    figure: &'a LayerProfiles,
    panel: &'a ProfilePanel,
    plot: Plot,
    n_layers: usize,
    /// From a layer to the next.
    pitch: f64,
}

impl Panel<'_> {
    /// Gives the lower edge, of the layer axis too where this panel has it.
    fn draw(&self, svg: &mut Svg, with_axis: bool) -> f64 {
        svg.open("panel");
        let Rect { x, y, .. } = self.plot.rect;
        let baseline = y - head_height(self.figure) + LABEL * CAP_HEIGHT;
        let style = Style::new(LABEL, Anchor::Start).bold();
        svg.text(x, baseline, &self.shortened_label(style), style);
        if let Some(background) = self.panel.background {
            let [x, y, right, _] = self.plot.across(background);
            let line = [(x, y), (right, y)];
            svg.polyline(&line, palette::INK, 0.7, "2 1.5");
        }
        if self.figure.bars {
            self.draw_bars(svg);
        } else {
            self.draw_lines(svg);
        }
        self.draw_centres(svg);
        self.plot.left_axis(svg, true);
        let bottom = self.draw_layers(svg, with_axis);
        self.draw_tooltips(svg);
        svg.close();
        bottom
    }

    /// The label, cut to the width of the panel where it is longer.
    fn shortened_label(&self, style: Style) -> String {
        layout::shortened(&self.panel.label, self.plot.rect.width, style)
    }

    fn x(&self, layer: f64) -> f64 {
        self.plot.rect.x + (layer + 0.5) * self.pitch
    }

    fn profiles(&self) -> impl Iterator<Item = (usize, &Profile)> {
        self.panel.profiles.iter().enumerate()
    }

    fn draw_lines(&self, svg: &mut Svg) {
        for (series, profile) in self.profiles() {
            for run in profile.stretches(Estimate::has_interval) {
                self.draw_interval(svg, series, profile, run);
            }
        }
        for (series, profile) in self.profiles() {
            for run in profile.stretches(|estimate| !estimate.is_missing()) {
                let point =
                    |layer: usize| (self.x(layer as f64), self.plot.y(profile.values[layer]));
                let points: Vec<_> = run.map(point).collect();
                marks::line(svg, &points, series);
            }
            self.draw_marks(svg, series, profile);
        }
    }

    /// A band over a stretch of layers, an error bar at a layer that stands alone.
    fn draw_interval(&self, svg: &mut Svg, series: usize, profile: &Profile, run: Range<usize>) {
        let ends = run.map(|layer| {
            let (x, estimate) = (self.x(layer as f64), profile.estimate(layer));
            (
                (x, self.plot.y(estimate.low)),
                (x, self.plot.y(estimate.high)),
            )
        });
        let (low, high): (Vec<_>, Vec<_>) = ends.unzip();
        if let ([(x, low)], [(_, high)]) = (&low[..], &high[..]) {
            layout::error_bar(svg, *x, (*low, *high), 2.0 * MARK_RADIUS);
            return;
        }
        let area: Vec<_> = low.into_iter().chain(high.into_iter().rev()).collect();
        svg.area(&area, palette::series(series));
    }

    /// A mark at each layer, or where they would touch at each second, fifth, ...; and at each
    /// layer that stands alone, which has no line.
    fn draw_marks(&self, svg: &mut Svg, series: usize, profile: &Profile) {
        let mut shown = scale::thinned(profile.values.len(), self.pitch, MARK_PITCH);
        let stretches = profile.stretches(|estimate| !estimate.is_missing());
        let alone = stretches.into_iter().filter(|run| run.len() == 1);
        shown.extend(alone.map(|run| run.start));
        shown.sort_unstable();
        shown.dedup();
        for layer in shown {
            let value = profile.values[layer];
            if !value.is_nan() {
                let place = (self.x(layer as f64), self.plot.y(value));
                let (mark, colour) = (Mark::of_series(series), palette::series(series));
                mark.draw(svg, place, MARK_RADIUS, colour, "");
            }
        }
    }

    fn draw_bars(&self, svg: &mut Svg) {
        let n_series = self.panel.profiles.len() as f64;
        let width = 0.8 * self.pitch / n_series;
        let zero = self.plot.y(0.0);
        for (series, profile) in self.profiles() {
            for (layer, estimate) in profile.estimates().enumerate() {
                if estimate.is_missing() {
                    continue;
                }
                let offset = (series as f64 + 0.5 - n_series / 2.0) * width;
                let (middle, y) = (self.x(layer as f64) + offset, self.plot.y(estimate.value));
                let bar = Rect::new(
                    (middle - width / 2.0, y.min(zero)),
                    (width, (y - zero).abs().max(0.3)),
                );
                svg.rect(bar, palette::series(series), "");
                self.plot.error_bar(svg, middle, &estimate, width * 0.5);
            }
        }
        svg.strokes(&[self.plot.across(0.0)], palette::INK, HAIRLINE);
    }

    /// A dashed line for each centre and above the plot its number, or none where they do not all
    /// fit: the description has them.
    fn draw_centres(&self, svg: &mut Svg) {
        let (rect, style) = (self.plot.rect, Style::new(TICK, Anchor::Middle));
        let mut numbers = Vec::new();
        let mut centres: Vec<(usize, f64)> = self
            .profiles()
            .filter_map(|(series, profile)| Some((series, profile.centre?)))
            .collect();
        centres.sort_by(|a, b| a.1.total_cmp(&b.1));
        for (series, centre) in centres {
            let x = self.x(centre);
            let line = [(x, rect.y - 1.0), (x, rect.bottom())];
            let colour = if self.panel.profiles.len() == 1 {
                palette::INK
            } else {
                palette::series(series)
            };
            svg.polyline(&line, colour, 0.9, "3 2");
            numbers.push((x, self.figure.centre_words(centre)));
        }
        let widths: Vec<f64> = numbers
            .iter()
            .map(|(_, words)| style.width(words))
            .collect();
        let wanted: Vec<f64> = numbers.iter().map(|(x, _)| *x).collect();
        let places = layout::spread(&wanted, &widths, (rect.x, rect.right()));
        for (x, (_, words)) in places.into_iter().flatten().zip(&numbers) {
            svg.text(x, rect.y - 2.5, words, style);
        }
    }

    fn draw_layers(&self, svg: &mut Svg, with_labels: bool) -> f64 {
        let (n_layers, bottom) = (self.n_layers, self.plot.rect.bottom());
        let style = Style::new(TICK, Anchor::Middle);
        let first = self.figure.first_layer;
        let widest = style.width(&(n_layers + first).to_string()) + 3.0;
        let shown = scale::thinned_from(first, n_layers, self.pitch, widest);
        let tick = |&layer: &usize| {
            let x = self.x(layer as f64);
            [x, bottom, x, bottom + TICK_LENGTH]
        };
        let strokes: Vec<[f64; 4]> = shown.iter().map(tick).collect();
        svg.strokes(&strokes, palette::INK, HAIRLINE);
        if !with_labels {
            return bottom + TICK_LENGTH;
        }
        let baseline = bottom + TICK_OFFSET + TICK * CAP_HEIGHT;
        for layer in shown {
            let words = (layer + first).to_string();
            svg.text(self.x(layer as f64), baseline, &words, style);
        }
        let place = (self.plot.rect.middle().0, baseline);
        plot::title_below(svg, "Layer", place, self.plot.rect.width)
    }

    /// `Contact, layer 3: ProtBert 12.0%, TapeBert 9.1%`
    fn draw_tooltips(&self, svg: &mut Svg) {
        for layer in 0..self.n_layers {
            let value = |(series, profile): (usize, &Profile)| {
                let estimate = profile.estimate(layer);
                let name = &self.figure.series[series];
                let words = estimate.words(&self.figure.labels.unit);
                let said = layer < profile.values.len();
                said.then(|| format!("{name} {words}").trim_start().to_owned())
            };
            let values: Vec<String> = self.profiles().filter_map(value).collect();
            if values.is_empty() {
                continue;
            }
            let number = layer + self.figure.first_layer;
            let tooltip = format!(
                "{}, layer {number}: {}",
                self.panel.label,
                values.join(", ")
            );
            let rect = Rect {
                x: self.plot.rect.x + layer as f64 * self.pitch,
                width: self.pitch,
                ..self.plot.rect
            };
            svg.hover(rect, &tooltip);
        }
    }
}
