//! Statistics of whole attention maps: the second extension point of this crate.

mod choice;
mod combination;
mod contact_precision;
mod distance;
mod entropy;
mod head_agreement;
mod mass;
mod sums;

pub use choice::{METRIC_NAMES, select_metrics};
pub use combination::{CombinedMaps, HeadCombination};
pub use contact_precision::{ContactPrecision, contact_precision};
pub use distance::AttentionDistance;
pub use entropy::Entropy;
pub use head_agreement::HeadAgreement;
pub use mass::AttentionMass;
pub use sums::MetricSums;

use ndarray::ArrayView3;
use protattn_io::Protein;

use crate::Labels;

/// Why a metric could not be taken of a protein: any error at all.
pub type MetricError = Box<dyn std::error::Error + Send + Sync>;

/// A protein as a model read it, with what properties say of it: what a [`Metric`] may look at.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    protein: &'a Protein,
    n_read: usize,
    labels: &'a [(&'a str, Labels)],
}

impl<'a> Subject<'a> {
    /// A protein of which the model read the first `n_read` residues, and its labels by the name of
    /// their property.
    pub fn new(protein: &'a Protein, n_read: usize, labels: &'a [(&'a str, Labels)]) -> Self {
        let n_read = n_read.min(protein.len());
        Self {
            protein,
            n_read,
            labels,
        }
    }

    /// The protein, in its full length.
    pub fn protein(&self) -> &'a Protein {
        self.protein
    }

    /// The residues that the model read, from the first on: the length of the attention's axes.
    pub fn n_read(&self) -> usize {
        self.n_read
    }

    /// The labels of a property, for the whole protein; `None` if the property was not asked for or
    /// knows nothing of this protein.
    pub fn labels(&self, property: &str) -> Option<&'a Labels> {
        let named = self.labels.iter().find(|(name, _)| *name == property);
        named.map(|(_, labels)| labels)
    }
}

/// One of the numbers that a metric gives of each head.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Quantity {
    /// The property it is about, as in tables; empty if about none.
    pub property: String,
    /// What it is of: a class of the property, a range of separations, or whatever tells it from the
    /// other quantities of its metric; empty if the metric has but one.
    pub class: String,
    /// The unit: `residues`, `bits`; [`SHARE`](Self::SHARE) for a part of a whole, which figures show in
    /// percent; empty for any other number without one.
    pub unit: String,
}

impl Quantity {
    /// The unit of what is a part of a whole, from 0 to 1.
    pub const SHARE: &'static str = "share";

    /// The only quantity of a metric that is about no property.
    pub fn only(unit: &str) -> Self {
        Self {
            property: String::new(),
            class: String::new(),
            unit: unit.to_owned(),
        }
    }

    /// A quantity about a class of a property, without a unit.
    pub fn of_class(property: &str, class: &str) -> Self {
        Self {
            property: property.to_owned(),
            class: class.to_owned(),
            unit: String::new(),
        }
    }

    /// A share about a class of a property.
    pub fn share(property: &str, class: &str) -> Self {
        Self {
            unit: Self::SHARE.to_owned(),
            ..Self::of_class(property, class)
        }
    }
}

/// What a metric found in one layer of one protein: for each head and quantity a value, as a
/// numerator and a weight.
#[derive(Clone, Debug, Default)]
pub struct HeadValues {
    n_quantities: usize,
    /// [head, quantity], (numerator, weight)
    pub(crate) values: Vec<(f64, f64)>,
}

impl HeadValues {
    /// For so many heads and quantities, nothing found yet.
    pub fn new(n_heads: usize, n_quantities: usize) -> Self {
        Self {
            n_quantities,
            values: vec![(0.0, 0.0); n_heads * n_quantities],
        }
    }

    /// Adds to a quantity of a head (both 0-based). What stands in the table is the sum of the
    /// numerators over the sum of the weights, both over all proteins: for the mean over residues
    /// give each protein's sum and its number of residues, for the mean over proteins its value and
    /// 1. What is not defined for a protein is not added.
    ///
    /// # Panics
    ///
    /// If there is no such head or quantity.
    pub fn add(&mut self, head: usize, quantity: usize, numerator: f64, weight: f64) {
        assert!(quantity < self.n_quantities, "there is no such quantity");
        let (n, w) = &mut self.values[head * self.n_quantities + quantity];
        *n += numerator;
        *w += weight;
    }

    /// The numerator and weight of a quantity of a head (both 0-based) so far.
    ///
    /// # Panics
    ///
    /// If there is no such head or quantity.
    pub fn get(&self, head: usize, quantity: usize) -> (f64, f64) {
        assert!(quantity < self.n_quantities, "there is no such quantity");
        self.values[head * self.n_quantities + quantity]
    }
}

/// A statistic of attention maps, beyond arcs over a threshold.
///
/// The built-in metrics use this trait and nothing else; one of your own stands beside them in every
/// table and figure, with resuming, merging and intervals over proteins, since what is kept is not
/// the metric's affair: it looks at one map at a time and says what it finds, and a [`MetricSums`]
/// adds that up.
///
/// # Contract
///
/// - [`quantities`](Self::quantities) is called once, before anything else. What
///   [`observe`](Self::observe) adds is for these, by their index.
/// - [`observe`](Self::observe) is called once for each protein and layer, the layers of a protein
///   in ascending order, by one worker. Different proteins come at the same time from different
///   threads, in any order: hence `Send + Sync`, and hence what is added must depend on the
///   arguments alone. Results are then the same to the bit for any number of threads.
/// - `attention` has the axes [head, from, to], after softmax, from the query and to the key, over
///   the residues read; special tokens are cut, so a row sums to at most 1. It is borrowed from the
///   pass, is not contiguous across rows, and all its values are finite.
/// - An error, or a panic, leaves this protein out of this metric, with its name and the error
///   reported; it ends nothing else.
/// - Numerators and weights are kept to a precision of 2⁻³⁰ (about 10⁻⁹) a protein, and may be up to
///   about 10⁹ in size: choose units to suit.
///
/// # Example
///
/// How much each residue looks at itself:
///
/// ```
/// use protattn_io::Protein;
/// use protattn_metrics::ndarray::{ArrayView3, array};
/// use protattn_metrics::{HeadValues, Metric, MetricError, MetricSums, Quantity, Subject};
///
/// struct ToSelf;
///
/// impl Metric for ToSelf {
///     fn name(&self) -> &str { "to-self" }
///     fn quantities(&self, _n_heads: usize) -> Vec<Quantity> { vec![Quantity::only(Quantity::SHARE)] }
///     fn observe(
///         &self,
///         subject: &Subject<'_>,
///         _layer: usize,
///         attention: ArrayView3<'_, f32>,
///         values: &mut HeadValues,
///     ) -> Result<(), MetricError> {
///         for (head, map) in attention.outer_iter().enumerate() {
///             let to_self: f64 = map.diag().iter().map(|a| f64::from(*a)).sum();
///             values.add(head, 0, to_self, subject.n_read() as f64);
///         }
///         Ok(())
///     }
/// }
///
/// let mut sums = MetricSums::new(&ToSelf, vec![0], 1)?;
/// let protein = Protein::new("p", "AC")?;
/// let subject = Subject::new(&protein, 2, &[]);
/// let mut values = sums.fresh();
/// ToSelf.observe(&subject, 0, array![[[0.75_f32, 0.25], [0.5, 0.5]]].view(), &mut values[0])?;
/// sums.push(&values)?;
/// assert_eq!(sums.rows("observed")[0].value, 0.625);
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
pub trait Metric: Send + Sync {
    /// Its name in commands and tables, in lower case with hyphens: `entropy`.
    fn name(&self) -> &str;

    /// What it gives of each head of a model whose layers have `n_heads`: at least one quantity, no
    /// two alike.
    fn quantities(&self, n_heads: usize) -> Vec<Quantity>;

    /// Looks at one layer (0-based) of one protein, and adds what it finds.
    ///
    /// # Errors
    ///
    /// If the metric cannot be taken of this protein.
    fn observe(
        &self,
        subject: &Subject<'_>,
        layer: usize,
        attention: ArrayView3<'_, f32>,
        values: &mut HeadValues,
    ) -> Result<(), MetricError>;
}
