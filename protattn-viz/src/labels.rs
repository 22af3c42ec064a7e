//! The words that figures share.

use crate::layout::{self, Key};
use crate::plot::known;

/// The words of a figure; those that it has no setter for it does not show.
#[derive(Debug, Clone)]
pub struct Labels {
    /// What the figure is, in place of a title where it has none.
    pub(crate) name: &'static str,
    pub(crate) title: String,
    pub(crate) value_label: String,
    pub(crate) unit: String,
    pub(crate) unscored_label: String,
    pub(crate) interval_label: String,
}

impl Labels {
    /// The words that a figure has by default; it has no title, and its intervals have no name.
    pub(crate) fn new(name: &'static str, value_label: &str, unit: &str) -> Self {
        Self {
            name,
            title: String::new(),
            value_label: value_label.to_owned(),
            unit: unit.to_owned(),
            unscored_label: "not scored".to_owned(),
            interval_label: String::new(),
        }
    }

    /// A number as a reader wants it, with the unit of the figure.
    pub(crate) fn number(&self, value: f64) -> String {
        layout::number(value, &self.unit)
    }

    /// The same, or the words for a value that is missing.
    pub(crate) fn number_or(&self, value: f64, missing: &str) -> String {
        known(value).map_or_else(|| missing.to_owned(), |value| self.number(value))
    }

    /// The legend's entry for a background.
    pub(crate) fn background(&self, value: f64) -> (Key, String) {
        let words = format!("background {}", self.number(value));
        (Key::Dashed, words)
    }

    /// The legend's entry for error bars, where there are `any` and they have a name.
    pub(crate) fn intervals(&self, any: bool) -> Option<(Key, String)> {
        let words = &self.interval_label;
        layout::entry_if(any && !words.is_empty(), Key::Interval, words)
    }

    /// The words for a figure of heads of which none is scored.
    pub(crate) fn no_scores(&self) -> [String; 2] {
        let first = "No head is scored, so there is nothing to draw.";
        [
            first.to_owned(),
            format!("Every head: {}.", self.unscored_label),
        ]
    }
}

/// The entries of a legend for the series that have a name, as `key` draws them.
pub(crate) fn series_entries(
    series: &[String],
    key: impl Fn(usize) -> Key,
) -> impl Iterator<Item = (Key, String)> {
    let named = series.iter().enumerate();
    let named = named.filter(|(_, name)| !name.is_empty());
    named.map(move |(i, name)| (key(i), name.clone()))
}

/// Each of the names, owned.
pub(crate) fn owned<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Vec<String> {
    let owned = |name: S| name.as_ref().to_owned();
    names.into_iter().map(owned).collect()
}

/// Writes the setters with these names, of fields of `labels`, in the `impl` block of a figure; a
/// figure may say in words of its own what one of them does.
macro_rules! setters {
    ($($(#[$docs:meta])* $name:ident),+ $(,)?) => { $(setters!(@ $name $(#[$docs])*);)+ };
    (@ title) => {
        setters! { @ title
            /// The title above the figure; none by default.
        }
    };
    (@ value_label) => {
        setters! { @ value_label
            /// What the values are, with their unit: the title of their axis or colour bar; `Value`
            /// by default.
        }
    };
    (@ unit) => {
        setters! { @ unit
            /// The unit of the values; `%` by default, may be empty.
        }
    };
    (@ unscored_label) => {
        setters! { @ unscored_label
            /// Why a head has no value, in words; `not scored` by default.
        }
    };
    (@ interval_label) => {
        setters! { @ interval_label
            /// What the error bars are, as in `95% confidence interval`, for the legend; none by
            /// default.
        }
    };
    (@ $name:ident $(#[$docs:meta])+) => {
        $(#[$docs])+
        pub fn $name(mut self, text: impl Into<String>) -> Self {
            self.labels.$name = text.into();
            self
        }
    };
}

pub(crate) use setters;
