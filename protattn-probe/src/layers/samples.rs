//! What a task has of each protein: residues or pairs, with their labels.

use std::num::NonZeroUsize;

use protattn_io::hash::fnv1a;
use protattn_io::{Label, PairLabels, Protein, parallel};
use protattn_metrics::{Labels, Property, guarded_labels};
use protattn_model::run::{Error, Plan};
use serde::{Deserialize, Serialize};

use super::features::ReadProtein;
use super::{FeatureKind, Settings};
use crate::PairSampling;

/// What is to be told of residues or of pairs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Task {
    pub(super) name: String,
    pub(super) classes: Vec<String>,
    /// Whether samples are pairs.
    pub(super) pairs: bool,
}

/// The samples of a protein; none where the task knows nothing of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Samples {
    /// Residues, twice the same, or pairs i < j; 0-based.
    pub(super) places: Vec<[usize; 2]>,
    pub(super) labels: Vec<Label>,
}

impl Samples {
    fn of_residues(labels: &[Label]) -> Self {
        let known = labels.iter().enumerate().filter(|(_, l)| l.is_defined());
        let (places, labels) = known.map(|(i, label)| ([i, i], *label)).unzip();
        Self { places, labels }
    }

    /// The pairs that `sampling` selects of the first `n` residues of this protein.
    fn of_pairs(labels: &PairLabels, n: usize, sampling: PairSampling, protein: usize) -> Self {
        let chosen = sampling.select(protein as u64, n.min(labels.len()), |i, j| {
            let label = labels.get(i, j);
            label.is_defined().then(|| label.class().is_some())
        });
        let label = |[i, j]: &[usize; 2]| labels.get(*i, *j);
        Self {
            labels: chosen.pairs.iter().map(label).collect(),
            places: chosen.pairs,
        }
    }
}

/// The proteins of a run, those to train on first.
#[derive(Clone, Copy)]
pub(super) struct Sets<'a> {
    pub(super) train: &'a [Protein],
    pub(super) eval: &'a [Protein],
}

impl<'a> Sets<'a> {
    pub(super) fn iter(self) -> impl Iterator<Item = &'a Protein> {
        self.train.iter().chain(self.eval)
    }
}

/// How samples are taken of proteins.
pub(super) struct Sampler<'a> {
    properties: &'a [Box<dyn Property>],
    n_train: usize,
    /// Of training proteins negative pairs are thinned.
    of_training: PairSampling,
    of_evaluation: PairSampling,
}

impl<'a> Sampler<'a> {
    pub(super) fn new(
        properties: &'a [Box<dyn Property>],
        n_train: usize,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let all = PairSampling::new(settings.contact.min_separation);
        let thinned = all.negative_rate(settings.negative_rate, settings.seed);
        Ok(Self {
            properties,
            n_train,
            of_training: thinned.map_err(|error| Error::settings(error.to_string()))?,
            of_evaluation: all,
        })
    }

    /// The samples of all proteins that are read, in their places.
    pub(super) fn sample(
        &self,
        sets: Sets<'_>,
        plan: &Plan<'_>,
        threads: NonZeroUsize,
    ) -> Result<Sampled, Error> {
        let (proteins, n_read): (Vec<&Protein>, _) = (sets.iter().collect(), plan.n_read());
        let of_protein = |(): &mut (), place: usize| {
            let (protein, n) = (proteins[place], n_read[place]);
            let sampled = (n > 0).then(|| self.of_protein(protein, place, n, plan.name(place)));
            Ok::<_, Error>(sampled)
        };
        let sampled = parallel::map(threads, proteins.len(), || (), of_protein)?;
        let properties = self.properties.iter().map(AsRef::as_ref).enumerate();
        let task = |(number, property): (usize, &dyn Property)| Task {
            name: property.name().to_owned(),
            classes: property.classes().to_vec(),
            pairs: sampled.iter().flatten().any(|(_, pairs)| pairs[number]),
        };
        Ok(Sampled {
            tasks: properties.map(task).collect(),
            n_train: self.n_train,
            proteins: sampled.into_iter().map(|found| Some(found?.0)).collect(),
        })
    }

    /// The samples among the first `n` residues of a protein, and of which properties they are pairs.
    fn of_protein(
        &self,
        protein: &Protein,
        place: usize,
        n: usize,
        name: &str,
    ) -> (ReadProtein, Vec<bool>) {
        let mut read = ReadProtein::new(place, &protein.sequence()[..n]);
        let mut pairs = vec![false; self.properties.len()];
        for (property, pairs) in self.properties.iter().zip(&mut pairs) {
            let samples = match guarded_labels(property.as_ref(), protein, name) {
                Ok(None) => Samples::default(),
                Ok(Some(Labels::Residues(labels))) => {
                    Samples::of_residues(&labels[..n.min(labels.len())])
                }
                Ok(Some(Labels::Pairs(labels))) => {
                    *pairs = true;
                    let sampling = match place < self.n_train {
                        true => self.of_training,
                        false => self.of_evaluation,
                    };
                    Samples::of_pairs(&labels, n, sampling, place)
                }
                Err(skipped) => {
                    read.skipped.push(skipped);
                    Samples::default()
                }
            };
            read.samples.push(samples);
        }
        (read, pairs)
    }
}

/// The tasks of a run, and what each protein has of them.
#[derive(Debug)]
pub(super) struct Sampled {
    pub(super) tasks: Vec<Task>,
    pub(super) n_train: usize,
    /// In the order of the proteins, without features yet; `None` for one that is not read.
    pub(super) proteins: Vec<Option<ReadProtein>>,
}

impl Sampled {
    /// Checks that something of each task can be learned and judged.
    pub(super) fn check(&self, settings: &Settings) -> Result<(), Error> {
        let attention_alone = !settings.features.contains(&FeatureKind::Hidden);
        if attention_alone && self.tasks.iter().all(|task| !task.pairs) {
            return Err(Error::settings(
                "attention is a feature of pairs, and no task is of pairs; add `contact` to the tasks, or \
                 `hidden` to the features",
            ));
        }
        for (number, task) in self.tasks.iter().enumerate() {
            if task.pairs && task.classes.len() > 1 {
                return Err(Error::settings(format!(
                    "task {} has {} classes of pairs; pairs are probed for one class only",
                    task.name,
                    task.classes.len()
                )));
            }
            self.check_samples(number, settings)?;
        }
        Ok(())
    }

    fn check_samples(&self, number: usize, settings: &Settings) -> Result<(), Error> {
        let Task { name, classes, .. } = &self.tasks[number];
        let labels = |part: &[Option<ReadProtein>]| -> Vec<Vec<Label>> {
            let samples = part
                .iter()
                .flatten()
                .map(|protein| &protein.samples[number]);
            let labels = samples.map(|samples| samples.labels.clone());
            labels.filter(|labels| !labels.is_empty()).collect()
        };
        let (train, eval) = self.proteins.split_at(self.n_train);
        let (train, eval) = (labels(train), labels(eval));
        for (what, part) in [("training", &train), ("evaluation", &eval)] {
            if part.is_empty() {
                return Err(Error::data(format!(
                    "task {name}: no {what} protein has labels of it; leave it out, or give data that \
                     have labels of it"
                )));
            }
        }
        let first = train[0][0];
        if train.iter().flatten().all(|label| *label == first) {
            let class = first.class().map_or("no", |class| classes[class].as_str());
            return Err(Error::data(format!(
                "task {name}: all training samples are of one class, `{class}`, so that nothing can be \
                 learned; train on more proteins, or leave it out"
            )));
        }
        let (known, folds) = (train.len(), settings.folds);
        if settings.l2.len() > 1 && known < folds {
            return Err(Error::data(format!(
                "task {name}: {known} training proteins are fewer than {folds} folds; give fewer folds, \
                 more proteins, or one penalty"
            )));
        }
        Ok(())
    }

    /// The same for the same residues, samples and labels in the same order.
    pub(super) fn hash(&self) -> String {
        let of_samples = |samples: &Samples| {
            let places = samples.places.clone().into_iter().flatten();
            let places = places.flat_map(|place| (place as u64).to_le_bytes());
            let labels = samples.labels.clone().into_iter();
            let labels =
                labels.flat_map(|label| label.class().map_or(0, |c| c as u16 + 1).to_le_bytes());
            places.chain(labels).collect::<Vec<u8>>()
        };
        let of_protein = |protein: &ReadProtein| {
            let samples = protein.samples.iter().flat_map(of_samples);
            protein.sequence.bytes().chain(samples).collect::<Vec<u8>>()
        };
        let proteins = self.proteins.iter().map(Option::as_ref);
        let bytes = proteins.flat_map(|protein| {
            let bytes = protein.map_or_else(Vec::new, of_protein);
            (bytes.len() as u64).to_le_bytes().into_iter().chain(bytes)
        });
        let tasks = format!("{} {:?}", self.n_train, self.tasks);
        format!(
            "{:016x}",
            fnv1a(tasks.into_bytes().into_iter().chain(bytes))
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{model, properties, proteins, settings};
    use super::*;

    fn sampled(train: &[Protein], eval: &[Protein], settings: &Settings) -> Sampled {
        let (model, properties, sets) = (model(), properties(), Sets { train, eval });
        let records = sets
            .iter()
            .map(|protein| (protein.id(), protein.sequence()));
        let plan = Plan::new(&model, records, settings.max_tokens).unwrap();
        let sampler = Sampler::new(&properties, train.len(), settings).unwrap();
        sampler.sample(sets, &plan, NonZeroUsize::MIN).unwrap()
    }

    #[test]
    fn only_negative_pairs_of_training_proteins_are_thinned() {
        let mut settings = settings();
        // Six residues of eight are read.
        settings.max_tokens = 8;
        let protein = [Protein::new("p", "AKALAVKK").unwrap()];
        let sampled = sampled(&protein, &protein, &settings);
        assert!(sampled.tasks[1].pairs && !sampled.tasks[0].pairs);
        let [train, eval] = [0, 1].map(|place| sampled.proteins[place].as_ref().unwrap());
        assert_eq!(train.sequence, "AKALAV");
        assert_eq!(train.samples[0].places.len(), 6);
        let pairs = |protein: &ReadProtein, is_alike: bool| {
            let labels = protein.samples[1].labels.iter();
            labels
                .filter(|label| label.class().is_some() == is_alike)
                .count()
        };
        // Ten pairs are at least two apart: those of A 0, 2, 4 with one another are alike.
        assert_eq!((pairs(eval, true), pairs(eval, false)), (3, 7));
        assert_eq!(pairs(train, true), 3);
        assert!((1..7).contains(&pairs(train, false)));
    }

    #[test]
    fn what_cannot_be_learned_or_judged_is_refused() {
        let (settings, known) = (settings(), proteins(4));
        let said = |train: &[Protein], eval: &[Protein], settings: &Settings| {
            let checked = sampled(train, eval, settings).check(settings);
            checked
                .map_err(|error| error.to_string())
                .err()
                .unwrap_or_default()
        };
        assert_eq!(said(&known, &known, &settings), "");
        let glycine = [Protein::new("g", "GAKALAVK").unwrap()];
        assert!(said(&known, &glycine, &settings).contains("alike: no evaluation protein"));
        assert!(said(&glycine, &known, &settings).contains("alike: no training protein"));
        let poly = [Protein::new("a", "AAAA").unwrap()];
        let one = said(&poly, &known, &settings);
        assert!(one.contains("are of one class, `A`"), "{one}");
        let folds = Settings {
            l2: vec![1.0, 2.0],
            ..settings
        };
        assert!(
            said(&known, &known, &folds).contains("4 training proteins are fewer than 5 folds")
        );
    }

    #[test]
    fn a_hash_is_of_labels_and_their_order() {
        let (settings, known) = (settings(), proteins(4));
        let hash = |train: &[Protein], eval: &[Protein]| sampled(train, eval, &settings).hash();
        let first = hash(&known[..2], &known[2..]);
        assert_eq!(first, hash(&known[..2], &known[2..]));
        assert_ne!(first, hash(&known[..3], &known[3..]));
        assert_ne!(first, hash(&known[2..], &known[..2]));
    }
}
