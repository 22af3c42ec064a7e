//! The map of two triangles, and the points of the pairs.

use super::Similarity;
use crate::layout::{self, CAP_HEIGHT, Column, HAIRLINE, Key, LABEL, MARGIN, TICK, TICK_OFFSET};
use crate::marks::Mark;
use crate::palette::{self, Ramp};
use crate::plot::{self, ColourBar};
use crate::scale::Axis;
use crate::svg::{Anchor, Rect, Style, Svg};

const MAP_SIDE: f64 = 230.0;
const BAR_WIDTH: f64 = 97.0;
/// Two numbers at the ends of axes may stand out into it.
const BAR_GAP: f64 = 36.0;
/// Between the map and the axis title of the points.
const GAP: f64 = 16.0;
const RIGHT: f64 = 10.0;
const INSET: f64 = 6.0;
const POINT_RADIUS: f64 = 2.0;

/// Draws everything; gives the height of the figure.
pub(super) fn figure(figure: &Similarity<'_>, svg: &mut Svg) -> f64 {
    let top = layout::heading(svg, figure.title, Column::Double) + 8.0;
    let style = Style::new(TICK, Anchor::End);
    let labels = figure.labels.iter().map(|label| style.width(label));
    let widest = labels.fold(0.0, f64::max).min(MAP_SIDE / 3.0);
    let map = Rect {
        x: MARGIN + widest + TICK_OFFSET,
        y: top,
        width: MAP_SIDE,
        height: MAP_SIDE,
    };
    let bars = [true, false].map(|is_below| {
        let (low, high) = figure.reach(is_below);
        ColourBar {
            ramp: Ramp::Diverging,
            axis: layout::horizontal_span(low, high, BAR_WIDTH),
            background: None,
        }
    });
    let any_undefined = cells(figure, map, &bars, svg);
    let labels_end = labels_about(figure, map, widest, svg);
    let mut bottom = labels_end;
    for (i, bar) in bars.iter().enumerate() {
        let place = (map.x + i as f64 * (BAR_WIDTH + BAR_GAP), labels_end + 8.0);
        let end = bar.draw(svg, &value_label(figure, i), place, (BAR_WIDTH, BAR_WIDTH));
        bottom = bottom.max(end);
    }
    let entries = if any_undefined {
        vec![(Key::Unscored, "undefined".to_owned())]
    } else {
        Vec::new()
    };
    let gap = if any_undefined { 8.0 } else { 0.0 };
    let bottom = layout::legend(svg, &entries, (map.x, bottom + gap), MAP_SIDE);
    bottom.max(points(figure, map, svg)) + MARGIN
}

fn value_label(figure: &Similarity<'_>, triangle: usize) -> String {
    let place = ["below", "above"][triangle];
    format!("{} ({place})", figure.value_labels[triangle])
}

/// Gives whether any pair is undefined.
fn cells(figure: &Similarity<'_>, map: Rect, bars: &[ColourBar; 2], svg: &mut Svg) -> bool {
    let side = MAP_SIDE / figure.labels.len() as f64;
    let gap = (side * 0.08).min(0.5);
    let mut undefined = Vec::new();
    svg.open("cells");
    for ((i, j), _) in figure.below.indexed_iter().filter(|((i, j), _)| i != j) {
        let triangle = usize::from(i < j);
        let values = [figure.below, figure.above][triangle];
        let (value, name) = (values[[i, j]], figure.value_labels[triangle]);
        let cell = Rect {
            x: map.x + j as f64 * side + gap / 2.0,
            y: map.y + i as f64 * side + gap / 2.0,
            width: side - gap,
            height: side - gap,
        };
        let pair = format!(
            "{} and {}",
            figure.labels[i.min(j)],
            figure.labels[i.max(j)]
        );
        if value.is_nan() {
            undefined.push((cell, format!("{pair}, {name}: undefined")));
        } else {
            let tooltip = format!("{pair}, {name}: {}", layout::number(value, ""));
            svg.rect(cell, &bars[triangle].colour(value), &tooltip);
        }
    }
    layout::unscored(svg, &undefined);
    svg.close();
    svg.frame(map, HAIRLINE);
    !undefined.is_empty()
}

/// Labels to the left and below; gives the lower edge.
fn labels_about(figure: &Similarity<'_>, map: Rect, room: f64, svg: &mut Svg) -> f64 {
    let side = MAP_SIDE / figure.labels.len() as f64;
    let style = Style::new(TICK, Anchor::End);
    let widths = figure.labels.iter().map(|label| style.width(label));
    let upright = widths.fold(0.0, f64::max) + 1.0 <= side;
    svg.open("labels");
    for (i, label) in figure.labels.iter().enumerate() {
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
    let vertical = Axis::spanning(low, high, layout::MAX_INTERVALS);
    let (lines, title_width) = plot::title_lines(figure.value_labels[0], map.height);
    let x = map.right() + GAP + title_width + plot::tick_width(&vertical);
    let header = LABEL * 1.5;
    let plot = Rect {
        x,
        y: map.y + header,
        width: Column::Double.width() - MARGIN - RIGHT - x,
        height: map.height - header,
    };
    // Points at the ends of the axis stand clear of its line.
    let (from, length) = (plot.x + INSET, plot.width - 2.0 * INSET);
    let (low, high) = plot::reach(figure.pairs().map(|(_, _, above, _)| above)).unwrap_or_default();
    let horizontal = layout::horizontal_span(low, high, length);
    svg.open("points");
    let style = Style::new(LABEL, Anchor::Start);
    svg.text(
        plot.x,
        map.y + LABEL * CAP_HEIGHT,
        &figure.statistics(),
        style,
    );
    plot::left_axis(svg, &vertical, plot, true);
    let place = (map.right() + GAP, plot.y + plot.height / 2.0);
    plot::axis_title(svg, &lines, place);
    for (i, j, above, below) in figure.pairs() {
        let place = (
            from + horizontal.share(above) * length,
            plot.bottom() - vertical.share(below) * plot.height,
        );
        let [first, second] = [figure.labels[i], figure.labels[j]];
        let number = |value| layout::number(value, "");
        let tooltip = format!("{first} and {second}: {}, {}", number(above), number(below));
        Mark::Circle.draw(svg, place, POINT_RADIUS, palette::series(0), &tooltip);
    }
    let baseline = layout::ticks_below(svg, &horizontal, (from, plot.bottom()), length);
    let place = (plot.x + plot.width / 2.0, baseline + 4.0);
    let style = Style::new(LABEL, Anchor::Middle);
    let end = layout::paragraph(svg, figure.value_labels[1], place, plot.width, style);
    svg.close();
    end
}
