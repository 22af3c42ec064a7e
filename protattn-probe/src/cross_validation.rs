//! The penalty, chosen by how well proteins that were left out are predicted.

use crate::error::check_one_for_each;
use crate::probe::first_largest;
use crate::settings::check_positive;
use crate::source::{FeatureSource, Selection};
use crate::{Error, LogisticRegression, Probe};

/// What cross-validation found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CrossValidation {
    /// The inverse penalties compared, ascending: the strongest penalty first.
    pub inverse_penalties: Vec<f64>,
    /// For each of them the mean log loss of the samples of each fold, in nats, under the probe
    /// that was fitted on the other folds `[penalty][fold]`.
    pub losses: Vec<Vec<f64>>,
    /// For each of them the mean log loss of all samples, each predicted by a probe that had not
    /// seen its protein `[penalty]`.
    pub mean_losses: Vec<f64>,
    /// Index of the penalty with the least mean loss; of equals, that of the strongest.
    pub best: usize,
    /// The probe of that penalty, fitted on all samples.
    pub probe: Probe,
}

/// Whole groups dealt out to folds, so that these are of about equal size.
struct Folds {
    /// Samples of each fold, ascending `[fold][sample]`.
    samples: Vec<Vec<usize>>,
}

impl Folds {
    /// The largest group goes first, each to the fold with the fewest samples so far; of equals,
    /// the one that occurs first to the first fold.
    fn new(groups: &[usize], n_folds: usize) -> Result<Self, Error> {
        let mut sizes: Vec<(usize, usize, usize)> = Vec::new();
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_key(|sample| groups[*sample]);
        for members in order.chunk_by(|a, b| groups[*a] == groups[*b]) {
            sizes.push((members.len(), members[0], groups[members[0]]));
        }
        if sizes.len() < n_folds {
            return Err(Error::TooFewGroups {
                n_folds,
                found: sizes.len(),
            });
        }
        sizes.sort_by_key(|(size, first, _)| (std::cmp::Reverse(*size), *first));
        let mut filled = vec![0; n_folds];
        let mut fold_of: Vec<(usize, usize)> = Vec::with_capacity(sizes.len());
        for (size, _, group) in sizes {
            let fold = (0..n_folds)
                .min_by_key(|fold| filled[*fold])
                .unwrap_or_default();
            filled[fold] += size;
            fold_of.push((group, fold));
        }
        fold_of.sort_unstable();
        let mut samples = vec![Vec::new(); n_folds];
        for (sample, group) in groups.iter().enumerate() {
            let place = fold_of.partition_point(|(other, _)| other < group);
            samples[fold_of[place].1].push(sample);
        }
        Ok(Self { samples })
    }

    /// The samples of all folds but one, ascending.
    fn others(&self, fold: usize, n_samples: usize) -> Vec<usize> {
        let mut held_out = self.samples[fold].iter().peekable();
        (0..n_samples)
            .filter(|sample| held_out.next_if_eq(&sample).is_none())
            .collect()
    }
}

impl LogisticRegression {
    /// Chooses among inverse penalties by k-fold cross-validation over proteins, and fits the best
    /// one on all samples.
    ///
    /// Residues of a protein are no independent samples: with some of them in training and others
    /// held out, the weakest penalty would often win. So `groups` `[sample]` names the protein of
    /// each sample, by any number, and a protein is in one fold as a whole. Proteins are dealt out
    /// by size, the largest first, to the fold with the fewest samples; there is no chance in it.
    /// The score is the log loss, every sample counting 1 whatever its class.
    ///
    /// # Errors
    ///
    /// Those of [`fit`](Self::fit) and:
    ///
    /// - [`Error::Folds`] if there are fewer than two, [`Error::TooFewGroups`] if there are fewer
    ///   proteins than folds;
    /// - [`Error::OneForEach`] if there is not one group for each sample;
    /// - [`Error::NoPenalties`] if there is none to choose from, [`Error::Setting`] if one is not
    ///   positive and finite;
    /// - [`Error::Fold`] if a fold cannot be held out, such as when it has the only protein of a
    ///   class, or a feature that is not finite. Its cause names the row among all samples.
    ///
    /// # Examples
    ///
    /// ```
    /// use protattn_probe::LogisticRegression;
    /// use protattn_probe::ndarray::array;
    ///
    /// let features = array![[0.1_f32], [0.9], [0.2], [0.7], [0.3], [0.8], [0.6], [0.4]];
    /// let labels = [0, 1, 0, 1, 0, 1, 0, 1];
    /// let proteins = [7, 7, 7, 3, 3, 3, 12, 12];
    /// let settings = LogisticRegression::default();
    /// let found = settings.cross_validate(&features, &labels, 2, &proteins, &[0.1, 1.0, 10.0], 3)?;
    /// assert_eq!(found.losses.len(), 3);
    /// assert_eq!(found.inverse_penalties[found.best], 10.0);
    /// # Ok::<(), protattn_probe::Error>(())
    /// ```
    pub fn cross_validate(
        &self,
        features: impl FeatureSource,
        labels: &[usize],
        n_classes: usize,
        groups: &[usize],
        inverse_penalties: &[f64],
        n_folds: usize,
    ) -> Result<CrossValidation, Error> {
        // On all samples, so that what is wrong with a label is said of the sample that has it.
        self.training(&features, labels, n_classes)?;
        check(labels.len(), groups.len(), n_folds)?;
        let inverse_penalties = ascending(inverse_penalties)?;
        let folds = Folds::new(groups, n_folds)?;
        let mut losses = vec![Vec::new(); inverse_penalties.len()];
        let mut sums = vec![0.0; inverse_penalties.len()];
        for (fold, held_out) in folds.samples.iter().enumerate() {
            let others = folds.others(fold, labels.len());
            let path = {
                let (source, labels) = part(&features, labels, &others)?;
                self.fit_path(source, &labels, n_classes, &inverse_penalties)
                    .map_err(|error| in_fold(fold, false, error, &others))?
            };
            let (source, labels) = part(&features, labels, held_out)?;
            for ((probe, losses), sum) in path.iter().zip(&mut losses).zip(&mut sums) {
                let loss = probe
                    .log_loss(&source, &labels)
                    .map_err(|error| in_fold(fold, true, error, held_out))?;
                *sum += loss * labels.len() as f64;
                losses.push(loss);
            }
        }
        let mean_losses: Vec<f64> = sums.iter().map(|sum| sum / labels.len() as f64).collect();
        let best = first_least(&mean_losses);
        let settings = self.with_inverse_penalty(inverse_penalties[best]);
        Ok(CrossValidation {
            probe: settings.fit(&features, labels, n_classes)?,
            inverse_penalties,
            losses,
            mean_losses,
            best,
        })
    }
}

fn check(samples: usize, groups: usize, n_folds: usize) -> Result<(), Error> {
    check_one_for_each(("groups", groups), ("samples", samples))?;
    if n_folds < 2 {
        return Err(Error::Folds { found: n_folds });
    }
    Ok(())
}

fn ascending(inverse_penalties: &[f64]) -> Result<Vec<f64>, Error> {
    if inverse_penalties.is_empty() {
        return Err(Error::NoPenalties);
    }
    for inverse in inverse_penalties {
        check_positive("inverse_penalty", *inverse)?;
    }
    let mut sorted = inverse_penalties.to_vec();
    sorted.sort_by(f64::total_cmp);
    Ok(sorted)
}

fn part<'a, S: FeatureSource>(
    features: &'a S,
    labels: &[usize],
    samples: &'a [usize],
) -> Result<(Selection<'a, S>, Vec<usize>), Error> {
    let labels = samples.iter().map(|sample| labels[*sample]).collect();
    Ok((Selection::new(features, samples)?, labels))
}

/// An error about `samples`, which are those of a fold or the others, told of all samples.
fn in_fold(fold: usize, held_out: bool, mut error: Error, samples: &[usize]) -> Error {
    if let Error::NotFinite { row, .. }
    | Error::Source { row, .. }
    | Error::SourceLength { row, .. } = &mut error
    {
        *row = samples.get(*row).copied().unwrap_or(*row);
    }
    Error::Fold {
        fold,
        held_out,
        source: Box::new(error),
    }
}

fn first_least(values: &[f64]) -> usize {
    first_largest(values.iter().map(|value| -value))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn folds_are_whole_groups_of_about_equal_size() {
        // Group 4 has 3 samples, group 5 has 2, groups 8 and 6 have 1, in this order.
        let groups = [5, 4, 4, 8, 5, 6, 4];
        let folds = Folds::new(&groups, 2).unwrap();
        assert_eq!(folds.samples, [vec![1, 2, 5, 6], vec![0, 3, 4]]);
        assert_eq!(folds.others(0, 7), [0, 3, 4]);
        assert_eq!(folds.others(1, 7), [1, 2, 5, 6]);
        let folds = Folds::new(&groups, 4).unwrap();
        assert_eq!(folds.samples, [vec![1, 2, 6], vec![0, 4], vec![3], vec![5]]);
    }

    #[test]
    fn fewer_groups_than_folds_are_refused() {
        let error = Folds::new(&[1, 1, 9], 3).err().unwrap();
        assert_eq!(
            error.to_string(),
            "2 proteins cannot be dealt out to 3 folds"
        );
    }

    #[test]
    fn of_equal_losses_the_first_wins() {
        assert_eq!(first_least(&[2.0, 1.0, 1.0]), 1);
    }
}
