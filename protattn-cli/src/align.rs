//! `protattn align`: from a model and proteins to tables and figures.

mod outcome;
mod saving;

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Parser;
use protattn_metrics::{HeadCombination, Metric, Property, PropertyOptions};
use protattn_model::Model;

use crate::app::Own;
use crate::args::{AlignArgs, Cli, Command, Format, RepeatArgs};
use crate::checkpoint::Checkpoint;
use crate::data::{Data, Reading};
use crate::ending::{Outcome, Usage, tell};
use crate::interrupt;
use crate::nulls::{Null, NullSettings};
use crate::pass::{Keep, Pass, Plan};
use crate::properties::Choice;
use crate::record::{RunRecord, Settings, Shards};
use crate::selection::Selection;
use crate::state::Saved;
use crate::{checkpoint, data, metrics, output, properties, report, tables};
pub(crate) use outcome::{Outcomes, TableOptions};
use saving::Start;
pub(crate) use saving::{About, Identity, begin, of_folder};

/// What came of an analysis.
pub(crate) enum Analysed {
    Tables(RunRecord),
    /// A share, to be merged with the others.
    Shard(RunRecord),
    /// An earlier run had done it all.
    Before(RunRecord),
}

/// Runs the command.
pub(crate) fn run(args: AlignArgs, own: Own, line: Vec<String>) -> Result<Outcome> {
    run_expecting(&args, own, line, None)
}

/// Runs the command that a `run.json` says, which must turn out to be of the same model and data.
pub(crate) fn repeat(args: RepeatArgs, own: Own, line: Vec<String>) -> Result<Outcome> {
    let run = RunRecord::read_file(&args.run)?;
    // The output folder is set below.
    let program = ["protattn", "align", "--output", "."].map(str::to_owned);
    let parsed = Cli::try_parse_from([&program[..], &run.arguments].concat());
    let Ok(Command::Align(mut align)) = parsed.map(|cli| cli.command) else {
        bail!(
            "{}: has no arguments of `align`; protattn {} wrote it",
            args.run.display(),
            run.version
        );
    };
    align.output = args.output;
    align.long = args.long;
    align.threads = args.threads;
    align.strict = args.strict;
    align.no_figures = args.no_figures;
    align.figures = args.figures;
    run_expecting(&align, own, line, Some((&args.run, run)))
}

fn run_expecting(
    args: &AlignArgs,
    own: Own,
    line: Vec<String>,
    expected: Option<(&Path, RunRecord)>,
) -> Result<Outcome> {
    let folder = args.output.display();
    let done = match analyse(args, own, line, expected)? {
        Analysed::Shard(done) => {
            tell_skipped(&done);
            let shards = done.shards.as_ref().map(Shards::to_string);
            let shards = shards.unwrap_or_default();
            tell(&format!("{shards} is in {folder}, for `protattn merge`"));
            return Ok(ending(&done, args.strict));
        }
        Analysed::Before(done) => {
            tell(&format!(
                "{folder}: this run is complete; its tables stay as they are"
            ));
            done
        }
        Analysed::Tables(done) => done,
    };
    tell_skipped(&done);
    finish(&args.output, args.no_figures, &args.figures.format)?;
    Ok(ending(&done, args.strict))
}

/// Draws the figures, or says where the tables are.
pub(crate) fn finish(folder: &Path, no_figures: bool, formats: &[Format]) -> Result<()> {
    if !no_figures {
        return report::draw(folder, formats);
    }
    tell(&format!(
        "{} and {} are in {}",
        tables::ALIGNMENT,
        crate::record::FILE_NAME,
        folder.display()
    ));
    Ok(())
}

pub(crate) fn ending(done: &RunRecord, strict: bool) -> Outcome {
    if strict && !done.skipped.is_empty() {
        Outcome::Skipped
    } else {
        Outcome::Done
    }
}

/// Counts, and writes the tables.
pub(crate) fn analyse(
    args: &AlignArgs,
    own: Own,
    line: Vec<String>,
    expected: Option<(&Path, RunRecord)>,
) -> Result<Analysed> {
    let start = Instant::now();
    check(args)?;
    output::prepare(&args.output)?;
    let saves = args.long.save_every > 0.0;
    interrupt::listen(saves.then(|| interrupt::resume_command(&line)));
    let input = Input::read(args, own)?;
    let nulls = NullSettings::new(&args.null, args.null_draws, args.seed);
    let twin = twin(&input.checkpoint.model, &nulls)?;
    let layers = input.layers(args)?;
    let pass = Pass {
        model: &input.checkpoint.model,
        twin: twin.as_ref(),
        properties: &input.properties,
        metrics: &input.metrics,
        nulls: &nulls,
        layers: &layers,
        min_attention: args.min_attention,
        max_tokens: args.max_tokens,
        threads: threads(args.threads),
    };
    let proteins = &input.data.proteins;
    let plan = Plan::new(pass.model, proteins, args.max_tokens, args.long.shard)?;
    let about = About {
        identity: Identity {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model: checkpoint::describe(&input.checkpoint)?,
            data: input.sets.clone(),
            settings: settings(args, &input, &layers, nulls.clone()),
            sequences_sha256: plan.sha256.clone(),
        },
        shards: args.long.shard.map(Shards::one),
        sequences: plan.n_tasks(),
        named: args.property.is_some(),
        skipped_in_reading: input.data.skipped.clone(),
        skipped: plan.skipped.clone(),
        warnings: input.data.warnings.clone(),
        command: line,
        arguments: args.arguments(input.checkpoint.commit.as_deref()),
    };
    if let Some((path, run)) = &expected {
        saving::require_as_expected(path, run, &about)?;
    }
    let saved = match saving::start(args, &about)? {
        Start::Complete(run) => return Ok(Analysed::Before(*run)),
        Start::Saving(saved) => Some(saved),
        Start::Unsaved => None,
    };
    let counted = count(args, &pass, &plan, &about, saved.as_ref());
    let mut run = counted.map_err(|error| kept(error, saved.as_ref()))?;
    run.seconds = start.elapsed().as_secs_f64();
    run.write(&args.output)?;
    if run.shards.is_some() {
        return Ok(Analysed::Shard(run));
    }
    saved.map_or(Ok(()), Saved::remove)?;
    Ok(Analysed::Tables(run))
}

/// What arguments mean together.
fn check(args: &AlignArgs) -> Result<()> {
    for (table, command) in [(tables::PROBE, "probe"), (tables::CONTACTS, "contacts")] {
        if args.output.join(table).exists() {
            bail!(
                "{}: holds the table of `protattn {command}`; choose another folder with --output",
                args.output.display()
            );
        }
    }
    let Some(shard) = args.long.shard else {
        return Ok(());
    };
    if metrics::combined(&args.metric) {
        bail!(Usage(format!(
            "--shard {shard}: {} ranks the heads over all proteins before its second pass, so no shard \
             can take it; leave it out, or run without --shard",
            HeadCombination::NAME
        )));
    }
    if args.long.save_every == 0.0 {
        bail!(Usage(format!(
            "--shard {shard}: a shard is what it saves; --save-every cannot be 0"
        )));
    }
    Ok(())
}

/// Counts the proteins of the plan and, unless it is a share of them, writes the tables.
fn count(
    args: &AlignArgs,
    pass: &Pass<'_>,
    plan: &Plan<'_>,
    about: &About,
    saved: Option<&Saved>,
) -> Result<RunRecord> {
    let every = Duration::from_secs_f64(args.long.save_every);
    let keep = saved.map(|saved| Keep { saved, every });
    let counted = pass.run(plan, keep)?;
    if about.shards.is_some() {
        return Ok(about.record(
            RunRecord::new(counted.proteins),
            counted.skipped,
            Vec::new(),
        ));
    }
    let skipped = about.all_skipped(&counted.skipped);
    let null_models = &pass.nulls.models;
    let (outcomes, unknown) = Outcomes::new(counted, null_models, about.named, &skipped)?;
    let combined = match metrics::combined(&args.metric) {
        true => outcomes.combine(pass, plan, keep)?,
        false => Vec::new(),
    };
    let options = TableOptions::new(&about.identity.settings, &args.output, pass.threads);
    let run = outcomes.write(&options, combined)?;
    Ok(about.record(run, outcomes.skipped, unknown))
}

/// An error, and that what was saved before it is still there.
fn kept(error: anyhow::Error, saved: Option<&Saved>) -> anyhow::Error {
    let is_empty = |saved: &Saved| saved.series(crate::pass::COUNTS).map(|s| s.is_empty());
    if error.is::<interrupt::Interrupted>() || saved.is_none_or(|s| is_empty(s).unwrap_or(true)) {
        return error;
    }
    anyhow::anyhow!("{error:#}; what was counted before is saved, and --resume goes on from it")
}

/// What a run reads before it computes.
struct Input {
    data: Data,
    sets: Vec<crate::record::DataRecord>,
    properties: Vec<Box<dyn Property>>,
    metrics: Vec<Box<dyn Metric>>,
    checkpoint: Checkpoint,
}

impl Input {
    fn read(args: &AlignArgs, own: Own) -> Result<Self> {
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
        Ok(Self {
            checkpoint: checkpoint::of_args(&args.model, args.read.offline)?,
            data,
            sets,
            properties,
            metrics,
        })
    }

    /// 0-based, ascending.
    fn layers(&self, args: &AlignArgs) -> Result<Vec<usize>> {
        let n_layers = self.checkpoint.model.info().n_layers;
        let layers = args.layers.of(n_layers, "--layers", "layer");
        Ok(layers.map_err(Usage)?)
    }
}

/// The model's architecture with random weights, if a null model wants it.
fn twin(model: &Model, nulls: &NullSettings) -> Result<Option<Model>> {
    let wanted = nulls.has(Null::RandomWeights);
    let twin = wanted.then(|| model.random_twin(nulls.seed)).transpose();
    twin.context("the null model of random weights")
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

pub(crate) fn threads(asked: Option<NonZeroUsize>) -> NonZeroUsize {
    let one_a_core = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    asked.unwrap_or_else(one_a_core)
}

fn settings(args: &AlignArgs, input: &Input, layers: &[usize], nulls: NullSettings) -> Settings {
    let properties = input.properties.iter().map(|p| p.name().to_owned());
    let metrics = input.metrics.iter().map(|m| m.name().to_owned());
    let combined = metrics::combined(&args.metric).then(|| HeadCombination::NAME.to_owned());
    Settings {
        properties: properties.collect(),
        min_attention: args.min_attention,
        min_arcs: args.min_arcs,
        max_tokens: args.max_tokens,
        layers: layers.iter().map(|layer| layer + 1).collect(),
        records: selection(args),
        contact_atom: args.contact.atom_name(),
        min_separation: args.contact.min_separation,
        contact_distance: args.contact.contact_distance,
        reading: args.read.settings(),
        metrics: metrics.chain(combined).collect(),
        nulls,
        bootstrap: args.bootstrap,
        seed: args.seed,
        per_protein: args.per_protein,
    }
}

pub(crate) fn tell_skipped(run: &RunRecord) {
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
