//! The bar chart of the best heads.

mod bars;
mod chart;

use crate::error::{Result, check_count};
use crate::layout::{self, Column, Key};
use crate::plot::{Estimate, known};
use crate::scale::check_unsigned;
use crate::svg::Svg;
pub(crate) use bars::Bars;
pub(crate) use chart::HEAD_AXIS;

const DEFAULT_COUNT: usize = 10;
/// Beyond this the labels under the bars of a double column would touch.
const MAX_COUNT: usize = 40;
/// More bars than this get the double column.
const SINGLE_COLUMN_BARS: usize = 16;

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
/// use protattn_viz::{Bar, TopHeads};
///
/// let bars = [
///     Bar { layer: 0, head: 3, value: 12.5, low: 10.0, high: 15.5 },
///     Bar { layer: 7, head: 11, value: 63.2, low: 60.1, high: 66.0 },
/// ];
/// let svg = TopHeads::new(&bars).value_label("% attention on contacts").to_svg()?;
/// assert!(svg.find(">8-12</text>") < svg.find(">1-4</text>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct TopHeads<'a> {
    bars: &'a [Bar],
    count: usize,
    title: &'a str,
    value_label: &'a str,
    unit: &'a str,
    unscored_label: &'a str,
    interval_label: &'a str,
    background: Option<f64>,
}

impl<'a> TopHeads<'a> {
    /// A chart of the best of `bars`, in any order; those whose value is NaN are passed over.
    pub fn new(bars: &'a [Bar]) -> Self {
        Self {
            bars,
            count: DEFAULT_COUNT,
            title: "",
            value_label: "Value",
            unit: "%",
            unscored_label: "not scored",
            interval_label: "",
            background: None,
        }
    }

    /// How many heads to show at most, 1 to 40; 10 by default.
    pub fn count(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// The title above the figure; none by default.
    pub fn title(mut self, title: &'a str) -> Self {
        self.title = title;
        self
    }

    /// What the bars show, with its unit: the title of the vertical axis; `Value` by default.
    pub fn value_label(mut self, label: &'a str) -> Self {
        self.value_label = label;
        self
    }

    /// The unit of the values; `%` by default, may be empty.
    pub fn unit(mut self, unit: &'a str) -> Self {
        self.unit = unit;
        self
    }

    /// Why a head has no value, for a figure without any; `not scored` by default.
    pub fn unscored_label(mut self, label: &'a str) -> Self {
        self.unscored_label = label;
        self
    }

    /// What the error bars are, as in `95% confidence interval`, for the legend; none by default.
    pub fn interval_label(mut self, label: &'a str) -> Self {
        self.interval_label = label;
        self
    }

    /// The value that chance gives: a dashed line across the bars; none by default, or for NaN.
    pub fn background(mut self, value: f64) -> Self {
        self.background = known(value);
        self
    }

    /// The figure as an SVG document; one that says so in words where no head is scored.
    ///
    /// # Errors
    ///
    /// [`Error::Count`](crate::Error::Count) for a count of 0 or above 40,
    /// [`Error::Outside`](crate::Error::Outside) for a number below 0, above a million or infinite,
    /// [`Error::Estimate`](crate::Error::Estimate) for an interval that does not contain its value
    /// or has one end only.
    pub fn to_svg(&self) -> Result<String> {
        check_count("bars", self.count, 1, MAX_COUNT)?;
        self.background.map_or(Ok(()), |value| {
            check_unsigned(value, || "background".to_owned())
        })?;
        let best = best(self.bars, self.count)?;
        let Some(first) = best.first() else {
            return Ok(layout::notice(self.title, "Top heads", self.unscored_label));
        };
        let description = self.description(first, best.len());
        let title = layout::titled(self.title, "Top heads");
        let column = if best.len() > SINGLE_COLUMN_BARS {
            Column::Double
        } else {
            Column::Single
        };
        let mut svg = Svg::new();
        let height = chart::draw(self, &best, column, &mut svg);
        Ok(svg.finish(column.width(), height, title, &description))
    }

    fn number(&self, value: f64) -> String {
        layout::number(value, self.unit)
    }

    fn background_words(&self) -> Option<String> {
        self.background
            .map(|value| format!("background {}", self.number(value)))
    }

    fn description(&self, first: &Bar, shown: usize) -> String {
        let background = self
            .background_words()
            .map_or(String::new(), |words| format!("; {words}"));
        format!(
            "{}, best heads first, {shown} shown. Highest, head {}: {}{background}.",
            self.value_label,
            first.label(),
            self.number(first.value)
        )
    }

    fn legend_entries(&self, bars: &[Bar]) -> Vec<(Key, String)> {
        let background = self.background_words().map(|words| (Key::Dashed, words));
        let named = !self.interval_label.is_empty() && bars.iter().any(Bar::has_interval);
        let interval = named.then(|| (Key::Interval, self.interval_label.to_owned()));
        background.into_iter().chain(interval).collect()
    }
}

/// The `count` best of the bars that are scored, best first.
pub(crate) fn best(bars: &[Bar], count: usize) -> Result<Vec<Bar>> {
    let scored = bars.iter().filter(|bar| !bar.value.is_nan());
    let mut scored: Vec<Bar> = scored.copied().collect();
    scored.iter().try_for_each(Bar::check)?;
    scored.sort_by(|a, b| {
        b.value
            .total_cmp(&a.value)
            .then(a.layer.cmp(&b.layer))
            .then(a.head.cmp(&b.head))
    });
    scored.truncate(count);
    Ok(scored)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

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
        let best = best(&bars, 4).unwrap();
        let names: Vec<String> = best.iter().map(Bar::label).collect();
        assert_eq!(names, ["1-1", "2-2", "2-3", "4-1"]);
    }

    #[test]
    fn unscored_heads_are_passed_over() {
        let bars = [bar(0, 0, f64::NAN), bar(0, 1, 2.0)];
        let best = best(&bars, 10).unwrap();
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
