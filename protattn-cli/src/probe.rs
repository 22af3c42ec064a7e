//! `protattn probe`: what the layers of a model know, by linear probes.

mod collect;
mod fit;
mod record;
mod samples;
mod store;

use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use protattn_io::Protein;
use protattn_metrics::PropertyOptions;
use protattn_model::Model;
use protattn_probe::{ClassWeights, LogisticRegression, Resampling};

use crate::app::Own;
use crate::args::{ClassWeight, Kind, ProbeArgs, Ranges};
use crate::data::{Data, Reading};
use crate::ending::{Outcome, Usage, tell};
use crate::forward::{self, Group};
use crate::properties::{self, Choice};
use crate::record::FILE_NAME;
use crate::selection::Selection;
use crate::tables::{self, PROBE, ProbeRow};
use crate::{checkpoint, data, output, parallel, report};
use collect::{Features, Plan};
use fit::{Fitting, Layer};
use record::Identity;
use samples::{PairRule, Task};

pub(crate) use fit::ALL;
pub(crate) use record::ProbeRecord;

/// The folder of the tables of single layers, and that of saved probes, in an output folder.
const LAYERS: &str = "layers";
const PROBES: &str = "probes";

/// Runs the command.
pub(crate) fn run(args: &ProbeArgs, own: Own, line: Vec<String>) -> Result<Outcome> {
    let done = analyse(args, own, line)?;
    let rest = format!("all of them are in {FILE_NAME}");
    if !done.skipped.is_empty() {
        tell(&format!("{} skipped:", done.skipped.len()));
        data::tell_skipped(&done.skipped, &rest);
    }
    data::tell_warnings(&done.warnings, &rest);
    if args.no_figures {
        tell(&format!(
            "{PROBE} and {FILE_NAME} are in {}",
            args.output.display()
        ));
    } else {
        report::draw(&args.output, &args.figures.format)?;
    }
    Ok(if args.strict && !done.skipped.is_empty() {
        Outcome::Skipped
    } else {
        Outcome::Done
    })
}

/// Fits, and writes the table.
pub(crate) fn analyse(args: &ProbeArgs, own: Own, line: Vec<String>) -> Result<ProbeRecord> {
    let start = Instant::now();
    let settings = regression(args)?;
    prepare(args)?;
    let reading = Reading::new(&args.read)?.with_threads(args.threads);
    let mut train = Set::read(
        &args.train,
        &args.train_records,
        ("--train", args),
        &reading,
    )?;
    let eval = Set::read(&args.eval, &args.eval_records, ("--eval", args), &reading)?;
    let checkpoint = checkpoint::of_args(&args.model, args.read.offline)?;
    let [of_features, of_fits] = record::settings(args);
    let mut run = ProbeRecord {
        command: line,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        model: checkpoint::describe(&checkpoint)?,
        train: train.data.records(&reading)?,
        eval: eval.data.records(&reading)?,
        settings: of_features.clone().into_iter().chain(of_fits).collect(),
        reading: args.read.settings(),
        skipped: [train.data.skipped.clone(), eval.data.skipped.clone()].concat(),
        warnings: [train.data.warnings.clone(), eval.data.warnings.clone()].concat(),
        ..ProbeRecord::default()
    };
    let flags = ["--train", "--eval"];
    run.warnings
        .extend(data::shared(&train.proteins, &eval.proteins, flags));
    let n_train = train.proteins.len();
    train.proteins.extend(eval.proteins);
    let proteins = train.proteins;
    let groups = forward::groups(
        &checkpoint.model,
        &proteins,
        args.max_tokens,
        |place| proteins[place].id(),
        &mut run.skipped,
    );
    let n_read = n_read(&proteins, &groups);
    let read = |part: &[usize]| part.iter().filter(|n| **n > 0).count();
    (run.train_proteins, run.eval_proteins) = (read(&n_read[..n_train]), read(&n_read[n_train..]));
    let tasks = tasks(args, own, &reading, (&proteins, &n_read, n_train), &mut run)?;
    check_folds(args, &tasks, n_train)?;

    let fitting = Fitting {
        proteins: &proteins,
        n_read: &n_read,
        n_train,
        settings,
        inverse_penalties: args.l2.iter().map(|l2| (args.l1 + l2).recip()).collect(),
        folds: args.folds,
        negative_rate: args.negative_rate,
        control: !args.no_control,
        resampling: Resampling {
            draws: args.bootstrap,
            seed: args.seed,
            threads: parallel::threads(args.threads),
            ..Resampling::default()
        },
        threads: parallel::threads(args.threads),
        folder: args.save_probes.then(|| args.output.join(PROBES)),
    };
    let features = collect(
        args,
        &checkpoint.model,
        (&proteins, &groups, &tasks),
        of_features,
        &run,
    )?;
    let rows = fit_all(args, fitting, &tasks, &features, &mut run)?;
    tables::write_probe(&args.output.join(PROBE), &rows)?;
    run.seconds = start.elapsed().as_secs_f64();
    run.write(&args.output)?;
    Ok(run)
}

/// Checks the settings of the fit.
fn regression(args: &ProbeArgs) -> Result<LogisticRegression> {
    if args.l2.len() > 1 && args.l1 > 0.0 {
        bail!(Usage(
            "--l2: give one weight with --l1, or several without".to_owned()
        ));
    }
    if args.l2.iter().any(|l2| l2 + args.l1 <= 0.0) {
        bail!(Usage("--l2: a penalty of 0 needs a --l1 over 0".to_owned()));
    }
    if args.l2.len() > 1 && args.folds < 2 {
        bail!(Usage("--folds: at least 2".to_owned()));
    }
    let total = args.l1 + args.l2[0];
    let settings = LogisticRegression::builder()
        .inverse_penalty(total.recip())
        .l1_ratio(args.l1 / total)
        .standardize(!args.no_standardize)
        .class_weights(match args.class_weight {
            ClassWeight::Uniform => ClassWeights::Uniform,
            ClassWeight::Balanced => ClassWeights::Balanced,
        })
        .threads(parallel::threads(args.threads));
    Ok(settings.build()?)
}

/// Makes the folders, and proves that they can be written.
fn prepare(args: &ProbeArgs) -> Result<()> {
    output::prepare(&args.output)?;
    if args.output.join(tables::ALIGNMENT).exists() {
        bail!(
            "{}: holds the tables of `protattn align`; choose another folder with --output",
            args.output.display()
        );
    }
    std::fs::create_dir_all(args.output.join(LAYERS))?;
    if args.save_probes {
        std::fs::create_dir_all(args.output.join(PROBES))?;
    }
    if let Some(scratch) = &args.scratch {
        let advice = || {
            format!(
                "{}: cannot write features there; choose another folder with --scratch",
                scratch.display()
            )
        };
        std::fs::create_dir_all(scratch).with_context(advice)?;
        output::write(&scratch.join("writable"), b"").with_context(advice)?;
        output::remove(&scratch.join("writable"))?;
    }
    Ok(())
}

/// Proteins of one purpose.
struct Set {
    proteins: Vec<Protein>,
    data: Data,
}

impl Set {
    fn read(
        names: &[String],
        records: &Option<Ranges>,
        (flag, args): (&str, &ProbeArgs),
        reading: &Reading<'_>,
    ) -> Result<Self> {
        let selection = args.limit.map_or(Selection::All, Selection::First);
        let mut data = data::read(names, reading, selection)?;
        if let Some(records) = records {
            data.keep(records, flag, names)?;
        }
        let proteins = std::mem::take(&mut data.proteins);
        Ok(Self { proteins, data })
    }
}

/// The residues that are read of each protein; 0 of one that is not read.
fn n_read(proteins: &[Protein], groups: &[Group]) -> Vec<usize> {
    let mut n_read = vec![0; proteins.len()];
    for group in groups {
        for place in &group.proteins {
            n_read[*place] = group.n_read();
        }
    }
    n_read
}

/// The tasks with their samples; one that cannot be learned is an error.
fn tasks(
    args: &ProbeArgs,
    own: Own,
    reading: &Reading<'_>,
    (proteins, n_read, n_train): (&[Protein], &[usize], usize),
    run: &mut ProbeRecord,
) -> Result<Vec<Task>> {
    let choice = Choice {
        own: own.properties,
        options: PropertyOptions {
            contact: args.contact.rule(),
        },
        proteins,
        brought: &reading.labels(),
        flag: "--task",
    };
    let rule = PairRule {
        min_separation: args.contact.min_separation,
        rate: args.negative_rate,
        seed: args.seed,
    };
    let mut tasks = Vec::new();
    for property in properties::select(Some(&args.task), choice)? {
        let task = Task::new(
            property.as_ref(),
            proteins,
            n_read,
            n_train,
            rule,
            &mut run.skipped,
        )?;
        task.check(n_train)?;
        tasks.push(task);
    }
    if !args.features.contains(&Kind::Hidden) && tasks.iter().all(|task| !task.pairs) {
        bail!(Usage(
            "--features: attention is a feature of pairs, and no --task is of pairs; add contact to \
             --task, or hidden to --features"
                .to_owned()
        ));
    }
    Ok(tasks)
}

/// Refuses more folds than proteins before hours of work.
fn check_folds(args: &ProbeArgs, tasks: &[Task], n_train: usize) -> Result<()> {
    if args.l2.len() == 1 {
        return Ok(());
    }
    for task in tasks {
        let known = task.samples[..n_train]
            .iter()
            .filter(|s| !s.labels.is_empty());
        let known = known.count();
        if known < args.folds {
            bail!(
                "task {}: {known} training proteins are fewer than --folds {}; give fewer folds, more \
                 proteins, or one --l2",
                task.name,
                args.folds
            );
        }
    }
    Ok(())
}

fn collect(
    args: &ProbeArgs,
    model: &Model,
    (proteins, groups, tasks): (&[Protein], &[Group], &[Task]),
    settings: BTreeMap<String, String>,
    run: &ProbeRecord,
) -> Result<Features> {
    let layers = args.layers.of(model.info().n_layers).map_err(Usage)?;
    let resume = match &args.scratch {
        Some(scratch) => Identity::new(run, settings)?.settle(scratch, args.resume)?,
        None => false,
    };
    let plan = Plan {
        model,
        proteins,
        groups,
        tasks,
        layers: &layers,
        features: &args.features,
        memory: args.memory,
        scratch: args.scratch.as_deref(),
        resume,
        threads: parallel::threads(args.threads),
    };
    plan.collect()
}

/// Fits all probes, one layer after the other; layers that an earlier run left are taken up.
fn fit_all(
    args: &ProbeArgs,
    fitting: Fitting<'_>,
    tasks: &[Task],
    features: &Features,
    run: &mut ProbeRecord,
) -> Result<Vec<ProbeRow>> {
    let folder = args.output.join(LAYERS);
    let mut settings = run.settings.clone();
    settings.insert("--save-probes".to_owned(), args.save_probes.to_string());
    let resume = Identity::new(run, settings)?.settle(&folder, args.resume)?;
    let mut rows = Vec::new();
    let hidden = features
        .hidden
        .iter()
        .map(|(layer, part)| (Kind::Hidden, None, *layer, part));
    let attention = features.attention.iter();
    let attention =
        attention.map(|(task, layer, part)| (Kind::Attention, Some(*task), *layer, part));
    for (kind, of_task, number, part) in hidden.chain(attention) {
        let path = folder.join(format!("{}.parquet", part.name));
        let noted = folder.join(format!("{}.json", part.name));
        if resume && path.exists() {
            rows.extend(tables::read_probe(&path)?);
            let warnings = std::fs::read(&noted).with_context(|| noted.display().to_string())?;
            run.warnings
                .extend(serde_json::from_slice::<Vec<String>>(&warnings)?);
            continue;
        }
        let fits = part.bytes() <= args.memory;
        let layer = Layer {
            kind,
            layer: number,
            part,
            loaded: if fits { part.loaded()? } else { None },
        };
        let (mut found, mut warnings) = (Vec::new(), Vec::new());
        for (place, task) in tasks.iter().enumerate() {
            if of_task.is_none_or(|of| of == place) {
                found.extend(fitting.rows(task, &layer, &mut warnings)?);
            }
        }
        // The table last: it says that the layer is done.
        output::write(&noted, &serde_json::to_vec(&warnings)?)?;
        tables::write_probe(&path, &found)?;
        rows.extend(found);
        run.warnings.extend(warnings);
    }
    if rows.is_empty() {
        bail!("no probe could be fitted: {}", run.warnings.join("; "));
    }
    // What is true of every layer is said once, and so is what is odd in a file that serves twice.
    let mut told = HashSet::new();
    run.warnings.retain(|warning| told.insert(warning.clone()));
    let mut told = HashSet::new();
    run.skipped.retain(|skipped| told.insert(skipped.clone()));
    sort(&mut rows, tasks);
    Ok(rows)
}

/// By task, class, features and layer; scores stay in their order.
fn sort(rows: &mut [ProbeRow], tasks: &[Task]) {
    let place = |row: &ProbeRow| {
        let task = tasks.iter().position(|task| task.name == row.task);
        let classes = task.map(|task| tasks[task].classes.as_slice());
        let class = classes.and_then(|known| known.iter().position(|class| *class == row.class));
        (
            task,
            class.unwrap_or(usize::MAX),
            row.features == "attention",
            row.layer,
        )
    };
    rows.sort_by_key(place);
}
