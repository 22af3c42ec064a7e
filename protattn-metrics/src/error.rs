//! What can be wrong with labels, attention or saved counts.

use crate::PropertyError;

/// What can be wrong with labels, attention or saved counts.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No property goes by this name.
    #[error("there is no property `{found}`; known are {}", known.join(", "))]
    UnknownProperty {
        /// The name asked for.
        found: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// No metric goes by this name.
    #[error("there is no metric `{found}`; known are {}", known.join(", "))]
    UnknownMetric {
        /// The name asked for.
        found: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A property could not label a protein.
    #[error("{protein}: property {property} could not label it")]
    Property {
        /// The protein.
        protein: String,
        /// The property.
        property: String,
        /// What the property said.
        source: PropertyError,
    },
    /// A label track holds the other kind of values.
    #[error("label track {track} holds {found}, not {expected}")]
    TrackKind {
        /// The track.
        track: String,
        /// The kind of values that the property reads.
        expected: &'static str,
        /// The kind that stands there.
        found: &'static str,
    },
    /// A label track names a class that the property does not have.
    #[error("residue {position} of label track {track} is {found:?}, none of {}", known.join(", "))]
    UnknownClass {
        /// The track.
        track: String,
        /// 1-based position in the sequence.
        position: usize,
        /// The name that stands there.
        found: String,
        /// The classes of the property.
        known: Vec<String>,
    },
    /// A property has no classes, or more than labels can tell apart.
    #[error("property {property} has {found} classes; it needs 1 to {max}")]
    Classes {
        /// The property.
        property: String,
        /// Its classes.
        found: usize,
        /// The most that labels can tell apart.
        max: usize,
    },
    /// There are not as many labels as residues, or fewer than the model read.
    #[error("property {property} labels {found} residues, where {expected} are needed")]
    LabelCount {
        /// The property.
        property: String,
        /// The residues of the protein, or the residues that the model read.
        expected: usize,
        /// The residues that have a label.
        found: usize,
    },
    /// A label says a class that its property does not have.
    #[error("property {property} gives class {found} (counted from 0) but has {n_classes}")]
    ClassIndex {
        /// The property.
        property: String,
        /// The 0-based class of the label.
        found: usize,
        /// The classes of the property.
        n_classes: usize,
    },
    /// The threshold selects no meaningful arcs.
    #[error("the minimum attention is {found}; it must be over 0 and at most 1")]
    Threshold {
        /// The threshold asked for.
        found: f32,
    },
    /// Attention is not one square map a head.
    #[error("attention maps are {from} x {to}; from and to must be the same residues")]
    NotSquare {
        /// Residues attended from.
        from: usize,
        /// Residues attended to.
        to: usize,
    },
    /// An attention weight is infinite or not a number.
    #[error("attention [head {head}, from {from}, to {to}] (counted from 0) is {found}")]
    Attention {
        /// 0-based head.
        head: usize,
        /// 0-based residue attended from.
        from: usize,
        /// 0-based residue attended to.
        to: usize,
        /// What stands there.
        found: f32,
    },
    /// Layers to count are not in ascending order, or occur twice.
    #[error("layers to count must ascend, but {found} follows {previous} (counted from 0)")]
    LayerOrder {
        /// The layer before.
        previous: usize,
        /// The layer after it.
        found: usize,
    },
    /// The layer is not one of those counted.
    #[error("layer {found} (counted from 0) is not counted; counted are {counted:?}")]
    Layer {
        /// 0-based layer.
        found: usize,
        /// The 0-based layers counted.
        counted: Vec<usize>,
    },
    /// An arc starts from a head that does not exist.
    #[error("an arc is of head {found} (counted from 0), but {n_heads} heads are counted")]
    Head {
        /// 0-based head.
        found: usize,
        /// The number of heads counted.
        n_heads: usize,
    },
    /// Counts of different things cannot be added.
    #[error(
        "counts of property {property} cannot be merged: {what} is {expected} in one and {found} in the other"
    )]
    Merge {
        /// The property of the counts that would have received the others.
        property: String,
        /// What differs.
        what: &'static str,
        /// Its value where the others would have gone.
        expected: String,
        /// Its value in the others.
        found: String,
    },
    /// There are more counts than memory can address, or a sum is over the largest number.
    #[error("the counts of property {property} are too many or too large")]
    Overflow {
        /// The property.
        property: String,
    },
    /// Saved counts contradict themselves.
    #[error("counts of property {property} are damaged: {message}")]
    Damaged {
        /// The property.
        property: String,
        /// What was found.
        message: String,
    },
    /// A metric gives nothing, or the same twice.
    #[error("metric {metric} has {found} quantities; it needs at least one, and no two alike")]
    Quantities {
        /// The metric.
        metric: String,
        /// Its quantities.
        found: usize,
    },
    /// What a metric found cannot be kept.
    #[error("metric {metric} gives {message}")]
    MetricValue {
        /// The metric.
        metric: String,
        /// What was found.
        message: String,
    },
    /// Sums of different things cannot be added.
    #[error("sums of metric {metric} cannot be merged: one is of {expected}, the other of {found}")]
    MetricMerge {
        /// The metric of the sums that would have received the others.
        metric: String,
        /// What they are of.
        expected: String,
        /// What the others are of.
        found: String,
    },
    /// There are more sums than memory can address, or one is over the largest number.
    #[error("the sums of metric {metric} are too many or too large")]
    MetricOverflow {
        /// The metric.
        metric: String,
    },
    /// There are not as many predictions or scores as samples.
    #[error("{found} predictions for {expected} samples")]
    Samples {
        /// The samples.
        expected: usize,
        /// The predictions.
        found: usize,
    },
    /// A score cannot be ranked.
    #[error("the score of sample {index} (counted from 0) is not a number")]
    NanScore {
        /// 0-based index of the sample.
        index: usize,
    },
    /// Two variables do not have as many values, so they do not pair up.
    #[error("{found} values cannot be paired with {expected}")]
    Pairs {
        /// The values of the first variable.
        expected: usize,
        /// The values of the second.
        found: usize,
    },
    /// There is too little to compute from.
    #[error("{found} {what}, where at least {expected} are needed")]
    TooFew {
        /// Of what there is too little.
        what: &'static str,
        /// The fewest that will do.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A value is infinite or not a number.
    #[error("{what} {index:?} (counted from 0) is {found}")]
    NotFinite {
        /// The variable or table.
        what: &'static str,
        /// 0-based index of the value, one number an axis.
        index: Vec<usize>,
        /// What stands there.
        found: f64,
    },
    /// A table does not have the shape of those that it is used with.
    #[error("{what} are {found:?}, where {expected:?} is needed")]
    Shape {
        /// The table, and its axes.
        what: &'static str,
        /// Rows and columns that it should have.
        expected: [usize; 2],
        /// Rows and columns that it has.
        found: [usize; 2],
    },
    /// A table is larger than memory.
    #[error("{what} of {rows} x {columns} do not fit into memory")]
    Memory {
        /// The table.
        what: &'static str,
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// A confidence is not a probability strictly between 0 and 1.
    #[error("the confidence is {found}; it must be over 0 and under 1")]
    Confidence {
        /// The confidence asked for.
        found: f64,
    },
    /// A verdict has another name than those of [`Verdict`](crate::Verdict).
    #[error("{found:?} is none of survives, fails and untested")]
    Verdict {
        /// The name.
        found: String,
    },
    /// Rows that should be of one class are of several.
    #[error("a profile is of one class, but after {expected} there is a row of {found}")]
    SeveralClasses {
        /// The property and class of the first row.
        expected: String,
        /// The property and class of the first row that differs.
        found: String,
    },
}
