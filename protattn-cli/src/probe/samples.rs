//! What a task has of each protein: residues or pairs, with their labels.

use anyhow::{Result, bail};
use protattn_io::{Label, Protein};
use protattn_metrics::{Labels, Property, labels_of};
use protattn_probe::PairSampling;

use crate::ending::Usage;
use crate::guard::guarded;
use crate::record::Skipped;

/// A task with the samples of all proteins.
pub(super) struct Task {
    pub(super) name: String,
    pub(super) classes: Vec<String>,
    /// Whether samples are pairs.
    pub(super) pairs: bool,
    /// Of each protein; those to train on come first.
    pub(super) samples: Vec<Samples>,
}

/// The samples of a protein; none where the task knows nothing of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Samples {
    /// Residues, twice the same, or pairs i < j; 0-based.
    pub(super) places: Vec<[usize; 2]>,
    pub(super) labels: Vec<Label>,
}

/// How pairs are chosen.
#[derive(Clone, Copy)]
pub(super) struct PairRule {
    pub(super) min_separation: usize,
    /// Share of the negatives that is trained on.
    pub(super) rate: f64,
    pub(super) seed: u64,
}

impl Task {
    /// The samples of a property among the residues that are read of each protein (0 where a protein
    /// is not read at all). Of the first `n_train` proteins negative pairs are thinned.
    pub(super) fn new(
        property: &dyn Property,
        proteins: &[Protein],
        n_read: &[usize],
        n_train: usize,
        rule: PairRule,
        skipped: &mut Vec<Skipped>,
    ) -> Result<Self> {
        let mut task = Self {
            name: property.name().to_owned(),
            classes: property.classes().to_vec(),
            pairs: false,
            samples: vec![Samples::default(); proteins.len()],
        };
        for (place, protein) in proteins.iter().enumerate() {
            let n = n_read[place];
            let reason = match guarded(|| labels_of(property, protein)) {
                Ok(Ok(None)) => continue,
                Ok(Ok(Some(Labels::Residues(labels)))) => {
                    task.samples[place] = Samples::of_residues(&labels[..n.min(labels.len())]);
                    continue;
                }
                Ok(Ok(Some(Labels::Pairs(labels)))) => {
                    task.pairs = true;
                    let rate = if place < n_train { rule.rate } else { 1.0 };
                    let sampling =
                        PairSampling::new(rule.min_separation).negative_rate(rate, rule.seed)?;
                    let n = n.min(labels.len());
                    let chosen = sampling.select(place as u64, n, |i, j| {
                        let label = labels.get(i, j);
                        label.is_defined().then(|| label.class().is_some())
                    });
                    task.samples[place] = Samples {
                        labels: chosen
                            .pairs
                            .iter()
                            .map(|[i, j]| labels.get(*i, *j))
                            .collect(),
                        places: chosen.pairs,
                    };
                    continue;
                }
                Ok(Err(error)) => Skipped::record(protein.id(), &error).reason,
                Err(panicked) => format!("task {}: {panicked}", task.name),
            };
            skipped.push(Skipped {
                record: protein.id().to_owned(),
                reason,
            });
        }
        if task.pairs && task.classes.len() > 1 {
            bail!(Usage(format!(
                "--task: {} has {} classes of pairs; pairs are probed for one class only",
                task.name,
                task.classes.len()
            )));
        }
        Ok(task)
    }

    /// Checks that something can be learned and judged.
    pub(super) fn check(&self, n_train: usize) -> Result<()> {
        let (train, eval) = self.samples.split_at(n_train);
        let name = &self.name;
        for (what, flag, part) in [
            ("training", "--train", train),
            ("evaluation", "--eval", eval),
        ] {
            if part.iter().all(|samples| samples.labels.is_empty()) {
                bail!(
                    "task {name}: no {what} protein has labels of it; leave it out of --task, or give \
                     labels with --labels or other data with {flag}"
                );
            }
        }
        let mut labels = train.iter().flat_map(|samples| &samples.labels);
        let first = labels.next().copied();
        if labels.all(|label| Some(*label) == first) {
            let class = first.and_then(Label::class);
            let class = class.map_or("no", |class| self.classes[class].as_str());
            bail!(
                "task {name}: all training samples are of one class, `{class}`, so that nothing can be \
                 learned; train on more proteins, or leave it out of --task"
            );
        }
        Ok(())
    }
}

impl Samples {
    fn of_residues(labels: &[Label]) -> Self {
        let known = labels.iter().enumerate().filter(|(_, l)| l.is_defined());
        let (places, labels) = known.map(|(i, label)| ([i, i], *label)).unzip();
        Self { places, labels }
    }
}
