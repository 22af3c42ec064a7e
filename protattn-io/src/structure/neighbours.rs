//! Which points are near a point, without a look at all of them.

use crate::Point;

/// Coordinates beyond this number of cells share the last one.
const MAX_CELL: f64 = (1 << 30) as f64;

type Cell = [i32; 3];

/// Points sorted by the cubic cell that they are in.
#[derive(Debug)]
pub(super) struct Grid {
    /// The edge of a cell, in Å.
    edge: f32,
    points: Vec<(Cell, usize)>,
}

impl Grid {
    /// The points of cells with more than `most` are left out.
    pub(super) fn new(points: impl Iterator<Item = Point>, edge: f32, most: usize) -> Self {
        let mut sorted: Vec<_> = points.map(|point| cell(point, edge)).zip(0..).collect();
        sorted.sort_unstable();
        let points = sorted
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|points| points.len() <= most)
            .flatten()
            .copied()
            .collect();
        Self { edge, points }
    }

    /// The indices of all points within an edge of this one, and of some more.
    pub(super) fn near(&self, point: Point) -> impl Iterator<Item = usize> {
        let [x, y, z] = cell(point, self.edge);
        let columns = (-1..=1).flat_map(move |dx| (-1..=1).map(move |dy| [x + dx, y + dy]));
        columns
            .flat_map(move |[x, y]| self.between([x, y, z - 1], [x, y, z + 1]))
            .map(|&(_, index)| index)
    }

    /// Of one column, since cells are sorted by z last.
    fn between(&self, first: Cell, last: Cell) -> &[(Cell, usize)] {
        let start = self.points.partition_point(|(cell, _)| *cell < first);
        let length = self.points[start..].partition_point(|(cell, _)| *cell <= last);
        &self.points[start..start + length]
    }
}

fn cell(point: Point, edge: f32) -> Cell {
    point.map(|value| {
        let cell = (f64::from(value) / f64::from(edge)).floor();
        cell.clamp(-MAX_CELL, MAX_CELL) as i32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_points_within_an_edge_are_found() {
        // A lattice across the origin, with steps that put points onto the edges of cells.
        let points: Vec<Point> = (0..1000)
            .map(|i| [i % 10, i / 10 % 10, i / 100].map(|k| 1.5 * k as f32 - 7.5))
            .collect();
        let grid = Grid::new(points.iter().copied(), 3.0, 256);
        for a in &points {
            let near: Vec<usize> = grid.near(*a).collect();
            let is_near = |b: &Point| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 3.0);
            for (index, _) in points.iter().enumerate().filter(|(_, b)| is_near(b)) {
                assert_eq!(near.iter().filter(|n| **n == index).count(), 1);
            }
        }
    }

    #[test]
    fn far_points_and_full_cells_are_no_trouble() {
        let far = [[f32::MAX; 3], [f32::MIN; 3]];
        let same = [[1.0; 3]; 4];
        let grid = Grid::new(far.into_iter().chain(same), 9.0, 3);
        assert_eq!(grid.near(far[0]).collect::<Vec<_>>(), [0]);
        assert_eq!(grid.near(far[1]).collect::<Vec<_>>(), [1]);
        assert_eq!(grid.near(same[0]).count(), 0);
    }
}
