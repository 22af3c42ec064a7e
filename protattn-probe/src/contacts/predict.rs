//! Contacts, predicted from the attention of a model.

use protattn_io::{ContactRule, Protein, Skipped};
use protattn_model::run::{self, Begun, Error, Options, Outcome, Plan, Run, Task};
use protattn_model::{ContactHead, Contacts, Model, SpecialTokens, Tokens, Workspace};
use serde::{Deserialize, Serialize};

use super::predictions::{Predicted, Predictions};
use super::{FitSettings, PredictedContacts};
use crate::ContactRegression;

/// The name of the analysis in records.
pub const PREDICTION: &str = "contacts";
/// The name under which predictions are saved.
pub(super) const PREDICTED: &str = "predicted";

/// How far apart residues were, at least, on whose pairs the heads of ESM were fitted (Rao et al. 2021,
/// section 3.2).
const ESM_MIN_SEPARATION: usize = 6;

/// Everything that decides predictions, beside model and data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PredictionSettings {
    /// When residues are in contact, for the scores; nearer pairs than its `min_separation` are not
    /// predicted. Default: Cα closer than 8 Å, at least 6 apart.
    pub rule: ContactRule,
    /// Sequences are cut to this many tokens, special ones included. Default: 512.
    pub max_tokens: usize,
    /// What predicts; filled in when the run begins.
    pub head: HeadRecord,
}

impl Default for PredictionSettings {
    fn default() -> Self {
        let FitSettings {
            rule, max_tokens, ..
        } = FitSettings::default();
        Self {
            rule,
            max_tokens,
            head: HeadRecord::default(),
        }
    }
}

/// What predicts, as a record has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HeadRecord {
    /// Where it is from: a file, or `checkpoint` for the model's own.
    pub source: String,
    /// Of the file, in hexadecimal; empty for the model's own, which is in its weights.
    pub sha256: String,
    /// How far apart the residues of the pairs were, at least, that it was fitted on.
    pub min_separation: usize,
}

/// A prediction of contacts: by which model and head, and how.
#[derive(Debug)]
pub struct ContactPrediction<'a> {
    model: &'a Model,
    head: ContactHead,
    of_head: HeadRecord,
    settings: PredictionSettings,
    options: Options<'a>,
}

impl<'a> ContactPrediction<'a> {
    /// Predicts by a regression, which is applied in single precision as attention is.
    ///
    /// # Errors
    /// [`Error::Model`] if it is not one for the layers and heads of this model.
    pub fn new(model: &'a Model, regression: &ContactRegression) -> Result<Self, Error> {
        let weights = regression.coefficients().mapv(|weight| weight as f32);
        let head = ContactHead::new(weights, regression.intercept() as f32)?;
        let bytes = regression.to_bytes().map_err(Error::analysis)?;
        let of_head = HeadRecord {
            source: "regression".to_owned(),
            sha256: run::sha256_of_bytes(&bytes),
            min_separation: regression.min_separation(),
        };
        Self::by(model, head, of_head)
    }

    /// Predicts by the head that the model's checkpoint came with.
    ///
    /// # Errors
    /// [`Error::Settings`] if it came with none.
    pub fn by_checkpoint(model: &'a Model) -> Result<Self, Error> {
        let Some(head) = model.contact_head() else {
            let name = &model.info().name;
            return Err(Error::settings(format!(
                "{name} has no contact head of its own; predict by a regression that was fitted to it"
            )));
        };
        let of_head = HeadRecord {
            source: "checkpoint".to_owned(),
            sha256: String::new(),
            min_separation: ESM_MIN_SEPARATION,
        };
        Self::by(model, head.clone(), of_head)
    }

    fn by(model: &'a Model, head: ContactHead, of_head: HeadRecord) -> Result<Self, Error> {
        Contacts::new(&head, model.info())?;
        Ok(Self {
            model,
            head,
            of_head,
            settings: PredictionSettings::default(),
            options: Options::default(),
        })
    }

    /// Says in the record where the head is from.
    #[must_use]
    pub fn head_from(mut self, source: &str) -> Self {
        source.clone_into(&mut self.of_head.source);
        self
    }

    /// Predicts by these settings.
    #[must_use]
    pub fn settings(mut self, settings: PredictionSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Runs as these options say.
    #[must_use]
    pub fn options(mut self, options: Options<'a>) -> Self {
        self.options = options;
        self
    }

    /// Predicts the contacts of proteins, and judges them where a structure is known.
    ///
    /// # Errors
    /// As [`start`](Self::start); also [`Error::Settings`] for a shard, and for a run that was complete
    /// before.
    pub fn run(self, proteins: &[Protein]) -> Result<Predictions, Error> {
        self.start(proteins)?.done()
    }

    /// Predicts the contacts of proteins, and judges them where a structure is known. A protein that
    /// the model cannot read, or whose pass fails, is in the record with the reason. The predictions are
    /// the same, bit for bit, for any number of threads, and whether the run was interrupted or not.
    ///
    /// # Errors
    /// [`Error::Data`] if no protein can be predicted; [`Error::Interrupted`]; those of saving, see
    /// [`Run::begin`]; [`Error::File`] if the temporary file of the predictions cannot be written.
    pub fn start(
        mut self,
        proteins: &[Protein],
    ) -> Result<Outcome<Predictions, PredictionSettings>, Error> {
        self.settings.head = self.of_head.clone();
        let records = proteins.iter().map(|p| (p.id(), p.sequence()));
        let plan = Plan::new(self.model, records, self.settings.max_tokens)?;
        let plan = plan.shard(self.model, self.options.share());
        let settings = self.settings.clone();
        let run = match Run::begin(self.model, &plan, PREDICTION, settings, &self.options)? {
            Begun::Complete(record) => return Ok(Outcome::Before(record)),
            Begun::Run(run) => *run,
        };
        let predicted = run.engine().sum(
            &plan,
            PREDICTED,
            || Ok(Predicted::new(&self.options)),
            |tasks, workspace, predicted| {
                self.predict(&plan, proteins, tasks, workspace, predicted)
            },
        )?;
        if plan.share().is_some() {
            let record = run.finish(predicted.n_proteins(), predicted.skipped(), Vec::new());
            return Ok(Outcome::Shard(Box::new(record)));
        }
        let skipped = run.about().all_skipped(predicted.skipped());
        let threads = self.options.n_threads();
        let predictions = Predictions::new(predicted, &self.settings, &skipped, threads, |found| {
            run.finish(found.proteins, &found.skipped, found.warnings)
        });
        Ok(Outcome::Done(Box::new(predictions?)))
    }

    /// Predicts the proteins of some tasks.
    fn predict(
        &self,
        plan: &Plan<'_>,
        proteins: &[Protein],
        tasks: &[&Task],
        workspace: &mut Workspace,
        predicted: &mut Predicted,
    ) -> Result<(), Error> {
        let contacts = Contacts::new(&self.head, self.model.info())?;
        let jobs = tasks.iter().map(|task| (task.tokens(), contacts.clone()));
        let mut batch: Vec<(&Tokens, Contacts<'_>)> = jobs.collect();
        let cut = SpecialTokens::Cut;
        let results = self.model.forward_batch(&mut batch, cut, workspace);
        for ((task, (_, contacts)), result) in tasks.iter().zip(batch).zip(results) {
            // The pass has gone through, or there is an error.
            let probabilities = contacts.probabilities().unwrap_or_default();
            for place in task.places() {
                let name = plan.name(*place);
                match &result {
                    Err(error) => predicted.skip(Skipped::record(name, error)),
                    Ok(()) => {
                        let (protein, rule) = (&proteins[*place], &self.settings.rule);
                        let of_one = PredictedContacts::new(name, protein, &probabilities, rule);
                        predicted.push(*place, protein.len(), &of_one)?;
                    }
                }
            }
        }
        Ok(())
    }
}
