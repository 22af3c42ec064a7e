//! `protattn probe`: what the layers of a model know, by linear probes.

use std::path::Path;

use anyhow::{Context, Result};
use protattn_io::Protein;
use protattn_metrics::{PropertyChoice, PropertyOptions};
use protattn_model::run::Outcome as Ended;
use protattn_probe::layers::{Probes, Probing, Settings};

use crate::args::{ClassWeight, ProbeArgs};
use crate::data::{DataSets, Reading};
use crate::own::Own;
use crate::report::figures::file_name;
use crate::running::{self, Inputs, Invocation, Terminal};
use crate::terminal::ending::{Outcome, Usage};
use crate::{checkpoint, output, tables};

/// The folder of saved probes in an output folder.
const PROBES: &str = "probes";

/// Runs the command.
pub(crate) fn run(args: &ProbeArgs, own: Own, invocation: Invocation<'_>) -> Result<Outcome> {
    let ended = analyse(args, own, invocation)?;
    if let Ended::Done(probes) = &ended {
        running::tell_warnings(&probes.record);
    }
    running::conclude(ended, |probes| probes.record, tables::PROBE, &args.output)
}

/// Fits, and writes the table.
pub(crate) fn analyse(
    args: &ProbeArgs,
    own: Own,
    invocation: Invocation<'_>,
) -> Result<Ended<Probes, Settings>> {
    let folder = &args.output.output;
    running::check_shard(&args.long)?;
    running::prepare(folder, tables::PROBE, &args.long, &invocation.line)?;
    let reading = Reading::new(&args.read)?.with_threads(args.output.work.threads);
    let mut inputs = Inputs {
        reading: args.read.settings(),
        ..Inputs::default()
    };
    let (proteins, n_train) = read(args, &reading, &mut inputs)?;
    let properties = PropertyChoice::new(&proteins)
        .own(own.properties)
        .options(PropertyOptions {
            contact: args.contact.rule(),
        })
        .brought(reading.labels())
        .select(Some(&args.task));
    let properties = properties.map_err(|error| Usage::of("--task", error))?;
    let checkpoint = checkpoint::of_args(&args.model, args.read.offline)?;
    let invocation = invocation.with(&checkpoint);
    let terminal = Terminal::default();
    let provenance = inputs.provenance(&invocation, &checkpoint)?;
    let options = running::options(&args.output, &args.long, &terminal, provenance);
    let (train, eval) = proteins.split_at(n_train);
    let ended = Probing::new(&checkpoint.model, &properties)
        .settings(settings(args, checkpoint.model.info().n_layers)?)
        .options(invocation.expected(options))
        .storage(args.storage.storage())
        .start(train, eval);
    running::written(ended, folder, &invocation, |probes| {
        if args.save_probes {
            save(probes, &folder.join(PROBES))?;
        }
        write(probes, folder)
    })
}

/// Reads the proteins to train on and, after those, the ones to judge by; and how many come first.
fn read(
    args: &ProbeArgs,
    reading: &Reading<'_>,
    inputs: &mut Inputs,
) -> Result<(Vec<Protein>, usize)> {
    let train = DataSets {
        role: "train",
        names: &args.train,
        places: args.train_records.as_ref(),
        limit: args.limit,
    };
    let eval = DataSets {
        role: "eval",
        names: &args.eval,
        places: args.eval_records.as_ref(),
        ..train
    };
    let mut proteins = train.read(reading, inputs)?;
    let n_train = proteins.len();
    proteins.extend(eval.read(reading, inputs)?);
    Ok((proteins, n_train))
}

/// Writes the table and the record of a run.
pub(crate) fn write(probes: &Probes, folder: &Path) -> Result<()> {
    tables::write(folder, &probes.rows)?;
    Ok(probes.record.write(folder, &probes.results)?)
}

/// Writes the probes themselves.
fn save(probes: &Probes, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{}: cannot be made", folder.display()))?;
    for fitted in &probes.probes {
        let (task, class) = (&fitted.task, &fitted.class);
        let name = file_name(&format!(
            "{task}.{class}.{}-{:02}",
            fitted.features, fitted.layer
        ));
        let path = folder.join(format!("{name}.safetensors"));
        output::write(&path, &fitted.probe.to_bytes()?)?;
    }
    Ok(())
}

fn settings(args: &ProbeArgs, n_layers: usize) -> Result<Settings> {
    let mut settings = Settings::default();
    settings.max_tokens = args.max_tokens;
    settings.features = args.features.iter().map(|kind| (*kind).into()).collect();
    settings.layers = args.layers.of(n_layers).map_err(Usage)?;
    settings.contact = args.contact.rule();
    settings.negative_rate = args.negative_rate;
    settings.seed = args.seed;
    settings.l2 = args.l2.clone();
    settings.l1 = args.l1;
    settings.folds = args.folds;
    settings.balanced = args.class_weight == ClassWeight::Balanced;
    settings.standardize = !args.no_standardize;
    settings.control = !args.no_control;
    settings.bootstrap = args.bootstrap;
    Ok(settings)
}
