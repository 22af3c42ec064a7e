//! Square maps side by side, under one scale of colours.

mod draw;

use crate::labels::{Labels, setters};
use crate::palette::Ramp;
use crate::plot::reach;
use ndarray::ArrayView2;

/// A panel of [`MatrixPanels`]: a label and a square map.
#[derive(Debug, Clone)]
#[must_use]
pub struct MatrixPanel<'a> {
    label: String,
    values: ArrayView2<'a, f64>,
}

impl<'a> MatrixPanel<'a> {
    /// `values` has the axes [row, column], as many of each, 1 to 128, any numbers within a
    /// million of 0 or NaN where undefined; row 0 is at the top.
    pub fn new(label: impl Into<String>, values: ArrayView2<'a, f64>) -> Self {
        let label = label.into();
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
/// use protattn_viz::{Figure, MatrixPanel, MatrixPanels, ndarray::array};
///
/// let first = array![[1.0, -0.2], [-0.2, 1.0]];
/// let second = array![[1.0, 0.7], [0.7, 1.0]];
/// let panels = [
///     MatrixPanel::new("Layer 1", first.view()),
///     MatrixPanel::new("Layer 2", second.view()),
/// ];
/// let svg = MatrixPanels::new(panels)
///     .axis_label("Head")
///     .value_label("Correlation")
///     .diverging()
///     .to_svg()?;
/// assert!(svg.contains("<title>Layer 2, 1 and 2: 0.700</title>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Count`](crate::Error::Count) for no panels or more than 64, or a map of no rows or
/// more than 128; [`Error::Length`](crate::Error::Length) for one that is not square;
/// [`Error::Outside`](crate::Error::Outside) for a number farther than a million from 0 or
/// infinite.
#[derive(Debug, Clone)]
#[must_use]
pub struct MatrixPanels<'a> {
    panels: Vec<MatrixPanel<'a>>,
    labels: Labels,
    axis_label: String,
    ramp: Ramp,
}

impl<'a> MatrixPanels<'a> {
    /// A figure of 1 to 64 panels, from the top left.
    pub fn new(panels: impl IntoIterator<Item = MatrixPanel<'a>>) -> Self {
        Self {
            panels: panels.into_iter().collect(),
            labels: Labels::new("Maps side by side", "Value", ""),
            axis_label: String::new(),
            ramp: Ramp::Sequential,
        }
    }

    setters! {
        title,
        value_label,
        /// The unit of the values in what shows under a pointer; none by default.
        unit,
    }

    /// What rows and columns are, as in `Head`; nothing by default.
    pub fn axis_label(mut self, label: impl Into<String>) -> Self {
        self.axis_label = label.into();
        self
    }

    /// A scale from yellow over grey (0) to blue that reaches as far to either side, for values of
    /// both signs; by default it runs from light (0, or the lowest value below) to dark.
    pub fn diverging(mut self) -> Self {
        self.ramp = Ramp::Diverging;
        self
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        self.panels.iter().flat_map(|panel| panel.values).copied()
    }

    /// The lowest and highest value, if there is any.
    fn reach(&self) -> Option<(f64, f64)> {
        reach(self.values())
    }

    fn any_undefined(&self) -> bool {
        self.values().any(f64::is_nan)
    }
}
