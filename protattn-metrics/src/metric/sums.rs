//! The accumulator behind every table of metrics.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::{HeadValues, Metric, Quantity};
use crate::checked::checked_when_read;
use crate::{Error, MetricRow};

/// Values are kept as whole multiples of 2⁻³⁰, so that sums do not depend on their order.
const SCALE: f64 = (1_u64 << 30) as f64;
/// The largest value that is kept: the square of it, scaled, still fits. Where a sum of such does not, it
/// is an error.
const LARGEST: f64 = (1_u64 << 31) as f64;
/// The chance that the interval of a row misses.
const ALPHA: f64 = 0.05;

/// What one [`Metric`] found, summed over proteins: the value of each quantity for each layer and
/// head, and how it varies from protein to protein.
///
/// # Laws
///
/// Sums are of integers: [merging](Self::merge) is associative and commutative to the bit, and
/// proteins summed by two that are then merged give what one would have. Serialised sums read back
/// as the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct MetricSums {
    metric: String,
    quantities: Vec<Quantity>,
    layers: Vec<usize>,
    n_heads: usize,
    /// [row, head, quantity]
    moments: Vec<Moments>,
}

/// Sums over proteins of a numerator v and a weight w, and of their products, scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Moments {
    /// Proteins with a weight.
    n: u64,
    v: i128,
    w: i128,
    vv: i128,
    vw: i128,
    ww: i128,
}

checked_when_read!(MetricSums);

impl MetricSums {
    /// Nothing summed yet.
    ///
    /// `layers` are the 0-based layers of the model that the metric will see, ascending.
    ///
    /// # Errors
    ///
    /// [`Error::Quantities`] if the metric has no quantities or two alike; [`Error::LayerOrder`] if
    /// `layers` do not ascend; [`Error::Overflow`] if there would be more sums than memory can
    /// address.
    pub fn new(metric: &dyn Metric, layers: Vec<usize>, n_heads: usize) -> Result<Self, Error> {
        Self::of(metric.name(), metric.quantities(n_heads), layers, n_heads)
    }

    /// As [`new`](Self::new), for what is found by other means than a [`Metric`].
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn of(
        name: &str,
        quantities: Vec<Quantity>,
        layers: Vec<usize>,
        n_heads: usize,
    ) -> Result<Self, Error> {
        let mut sums = Self {
            metric: name.to_owned(),
            quantities,
            layers,
            n_heads,
            moments: Vec::new(),
        };
        sums.moments = vec![Moments::default(); sums.n_cells()?];
        Ok(sums)
    }

    /// The number of cells, if the axes make sense.
    fn n_cells(&self) -> Result<usize, Error> {
        let twice = |quantity: &Quantity| self.quantities.iter().filter(|q| *q == quantity).count();
        if self.quantities.is_empty() || self.quantities.iter().any(|q| twice(q) > 1) {
            return Err(Error::Quantities {
                metric: self.metric.clone(),
                found: self.quantities.len(),
            });
        }
        if let Some(pair) = self.layers.windows(2).find(|pair| pair[0] >= pair[1]) {
            let (previous, found) = (pair[0], pair[1]);
            return Err(Error::LayerOrder { previous, found });
        }
        let cells = self.layers.len().checked_mul(self.n_heads);
        let cells = cells.and_then(|n| n.checked_mul(self.quantities.len()));
        cells
            .filter(|n| *n <= isize::MAX as usize / size_of::<Moments>())
            .ok_or_else(|| self.overflow())
    }

    /// Refuses saved sums that are not one for each cell.
    fn check(&self) -> Result<(), Error> {
        let (expected, found) = (self.n_cells()?, self.moments.len());
        if expected == found {
            return Ok(());
        }
        Err(Error::MetricValue {
            metric: self.metric.clone(),
            message: format!("{found} saved sums for {expected} heads and quantities"),
        })
    }

    fn overflow(&self) -> Error {
        Error::MetricOverflow {
            metric: self.metric.clone(),
        }
    }

    /// For one protein, values of each layer in the order of [`layers`](Self::layers), empty.
    pub fn fresh(&self) -> Vec<HeadValues> {
        vec![HeadValues::new(self.n_heads, self.quantities.len()); self.layers.len()]
    }

    /// Adds what was found of one protein: values of each layer in the order of
    /// [`layers`](Self::layers).
    ///
    /// # Errors
    ///
    /// [`Error::MetricValue`] if a value is not finite, too large or of a negative weight, or if
    /// there are not as many as [`fresh`](Self::fresh) has; [`Error::MetricOverflow`] if a sum is
    /// too large. Nothing is added then.
    pub fn push(&mut self, protein: &[HeadValues]) -> Result<(), Error> {
        let found = || protein.iter().flat_map(|layer| &layer.values);
        if found().count() != self.moments.len() {
            return Err(Error::MetricValue {
                metric: self.metric.clone(),
                message: format!(
                    "{} values for {} heads and quantities",
                    found().count(),
                    self.moments.len()
                ),
            });
        }
        let bad = |(v, w): &&(f64, f64)| !(v.abs() <= LARGEST && (0.0..=LARGEST).contains(w));
        if let Some((v, w)) = found().find(bad) {
            return Err(Error::MetricValue {
                metric: self.metric.clone(),
                message: format!("a value of {v} with the weight {w}"),
            });
        }
        let one: Vec<Moments> = found().map(|&(v, w)| Moments::of(v, w)).collect();
        self.add(&one)
    }

    /// Adds the sums of other proteins.
    ///
    /// # Errors
    ///
    /// [`Error::MetricMerge`] if the two are not of the same metric, quantities, layers and heads;
    /// [`Error::MetricOverflow`] if a sum is too large. Nothing is added then.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        let of = |sums: &Self| (sums.metric.clone(), sums.quantities.clone());
        let axes = |sums: &Self| (sums.layers.clone(), sums.n_heads);
        if of(self) != of(other) || axes(self) != axes(other) {
            return Err(Error::MetricMerge {
                metric: self.metric.clone(),
                expected: format!("{:?} of layers and heads {:?}", of(self), axes(self)),
                found: format!("{:?} of layers and heads {:?}", of(other), axes(other)),
            });
        }
        self.add(&other.moments)
    }

    fn add(&mut self, other: &[Moments]) -> Result<(), Error> {
        let sums: Option<Vec<Moments>> = self
            .moments
            .iter()
            .zip(other)
            .map(|(a, b)| a.plus(b))
            .collect();
        self.moments = sums.ok_or_else(|| self.overflow())?;
        Ok(())
    }

    /// The metric.
    pub fn metric(&self) -> &str {
        &self.metric
    }

    /// What it gives of each head.
    pub fn quantities(&self) -> &[Quantity] {
        &self.quantities
    }

    /// The 0-based layers, ascending.
    pub fn layers(&self) -> &[usize] {
        &self.layers
    }

    /// Whether no protein has a weight in any of them.
    pub fn is_empty(&self) -> bool {
        self.moments.iter().all(|moments| moments.n == 0)
    }

    /// A row for each quantity, layer and head, in this order; `attention` says whose it is, such as
    /// [`OBSERVED`](crate::OBSERVED).
    ///
    /// The standard error takes proteins as drawn independently, not residues or pairs: it is that
    /// of a ratio estimator, √(n / (n - 1) Σ (v - R w)²) / Σ w with R = Σ v / Σ w (Cochran 1977,
    /// *Sampling Techniques*, section 6.3; the same as the linearised cluster-robust one), and the
    /// interval is R ± t times it, t the quantile of Student's distribution with n - 1 degrees of
    /// freedom.
    pub fn rows(&self, attention: &str) -> Vec<MetricRow> {
        let mut rows = Vec::with_capacity(self.moments.len());
        for (index, quantity) in self.quantities.iter().enumerate() {
            for (row, layer) in self.layers.iter().enumerate() {
                for head in 0..self.n_heads {
                    let cell = (row * self.n_heads + head) * self.quantities.len() + index;
                    let moments = self.moments[cell];
                    let (value, standard_error) = (moments.ratio(), moments.standard_error());
                    let half_width = standard_error * t_quantile(moments.n);
                    rows.push(MetricRow {
                        metric: self.metric.clone(),
                        property: quantity.property.clone(),
                        class: quantity.class.clone(),
                        unit: quantity.unit.clone(),
                        attention: attention.to_owned(),
                        layer: Some(*layer),
                        head: Some(head),
                        value,
                        standard_error,
                        ci_low: value - half_width,
                        ci_high: value + half_width,
                        weight: moments.w as f64 / SCALE,
                        proteins: moments.n,
                    });
                }
            }
        }
        rows
    }
}

impl Moments {
    fn of(v: f64, w: f64) -> Self {
        let [v, w] = [v, w].map(|value| (value * SCALE).round() as i128);
        Self {
            n: u64::from(w > 0),
            v,
            w,
            vv: v * v,
            vw: v * w,
            ww: w * w,
        }
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            n: self.n.checked_add(other.n)?,
            v: self.v.checked_add(other.v)?,
            w: self.w.checked_add(other.w)?,
            vv: self.vv.checked_add(other.vv)?,
            vw: self.vw.checked_add(other.vw)?,
            ww: self.ww.checked_add(other.ww)?,
        })
    }

    fn ratio(&self) -> f64 {
        self.v as f64 / self.w as f64
    }

    fn standard_error(&self) -> f64 {
        if self.n < 2 {
            return f64::NAN;
        }
        let (n, ratio) = (self.n as f64, self.ratio());
        let squares =
            self.vv as f64 - 2.0 * ratio * self.vw as f64 + ratio * ratio * self.ww as f64;
        (n / (n - 1.0) * squares.max(0.0)).sqrt() / self.w as f64
    }
}

/// The quantile of Student's distribution for an interval over `n` proteins; NaN of fewer than two.
fn t_quantile(n: u64) -> f64 {
    // Of more proteins the quantile is the same within 10⁻⁶, and the search for it may not end.
    let freedom = n.saturating_sub(1).min(1_000_000) as f64;
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::NAN, |t| t.inverse_cdf(1.0 - ALPHA / 2.0))
}
