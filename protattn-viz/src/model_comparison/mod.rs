//! The best heads of several models, side by side.

mod draw;

use crate::error::{Result, check_count};
use crate::layout::{self, Column, Key};
use crate::plot::known;
use crate::scale::check_unsigned;
use crate::svg::Svg;
use crate::top_heads::{Bar, best};

const DEFAULT_COUNT: usize = 10;
const MAX_COUNT: usize = 15;
/// More bars than this need the width of a third of the figure.
const QUARTER_COUNT: usize = 10;
const MAX_MODELS: usize = 8;

/// A panel of a [`ModelComparison`]: a model and its heads.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct ModelPanel<'a> {
    name: &'a str,
    bars: &'a [Bar],
    background: Option<f64>,
}

impl<'a> ModelPanel<'a> {
    /// A model's heads, in any order; those whose value is NaN are passed over.
    pub fn new(name: &'a str, bars: &'a [Bar]) -> Self {
        Self {
            name,
            bars,
            background: None,
        }
    }

    /// The value that chance gives for this model: a dashed line across its bars; none by default,
    /// or for NaN.
    pub fn background(mut self, value: f64) -> Self {
        self.background = known(value);
        self
    }
}

/// Bars for the best heads of each of several models, highest first, on one vertical scale.
///
/// Each panel is a model, with error bars and its own background. A single model is 85 mm wide;
/// up to four stand side by side in 175 mm (three with more
/// than 10 bars), and others in rows below. The method's paper (Vig et
/// al., ICLR 2021, figures 2 and 3) compares models this way.
///
/// ```
/// use protattn_viz::{Bar, ModelComparison, ModelPanel};
///
/// let bert = [Bar { layer: 29, head: 10, value: 44.7, low: 43.0, high: 46.4 }];
/// let albert = [Bar { layer: 11, head: 60, value: 58.2, low: 57.0, high: 59.4 }];
/// let panels = [
///     ModelPanel::new("ProtBert", &bert).background(4.1),
///     ModelPanel::new("ProtAlbert", &albert).background(4.1),
/// ];
/// let svg = ModelComparison::new(&panels).value_label("% attention on contacts").to_svg()?;
/// assert!(svg.contains("<title>ProtBert, layer 30, head 11: 44.7% (43.0% to 46.4%)</title>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ModelComparison<'a> {
    panels: &'a [ModelPanel<'a>],
    count: usize,
    title: &'a str,
    value_label: &'a str,
    unit: &'a str,
    unscored_label: &'a str,
    interval_label: &'a str,
}

impl<'a> ModelComparison<'a> {
    /// A figure of 1 to 8 models.
    pub fn new(panels: &'a [ModelPanel<'a>]) -> Self {
        Self {
            panels,
            count: DEFAULT_COUNT,
            title: "",
            value_label: "Value",
            unit: "%",
            unscored_label: "not scored",
            interval_label: "",
        }
    }

    /// How many heads of each model to show at most, 1 to 15; 10 by default.
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

    /// Why a head has no value, for a model without any; `not scored` by default.
    pub fn unscored_label(mut self, label: &'a str) -> Self {
        self.unscored_label = label;
        self
    }

    /// What the error bars are, as in `95% confidence interval`, for the legend; none by default.
    pub fn interval_label(mut self, label: &'a str) -> Self {
        self.interval_label = label;
        self
    }

    /// The figure as an SVG document; one that says so in words where no head of any model is
    /// scored.
    ///
    /// # Errors
    ///
    /// [`Error::Count`](crate::Error::Count) for no models or more than 8, or a count of 0 or above
    /// 15; [`Error::Outside`](crate::Error::Outside) for a number below 0, above a million or
    /// infinite; [`Error::Estimate`](crate::Error::Estimate) for an interval that does not contain
    /// its value or has one end only.
    pub fn to_svg(&self) -> Result<String> {
        check_count("models", self.panels.len(), 1, MAX_MODELS)?;
        check_count("bars a model", self.count, 1, MAX_COUNT)?;
        for panel in self.panels {
            let what = || format!("background of {}", panel.name);
            panel
                .background
                .map_or(Ok(()), |value| check_unsigned(value, what))?;
        }
        let shown = self.panels.iter().map(|panel| best(panel.bars, self.count));
        let shown = shown.collect::<Result<Vec<_>>>()?;
        let name = "Best heads of several models";
        if shown.iter().all(Vec::is_empty) {
            return Ok(layout::notice(self.title, name, self.unscored_label));
        }
        let mut svg = Svg::new();
        let height = draw::figure(self, &shown, &mut svg);
        let title = layout::titled(self.title, name);
        let width = self.column().width();
        Ok(svg.finish(width, height, title, &self.description(&shown)))
    }

    fn columns(&self) -> usize {
        match self.panels.len() {
            n if self.count > QUARTER_COUNT => n.min(3),
            n if n <= 4 => n,
            n => n.div_ceil(2),
        }
    }

    fn column(&self) -> Column {
        if self.panels.len() == 1 {
            Column::Single
        } else {
            Column::Double
        }
    }

    fn number(&self, value: f64) -> String {
        layout::number(value, self.unit)
    }

    fn description(&self, shown: &[Vec<Bar>]) -> String {
        let model = |(panel, bars): (&ModelPanel<'_>, &Vec<Bar>)| {
            let words = bars.first().map_or(self.unscored_label.to_owned(), |bar| {
                format!("head {}, {}", bar.label(), self.number(bar.value))
            });
            format!("{}: {words}", panel.name)
        };
        let models: Vec<String> = self.panels.iter().zip(shown).map(model).collect();
        format!(
            "{}. Highest of each model: {}.",
            self.value_label,
            models.join("; ")
        )
    }

    fn legend_entries(&self, shown: &[Vec<Bar>]) -> Vec<(Key, String)> {
        let any_background = self.panels.iter().any(|panel| panel.background.is_some());
        let background = any_background.then(|| (Key::Dashed, "background".to_owned()));
        let any_interval = shown.iter().flatten().any(Bar::has_interval);
        let named = any_interval && !self.interval_label.is_empty();
        let interval = named.then(|| (Key::Interval, self.interval_label.to_owned()));
        background.into_iter().chain(interval).collect()
    }
}
