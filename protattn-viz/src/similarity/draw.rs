//! The map of two triangles, and the points of the pairs.

use super::Similarity;
use crate::error::{Result, check_count, check_length};
use crate::figure::{Draw, Figure};
use crate::labels::Labels;
use crate::layout::{self, CAP_HEIGHT, Column, HAIRLINE, Key, LABEL, MARGIN, TICK, TICK_OFFSET};
use crate::marks::Mark;
use crate::palette::{self, Ramp};
use crate::plot::{self, ColourBar, Plot, known};
use crate::scale::{Axis, check_signed, check_within};
use crate::svg::{Anchor, Rect, Style, Svg};

const MIN_LABELS: usize = 2;
const MAX_LABELS: usize = 30;
const MAP_SIDE: f64 = 230.0;
const BAR_WIDTH: f64 = 97.0;
/// Two numbers at the ends of axes may stand out into it.
const BAR_GAP: f64 = 36.0;
/// Between the map and the axis title of the points.
const GAP: f64 = 16.0;
const RIGHT: f64 = 10.0;
const INSET: f64 = 6.0;
const POINT_RADIUS: f64 = 2.0;

impl Figure for Similarity<'_> {}

impl Draw for Similarity<'_> {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn check(&self) -> Result<()> {
        let n = self.things.len();
        check_count("labels", n, MIN_LABELS, MAX_LABELS)?;
        let arrays = [self.below, self.above];
        for (values, name) in arrays.iter().zip(&self.value_labels) {
            check_length(|| format!("rows of {name:?}"), values.nrows(), n)?;
            check_length(|| format!("columns of {name:?}"), values.ncols(), n)?;
        }
        for (is_below, name) in [true, false].into_iter().zip(&self.value_labels) {
            for ((i, j), value) in self.triangle(is_below) {
                let pair = || format!("{name} of {} and {}", self.things[i], self.things[j]);
                check_signed(value, pair)?;
            }
        }
        let (r, p) = self.correlation.unwrap_or((0.0, 0.0));
        check_within(r, (-1.0, 1.0), || "correlation".to_owned())?;
        check_within(p, (0.0, 1.0), || "p-value".to_owned())
    }

    fn nothing(&self) -> Option<[String; 2]> {
        self.pairs().next().is_none().then(layout::no_values)
    }

    fn column(&self) -> Column {
        Column::Double
    }

    fn draw(&self, svg: &mut Svg) -> f64 {
        let top = layout::heading(svg, &self.labels.title, Column::Double) + 8.0;
        let style = Style::new(TICK, Anchor::End);
        let widest = style.widest(&self.things).min(MAP_SIDE / 3.0);
        let map = Rect::square((MARGIN + widest + TICK_OFFSET, top), MAP_SIDE);
        let bars = [true, false].map(|is_below| {
            let (low, high) = self.reach(is_below);
            ColourBar {
                ramp: Ramp::Diverging,
                axis: layout::horizontal_span(low, high, BAR_WIDTH),
                background: None,
            }
        });
        let any_undefined = cells(self, map, &bars, svg);
        let labels_end = labels_about(self, map, widest, svg);
        let mut bottom = labels_end;
        for (i, bar) in bars.iter().enumerate() {
            let place = (map.x + i as f64 * (BAR_WIDTH + BAR_GAP), labels_end + 8.0);
            let end = bar.draw(svg, &value_label(self, i), place, (BAR_WIDTH, BAR_WIDTH));
            bottom = bottom.max(end);
        }
        let entries = layout::entry_if(any_undefined, Key::Unscored, "undefined");
        let bottom = layout::legend_below(svg, entries.as_slice(), (map.x, bottom), MAP_SIDE);
        bottom.max(points(self, map, svg)) + MARGIN
    }

    fn description(&self) -> String {
        let ([below, above], count) = (&self.value_labels, self.things.len());
        let statistics = self.statistics();
        format!(
            "{below} (below the diagonal) and {above} (above it) of {count} things: {statistics}."
        )
    }
}

fn value_label(figure: &Similarity<'_>, triangle: usize) -> String {
    let place = ["below", "above"][triangle];
    format!("{} ({place})", figure.value_labels[triangle])
}

/// Gives whether any pair is undefined.
fn cells(figure: &Similarity<'_>, map: Rect, bars: &[ColourBar; 2], svg: &mut Svg) -> bool {
    let side = MAP_SIDE / figure.things.len() as f64;
    let gap = (side * 0.08).min(0.5);
    let places = figure.below.indexed_iter().map(|(place, _)| place);
    let cells = places.filter(|(i, j)| i != j).map(|(i, j)| {
        let triangle = usize::from(i < j);
        let values = [figure.below, figure.above][triangle];
        let (value, name) = (values[[i, j]], &figure.value_labels[triangle]);
        let cell = map.cell((i, j), side, gap);
        let [first, second] = [i.min(j), i.max(j)].map(|thing| &figure.things[thing]);
        let number = figure.labels.number_or(value, "undefined");
        let colour = known(value).map(|value| bars[triangle].colour(value));
        (
            cell,
            colour,
            format!("{first} and {second}, {name}: {number}"),
        )
    });
    svg.open("cells");
    let any_undefined = plot::speaking_cells(svg, cells);
    svg.close();
    svg.frame(map, HAIRLINE);
    any_undefined
}

/// Labels to the left and below; gives the lower edge.
fn labels_about(figure: &Similarity<'_>, map: Rect, room: f64, svg: &mut Svg) -> f64 {
    let side = MAP_SIDE / figure.things.len() as f64;
    let style = Style::new(TICK, Anchor::End);
    let upright = style.widest(&figure.things) + 1.0 <= side;
    svg.open("labels");
    for (i, label) in figure.things.iter().enumerate() {
        let middle = (i as f64 + 0.5) * side;
        let label = layout::shortened(label, room, style);
        let baseline = map.y + middle + TICK * CAP_HEIGHT / 2.0;
        svg.text(map.x - TICK_OFFSET, baseline, &label, style);
        let x = map.x + middle;
        if upright {
            let baseline = map.bottom() + TICK_OFFSET + TICK * CAP_HEIGHT;
            svg.text(x, baseline, &label, Style::new(TICK, Anchor::Middle));
        } else {
            let x = x + TICK * CAP_HEIGHT / 2.0;
            svg.text(x, map.bottom() + TICK_OFFSET, &label, style.turn(-90.0));
        }
    }
    svg.close();
    let height = if upright { TICK * CAP_HEIGHT } else { room };
    map.bottom() + TICK_OFFSET + height
}

/// The points, to the right of the map; gives the lower edge.
fn points(figure: &Similarity<'_>, map: Rect, svg: &mut Svg) -> f64 {
    let (low, high) = plot::reach(figure.pairs().map(|(.., below)| below)).unwrap_or_default();
    let axis = Axis::spanning(low, high, layout::MAX_INTERVALS);
    let (lines, title_width) = plot::title_lines(&figure.value_labels[0], map.height);
    let x = map.right() + GAP + title_width + plot::tick_width(&axis);
    let header = LABEL * 1.5;
    let rect = Rect {
        x,
        y: map.y + header,
        width: Column::Double.width() - MARGIN - RIGHT - x,
        height: map.height - header,
    };
    // Points at the ends of the axis stand clear of its line.
    let (from, length) = (rect.x + INSET, rect.width - 2.0 * INSET);
    let (low, high) = plot::reach(figure.pairs().map(|(_, _, above, _)| above)).unwrap_or_default();
    let horizontal = layout::horizontal_span(low, high, length);
    svg.open("points");
    let style = Style::new(LABEL, Anchor::Start);
    let baseline = map.y + LABEL * CAP_HEIGHT;
    svg.text(rect.x, baseline, &figure.statistics(), style);
    let plot = Plot { axis, rect };
    plot.left_axis(svg, true);
    plot::axis_title(svg, &lines, (map.right() + GAP, rect.middle().1));
    for (i, j, above, below) in figure.pairs() {
        let place = (from + horizontal.share(above) * length, plot.y(below));
        let [first, second] = [i, j].map(|thing| &figure.things[thing]);
        let number = |value| layout::number(value, "");
        let tooltip = format!("{first} and {second}: {}, {}", number(above), number(below));
        Mark::Circle.draw(svg, place, POINT_RADIUS, palette::series(0), &tooltip);
    }
    let baseline = layout::ticks_below(svg, &horizontal, (from, rect.bottom()), length);
    let place = (rect.middle().0, baseline);
    let end = plot::title_below(svg, &figure.value_labels[1], place, rect.width);
    svg.close();
    end
}
