//! Intervals by resampling whole proteins.

mod interval;

use std::ops::{Div, Range, Sub};

use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use protattn_io::random::SplitMix64;
use serde::Serialize;

use crate::{Error, ZTest, two_sided_p};

/// About how many numbers a block of cells may hold in one table, so that memory stays bounded.
const BLOCK_VALUES: usize = 1 << 18;

/// The most cells in a block; beyond these the products become no faster.
const MAX_BLOCK: usize = 256;

/// A number, how far it may be off, and its standard error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// Of all clusters as they are; NaN where the denominator is 0.
    pub value: f64,
    /// Lower end of the interval; NaN if there is none.
    pub low: f64,
    /// Upper end of the interval; NaN if there is none.
    pub high: f64,
    /// The standard deviation over the replicates; NaN if there is no interval.
    pub standard_error: f64,
}

impl Estimate {
    /// Of what does not exist.
    pub(crate) const NONE: Self = Self {
        value: f64::NAN,
        low: f64::NAN,
        high: f64::NAN,
        standard_error: f64::NAN,
    };

    /// Whether the value differs from `reference`, taken as known: z = (value - reference) /
    /// standard error, and its [`two_sided_p`], by the normal approximation.
    ///
    /// NaN where the standard error is NaN, or 0: where no replicate differs, nothing measures the
    /// difference.
    ///
    /// ```
    /// let estimate = protattn_metrics::Estimate {
    ///     value: 0.75, low: 0.5, high: 1.0, standard_error: 0.125,
    /// };
    /// assert_eq!(estimate.z_test(0.5).z, 2.0);
    /// ```
    pub fn z_test(self, reference: f64) -> ZTest {
        let z = if self.standard_error > 0.0 {
            (self.value - reference) / self.standard_error
        } else {
            f64::NAN
        };
        ZTest {
            z,
            p_value: two_sided_p(z),
        }
    }
}

/// The bootstrap of ratios over clusters: intervals that know that arcs of one protein go together.
///
/// The arcs of a head in a protein depend on each other, and proteins differ: taken as independent,
/// arcs promise more than they hold, and [`wald_interval`](crate::Proportion::wald_interval) is too
/// narrow. Here the unit is the protein (or family): the *cluster*. Each *replicate* draws as many
/// clusters as there are, with replacement, and sums numerators and denominators over those drawn;
/// how the ratios of the replicates spread is how far the ratio of the sample may be off (Efron and
/// Tibshirani 1993, *An Introduction to the Bootstrap*, chapters 6 and 14).
///
/// # The interval
///
/// Bias-corrected and accelerated (BCa; Efron 1987, doi 10.2307/2289144). From B replicates and
/// confidence c, with Φ the normal distribution:
/// - z₀ = Φ⁻¹ of the share of replicates below the value, those equal to it counting half;
/// - a = Σ dᵢ³ / (6 (Σ dᵢ²)^(3/2)), where dᵢ is how much the value without cluster i is under the mean
///   of all such values (the jackknife);
/// - for each end, z = ±Φ⁻¹((1 + c) / 2), and the end is the quantile of the replicates (between two
///   of them, linear) at Φ(z₀ + (z₀ + z) / (1 - a (z₀ + z))).
///
/// As SciPy's `bootstrap`, method `BCa`. Where that does not exist:
/// - a replicate without a denominator (0) is left out. At least nine in ten must remain, or there is
///   no interval and no standard error (NaN): they would speak of the few clusters that have one;
/// - if all replicates are equal the interval is theirs, without width, and the standard error is 0.
///   So it is where the ratio is 0 or 1 in every cluster: of a rare class the bootstrap has seen
///   nothing, and [`wilson_interval`](crate::Proportion::wilson_interval) says more;
/// - where the value lies beyond every replicate (z₀ is infinite), or 1 - a (z₀ + z) is not positive,
///   the ends are the quantiles at (1 ± c) / 2; a is 0 where the jackknife shows no spread.
///
/// # Draws
///
/// From SplitMix64 (Steele, Lea and Flood 2014, doi 10.1145/2660193.2660195) at the seed, replicate
/// after replicate, each cluster the upper half of the product of a draw and the number of clusters,
/// rejected where that would favour some (Lemire 2019, doi 10.1145/3230636): the same on every
/// platform, and more replicates begin with the same ones.
///
/// # Exactness
///
/// Where numerators and denominators are integers and sums stay below 2⁵³, as for counts, sums are
/// exact and results do not depend on how cells are divided into calls. Cells do not depend on each
/// other, so parts of the columns may be given to several threads.
///
/// ```
/// use protattn_metrics::{Bootstrap, ndarray::array};
///
/// // Five proteins, two heads: arcs to contacts, and all arcs.
/// let contacts = array![[3., 0.], [9., 1.], [2., 0.], [7., 4.], [4., 0.]];
/// let arcs = array![[10., 20.], [12., 15.], [9., 30.], [11., 10.], [8., 25.]];
/// let estimates = Bootstrap::new(5, 2000, 1)?.ratio(contacts.view(), arcs.view())?;
/// assert_eq!(estimates[0].value, 25.0 / 50.0);
/// assert!(0.2 < estimates[0].low && estimates[0].low < 0.4);
/// assert!(0.6 < estimates[0].high && estimates[0].high < 0.8);
/// # Ok::<(), protattn_metrics::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Bootstrap {
    /// [replicate, cluster]
    weights: Array2<f64>,
    confidence: f64,
}

impl Bootstrap {
    /// Draws `replicates` resamples of `n_clusters` clusters. For an interval of 95 %, 1000
    /// replicates or more; for one corrected for many heads, many more.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] of fewer than two clusters or replicates; [`Error::Memory`] if the weights,
    /// eight bytes a replicate and cluster, do not fit into memory.
    pub fn new(n_clusters: usize, replicates: usize, seed: u64) -> Result<Self, Error> {
        for (what, found) in [("clusters", n_clusters), ("replicates", replicates)] {
            if found < 2 {
                return Err(Error::TooFew {
                    what,
                    expected: 2,
                    found,
                });
            }
        }
        let mut weights = zeros(replicates, n_clusters)?;
        let mut random = SplitMix64::new(seed);
        for mut replicate in weights.rows_mut() {
            for _ in 0..n_clusters {
                replicate[random.below(n_clusters)] += 1.0;
            }
        }
        Ok(Self {
            weights,
            confidence: 0.95,
        })
    }

    /// How surely an interval is to hold the truth. Default: 0.95.
    ///
    /// # Errors
    ///
    /// [`Error::Confidence`] if it is not over 0 and under 1.
    pub fn confidence(mut self, confidence: f64) -> Result<Self, Error> {
        if !(confidence > 0.0 && confidence < 1.0) {
            return Err(Error::Confidence { found: confidence });
        }
        self.confidence = confidence;
        Ok(self)
    }

    /// How often each replicate drew each cluster, [replicate, cluster]: integers, and the sum of
    /// each row is the number of clusters.
    pub fn weights(&self) -> ArrayView2<'_, f64> {
        self.weights.view()
    }

    /// For each cell (a head and class, say) the ratio of two sums over the clusters: both tables
    /// are [cluster, cell].
    ///
    /// # Errors
    ///
    /// [`Error::Shape`] if the tables do not have a row a cluster, or are of different shapes;
    /// [`Error::NotFinite`] if a value is infinite or not a number.
    pub fn ratio(
        &self,
        numerators: ArrayView2<'_, f64>,
        denominators: ArrayView2<'_, f64>,
    ) -> Result<Vec<Estimate>, Error> {
        let tables = [("numerators", numerators), ("denominators", denominators)];
        self.check(&tables)?;
        Ok(self.estimates(numerators.ncols(), |cells| {
            &self.sums(numerators, &cells) / &self.sums(denominators, &cells)
        }))
    }

    /// For each cell the ratio of the first two sums less that of the last two, both over the same
    /// clusters: what was observed against a null model, say. All tables are [cluster, cell].
    ///
    /// A replicate draws the same clusters for both ratios, so what they share does not count as
    /// uncertain.
    ///
    /// # Errors
    ///
    /// As of [`ratio`](Self::ratio).
    ///
    /// ```
    /// use protattn_metrics::{Bootstrap, ndarray::array};
    ///
    /// let arcs = array![[10.], [10.], [10.]];
    /// let (observed, expected) = (array![[9.], [5.], [3.]], array![[7.], [3.], [1.]]);
    /// let bootstrap = Bootstrap::new(3, 1000, 1)?;
    /// let estimate =
    ///     bootstrap.difference(observed.view(), arcs.view(), expected.view(), arcs.view())?[0];
    /// // Proteins differ, but each is 0.2 over what was expected of it.
    /// assert!((estimate.value - 0.2).abs() < 1e-15);
    /// assert_eq!(estimate.standard_error, 0.0);
    /// # Ok::<(), protattn_metrics::Error>(())
    /// ```
    pub fn difference(
        &self,
        a_numerators: ArrayView2<'_, f64>,
        a_denominators: ArrayView2<'_, f64>,
        b_numerators: ArrayView2<'_, f64>,
        b_denominators: ArrayView2<'_, f64>,
    ) -> Result<Vec<Estimate>, Error> {
        self.check(&[
            ("numerators of a", a_numerators),
            ("denominators of a", a_denominators),
            ("numerators of b", b_numerators),
            ("denominators of b", b_denominators),
        ])?;
        Ok(self.estimates(a_numerators.ncols(), |cells| {
            let a = &self.sums(a_numerators, &cells) / &self.sums(a_denominators, &cells);
            let b = &self.sums(b_numerators, &cells) / &self.sums(b_denominators, &cells);
            &a - &b
        }))
    }

    /// Whether the tables have a row a cluster, the columns of the first, and numbers throughout.
    fn check(&self, tables: &[(&'static str, ArrayView2<'_, f64>)]) -> Result<(), Error> {
        for &(what, table) in tables {
            let expected = [self.weights.ncols(), tables[0].1.ncols()];
            let found = [table.nrows(), table.ncols()];
            if found != expected {
                return Err(Error::Shape {
                    what,
                    expected,
                    found,
                });
            }
            let not_finite = |(_, value): &(_, &f64)| !value.is_finite();
            if let Some(((cluster, cell), &found)) = table.indexed_iter().find(not_finite) {
                return Err(Error::NotFinite {
                    what,
                    index: vec![cluster, cell],
                    found,
                });
            }
        }
        Ok(())
    }

    /// The estimates of `n_cells` cells, of which `statistic` computes a block at a time.
    fn estimates(
        &self,
        n_cells: usize,
        statistic: impl Fn(Range<usize>) -> Resampled,
    ) -> Vec<Estimate> {
        let (replicates, n_clusters) = self.weights.dim();
        let block = (BLOCK_VALUES / replicates.max(n_clusters)).clamp(1, MAX_BLOCK);
        let mut estimates = Vec::new();
        for first in (0..n_cells).step_by(block) {
            let block = statistic(first..n_cells.min(first + block));
            estimates.extend(block.estimates(self));
        }
        estimates
    }

    /// The sums of the columns of a table of counts, [cluster, cell].
    pub(crate) fn resampled(&self, table: &Array2<f64>) -> Resampled {
        self.sums(table.view(), &(0..table.ncols()))
    }

    /// The sums of some of the columns of a table.
    fn sums(&self, table: ArrayView2<'_, f64>, cells: &Range<usize>) -> Resampled {
        // A cell a row, so that what follows runs along rows.
        let columns = table.slice_move(s![.., cells.clone()]).reversed_axes();
        let values = columns.as_standard_layout().into_owned();
        let whole = values.sum_axis(Axis(1));
        Resampled {
            replicates: values.dot(&self.weights.t()),
            without: &whole.view().insert_axis(Axis(1)) - &values,
            whole,
        }
    }
}

/// A statistic of a block of cells.
pub(crate) struct Resampled {
    /// [cell], of the clusters as they are.
    whole: Array1<f64>,
    /// [cell, replicate]
    replicates: Array2<f64>,
    /// [cell, cluster], of all clusters but this.
    without: Array2<f64>,
}

impl Resampled {
    /// Of the clusters as they are, one a cell.
    pub(crate) fn values(&self) -> &[f64] {
        self.whole.as_slice().unwrap_or_default()
    }

    /// The estimates of all cells.
    pub(crate) fn estimates(&self, bootstrap: &Bootstrap) -> Vec<Estimate> {
        let estimate = |(cell, &value): (usize, &f64)| {
            let (replicates, without) = (self.replicates.row(cell), self.without.row(cell));
            interval::estimate(value, replicates, without, bootstrap.confidence)
        };
        self.whole.iter().enumerate().map(estimate).collect()
    }
}

/// Cell by cell; a divisor of one cell divides all.
impl Div for &Resampled {
    type Output = Resampled;

    fn div(self, other: Self) -> Resampled {
        Resampled {
            whole: &self.whole / &other.whole,
            replicates: &self.replicates / &other.replicates,
            without: &self.without / &other.without,
        }
    }
}

/// Cell by cell; a subtrahend of one cell is taken from all.
impl Sub for &Resampled {
    type Output = Resampled;

    /// Replicates that differ from the whole by no more than the rounding of the ratios are made
    /// equal to it: what is the same in every replicate must not seem to vary.
    fn sub(self, other: Self) -> Resampled {
        let whole = &self.whole - &other.whole;
        let mut replicates = &self.replicates - &other.replicates;
        for (cell, mut row) in replicates.rows_mut().into_iter().enumerate() {
            let value = whole[cell];
            let taken = other.whole[cell.min(other.whole.len() - 1)];
            let rounding = 4.0 * f64::EPSILON * (self.whole[cell].abs() + taken.abs());
            row.mapv_inplace(|replicate| {
                if (replicate - value).abs() <= rounding {
                    value
                } else {
                    replicate
                }
            });
        }
        Resampled {
            whole,
            replicates,
            without: &self.without - &other.without,
        }
    }
}

/// Weights of nothing drawn yet, if memory can hold them.
fn zeros(rows: usize, columns: usize) -> Result<Array2<f64>, Error> {
    let too_large = || Error::Memory {
        what: "weights",
        rows,
        columns,
    };
    let n = rows.checked_mul(columns).ok_or_else(too_large)?;
    let mut values = Vec::new();
    values.try_reserve_exact(n).map_err(|_| too_large())?;
    values.resize(n, 0.0);
    Array2::from_shape_vec((rows, columns), values).map_err(|_| too_large())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;

    use super::*;

    fn permuted(table: &Array2<f64>, axis: usize, order: &[usize]) -> Array2<f64> {
        table.select(Axis(axis), order)
    }

    #[test]
    fn the_order_of_the_clusters_does_not_matter() {
        let numerators = array![[3., 0.], [9., 1.], [2., 0.], [7., 4.], [4., 2.]];
        let denominators = array![[10., 20.], [12., 15.], [9., 30.], [11., 10.], [8., 25.]];
        let bootstrap = Bootstrap::new(5, 500, 3).unwrap();
        let order = [4, 2, 0, 1, 3];
        let other = Bootstrap {
            weights: permuted(&bootstrap.weights, 1, &order),
            ..bootstrap.clone()
        };
        let expected = bootstrap
            .ratio(numerators.view(), denominators.view())
            .unwrap();
        let found = other
            .ratio(
                permuted(&numerators, 0, &order).view(),
                permuted(&denominators, 0, &order).view(),
            )
            .unwrap();
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found.value, expected.value);
            assert_eq!(found.standard_error, expected.standard_error);
            // The jackknife's mean is a sum of fractions, which are rounded.
            assert!((found.low - expected.low).abs() < 1e-12);
            assert!((found.high - expected.high).abs() < 1e-12);
        }
    }

    #[test]
    fn weights_that_do_not_fit_into_memory_are_refused() {
        for columns in [usize::MAX, usize::MAX / 4] {
            let error = zeros(3, columns).unwrap_err();
            assert!(matches!(error, Error::Memory { rows: 3, .. }), "{error}");
        }
    }
}
