//! The parts of a plot of grouped dots.

use super::{DotGroup, GroupedDots, group_name};
use crate::error::{Result, check_count, check_length};
use crate::figure::{Draw, Figure};
use crate::labels::Labels;
use crate::layout::{self, Column, HAIRLINE, LABEL, MARGIN};
use crate::marks::Mark;
use crate::palette::{self, MAX_SERIES};
use crate::plot::{self, Estimate, Plot};
use crate::ranges;
use crate::scale::{Axis, check_signed};
use crate::svg::{Anchor, Rect, Style, Svg};
use std::ops::Range;

const MAX_GROUPS: usize = 40;
/// More dots than this, groups and series multiplied, get the double column.
const SINGLE_COLUMN_DOTS: usize = 24;
/// So do more groups than this, whose names would touch.
const SINGLE_COLUMN_GROUPS: usize = 12;
const PLOT_HEIGHT: f64 = 130.0;
const RADIUS: f64 = 2.6;
/// Of the width of a group, what its dots take.
const SPREAD: f64 = 0.72;
/// Between sections, in widths of a group.
const SECTION_GAP: f64 = 0.4;

impl Figure for GroupedDots {}

impl Draw for GroupedDots {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn check(&self) -> Result<()> {
        check_count("groups", self.groups.len(), 1, MAX_GROUPS)?;
        check_count("series", self.series.len(), 1, MAX_SERIES)?;
        for (i, group) in self.groups.iter().enumerate() {
            let name = match group_name(group) {
                name if name.is_empty() => format!("group {}", i + 1),
                name => name,
            };
            let found = group.estimates.len();
            check_length(|| format!("estimates of {name}"), found, self.series.len())?;
            for (estimate, series) in group.estimates.iter().zip(&self.series) {
                estimate.check(|| match &**series {
                    "" => name.clone(),
                    series => format!("{series} of {name}"),
                })?;
            }
            check_signed(group.background, || format!("background of {name}"))?;
        }
        Ok(())
    }

    fn nothing(&self) -> Option<[String; 2]> {
        let none = self.estimates().all(Estimate::is_missing);
        none.then(layout::no_values)
    }

    fn column(&self) -> Column {
        let groups = self.groups.len();
        let dots = groups * self.series.len();
        Column::double_if(dots > SINGLE_COLUMN_DOTS || groups > SINGLE_COLUMN_GROUPS)
    }

    fn draw(&self, svg: &mut Svg) -> f64 {
        let (labels, column) = (&self.labels, self.column());
        let top = layout::head(svg, &labels.title, column, &self.legend_entries()) + 8.0;
        let (low, high) = self.reach();
        let axis = Axis::spanning(low, high, layout::MAX_INTERVALS);
        let (title, title_width) = plot::title_lines(&labels.value_label, PLOT_HEIGHT);
        let x = MARGIN + title_width + plot::tick_width(&axis);
        let rect = Rect::new((x, top), (column.width() - MARGIN - x, PLOT_HEIGHT));
        plot::axis_title(svg, &title, (MARGIN, rect.middle().1));
        let gaps = SECTION_GAP * (sections(self).len() - 1) as f64;
        let dots = Dots {
            figure: self,
            plot: Plot { axis, rect },
            slot: rect.width / (self.groups.len() as f64 + gaps),
        };
        dots.draw(svg) + MARGIN
    }

    fn description(&self) -> String {
        let named = self.series.iter().filter(|name| !name.is_empty());
        let named: Vec<&str> = named.map(String::as_str).collect();
        let of = if named.is_empty() { "" } else { " of " };
        let (label, groups) = (&self.labels.value_label, self.groups.len());
        format!("{label}{of}{} in {groups} groups.", named.join(", "))
    }
}

/// The stretches of groups that have a section in common.
fn sections(figure: &GroupedDots) -> Vec<Range<usize>> {
    ranges::alike(&figure.groups, |a, b| a.section == b.section)
}

struct Dots<'a> {
    figure: &'a GroupedDots,
    plot: Plot,
    /// Width of a group.
    slot: f64,
}

impl Dots<'_> {
    /// Gives the lower edge.
    fn draw(&self, svg: &mut Svg) -> f64 {
        self.plot.guides(svg);
        if self.plot.axis.value(0.0) < 0.0 {
            let zero = self.plot.across(0.0);
            svg.strokes(&[zero], palette::UNSCORED_STROKE, HAIRLINE);
        }
        let mut names = Vec::new();
        let sections = sections(self.figure);
        let mut spans = Vec::new();
        for (i, section) in sections.iter().enumerate() {
            let gaps = SECTION_GAP * i as f64;
            let left = |group: usize| self.plot.rect.x + self.slot * (group as f64 + gaps);
            for group in section.clone() {
                let middle = left(group) + self.slot / 2.0;
                let drawn = &self.figure.groups[group];
                self.draw_group(svg, drawn, middle);
                names.push((middle, drawn.label.clone()));
            }
            let words = &*self.figure.groups[section.start].section;
            spans.push((left(section.start), left(section.end), words));
        }
        self.plot.left_axis(svg, true);
        svg.open("groups");
        let mut bottom = self.plot.rect.bottom();
        if names.iter().any(|(_, name)| !name.is_empty()) {
            bottom = plot::names_below(svg, &names, self.slot, bottom);
        }
        svg.close();
        self.draw_sections(svg, &spans, bottom)
    }

    fn draw_group(&self, svg: &mut Svg, group: &DotGroup, middle: f64) {
        let name = group_name(group);
        let unit = &self.figure.labels.unit;
        let half = self.slot * 0.45;
        if let Some(background) = group.background {
            let y = self.plot.y(background);
            svg.dashed([middle - half, y, middle + half, y]);
            let rect = Rect::new((middle - half, y - 1.5), (2.0 * half, 3.0));
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
            let pitch = self.slot * SPREAD / n_series;
            self.plot.error_bar(svg, x, estimate, pitch.min(3.0));
            let words = estimate.words(unit);
            let tooltip = match &*self.figure.series[series] {
                "" => format!("{name}: {words}"),
                series => format!("{name}, {series}: {words}"),
            };
            let (mark, colour) = (Mark::of_series(series), palette::series(series));
            let radius = RADIUS.min(pitch / 1.6).max(1.2);
            let place = (x, self.plot.y(estimate.value));
            mark.draw(svg, place, radius, colour, &tooltip);
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
