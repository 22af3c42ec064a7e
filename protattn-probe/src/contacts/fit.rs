//! A contact regression, fitted to the attention of a model.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use protattn_io::text::{bytes, number};
use protattn_io::{ContactRule, Protein};
use protattn_model::Model;
use protattn_model::run::{self, About, Begun, Error, Merged, Options, Outcome, Plan, Record, Run};
use serde::{Deserialize, Serialize};

use super::features::{KnownPairs, PairRows, Reading, samples};
use crate::{ContactRegression, LogisticRegression};

/// The name of the analysis in records.
pub const FIT: &str = "contact-fit";
/// The name under which the attention between pairs is saved.
const PAIRS: &str = "pairs";

/// Everything that decides a fitted regression, beside model and data.
///
/// ```
/// use protattn_probe::contacts::FitSettings;
///
/// let mut settings = FitSettings::default();
/// settings.rule.distance = 10.0;
/// assert_eq!(settings.l1, 0.15);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FitSettings {
    /// When residues are in contact; nearer pairs than its `min_separation` are not fitted to.
    /// Default: Cα closer than 8 Å, at least 6 apart.
    pub rule: ContactRule,
    /// Sequences are cut to this many tokens, special ones included. Default: 512.
    pub max_tokens: usize,
    /// Weight of the penalty on absolute coefficients against the sum of losses, over 0: 1 / C of
    /// scikit-learn. More leaves fewer heads. Default: 0.15.
    pub l1: f64,
}

impl Default for FitSettings {
    fn default() -> Self {
        Self {
            rule: ContactRule::default(),
            max_tokens: 512,
            l1: 0.15,
        }
    }
}

impl FitSettings {
    /// Those of [`ContactRegression::default_settings`] with another weight of the penalty.
    fn regression(&self, threads: NonZeroUsize) -> Result<LogisticRegression, Error> {
        let settings = LogisticRegression::builder()
            .inverse_penalty(self.l1.recip())
            .l1_ratio(1.0)
            .standardize(false)
            .threads(threads);
        let l1 = self.l1;
        let wrong = |_| Error::settings(format!("`l1` is {l1}; it is over 0"));
        settings.build().map_err(wrong)
    }
}

/// A fit of a [`ContactRegression`] to a model's attention: of which model, and how.
#[derive(Debug)]
pub struct ContactFit<'a> {
    model: &'a Model,
    settings: FitSettings,
    memory: u64,
    options: Options<'a>,
}

/// A regression, and what it was fitted to.
#[derive(Debug)]
#[non_exhaustive]
pub struct FittedContacts {
    /// The regression.
    pub regression: ContactRegression,
    /// What was done; its proteins are those that have pairs of which it is known whether they touch.
    pub record: Record<FitSettings>,
    /// How the fit went.
    pub results: FitResults,
}

/// How a fit went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FitResults {
    /// Pairs of residues that it was fitted to.
    pub pairs: usize,
    /// Those of them that are contacts.
    pub contacts: usize,
    /// Coefficients that are not 0.
    pub non_zero: usize,
    /// All coefficients, one for each head of each layer.
    pub coefficients: usize,
    /// Whether the solver converged.
    pub converged: bool,
    /// Its steps.
    pub iterations: usize,
    /// The gradient at the solution; see [`Fit`](crate::Fit).
    pub gradient_norm: f64,
}

impl<'a> ContactFit<'a> {
    /// A fit to the attention of this model, by default settings, in 4 GiB.
    #[must_use]
    pub fn new(model: &'a Model) -> Self {
        Self {
            model,
            settings: FitSettings::default(),
            memory: 4 << 30,
            options: Options::default(),
        }
    }

    /// Fits by these settings.
    #[must_use]
    pub fn settings(mut self, settings: FitSettings) -> Self {
        self.settings = settings;
        self
    }

    /// The most bytes that the attention between the pairs may take, in all shards together: 4 for
    /// each pair and head. More is refused before anything is computed. Default: 4 GiB.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// Runs as these options say.
    #[must_use]
    pub fn options(mut self, options: Options<'a>) -> Self {
        self.options = options;
        self
    }

    /// Fits to proteins, of which those with a structure count.
    ///
    /// # Errors
    /// As [`start`](Self::start); also [`Error::Settings`] for a shard, and for a run that was complete
    /// before.
    pub fn run(self, proteins: &[Protein]) -> Result<FittedContacts, Error> {
        self.start(proteins)?.done()
    }

    /// Fits to proteins, of which those with a structure count. The regression is the same, bit for
    /// bit, for any number of threads, and whether the run was interrupted or not; the order of the
    /// proteins changes its last digits.
    ///
    /// # Errors
    /// [`Error::Data`] if no pair, or each, is a contact, and if the attention takes more than the
    /// [memory](Self::memory) that it may; [`Error::Settings`] for a penalty that is not over 0;
    /// [`Error::Sequence`] if a pass fails; [`Error::Interrupted`]; and those of saving, see
    /// [`Run::begin`].
    pub fn start(
        self,
        proteins: &[Protein],
    ) -> Result<Outcome<FittedContacts, FitSettings>, Error> {
        let solver = self.settings.regression(self.options.n_threads())?;
        let records = proteins.iter().map(|p| (p.id(), p.sequence()));
        let plan = Plan::new(self.model, records, self.settings.max_tokens)?;
        self.check(&plan, proteins)?;
        let plan = plan.shard(self.model, self.options.share());
        let settings = self.settings.clone();
        let run = match Run::begin(self.model, &plan, FIT, settings, &self.options)? {
            Begun::Complete(record) => return Ok(Outcome::Before(record)),
            Begun::Run(run) => *run,
        };
        let reading = Reading {
            plan: &plan,
            proteins,
            rule: self.settings.rule,
            n_heads: self.model.info().n_layers * self.model.info().n_heads,
        };
        let engine = run.engine();
        let known = engine.sum(
            &plan,
            PAIRS,
            || Ok(KnownPairs::default()),
            |tasks, workspace, known| reading.read(&engine, tasks, workspace, known),
        )?;
        if plan.share().is_some() {
            let record = run.finish(known.proteins.len(), &[], Vec::new());
            return Ok(Outcome::Shard(Box::new(record)));
        }
        let fitted = Fitted::new(known, &solver, run.about())?;
        let record = run.finish(fitted.proteins, &[], fitted.results.warnings());
        Ok(Outcome::Done(Box::new(fitted.with(record))))
    }

    /// Refuses what nothing can be learned from, and what takes too much memory.
    fn check(&self, plan: &Plan<'_>, proteins: &[Protein]) -> Result<(), Error> {
        let (mut pairs, mut contacts) = (0, 0);
        for (protein, n_read) in proteins.iter().zip(plan.n_read()) {
            let samples = samples(protein, &self.settings.rule, n_read);
            pairs += samples.labels.len();
            contacts += samples.labels.iter().sum::<usize>();
        }
        check(&self.settings.rule, pairs, contacts)?;
        let info = self.model.info();
        let taken = 4 * pairs as u64 * (info.n_layers * info.n_heads) as u64;
        if taken <= self.memory {
            return Ok(());
        }
        Err(Error::data(format!(
            "the attention between {} pairs takes {}, more than `memory` {}: fit on fewer proteins, \
             cut them shorter (`max_tokens`), or give more `memory`",
            number(pairs as u64),
            bytes(taken),
            bytes(self.memory)
        )))
    }
}

/// Brings the shards of one fit together: the same regression, bit for bit, as of one run. With
/// `partial`, the folder for results of a merge that takes what there is though shards are missing.
///
/// Neither the model nor the proteins are needed. Gives the shards that are missing, too.
///
/// # Errors
/// As [`run::merge`]; [`Error::Data`] if no pair, or each, is a contact.
pub fn merge_fit(
    folders: &[PathBuf],
    partial: Option<&Path>,
    options: &Options<'_>,
) -> Result<(FittedContacts, Vec<u32>), Error> {
    let start = Instant::now();
    let Merged {
        about,
        sum,
        missing,
    } = run::merge::<FitSettings, KnownPairs>(folders, PAIRS, partial)?;
    let solver = about.record.settings.regression(options.n_threads())?;
    let fitted = Fitted::new(sum, &solver, &about)?;
    let mut record = about.finish(fitted.proteins, &[], fitted.results.warnings());
    record.seconds = start.elapsed().as_secs_f64();
    Ok((fitted.with(record), missing))
}

/// A regression without the record of its run.
struct Fitted {
    regression: ContactRegression,
    results: FitResults,
    proteins: usize,
}

impl Fitted {
    /// Fits to what is known.
    fn new(
        mut known: KnownPairs,
        solver: &LogisticRegression,
        about: &About<FitSettings>,
    ) -> Result<Self, Error> {
        known.sort();
        let (rule, model) = (about.record.settings.rule, &about.record.model);
        let labels = known.labels();
        let contacts = labels.iter().sum();
        check(&rule, labels.len(), contacts)?;
        let rows = PairRows::new(&known, model.layers * model.heads);
        let apart = rule.min_separation;
        let regression = ContactRegression::fit(solver, &rows, &labels, model.layers, apart);
        let regression = regression.map_err(Error::analysis)?;
        let (fit, coefficients) = (regression.fitted(), regression.coefficients());
        Ok(Self {
            results: FitResults {
                pairs: labels.len(),
                contacts,
                non_zero: coefficients.iter().filter(|c| **c != 0.0).count(),
                coefficients: coefficients.len(),
                converged: fit.converged,
                iterations: fit.iterations,
                gradient_norm: fit.gradient_norm,
            },
            regression,
            proteins: known.proteins.len(),
        })
    }

    fn with(self, record: Record<FitSettings>) -> FittedContacts {
        FittedContacts {
            regression: self.regression,
            record,
            results: self.results,
        }
    }
}

impl FitResults {
    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.non_zero == 0 {
            warnings.push(
                "all coefficients are 0, so that all pairs are equally probable; fit on more proteins, \
                 or with a smaller `l1`"
                    .to_owned(),
            );
        }
        if !self.converged {
            warnings.push(format!(
                "the fit did not converge in {} steps (gradient {:.1e})",
                self.iterations, self.gradient_norm
            ));
        }
        warnings
    }
}

/// Refuses what nothing can be learned from.
fn check(rule: &ContactRule, pairs: usize, contacts: usize) -> Result<(), Error> {
    if pairs == 0 {
        return Err(Error::data(format!(
            "no protein has residues {} apart whose atoms have positions; fit on proteins with \
             structures",
            rule.min_separation
        )));
    }
    if contacts == 0 || contacts == pairs {
        return Err(Error::data(format!(
            "of {} pairs {} is a contact, so that nothing can be learned; fit on more proteins, or with \
             another distance",
            number(pairs as u64),
            if contacts == 0 { "none" } else { "each" }
        )));
    }
    Ok(())
}
