//! The regression: fitted, saved, and told of.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use protattn_io::Protein;
use protattn_model::run::{self, Error, Options, Outcome as Ended, Record};
use protattn_probe::contacts::{
    ContactFit, ContactPrediction, FitResults, FitSettings, FittedContacts,
};
use serde::Serialize;

use super::{FIT_FOLDER, ReadProteins, Work};
use crate::terminal::ending::{Outcome, tell};
use crate::terminal::text::number;
use crate::{data, output, running};

/// The file of the regression in an output folder, unless it is saved elsewhere.
pub(crate) const FILE: &str = "head.safetensors";

impl Work<'_> {
    /// Fits a regression and saves it.
    pub(super) fn fit(&self, to_fit: ReadProteins, folder: Option<&Path>) -> Result<Outcome> {
        let options = self.options(folder, to_fit.inputs)?;
        let options = self.invocation.expected(options);
        let fitted = self.fitted(&to_fit.proteins, options);
        let write = |fitted: &FittedContacts| write(fitted, &self.head_file(), folder);
        let record = self.conclude(fitted, folder, write, |fitted| fitted.record);
        let rest = folder.map_or_else(|| data::INSPECT.to_owned(), |_| running::in_record());
        Ok(self.end(&record.context("--fit")?, &rest))
    }

    /// Fits a regression, saves it, and predicts by it. Every shard of a prediction fits all of it.
    pub(super) fn fit_and_predict(
        &self,
        to_fit: ReadProteins,
        mut to_predict: ReadProteins,
        folder: &Path,
    ) -> Result<Outcome> {
        let shared = data::shared(&to_fit.proteins, &to_predict.proteins, ["--fit", "--data"]);
        let of_fit = folder.join(FIT_FOLDER);
        let options = self.options(Some(&of_fit), to_fit.inputs)?.shard(None);
        let fitted = self.fitted(&to_fit.proteins, options).and_then(Ended::done);
        let fitted = fitted.map_err(|error| running::kept(error, &of_fit, self.invocation));
        let (fitted, file) = (fitted.context("--fit")?, self.head_file());
        write(&fitted, &file, None)?;
        let inputs = &mut to_predict.inputs;
        let (skipped, warnings) = (&fitted.record.skipped, &fitted.record.warnings);
        inputs.skipped = [skipped, &inputs.skipped[..]].concat();
        inputs.warnings = [warnings, &inputs.warnings[..]].concat();
        inputs.warnings.extend(shared);
        let prediction = ContactPrediction::new(&self.checkpoint.model, &fitted.regression)?;
        let prediction = prediction.head_from(&file.to_string_lossy());
        let outcome = self.predict(prediction, to_predict, folder, Some(&fitted))?;
        run::remove_saved(&of_fit)?;
        // Whatever else is there is not of this run.
        let _ = fs::remove_dir(of_fit);
        Ok(outcome)
    }

    fn fitted(
        &self,
        proteins: &[Protein],
        options: Options<'_>,
    ) -> Result<Ended<FittedContacts, FitSettings>, Error> {
        let args = self.args;
        let mut settings = FitSettings::default();
        settings.rule = args.contact.rule();
        settings.max_tokens = args.max_tokens;
        settings.l1 = args.l1;
        let fit = ContactFit::new(&self.checkpoint.model).settings(settings);
        let ended = fit.memory(args.memory).options(options).start(proteins);
        let mut ended = ended.map_err(running::error_in_flags)?;
        if let Ended::Done(fitted) = &mut ended {
            running::in_flags(&mut fitted.record.warnings);
        }
        Ok(ended)
    }

    /// Where the regression is saved.
    fn head_file(&self) -> PathBuf {
        let args = self.args;
        let folder = || args.output.as_deref().unwrap_or(Path::new(""));
        args.save.clone().unwrap_or_else(|| folder().join(FILE))
    }
}

/// Saves a regression, the record of its run in a folder for results too, and says how the fit went.
pub(crate) fn write(fitted: &FittedContacts, file: &Path, folder: Option<&Path>) -> Result<()> {
    output::write(file, &fitted.regression.to_bytes()?)?;
    if let Some(folder) = folder {
        fitted.record.write(folder, &fitted.results)?;
    }
    let results = &fitted.results;
    let converged = if results.converged {
        "converged"
    } else {
        "not converged"
    };
    tell(&format!(
        "fitted on {} pairs of {} proteins, {} of them contacts: {} of {} coefficients are not 0, \
         {converged} in {} steps; the regression is in {}",
        number(results.pairs as u64),
        fitted.record.proteins,
        number(results.contacts as u64),
        results.non_zero,
        results.coefficients,
        results.iterations,
        file.display()
    ));
    Ok(())
}

/// How a head was fitted, as the record of a prediction has it.
#[derive(Serialize)]
pub(super) struct FitRecord<'a> {
    #[serde(flatten)]
    record: &'a Record<FitSettings>,
    #[serde(flatten)]
    results: &'a FitResults,
}

impl<'a> FitRecord<'a> {
    pub(super) fn new(fitted: &'a FittedContacts) -> Self {
        Self {
            record: &fitted.record,
            results: &fitted.results,
        }
    }
}
