//! Values of several series, group by group.

mod draw;

use crate::labels::{Labels, owned, series_entries, setters};
use crate::layout::{Key, entry_if};
use crate::marks::Mark;
use crate::plot::{Estimate, known, reach};

/// A group of [`GroupedDots`], such as the precision at L/5: a value for each series.
#[derive(Debug, Clone)]
#[must_use]
pub struct DotGroup {
    label: String,
    section: String,
    estimates: Vec<Estimate>,
    background: Option<f64>,
}

impl DotGroup {
    /// An estimate for each of the figure's series, in their order;
    /// [`Estimate::MISSING`] for one that this group lacks.
    pub fn new(label: impl Into<String>, estimates: &[Estimate]) -> Self {
        Self {
            label: label.into(),
            section: String::new(),
            estimates: estimates.to_vec(),
            background: None,
        }
    }

    /// What this group and its neighbours of the same section have in common, as in
    /// `long range`, printed below their labels; nothing by default.
    pub fn section(mut self, label: impl Into<String>) -> Self {
        self.section = label.into();
        self
    }

    /// The value that chance gives: a dashed line across the group; none by default, or for NaN.
    pub fn background(mut self, value: f64) -> Self {
        self.background = known(value);
        self
    }

    fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        let estimates = self.estimates.iter().flat_map(Estimate::numbers);
        estimates.chain(self.background)
    }
}

/// Dots with intervals, groups along the axis and in each a dot for each series, as for the
/// precision of contacts by range and number of predictions.
///
/// Up to 8 series differ in colour and shape. The vertical axis holds 0. The figure is 85 mm wide,
/// or 175 mm for more than 24 dots or 12 groups.
///
/// ```
/// use protattn_viz::{DotGroup, Estimate, Figure, GroupedDots};
///
/// let all = [Estimate::new(31.0, 28.0, 34.0), Estimate::new(45.0, 42.0, 48.0)];
/// let fifth = [Estimate::new(52.0, 47.0, 57.0), Estimate::MISSING];
/// let groups = [
///     DotGroup::new("L", &all).section("long range").background(1.9),
///     DotGroup::new("L/5", &fifth).section("long range").background(1.9),
/// ];
/// let svg = GroupedDots::new(groups)
///     .series(["head 30-11", "best combination"])
///     .value_label("Precision (%)")
///     .to_svg()?;
/// let title = "<title>long range, L/5, head 30-11: 52.0% (47.0% to 57.0%)</title>";
/// assert!(svg.contains(title));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Count`](crate::Error::Count) for no groups or more than 40, or no series or more
/// than 8; [`Error::Length`](crate::Error::Length) for a group without one estimate a series;
/// [`Error::Outside`](crate::Error::Outside) for a number farther than a million from 0 or
/// infinite; [`Error::Estimate`](crate::Error::Estimate) for an interval that does not contain
/// its value or has one end only.
#[derive(Debug, Clone)]
#[must_use]
pub struct GroupedDots {
    groups: Vec<DotGroup>,
    series: Vec<String>,
    labels: Labels,
}

impl GroupedDots {
    /// A figure of 1 to 40 groups, from the left.
    pub fn new(groups: impl IntoIterator<Item = DotGroup>) -> Self {
        Self {
            groups: groups.into_iter().collect(),
            series: vec![String::new()],
            labels: Labels::new("Values by group", "Value", "%"),
        }
    }

    setters!(title, value_label, unit, interval_label);

    /// The names of the series, 1 to 8, for the legend; by default one without a name, and no
    /// legend.
    pub fn series(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.series = owned(names);
        self
    }

    fn estimates(&self) -> impl Iterator<Item = &Estimate> {
        self.groups.iter().flat_map(|group| &group.estimates)
    }

    /// The numbers that the axis must hold, 0 among them.
    fn reach(&self) -> (f64, f64) {
        let numbers = self.groups.iter().flat_map(DotGroup::numbers);
        reach(numbers.chain([0.0])).unwrap_or_default()
    }

    fn legend_entries(&self) -> Vec<(Key, String)> {
        let key = |i| Key::Mark(Mark::of_series(i), i);
        let mut entries: Vec<_> = series_entries(&self.series, key).collect();
        let any_interval = self.estimates().any(Estimate::has_interval);
        entries.extend(self.labels.intervals(any_interval));
        let backgrounds = self.groups.iter().any(|group| group.background.is_some());
        entries.extend(entry_if(backgrounds, Key::Dashed, "background"));
        entries
    }
}

/// `long range, L/5`
fn group_name(group: &DotGroup) -> String {
    match (&*group.section, &*group.label) {
        ("", label) => label.to_owned(),
        (section, "") => section.to_owned(),
        (section, label) => format!("{section}, {label}"),
    }
}
