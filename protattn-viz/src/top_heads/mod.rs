//! The bar chart of the best heads.

mod bars;
mod chart;

use crate::error::Result;
use crate::labels::{Labels, setters};
use crate::layout::Key;
use crate::plot::{Estimate, known};
use crate::scale::check_unsigned;
pub(crate) use bars::Bars;
pub(crate) use chart::HEAD_AXIS;

const DEFAULT_COUNT: usize = 10;

/// A head, its value and the interval about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Layer, 0-based.
    pub layer: usize,
    /// Head, 0-based.
    pub head: usize,
    /// From 0 to a million in the unit of the figure, or NaN for a head that is not scored.
    pub value: f64,
    /// Lower end of the interval; NaN, with `high`, where none is known.
    pub low: f64,
    /// Upper end of the interval; NaN, with `low`, where none is known.
    pub high: f64,
}

impl Bar {
    /// Layer and head as a reader counts, from 1.
    fn place(&self) -> [usize; 2] {
        [self.layer, self.head].map(|index| index.saturating_add(1))
    }

    fn estimate(&self) -> Estimate {
        Estimate::new(self.value, self.low, self.high)
    }

    /// `8-12`: layer and head as a reader counts.
    pub(crate) fn label(&self) -> String {
        let [layer, head] = self.place();
        format!("{layer}-{head}")
    }

    pub(crate) fn has_interval(&self) -> bool {
        self.estimate().has_interval()
    }

    /// The numbers that an axis must hold.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = f64> + use<> {
        self.estimate().numbers()
    }

    fn check(&self) -> Result<()> {
        let numbers = [
            ("value", self.value),
            ("lower end", self.low),
            ("upper end", self.high),
        ];
        for (what, number) in numbers {
            check_unsigned(number, || format!("{what} of head {}", self.label()))?;
        }
        self.estimate().check(|| format!("head {}", self.label()))
    }
}

/// Bars for the best heads, highest first, with error bars and the background as a dashed line.
///
/// Heads are named `layer-head`, both 1-based, as in "8-12". Of heads with equal values the lower
/// layer comes first, then the lower head. The figure is 85 mm wide, or 175 mm for more than 16
/// bars.
///
/// ```
/// use protattn_viz::{Bar, Figure, TopHeads};
///
/// let bars = [
///     Bar { layer: 0, head: 3, value: 12.5, low: 10.0, high: 15.5 },
///     Bar { layer: 7, head: 11, value: 63.2, low: 60.1, high: 66.0 },
/// ];
/// let svg = TopHeads::new(&bars).value_label("% attention on contacts").to_svg()?;
/// assert!(svg.find(">8-12</text>") < svg.find(">1-4</text>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Count`](crate::Error::Count) for a count of 0 or above 40,
/// [`Error::Outside`](crate::Error::Outside) for a number below 0, above a million or infinite,
/// [`Error::Estimate`](crate::Error::Estimate) for an interval that does not contain its value
/// or has one end only.
#[derive(Debug, Clone)]
#[must_use]
pub struct TopHeads {
    bars: Vec<Bar>,
    count: usize,
    labels: Labels,
    background: Option<f64>,
}

impl TopHeads {
    /// A chart of the best of `bars`, in any order; those whose value is NaN are passed over.
    pub fn new(bars: &[Bar]) -> Self {
        Self {
            bars: bars.to_vec(),
            count: DEFAULT_COUNT,
            labels: Labels::new("Top heads", "Value", "%"),
            background: None,
        }
    }

    setters!(title, value_label, unit, unscored_label, interval_label);

    /// How many heads to show at most, 1 to 40; 10 by default.
    pub fn count(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// The value that chance gives: a dashed line across the bars; none by default, or for NaN.
    pub fn background(mut self, value: f64) -> Self {
        self.background = known(value);
        self
    }

    fn best(&self) -> Vec<Bar> {
        best(&self.bars, self.count)
    }

    fn legend_entries(&self, bars: &[Bar]) -> Vec<(Key, String)> {
        let background = self.background.map(|value| self.labels.background(value));
        let intervals = self.labels.intervals(bars.iter().any(Bar::has_interval));
        background.into_iter().chain(intervals).collect()
    }
}

/// Refuses numbers and intervals that cannot be drawn, of heads that are scored.
pub(crate) fn check_bars(bars: &[Bar]) -> Result<()> {
    let mut scored = bars.iter().filter(|bar| !bar.value.is_nan());
    scored.try_for_each(Bar::check)
}

/// The `count` best of the bars that are scored, best first.
pub(crate) fn best(bars: &[Bar], count: usize) -> Vec<Bar> {
    let scored = bars.iter().filter(|bar| !bar.value.is_nan());
    let mut scored: Vec<Bar> = scored.copied().collect();
    scored.sort_by(|a, b| {
        b.value
            .total_cmp(&a.value)
            .then(a.layer.cmp(&b.layer))
            .then(a.head.cmp(&b.head))
    });
    scored.truncate(count);
    scored
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Figure;

    fn bar(layer: usize, head: usize, value: f64) -> Bar {
        Bar {
            layer,
            head,
            value,
            low: f64::NAN,
            high: f64::NAN,
        }
    }

    #[test]
    fn best_come_first_and_equals_by_layer_then_head() {
        let bars = [
            bar(3, 0, 5.0),
            bar(1, 2, 5.0),
            bar(1, 1, 5.0),
            bar(0, 0, 9.0),
            bar(9, 9, 1.0),
        ];
        let best = best(&bars, 4);
        let names: Vec<String> = best.iter().map(Bar::label).collect();
        assert_eq!(names, ["1-1", "2-2", "2-3", "4-1"]);
    }

    #[test]
    fn unscored_heads_are_passed_over() {
        let bars = [bar(0, 0, f64::NAN), bar(0, 1, 2.0)];
        let best = best(&bars, 10);
        assert_eq!((best.len(), best[0].head), (1, 1));
    }

    #[test]
    fn intervals_must_contain_their_value() {
        let bars = [Bar {
            layer: 1,
            head: 0,
            value: 50.0,
            low: 60.0,
            high: 70.0,
        }];
        let error = TopHeads::new(&bars).to_svg().unwrap_err();
        assert_eq!(
            error.to_string(),
            "interval of head 2-1 is 60 to 70, expected it to contain the value 50"
        );
        // 100 % and an upper end that rounding left just under it.
        let bars = [Bar {
            layer: 1,
            head: 0,
            value: 100.0,
            low: 60.0,
            high: 100.0 - 1e-9,
        }];
        assert!(TopHeads::new(&bars).to_svg().is_ok());
    }

    #[test]
    fn half_an_interval_is_refused() {
        let bars = [Bar {
            layer: 0,
            head: 4,
            value: 50.0,
            low: 40.0,
            high: f64::NAN,
        }];
        let error = TopHeads::new(&bars).to_svg().unwrap_err();
        assert_eq!(
            error.to_string(),
            "interval of head 1-5 is 40 to NaN, expected it to contain the value 50"
        );
    }

    #[test]
    fn count_is_checked() {
        let bars = [bar(0, 0, 1.0)];
        let error = TopHeads::new(&bars).count(0).to_svg().unwrap_err();
        assert_eq!(error.to_string(), "0 bars, expected 1 to 40");
        assert!(TopHeads::new(&bars).count(41).to_svg().is_err());
    }
}
