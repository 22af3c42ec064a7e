//! Values with intervals, row by row, against several references.

mod draw;

use crate::error::{Result, check_count, check_length};
use crate::layout::{self, Column, Key};
use crate::marks::Mark;
use crate::palette::MAX_SERIES;
use crate::plot::{Estimate, reach};
use crate::scale::check_signed;
use crate::svg::Svg;

const MAX_GROUPS: usize = 12;
const MAX_ROWS: usize = 60;

/// A row of a [`ForestGroup`]: a label, such as `8-12`, an estimate, and what it is held against.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct ForestRow<'a> {
    label: &'a str,
    estimate: Estimate,
    references: &'a [f64],
}

impl<'a> ForestRow<'a> {
    /// A row without references.
    pub fn new(label: &'a str, estimate: Estimate) -> Self {
        Self {
            label,
            estimate,
            references: &[],
        }
    }

    /// A value for each of the figure's references, in their order; NaN for one that this row
    /// lacks. By default it lacks all.
    pub fn references(mut self, values: &'a [f64]) -> Self {
        self.references = values;
        self
    }

    fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        self.estimate
            .numbers()
            .chain(self.references.iter().copied())
    }
}

/// Rows under a heading, such as a property or a model.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct ForestGroup<'a> {
    label: &'a str,
    rows: &'a [ForestRow<'a>],
}

impl<'a> ForestGroup<'a> {
    /// 1 to 60 rows, from the top; the heading may be empty.
    pub fn new(label: &'a str, rows: &'a [ForestRow<'a>]) -> Self {
        Self { label, rows }
    }
}

/// A plot of rows: a dot with its interval, and for each reference (the background, each null
/// model) a mark of its own shape and colour, so that one sees what the dot clears.
///
/// One group is 85 mm wide; several stand two by two in 175 mm. All share one horizontal scale,
/// which need not start at 0.
///
/// ```
/// use protattn_viz::{Estimate, Forest, ForestGroup, ForestRow};
///
/// let rows = [
///     ForestRow::new("8-12", Estimate::new(63.2, 60.1, 66.0)).references(&[4.1, 30.5]),
///     ForestRow::new("5-1", Estimate::new(12.0, 8.8, 15.1)).references(&[4.1, f64::NAN]),
/// ];
/// let svg = Forest::new(&[ForestGroup::new("Contact", &rows)])
///     .references(&["background", "shuffled sequence"])
///     .value_label("% attention")
///     .to_svg()?;
/// assert!(svg.contains("<title>Contact, 8-12: 63.2% (60.1% to 66.0%)</title>"));
/// assert!(svg.contains("<title>Contact, 8-12, shuffled sequence: 30.5%</title>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Forest<'a> {
    groups: &'a [ForestGroup<'a>],
    references: &'a [&'a str],
    title: &'a str,
    value_label: &'a str,
    estimate_label: &'a str,
    unit: &'a str,
}

impl<'a> Forest<'a> {
    /// A figure of 1 to 12 groups.
    pub fn new(groups: &'a [ForestGroup<'a>]) -> Self {
        Self {
            groups,
            references: &[],
            title: "",
            value_label: "Value",
            estimate_label: "",
            unit: "%",
        }
    }

    /// The names of the references, at most 8, for the legend; none by default.
    pub fn references(mut self, names: &'a [&'a str]) -> Self {
        self.references = names;
        self
    }

    /// The title above the figure; none by default.
    pub fn title(mut self, title: &'a str) -> Self {
        self.title = title;
        self
    }

    /// What the values are, with their unit: the title of the horizontal axis; `Value` by default.
    pub fn value_label(mut self, label: &'a str) -> Self {
        self.value_label = label;
        self
    }

    /// What the dot with its interval is, as in `head, 95% interval`, for the legend; none by
    /// default.
    pub fn estimate_label(mut self, label: &'a str) -> Self {
        self.estimate_label = label;
        self
    }

    /// The unit of the values; `%` by default, may be empty.
    pub fn unit(mut self, unit: &'a str) -> Self {
        self.unit = unit;
        self
    }

    /// The figure as an SVG document; one that says so in words where there are no values.
    ///
    /// # Errors
    ///
    /// [`Error::Count`](crate::Error::Count) for no groups or more than 12, a group of no rows or
    /// more than 60, or more than 8 references; [`Error::Length`](crate::Error::Length) for a row
    /// with some references, but not all; [`Error::Outside`](crate::Error::Outside) for a number
    /// farther than a million from 0 or infinite; [`Error::Estimate`](crate::Error::Estimate) for
    /// an interval that does not contain its value or has one end only.
    pub fn to_svg(&self) -> Result<String> {
        self.check()?;
        let name = "Estimates and references";
        let Some((low, high)) = reach(self.rows().flat_map(ForestRow::numbers)) else {
            return Ok(layout::no_values(self.title, name));
        };
        let mut svg = Svg::new();
        let height = draw::figure(self, (low, high), &mut svg);
        let title = layout::titled(self.title, name);
        let width = self.column().width();
        Ok(svg.finish(width, height, title, &self.description()))
    }

    fn check(&self) -> Result<()> {
        check_count("groups", self.groups.len(), 1, MAX_GROUPS)?;
        check_count("references", self.references.len(), 0, MAX_SERIES)?;
        for group in self.groups {
            let rows = format!("rows in group {:?}", group.label);
            check_count(&rows, group.rows.len(), 1, MAX_ROWS)?;
            for row in group.rows {
                self.check_row(group, row)?;
            }
        }
        Ok(())
    }

    fn check_row(&self, group: &ForestGroup<'_>, row: &ForestRow<'_>) -> Result<()> {
        let place = || match group.label {
            "" => format!("row {:?}", row.label),
            group => format!("row {:?} of group {group:?}", row.label),
        };
        row.estimate.check(place)?;
        if !row.references.is_empty() {
            let what = || format!("references of {}", place());
            check_length(what, row.references.len(), self.references.len())?;
        }
        for (&value, name) in row.references.iter().zip(self.references) {
            check_signed(value, || format!("{name} of {}", place()))?;
        }
        Ok(())
    }

    fn rows(&self) -> impl Iterator<Item = &ForestRow<'a>> {
        self.groups.iter().flat_map(|group| group.rows)
    }

    fn column(&self) -> Column {
        if self.groups.len() == 1 {
            Column::Single
        } else {
            Column::Double
        }
    }

    fn description(&self) -> String {
        let against = match self.references {
            [] => String::new(),
            names => format!(", against {}", names.join(", ")),
        };
        format!(
            "{} of {} rows{against}.",
            self.value_label,
            self.rows().count()
        )
    }

    fn legend_entries(&self) -> Vec<(Key, String)> {
        let estimate = (!self.estimate_label.is_empty())
            .then(|| (Key::Estimate, self.estimate_label.to_owned()));
        let used = |i: &usize| {
            self.rows()
                .any(|row| row.references.get(*i).is_some_and(|v| !v.is_nan()))
        };
        let references = (0..self.references.len()).filter(used);
        let references = references.map(|i| {
            let (mark, series) = reference_mark(i);
            (Key::Mark(mark, series), self.references[i].to_owned())
        });
        estimate.into_iter().chain(references).collect()
    }
}

/// The mark of a reference and the series whose colour it has; the dot is for the estimates.
fn reference_mark(reference: usize) -> (Mark, usize) {
    const MARKS: [Mark; MAX_SERIES] = [
        Mark::Tick,
        Mark::Square,
        Mark::Up,
        Mark::Diamond,
        Mark::Down,
        Mark::Cross,
        Mark::Plus,
        Mark::Ring,
    ];
    // The near black of the fifth series would look like the estimates.
    const COLOURS: [usize; MAX_SERIES] = [0, 1, 2, 3, 5, 6, 7, 4];
    let place = reference % MAX_SERIES;
    (MARKS[place], COLOURS[place])
}
