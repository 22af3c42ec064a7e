//! The test of Mantel.

use ndarray::{Array2, ArrayView2};
use protattn_io::random::SplitMix64;
use serde::Serialize;

use crate::Error;
use crate::correlation::standardised;

/// What permuting makes of rounding: correlations nearer than this count as equal.
const TOLERANCE: f64 = 1e-12;

/// The outcome of [`mantel`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Mantel {
    /// Pearson's correlation over the pairs, in [-1, 1]; NaN if a table is constant.
    pub r: f64,
    /// Two-sided, in [1 / (`permutations` + 1), 1]; NaN where `r` is.
    pub p_value: f64,
    /// How many permutations were drawn.
    pub permutations: usize,
}

/// Whether two tables of pairs agree, where the pairs share their members: the permutation test of
/// Mantel (1967).
///
/// `a` and `b` [item, item] say how alike each two items are, by one measure and by another. Pairs
/// that share an item are not independent, which the test of a correlation assumes; here the items
/// of `b` are permuted instead, all pairs with them, `permutations` times. The p-value is
/// (1 + k) / (1 + `permutations`), where k permutations have a correlation at least as far from 0 as
/// that of the tables (Phipson and Smyth 2010, doi 10.2202/1544-6115.1585).
///
/// Each pair is read once, below the diagonal ([i, j] with i > j) of `a`, and `b` is taken as
/// symmetric: of it, too, only what is below the diagonal is read. Permutations come from SplitMix64
/// at `seed` and a shuffle of Fisher and Yates, and are the same on every platform.
///
/// # Errors
///
/// [`Error::Shape`] if the two are not square and of one size; [`Error::TooFew`] of fewer than three
/// items, which have fewer than two pairs; [`Error::NotFinite`] if a value below the diagonal is
/// infinite or not a number.
///
/// ```
/// use protattn_metrics::{mantel, ndarray::array};
///
/// let a = array![[0., 0., 0.], [1., 0., 0.], [5., 6., 0.]];
/// let test = mantel(a.view(), a.view(), 999, 1)?;
/// assert!((test.r - 1.0).abs() < 1e-12);
/// assert!(test.p_value > 0.1); // three items have only six orders
/// # Ok::<(), protattn_metrics::Error>(())
/// ```
pub fn mantel(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
    permutations: usize,
    seed: u64,
) -> Result<Mantel, Error> {
    let n = a.nrows();
    let a = standardised(&pairs(a, n, "a")?);
    let b = standardised(&pairs(b, n, "b")?);
    let (Some(a), Some(b)) = (a, b) else {
        return Ok(Mantel {
            r: f64::NAN,
            p_value: f64::NAN,
            permutations,
        });
    };
    let b = symmetric(&b, n);
    let correlation = |order: &[usize]| -> f64 {
        below_diagonal(n)
            .zip(&a)
            .map(|((i, j), a)| a * b[[order[i], order[j]]])
            .sum()
    };

    let mut order: Vec<usize> = (0..n).collect();
    let r = correlation(&order).clamp(-1.0, 1.0);
    let mut random = SplitMix64::new(seed);
    let mut as_far = 1_u64;
    for _ in 0..permutations {
        random.shuffle(&mut order);
        as_far += u64::from(correlation(&order).abs() >= r.abs() - TOLERANCE);
    }
    Ok(Mantel {
        r,
        p_value: as_far as f64 / (permutations as f64 + 1.0),
        permutations,
    })
}

/// The pairs [i, j] of `n` items with i > j, row by row.
pub(crate) fn below_diagonal(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (1..n).flat_map(|i| (0..i).map(move |j| (i, j)))
}

/// What a table of `n` items holds of each pair, checked.
fn pairs(table: ArrayView2<'_, f64>, n: usize, what: &'static str) -> Result<Vec<f64>, Error> {
    if table.dim() != (n, n) {
        return Err(Error::Shape {
            what,
            expected: [n, n],
            found: [table.nrows(), table.ncols()],
        });
    }
    if n < 3 {
        return Err(Error::TooFew {
            what: "items",
            expected: 3,
            found: n,
        });
    }
    let value = |(i, j)| {
        let value: f64 = table[[i, j]];
        if value.is_finite() {
            return Ok(value);
        }
        Err(Error::NotFinite {
            what,
            index: vec![i, j],
            found: value,
        })
    };
    below_diagonal(n).map(value).collect()
}

/// The table of these pairs, both ways; 0 on the diagonal.
fn symmetric(pairs: &[f64], n: usize) -> Array2<f64> {
    let mut table = Array2::zeros((n, n));
    for ((i, j), &value) in below_diagonal(n).zip(pairs) {
        table[[i, j]] = value;
        table[[j, i]] = value;
    }
    table
}
