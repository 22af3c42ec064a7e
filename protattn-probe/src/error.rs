use std::path::PathBuf;

use crate::SourceError;

/// Why a probe could not be set up, fitted or applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting or an argument lies outside its range.
    #[error("{name} is {found}: it must be {expected}")]
    Setting {
        /// The setter, field or argument that was given the value.
        name: &'static str,
        /// The value given.
        found: f64,
        /// The range it must lie in, in words.
        expected: &'static str,
    },

    /// There is nothing to train on or to evaluate: no sample has a label.
    #[error("no sample has a label")]
    NoLabels,

    /// Fewer than two samples to train on.
    #[error("training needs at least 2 samples, found {found}")]
    TooFewSamples {
        /// Samples given.
        found: usize,
    },

    /// The samples have no features.
    #[error("the features have no columns: a probe needs at least one")]
    NoFeatures,

    /// There is not one of something for each of something else.
    #[error("{found} {what} for {expected} {each}: there must be one for each")]
    OneForEach {
        /// What is given, in the plural, as `labels`.
        what: &'static str,
        /// How many were given.
        found: usize,
        /// For what, in the plural, as `samples`.
        each: &'static str,
        /// How many of these there are.
        expected: usize,
    },

    /// A classifier of fewer than two classes was asked for.
    #[error("the number of classes is {found}: a classifier needs at least 2")]
    TooFewClasses {
        /// Classes asked for.
        found: usize,
    },

    /// A label is not a class index.
    #[error("the label of sample {sample} is {label}: labels must be below {n_classes}")]
    LabelOutOfRange {
        /// Sample, 0-based.
        sample: usize,
        /// Its label.
        label: usize,
        /// Classes asked for.
        n_classes: usize,
    },

    /// Every training sample has the same label, so that there is nothing to tell apart.
    #[error("all {samples} training samples have the label {class}: at least 2 classes are needed")]
    OneClass {
        /// The only label seen.
        class: usize,
        /// Samples given.
        samples: usize,
    },

    /// A class has no training sample; its intercept would run off to minus infinity.
    #[error(
        "class {class} of {n_classes} has no training sample: leave it out and number the others without a gap"
    )]
    UnseenClass {
        /// The class, 0-based.
        class: usize,
        /// Classes asked for.
        n_classes: usize,
    },

    /// A class weight is not a positive number.
    #[error("the weight of class {class} is {weight}: it must be positive and finite")]
    ClassWeight {
        /// The class, 0-based.
        class: usize,
        /// Its weight.
        weight: f64,
    },

    /// What is computed from weights, features and penalty is too large for a double.
    #[error("{what} is {found}: weights, features or penalty are out of range")]
    OutOfRange {
        /// What was computed.
        what: &'static str,
        /// What came out.
        found: f64,
    },

    /// A feature is NaN or infinite.
    #[error(
        "the feature in row {row}, column {column} (both 0-based) is {value}, not a finite number"
    )]
    NotFinite {
        /// Sample, 0-based.
        row: usize,
        /// Feature, 0-based.
        column: usize,
        /// What stands there.
        value: f32,
    },

    /// No feature varies, so that samples cannot be told apart.
    #[error("every feature has the same value in all {samples} training samples")]
    NoVariance {
        /// Samples given.
        samples: usize,
    },

    /// A source could not give its features.
    #[error("the source of the features failed at row {row} (counted from 0)")]
    Source {
        /// First row asked for, 0-based.
        row: usize,
        /// What the source said.
        source: SourceError,
    },

    /// A source gave too many features or too few.
    #[error(
        "the source of the features gave {found} numbers from row {row} (counted from 0) on, not {expected}"
    )]
    SourceLength {
        /// First row asked for, 0-based.
        row: usize,
        /// Rows asked for times features.
        expected: usize,
        /// Numbers given.
        found: usize,
    },

    /// A sample or class is asked for that does not exist.
    #[error("there is no {what} {found} (counted from 0) among {count}")]
    NoSuch {
        /// What is asked for.
        what: &'static str,
        /// Which, 0-based.
        found: usize,
        /// How many there are.
        count: usize,
    },

    /// Cross-validation over fewer than two folds.
    #[error("the number of folds is {found}: cross-validation needs at least 2")]
    Folds {
        /// Folds asked for.
        found: usize,
    },

    /// There are fewer proteins than folds.
    #[error("{found} proteins cannot be dealt out to {n_folds} folds")]
    TooFewGroups {
        /// Folds asked for.
        n_folds: usize,
        /// Proteins among the samples.
        found: usize,
    },

    /// There is no penalty to choose from.
    #[error("there is no inverse penalty to choose from")]
    NoPenalties,

    /// The samples outside a fold cannot be trained on, or those of the fold not be predicted.
    #[error(
        "{} (counted from 0) {}",
        if *held_out { format!("fold {fold}") } else { format!("without fold {fold}") },
        if *held_out { "cannot be predicted" } else { "nothing can be fitted" }
    )]
    Fold {
        /// The fold that was held out, 0-based.
        fold: usize,
        /// Whether its own samples are at fault, and not the rest.
        held_out: bool,
        /// What is wrong with them; samples and rows are counted among all of them.
        source: Box<Error>,
    },

    /// The probe to start from does not fit the samples.
    #[error(
        "the probe to start from has {} classes and {} features, not {} and {}",
        found.0, found.1, expected.0, expected.1
    )]
    Start {
        /// Classes and features of the samples.
        expected: (usize, usize),
        /// Those of the probe.
        found: (usize, usize),
    },

    /// The samples do not have as many features as the probe was fitted on.
    #[error("the samples have {found} features, but the probe was fitted on {expected}")]
    FeatureCount {
        /// Features the probe was fitted on.
        expected: usize,
        /// Features of the samples given.
        found: usize,
    },

    /// The coefficients would not fit in memory.
    #[error(
        "{n_classes} classes by {n_features} features are more coefficients than memory can hold"
    )]
    TooLarge {
        /// Classes asked for.
        n_classes: usize,
        /// Columns of the features.
        n_features: usize,
    },

    /// Something for two classes was asked of a probe of more.
    #[error("the probe has {n_classes} classes: this is for two")]
    NotBinary {
        /// Classes of the probe.
        n_classes: usize,
    },

    /// A map of attention is not square.
    #[error("a map is {from} x {to}: from and to must be the same residues")]
    NotSquare {
        /// Residues attended from.
        from: usize,
        /// Residues attended to.
        to: usize,
    },

    /// An array has another shape than it must have.
    #[error("{what} have the shape {found:?}, not {expected:?}")]
    Shape {
        /// The array.
        what: &'static str,
        /// The shape it must have.
        expected: Vec<usize>,
        /// The shape it has.
        found: Vec<usize>,
    },

    /// Features cannot be shared out to layers.
    #[error("{n_features} features are not the same number of heads for each of {n_layers} layers")]
    Heads {
        /// Features there are.
        n_features: usize,
        /// Layers asked for.
        n_layers: usize,
    },

    /// No draw gives every class to some type of residue.
    #[error(
        "no draw of control labels gives {n_types} types of residues all of {n_classes} classes"
    )]
    Control {
        /// Types of residues, or of pairs of them, in training.
        n_types: usize,
        /// Classes in training.
        n_classes: usize,
    },

    /// A probability is not a number.
    #[error("the probability of class {class} for sample {sample} (both 0-based) is not a number")]
    Probability {
        /// Sample of the protein, 0-based.
        sample: usize,
        /// Class, 0-based.
        class: usize,
    },

    /// A score could not be computed.
    #[error("the predictions cannot be scored")]
    Score {
        /// What is wrong with them.
        source: protattn_metrics::Error,
    },

    /// Proteins could not be drawn: once only, or more often than memory can hold.
    #[error("the proteins cannot be resampled")]
    Resampling {
        /// What hinders it.
        source: protattn_metrics::Error,
    },

    /// A file could not be read or written.
    #[error("{}: cannot be read or written", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// A saved probe contradicts itself, or is none.
    #[error("this is no saved probe: {message}")]
    Damaged {
        /// What was found.
        message: String,
    },
}

/// Refuses what is not as many as the things that it is for.
pub(crate) fn check_one_for_each(
    (what, found): (&'static str, usize),
    (each, expected): (&'static str, usize),
) -> Result<(), Error> {
    if found == expected {
        return Ok(());
    }
    Err(Error::OneForEach {
        what,
        found,
        each,
        expected,
    })
}

/// Refuses places of which one is not below `count`.
pub(crate) fn check_places<'a>(
    what: &'static str,
    places: impl IntoIterator<Item = &'a usize>,
    count: usize,
) -> Result<(), Error> {
    match places.into_iter().find(|place| **place >= count) {
        Some(&found) => Err(Error::NoSuch { what, found, count }),
        None => Ok(()),
    }
}
