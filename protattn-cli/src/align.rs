//! `protattn align`: from a model and proteins to tables and figures.

use std::num::NonZeroUsize;
use std::time::Instant;

use anyhow::{Result, bail};
use protattn_io::ContactRule;
use protattn_metrics::{
    AgreementOptions, AgreementRow, ArcCounts, Property, PropertyOptions, Proportion, agreement,
};

use crate::args::AlignArgs;
use crate::checkpoint::Checkpoint;
use crate::data::{Data, Reading};
use crate::ending::{Outcome, Usage, tell};
use crate::pass::{Counted, Pass};
use crate::properties::Choice;
use crate::record::{RunRecord, Settings};
use crate::selection::Selection;
use crate::{checkpoint, data, output, properties, report, table};

/// Runs the command.
pub(crate) fn run(
    args: AlignArgs,
    own: Vec<Box<dyn Property>>,
    line: Vec<String>,
) -> Result<Outcome> {
    let done = analyse(&args, own, line)?;
    tell_skipped(&done);
    if args.no_figures {
        tell(&format!(
            "{} and {} are in {}",
            table::FILE_NAME,
            crate::record::FILE_NAME,
            args.output.display()
        ));
    } else {
        report::draw(&args.output)?;
    }
    let skipped = args.strict && !done.skipped.is_empty();
    Ok(if skipped {
        Outcome::Skipped
    } else {
        Outcome::Done
    })
}

/// Counts, and writes the tables.
pub(crate) fn analyse(
    args: &AlignArgs,
    own: Vec<Box<dyn Property>>,
    line: Vec<String>,
) -> Result<RunRecord> {
    let start = Instant::now();
    let options = PropertyOptions {
        contact: contact_rule(args),
    };
    output::prepare(&args.output)?;
    let reading = Reading::new(&args.read)?.with_threads(args.threads);
    let data = data::read(&args.data, &reading, selection(args))?;
    let rest = format!("all of them are in {}", crate::record::FILE_NAME);
    data::tell_warnings(&data.warnings, &rest);
    // Before the hours of work, in which a file could be changed or go.
    let sets = data.records(&reading)?;
    let choice = Choice {
        own,
        options,
        proteins: &data.proteins,
        brought: &reading.labels(),
    };
    let properties = properties::select(args.property.as_deref(), choice)?;
    let revision = args.model.revision.as_deref();
    let checkpoint = checkpoint::load(&args.model.model, revision, args.read.offline)?;
    let model = &checkpoint.model;
    let layers = args.layers.of(model.info().n_layers).map_err(Usage)?;
    let pass = Pass {
        model,
        properties: &properties,
        layers: &layers,
        min_attention: args.min_attention,
        max_tokens: args.max_tokens,
        threads: args.threads.unwrap_or_else(one_a_core),
    };
    let counted = pass.run(&data.proteins)?;
    let (counts, warnings) = with_labels(&counted, args, data.warnings.clone())?;
    let options = AgreementOptions::default().min_arcs(args.min_arcs);
    let rows: Vec<AgreementRow> = counts
        .iter()
        .flat_map(|counts| agreement(counts, &options))
        .collect();
    table::write(&args.output, &rows)?;
    let mut run = record(args, line, &checkpoint, &layers, data, &counted, &counts)?;
    run.data = sets;
    run.warnings = warnings;
    run.seconds = start.elapsed().as_secs_f64();
    run.write(&args.output)?;
    Ok(run)
}

fn contact_rule(args: &AlignArgs) -> ContactRule {
    ContactRule {
        atom: args.contact_atom.into(),
        distance: args.contact_distance,
        min_separation: args.min_separation,
    }
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

fn one_a_core() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// The counts of the properties that some protein has labels of, and what is said of the others:
/// nothing, unless they were asked for by name.
fn with_labels<'a>(
    counted: &'a Counted,
    args: &AlignArgs,
    mut warnings: Vec<String>,
) -> Result<(Vec<&'a ArcCounts>, Vec<String>)> {
    let (known, unknown): (Vec<_>, Vec<_>) = counted
        .counts
        .iter()
        .partition(|counts| counts.proteins() > 0);
    if known.is_empty() {
        let reason = counted.skipped.first().map_or_else(
            || "none has labels of any property asked for".to_owned(),
            |first| format!("the first problem: {}", first.reason),
        );
        bail!("no protein could be counted; {reason}");
    }
    if args.property.is_some() {
        for counts in unknown {
            let warning = format!(
                "no protein has labels of property {}: it is not in the table",
                counts.property()
            );
            tell(&format!("warning: {warning}"));
            warnings.push(warning);
        }
    }
    Ok((known, warnings))
}

fn record(
    args: &AlignArgs,
    line: Vec<String>,
    checkpoint: &Checkpoint,
    layers: &[usize],
    data: Data,
    counted: &Counted,
    counts: &[&ArcCounts],
) -> Result<RunRecord> {
    let mut skipped = data.skipped;
    skipped.extend(counted.skipped.iter().cloned());
    let backgrounds = |counts: &&ArcCounts| {
        let share = |(class, name): (usize, &String)| {
            let share = Proportion::new(
                counts.background_in_class(class),
                counts.background_eligible(),
            );
            (
                name.clone(),
                Some(share.value()).filter(|share| share.is_finite()),
            )
        };
        (
            counts.property().to_owned(),
            counts.classes().iter().enumerate().map(share).collect(),
        )
    };
    Ok(RunRecord {
        command: line,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        model: checkpoint::describe(checkpoint)?,
        data: Vec::new(),
        settings: Settings {
            properties: counts
                .iter()
                .map(|counts| counts.property().to_owned())
                .collect(),
            min_attention: args.min_attention,
            min_arcs: args.min_arcs,
            max_tokens: args.max_tokens,
            layers: layers.iter().map(|layer| layer + 1).collect(),
            records: selection(args),
            contact_atom: format!("{:?}", args.contact_atom).to_lowercase(),
            min_separation: args.min_separation,
            contact_distance: args.contact_distance,
            reading: args.read.settings(),
        },
        proteins: counted.proteins,
        proteins_by_property: counts
            .iter()
            .map(|c| (c.property().to_owned(), c.proteins()))
            .collect(),
        skipped,
        warnings: Vec::new(),
        backgrounds: counts.iter().map(backgrounds).collect(),
        seconds: 0.0,
    })
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
