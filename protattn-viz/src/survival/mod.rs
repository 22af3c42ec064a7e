//! Which rows stand up to which comparisons, as a table of marks.

use crate::error::{Result, check_count, check_length};
use crate::figure::{Draw, Figure};
use crate::labels::{Labels, owned, setters};
use crate::layout::{self, CAP_HEIGHT, Column, HAIRLINE, Key, LEADING, MARGIN, TICK};
use crate::marks::{self, VERDICT_RADIUS};
use crate::palette;
use crate::plot::known;
use crate::scale::{self, check_signed};
use crate::svg::{Anchor, Style, Svg};
use crate::text;
use ndarray::ArrayView2;

const MAX_ROWS: usize = 60;
const MAX_COLUMNS: usize = 12;
const ROW_HEIGHT: f64 = 11.0;
/// Width of a column, where the figure is wide enough.
const COLUMN_WIDTH: f64 = 80.0;
const MAX_LABEL_WIDTH: f64 = 80.0;
/// Longer names of columns are cut where they stand upwards.
const MAX_NAME_HEIGHT: f64 = 100.0;
const GAP: f64 = 8.0;
const COLUMN_GAP: f64 = 4.0;

/// What came of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The row stands above what it is compared with: a filled mark.
    Survives,
    /// It does not: a hollow mark.
    Fails,
    /// It was not tested: a dash.
    Untested,
}

impl Verdict {
    fn words(self) -> &'static str {
        match self {
            Self::Survives => "survives",
            Self::Fails => "does not survive",
            Self::Untested => "not tested",
        }
    }
}

/// A cell of a [`Survival`] table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// How far the row's value is above that which it is compared with, within a million of 0, in
    /// the unit of the figure; NaN where it is not known. Not printed where untested.
    pub difference: f64,
    /// What came of it.
    pub verdict: Verdict,
}

impl Comparison {
    /// The difference, where it is printed.
    fn printed(&self) -> Option<f64> {
        known(self.difference).filter(|_| self.verdict != Verdict::Untested)
    }
}

/// A table of rows, such as heads, by comparisons, such as null models: each cell a mark, filled
/// where the row survives and hollow where it does not, and the difference.
///
/// The figure is 85 mm wide, or 175 mm for more than 4 comparisons.
///
/// ```
/// use protattn_viz::{Comparison, Figure, Survival, Verdict, ndarray::array};
///
/// let cell = |difference, verdict| Comparison { difference, verdict };
/// let cells = array![[
///     cell(59.1, Verdict::Survives),
///     cell(-0.4, Verdict::Fails),
///     cell(f64::NAN, Verdict::Untested),
/// ]];
/// let columns = ["background", "random weights", "shuffled sequence"];
/// let svg = Survival::new(["8-12"], columns, cells.view()).to_svg()?;
/// assert!(svg.contains("<title>8-12, background: survives, +59.1%</title>"));
/// assert!(svg.contains("<title>8-12, shuffled sequence: not tested</title>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Count`](crate::Error::Count) for no rows or more than 60, no columns or more than
/// 12; [`Error::Length`](crate::Error::Length) for cells that are not one a row and column;
/// [`Error::Outside`](crate::Error::Outside) for a difference farther than a million from 0
/// or infinite.
#[derive(Debug, Clone)]
#[must_use]
pub struct Survival<'a> {
    rows: Vec<String>,
    columns: Vec<String>,
    cells: ArrayView2<'a, Comparison>,
    labels: Labels,
    row_label: String,
}

impl<'a> Survival<'a> {
    /// A table of 1 to 60 rows and 1 to 12 columns; `cells` has the axes [row, column].
    pub fn new(
        rows: impl IntoIterator<Item = impl AsRef<str>>,
        columns: impl IntoIterator<Item = impl AsRef<str>>,
        cells: ArrayView2<'a, Comparison>,
    ) -> Self {
        Self {
            rows: owned(rows),
            columns: owned(columns),
            cells,
            labels: Labels::new("Which rows survive which comparisons", "", "%"),
            row_label: "Head".to_owned(),
        }
    }

    setters! {
        title,
        /// What the numbers are, as in `difference in percentage points`, for a line below the
        /// table; none by default.
        value_label,
        /// The unit of the differences in what shows under a pointer; `%` by default, may be empty.
        unit,
    }

    /// What the rows are; `Head` by default.
    pub fn row_label(mut self, label: impl Into<String>) -> Self {
        self.row_label = label.into();
        self
    }

    fn survivors(&self, column: usize) -> usize {
        let cells = self.cells.column(column);
        cells
            .iter()
            .filter(|cell| cell.verdict == Verdict::Survives)
            .count()
    }

    /// The names of the columns on a common lower edge, which is given; upwards where a word is
    /// wider than a column.
    fn draw_header(&self, svg: &mut Svg, top: f64, left: f64, width: f64) -> f64 {
        let style = Style::new(TICK, Anchor::Start);
        let mut words = self.columns.iter().flat_map(|name| name.split_whitespace());
        let upwards = words.any(|word| style.width(word) > width - COLUMN_GAP);
        let names: Vec<Vec<String>> = self
            .columns
            .iter()
            .map(|name| match upwards {
                true => vec![layout::shortened(name, MAX_NAME_HEIGHT, style)],
                false => text::wrap(name, TICK, width - COLUMN_GAP),
            })
            .collect();
        let lines = names.iter().map(Vec::len).max().unwrap_or(1);
        let height = if upwards {
            style.widest(names.iter().flatten())
        } else {
            TICK * CAP_HEIGHT + (lines - 1) as f64 * TICK * LEADING
        };
        let last = top + height;
        svg.open("columns");
        let label = layout::shortened(&self.row_label, MAX_LABEL_WIDTH, style);
        svg.text(MARGIN, last, &label, style);
        for (column, lines) in names.iter().enumerate() {
            let x = left + column as f64 * width;
            for (i, line) in lines.iter().rev().enumerate() {
                if upwards {
                    let x = x + VERDICT_RADIUS + TICK * CAP_HEIGHT / 2.0;
                    svg.text(x, last, line, style.turn(-90.0));
                } else {
                    svg.text(x, last - i as f64 * TICK * LEADING, line, style);
                }
            }
        }
        svg.close();
        last
    }

    fn draw_row(
        &self,
        svg: &mut Svg,
        row: usize,
        middle: f64,
        (left, width): (f64, f64),
        decimals: usize,
    ) {
        let style = Style::new(TICK, Anchor::Start);
        let baseline = middle + TICK * CAP_HEIGHT / 2.0;
        svg.open("row");
        let label = layout::shortened(&self.rows[row], MAX_LABEL_WIDTH, style);
        svg.text(MARGIN, baseline, &label, style);
        for (column, cell) in self.cells.row(row).iter().enumerate() {
            let x = left + column as f64 * width;
            let place = (x + VERDICT_RADIUS, middle);
            let difference = cell.printed().map(|value| difference(value, decimals));
            let tooltip = self.tooltip(row, column, difference.as_deref());
            marks::verdict(svg, cell.verdict, place, &tooltip);
            if let Some(difference) = difference {
                let room = width - 2.0 * VERDICT_RADIUS - 4.0;
                let words = layout::shortened(&difference, room, style);
                svg.text(x + 2.0 * VERDICT_RADIUS + 3.0, baseline, &words, style);
            }
        }
        svg.close();
    }

    fn tooltip(&self, row: usize, column: usize, difference: Option<&str>) -> String {
        let verdict = self.cells[[row, column]].verdict.words();
        let mut words = format!("{}, {}: {verdict}", self.rows[row], self.columns[column]);
        if let Some(difference) = difference {
            words += &format!(", {difference}{}", self.labels.unit);
        }
        words
    }

    /// As many decimals as give the largest difference that is printed three digits.
    fn decimals(&self) -> usize {
        let printed = self.cells.iter().filter_map(Comparison::printed);
        match printed.map(f64::abs).fold(0.0, f64::max) {
            largest if largest >= 99.95 => 0,
            largest if largest >= 9.995 => 1,
            largest if largest >= 0.9995 => 2,
            _ => 3,
        }
    }

    fn legend_entries(&self) -> Vec<(Key, String)> {
        let verdicts = [Verdict::Survives, Verdict::Fails, Verdict::Untested];
        let is_used = |verdict: &Verdict| self.cells.iter().any(|cell| cell.verdict == *verdict);
        let used = verdicts.into_iter().filter(is_used);
        used.map(|verdict| (Key::Verdict(verdict), verdict.words().to_owned()))
            .collect()
    }
}

impl Figure for Survival<'_> {}

impl Draw for Survival<'_> {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn check(&self) -> Result<()> {
        check_count("rows", self.rows.len(), 1, MAX_ROWS)?;
        check_count("columns", self.columns.len(), 1, MAX_COLUMNS)?;
        let (rows, columns) = self.cells.dim();
        check_length(|| "rows of cells".into(), rows, self.rows.len())?;
        check_length(|| "columns of cells".into(), columns, self.columns.len())?;
        self.cells
            .indexed_iter()
            .try_for_each(|((row, column), cell)| {
                let place = || format!("{} of row {:?}", self.columns[column], self.rows[row]);
                check_signed(cell.difference, place)
            })
    }

    fn column(&self) -> Column {
        Column::double_if(self.columns.len() > 4)
    }

    fn draw(&self, svg: &mut Svg) -> f64 {
        let (labels, column) = (&self.labels, self.column());
        let top = layout::head(svg, &labels.title, column, &self.legend_entries()) + 7.0;
        let style = Style::new(TICK, Anchor::Start);
        let names = self.rows.iter().chain([&self.row_label]);
        let left = MARGIN + style.widest(names).min(MAX_LABEL_WIDTH) + GAP;
        let room = (column.width() - MARGIN - left) / self.columns.len() as f64;
        let width = room.min(COLUMN_WIDTH);
        let right = left + width * self.columns.len() as f64;

        let top = self.draw_header(svg, top, left, width) + 3.0;
        svg.strokes(&[[MARGIN, top, right, top]], palette::INK, HAIRLINE);
        let decimals = self.decimals();
        for row in 0..self.rows.len() {
            let middle = top + (row as f64 + 0.5) * ROW_HEIGHT;
            self.draw_row(svg, row, middle, (left, width), decimals);
        }
        let bottom = top + self.rows.len() as f64 * ROW_HEIGHT;
        svg.strokes(&[[MARGIN, bottom, right, bottom]], palette::INK, HAIRLINE);
        let gap = if labels.value_label.is_empty() {
            0.0
        } else {
            5.0
        };
        let place = (MARGIN, bottom + gap);
        layout::paragraph(svg, &labels.value_label, place, column.inside(), style) + MARGIN
    }

    fn description(&self) -> String {
        let survivors = self.columns.iter().enumerate();
        let survivors = survivors.map(|(i, name)| format!("{name} {}", self.survivors(i)));
        let survivors: Vec<String> = survivors.collect();
        format!(
            "Of {} rows survive: {}.",
            self.rows.len(),
            survivors.join(", ")
        )
    }
}

/// `+59.1`, `−0.4`
fn difference(value: f64, decimals: usize) -> String {
    let number = format!("{value:+.decimals$}");
    let zero = number.trim_start_matches(['+', '-', '0', '.']).is_empty();
    let number = if zero { &number[1..] } else { &number };
    scale::signed(number)
}
