//! The best heads of several models, side by side.

mod draw;

use crate::labels::{Labels, setters};
use crate::layout::{Key, entry_if};
use crate::plot::known;
use crate::top_heads::{Bar, best};

const DEFAULT_COUNT: usize = 10;
/// More bars than this need the width of a third of the figure.
const QUARTER_COUNT: usize = 10;

/// A panel of a [`ModelComparison`]: a model and its heads.
#[derive(Debug, Clone)]
#[must_use]
pub struct ModelPanel {
    name: String,
    bars: Vec<Bar>,
    background: Option<f64>,
}

impl ModelPanel {
    /// A model's heads, in any order; those whose value is NaN are passed over.
    pub fn new(name: impl Into<String>, bars: &[Bar]) -> Self {
        Self {
            name: name.into(),
            bars: bars.to_vec(),
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
/// use protattn_viz::{Bar, Figure, ModelComparison, ModelPanel};
///
/// let bert = [Bar { layer: 29, head: 10, value: 44.7, low: 43.0, high: 46.4 }];
/// let albert = [Bar { layer: 11, head: 60, value: 58.2, low: 57.0, high: 59.4 }];
/// let panels = [
///     ModelPanel::new("ProtBert", &bert).background(4.1),
///     ModelPanel::new("ProtAlbert", &albert).background(4.1),
/// ];
/// let svg = ModelComparison::new(panels).value_label("% attention on contacts").to_svg()?;
/// assert!(svg.contains("<title>ProtBert, layer 30, head 11: 44.7% (43.0% to 46.4%)</title>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Count`](crate::Error::Count) for no models or more than 8, or a count of 0 or above
/// 15; [`Error::Outside`](crate::Error::Outside) for a number below 0, above a million or
/// infinite; [`Error::Estimate`](crate::Error::Estimate) for an interval that does not contain
/// its value or has one end only.
#[derive(Debug, Clone)]
#[must_use]
pub struct ModelComparison {
    panels: Vec<ModelPanel>,
    count: usize,
    labels: Labels,
}

impl ModelComparison {
    /// A figure of 1 to 8 models.
    pub fn new(panels: impl IntoIterator<Item = ModelPanel>) -> Self {
        Self {
            panels: panels.into_iter().collect(),
            count: DEFAULT_COUNT,
            labels: Labels::new("Best heads of several models", "Value", "%"),
        }
    }

    setters!(title, value_label, unit, unscored_label, interval_label);

    /// How many heads of each model to show at most, 1 to 15; 10 by default.
    pub fn count(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// The best heads of each model.
    fn shown(&self) -> Vec<Vec<Bar>> {
        let panels = self.panels.iter();
        panels.map(|panel| best(&panel.bars, self.count)).collect()
    }

    fn columns(&self) -> usize {
        match self.panels.len() {
            n if self.count > QUARTER_COUNT => n.min(3),
            n if n <= 4 => n,
            n => n.div_ceil(2),
        }
    }

    fn legend_entries(&self, shown: &[Vec<Bar>]) -> Vec<(Key, String)> {
        let any_background = self.panels.iter().any(|panel| panel.background.is_some());
        let background = entry_if(any_background, Key::Dashed, "background");
        let any_interval = shown.iter().flatten().any(Bar::has_interval);
        let intervals = self.labels.intervals(any_interval);
        background.into_iter().chain(intervals).collect()
    }
}
