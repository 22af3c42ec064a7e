//! The parts of a plot of grouped dots.

use super::{DotGroup, GroupedDots, group_name};
use crate::layout::{self, HAIRLINE, LABEL, MARGIN};
use crate::marks::Mark;
use crate::palette;
use crate::plot;
use crate::scale::Axis;
use crate::svg::{Anchor, Rect, Style, Svg};

const PLOT_HEIGHT: f64 = 130.0;
const RADIUS: f64 = 2.6;
/// Of the width of a group, what its dots take.
const SPREAD: f64 = 0.72;
/// Between sections, in widths of a group.
const SECTION_GAP: f64 = 0.4;

/// Draws everything; gives the height of the figure.
pub(super) fn figure(figure: &GroupedDots<'_>, (low, high): (f64, f64), svg: &mut Svg) -> f64 {
    let column = figure.column();
    let inside = column.width() - 2.0 * MARGIN;
    let top = layout::heading(svg, figure.title, column) + 5.0;
    let entries = figure.legend_entries();
    let top = layout::legend(svg, &entries, (MARGIN, top), inside) + 8.0;
    let axis = Axis::spanning(low, high, layout::MAX_INTERVALS);
    let (title, title_width) = plot::title_lines(figure.value_label, PLOT_HEIGHT);
    let x = MARGIN + title_width + plot::tick_width(&axis);
    let plot = Rect {
        x,
        y: top,
        width: column.width() - MARGIN - x,
        height: PLOT_HEIGHT,
    };
    plot::axis_title(svg, &title, (MARGIN, plot.y + plot.height / 2.0));
    Dots {
        figure,
        axis: &axis,
        plot,
        slot: plot.width
            / (figure.groups.len() as f64 + SECTION_GAP * (sections(figure).len() - 1) as f64),
    }
    .draw(svg)
        + MARGIN
}

/// The stretches of groups that have a section in common.
fn sections(figure: &GroupedDots<'_>) -> Vec<std::ops::Range<usize>> {
    let same = |a: &DotGroup<'_>, b: &DotGroup<'_>| a.section == b.section;
    let chunks = figure.groups.chunk_by(same);
    let ranges = chunks.scan(0, |from, chunk| {
        let range = *from..*from + chunk.len();
        *from = range.end;
        Some(range)
    });
    ranges.collect()
}

struct Dots<'a> {
    figure: &'a GroupedDots<'a>,
    axis: &'a Axis,
    plot: Rect,
    /// Width of a group.
    slot: f64,
}

impl Dots<'_> {
    fn y(&self, value: f64) -> f64 {
        self.plot.bottom() - self.axis.share(value) * self.plot.height
    }

    /// Gives the lower edge.
    fn draw(&self, svg: &mut Svg) -> f64 {
        plot::guides(svg, self.axis, self.plot);
        if self.axis.value(0.0) < 0.0 {
            let zero = self.y(0.0);
            let line = [self.plot.x, zero, self.plot.right(), zero];
            svg.strokes(&[line], palette::UNSCORED_STROKE, HAIRLINE);
        }
        let mut names = Vec::new();
        let sections = sections(self.figure);
        let mut spans = Vec::new();
        for (i, section) in sections.iter().enumerate() {
            let left =
                |group: usize| self.plot.x + self.slot * (group as f64 + SECTION_GAP * i as f64);
            for group in section.clone() {
                let middle = left(group) + self.slot / 2.0;
                let drawn = &self.figure.groups[group];
                self.draw_group(svg, drawn, middle);
                names.push((middle, drawn.label.to_owned()));
            }
            let words = self.figure.groups[section.start].section;
            spans.push((left(section.start), left(section.end), words));
        }
        plot::left_axis(svg, self.axis, self.plot, true);
        svg.open("groups");
        let bottom = if names.iter().all(|(_, name)| name.is_empty()) {
            self.plot.bottom()
        } else {
            plot::names_below(svg, &names, self.slot, self.plot.bottom())
        };
        svg.close();
        self.draw_sections(svg, &spans, bottom)
    }

    fn draw_group(&self, svg: &mut Svg, group: &DotGroup<'_>, middle: f64) {
        let name = group_name(group);
        let unit = self.figure.unit;
        let half = self.slot * 0.45;
        if let Some(background) = group.background {
            let y = self.y(background);
            svg.dashed([middle - half, y, middle + half, y]);
            let rect = Rect {
                x: middle - half,
                y: y - 1.5,
                width: 2.0 * half,
                height: 3.0,
            };
            let words = layout::number(background, unit);
            svg.hover(rect, &format!("{name}, background: {words}"));
        }
        svg.open("dots");
        let n_series = group.estimates.len() as f64;
        for (series, estimate) in group.estimates.iter().enumerate() {
            if estimate.is_missing() {
                continue;
            }
            let offset = ((series as f64 + 0.5) / n_series - 0.5) * SPREAD * self.slot;
            let x = middle + offset;
            if estimate.has_interval() {
                let ends = (self.y(estimate.low), self.y(estimate.high));
                layout::error_bar(svg, x, ends, 3.0f64.min(self.slot * SPREAD / n_series));
            }
            let words = estimate.words(unit);
            let tooltip = match self.figure.series[series] {
                "" => format!("{name}: {words}"),
                series => format!("{name}, {series}: {words}"),
            };
            let (mark, colour) = (Mark::of_series(series), palette::series(series));
            let radius = RADIUS.min(self.slot * SPREAD / n_series / 1.6).max(1.2);
            mark.draw(svg, (x, self.y(estimate.value)), radius, colour, &tooltip);
        }
        svg.close();
    }

    /// A line under the names of each section, and its own name below; gives the lower edge.
    fn draw_sections(&self, svg: &mut Svg, spans: &[(f64, f64, &str)], top: f64) -> f64 {
        svg.open("sections");
        let style = Style::new(LABEL, Anchor::Middle);
        let mut bottom = top;
        for (from, to, words) in spans.iter().filter(|(.., words)| !words.is_empty()) {
            let line = [from + 2.0, top + 3.0, to - 2.0, top + 3.0];
            svg.strokes(&[line], palette::INK, HAIRLINE);
            let place = (f64::midpoint(*from, *to), top + 7.0);
            let room = to - from - 2.0;
            let fits = words
                .split_whitespace()
                .all(|word| style.width(word) <= room);
            let words = if fits {
                (*words).to_owned()
            } else {
                layout::shortened(words, room, style)
            };
            let end = layout::paragraph(svg, &words, place, room, style);
            bottom = bottom.max(end);
        }
        svg.close();
        bottom
    }
}
