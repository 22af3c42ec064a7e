//! `protattn align`: from a model and proteins to tables and figures.

use std::path::Path;

use anyhow::Result;
use protattn_io::Selection;
use protattn_metrics::align::{Align, Alignment, NullSettings, Settings};
use protattn_metrics::{HeadCombination, PropertyChoice, PropertyOptions, select_metrics};
use protattn_model::run::Outcome as Ended;

use crate::args::AlignArgs;
use crate::data::{self, Reading};
use crate::own::Own;
use crate::running::{self, Inputs, Invocation, Terminal};
use crate::terminal::ending::{Outcome, Usage};
use crate::{checkpoint, tables};

/// Runs the command.
pub(crate) fn run(args: &AlignArgs, own: Own, invocation: Invocation<'_>) -> Result<Outcome> {
    let ended = analyse(args, own, invocation)?;
    running::conclude(ended, |found| found.record, tables::ALIGNMENT, &args.output)
}

/// Counts, and writes the tables.
pub(crate) fn analyse(
    args: &AlignArgs,
    own: Own,
    invocation: Invocation<'_>,
) -> Result<Ended<Alignment, Settings>> {
    let folder = &args.output.output;
    check(args)?;
    running::prepare(folder, tables::ALIGNMENT, &args.long, &invocation.line)?;
    let reading = Reading::new(&args.read)?.with_threads(args.output.work.threads);
    let selection = selection(args);
    let data = data::read(&args.data, &reading, &selection)?;
    data::tell_warnings(&data.warnings, &running::in_record());
    let inputs = Inputs {
        // Before the hours of work, in which a file could be changed or go.
        data: data.records(&reading, &selection)?,
        reading: args.read.settings(),
        skipped: data.skipped,
        warnings: data.warnings,
    };
    let properties = PropertyChoice::new(&data.proteins)
        .own(own.properties)
        .options(PropertyOptions {
            contact: args.contact.rule(),
        })
        .brought(reading.labels())
        .select(args.property.as_deref());
    let properties = properties.map_err(|error| Usage::of("--property", error))?;
    let metrics = select_metrics(&args.metric, own.metrics, &properties);
    let metrics = metrics.map_err(|error| Usage::of("--metric", error))?;
    let checkpoint = checkpoint::of_args(&args.model, args.read.offline)?;
    let settings = settings(args, checkpoint.model.info().n_layers)?;
    let invocation = invocation.with(&checkpoint);
    let terminal = Terminal::default();
    let provenance = inputs.provenance(&invocation, &checkpoint)?;
    let options = running::options(&args.output, &args.long, &terminal, provenance);
    let ended = Align::new(&checkpoint.model, &properties)
        .metrics(&metrics)
        .settings(settings)
        .options(invocation.expected(options))
        .start(&data.proteins);
    running::written(ended, folder, &invocation, |found| write(found, folder))
}

/// Writes every table, and the record of the run.
pub(crate) fn write(alignment: &Alignment, folder: &Path) -> Result<()> {
    tables::remove_stale(folder)?;
    tables::write(folder, &alignment.rows)?;
    tables::write(folder, &alignment.layers)?;
    let settings = &alignment.record.settings;
    if settings.bootstrap > 0 {
        tables::write(folder, &alignment.comparisons)?;
    }
    if !alignment.metrics.is_empty() {
        tables::write(folder, &alignment.metrics)?;
    }
    if !alignment.similarity.is_empty() {
        tables::write(folder, &alignment.similarity)?;
    }
    if settings.per_protein {
        tables::write_each(folder, alignment.protein_rows())?;
    }
    Ok(alignment.record.write(folder, &alignment.results)?)
}

/// What arguments mean together.
fn check(args: &AlignArgs) -> Result<()> {
    let Some(shard) = args.long.shard else {
        return Ok(());
    };
    if combines(args) {
        return Err(Usage::of(
            &format!("--shard {shard}"),
            format!(
                "{} ranks the heads over all proteins before its second pass, so no shard can take it; \
                 leave it out, or run without --shard",
                HeadCombination::NAME
            ),
        ));
    }
    running::check_shard(&args.long)
}

/// Whether it is asked how well the best heads predict contacts together.
fn combines(args: &AlignArgs) -> bool {
    args.metric.iter().any(|name| name == HeadCombination::NAME)
}

fn selection(args: &AlignArgs) -> Selection {
    match (args.limit, args.sample) {
        (Some(n), _) => Selection::First(n),
        (None, Some(records)) => Selection::Sample {
            records,
            seed: args.seed,
        },
        (None, None) => Selection::All,
    }
}

fn settings(args: &AlignArgs, n_layers: usize) -> Result<Settings> {
    let layers = args
        .layers
        .of(n_layers, "--layers", "layer")
        .map_err(Usage)?;
    let mut settings = Settings::default();
    settings.named = args.property.is_some();
    settings.min_attention = args.min_attention;
    settings.min_arcs = args.min_arcs;
    settings.max_tokens = args.max_tokens;
    settings.layers = layers.iter().map(|layer| layer + 1).collect();
    settings.contact = args.contact.rule();
    settings.combine = combines(args);
    settings.nulls = NullSettings::new(&args.null, args.null_draws, args.seed);
    settings.bootstrap = args.bootstrap;
    settings.seed = args.seed;
    settings.per_protein = args.per_protein;
    Ok(settings)
}
