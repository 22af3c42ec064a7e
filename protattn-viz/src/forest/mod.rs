//! Values with intervals, row by row, against several references.

mod draw;

use crate::error::{Result, check_length};
use crate::labels::{Labels, owned, setters};
use crate::layout::{Key, entry_if};
use crate::marks::Mark;
use crate::palette::MAX_SERIES;
use crate::plot::{Estimate, reach};
use crate::scale::check_signed;

/// A row of a [`ForestGroup`]: a label, such as `8-12`, an estimate, and what it is held against.
#[derive(Debug, Clone)]
#[must_use]
pub struct ForestRow {
    label: String,
    estimate: Estimate,
    references: Vec<f64>,
}

impl ForestRow {
    /// A row without references.
    pub fn new(label: impl Into<String>, estimate: Estimate) -> Self {
        Self {
            label: label.into(),
            estimate,
            references: Vec::new(),
        }
    }

    /// A value for each of the figure's references, in their order; NaN for one that this row
    /// lacks. By default it lacks all.
    pub fn references(mut self, values: &[f64]) -> Self {
        self.references = values.to_vec();
        self
    }

    fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        self.estimate
            .numbers()
            .chain(self.references.iter().copied())
    }
}

/// Rows under a heading, such as a property or a model.
#[derive(Debug, Clone)]
#[must_use]
pub struct ForestGroup {
    label: String,
    rows: Vec<ForestRow>,
}

impl ForestGroup {
    /// 1 to 60 rows, from the top; the heading may be empty.
    pub fn new(label: impl Into<String>, rows: impl IntoIterator<Item = ForestRow>) -> Self {
        Self {
            label: label.into(),
            rows: rows.into_iter().collect(),
        }
    }
}

/// A plot of rows: a dot with its interval, and for each reference (the background, each null
/// model) a mark of its own shape and colour, so that one sees what the dot clears.
///
/// One group is 85 mm wide; several stand two by two in 175 mm. All share one horizontal scale,
/// which need not start at 0.
///
/// ```
/// use protattn_viz::{Estimate, Figure, Forest, ForestGroup, ForestRow};
///
/// let rows = [
///     ForestRow::new("8-12", Estimate::new(63.2, 60.1, 66.0)).references(&[4.1, 30.5]),
///     ForestRow::new("5-1", Estimate::new(12.0, 8.8, 15.1)).references(&[4.1, f64::NAN]),
/// ];
/// let svg = Forest::new([ForestGroup::new("Contact", rows)])
///     .references(["background", "shuffled sequence"])
///     .value_label("% attention")
///     .to_svg()?;
/// assert!(svg.contains("<title>Contact, 8-12: 63.2% (60.1% to 66.0%)</title>"));
/// assert!(svg.contains("<title>Contact, 8-12, shuffled sequence: 30.5%</title>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Count`](crate::Error::Count) for no groups or more than 12, a group of no rows or
/// more than 60, or more than 8 references; [`Error::Length`](crate::Error::Length) for a row
/// with some references, but not all; [`Error::Outside`](crate::Error::Outside) for a number
/// farther than a million from 0 or infinite; [`Error::Estimate`](crate::Error::Estimate) for
/// an interval that does not contain its value or has one end only.
#[derive(Debug, Clone)]
#[must_use]
pub struct Forest {
    groups: Vec<ForestGroup>,
    references: Vec<String>,
    labels: Labels,
    estimate_label: String,
}

impl Forest {
    /// A figure of 1 to 12 groups.
    pub fn new(groups: impl IntoIterator<Item = ForestGroup>) -> Self {
        Self {
            groups: groups.into_iter().collect(),
            references: Vec::new(),
            labels: Labels::new("Estimates and references", "Value", "%"),
            estimate_label: String::new(),
        }
    }

    setters!(title, value_label, unit);

    /// The names of the references, at most 8, for the legend; none by default.
    pub fn references(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.references = owned(names);
        self
    }

    /// What the dot with its interval is, as in `head, 95% interval`, for the legend; none by
    /// default.
    pub fn estimate_label(mut self, label: impl Into<String>) -> Self {
        self.estimate_label = label.into();
        self
    }

    fn check_row(&self, group: &ForestGroup, row: &ForestRow) -> Result<()> {
        let place = || match &*group.label {
            "" => format!("row {:?}", row.label),
            group => format!("row {:?} of group {group:?}", row.label),
        };
        row.estimate.check(place)?;
        if !row.references.is_empty() {
            let what = || format!("references of {}", place());
            check_length(what, row.references.len(), self.references.len())?;
        }
        for (&value, name) in row.references.iter().zip(&self.references) {
            check_signed(value, || format!("{name} of {}", place()))?;
        }
        Ok(())
    }

    fn rows(&self) -> impl Iterator<Item = &ForestRow> {
        self.groups.iter().flat_map(|group| &group.rows)
    }

    /// The numbers that the axis must hold, if there are any.
    fn reach(&self) -> Option<(f64, f64)> {
        reach(self.rows().flat_map(ForestRow::numbers))
    }

    fn legend_entries(&self) -> Vec<(Key, String)> {
        let named = !self.estimate_label.is_empty();
        let estimate = entry_if(named, Key::Estimate, &self.estimate_label);
        let used = |i: &usize| {
            self.rows()
                .any(|row| row.references.get(*i).is_some_and(|v| !v.is_nan()))
        };
        let references = (0..self.references.len()).filter(used);
        let references = references.map(|i| {
            let (mark, series) = reference_mark(i);
            (Key::Mark(mark, series), self.references[i].clone())
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
