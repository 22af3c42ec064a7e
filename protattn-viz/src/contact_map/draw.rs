//! The parts of a contact map.

use super::ContactMap;
use crate::layout::{
    self, CAP_HEIGHT, HAIRLINE, Key, LABEL, LEADING, MARGIN, TICK, TICK_LENGTH, TICK_OFFSET,
};
use crate::marks::Mark;
use crate::palette::{self, Ramp};
use crate::plot::{self, ColourBar, Pieces};
use crate::scale::{self, Axis};
use crate::svg::{Anchor, Rect, Style, Svg};

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

/// Draws everything; gives the height of the figure.
pub(super) fn figure(
    figure: &ContactMap<'_>,
    end: f64,
    contacts: &[(usize, usize)],
    svg: &mut Svg,
) -> f64 {
    let column = figure.column();
    let top = layout::heading(svg, figure.title, column) + 6.0;
    let numbers: Vec<String> = (0..figure.n_residues()).map(|i| figure.number(i)).collect();
    let style = Style::new(TICK, Anchor::End);
    let widths = numbers.iter().map(|number| style.width(number));
    let widest = widths.fold(0.0, f64::max).min(MAX_NUMBER_WIDTH);
    let x = MARGIN + LABEL * LEADING + widest + TICK_OFFSET;
    let side = column.width() - MARGIN - RIGHT - x;
    let map = Map {
        figure,
        numbers: &numbers,
        contacts,
        widest,
        rect: Rect {
            x,
            y: top,
            width: side,
            height: side,
        },
        colours: ColourBar {
            ramp: Ramp::Sequential,
            axis: Axis::from_zero(end, layout::MAX_INTERVALS),
            background: None,
        },
    };
    map.draw(svg)
}

struct Map<'a, 'b> {
    figure: &'a ContactMap<'b>,
    numbers: &'a [String],
    /// Cells below the diagonal, in order and each once.
    contacts: &'a [(usize, usize)],
    /// Room for a number.
    widest: f64,
    rect: Rect,
    colours: ColourBar,
}

impl Map<'_, '_> {
    fn side(&self) -> f64 {
        self.rect.width / self.numbers.len() as f64
    }

    fn cell(&self, row: usize, column: usize) -> Rect {
        let side = self.side();
        Rect {
            x: self.rect.x + column as f64 * side,
            y: self.rect.y + row as f64 * side,
            width: side,
            height: side,
        }
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
        let label = format!("{} (above the diagonal)", self.figure.value_label);
        let room = self.rect.width;
        let width = BAR_WIDTH.min(room);
        let bottom = self
            .colours
            .draw(svg, &label, (x, bottom + 8.0), (width, room));
        let mut entries = Vec::new();
        if !self.contacts.is_empty() {
            let words = format!("{} (below)", self.figure.contact_label);
            let mark = if self.side() >= ROUND_SIDE {
                Mark::Circle
            } else {
                Mark::Square
            };
            entries.push((Key::Mark(mark, CONTACTS), words));
        }
        if any_undefined {
            entries.push((Key::Undefined, "undefined".to_owned()));
        }
        let gap = if entries.is_empty() { 0.0 } else { 8.0 };
        layout::legend(svg, &entries, (x, bottom + gap), room) + MARGIN
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
        pieces.draw(
            svg,
            palette::UNSCORED,
            (self.rect.x, self.rect.y),
            (self.side(), 0.0),
        );
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
        let threshold = self.figure.threshold;
        let drawn = || self.figure.above().filter(|(_, value)| *value >= threshold);
        svg.open("cells");
        if self.side() >= SPEAKING_SIDE && drawn().count() <= MAX_SPEAKING {
            for ((row, column), value) in drawn() {
                let words = format!("{}: {}", self.pair(row, column), layout::number(value, ""));
                svg.rect(self.cell(row, column), &self.colours.colour(value), &words);
            }
        } else {
            let value = |row, column| self.value(row, column);
            let corner = (self.rect.x, self.rect.y);
            plot::cells(
                svg,
                (self.numbers.len(), value),
                &self.colours,
                corner,
                (self.side(), LEAST),
            );
        }
        svg.close();
    }

    fn draw_contacts(&self, svg: &mut Svg) {
        let (side, colour) = (self.side(), palette::series(CONTACTS));
        let is_round = side >= ROUND_SIDE;
        svg.open("contacts");
        if side >= SPEAKING_SIDE && self.contacts.len() <= MAX_SPEAKING {
            for &(row, column) in self.contacts {
                let words = format!("{}: contact", self.pair(column, row));
                let cell = self.cell(row, column);
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
        let mut strokes = Vec::new();
        svg.open("residues");
        for i in scale::thinned_numbers(self.numbers, side, TICK * 1.15) {
            let y = self.rect.y + (i as f64 + 0.5) * side;
            strokes.push([self.rect.x - TICK_LENGTH, y, self.rect.x, y]);
            let place = (self.rect.x - TICK_OFFSET, y + TICK * CAP_HEIGHT / 2.0);
            let style = Style::new(TICK, Anchor::End);
            svg.text(place.0, place.1, &self.shortened(i, style), style);
        }
        let baseline = bottom + TICK_OFFSET + TICK * CAP_HEIGHT;
        for i in scale::thinned_numbers(self.numbers, side, self.widest + 3.0) {
            let x = self.rect.x + (i as f64 + 0.5) * side;
            strokes.push([x, bottom, x, bottom + TICK_LENGTH]);
            let style = Style::new(TICK, Anchor::Middle);
            svg.text(x, baseline, &self.shortened(i, style), style);
        }
        svg.strokes(&strokes, palette::INK, HAIRLINE);
        plot::axis_title(
            svg,
            &["Residue".to_owned()],
            (MARGIN, self.rect.y + self.rect.height / 2.0),
        );
        let place = (self.rect.x + self.rect.width / 2.0, baseline + 4.0);
        let style = Style::new(LABEL, Anchor::Middle);
        let end = layout::paragraph(svg, "Residue", place, self.rect.width, style);
        svg.close();
        end
    }
}
