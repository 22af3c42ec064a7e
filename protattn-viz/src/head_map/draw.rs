//! The parts of a head map, from the cells down to the legend.

use super::HeadMap;
use super::geometry::Geometry;
use crate::error::{Error, Result, check_length};
use crate::figure::{Draw, Figure};
use crate::labels::Labels;
use crate::layout::{self, Column, HAIRLINE, Key, MARGIN, TICK};
use crate::palette;
use crate::plot::{self, ColourBar, Ticks, known};
use crate::scale::{self, Axis};
use crate::svg::{Anchor, Rect, Style, Svg};

/// More heads than this get the double column.
const SINGLE_COLUMN_HEADS: usize = 24;
const COLOUR_BAR_WIDTH: f64 = 170.0;

impl Figure for HeadMap<'_> {}

impl Draw for HeadMap<'_> {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn check(&self) -> Result<()> {
        let (layers, heads) = self.values.dim();
        if layers == 0 || heads == 0 {
            return Err(Error::Empty { layers, heads });
        }
        let found = self.layers.as_ref().map_or(layers, Vec::len);
        check_length(|| "layer indices".to_owned(), found, layers)?;
        for ((row, head), &value) in self.values.indexed_iter() {
            self.check_number(value, || {
                format!("value of head {}-{}", self.label(row), head + 1)
            })?;
        }
        self.check_number(self.background, || "background".to_owned())
    }

    fn nothing(&self) -> Option<[String; 2]> {
        self.peak().is_none().then(|| self.labels.no_scores())
    }

    fn column(&self) -> Column {
        Column::double_if(self.values.ncols() > SINGLE_COLUMN_HEADS)
    }

    fn draw(&self, svg: &mut Svg) -> f64 {
        let at = &Geometry::new(self, svg);
        let room = at.panel.right() - at.map.x;
        let bar_width = COLOUR_BAR_WIDTH.min(room);
        let (low, high) = self.colour_reach();
        let colours = ColourBar {
            ramp: self.ramp,
            axis: layout::horizontal_span(low, high, bar_width),
            background: self.background,
        };
        cells(self, at, &colours, svg);
        row_axis(self, at, svg);
        let heads_end = head_axis(self, at, svg);
        let maxima_end = maxima(self, at, svg);
        let place = (at.map.x, heads_end.max(maxima_end) + 10.0);
        let bottom = colours.draw(svg, &self.labels.value_label, place, (bar_width, room));
        layout::legend_below(svg, &legend_entries(self), (at.map.x, bottom), room) + MARGIN
    }

    fn description(&self) -> String {
        let (layers, heads) = self.values.dim();
        let labels = &self.labels;
        let mut words = format!(
            "{}, {layers} by {heads} (layers by heads).",
            labels.value_label
        );
        if let Some((row, head, _)) = self.peak() {
            words += &format!(" Highest, {}.", self.tooltip(row, head));
        }
        let (unscored, cells) = (self.n_unscored(), layers * heads);
        if unscored > 0 {
            words += &format!(" {unscored} of {cells} heads: {}.", labels.unscored_label);
        }
        if let Some(background) = self.background {
            words += &format!(" Background {}.", labels.number(background));
        }
        words
    }
}

fn cells(map: &HeadMap<'_>, at: &Geometry, colours: &ColourBar, svg: &mut Svg) {
    svg.open("cells");
    let cells = map.values.indexed_iter().map(|((row, head), &value)| {
        let colour = known(value).map(|value| colours.colour(value));
        (at.cell(row, head), colour, map.tooltip(row, head))
    });
    plot::speaking_cells(svg, cells);
    svg.close();
    svg.frame(at.map, HAIRLINE);
}

fn row_axis(map: &HeadMap<'_>, at: &Geometry, svg: &mut Svg) {
    svg.open("layers");
    let mut ticks = Ticks::default();
    for row in scale::thinned(map.values.nrows(), at.cell_height, TICK * 1.15) {
        let place = (at.map.x, at.row_middle(row));
        ticks.left(svg, place, &map.label(row).to_string());
    }
    ticks.draw(svg);
    plot::axis_title(svg, &["Layer"], (MARGIN, at.map.middle().1));
    svg.close();
}

fn head_axis(map: &HeadMap<'_>, at: &Geometry, svg: &mut Svg) -> f64 {
    svg.open("heads");
    let style = Style::new(TICK, Anchor::Middle);
    let n_heads = map.values.ncols();
    let widest = style.width(&n_heads.to_string()) + 2.0;
    let (mut ticks, bottom) = (Ticks::default(), at.map.bottom());
    for head in scale::thinned(n_heads, at.cell_width, widest) {
        let place = (at.head_middle(head), bottom);
        ticks.below(svg, place, &(head + 1).to_string());
    }
    ticks.draw(svg);
    let place = (at.map.middle().0, Ticks::baseline(bottom));
    let end = plot::title_below(svg, "Head", place, at.map.width);
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
    let label = layout::with_unit("Maximum", &map.labels.unit);
    let end = plot::title_below(svg, &label, (panel.middle().0, baseline), panel.width);
    svg.close();
    end
}

/// A bar from 0 for each layer, and a grey cell for one without scored heads.
fn maximum_bars(map: &HeadMap<'_>, at: &Geometry, axis: &Axis, svg: &mut Svg) {
    let height = at.cell_height * 0.7;
    let zero = axis.share(0.0);
    let bar = |row: usize, from: f64, width: f64| {
        let x = at.panel.x + from * at.panel.width;
        Rect::new((x, at.row_middle(row) - height / 2.0), (width, height))
    };
    let mut unscored = Vec::new();
    for row in 0..map.values.nrows() {
        let label = map.label(row);
        let Some(value) = map.row_maximum(row) else {
            let tooltip = format!("layer {label}: {}", map.labels.unscored_label);
            unscored.push((bar(row, zero, height.min(6.0)), tooltip));
            continue;
        };
        let share = axis.share(value);
        let width = (share - zero).abs() * at.panel.width;
        let number = map.labels.number(value);
        let tooltip = format!("layer {label}, maximum: {number}");
        svg.rect(bar(row, share.min(zero), width), palette::BAR, &tooltip);
    }
    layout::unscored(svg, &unscored);
}

fn legend_entries(map: &HeadMap<'_>) -> Vec<(Key, String)> {
    let labels = &map.labels;
    let background = map.background.map(|value| labels.background(value));
    let unscored = map.n_unscored() > 0;
    let unscored = layout::entry_if(unscored, Key::Unscored, &labels.unscored_label);
    background.into_iter().chain(unscored).collect()
}
