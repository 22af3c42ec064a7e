//! `protattn repeat`: the run that a record says, again.

use anyhow::{Result, bail};
use clap::Parser;
use protattn_model::run::Record;
use protattn_probe::contacts::{FIT, PREDICTION};
use serde_json::Value;

use crate::args::{Cli, Command, RepeatArgs};
use crate::commands::{align, contacts, probe};
use crate::own::Own;
use crate::running::{Expected, Invocation};
use crate::terminal::ending::Outcome;

/// Runs the command that a `run.json` says, which must turn out to be of the same model and data.
pub(crate) fn run(args: RepeatArgs, own: Own, line: Vec<String>) -> Result<Outcome> {
    let (record, _) = Record::<Value>::read_file::<serde::de::IgnoredAny>(&args.run)?;
    // The output folder is set below.
    let command = match record.analysis.as_str() {
        FIT | PREDICTION => "contacts",
        other => other,
    };
    let program = ["protattn", command, "--output", "."].map(str::to_owned);
    let words = [&program[..], &record.arguments].concat();
    let parsed = Cli::try_parse_from(&words);
    let path = args.run.as_path();
    let (version, expected) = (record.version.clone(), Expected { path, record });
    let invocation = Invocation::new(line).calling(words).expecting(expected);
    match parsed.map(|cli| cli.command) {
        Ok(Command::Align(mut align)) => {
            (align.output, align.long) = (args.output, args.long);
            align::run(&align, own, invocation)
        }
        Ok(Command::Probe(mut probe)) => {
            (probe.output, probe.long, probe.storage) = (args.output, args.long, args.storage);
            probe::run(&probe, own, invocation)
        }
        Ok(Command::Contacts(mut contacts)) => {
            contacts.output = Some(args.output.output);
            contacts.memory = args.storage.memory;
            (contacts.work, contacts.long) = (args.output.work, args.long);
            contacts::run(&contacts, invocation)
        }
        _ => bail!(
            "{}: has no arguments of a command that can be repeated; protattn {version} wrote it",
            path.display()
        ),
    }
}
