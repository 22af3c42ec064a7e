/// Why a probe could not be set up, fitted or applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting lies outside its range.
    #[error("{name} is {found}: it must be {expected}")]
    Setting {
        /// The setter that was given the value.
        name: &'static str,
        /// The value given.
        found: f64,
        /// The range it must lie in, in words.
        expected: &'static str,
    },

    /// Fewer than two samples to train on.
    #[error("training needs at least 2 samples, found {found}")]
    TooFewSamples {
        /// Samples given.
        found: usize,
    },

    /// The samples have no features.
    #[error("the features have no columns: a probe needs at least one")]
    NoFeatures,

    /// There is not one label for each sample.
    #[error("{samples} samples but {labels} labels: there must be one label for each sample")]
    LabelCount {
        /// Rows of the features.
        samples: usize,
        /// Labels given.
        labels: usize,
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

    /// There is not one weight for each class.
    #[error("{found} class weights for {n_classes} classes: there must be one for each class")]
    ClassWeightCount {
        /// Classes asked for.
        n_classes: usize,
        /// Weights given.
        found: usize,
    },

    /// A class weight is not a positive number.
    #[error("the weight of class {class} is {weight}: it must be positive and finite")]
    ClassWeight {
        /// The class, 0-based.
        class: usize,
        /// Its weight.
        weight: f64,
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
}
