//! `protattn align`: from a model and proteins to tables and figures.

mod outcome;

use std::num::NonZeroUsize;
use std::time::Instant;

use anyhow::{Context, Result};
use protattn_metrics::{AgreementOptions, ComparisonOptions, PropertyOptions};
use protattn_model::Model;

use crate::app::Own;
use crate::args::AlignArgs;
use crate::data::Reading;
use crate::ending::{Outcome, Usage, tell};
use crate::nulls::{Null, NullSettings};
use crate::pass::Pass;
use crate::properties::Choice;
use crate::record::{RunRecord, Settings};
use crate::selection::Selection;
use crate::{checkpoint, data, metrics, output, properties, report, tables};
use outcome::Outcomes;

/// Runs the command.
pub(crate) fn run(args: AlignArgs, own: Own, line: Vec<String>) -> Result<Outcome> {
    let done = analyse(&args, own, line)?;
    tell_skipped(&done);
    if args.no_figures {
        tell(&format!(
            "{} and {} are in {}",
            tables::ALIGNMENT,
            crate::record::FILE_NAME,
            args.output.display()
        ));
    } else {
        report::draw(&args.output, &args.figures.format)?;
    }
    let skipped = args.strict && !done.skipped.is_empty();
    Ok(if skipped {
        Outcome::Skipped
    } else {
        Outcome::Done
    })
}

/// Counts, and writes the tables.
pub(crate) fn analyse(args: &AlignArgs, own: Own, line: Vec<String>) -> Result<RunRecord> {
    let start = Instant::now();
    output::prepare(&args.output)?;
    let reading = Reading::new(&args.read)?.with_threads(args.threads);
    let data = data::read(&args.data, &reading, selection(args))?;
    let rest = format!("all of them are in {}", crate::record::FILE_NAME);
    data::tell_warnings(&data.warnings, &rest);
    // Before the hours of work, in which a file could be changed or go.
    let sets = data.records(&reading)?;
    let choice = Choice {
        own: own.properties,
        options: PropertyOptions {
            contact: args.contact.rule(),
        },
        proteins: &data.proteins,
        brought: &reading.labels(),
        flag: "--property",
    };
    let properties = properties::select(args.property.as_deref(), choice)?;
    let metrics = metrics::select(&args.metric, own.metrics, &properties)?;
    let revision = args.model.revision.as_deref();
    let checkpoint = checkpoint::load(&args.model.model, revision, args.read.offline)?;
    let model = &checkpoint.model;
    let nulls = NullSettings::new(&args.null, args.null_draws, args.seed);
    let twin = twin(model, &nulls)?;
    let layers = args.layers.of(model.info().n_layers, "--layers", "layer");
    let layers = layers.map_err(Usage)?;
    let pass = Pass {
        model,
        twin: twin.as_ref(),
        properties: &properties,
        metrics: &metrics,
        nulls: &nulls,
        layers: &layers,
        min_attention: args.min_attention,
        max_tokens: args.max_tokens,
        threads: threads(args),
    };
    let mut counted = pass.run(&data.proteins)?;
    let skipped = std::mem::take(&mut counted.skipped);
    let named = args.property.is_some();
    let (outcomes, unknown) = Outcomes::new(counted, &pass, named, &skipped)?;
    let agreement = AgreementOptions::default().min_arcs(args.min_arcs);
    let combined = match metrics::combined(&args.metric) {
        true => outcomes.combine(&pass, &data.proteins)?,
        false => Vec::new(),
    };
    let mut run = outcomes.write(args, &agreement, comparison(args).as_ref(), combined)?;
    run.model = checkpoint::describe(&checkpoint)?;
    run.command = line;
    run.data = sets;
    run.settings = settings(args, &outcomes, &layers, nulls);
    run.skipped = [data.skipped, skipped].concat();
    run.warnings = [data.warnings, unknown].concat();
    run.seconds = start.elapsed().as_secs_f64();
    run.write(&args.output)?;
    Ok(run)
}

/// The model's architecture with random weights, if a null model wants it.
fn twin(model: &Model, nulls: &NullSettings) -> Result<Option<Model>> {
    let wanted = nulls.has(Null::RandomWeights);
    let twin = wanted.then(|| model.random_twin(nulls.seed)).transpose();
    twin.context("the null model of random weights")
}

/// How heads are compared, unless they are not.
fn comparison(args: &AlignArgs) -> Option<ComparisonOptions> {
    let options = ComparisonOptions::default()
        .min_arcs(args.min_arcs)
        .replicates(args.bootstrap)
        .seed(args.seed)
        .threads(threads(args));
    (args.bootstrap > 0).then_some(options)
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

fn threads(args: &AlignArgs) -> NonZeroUsize {
    let one_a_core = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    args.threads.unwrap_or_else(one_a_core)
}

fn settings(
    args: &AlignArgs,
    outcomes: &Outcomes,
    layers: &[usize],
    nulls: NullSettings,
) -> Settings {
    Settings {
        properties: outcomes.property_names(),
        min_attention: args.min_attention,
        min_arcs: args.min_arcs,
        max_tokens: args.max_tokens,
        layers: layers.iter().map(|layer| layer + 1).collect(),
        records: selection(args),
        contact_atom: args.contact.atom_name(),
        min_separation: args.contact.min_separation,
        contact_distance: args.contact.contact_distance,
        reading: args.read.settings(),
        metrics: outcomes.metric_names(),
        nulls,
        bootstrap: args.bootstrap,
        seed: args.seed,
    }
}

fn tell_skipped(run: &RunRecord) {
    if run.skipped.is_empty() {
        return;
    }
    tell(&format!(
        "{} skipped, {} proteins counted:",
        run.skipped.len(),
        run.proteins
    ));
    let rest = format!("all of them are in {}", crate::record::FILE_NAME);
    data::tell_skipped(&run.skipped, &rest);
}
