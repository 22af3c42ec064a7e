//! `protattn contacts`: which residues touch, by a regression on the attention of all heads.

mod fit;
mod prediction;

use std::path::Path;

use anyhow::{Context, Result, bail};
use protattn_io::Protein;
use protattn_model::run::{Error, Options, Outcome as Ended, Record};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::args::ContactsArgs;
use crate::checkpoint::{self, Checkpoint};
use crate::data::{self, DataSets, Reading};
use crate::running::{self, Inputs, Invocation, Terminal};
use crate::terminal::ending::{Outcome, Usage, tell};
use crate::{output, tables, terminal::interrupt};

pub(crate) use fit::{FILE as HEAD_FILE, write as write_fit};
pub(crate) use prediction::{Drawing, write as write_predictions};

/// The folder of what a fit saves, inside that of the results of the prediction after it.
const FIT_FOLDER: &str = "fit";

/// Runs the command.
pub(crate) fn run(args: &ContactsArgs, invocation: Invocation<'_>) -> Result<Outcome> {
    prepare(args, &invocation.line)?;
    let checkpoint = checkpoint::of_args(&args.model, args.read.offline)?;
    // Before any data are read: without a head there is nothing to do.
    let given = match args.fit.is_empty() {
        true => Some(prediction::by_given(args, &checkpoint.model)?),
        false => None,
    };
    let (to_fit, to_predict) = read(args)?;
    let invocation = invocation.with(&checkpoint);
    let work = Work {
        args,
        checkpoint: &checkpoint,
        invocation: &invocation,
        terminal: &Terminal::default(),
    };
    match (given, to_fit, to_predict.zip(args.output.as_deref())) {
        (Some(prediction), _, Some((proteins, folder))) => {
            work.predict(prediction, proteins, folder, None)
        }
        (None, Some(to_fit), None) => work.fit(to_fit, args.output.as_deref()),
        (None, Some(to_fit), Some((proteins, folder))) => {
            work.fit_and_predict(to_fit, proteins, folder)
        }
        _ => bail!(Usage("there is nothing to fit on or to predict".to_owned())),
    }
}

/// A command that is run.
struct Work<'a> {
    args: &'a ContactsArgs,
    checkpoint: &'a Checkpoint,
    invocation: &'a Invocation<'a>,
    terminal: &'a Terminal,
}

/// The proteins of a flag, and what is said of them.
struct ReadProteins {
    proteins: Vec<Protein>,
    inputs: Inputs,
}

impl Work<'_> {
    /// How a fit or a prediction is done, with what it saves in `folder`.
    fn options(&self, folder: Option<&Path>, inputs: Inputs) -> Result<Options<'_>> {
        let provenance = inputs.provenance(self.invocation, self.checkpoint)?;
        let (work, long) = (&self.args.work, &self.args.long);
        let terminal = self.terminal;
        Ok(running::options_in(
            folder, work, long, terminal, provenance,
        ))
    }

    /// Writes what came of a fit or a prediction, says how it ended, and gives its record.
    fn conclude<T, S: Serialize + DeserializeOwned>(
        &self,
        ended: Result<Ended<T, S>, Error>,
        folder: Option<&Path>,
        write: impl FnOnce(&T) -> Result<()>,
        record: impl FnOnce(T) -> Record<S>,
    ) -> Result<Record<S>> {
        let Some(folder) = folder else {
            let done = ended?.done()?;
            write(&done)?;
            return Ok(record(done));
        };
        Ok(
            match running::written(ended, folder, self.invocation, write)? {
                Ended::Done(done) => record(*done),
                Ended::Shard(record) => {
                    running::tell_shard(&record, folder);
                    *record
                }
                Ended::Before(record) => {
                    running::tell_before(folder);
                    *record
                }
            },
        )
    }

    /// Names what was odd and what was passed over; `rest` says where all of it is.
    fn end<S>(&self, record: &Record<S>, rest: &str) -> Outcome {
        data::tell_warnings(&record.warnings, rest);
        if !record.skipped.is_empty() {
            tell(&format!("{} skipped:", record.skipped.len()));
            data::tell_skipped(&record.skipped, rest);
        }
        running::ending(&record.skipped, self.args.work.strict)
    }
}

/// Proves that what is to be written can be, and listens for interruptions.
fn prepare(args: &ContactsArgs, line: &[String]) -> Result<()> {
    running::check_shard(&args.long)?;
    match &args.output {
        Some(folder) => running::prepare(folder, tables::CONTACTS, &args.long, line)?,
        None => {
            check_unsaved(args)?;
            interrupt::listen(None);
        }
    }
    let Some(file) = args.save.as_deref() else {
        return Ok(());
    };
    let folder = file.parent().unwrap_or(Path::new(""));
    let writable = folder.join(".protattn-writable");
    output::write(&writable, b"").with_context(|| {
        format!(
            "{}: cannot be written; choose another file with --save",
            file.display()
        )
    })?;
    output::remove(&writable)
}

/// Refuses what needs a folder, where there is none.
fn check_unsaved(args: &ContactsArgs) -> Result<()> {
    if args.long.resume || args.long.shard.is_some() {
        let flag = if args.long.resume {
            "--resume"
        } else {
            "--shard"
        };
        return Err(Usage::of(flag, "a fit is saved in the folder of --output"));
    }
    if args.save.is_none() {
        return Err(Usage::of(
            "--fit",
            "say with --save where the regression goes",
        ));
    }
    Ok(())
}

/// The proteins to fit on and those to predict, as far as there are any.
fn read(args: &ContactsArgs) -> Result<(Option<ReadProteins>, Option<ReadProteins>)> {
    let reading = Reading::new(&args.read)?.with_threads(args.work.threads);
    let read = |sets: DataSets<'_>| {
        let mut inputs = Inputs {
            reading: args.read.settings(),
            ..Inputs::default()
        };
        let proteins = sets.read(&reading, &mut inputs)?;
        anyhow::Ok(ReadProteins { proteins, inputs })
    };
    let fit = DataSets {
        role: "fit",
        names: &args.fit,
        places: args.fit_records.as_ref(),
        limit: None,
    };
    let data = DataSets {
        role: "data",
        names: &args.data,
        places: args.data_records.as_ref(),
        limit: args.limit,
    };
    let [fit, data] = [fit, data].map(|sets| (!sets.names.is_empty()).then(|| read(sets)));
    Ok((fit.transpose()?, data.transpose()?))
}
