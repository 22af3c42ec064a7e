//! Maps of many cells, in a file that stays small.

use super::ColourBar;
use crate::layout;
use crate::svg::{Rect, Svg};
use std::fmt::Write as _;
use std::ops::Range;

/// Steps of the scale of colours; fewer would show, more would cost.
const LEVELS: usize = 48;

/// Draws a square of `n` by `n` cells of `side`, row 0 at the top left corner, without tooltips:
/// neighbours along a row that look alike are one piece, and all pieces of a colour one path.
///
/// Cells whose value, given row and column, is NaN are left out. Those in the upper half of the
/// scale are at least `least` wide, over others, so that few and strong ones show.
pub(crate) fn cells(
    svg: &mut Svg,
    (n, value): (usize, impl Fn(usize, usize) -> f64),
    colours: &ColourBar,
    corner: (f64, f64),
    (side, least): (f64, f64),
) {
    let level = |value: f64| {
        let share = colours.axis.share(value);
        (!value.is_nan()).then_some((share * (LEVELS - 1) as f64).round() as usize)
    };
    let mut paths = vec![Pieces::default(); LEVELS];
    for row in 0..n {
        for (run, level) in runs(n, |column| level(value(row, column))) {
            if let Some(level) = level {
                paths[level].push(row, run);
            }
        }
    }
    for (level, pieces) in paths.iter().enumerate() {
        let share = level as f64 / (LEVELS - 1) as f64;
        let least = if share < 0.5 { 0.0 } else { least };
        pieces.draw(svg, &colours.ramp.colour(share), corner, (side, least));
    }
}

/// Draws each cell in its colour, those without one hatched, with what it says under a pointer;
/// tells whether any has no colour.
pub(crate) fn speaking_cells(
    svg: &mut Svg,
    cells: impl Iterator<Item = (Rect, Option<String>, String)>,
) -> bool {
    let mut undefined = Vec::new();
    for (cell, colour, words) in cells {
        match colour {
            Some(colour) => svg.rect(cell, &colour, &words),
            None => undefined.push((cell, words)),
        }
    }
    layout::unscored(svg, &undefined);
    !undefined.is_empty()
}

/// The stretches of columns that look alike, and their look.
pub(crate) fn runs<T: PartialEq + Copy>(
    n: usize,
    look: impl Fn(usize) -> T,
) -> Vec<(Range<usize>, T)> {
    let mut runs: Vec<(Range<usize>, T)> = Vec::new();
    for column in 0..n {
        let now = look(column);
        match runs.last_mut() {
            Some((run, last)) if *last == now => run.end = column + 1,
            _ => runs.push((column..column + 1, now)),
        }
    }
    runs
}

/// Stretches of cells of one colour.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pieces(String);

impl Pieces {
    /// Adds columns of a row.
    pub(crate) fn push(&mut self, row: usize, columns: Range<usize>) {
        // Writing to a String cannot fail.
        let _ = write!(self.0, "M{} {row}h{}", columns.start, columns.len());
    }

    /// Draws all, if any, in cells of `side`, but at least `least` wide, from a corner on.
    pub(crate) fn draw(
        &self,
        svg: &mut Svg,
        colour: &str,
        corner: (f64, f64),
        (side, least): (f64, f64),
    ) {
        if !self.0.is_empty() {
            svg.cells(&self.0, colour, corner, (side, least));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_that_look_alike_are_one_stretch() {
        let row = [1, 1, 2, 1, 1, 1];
        let expected = [(0..2, 1), (2..3, 2), (3..6, 1)];
        assert_eq!(runs(6, |column| row[column]), expected);
        assert_eq!(runs(0, |column| column), []);
    }

    #[test]
    fn stretches_are_strokes_in_cells() {
        let mut pieces = Pieces::default();
        pieces.push(3, 5..9);
        pieces.push(4, 0..1);
        assert_eq!(pieces.0, "M5 3h4M0 4h1");
    }
}
