//! One probe: fitted, and judged by proteins it has not seen.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::{Context, Result};
use ndarray::{Array2, Axis};
use protattn_io::{Label, Protein};
use protattn_metrics::scores::Separation;
use protattn_probe::{
    ControlTask, Error, Evaluation, FeatureSource, LogisticRegression, PairCombination,
    PairFeatures, Probe, Resampling, Score, ScoreRow, Selection,
};

use super::samples::{Samples, Task};
use super::store::Part;
use crate::args::Kind;
use crate::figures::file_name;
use crate::tables::ProbeRow;
use crate::{output, parallel};

/// What L is divided by for contacts, first as the paper has it.
const CONTACT_DIVISORS: [usize; 3] = [5, 2, 1];
/// What L is divided by for residues.
const RESIDUE_DIVISOR: usize = 20;
/// The class that stands for all of them at once.
pub(crate) const ALL: &str = "all";

/// How probes are fitted and judged.
pub(super) struct Fitting<'a> {
    pub(super) proteins: &'a [Protein],
    /// Residues that are read of each.
    pub(super) n_read: &'a [usize],
    pub(super) n_train: usize,
    pub(super) settings: LogisticRegression,
    /// scikit-learn's C; the best is chosen if there are several.
    pub(super) inverse_penalties: Vec<f64>,
    pub(super) folds: usize,
    pub(super) negative_rate: f64,
    pub(super) control: bool,
    pub(super) resampling: Resampling,
    pub(super) threads: NonZeroUsize,
    /// Where probes are saved, if they are.
    pub(super) folder: Option<PathBuf>,
}

/// Features of one kind and layer.
pub(super) struct Layer<'a> {
    pub(super) kind: Kind,
    /// 0 is the embedding.
    pub(super) layer: usize,
    pub(super) part: &'a Part,
    /// Those of the part in memory, if they lie on disk and fit.
    pub(super) loaded: Option<Array2<f32>>,
}

impl Layer<'_> {
    fn source(&self) -> &dyn FeatureSource {
        match &self.loaded {
            Some(loaded) => loaded,
            None => self.part,
        }
    }
}

/// What is told apart: a class from the rest, or these labels from each other.
enum Target {
    One(usize),
    All(Vec<Label>),
}

impl Target {
    /// The class of a label; at or above the number of classes for one that was never trained.
    fn class(&self, label: Label) -> usize {
        match self {
            Self::One(class) => usize::from(label.class() == Some(*class)),
            Self::All(known) => {
                let place = known.iter().position(|other| *other == label);
                place.unwrap_or(known.len() + label.class().unwrap_or(Label::MAX_CLASSES))
            }
        }
    }

    fn n_classes(&self) -> usize {
        match self {
            Self::One(_) => 2,
            Self::All(known) => known.len(),
        }
    }
}

/// A probe with the penalty it was fitted with.
struct Fitted {
    probe: Probe,
    l2: f64,
}

impl Fitting<'_> {
    /// The rows of all probes of a task on some features; what could not be had is told in `warnings`.
    pub(super) fn rows(
        &self,
        task: &Task,
        layer: &Layer<'_>,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<ProbeRow>> {
        let mut rows = Vec::new();
        for (name, target) in self.targets(task, warnings) {
            let kind = layer.kind.name();
            let at = format!(
                "task {}, class {name}, {kind}, layer {}",
                task.name, layer.layer
            );
            match self.probe(task, &name, &target, layer, &at, warnings) {
                Ok(of_probe) => rows.extend(of_probe),
                Err(error) if is_for_want_of_data(&error) => {
                    warnings.push(format!("{at}: there is no probe: {error:#}"));
                }
                Err(error) => return Err(error.context(at)),
            }
        }
        Ok(rows)
    }

    /// What there is to tell apart: each class that was seen in training and, of several, all.
    fn targets(&self, task: &Task, warnings: &mut Vec<String>) -> Vec<(String, Target)> {
        let labels = |samples: &[Samples]| {
            let mut known: Vec<Label> = Vec::new();
            for label in samples.iter().flat_map(|samples| &samples.labels) {
                if !known.contains(label) {
                    known.push(*label);
                }
            }
            known.sort_by_key(|label| label.class().unwrap_or(Label::MAX_CLASSES));
            known
        };
        let (train, eval) = task.samples.split_at(self.n_train);
        let (known, judged) = (labels(train), labels(eval));
        let mut targets = Vec::new();
        for (index, class) in task.classes.iter().enumerate() {
            let is_class = |label: &Label| label.class() == Some(index);
            if known.iter().any(is_class) {
                targets.push((class.clone(), Target::One(index)));
            } else if judged.iter().any(is_class) {
                let warning = format!(
                    "task {}: class {class} is in the evaluation, but no training sample has it: it has \
                     no probe, and counts as wrong",
                    task.name
                );
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
        }
        if task.classes.len() > 1 && known.len() > 2 {
            targets.push((ALL.to_owned(), Target::All(known)));
        }
        targets
    }

    fn probe(
        &self,
        task: &Task,
        name: &str,
        target: &Target,
        layer: &Layer<'_>,
        at: &str,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<ProbeRow>> {
        let train = Train::new(task, target, layer, self);
        let mut fitted = self.fit(task, layer, &train, &train.labels, target.n_classes())?;
        if task.pairs && self.negative_rate < 1.0 {
            fitted.probe = fitted.probe.correct_sampling(self.negative_rate)?;
        }
        self.save(task, name, layer, &fitted.probe)?;
        let how = *fitted.probe.fit();
        if how.constant_features > 0 && how.constant_features == fitted.probe.n_features() {
            warnings.push(format!(
                "{at}: all features are the same in all training samples: nothing can be learned"
            ));
        }
        if !how.converged {
            warnings.push(format!(
                "{at}: the fit did not converge in {} steps (gradient {:.1e})",
                how.iterations, how.gradient_norm
            ));
        }
        let truth = |_: usize, samples: &Samples| -> Vec<usize> {
            samples
                .labels
                .iter()
                .map(|label| target.class(*label))
                .collect()
        };
        let judged = self.evaluate(task, layer, &fitted.probe, truth)?;
        let control = match self.control {
            true => self.control(task, layer, &train, target, at, warnings)?,
            false => None,
        };
        let scores = scores(task, target);
        let report = judged.report(
            &scores,
            &train.frequencies,
            control.as_ref(),
            self.resampling,
        )?;
        let row = |found: &ScoreRow| {
            let (score, k_rule, separation) = names(found.score);
            ProbeRow {
                task: task.name.clone(),
                class: name.to_owned(),
                features: layer.kind.name().to_owned(),
                layer: layer.layer,
                score: score.to_owned(),
                k_rule,
                separation: separation.to_owned(),
                value: found.value,
                low: found.low,
                high: found.high,
                majority: found.majority,
                control: found.control.unwrap_or(f64::NAN),
                selectivity: found.selectivity.unwrap_or(f64::NAN),
                l2: fitted.l2,
                converged: how.converged,
                n_train: train.labels.len() as u64,
                n_eval: judged.n_samples() as u64,
                train_proteins: train.n_proteins as u64,
                eval_proteins: judged.n_proteins() as u64,
            }
        };
        Ok(report.iter().map(row).collect())
    }

    fn fit(
        &self,
        task: &Task,
        layer: &Layer<'_>,
        train: &Train,
        labels: &[usize],
        n_classes: usize,
    ) -> Result<Fitted> {
        let source = layer.source();
        match (task.pairs, layer.kind) {
            (true, Kind::Hidden) => {
                let kind = PairCombination::ProductAndDifference;
                let features = PairFeatures::new(source, &train.places, kind)?;
                self.fit_source(&features, train, labels, n_classes)
            }
            _ => {
                let features = Selection::new(source, &train.rows)?;
                self.fit_source(&features, train, labels, n_classes)
            }
        }
    }

    fn fit_source(
        &self,
        features: &dyn FeatureSource,
        train: &Train,
        labels: &[usize],
        n_classes: usize,
    ) -> Result<Fitted> {
        if let [inverse] = self.inverse_penalties[..] {
            let probe = self.settings.fit(features, labels, n_classes)?;
            return Ok(Fitted {
                probe,
                l2: inverse.recip(),
            });
        }
        let penalties = &self.inverse_penalties;
        let found = self.settings.cross_validate(
            features,
            labels,
            n_classes,
            &train.groups,
            penalties,
            self.folds,
        );
        let found = found.context(
            "the penalty cannot be chosen by cross-validation; give one --l2, fewer --folds or more \
             training proteins",
        )?;
        Ok(Fitted {
            l2: found.inverse_penalties[found.best].recip(),
            probe: found.probe,
        })
    }

    /// What the probe makes of the proteins to judge by, with these labels.
    fn evaluate(
        &self,
        task: &Task,
        layer: &Layer<'_>,
        probe: &Probe,
        truth: impl Fn(usize, &Samples) -> Vec<usize> + Sync,
    ) -> Result<Evaluation> {
        let known: Vec<usize> = (self.n_train..self.proteins.len())
            .filter(|place| !task.samples[*place].labels.is_empty())
            .collect();
        let predict = |(): &mut (), number: usize| {
            let place = known[number];
            let samples = &task.samples[place];
            let local = match &layer.loaded {
                None => layer.part.of_protein(place)?,
                Some(all) => {
                    let rows = layer.part.rows_of(place);
                    all.slice_axis(Axis(0), rows.into()).to_owned()
                }
            };
            let probabilities = match (task.pairs, layer.kind) {
                (true, Kind::Hidden) => {
                    let kind = PairCombination::ProductAndDifference;
                    probe.predict_proba(PairFeatures::new(&local, &samples.places, kind)?)?
                }
                (true, Kind::Attention) => probe.predict_proba(&local)?,
                (false, _) => {
                    let rows: Vec<usize> = samples.places.iter().map(|[i, _]| *i).collect();
                    probe.predict_proba(Selection::new(&local, &rows)?)?
                }
            };
            Ok((probabilities, truth(place, samples)))
        };
        let found = parallel::map(self.threads, known.len(), || (), predict)?;
        let mut evaluation = Evaluation::new(probe.n_classes());
        for (place, (probabilities, truth)) in known.iter().zip(found) {
            let samples = &task.samples[*place];
            if task.pairs {
                evaluation.push_pairs(
                    self.n_read[*place],
                    &samples.places,
                    probabilities.view(),
                    &truth,
                )?;
            } else {
                evaluation.push(samples.labels.len(), probabilities.view(), &truth)?;
            }
        }
        Ok(evaluation)
    }

    /// What a probe makes of the control task; none where no draw gives it all classes.
    fn control(
        &self,
        task: &Task,
        layer: &Layer<'_>,
        train: &Train,
        target: &Target,
        at: &str,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Evaluation>> {
        let (n_classes, seed) = (target.n_classes(), self.resampling.seed);
        let of_training = task.samples[..self.n_train].iter().zip(self.proteins);
        let types: Vec<[u8; 2]> = of_training
            .flat_map(|(samples, protein)| types_of(protein, samples))
            .collect();
        let drawn = if task.pairs {
            ControlTask::of_pairs(&types, &train.frequencies, seed)
        } else {
            let types: Vec<u8> = types.iter().map(|[residue, _]| *residue).collect();
            ControlTask::of_tokens(&types, &train.frequencies, seed)
        };
        let control = match drawn {
            Ok(control) => control,
            Err(error @ Error::Control { .. }) => {
                warnings.push(format!("{at}: there is no control task: {error}"));
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let label = |[a, b]: [u8; 2]| match task.pairs {
            true => control.pair(a, b),
            false => control.token(a),
        };
        let labels: Vec<usize> = types.into_iter().map(label).collect();
        let fitted = match self.fit(task, layer, train, &labels, n_classes) {
            Err(error) if is_for_want_of_data(&error) => {
                warnings.push(format!(
                    "{at}: there is no probe of the control task: {error:#}"
                ));
                return Ok(None);
            }
            fitted => fitted?,
        };
        let truth = |place: usize, samples: &Samples| -> Vec<usize> {
            types_of(&self.proteins[place], samples)
                .map(label)
                .collect()
        };
        self.evaluate(task, layer, &fitted.probe, truth).map(Some)
    }

    fn save(&self, task: &Task, class: &str, layer: &Layer<'_>, probe: &Probe) -> Result<()> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        let (kind, number) = (layer.kind.name(), layer.layer);
        let name = file_name(&format!("{}.{class}.{kind}-{number:02}", task.name));
        output::write(
            &folder.join(format!("{name}.safetensors")),
            &probe.to_bytes()?,
        )
    }
}

/// Whether a probe cannot be had of these samples, and others can: one class in a fold, for example.
fn is_for_want_of_data(error: &anyhow::Error) -> bool {
    let is = |error: &Error| {
        matches!(
            error,
            Error::Fold { .. }
                | Error::OneClass { .. }
                | Error::UnseenClass { .. }
                | Error::TooFewGroups { .. }
                | Error::TooFewSamples { .. }
                | Error::NoVariance { .. }
        )
    };
    let mut causes = error.chain();
    causes.any(|cause| cause.downcast_ref().is_some_and(is))
}

/// The types of the residues of each sample.
fn types_of<'a>(protein: &'a Protein, samples: &'a Samples) -> impl Iterator<Item = [u8; 2]> + 'a {
    let sequence = protein.sequence().as_bytes();
    samples
        .places
        .iter()
        .map(|[i, j]| [sequence[*i], sequence[*j]])
}

/// The samples to train on.
struct Train {
    /// Rows of the features of each sample, where a sample has a row.
    rows: Vec<usize>,
    /// Rows of both residues of each sample, where it has the hidden states of two.
    places: Vec<[usize; 2]>,
    labels: Vec<usize>,
    /// Samples of each class, as if none had been left out.
    frequencies: Vec<f64>,
    /// The protein of each sample.
    groups: Vec<usize>,
    n_proteins: usize,
}

impl Train {
    fn new(task: &Task, target: &Target, layer: &Layer<'_>, fitting: &Fitting<'_>) -> Self {
        let mut train = Self {
            rows: Vec::new(),
            places: Vec::new(),
            labels: Vec::new(),
            frequencies: vec![0.0; target.n_classes()],
            groups: Vec::new(),
            n_proteins: 0,
        };
        for (protein, samples) in task.samples[..fitting.n_train].iter().enumerate() {
            let rows = layer.part.rows_of(protein);
            let first = rows.start;
            match (task.pairs, layer.kind) {
                (true, Kind::Hidden) => {
                    let places = samples.places.iter().map(|[i, j]| [first + i, first + j]);
                    train.places.extend(places);
                }
                (true, Kind::Attention) => train.rows.extend(rows),
                (false, _) => train
                    .rows
                    .extend(samples.places.iter().map(|[i, _]| first + i)),
            }
            train
                .labels
                .extend(samples.labels.iter().map(|label| target.class(*label)));
            train.groups.resize(train.labels.len(), protein);
            train.n_proteins += usize::from(!samples.labels.is_empty());
        }
        for label in &train.labels {
            train.frequencies[*label] += 1.0;
        }
        if task.pairs {
            train.frequencies[0] /= fitting.negative_rate;
        }
        train
    }
}

/// The scores of a task, the one that figures show first.
fn scores(task: &Task, target: &Target) -> Vec<Score> {
    if matches!(target, Target::All(_)) {
        return vec![Score::Accuracy, Score::Matthews];
    }
    let at = |divisor, separation| Score::PrecisionAtL {
        class: 1,
        divisor,
        separation,
    };
    let mut scores = vec![
        Score::F1(1),
        Score::Precision(1),
        Score::Recall(1),
        Score::Accuracy,
        Score::Matthews,
        Score::AveragePrecision(1),
        Score::RocAuc(1),
    ];
    if task.pairs {
        let ranges = std::iter::once(None).chain(Separation::ALL.map(Some));
        scores.extend(ranges.flat_map(|range| CONTACT_DIVISORS.map(|divisor| at(divisor, range))));
    } else {
        scores.push(at(RESIDUE_DIVISOR, None));
    }
    scores
}

/// The name of a score, the rule of its k, and its range of separations.
fn names(score: Score) -> (&'static str, String, &'static str) {
    let name = match score {
        Score::F1(_) => "f1",
        Score::Precision(_) => "precision",
        Score::Recall(_) => "recall",
        Score::Accuracy => "accuracy",
        Score::Matthews => "matthews",
        Score::AveragePrecision(_) => "average_precision",
        Score::RocAuc(_) => "roc_auc",
        _ => "precision_at_k",
    };
    match score {
        Score::PrecisionAtL {
            divisor,
            separation,
            ..
        } => {
            let rule = match divisor {
                1 => "L".to_owned(),
                _ => format!("L/{divisor}"),
            };
            (name, rule, separation.map_or("all", Separation::name))
        }
        _ => (name, String::new(), ""),
    }
}
