//! `protattn contacts`: which residues touch, by a regression on the attention of all heads.

mod fit;
mod predict;
mod record;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use protattn_io::Protein;
use protattn_model::{ContactHead, Contacts, Model};
use protattn_probe::ContactRegression;

use crate::args::{ContactsArgs, Ranges};
use crate::checkpoint::{self, Checkpoint};
use crate::data::{self, Data, Reading};
use crate::ending::{Outcome, tell};
use crate::record::{FILE_NAME, Skipped, sha256_of_files};
use crate::selection::Selection;
use crate::tables::{self, ContactScore, ContactsWriter};
use crate::{figures, output, parallel, pass, text};
use predict::{Found, Predicting};
use record::{ContactsRecord, FitRecord, HeadRecord};

/// How far apart residues were, at least, on whose pairs the heads of ESM were fitted (Rao et al. 2021,
/// section 3.2).
const ESM_MIN_SEPARATION: usize = 6;

/// Runs the command.
pub(crate) fn run(args: &ContactsArgs, line: Vec<String>) -> Result<Outcome> {
    let start = Instant::now();
    prepare(args)?;
    let reading = Reading::new(&args.read)?.with_threads(args.threads);
    let checkpoint = checkpoint::of_args(&args.model, args.read.offline)?;
    // Before any data are read: without a head there is nothing to do.
    let given = match args.fit.is_empty() {
        true => Some(head(args, &checkpoint.model)?),
        false => None,
    };
    let to_fit = read(&args.fit, &args.fit_records, ("--fit", None), &reading)?;
    let data = read(
        &args.data,
        &args.data_records,
        ("--data", args.limit),
        &reading,
    )?;
    let mut run = ContactsRecord {
        command: line,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        model: checkpoint::describe(&checkpoint)?,
        settings: record::settings(args),
        reading: args.read.settings(),
        ..ContactsRecord::default()
    };
    for set in [&to_fit, &data].into_iter().flatten() {
        run.skipped.extend_from_slice(&set.skipped);
        run.warnings.extend_from_slice(&set.warnings);
    }
    let head = match (given, &to_fit, &args.save) {
        (Some((head, of_head)), ..) => {
            run.head = of_head;
            head
        }
        (None, Some(to_fit), Some(path)) => {
            fit(args, &checkpoint.model, (to_fit, &reading), path, &mut run)?
        }
        _ => bail!("--fit: there is nothing to fit on"),
    };
    if let (Some(data), Some(folder)) = (&data, &args.output) {
        if let Some(to_fit) = &to_fit {
            let flags = ["--fit", "--data"];
            let shared = data::shared(&to_fit.proteins, &data.proteins, flags);
            run.warnings.extend(shared);
        }
        run.data = data.records(&reading)?;
        let scores = predict(args, (&checkpoint, &head), &data.proteins, folder, &mut run)?;
        run.seconds = start.elapsed().as_secs_f64();
        crate::record::write(&run, folder)?;
        tell(&summary(&run, &scores, folder));
    }
    Ok(end(args, &run))
}

/// Proves that what is to be written can be.
fn prepare(args: &ContactsArgs) -> Result<()> {
    if let Some(folder) = &args.output {
        output::prepare(folder)?;
        for (table, command) in [(tables::ALIGNMENT, "align"), (tables::PROBE, "probe")] {
            if folder.join(table).exists() {
                bail!(
                    "{}: holds the tables of `protattn {command}`; choose another folder with --output",
                    folder.display()
                );
            }
        }
    }
    if let Some(file) = &args.save {
        let folder = file.parent().unwrap_or(Path::new(""));
        let writable = folder.join(".protattn-writable");
        output::write(&writable, b"").with_context(|| {
            format!(
                "{}: cannot be written; choose another file with --save",
                file.display()
            )
        })?;
        output::remove(&writable)?;
    }
    Ok(())
}

/// The proteins of a flag, if it was given.
fn read(
    names: &[String],
    records: &Option<Ranges>,
    (flag, limit): (&str, Option<usize>),
    reading: &Reading<'_>,
) -> Result<Option<Data>> {
    if names.is_empty() {
        return Ok(None);
    }
    let selection = limit.map_or(Selection::All, Selection::First);
    let mut data = data::read(names, reading, selection)?;
    if let Some(records) = records {
        data.keep(records, flag, names)?;
    }
    Ok(Some(data))
}

/// The head of `--head` or of the checkpoint.
fn head(args: &ContactsArgs, model: &Model) -> Result<(ContactHead, HeadRecord)> {
    let name = &model.info().name;
    let Some(path) = &args.head else {
        let Some(head) = model.contact_head() else {
            bail!(
                "{name} has no contact head of its own; give a regression with --head, or fit one with \
                 --fit and --save"
            );
        };
        let record = HeadRecord {
            source: "checkpoint".to_owned(),
            sha256: String::new(),
            min_separation: ESM_MIN_SEPARATION,
        };
        return Ok((head.clone(), record));
    };
    let regression =
        ContactRegression::load(path).with_context(|| format!("--head {}", path.display()))?;
    let head = as_head(&regression).with_context(|| path.display().to_string())?;
    Contacts::new(&head, model.info()).with_context(|| {
        format!(
            "{}: is not for {name}; fit one for it with --fit and --save",
            path.display()
        )
    })?;
    Ok((head, of_file(path, &regression)?))
}

fn of_file(path: &Path, regression: &ContactRegression) -> Result<HeadRecord> {
    Ok(HeadRecord {
        source: path.display().to_string(),
        sha256: sha256_of_files(&[path.to_owned()])?,
        min_separation: regression.min_separation(),
    })
}

/// The regression as the model applies one: with coefficients in single precision, as attention is.
fn as_head(regression: &ContactRegression) -> Result<ContactHead> {
    let weights = regression.coefficients().mapv(|weight| weight as f32);
    Ok(ContactHead::new(weights, regression.intercept() as f32)?)
}

/// Fits and saves a regression.
fn fit(
    args: &ContactsArgs,
    model: &Model,
    (data, reading): (&Data, &Reading<'_>),
    path: &Path,
    run: &mut ContactsRecord,
) -> Result<ContactHead> {
    let fitted = fit::fit(args, model, &data.proteins, &mut run.skipped)?;
    let regression = &fitted.regression;
    output::write(path, &regression.to_bytes()?)?;
    let how = regression.fitted();
    let coefficients = regression.coefficients();
    let non_zero = coefficients.iter().filter(|c| **c != 0.0);
    let of_fit = FitRecord {
        data: data.records(reading)?,
        records: match &args.fit_records {
            Some(records) => records.to_string(),
            None => "all".to_owned(),
        },
        proteins: fitted.proteins,
        pairs: fitted.pairs,
        contacts: fitted.contacts,
        l1: args.l1,
        non_zero: non_zero.count(),
        coefficients: coefficients.len(),
        converged: how.converged,
        iterations: how.iterations,
        gradient_norm: how.gradient_norm,
    };
    tell(&said(&of_fit, path));
    if of_fit.non_zero == 0 {
        run.warnings.push(
            "all coefficients are 0, so that all pairs are equally probable; fit on more proteins, or with \
             less --l1"
                .to_owned(),
        );
    }
    if !of_fit.converged {
        run.warnings.push(format!(
            "the fit did not converge in {} steps (gradient {:.1e})",
            of_fit.iterations, of_fit.gradient_norm
        ));
    }
    run.head = of_file(path, regression)?;
    run.fit = Some(of_fit);
    as_head(regression)
}

/// How the fit went.
fn said(fit: &FitRecord, path: &Path) -> String {
    format!(
        "fitted on {} pairs of {} proteins, {} of them contacts: {} of {} coefficients are not 0, {} in {} \
         steps; the regression is in {}",
        text::number(fit.pairs as u64),
        fit.proteins,
        text::number(fit.contacts as u64),
        fit.non_zero,
        fit.coefficients,
        if fit.converged {
            "converged"
        } else {
            "not converged"
        },
        fit.iterations,
        path.display()
    )
}

/// Writes what is predicted of each protein, and gives the mean scores.
fn predict(
    args: &ContactsArgs,
    (checkpoint, head): (&Checkpoint, &ContactHead),
    proteins: &[Protein],
    folder: &Path,
    run: &mut ContactsRecord,
) -> Result<Vec<ContactScore>> {
    let of_head = run.head.min_separation;
    if args.contact.min_separation < of_head {
        run.warnings.push(format!(
            "--min-separation {}: pairs nearer than {of_head} were not among those that the regression was \
             fitted on",
            args.contact.min_separation
        ));
    }
    let predicting = Predicting {
        model: &checkpoint.model,
        head,
        rule: args.contact.rule(),
        max_tokens: args.max_tokens,
        threads: parallel::threads(args.threads),
    };
    let names = pass::names(proteins);
    let mut maps = Maps::new(args, folder)?;
    let mut table = ContactsWriter::create(folder)?;
    let (mut scores, mut skipped, mut n_cut) = (Vec::new(), Vec::new(), 0);
    predicting.each(proteins, &mut skipped, |place, found| {
        let (protein, name) = (&proteins[place], names[place].as_str());
        for pair in found.pairs() {
            table.pair(name, &pair)?;
        }
        scores.extend(found.scores(name)?);
        run.proteins += 1;
        run.with_structure += usize::from(found.labels().is_some());
        n_cut += usize::from(found.n_read() < protein.len());
        run.warnings.extend(maps.draw(name, protein, &found)?);
        Ok(())
    })?;
    require_some(run.proteins, &skipped)?;
    run.skipped.extend(skipped);
    if n_cut > 0 {
        run.warnings.push(format!(
            "{n_cut} proteins are longer than --max-tokens {} lets in: only their first residues are read",
            args.max_tokens
        ));
    }
    table.finish()?;
    let means = predict::means(&scores);
    scores.extend_from_slice(&means);
    tables::write_contact_scores(folder, &scores)?;
    Ok(means)
}

/// Fails where nothing was predicted, with the first reason.
fn require_some(proteins: usize, skipped: &[Skipped]) -> Result<()> {
    match skipped.first() {
        Some(first) if proteins == 0 => bail!(
            "no protein can be predicted; the first problem: {}: {}",
            first.record,
            first.reason
        ),
        _ => Ok(()),
    }
}

/// The maps of the first proteins.
struct Maps<'a> {
    args: &'a ContactsArgs,
    folder: std::path::PathBuf,
    left: usize,
}

impl<'a> Maps<'a> {
    fn new(args: &'a ContactsArgs, folder: &Path) -> Result<Self> {
        let folder = folder.join(figures::FOLDER);
        let left = if args.no_figures { 0 } else { args.maps };
        if left > 0 {
            std::fs::create_dir_all(&folder)?;
        }
        Ok(Self { args, folder, left })
    }

    /// Draws the map of a protein if it is one of the first. Says why if it cannot be drawn.
    fn draw(&mut self, name: &str, protein: &Protein, found: &Found) -> Result<Option<String>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        match figures::contact_map(name, protein, &found.above(), found.labels()) {
            Ok(svg) => {
                figures::write(&self.folder, name, &svg, &self.args.figures.format)?;
                Ok(None)
            }
            Err(error) => Ok(Some(format!("{name}: there is no map: {error}"))),
        }
    }
}

/// What was found, in a line.
fn summary(run: &ContactsRecord, means: &[ContactScore], folder: &Path) -> String {
    let long = |k_rule: &str| {
        let mut means = means.iter();
        means.find(|row| (row.separation, row.k_rule) == ("long", k_rule) && row.proteins > 0)
    };
    let found = match (long("L"), long("L/5")) {
        (Some(l), Some(l5)) => format!(
            "mean precision over {} proteins, 24 or more residues apart: {:.3} at L, {:.3} at L/5",
            l5.proteins, l.precision, l5.precision
        ),
        _ if run.with_structure == 0 => "no structure to judge the predictions by".to_owned(),
        _ => "no structure with residues 24 or more apart to judge the predictions by".to_owned(),
    };
    format!(
        "{} proteins predicted; {found}; {}, {} and {FILE_NAME} are in {}",
        run.proteins,
        tables::CONTACTS,
        tables::CONTACT_SCORES,
        folder.display()
    )
}

/// Names what was skipped and odd.
fn end(args: &ContactsArgs, run: &ContactsRecord) -> Outcome {
    let rest = match args.output {
        Some(_) => format!("all of them are in {FILE_NAME}"),
        None => data::INSPECT.to_owned(),
    };
    data::tell_warnings(&run.warnings, &rest);
    if run.skipped.is_empty() {
        return Outcome::Done;
    }
    tell(&format!("{} skipped:", run.skipped.len()));
    data::tell_skipped(&run.skipped, &rest);
    if args.strict {
        Outcome::Skipped
    } else {
        Outcome::Done
    }
}
