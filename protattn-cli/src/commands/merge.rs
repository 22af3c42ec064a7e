//! `protattn merge`: the shards of one run, brought together.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use protattn_metrics::align;
use protattn_model::run::{Error, Options, Saving, ranges, saved_about};
use protattn_probe::{contacts, layers};

use crate::args::{MergeArgs, N_MAPS};
use crate::commands::contacts::{Drawing, HEAD_FILE, write_fit, write_predictions};
use crate::running::{self, Terminal};
use crate::terminal::ending::{Outcome, Usage, tell};
use crate::{output, tables, terminal::interrupt};

/// Runs the command.
pub(crate) fn run(args: &MergeArgs, line: Vec<String>) -> Result<Outcome> {
    let folder = &args.output.output;
    output::prepare(folder)?;
    args.folders
        .iter()
        .try_for_each(|input| refuse_same(input, folder))?;
    interrupt::listen(None);
    let terminal = Terminal::default();
    let work = &args.output.work;
    let options = Options::new()
        .threads(protattn_io::parallel::threads(work.threads))
        .watch(&terminal);
    let (skipped, missing) = match analysis(&args.folders)?.as_str() {
        align::ANALYSIS => merge_alignment(args, line, &options)?,
        layers::ANALYSIS => merge_probes(args, line, &options)?,
        contacts::FIT => merge_fit(args, line, &options)?,
        contacts::PREDICTION => merge_predictions(args, line, options)?,
        other => bail!("shards of `{other}` cannot be merged"),
    };
    if !missing.is_empty() {
        tell(&format!(
            "warning: shards are missing: {}",
            ranges(&missing)
        ));
    }
    Ok(running::ending(&skipped, work.strict))
}

/// The kind of run that the shards are of: that of the first.
fn analysis(folders: &[PathBuf]) -> Result<String> {
    let first = folders.first().context("there is nothing to merge")?;
    let about = saved_about(first)?.with_context(|| {
        format!(
            "{}: holds no shard; is this a folder that a run with --shard wrote?",
            first.display()
        )
    })?;
    Ok(about.record.analysis)
}

fn refuse_same(folder: &Path, output: &Path) -> Result<()> {
    let place = |path: &Path| path.canonicalize().ok();
    if place(folder).is_some_and(|folder| place(output) == Some(folder)) {
        let output = output.display();
        bail!(Usage(format!(
            "--output {output}: it is one of the folders to merge"
        )));
    }
    Ok(())
}

/// What was skipped, and the shards that are missing.
type Done = (Vec<protattn_io::Skipped>, Vec<u32>);

fn merge_alignment(args: &MergeArgs, line: Vec<String>, options: &Options<'_>) -> Result<Done> {
    let folder = &args.output.output;
    let partial = args.partial.then_some(folder.as_path());
    let merged = align::merge(&args.folders, partial, options);
    let (mut alignment, missing) = merged.map_err(incomplete)?;
    alignment.record.command = line;
    running::in_flags(&mut alignment.record.warnings);
    crate::commands::align::write(&alignment, folder)?;
    running::tell_skipped(&alignment.record);
    running::finish(folder, tables::ALIGNMENT, &args.output.work)?;
    Ok((alignment.record.skipped, missing))
}

fn merge_probes(args: &MergeArgs, line: Vec<String>, options: &Options<'_>) -> Result<Done> {
    let folder = &args.output.output;
    let partial = args.partial.then_some(folder.as_path());
    let merged = layers::merge(&args.folders, partial, options, &args.storage.storage());
    let (mut probes, missing) = merged.map_err(incomplete)?;
    probes.record.command = line;
    running::in_flags(&mut probes.record.warnings);
    crate::commands::probe::write(&probes, folder)?;
    running::tell_skipped(&probes.record);
    running::tell_warnings(&probes.record);
    running::finish(folder, tables::PROBE, &args.output.work)?;
    Ok((probes.record.skipped, missing))
}

fn merge_fit(args: &MergeArgs, line: Vec<String>, options: &Options<'_>) -> Result<Done> {
    let folder = &args.output.output;
    let partial = args.partial.then_some(folder.as_path());
    let merged = contacts::merge_fit(&args.folders, partial, options);
    let (mut fitted, missing) = merged.map_err(incomplete)?;
    fitted.record.command = line;
    running::in_flags(&mut fitted.record.warnings);
    write_fit(&fitted, &folder.join(HEAD_FILE), Some(folder))?;
    running::tell_warnings(&fitted.record);
    running::tell_skipped(&fitted.record);
    Ok((fitted.record.skipped, missing))
}

fn merge_predictions(args: &MergeArgs, line: Vec<String>, options: Options<'_>) -> Result<Done> {
    let folder = &args.output.output;
    let partial = args.partial.then_some(folder.as_path());
    // What is too much for memory lies there.
    let options = options.saving(Saving::new(folder));
    let merged = contacts::merge_predictions(&args.folders, partial, &options);
    let (mut predictions, missing) = merged.map_err(incomplete)?;
    predictions.record.command = line;
    running::in_flags(&mut predictions.record.warnings);
    let drawing = Drawing::new(&args.output.work, N_MAPS);
    write_predictions(&predictions, folder, drawing, None)?;
    running::tell_warnings(&predictions.record);
    running::tell_skipped(&predictions.record);
    Ok((predictions.record.skipped, missing))
}

/// An error of a merge, with the command that goes on where a shard is not done.
pub(crate) fn incomplete(error: Error) -> anyhow::Error {
    let Error::Incomplete { command, .. } = &error else {
        return running::error_in_flags(error).into();
    };
    let command = interrupt::resume_command(command);
    anyhow::anyhow!("{error}; go on with\n  {command}")
}
