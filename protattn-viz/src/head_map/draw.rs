//! The parts of a head map, from the cells down to the legend.

use super::HeadMap;
use super::geometry::Geometry;
use crate::layout::{
    self, CAP_HEIGHT, HAIRLINE, Key, LABEL, MARGIN, TICK, TICK_LENGTH, TICK_OFFSET,
};
use crate::palette;
use crate::plot::ColourBar;
use crate::scale::{self, Axis};
use crate::svg::{Anchor, Rect, Style, Svg};

const COLOUR_BAR_WIDTH: f64 = 170.0;

/// Draws everything but the title; gives the height of the figure.
pub(super) fn figure(map: &HeadMap<'_>, at: &Geometry, svg: &mut Svg) -> f64 {
    let room = at.panel.right() - at.map.x;
    let bar_width = COLOUR_BAR_WIDTH.min(room);
    let (low, high) = map.colour_reach();
    let colours = ColourBar {
        ramp: map.ramp,
        axis: layout::horizontal_span(low, high, bar_width),
        background: map.background,
    };
    cells(map, at, &colours, svg);
    row_axis(map, at, svg);
    let heads_end = head_axis(map, at, svg);
    let maxima_end = maxima(map, at, svg);
    let place = (at.map.x, heads_end.max(maxima_end) + 10.0);
    let bottom = colours.draw(svg, map.value_label, place, (bar_width, room));
    let entries = legend_entries(map);
    let gap = if entries.is_empty() { 0.0 } else { 8.0 };
    layout::legend(svg, &entries, (at.map.x, bottom + gap), room) + MARGIN
}

fn cells(map: &HeadMap<'_>, at: &Geometry, colours: &ColourBar, svg: &mut Svg) {
    svg.open("cells");
    let mut unscored = Vec::new();
    for ((row, head), &value) in map.values.indexed_iter() {
        let (cell, tooltip) = (at.cell(row, head), map.tooltip(row, head));
        if value.is_nan() {
            unscored.push((cell, tooltip));
        } else {
            svg.rect(cell, &colours.colour(value), &tooltip);
        }
    }
    layout::unscored(svg, &unscored);
    svg.close();
    svg.frame(at.map, HAIRLINE);
}

fn row_axis(map: &HeadMap<'_>, at: &Geometry, svg: &mut Svg) {
    svg.open("layers");
    let mut strokes = Vec::new();
    for row in scale::thinned(map.values.nrows(), at.cell_height, TICK * 1.15) {
        let y = at.row_middle(row);
        strokes.push([at.map.x - TICK_LENGTH, y, at.map.x, y]);
        let (x, baseline) = (at.map.x - TICK_OFFSET, y + TICK * CAP_HEIGHT / 2.0);
        svg.text(
            x,
            baseline,
            &map.label(row).to_string(),
            Style::new(TICK, Anchor::End),
        );
    }
    svg.strokes(&strokes, palette::INK, HAIRLINE);
    let (x, y) = (MARGIN + LABEL * CAP_HEIGHT, at.map.y + at.map.height / 2.0);
    svg.text(x, y, "Layer", Style::new(LABEL, Anchor::Middle).turn(-90.0));
    svg.close();
}

fn head_axis(map: &HeadMap<'_>, at: &Geometry, svg: &mut Svg) -> f64 {
    svg.open("heads");
    let style = Style::new(TICK, Anchor::Middle);
    let n_heads = map.values.ncols();
    let widest = style.width(&n_heads.to_string()) + 2.0;
    let baseline = at.map.bottom() + TICK_OFFSET + TICK * CAP_HEIGHT;
    let mut strokes = Vec::new();
    for head in scale::thinned(n_heads, at.cell_width, widest) {
        let x = at.head_middle(head);
        strokes.push([x, at.map.bottom(), x, at.map.bottom() + TICK_LENGTH]);
        svg.text(x, baseline, &(head + 1).to_string(), style);
    }
    svg.strokes(&strokes, palette::INK, HAIRLINE);
    let middle = at.map.x + at.map.width / 2.0;
    let style = Style::new(LABEL, Anchor::Middle);
    let end = layout::paragraph(svg, "Head", (middle, baseline + 4.0), at.map.width, style);
    svg.close();
    end
}

/// The panel of layer maxima, in line with the rows; gives its lower edge.
fn maxima(map: &HeadMap<'_>, at: &Geometry, svg: &mut Svg) -> f64 {
    svg.open("layer-maxima");
    let panel = at.panel;
    let (low, high) = map.maxima_reach();
    let axis = layout::horizontal_span(low, high, panel.width);
    maximum_bars(map, at, &axis, svg);
    if let Some(background) = map.background {
        let x = panel.x + axis.share(background) * panel.width;
        svg.dashed([x, panel.y, x, panel.bottom()]);
    }
    let zero = panel.x + axis.share(0.0) * panel.width;
    let spines = [
        [zero, panel.y, zero, panel.bottom()],
        [panel.x, panel.bottom(), panel.right(), panel.bottom()],
    ];
    svg.strokes(&spines, palette::INK, HAIRLINE);
    let baseline = layout::ticks_below(svg, &axis, (panel.x, panel.bottom()), panel.width);
    let middle = panel.x + panel.width / 2.0;
    let label = layout::with_unit("Maximum", map.unit);
    let style = Style::new(LABEL, Anchor::Middle);
    let end = layout::paragraph(svg, &label, (middle, baseline + 4.0), panel.width, style);
    svg.close();
    end
}

/// A bar from 0 for each layer, and a grey cell for one without scored heads.
fn maximum_bars(map: &HeadMap<'_>, at: &Geometry, axis: &Axis, svg: &mut Svg) {
    let height = at.cell_height * 0.7;
    let zero = axis.share(0.0);
    let bar = |row: usize, from: f64, width: f64| Rect {
        x: at.panel.x + from * at.panel.width,
        y: at.row_middle(row) - height / 2.0,
        width,
        height,
    };
    let mut unscored = Vec::new();
    for row in 0..map.values.nrows() {
        let label = map.label(row);
        let Some(value) = map.row_maximum(row) else {
            let tooltip = format!("layer {label}: {}", map.unscored_label);
            unscored.push((bar(row, zero, height.min(6.0)), tooltip));
            continue;
        };
        let share = axis.share(value);
        let width = (share - zero).abs() * at.panel.width;
        let number = layout::number(value, map.unit);
        let tooltip = format!("layer {label}, maximum: {number}");
        svg.rect(bar(row, share.min(zero), width), palette::BAR, &tooltip);
    }
    layout::unscored(svg, &unscored);
}

fn legend_entries(map: &HeadMap<'_>) -> Vec<(Key, String)> {
    let background = map.background.map(|value| {
        (
            Key::Dashed,
            format!("background {}", layout::number(value, map.unit)),
        )
    });
    let unscored = (map.n_unscored() > 0).then(|| (Key::Unscored, map.unscored_label.to_owned()));
    background.into_iter().chain(unscored).collect()
}
