//! The map of all heads, layers by heads.

mod draw;
mod geometry;

use crate::error::Result;
use crate::labels::{Labels, setters};
use crate::layout::{self};
use crate::palette::Ramp;
use crate::plot::{known, reach};
use crate::scale::{check_signed, check_unsigned};
use ndarray::ArrayView2;

/// A map with a cell for each head, layers upward and heads to the right, and beside it the
/// highest value of each layer.
///
/// Cells run from light (0) to dark; heads without a value are grey with a stroke across, and do
/// not count for their layer. Ticks are 1-based, layer 1 at the bottom. The figure is 85 mm wide,
/// or 175 mm for more than 24 heads.
///
/// ```
/// use protattn_viz::{Figure, HeadMap, ndarray::array};
///
/// let percent = array![[1.5, 0.0, 4.0], [2.0, f64::NAN, 44.7]]; // [layer, head]
/// let svg = HeadMap::new(percent.view()).title("Contacts").background(4.1).to_svg()?;
/// assert!(svg.contains("<title>layer 2, head 3: 44.7%</title>"));
/// assert!(svg.contains("background 4.1%"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Empty`](crate::Error::Empty) without layers or heads,
/// [`Error::Length`](crate::Error::Length) where [`layers`](Self::layers) does not name each row,
/// [`Error::Outside`](crate::Error::Outside) for a value or background farther than a million from 0
/// or infinite, or below 0 without [`diverging`](Self::diverging).
#[derive(Debug, Clone)]
#[must_use]
pub struct HeadMap<'a> {
    values: ArrayView2<'a, f64>,
    layers: Option<Vec<usize>>,
    labels: Labels,
    background: Option<f64>,
    ramp: Ramp,
}

impl<'a> HeadMap<'a> {
    /// A map of `values` with axes [layer, head], each from 0 to a million in the unit (percent
    /// unless [`unit`](Self::unit) says otherwise), or NaN for a head that is not scored.
    pub fn new(values: ArrayView2<'a, f64>) -> Self {
        Self {
            values,
            layers: None,
            labels: Labels::new("Head map", "Value", "%"),
            background: None,
            ramp: Ramp::Sequential,
        }
    }

    setters!(title, value_label, unit, unscored_label);

    /// The value that chance gives: a dashed line on the colour bar and beside the map; none by
    /// default, or for NaN.
    pub fn background(mut self, value: f64) -> Self {
        self.background = known(value);
        self
    }

    /// Values of both signs, such as correlations: any within a million of 0, on a scale from
    /// yellow over grey (0) to blue that reaches as far to either side.
    pub fn diverging(mut self) -> Self {
        self.ramp = Ramp::Diverging;
        self
    }

    /// Which layer (0-based) each row is, where the rows are not all layers from the first on.
    pub fn layers(mut self, layers: &[usize]) -> Self {
        self.layers = Some(layers.to_vec());
        self
    }

    fn check_number(
        &self,
        value: impl Into<Option<f64>>,
        what: impl FnOnce() -> String,
    ) -> Result<()> {
        match self.ramp {
            Ramp::Sequential => check_unsigned(value, what),
            Ramp::Diverging => check_signed(value, what),
        }
    }

    /// The layer of a row as a reader counts, from 1.
    fn label(&self, row: usize) -> usize {
        let layer = self.layers.as_ref().map_or(row, |layers| layers[row]);
        layer.saturating_add(1)
    }

    /// Row, head and value of the highest cell, the first of equals.
    fn peak(&self) -> Option<(usize, usize, f64)> {
        let scored = self
            .values
            .indexed_iter()
            .filter(|(_, value)| !value.is_nan());
        scored.fold(None, |best, ((row, head), &value)| match best {
            Some((_, _, highest)) if highest >= value => best,
            _ => Some((row, head, value)),
        })
    }

    /// The highest value of a row, if any of its heads is scored.
    fn row_maximum(&self, row: usize) -> Option<f64> {
        self.values
            .row(row)
            .iter()
            .copied()
            .filter(|value| !value.is_nan())
            .reduce(f64::max)
    }

    /// The numbers that the scale of colours must hold.
    fn colour_reach(&self) -> (f64, f64) {
        let numbers = self.values.iter().copied().chain(self.background);
        let (low, high) = reach(numbers).unwrap_or_default();
        match self.ramp {
            Ramp::Sequential => (0.0, high),
            Ramp::Diverging => layout::about_zero(low, high),
        }
    }

    /// The numbers that the axis of the maxima must hold, 0 among them.
    fn maxima_reach(&self) -> (f64, f64) {
        let maxima = (0..self.values.nrows()).filter_map(|row| self.row_maximum(row));
        reach(maxima.chain(self.background).chain([0.0])).unwrap_or_default()
    }

    fn n_unscored(&self) -> usize {
        self.values.iter().filter(|value| value.is_nan()).count()
    }

    /// `layer 8, head 12: 44.7%`
    fn tooltip(&self, row: usize, head: usize) -> String {
        let value = self.values[[row, head]];
        let place = format!("layer {}, head {}", self.label(row), head + 1);
        let words = self.labels.number_or(value, &self.labels.unscored_label);
        format!("{place}: {words}")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Error, Figure};
    use ndarray::{Array2, array};

    #[test]
    fn maxima_pass_over_unscored_heads() {
        let values = array![[f64::NAN, 3.0], [f64::NAN, f64::NAN], [9.0, 9.0]];
        let map = HeadMap::new(values.view());
        assert_eq!(map.row_maximum(0), Some(3.0));
        assert_eq!(map.row_maximum(1), None);
        assert_eq!(map.peak(), Some((2, 0, 9.0)));
    }

    #[test]
    fn layers_are_named_from_one() {
        let values = array![[1.0, 2.0], [3.0, 40.0]];
        let svg = HeadMap::new(values.view())
            .layers(&[4, 11])
            .to_svg()
            .unwrap();
        assert!(svg.contains("<title>layer 12, head 2: 40.0%</title>"));
        assert!(svg.contains(">5</text>") && svg.contains(">12</text>"));
    }

    #[test]
    fn empty_arrays_are_refused() {
        let values = Array2::<f64>::zeros((3, 0));
        let error = HeadMap::new(values.view()).to_svg().unwrap_err();
        assert_eq!(
            error,
            Error::Empty {
                layers: 3,
                heads: 0
            }
        );
    }

    #[test]
    fn layer_indices_must_match_rows() {
        let values = array![[1.0], [2.0]];
        let error = HeadMap::new(values.view())
            .layers(&[3])
            .to_svg()
            .unwrap_err();
        assert_eq!(error.to_string(), "layer indices: found 1, expected 2");
    }

    #[test]
    fn values_out_of_range_are_refused() {
        let values = array![[1.0, f64::INFINITY]];
        let error = HeadMap::new(values.view()).to_svg().unwrap_err();
        assert_eq!(
            error.to_string(),
            "value of head 1-2 is inf, expected 0 to 1000000"
        );
        let values = array![[1.0], [-0.5]];
        let error = HeadMap::new(values.view()).to_svg().unwrap_err();
        assert_eq!(
            error.to_string(),
            "value of head 2-1 is -0.5, expected 0 to 1000000"
        );
        let values = array![[1.0]];
        let error = HeadMap::new(values.view())
            .background(-1.0)
            .to_svg()
            .unwrap_err();
        assert_eq!(error.to_string(), "background is -1, expected 0 to 1000000");
    }
}
