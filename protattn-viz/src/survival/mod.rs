//! Which rows stand up to which comparisons, as a table of marks.

use crate::error::{Result, check_count, check_length};
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
/// use ndarray::array;
/// use protattn_viz::{Comparison, Survival, Verdict};
///
/// let cell = |difference, verdict| Comparison { difference, verdict };
/// let cells = array![[
///     cell(59.1, Verdict::Survives),
///     cell(-0.4, Verdict::Fails),
///     cell(f64::NAN, Verdict::Untested),
/// ]];
/// let columns = ["background", "random weights", "shuffled sequence"];
/// let svg = Survival::new(&["8-12"], &columns, cells.view()).to_svg()?;
/// assert!(svg.contains("<title>8-12, background: survives, +59.1%</title>"));
/// assert!(svg.contains("<title>8-12, shuffled sequence: not tested</title>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Survival<'a> {
    rows: &'a [&'a str],
    columns: &'a [&'a str],
    cells: ArrayView2<'a, Comparison>,
    title: &'a str,
    row_label: &'a str,
    value_label: &'a str,
    unit: &'a str,
}

impl<'a> Survival<'a> {
    /// A table of 1 to 60 rows and 1 to 12 columns; `cells` has the axes [row, column].
    pub fn new(
        rows: &'a [&'a str],
        columns: &'a [&'a str],
        cells: ArrayView2<'a, Comparison>,
    ) -> Self {
        Self {
            rows,
            columns,
            cells,
            title: "",
            row_label: "Head",
            value_label: "",
            unit: "%",
        }
    }

    /// The title above the figure; none by default.
    pub fn title(mut self, title: &'a str) -> Self {
        self.title = title;
        self
    }

    /// What the rows are; `Head` by default.
    pub fn row_label(mut self, label: &'a str) -> Self {
        self.row_label = label;
        self
    }

    /// What the numbers are, as in `difference in percentage points`, for a line below the table;
    /// none by default.
    pub fn value_label(mut self, label: &'a str) -> Self {
        self.value_label = label;
        self
    }

    /// The unit of the differences in what shows under a pointer; `%` by default, may be empty.
    pub fn unit(mut self, unit: &'a str) -> Self {
        self.unit = unit;
        self
    }

    /// The figure as an SVG document.
    ///
    /// # Errors
    ///
    /// [`Error::Count`](crate::Error::Count) for no rows or more than 60, no columns or more than
    /// 12; [`Error::Length`](crate::Error::Length) for cells that are not one a row and column;
    /// [`Error::Outside`](crate::Error::Outside) for a difference farther than a million from 0
    /// or infinite.
    pub fn to_svg(&self) -> Result<String> {
        self.check()?;
        let mut svg = Svg::new();
        let height = self.draw(&mut svg);
        let name = "Which rows survive which comparisons";
        let title = layout::titled(self.title, name);
        Ok(svg.finish(self.column().width(), height, title, &self.description()))
    }

    fn check(&self) -> Result<()> {
        check_count("rows", self.rows.len(), 1, MAX_ROWS)?;
        check_count("columns", self.columns.len(), 1, MAX_COLUMNS)?;
        check_length(
            || "rows of cells".into(),
            self.cells.nrows(),
            self.rows.len(),
        )?;
        let n_columns = self.columns.len();
        check_length(|| "columns of cells".into(), self.cells.ncols(), n_columns)?;
        self.cells
            .indexed_iter()
            .try_for_each(|((row, column), cell)| {
                let place = || format!("{} of row {:?}", self.columns[column], self.rows[row]);
                check_signed(cell.difference, place)
            })
    }

    fn column(&self) -> Column {
        if self.columns.len() > 4 {
            Column::Double
        } else {
            Column::Single
        }
    }

    fn survivors(&self, column: usize) -> usize {
        let cells = self.cells.column(column);
        cells
            .iter()
            .filter(|cell| cell.verdict == Verdict::Survives)
            .count()
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

    /// Draws everything; gives the height of the figure.
    fn draw(&self, svg: &mut Svg) -> f64 {
        let inside = self.column().width() - 2.0 * MARGIN;
        let top = layout::heading(svg, self.title, self.column()) + 5.0;
        let top = layout::legend(svg, &self.legend_entries(), (MARGIN, top), inside) + 7.0;
        let style = Style::new(TICK, Anchor::Start);
        let names = self.rows.iter().chain([&self.row_label]);
        let widest = names.map(|name| style.width(name)).fold(0.0, f64::max);
        let left = MARGIN + widest.min(MAX_LABEL_WIDTH) + GAP;
        let room = (self.column().width() - MARGIN - left) / self.columns.len() as f64;
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
        let place = (
            MARGIN,
            bottom
                + if self.value_label.is_empty() {
                    0.0
                } else {
                    5.0
                },
        );
        layout::paragraph(svg, self.value_label, place, inside, style) + MARGIN
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
            let heights = names.iter().flatten().map(|name| style.width(name));
            heights.fold(0.0, f64::max)
        } else {
            TICK * CAP_HEIGHT + (lines - 1) as f64 * TICK * LEADING
        };
        let last = top + height;
        svg.open("columns");
        let label = layout::shortened(self.row_label, MAX_LABEL_WIDTH, style);
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
        let label = layout::shortened(self.rows[row], MAX_LABEL_WIDTH, style);
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
        let verdict = match self.cells[[row, column]].verdict {
            Verdict::Survives => "survives",
            Verdict::Fails => "does not survive",
            Verdict::Untested => "not tested",
        };
        let mut words = format!("{}, {}: {verdict}", self.rows[row], self.columns[column]);
        if let Some(difference) = difference {
            words += &format!(", {difference}{}", self.unit);
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
        let verdicts = [
            (Verdict::Survives, "survives"),
            (Verdict::Fails, "does not survive"),
            (Verdict::Untested, "not tested"),
        ];
        let used = |verdict| self.cells.iter().any(|cell| cell.verdict == verdict);
        let used = verdicts.into_iter().filter(|(verdict, _)| used(*verdict));
        used.map(|(verdict, words)| (Key::Verdict(verdict), words.to_owned()))
            .collect()
    }
}

/// `+59.1`, `−0.4`
fn difference(value: f64, decimals: usize) -> String {
    let number = format!("{value:+.decimals$}");
    let zero = number.trim_start_matches(['+', '-', '0', '.']).is_empty();
    let number = if zero { &number[1..] } else { &number };
    scale::signed(number)
}
