//! The parts of a contact map.

use super::ContactMap;
use crate::error::{Result, check_count, check_length};
use crate::figure::{Draw, Figure};
use crate::labels::Labels;
use crate::layout::{self, Column, HAIRLINE, Key, LABEL, LEADING, MARGIN, TICK, TICK_OFFSET};
use crate::marks::Mark;
use crate::palette::{self, Ramp};
use crate::plot::{self, ColourBar, Pieces, Ticks};
use crate::scale::{self, Axis, check_index, check_number, check_within};
use crate::svg::{Anchor, Rect, Style, Svg};

const MAX_RESIDUES: usize = 4000;
/// More residues than this get the double column.
const SINGLE_COLUMN_RESIDUES: usize = 150;
/// Half a number may stand out over the right end of the map.
const RIGHT: f64 = 10.0;
/// Longer numbers are cut.
const MAX_NUMBER_WIDTH: f64 = 40.0;
const BAR_WIDTH: f64 = 150.0;
/// Cells and contacts of narrower cells have no tooltips of their own, nor do more than so many.
const SPEAKING_SIDE: f64 = 1.2;
const MAX_SPEAKING: usize = 6000;
/// Contacts and high values are no narrower, or none would see them.
const LEAST: f64 = 0.7;
/// Contacts of wider cells are round.
const ROUND_SIDE: f64 = 2.5;
/// The series whose colour the contacts have: near black.
const CONTACTS: usize = 4;

impl Figure for ContactMap<'_> {}

impl Draw for ContactMap<'_> {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn check(&self) -> Result<()> {
        let (n, columns) = self.values.dim();
        check_count("residues", n, 1, MAX_RESIDUES)?;
        check_length(|| "columns of a contact map".into(), columns, n)?;
        let lengths = [
            ("marks of undefined residues", self.undefined.len()),
            ("residue numbers", self.numbering.len()),
        ];
        for (what, found) in lengths.into_iter().filter(|(_, found)| *found > 0) {
            check_length(|| what.into(), found, n)?;
        }
        check_number(self.threshold, (0.0, 1.0), || "threshold".to_owned())?;
        for ((row, column), value) in self.above() {
            let what = || format!("value of residues {} and {}", row + 1, column + 1);
            check_within(value, (0.0, 1.0), what)?;
        }
        self.contacts.iter().try_for_each(|&(i, j)| {
            let what = || format!("residue of contact ({i}, {j})");
            check_index(i.max(j), n, what)
        })
    }

    fn nothing(&self) -> Option<[String; 2]> {
        let none = self.highest().is_none() && self.below().is_empty();
        none.then(layout::no_values)
    }

    fn column(&self) -> Column {
        Column::double_if(self.n_residues() > SINGLE_COLUMN_RESIDUES)
    }

    fn draw(&self, svg: &mut Svg) -> f64 {
        let end = self.highest().filter(|_| self.fitted).unwrap_or(1.0);
        let column = self.column();
        let top = layout::heading(svg, &self.labels.title, column) + 6.0;
        let numbers: Vec<String> = (0..self.n_residues()).map(|i| self.number(i)).collect();
        let style = Style::new(TICK, Anchor::End);
        let widest = style.widest(&numbers).min(MAX_NUMBER_WIDTH);
        let x = MARGIN + LABEL * LEADING + widest + TICK_OFFSET;
        let side = column.width() - MARGIN - RIGHT - x;
        let map = Map {
            figure: self,
            numbers: &numbers,
            contacts: self.below(),
            widest,
            rect: Rect::square((x, top), side),
            colours: ColourBar {
                ramp: Ramp::Sequential,
                axis: Axis::from_zero(end, layout::MAX_INTERVALS),
                background: None,
            },
        };
        map.draw(svg)
    }

    fn description(&self) -> String {
        let drawn = self.above().filter(|(_, value)| *value >= self.threshold);
        format!(
            "{} residues. Above the diagonal, {}: {} pairs at {} or more. Below it, {}: {} pairs.",
            self.n_residues(),
            self.labels.value_label,
            drawn.count(),
            self.threshold,
            self.contact_label,
            self.below().len()
        )
    }
}

struct Map<'a, 'b> {
    figure: &'a ContactMap<'b>,
    numbers: &'a [String],
    /// Cells below the diagonal, in order and each once.
    contacts: Vec<(usize, usize)>,
    /// Room for a number.
    widest: f64,
    rect: Rect,
    colours: ColourBar,
}

impl Map<'_, '_> {
    fn side(&self) -> f64 {
        self.rect.width / self.numbers.len() as f64
    }

    /// Gives the height of the figure.
    fn draw(&self, svg: &mut Svg) -> f64 {
        let any_undefined = self.draw_undefined(svg);
        self.draw_values(svg);
        self.draw_contacts(svg);
        let Rect { x, y, .. } = self.rect;
        let diagonal = [x, y, self.rect.right(), self.rect.bottom()];
        svg.strokes(&[diagonal], palette::UNSCORED_STROKE, 0.4);
        svg.frame(self.rect, HAIRLINE);
        let bottom = self.draw_numbers(svg);
        let label = format!("{} (above the diagonal)", self.figure.labels.value_label);
        let room = self.rect.width;
        let width = BAR_WIDTH.min(room);
        let bottom = self
            .colours
            .draw(svg, &label, (x, bottom + 8.0), (width, room));
        let mark = if self.side() >= ROUND_SIDE {
            Mark::Circle
        } else {
            Mark::Square
        };
        let (any, words) = (!self.contacts.is_empty(), &self.figure.contact_label);
        let contacts =
            layout::entry_if(any, Key::Mark(mark, CONTACTS), &format!("{words} (below)"));
        let undefined = layout::entry_if(any_undefined, Key::Undefined, "undefined");
        let entries: Vec<_> = contacts.into_iter().chain(undefined).collect();
        layout::legend_below(svg, &entries, (x, bottom), room) + MARGIN
    }

    /// Gives whether anything is undefined.
    fn draw_undefined(&self, svg: &mut Svg) -> bool {
        let mut pieces = Pieces::default();
        let mut any = false;
        for row in 0..self.numbers.len() {
            let is_undefined = |column: usize| match row.cmp(&column) {
                std::cmp::Ordering::Less => self.figure.values[[row, column]].is_nan(),
                std::cmp::Ordering::Equal => false,
                std::cmp::Ordering::Greater => {
                    self.figure.is_undefined(row) || self.figure.is_undefined(column)
                }
            };
            let runs = plot::runs(self.numbers.len(), is_undefined);
            for (run, _) in runs.into_iter().filter(|(_, undefined)| *undefined) {
                pieces.push(row, run);
                any = true;
            }
        }
        svg.open("undefined");
        let corner = (self.rect.x, self.rect.y);
        pieces.draw(svg, palette::UNSCORED, corner, (self.side(), 0.0));
        svg.close();
        any
    }

    /// The value of a cell that is drawn, NaN for the others.
    fn value(&self, row: usize, column: usize) -> f64 {
        let value = self.figure.values[[row, column]];
        if row < column && value >= self.figure.threshold {
            value
        } else {
            f64::NAN
        }
    }

    fn draw_values(&self, svg: &mut Svg) {
        let (side, threshold) = (self.side(), self.figure.threshold);
        let drawn = || self.figure.above().filter(|(_, value)| *value >= threshold);
        svg.open("cells");
        if side >= SPEAKING_SIDE && drawn().count() <= MAX_SPEAKING {
            for ((row, column), value) in drawn() {
                let words = format!("{}: {}", self.pair(row, column), layout::number(value, ""));
                let cell = self.rect.cell((row, column), side, 0.0);
                svg.rect(cell, &self.colours.colour(value), &words);
            }
        } else {
            let values = (self.numbers.len(), |row, column| self.value(row, column));
            let corner = (self.rect.x, self.rect.y);
            plot::cells(svg, values, &self.colours, corner, (side, LEAST));
        }
        svg.close();
    }

    fn draw_contacts(&self, svg: &mut Svg) {
        let (side, colour) = (self.side(), palette::series(CONTACTS));
        let is_round = side >= ROUND_SIDE;
        svg.open("contacts");
        if side >= SPEAKING_SIDE && self.contacts.len() <= MAX_SPEAKING {
            for &(row, column) in &self.contacts {
                let words = format!("{}: contact", self.pair(column, row));
                let cell = self.rect.cell((row, column), side, 0.0);
                if is_round {
                    let middle = (cell.x + side / 2.0, cell.y + side / 2.0);
                    Mark::Circle.draw(svg, middle, (side * 0.4).min(2.5), colour, &words);
                } else {
                    svg.rect(cell, colour, &words);
                }
            }
        } else {
            let mut pieces = Pieces::default();
            let neighbours = |a: &(usize, usize), b: &(usize, usize)| a.0 == b.0 && a.1 + 1 == b.1;
            for run in self.contacts.chunk_by(neighbours) {
                let (row, column) = run[0];
                pieces.push(row, column..column + run.len());
            }
            pieces.draw(svg, colour, (self.rect.x, self.rect.y), (side, LEAST));
        }
        svg.close();
    }

    fn shortened(&self, residue: usize, style: Style) -> String {
        layout::shortened(&self.numbers[residue], self.widest, style)
    }

    /// `residues 52A and 60`
    fn pair(&self, first: usize, second: usize) -> String {
        format!(
            "residues {} and {}",
            self.numbers[first], self.numbers[second]
        )
    }

    /// The numbers to the left and below, and what they are; gives the lower edge.
    fn draw_numbers(&self, svg: &mut Svg) -> f64 {
        let (side, bottom) = (self.side(), self.rect.bottom());
        let style = Style::new(TICK, Anchor::Middle);
        let mut ticks = Ticks::default();
        svg.open("residues");
        for i in scale::thinned_numbers(self.numbers, side, TICK * 1.15) {
            let place = (self.rect.x, self.rect.y + (i as f64 + 0.5) * side);
            ticks.left(svg, place, &self.shortened(i, style));
        }
        for i in scale::thinned_numbers(self.numbers, side, self.widest + 3.0) {
            let place = (self.rect.x + (i as f64 + 0.5) * side, bottom);
            ticks.below(svg, place, &self.shortened(i, style));
        }
        ticks.draw(svg);
        let (x, y) = self.rect.middle();
        plot::axis_title(svg, &["Residue"], (MARGIN, y));
        let place = (x, Ticks::baseline(bottom));
        let end = plot::title_below(svg, "Residue", place, self.rect.width);
        svg.close();
        end
    }
}
