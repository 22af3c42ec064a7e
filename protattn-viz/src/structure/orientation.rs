//! How the molecule is turned to the reader.

use super::vector::{Vector, add, cross, dot, scale, sub, unit};

/// Cyclic Jacobi sweeps; three by three converges in five or six.
const SWEEPS: usize = 30;

/// Three unit rows, right-handed: where x (to the right), y (up) and z (to the reader) come from.
pub(super) type Rotation = [Vector; 3];

/// A place to look at and a direction to look from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Orientation {
    centre: Vector,
    rotation: Rotation,
}

impl Orientation {
    /// The axes of largest, middle and least variance of `points` along x, y and z; turned so that
    /// the first point that lies off the middle is to the left and at the top. Never a mirror image.
    ///
    /// `turn` is in degrees about x, then y, then z of the picture.
    pub(super) fn of(points: &[Vector], turn: [f64; 3]) -> Self {
        let centre = mean(points);
        let axes = eigenvectors(covariance(points, centre));
        let x = signed(axes[0], points, centre, -1.0);
        let y = signed(axes[1], points, centre, 1.0);
        let principal = [x, y, cross(x, y)];
        Self {
            centre,
            rotation: multiply(turned(turn), principal),
        }
    }

    /// Where a point lies in the picture: x to the right, y up, z to the reader, in Å.
    pub(super) fn apply(&self, point: Vector) -> Vector {
        let from_centre = sub(point, self.centre);
        self.rotation.map(|row| dot(row, from_centre))
    }
}

fn mean(points: &[Vector]) -> Vector {
    let sum = points.iter().fold([0.0; 3], |sum, &point| add(sum, point));
    scale(sum, 1.0 / points.len().max(1) as f64)
}

fn covariance(points: &[Vector], centre: Vector) -> Rotation {
    let mut matrix = [[0.0; 3]; 3];
    for &point in points {
        let d = sub(point, centre);
        for (row, &a) in matrix.iter_mut().zip(&d) {
            for (cell, &b) in row.iter_mut().zip(&d) {
                *cell += a * b / points.len() as f64;
            }
        }
    }
    matrix
}

/// The axis or its opposite, whichever puts the first point that it tells apart on the side of
/// `sign`.
fn signed(axis: Vector, points: &[Vector], centre: Vector, sign: f64) -> Vector {
    // Less than a hundredth of an ångström is noise of the arithmetic.
    let along = points.iter().map(|&point| dot(axis, sub(point, centre)));
    let first = along.into_iter().find(|along| along.abs() > 0.01);
    if first.unwrap_or(sign) * sign < 0.0 {
        scale(axis, -1.0)
    } else {
        axis
    }
}

/// Unit eigenvectors of a symmetric matrix, the largest eigenvalue first (Jacobi's method; Golub
/// and Van Loan, *Matrix Computations*, 4th edition, section 8.5).
fn eigenvectors(mut a: Rotation) -> Rotation {
    // Row i of `v` is the eigenvector of a[i][i] at the end.
    let mut v = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for _ in 0..SWEEPS {
        for (p, q) in [(0, 1), (0, 2), (1, 2)] {
            rotate_away(&mut a, &mut v, p, q);
        }
    }
    let mut order = [0, 1, 2];
    order.sort_by(|&i, &j| a[j][j].total_cmp(&a[i][i]));
    order.map(|i| unit(v[i]).unwrap_or(v[i]))
}

/// One Jacobi rotation: makes a[p][q] zero.
fn rotate_away(a: &mut Rotation, v: &mut Rotation, p: usize, q: usize) {
    if a[p][q].abs() <= 1e-15 * (a[0][0].abs() + a[1][1].abs() + a[2][2].abs()) {
        return;
    }
    let tau = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
    let c = 1.0 / (1.0 + t * t).sqrt();
    let s = t * c;
    for row in a.iter_mut() {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
    for matrix in [a, v] {
        let (first, second) = (matrix[p], matrix[q]);
        matrix[p] = sub(scale(first, c), scale(second, s));
        matrix[q] = add(scale(first, s), scale(second, c));
    }
}

fn turned(degrees: [f64; 3]) -> Rotation {
    let [x, y, z] = degrees.map(|angle| angle.to_radians().sin_cos());
    let about_x = [[1.0, 0.0, 0.0], [0.0, x.1, -x.0], [0.0, x.0, x.1]];
    let about_y = [[y.1, 0.0, y.0], [0.0, 1.0, 0.0], [-y.0, 0.0, y.1]];
    let about_z = [[z.1, -z.0, 0.0], [z.0, z.1, 0.0], [0.0, 0.0, 1.0]];
    multiply(about_z, multiply(about_y, about_x))
}

fn multiply(a: Rotation, b: Rotation) -> Rotation {
    a.map(|row| std::array::from_fn(|j| (0..3).map(|k| row[k] * b[k][j]).sum()))
}

#[cfg(test)]
mod tests {
    use super::super::vector::length;
    use super::*;

    fn close(a: Vector, b: Vector) -> bool {
        length(sub(a, b)) < 1e-9
    }

    /// A cross in space: reach 5 along (1, 1, 0), 3 along (1, -1, 0), 1 along z; centre (1, 2, 3).
    fn cross_of_points() -> Vec<Vector> {
        let half = 0.5f64.sqrt();
        let arms = [
            scale([half, half, 0.0], 5.0),
            scale([half, -half, 0.0], 3.0),
            [0.0, 0.0, 1.0],
        ];
        let both = arms.iter().flat_map(|&arm| [arm, scale(arm, -1.0)]);
        both.map(|arm| add(arm, [1.0, 2.0, 3.0])).collect()
    }

    #[test]
    fn variance_falls_from_x_to_z() {
        let points = cross_of_points();
        let turned = Orientation::of(&points, [0.0; 3]);
        // The first point goes to the left, and the first off the x axis to the top.
        assert!(close(turned.apply(points[0]), [-5.0, 0.0, 0.0]));
        assert!(close(turned.apply(points[2]), [0.0, 3.0, 0.0]));
        assert!((turned.apply(points[4])[2].abs() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn no_mirror_images() {
        for points in [
            cross_of_points(),
            vec![[1.0, 1.0, 1.0]],
            vec![],
            vec![[0.0; 3], [1.0, 1.0, 1.0]],
        ] {
            let [x, y, z] = Orientation::of(&points, [20.0, -40.0, 170.0]).rotation;
            assert!(close(cross(x, y), z));
            assert!(dot(x, y).abs() < 1e-9 && (length(x) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn turns_are_about_the_axes_of_the_picture() {
        let points = cross_of_points();
        let seen = |turn, i: usize| Orientation::of(&points, turn).apply(points[i]);
        // A quarter about z takes left to bottom; about x takes top to the reader.
        assert!(close(seen([0.0, 0.0, 90.0], 0), [0.0, -5.0, 0.0]));
        assert!(close(seen([90.0, 0.0, 0.0], 2), [0.0, 0.0, 3.0]));
        // About y takes left to the reader.
        assert!(close(seen([0.0, 90.0, 0.0], 0), [0.0, 0.0, 5.0]));
    }

    #[test]
    fn jacobi_finds_known_eigenvectors() {
        // Eigenvalues 4, 2, 1 with eigenvectors (1, 1, 0), (1, -1, 0) and z.
        let found = eigenvectors([[3.0, 1.0, 0.0], [1.0, 3.0, 0.0], [0.0, 0.0, 1.0]]);
        let half = 0.5f64.sqrt();
        for (axis, expected) in
            found
                .into_iter()
                .zip([[half, half, 0.0], [half, -half, 0.0], [0.0, 0.0, 1.0]])
        {
            assert!((dot(axis, expected).abs() - 1.0).abs() < 1e-12, "{axis:?}");
        }
    }
}
