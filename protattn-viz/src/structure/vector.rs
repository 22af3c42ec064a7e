//! Vectors in space, and the plane of the picture.

pub(super) type Vector = [f64; 3];

pub(super) fn add(a: Vector, b: Vector) -> Vector {
    std::array::from_fn(|i| a[i] + b[i])
}

pub(super) fn sub(a: Vector, b: Vector) -> Vector {
    std::array::from_fn(|i| a[i] - b[i])
}

pub(super) fn scale(a: Vector, factor: f64) -> Vector {
    a.map(|x| x * factor)
}

pub(super) fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn cross(a: Vector, b: Vector) -> Vector {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

pub(super) fn length(a: Vector) -> f64 {
    dot(a, a).sqrt()
}

pub(super) fn lerp(a: Vector, b: Vector, t: f64) -> Vector {
    std::array::from_fn(|i| a[i] + (b[i] - a[i]) * t)
}

/// `a` at length 1, or nothing for one too short to have a direction.
pub(super) fn unit(a: Vector) -> Option<Vector> {
    let length = length(a);
    (length > 1e-9).then(|| scale(a, 1.0 / length))
}

/// A unit vector at right angles to `a`.
pub(super) fn perpendicular(a: Vector) -> Vector {
    // The axis that is least along `a` is never parallel to it.
    let axis = (0..3).fold(0, |low, i| if a[i].abs() < a[low].abs() { i } else { low });
    let mut other = [0.0; 3];
    other[axis] = 1.0;
    unit(cross(a, other)).unwrap_or([1.0, 0.0, 0.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cross_products_are_right_handed() {
        assert_eq!(cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]), [0.0, 0.0, 1.0]);
        assert_eq!(cross([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]), [-3.0, 6.0, -3.0]);
    }

    #[test]
    fn every_vector_has_a_perpendicular() {
        for a in [[3.0, 0.0, 0.0], [1.0, 2.0, -3.0], [0.0, 0.0, 0.0]] {
            let p = perpendicular(a);
            assert!(dot(a, p).abs() < 1e-12 && (length(p) - 1.0).abs() < 1e-12);
        }
    }
}
