//! From arguments to how a run is done, and from its end to what is said.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, bail};
use protattn_io::{DataRecord, ReadSettings, Skipped};
use protattn_model::run::{
    self, Error, Options, Outcome as Ended, Provenance, Record, Saving, Watch,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::args::{LongRunArgs, OutputArgs, WorkArgs, arguments};
use crate::checkpoint::{self, Checkpoint};
use crate::terminal::ending::{Outcome, Usage, tell};
use crate::terminal::interrupt::{self, InFlight};
use crate::terminal::progress::Progress;
use crate::{data, output, report};

/// The person at the terminal, who sees how far a run is and may interrupt it.
#[derive(Default)]
pub(crate) struct Terminal {
    shown: Mutex<Option<(Progress, InFlight)>>,
}

impl Watch for Terminal {
    fn begin(&self, records: usize, residues: usize) {
        let shown = (Progress::new(records, residues), InFlight::new());
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
    }

    fn advance(&self, records: usize, residues: usize) {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((progress, _)) = shown.as_ref() {
            progress.advance(records, residues);
        }
    }

    fn end(&self) {
        let shown = self
            .shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if interrupt::is_requested() {
            // After this, the error says all that there is to say.
            interrupt::tell_waiting();
            shown
                .into_iter()
                .for_each(|(_, in_flight)| std::mem::forget(in_flight));
        }
    }

    fn warn(&self, message: &str) {
        tell(&format!("warning: {message}"));
    }

    fn is_ending(&self) -> bool {
        interrupt::is_requested()
    }
}

/// A command that is run, and the run that it is to repeat, if it is one.
pub(crate) struct Invocation<'a> {
    pub(crate) line: Vec<String>,
    /// The line that was parsed, if it is another: of what the command calls.
    parsed: Vec<String>,
    /// The arguments that give the same again.
    arguments: Vec<String>,
    expected: Option<Expected<'a>>,
}

/// The record of a run that is repeated.
pub(crate) struct Expected<'a> {
    pub(crate) path: &'a Path,
    pub(crate) record: Record<Value>,
}

impl<'a> Invocation<'a> {
    /// The command of this line, program name first.
    pub(crate) fn new(line: Vec<String>) -> Self {
        Self {
            parsed: line.clone(),
            line,
            arguments: Vec::new(),
            expected: None,
        }
    }

    /// It must turn out to be the run of this record.
    pub(crate) fn expecting(mut self, expected: Expected<'a>) -> Self {
        self.expected = Some(expected);
        self
    }

    /// It calls the command of this line.
    pub(crate) fn calling(mut self, parsed: Vec<String>) -> Self {
        self.parsed = parsed;
        self
    }

    /// With the arguments that give the same again, of this model.
    pub(crate) fn with(mut self, checkpoint: &Checkpoint) -> Self {
        self.arguments = arguments(&self.parsed, checkpoint.commit.as_deref());
        self
    }

    /// The options of the run, with what it is to repeat.
    pub(crate) fn expected<'o>(&self, options: Options<'o>) -> Options<'o> {
        options.repeats(self.expected.as_ref().map(|known| known.record.clone()))
    }
}

/// What was read for a run.
#[derive(Default)]
pub(crate) struct Inputs {
    pub(crate) data: Vec<DataRecord>,
    pub(crate) reading: ReadSettings,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) warnings: Vec<String>,
}

impl Inputs {
    /// The same, as a run takes it.
    pub(crate) fn provenance(
        self,
        invocation: &Invocation<'_>,
        checkpoint: &Checkpoint,
    ) -> Result<Provenance> {
        let mut provenance = Provenance::default();
        provenance.command = invocation.line.clone();
        provenance.arguments = invocation.arguments.clone();
        provenance.model = Some(checkpoint::describe(checkpoint)?);
        provenance.data = self.data;
        provenance.reading = self.reading;
        provenance.skipped = self.skipped;
        provenance.warnings = self.warnings;
        Ok(provenance)
    }
}

/// Makes the output folder of a command whose table is `own`, and listens for interruptions.
pub(crate) fn prepare(folder: &Path, own: &str, long: &LongRunArgs, line: &[String]) -> Result<()> {
    for (table, command) in crate::tables::OF_COMMANDS {
        if table != own && folder.join(table).exists() {
            bail!(
                "{}: holds the table of `protattn {command}`; choose another folder with --output",
                folder.display()
            );
        }
    }
    output::prepare(folder)?;
    let saves = long.save_every > 0.0;
    interrupt::listen(saves.then(|| interrupt::resume_command(line)));
    Ok(())
}

/// How the run is done.
pub(crate) fn options<'a>(
    args: &OutputArgs,
    long: &LongRunArgs,
    terminal: &'a Terminal,
    provenance: Provenance,
) -> Options<'a> {
    options_in(Some(&args.output), &args.work, long, terminal, provenance)
}

/// How a run is done that saves in this folder, if there is one.
pub(crate) fn options_in<'a>(
    folder: Option<&Path>,
    work: &WorkArgs,
    long: &LongRunArgs,
    terminal: &'a Terminal,
    provenance: Provenance,
) -> Options<'a> {
    let every = Duration::from_secs_f64(long.save_every);
    let saving = folder.map(|folder| Saving::new(folder).every(every).resume(long.resume));
    Options::new()
        .threads(protattn_io::parallel::threads(work.threads))
        .watch(terminal)
        .saving(saving)
        .shard(long.shard)
        .provenance(provenance)
}

/// Settings that messages of the library name, and that are flags of this name.
const FLAGS: [&str; 8] = [
    "l1",
    "l2",
    "layers",
    "max_tokens",
    "memory",
    "min_separation",
    "scratch",
    "folds",
];

/// Puts flags in the place of settings that messages of the library name.
pub(crate) fn in_flags(messages: &mut [String]) {
    for name in FLAGS {
        let (setting, flag) = (format!("`{name}`"), format!("--{}", name.replace('_', "-")));
        let in_flag = |message: &mut String| *message = message.replace(&setting, &flag);
        messages.iter_mut().for_each(in_flag);
    }
}

/// The same of an error.
pub(crate) fn error_in_flags(mut error: Error) -> Error {
    if let Error::Settings { message } | Error::Data { message } = &mut error {
        in_flags(std::slice::from_mut(message));
    }
    error
}

/// An error of a run, and that what was saved before it is still there.
pub(crate) fn kept(error: Error, folder: &Path, invocation: &Invocation<'_>) -> anyhow::Error {
    match (&error, &invocation.expected) {
        (Error::Repeat { .. }, Some(expected)) => {
            let path = expected.path.display().to_string();
            anyhow::Error::from(error).context(path)
        }
        (
            Error::Interrupted { .. }
            | Error::Unfinished { .. }
            | Error::OtherRun { .. }
            | Error::Busy { .. }
            | Error::Settings { .. },
            _,
        ) => error.into(),
        _ => kept_tables(error.into(), folder),
    }
}

/// An error in writing tables, and that what was saved before it is still there.
pub(crate) fn kept_tables(error: anyhow::Error, folder: &Path) -> anyhow::Error {
    if !run::has_saved(folder) {
        return error;
    }
    anyhow::anyhow!("{error:#}; what was computed before is saved, and --resume goes on from it")
}

/// Writes what came of a run, and removes what was saved of it once that is there.
pub(crate) fn written<T, S: Serialize + DeserializeOwned>(
    ended: Result<Ended<T, S>, Error>,
    folder: &Path,
    invocation: &Invocation<'_>,
    write: impl FnOnce(&T) -> Result<()>,
) -> Result<Ended<T, S>> {
    let ended = ended.map_err(|error| kept(error_in_flags(error), folder, invocation))?;
    match &ended {
        Ended::Done(found) => {
            write(found).map_err(|error| kept_tables(error, folder))?;
            run::remove_saved(folder)?;
        }
        Ended::Shard(record) => record.write(folder, &())?,
        Ended::Before(_) => {}
    }
    Ok(ended)
}

/// Says how a run ended, draws the figures of a folder with this table, and gives how the command ends.
pub(crate) fn conclude<T, S>(
    ended: Ended<T, S>,
    record: impl FnOnce(T) -> Record<S>,
    table: &str,
    output: &OutputArgs,
) -> Result<Outcome> {
    let folder = &output.output;
    let is_shard = matches!(ended, Ended::Shard(_));
    let record = match ended {
        Ended::Shard(record) => *record,
        Ended::Before(record) => {
            tell_before(folder);
            *record
        }
        Ended::Done(found) => record(*found),
    };
    tell_skipped(&record);
    if is_shard {
        tell_shard(&record, folder);
    } else {
        finish(folder, table, &output.work)?;
    }
    Ok(ending(&record.skipped, output.work.strict))
}

/// Draws the figures of a folder, or says where its table is.
pub(crate) fn finish(folder: &Path, table: &str, work: &WorkArgs) -> Result<()> {
    if !work.no_figures {
        return report::draw(folder, &work.figures.format);
    }
    let (name, folder) = (run::RECORD, folder.display());
    tell(&format!("{table} and {name} are in {folder}"));
    Ok(())
}

/// Refuses a shard that is not saved.
pub(crate) fn check_shard(long: &LongRunArgs) -> Result<()> {
    match long.shard {
        Some(shard) if long.save_every == 0.0 => Err(Usage::of(
            &format!("--shard {shard}"),
            "a shard is what it saves; --save-every cannot be 0",
        )),
        _ => Ok(()),
    }
}

/// What is said of a run when its tables are there.
pub(crate) fn tell_skipped<S>(record: &Record<S>) {
    if record.skipped.is_empty() {
        return;
    }
    tell(&format!(
        "{} skipped, {} proteins used:",
        record.skipped.len(),
        record.proteins
    ));
    data::tell_skipped(&record.skipped, &in_record());
}

/// Says what was odd, the first few.
pub(crate) fn tell_warnings<S>(record: &Record<S>) {
    data::tell_warnings(&record.warnings, &in_record());
}

/// Where all that is passed over or odd stands.
pub(crate) fn in_record() -> String {
    format!("all of them are in {}", run::RECORD)
}

/// Says that one share is done.
pub(crate) fn tell_shard<S>(record: &Record<S>, folder: &Path) {
    let shards = record.shards.as_ref().map(ToString::to_string);
    tell(&format!(
        "{} is in {}, for `protattn merge`",
        shards.unwrap_or_default(),
        folder.display()
    ));
}

/// Says that an earlier run had done it all.
pub(crate) fn tell_before(folder: &Path) {
    tell(&format!(
        "{}: this run is complete; its tables stay as they are",
        folder.display()
    ));
}

/// How a command ends that skipped these records.
pub(crate) fn ending(skipped: &[Skipped], strict: bool) -> Outcome {
    if strict && !skipped.is_empty() {
        Outcome::Skipped
    } else {
        Outcome::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_named_by_their_flags_and_other_words_stay() {
        let mut message = ["more than `max_tokens` 13; `protattn data` and `helix`".to_owned()];
        in_flags(&mut message);
        let expected = "more than --max-tokens 13; `protattn data` and `helix`";
        assert_eq!(message, [expected]);
        let error = error_in_flags(Error::data("give more `memory`"));
        assert_eq!(error.to_string(), "give more --memory");
    }
}
