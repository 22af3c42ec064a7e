use crate::error::check_one_for_each;
use crate::source::FeatureSource;
use crate::{ClassWeights, Error};

/// Samples to train on, checked: two or more, two or more classes, each class seen.
///
/// Whether the features are finite is found out later, in the pass that takes their moments.
pub(crate) struct Training<'a> {
    /// `[sample, feature]`
    pub(crate) features: &'a dyn FeatureSource,
    /// Class of each sample `[sample]`, 0-based.
    pub(crate) labels: &'a [usize],
    /// `[class]`
    pub(crate) class_weights: Vec<f64>,
    /// Sum of the weights of the samples of each class `[class]`.
    pub(crate) class_mass: Vec<f64>,
    /// Sum of the weights of all samples.
    pub(crate) total_weight: f64,
}

impl<'a> Training<'a> {
    pub(crate) fn new(
        features: &'a dyn FeatureSource,
        labels: &'a [usize],
        n_classes: usize,
        weights: &ClassWeights,
    ) -> Result<Self, Error> {
        check_sizes(features, labels, n_classes)?;
        let counts = count_classes(labels, n_classes)?;
        let class_weights = class_weights(weights, &counts)?;
        let class_mass: Vec<f64> = counts
            .iter()
            .zip(&class_weights)
            .map(|(count, weight)| *count as f64 * weight)
            .collect();
        let total_weight = class_mass.iter().sum();
        check_range("the total weight of the samples", total_weight)?;
        Ok(Self {
            features,
            labels,
            total_weight,
            class_weights,
            class_mass,
        })
    }

    pub(crate) fn n_classes(&self) -> usize {
        self.class_weights.len()
    }
}

/// Refuses a result that has left the range of a double.
pub(crate) fn check_range(what: &'static str, found: f64) -> Result<(), Error> {
    if found.is_finite() {
        return Ok(());
    }
    Err(Error::OutOfRange { what, found })
}

fn check_sizes(
    features: &dyn FeatureSource,
    labels: &[usize],
    n_classes: usize,
) -> Result<(), Error> {
    let (samples, n_features) = (features.n_samples(), features.n_features());
    check_one_for_each(("labels", labels.len()), ("samples", samples))?;
    if samples == 0 {
        return Err(Error::NoLabels);
    }
    if samples < 2 {
        return Err(Error::TooFewSamples { found: samples });
    }
    if n_features == 0 {
        return Err(Error::NoFeatures);
    }
    if n_classes < 2 {
        return Err(Error::TooFewClasses { found: n_classes });
    }
    Ok(())
}

/// Refuses labels of classes that there are not.
pub(crate) fn check_labels(labels: &[usize], n_classes: usize) -> Result<(), Error> {
    match labels.iter().position(|label| *label >= n_classes) {
        Some(sample) => Err(Error::LabelOutOfRange {
            sample,
            label: labels[sample],
            n_classes,
        }),
        None => Ok(()),
    }
}

/// Samples of each class, all of them at least 1.
fn count_classes(labels: &[usize], n_classes: usize) -> Result<Vec<usize>, Error> {
    check_labels(labels, n_classes)?;
    if labels.iter().all(|label| *label == labels[0]) {
        return Err(Error::OneClass {
            class: labels[0],
            samples: labels.len(),
        });
    }
    // At most one class more than there are samples: the number of classes may be anything.
    let mut counts = vec![0; n_classes.min(labels.len() + 1)];
    for label in labels {
        if let Some(count) = counts.get_mut(*label) {
            *count += 1;
        }
    }
    match counts.iter().position(|count| *count == 0) {
        Some(class) => Err(Error::UnseenClass { class, n_classes }),
        None => Ok(counts),
    }
}

fn class_weights(weights: &ClassWeights, counts: &[usize]) -> Result<Vec<f64>, Error> {
    let n_classes = counts.len();
    match weights {
        ClassWeights::Uniform => Ok(vec![1.0; n_classes]),
        ClassWeights::Balanced => {
            let share = counts.iter().sum::<usize>() as f64 / n_classes as f64;
            Ok(counts.iter().map(|count| share / *count as f64).collect())
        }
        ClassWeights::Given(weights) => {
            check_one_for_each(("class weights", weights.len()), ("classes", n_classes))?;
            Ok(weights.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ndarray::Array2;

    use super::*;

    fn training(labels: &[usize], n_classes: usize, weights: ClassWeights) -> Result<f64, String> {
        let features = Array2::<f32>::zeros((labels.len(), 1));
        Training::new(&features, labels, n_classes, &weights)
            .map(|training| training.total_weight)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn balanced_weights_give_each_class_the_same_mass() {
        let features = Array2::<f32>::zeros((6, 1));
        let labels = [0, 1, 1, 2, 2, 2];
        let training = Training::new(&features, &labels, 3, &ClassWeights::Balanced).unwrap();
        assert_eq!(training.class_weights, [2.0, 1.0, 2.0 / 3.0]);
        assert_eq!(training.class_mass, [2.0, 2.0, 2.0]);
    }

    #[test]
    fn given_weights_add_up_over_samples() {
        let weights = ClassWeights::Given(vec![0.5, 4.0]);
        assert_eq!(training(&[0, 1, 0], 2, weights), Ok(5.0));
    }

    #[test]
    fn a_huge_number_of_classes_names_the_first_unseen_one() {
        let found = training(&[0, 2], usize::MAX, ClassWeights::Uniform);
        assert!(
            found
                .unwrap_err()
                .starts_with("class 1 of 18446744073709551615 has no")
        );
    }
}
