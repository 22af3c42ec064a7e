//! One probe: fitted, and judged by proteins that it has not seen.

use std::num::NonZeroUsize;

use protattn_io::{Label, Skipped, parallel};

use super::block_source::BlockSource;
use super::features::{FeatureSet, ReadProtein};
use super::samples::Task;
use super::scoring::{names, scores};
use super::target::Target;
use super::training::TrainingSamples;
use super::{FeatureKind, Settings};
use crate::{
    ControlTask, Error, Evaluation, FeatureSource, Fit, LogisticRegression, PairCombination,
    PairFeatures, Probe, ProbeRow, Resampling, ScoreRow, Selection,
};

const PAIRS: PairCombination = PairCombination::ProductAndDifference;

/// How probes are fitted and judged.
pub(super) struct Fitting<'a> {
    pub(super) set: &'a FeatureSet,
    pub(super) settings: &'a Settings,
    pub(super) regression: LogisticRegression,
    pub(super) threads: NonZeroUsize,
}

/// What one probe is to tell apart, and from which features.
pub(super) struct Question<'a> {
    pub(super) fitting: &'a Fitting<'a>,
    pub(super) source: &'a BlockSource<'a>,
    pub(super) task: usize,
    pub(super) class: &'a str,
    pub(super) target: &'a Target,
}

/// What came out.
pub(super) struct Answer {
    pub(super) probe: Probe,
    pub(super) rows: Vec<ProbeRow>,
    pub(super) warnings: Vec<String>,
}

/// Why there is no probe.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoProbe {
    #[error(transparent)]
    Fit(#[from] Error),
    #[error(
        "the penalty cannot be chosen by cross-validation; give one penalty, fewer folds or more training \
         proteins"
    )]
    Penalty(#[source] Error),
}

impl NoProbe {
    /// Whether a probe cannot be had of these samples, and others can: one class in a fold, for example.
    pub(super) fn is_for_want_of_data(&self) -> bool {
        let (Self::Fit(error) | Self::Penalty(error)) = self;
        matches!(
            error,
            Error::Fold { .. }
                | Error::OneClass { .. }
                | Error::UnseenClass { .. }
                | Error::TooFewGroups { .. }
                | Error::TooFewSamples { .. }
                | Error::NoVariance { .. }
        )
    }

    /// The error with all its causes.
    pub(super) fn reason(&self) -> String {
        Skipped::record("", self).reason
    }
}

/// A probe with the penalty that it was fitted with.
struct Fitted {
    probe: Probe,
    penalty: f64,
}

impl Question<'_> {
    /// What is asked, in words.
    pub(super) fn name(&self) -> String {
        let (task, class) = (&self.task().name, self.class);
        format!("task {task}, class {class}, {}", self.source.block)
    }

    fn task(&self) -> &Task {
        &self.fitting.set.layout.tasks[self.task]
    }

    /// Fits the probe, and that of the control task, and judges both.
    pub(super) fn answer(&self) -> Result<Answer, NoProbe> {
        let Fitting { set, settings, .. } = self.fitting;
        let rate = settings.negative_rate;
        let train = TrainingSamples::new(set, self.task, self.target, self.source, rate);
        let mut fitted = self.fit(&train, &train.labels)?;
        if self.task().pairs && rate < 1.0 {
            fitted.probe = fitted.probe.correct_sampling(rate)?;
        }
        let mut warnings = self.oddities(&fitted.probe);
        let truth = |protein: &ReadProtein| {
            let labels = protein.samples[self.task].labels.iter();
            labels
                .map(|label: &Label| self.target.class(*label))
                .collect()
        };
        let judged = self.evaluate(&fitted.probe, truth)?;
        let control = match settings.control {
            true => self.control(&train, &mut warnings)?,
            false => None,
        };
        let resampling = Resampling {
            draws: settings.bootstrap,
            seed: settings.seed,
            threads: self.fitting.threads,
            ..Resampling::default()
        };
        let scores = scores(self.task(), self.target);
        let report = judged.report(&scores, &train.frequencies, control.as_ref(), resampling)?;
        let row = |found| self.row(found, &fitted, &train, &judged);
        Ok(Answer {
            rows: report.iter().map(row).collect(),
            warnings,
            probe: fitted.probe,
        })
    }

    fn row(
        &self,
        found: &ScoreRow,
        fitted: &Fitted,
        train: &TrainingSamples,
        judged: &Evaluation,
    ) -> ProbeRow {
        let [score, k_rule, separation] = names(found.score);
        let block = self.source.block;
        ProbeRow {
            task: self.task().name.clone(),
            class: self.class.to_owned(),
            features: block.kind.name().to_owned(),
            layer: block.layer,
            score,
            k_rule,
            separation,
            value: found.value,
            ci_low: found.low,
            ci_high: found.high,
            majority: found.majority,
            control: found.control.unwrap_or(f64::NAN),
            selectivity: found.selectivity.unwrap_or(f64::NAN),
            penalty: fitted.penalty,
            converged: fitted.probe.fit().converged,
            n_train: train.labels.len() as u64,
            n_eval: judged.n_samples() as u64,
            train_proteins: train.n_proteins as u64,
            eval_proteins: judged.n_proteins() as u64,
        }
    }

    /// What is odd in how a probe was fitted.
    fn oddities(&self, probe: &Probe) -> Vec<String> {
        let mut warnings = Vec::new();
        let Fit {
            converged,
            iterations,
            gradient_norm,
            constant_features,
            ..
        } = *probe.fit();
        if constant_features > 0 && constant_features == probe.n_features() {
            warnings.push(format!(
                "{}: all features are the same in all training samples: nothing can be learned",
                self.name()
            ));
        }
        if !converged {
            warnings.push(format!(
                "{}: the fit did not converge in {iterations} steps (gradient {gradient_norm:.1e})",
                self.name()
            ));
        }
        warnings
    }

    fn fit(&self, train: &TrainingSamples, labels: &[usize]) -> Result<Fitted, NoProbe> {
        match (self.task().pairs, self.source.block.kind) {
            (true, FeatureKind::Hidden) => {
                let features = PairFeatures::new(self.source, &train.places, PAIRS)?;
                self.fit_features(&features, train, labels)
            }
            _ => {
                let features = Selection::new(self.source, &train.rows)?;
                self.fit_features(&features, train, labels)
            }
        }
    }

    fn fit_features(
        &self,
        features: &dyn FeatureSource,
        train: &TrainingSamples,
        labels: &[usize],
    ) -> Result<Fitted, NoProbe> {
        let Fitting {
            settings,
            regression,
            ..
        } = self.fitting;
        let (inverses, n_classes) = (settings.inverse_penalties(), self.target.n_classes());
        if let [inverse] = inverses[..] {
            return Ok(Fitted {
                probe: regression.fit(features, labels, n_classes)?,
                penalty: inverse.recip(),
            });
        }
        let found = regression.cross_validate(
            features,
            labels,
            n_classes,
            &train.groups,
            &inverses,
            settings.folds,
        );
        let found = found.map_err(NoProbe::Penalty)?;
        Ok(Fitted {
            penalty: found.inverse_penalties[found.best].recip(),
            probe: found.probe,
        })
    }

    /// What a probe makes of the proteins to judge by, of which these classes are true.
    fn evaluate(
        &self,
        probe: &Probe,
        truth: impl Fn(&ReadProtein) -> Vec<usize> + Sync,
    ) -> Result<Evaluation, NoProbe> {
        let (set, task) = (self.fitting.set, self.task);
        let is_known = |number: &usize| !set.proteins[*number].samples[task].labels.is_empty();
        let known: Vec<usize> = (set.n_train..set.proteins.len()).filter(is_known).collect();
        let predict = |(): &mut (), place: usize| -> Result<_, Error> {
            let samples = &set.proteins[known[place]].samples[task];
            let local = self.source.of_protein(known[place])?;
            match (self.task().pairs, self.source.block.kind) {
                (true, FeatureKind::Hidden) => {
                    probe.predict_proba(PairFeatures::new(&local, &samples.places, PAIRS)?)
                }
                (true, FeatureKind::Attention) => probe.predict_proba(&local),
                (false, _) => {
                    let rows: Vec<usize> = samples.places.iter().map(|[i, _]| *i).collect();
                    probe.predict_proba(Selection::new(&local, &rows)?)
                }
            }
        };
        let found = parallel::map(self.fitting.threads, known.len(), || (), predict)?;
        let mut evaluation = Evaluation::new(probe.n_classes());
        for (number, probabilities) in known.into_iter().zip(found) {
            let protein = &set.proteins[number];
            let (truth, samples) = (truth(protein), &protein.samples[task]);
            let (n, probabilities) = (protein.sequence.len(), probabilities.view());
            match self.task().pairs {
                true => evaluation.push_pairs(n, &samples.places, probabilities, &truth)?,
                false => evaluation.push(samples.labels.len(), probabilities, &truth)?,
            }
        }
        Ok(evaluation)
    }

    /// What a probe makes of the control task; none where no draw gives it all classes.
    fn control(
        &self,
        train: &TrainingSamples,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Evaluation>, NoProbe> {
        let of_training = self.fitting.set.sets().0.iter();
        let types = of_training.flat_map(|protein| self.types(protein));
        let types: Vec<[u8; 2]> = types.collect();
        let control = match self.control_task(&types, &train.frequencies) {
            Err(error @ Error::Control { .. }) => {
                warnings.push(format!(
                    "{}: there is no control task: {error}",
                    self.name()
                ));
                return Ok(None);
            }
            drawn => drawn?,
        };
        let label = |[a, b]: [u8; 2]| match self.task().pairs {
            true => control.pair(a, b),
            false => control.token(a),
        };
        let labels: Vec<usize> = types.into_iter().map(label).collect();
        let fitted = match self.fit(train, &labels) {
            Err(error) if error.is_for_want_of_data() => {
                let (name, reason) = (self.name(), error.reason());
                warnings.push(format!(
                    "{name}: there is no probe of the control task: {reason}"
                ));
                return Ok(None);
            }
            fitted => fitted?,
        };
        let truth = |protein: &ReadProtein| self.types(protein).map(label).collect();
        self.evaluate(&fitted.probe, truth).map(Some)
    }

    /// The control task for samples of these types.
    fn control_task(&self, types: &[[u8; 2]], frequencies: &[f64]) -> Result<ControlTask, Error> {
        let seed = self.fitting.settings.seed;
        if self.task().pairs {
            return ControlTask::of_pairs(types, frequencies, seed);
        }
        let types: Vec<u8> = types.iter().map(|[residue, _]| *residue).collect();
        ControlTask::of_tokens(&types, frequencies, seed)
    }

    /// The types of the residues of each sample of a protein.
    fn types<'p>(&self, protein: &'p ReadProtein) -> impl Iterator<Item = [u8; 2]> + use<'p> {
        let sequence = protein.sequence.as_bytes();
        let places = protein.samples[self.task].places.iter();
        places.map(|[i, j]| [sequence[*i], sequence[*j]])
    }
}
