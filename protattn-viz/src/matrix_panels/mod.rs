//! Square maps side by side, under one scale of colours.

mod draw;

use crate::error::{Result, check_count, check_length};
use crate::layout::{self, Column};
use crate::palette::Ramp;
use crate::plot::reach;
use crate::scale::check_signed;
use crate::svg::Svg;
use ndarray::ArrayView2;

const MAX_PANELS: usize = 64;
const MAX_SIDE: usize = 128;

/// A panel of [`MatrixPanels`]: a label and a square map.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct MatrixPanel<'a> {
    label: &'a str,
    values: ArrayView2<'a, f64>,
}

impl<'a> MatrixPanel<'a> {
    /// `values` has the axes [row, column], as many of each, 1 to 128, any numbers within a
    /// million of 0 or NaN where undefined; row 0 is at the top.
    pub fn new(label: &'a str, values: ArrayView2<'a, f64>) -> Self {
        Self { label, values }
    }
}

/// Small square maps with one colour bar, such as how far the heads of each layer agree.
///
/// Rows and columns are counted from 1. Cells of maps up to 24 by 24 say their value under a
/// pointer, where there are no more than 4,000 in all; other maps say their range, and their colours
/// have 48 steps. The figure is 85 mm wide for up to 2 panels, 175 mm for more.
///
/// ```
/// use ndarray::array;
/// use protattn_viz::{MatrixPanel, MatrixPanels};
///
/// let first = array![[1.0, -0.2], [-0.2, 1.0]];
/// let second = array![[1.0, 0.7], [0.7, 1.0]];
/// let panels = [
///     MatrixPanel::new("Layer 1", first.view()),
///     MatrixPanel::new("Layer 2", second.view()),
/// ];
/// let svg = MatrixPanels::new(&panels)
///     .axis_label("Head")
///     .value_label("Correlation")
///     .diverging()
///     .to_svg()?;
/// assert!(svg.contains("<title>Layer 2, 1 and 2: 0.700</title>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct MatrixPanels<'a, 'v> {
    panels: &'a [MatrixPanel<'v>],
    title: &'a str,
    axis_label: &'a str,
    value_label: &'a str,
    unit: &'a str,
    ramp: Ramp,
}

impl<'a, 'v> MatrixPanels<'a, 'v> {
    /// A figure of 1 to 64 panels, from the top left.
    pub fn new(panels: &'a [MatrixPanel<'v>]) -> Self {
        Self {
            panels,
            title: "",
            axis_label: "",
            value_label: "Value",
            unit: "",
            ramp: Ramp::Sequential,
        }
    }

    /// The title above the figure; none by default.
    pub fn title(mut self, title: &'a str) -> Self {
        self.title = title;
        self
    }

    /// What rows and columns are, as in `Head`; nothing by default.
    pub fn axis_label(mut self, label: &'a str) -> Self {
        self.axis_label = label;
        self
    }

    /// What the cells show, with its unit: the title of the colour bar; `Value` by default.
    pub fn value_label(mut self, label: &'a str) -> Self {
        self.value_label = label;
        self
    }

    /// The unit of the values in what shows under a pointer; none by default.
    pub fn unit(mut self, unit: &'a str) -> Self {
        self.unit = unit;
        self
    }

    /// A scale from yellow over grey (0) to blue that reaches as far to either side, for values of
    /// both signs; by default it runs from light (0, or the lowest value below) to dark.
    pub fn diverging(mut self) -> Self {
        self.ramp = Ramp::Diverging;
        self
    }

    /// The figure as an SVG document; one that says so in words where there are no values.
    ///
    /// # Errors
    ///
    /// [`Error::Count`](crate::Error::Count) for no panels or more than 64, or a map of no rows or
    /// more than 128; [`Error::Length`](crate::Error::Length) for one that is not square;
    /// [`Error::Outside`](crate::Error::Outside) for a number farther than a million from 0 or
    /// infinite.
    pub fn to_svg(&self) -> Result<String> {
        self.check()?;
        let name = "Maps side by side";
        let values = self.panels.iter().flat_map(|panel| panel.values);
        let Some((low, high)) = reach(values.copied()) else {
            return Ok(layout::no_values(self.title, name));
        };
        let reach = match self.ramp {
            Ramp::Sequential => (low.min(0.0), high.max(0.0)),
            Ramp::Diverging => layout::about_zero(low, high),
        };
        let mut svg = Svg::new();
        let height = draw::figure(self, reach, &mut svg);
        let title = layout::titled(self.title, name);
        let number = |value| layout::number(value, self.unit);
        let description = format!(
            "{} in {} maps, from {} to {}.",
            self.value_label,
            self.panels.len(),
            number(low),
            number(high)
        );
        Ok(svg.finish(self.column().width(), height, title, &description))
    }

    fn check(&self) -> Result<()> {
        check_count("panels", self.panels.len(), 1, MAX_PANELS)?;
        for MatrixPanel { label, values } in self.panels {
            let (rows, columns) = values.dim();
            check_count(&format!("rows in panel {label:?}"), rows, 1, MAX_SIDE)?;
            check_length(|| format!("columns in panel {label:?}"), columns, rows)?;
            for ((row, column), &value) in values.indexed_iter() {
                let what = || format!("cell {}, {} of panel {label:?}", row + 1, column + 1);
                check_signed(value, what)?;
            }
        }
        Ok(())
    }

    fn column(&self) -> Column {
        if self.panels.len() > 2 {
            Column::Double
        } else {
            Column::Single
        }
    }

    fn any_undefined(&self) -> bool {
        let mut values = self.panels.iter().flat_map(|panel| panel.values);
        values.any(|value| value.is_nan())
    }
}
