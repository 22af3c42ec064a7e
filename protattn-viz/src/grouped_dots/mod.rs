//! Values of several series, group by group.

mod draw;

use crate::error::{Result, check_count, check_length};
use crate::layout::{self, Column, Key};
use crate::marks::Mark;
use crate::palette::MAX_SERIES;
use crate::plot::{Estimate, known, reach};
use crate::scale::check_signed;
use crate::svg::Svg;

const MAX_GROUPS: usize = 40;
/// More dots than this, groups and series multiplied, get the double column.
const SINGLE_COLUMN_DOTS: usize = 24;
/// So do more groups than this, whose names would touch.
const SINGLE_COLUMN_GROUPS: usize = 12;

/// A group of [`GroupedDots`], such as the precision at L/5: a value for each series.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct DotGroup<'a> {
    label: &'a str,
    section: &'a str,
    estimates: &'a [Estimate],
    background: Option<f64>,
}

impl<'a> DotGroup<'a> {
    /// An estimate for each of the figure's series, in their order;
    /// [`Estimate::MISSING`] for one that this group lacks.
    pub fn new(label: &'a str, estimates: &'a [Estimate]) -> Self {
        Self {
            label,
            section: "",
            estimates,
            background: None,
        }
    }

    /// What this group and its neighbours of the same section have in common, as in
    /// `long range`, printed below their labels; nothing by default.
    pub fn section(mut self, label: &'a str) -> Self {
        self.section = label;
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
/// use protattn_viz::{DotGroup, Estimate, GroupedDots};
///
/// let all = [Estimate::new(31.0, 28.0, 34.0), Estimate::new(45.0, 42.0, 48.0)];
/// let fifth = [Estimate::new(52.0, 47.0, 57.0), Estimate::MISSING];
/// let groups = [
///     DotGroup::new("L", &all).section("long range").background(1.9),
///     DotGroup::new("L/5", &fifth).section("long range").background(1.9),
/// ];
/// let svg = GroupedDots::new(&groups)
///     .series(&["head 30-11", "best combination"])
///     .value_label("Precision (%)")
///     .to_svg()?;
/// let title = "<title>long range, L/5, head 30-11: 52.0% (47.0% to 57.0%)</title>";
/// assert!(svg.contains(title));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct GroupedDots<'a> {
    groups: &'a [DotGroup<'a>],
    series: &'a [&'a str],
    title: &'a str,
    value_label: &'a str,
    unit: &'a str,
    interval_label: &'a str,
}

impl<'a> GroupedDots<'a> {
    /// A figure of 1 to 40 groups, from the left.
    pub fn new(groups: &'a [DotGroup<'a>]) -> Self {
        Self {
            groups,
            series: &[""],
            title: "",
            value_label: "Value",
            unit: "%",
            interval_label: "",
        }
    }

    /// The names of the series, 1 to 8, for the legend; by default one without a name, and no
    /// legend.
    pub fn series(mut self, names: &'a [&'a str]) -> Self {
        self.series = names;
        self
    }

    /// The title above the figure; none by default.
    pub fn title(mut self, title: &'a str) -> Self {
        self.title = title;
        self
    }

    /// What the values are, with their unit: the title of the vertical axis; `Value` by default.
    pub fn value_label(mut self, label: &'a str) -> Self {
        self.value_label = label;
        self
    }

    /// The unit of the values; `%` by default, may be empty.
    pub fn unit(mut self, unit: &'a str) -> Self {
        self.unit = unit;
        self
    }

    /// What the error bars are, as in `95% confidence interval`, for the legend; none by default.
    pub fn interval_label(mut self, label: &'a str) -> Self {
        self.interval_label = label;
        self
    }

    /// The figure as an SVG document; one that says so in words where there are no values.
    ///
    /// # Errors
    ///
    /// [`Error::Count`](crate::Error::Count) for no groups or more than 40, or no series or more
    /// than 8; [`Error::Length`](crate::Error::Length) for a group without one estimate a series;
    /// [`Error::Outside`](crate::Error::Outside) for a number farther than a million from 0 or
    /// infinite; [`Error::Estimate`](crate::Error::Estimate) for an interval that does not contain
    /// its value or has one end only.
    pub fn to_svg(&self) -> Result<String> {
        self.check()?;
        let name = "Values by group";
        let mut estimates = self.groups.iter().flat_map(|group| group.estimates);
        if estimates.all(Estimate::is_missing) {
            return Ok(layout::no_values(self.title, name));
        }
        let numbers = self.groups.iter().flat_map(DotGroup::numbers);
        let (low, high) = reach(numbers.chain([0.0])).unwrap_or_default();
        let mut svg = Svg::new();
        let height = draw::figure(self, (low, high), &mut svg);
        let title = layout::titled(self.title, name);
        let width = self.column().width();
        Ok(svg.finish(width, height, title, &self.description()))
    }

    fn check(&self) -> Result<()> {
        check_count("groups", self.groups.len(), 1, MAX_GROUPS)?;
        check_count("series", self.series.len(), 1, MAX_SERIES)?;
        for (i, group) in self.groups.iter().enumerate() {
            let name = match group_name(group) {
                name if name.is_empty() => format!("group {}", i + 1),
                name => name,
            };
            let found = group.estimates.len();
            check_length(|| format!("estimates of {name}"), found, self.series.len())?;
            for (estimate, series) in group.estimates.iter().zip(self.series) {
                estimate.check(|| match *series {
                    "" => name.clone(),
                    series => format!("{series} of {name}"),
                })?;
            }
            if let Some(background) = group.background {
                check_signed(background, || format!("background of {name}"))?;
            }
        }
        Ok(())
    }

    fn column(&self) -> Column {
        let groups = self.groups.len();
        let dots = groups * self.series.len();
        if dots > SINGLE_COLUMN_DOTS || groups > SINGLE_COLUMN_GROUPS {
            Column::Double
        } else {
            Column::Single
        }
    }

    fn description(&self) -> String {
        let named = self.series.iter().filter(|name| !name.is_empty());
        let named: Vec<&str> = named.copied().collect();
        let of = if named.is_empty() { "" } else { " of " };
        let groups = self.groups.len();
        format!(
            "{}{of}{} in {groups} groups.",
            self.value_label,
            named.join(", ")
        )
    }

    fn legend_entries(&self) -> Vec<(Key, String)> {
        let named = self
            .series
            .iter()
            .enumerate()
            .filter(|(_, name)| !name.is_empty());
        let mut entries: Vec<(Key, String)> = named
            .map(|(i, name)| (Key::Mark(Mark::of_series(i), i), (*name).to_owned()))
            .collect();
        let mut estimates = self.groups.iter().flat_map(|group| group.estimates);
        if !self.interval_label.is_empty() && estimates.any(Estimate::has_interval) {
            entries.push((Key::Interval, self.interval_label.to_owned()));
        }
        if self.groups.iter().any(|group| group.background.is_some()) {
            entries.push((Key::Dashed, "background".to_owned()));
        }
        entries
    }
}

/// `long range, L/5`
fn group_name(group: &DotGroup<'_>) -> String {
    match (group.section, group.label) {
        ("", label) => label.to_owned(),
        (section, "") => section.to_owned(),
        (section, label) => format!("{section}, {label}"),
    }
}
