//! Panels of one size, side by side.

use crate::svg::Rect;

/// Where panels lie: all of one width and height.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    pub(crate) count: usize,
    pub(crate) columns: usize,
    /// Upper left corner of the plot of the first panel.
    pub(crate) origin: (f64, f64),
    /// Width and height of the plot of a panel.
    pub(crate) plot: (f64, f64),
    /// From the left edge of a plot to the next, and from the upper edge to the next.
    pub(crate) pitch: (f64, f64),
}

impl Grid {
    /// Plots in `columns` between two edges, each with `left` free before it and, but for the
    /// first, `gap` before that.
    pub(crate) fn new(
        (count, columns): (usize, usize),
        (from, to): (f64, f64),
        (left, gap): (f64, f64),
    ) -> Self {
        let columns = columns.clamp(1, count.max(1));
        let pitch = (to - from + gap) / columns as f64;
        Self {
            count,
            columns,
            origin: (from + left, 0.0),
            plot: (pitch - gap - left, 0.0),
            pitch: (pitch, 0.0),
        }
    }

    /// The same with the heights set: of the first plot's top, of a plot, from top to top.
    pub(crate) fn heights(mut self, top: f64, height: f64, pitch: f64) -> Self {
        self.origin.1 = top;
        self.plot.1 = height;
        self.pitch.1 = pitch;
        self
    }

    pub(crate) fn rows(&self) -> usize {
        self.count.div_ceil(self.columns)
    }

    /// The plot at a column and row.
    fn at(&self, column: usize, row: usize) -> Rect {
        let x = self.origin.0 + column as f64 * self.pitch.0;
        let y = self.origin.1 + row as f64 * self.pitch.1;
        Rect::new((x, y), self.plot)
    }

    /// The plot of a panel where panels follow each other to the right.
    pub(crate) fn across(&self, panel: usize) -> Rect {
        self.at(panel % self.columns, panel / self.columns)
    }

    /// The plot of a panel where panels follow each other downwards.
    pub(crate) fn down(&self, panel: usize) -> Rect {
        self.at(panel / self.rows(), panel % self.rows())
    }

    /// Whether nothing is below a panel, where panels follow each other downwards.
    pub(crate) fn is_foot(&self, panel: usize) -> bool {
        panel % self.rows() + 1 == self.rows() || panel + 1 == self.count
    }

    /// The lower edge of the last row of plots.
    pub(crate) fn bottom(&self) -> f64 {
        self.at(0, self.rows().saturating_sub(1)).bottom()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_fill_the_width_and_flow_both_ways() {
        let grid = Grid::new((5, 2), (10.0, 110.0), (8.0, 4.0)).heights(20.0, 30.0, 50.0);
        assert_eq!((grid.rows(), grid.plot.0), (3, 40.0));
        let place = |rect: Rect| (rect.x, rect.y);
        assert_eq!(place(grid.across(1)), (70.0, 20.0));
        assert_eq!(place(grid.down(1)), (18.0, 70.0));
        assert_eq!(place(grid.down(3)), (70.0, 20.0));
        assert_eq!(grid.across(1).right(), 110.0);
        assert_eq!(grid.bottom(), 150.0);
        let feet: Vec<usize> = (0..5).filter(|&i| grid.is_foot(i)).collect();
        assert_eq!(feet, [2, 4]);
    }
}
