//! `protattn merge`: the shards of one run, brought together.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::align::{self, About, Outcomes, TableOptions};
use crate::args::MergeArgs;
use crate::ending::{Outcome, Usage, tell};
use crate::interrupt;
use crate::output;
use crate::pass::{COUNTS, Counted, Found, Sum, add_once};
use crate::record::{Shards, listed};
use crate::state::{Saved, Series};

/// Runs the command.
pub(crate) fn run(args: &MergeArgs, line: Vec<String>) -> Result<Outcome> {
    let start = Instant::now();
    output::prepare(&args.output)?;
    let inputs = args
        .folders
        .iter()
        .map(|folder| Input::open(folder, &args.output));
    let inputs: Vec<Input> = inputs.collect::<Result<_>>()?;
    let about = About {
        command: line,
        ..together(&inputs)?
    };
    let missing = about
        .shards
        .as_ref()
        .map(Shards::missing)
        .unwrap_or_default();
    if !missing.is_empty() && !args.partial {
        bail!(
            "of {} shards these are missing: {}; --partial merges the others",
            inputs[0].shards.of,
            listed(&missing)
        );
    }
    interrupt::listen(None);
    let mut series = None;
    if !missing.is_empty() {
        series = Some(align::begin(&args.output, &about)?.series(COUNTS)?);
    }
    let mut total = Total {
        counted: None,
        series,
    };
    inputs.iter().try_for_each(|input| total.add(input))?;
    let mut counted = total.counted.context("there is nothing in any shard")?;
    counted.sort();

    let skipped = about.all_skipped(&counted.skipped);
    let settings = &about.identity.settings;
    let (outcomes, unknown) =
        Outcomes::new(counted, &settings.nulls.models, about.named, &skipped)?;
    let options = TableOptions::new(settings, &args.output, align::threads(args.threads));
    let run = outcomes.write(&options, Vec::new())?;
    let mut run = about.record(run, outcomes.skipped, unknown);
    run.shards = run.shards.filter(|_| !missing.is_empty());
    run.seconds = start.elapsed().as_secs_f64();
    run.write(&args.output)?;
    align::tell_skipped(&run);
    align::finish(&args.output, args.no_figures, &args.figures.format)?;
    if !missing.is_empty() {
        tell(&format!(
            "warning: shards are missing: {}",
            listed(&missing)
        ));
    }
    Ok(align::ending(&run, args.strict))
}

/// A folder to be merged.
struct Input {
    folder: PathBuf,
    saved: Saved,
    about: About,
    shards: Shards,
}

impl Input {
    fn open(folder: &Path, output: &Path) -> Result<Self> {
        let place = |path: &Path| path.canonicalize().ok();
        if place(folder).is_some_and(|folder| place(output) == Some(folder)) {
            let output = output.display();
            bail!(Usage(format!(
                "--output {output}: it is one of the folders to merge"
            )));
        }
        let folder = folder.to_owned();
        let shown = folder.display();
        let found = align::of_folder(&folder)?;
        let (saved, about) = found.with_context(|| {
            format!(
                "{shown}: holds no shard; is this a folder that `protattn align --shard` wrote?"
            )
        })?;
        let shards = about.shards.clone().with_context(|| {
            format!(
                "{shown}: holds what an interrupted run saved, not a shard; go on with --resume"
            )
        })?;
        Ok(Self {
            folder,
            saved,
            about,
            shards,
        })
    }
}

/// What all of them are of, if it is one run.
fn together(inputs: &[Input]) -> Result<About> {
    let Some((first, others)) = inputs.split_first() else {
        bail!("there is nothing to merge");
    };
    for other in others {
        let called =
            [&first.folder, &other.folder].map(|folder| format!("in {}", folder.display()));
        let [one, two] = &called;
        let mut differences = first.about.differences(&other.about, [one, two])?;
        if first.shards.of != other.shards.of {
            let (of, also) = (first.shards.of, other.shards.of);
            differences.push(format!("there are {of} shards {one} and {also} {two}"));
        }
        ensure!(
            differences.is_empty(),
            "these shards are of different runs: {}",
            differences.join("; ")
        );
    }
    let mut places: BTreeMap<u32, &Path> = BTreeMap::new();
    for input in inputs {
        for number in &input.shards.numbers {
            if let Some(place) = places.insert(*number, &input.folder) {
                bail!(
                    "shard {number}/{} is in {} and in {}: give it once",
                    input.shards.of,
                    place.display(),
                    input.folder.display()
                );
            }
        }
    }
    Ok(About {
        shards: Some(Shards {
            numbers: places.into_keys().collect(),
            of: first.shards.of,
        }),
        sequences: inputs.iter().map(|input| input.about.sequences).sum(),
        ..first.about.clone()
    })
}

/// The sum so far, saved too if it is to be merged again.
struct Total {
    counted: Option<Counted>,
    series: Option<Series>,
}

impl Total {
    fn add(&mut self, input: &Input) -> Result<()> {
        let folder = || input.folder.display().to_string();
        let mut done = HashSet::new();
        for found in input.saved.series(COUNTS)?.parts::<Found<Counted>>() {
            let found = found?;
            add_once(&mut done, &found.done).with_context(folder)?;
            if let Some(series) = &mut self.series {
                series.append(&found)?;
            }
            match &mut self.counted {
                Some(counted) => counted.add(found.sum).with_context(folder)?,
                None => self.counted = Some(found.sum),
            }
        }
        let (done, of) = (done.len(), input.about.sequences);
        ensure!(
            done == of,
            "{}: {} is not complete, {done} of {of} sequences are counted; go on with\n  {}",
            folder(),
            input.shards,
            interrupt::resume_command(&input.about.command)
        );
        Ok(())
    }
}
