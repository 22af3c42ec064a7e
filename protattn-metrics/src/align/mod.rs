//! The whole run: what the attention of a model agrees with, over many proteins.
//!
//! [`Align`] runs a model over proteins, each different sequence once, and counts for every property
//! and metric, of the model's own attention and under each [`Null`] model; an [`Alignment`] holds the
//! rows of every table and the record of the run. Under the options of a run
//! ([`run::Options`]) it is saved as it goes, resumed, divided into
//! shards, and [merged](merge).
//!
//! ```
//! use protattn_io::Protein;
//! use protattn_metrics::align::{Align, Null, NullSettings, Settings};
//! use protattn_metrics::{PropertyOptions, by_name};
//! use protattn_model::Model;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let config = br#"{"model_type": "bert", "vocab_size": 30, "hidden_size": 16,
//! #   "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}"#;
//! # let proteins = ["MKTAYIAKQR", "GVSELLKDAW", "CCWHHQPLIV"].iter().enumerate();
//! # let proteins: Vec<Protein> =
//! #     proteins.map(|(n, s)| Protein::new(format!("p{n}"), s)).collect::<Result<_, _>>()?;
//! let model = Model::random(config, None, 1)?; // Model::load("prot_bert")? for a real one
//! let properties = [by_name("amino-acid", &PropertyOptions::default())?];
//! let mut settings = Settings::default();
//! settings.min_attention = 0.05; // untrained attention is nearly even
//! settings.min_arcs = 1;
//! settings.nulls = NullSettings::new(&[Null::RotateLabels], None, 1);
//!
//! let alignment = Align::new(&model, &properties).settings(settings).run(&proteins)?;
//! let alanine = alignment.rows.iter().filter(|row| row.class == "A");
//! assert_eq!(alanine.count(), 4); // two layers of two heads
//! assert_eq!(alignment.record.proteins, 3);
//! assert!(alignment.comparisons.iter().any(|row| row.against == "rotate-labels"));
//! # Ok(())
//! # }
//! ```

mod combine;
mod counting;
mod nulls;
mod observation;
mod outcome;
mod settings;
mod tally;

use std::path::{Path, PathBuf};

use protattn_io::Protein;
use protattn_model::Model;
use protattn_model::run::{self, Begun, Error, Merged, Options, Outcome, Plan, Record, Run};

use crate::{ContactPrecision, HeadCombination, Metric, Property};
use counting::Counting;
pub use nulls::{Null, NullSettings};
pub use outcome::Alignment;
use outcome::Counts;
pub use settings::{Results, Settings, SimilarityAgreement};
use tally::Counted;

/// The name of the analysis in records.
pub const ANALYSIS: &str = "align";
/// The name under which counts are saved.
const COUNTS: &str = "counts";

/// A run over proteins: of which model, with which properties and metrics, and how.
pub struct Align<'a> {
    model: &'a Model,
    properties: &'a [Box<dyn Property>],
    metrics: &'a [Box<dyn Metric>],
    settings: Settings,
    options: Options<'a>,
}

/// What decides what is counted.
#[derive(Clone, Copy)]
struct Setup<'a> {
    properties: &'a [Box<dyn Property>],
    metrics: &'a [Box<dyn Metric>],
    nulls: &'a NullSettings,
    /// 0-based, ascending.
    layers: &'a [usize],
    n_heads: usize,
    min_attention: f32,
}

impl<'a> Align<'a> {
    /// A run of this model that counts these properties, without metrics, null models and saving.
    #[must_use]
    pub fn new(model: &'a Model, properties: &'a [Box<dyn Property>]) -> Self {
        Self {
            model,
            properties,
            metrics: &[],
            settings: Settings::default(),
            options: Options::default(),
        }
    }

    /// Takes statistics of whole maps besides.
    #[must_use]
    pub fn metrics(mut self, metrics: &'a [Box<dyn Metric>]) -> Self {
        self.metrics = metrics;
        self
    }

    /// Counts by these settings.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Runs as these options say.
    #[must_use]
    pub fn options(mut self, options: Options<'a>) -> Self {
        self.options = options;
        self
    }

    /// Runs over proteins, and gives all tables.
    ///
    /// # Errors
    /// As [`start`](Self::start); also [`Error::Settings`] for a shard, which has no tables, and for a
    /// run that was complete before.
    pub fn run(self, proteins: &[Protein]) -> Result<Alignment, Error> {
        self.start(proteins)?.done()
    }

    /// Runs over proteins: the result is the same for any number of threads and any order of the
    /// proteins, and whether it was interrupted or not. Proteins that cannot be read by the model, and
    /// properties and metrics that fail on one, are in the record with their reasons.
    ///
    /// # Errors
    /// [`Error::Settings`] for layers that the model has not, a threshold outside (0, 1], or a
    /// combination of heads in a shard; [`Error::Data`] if nothing could be counted;
    /// [`Error::Interrupted`]; and those of saving, see [`Run::begin`].
    pub fn start(mut self, proteins: &[Protein]) -> Result<Outcome<Alignment, Settings>, Error> {
        let layers = self.complete()?;
        let records = proteins.iter().map(|p| (p.id(), p.sequence()));
        let plan = Plan::new(self.model, records, self.settings.max_tokens)?;
        let plan = plan.shard(self.model, self.options.share());
        let settings = self.settings.clone();
        let run = match Run::begin(self.model, &plan, ANALYSIS, settings, &self.options)? {
            Begun::Complete(record) => return Ok(Outcome::Before(record)),
            Begun::Run(run) => *run,
        };
        let nulls = &self.settings.nulls;
        let wanted = nulls.has(Null::RandomWeights);
        let counting = Counting {
            setup: Setup {
                properties: self.properties,
                metrics: self.metrics,
                nulls,
                layers: &layers,
                n_heads: self.model.info().n_heads,
                min_attention: self.settings.min_attention,
            },
            model: self.model,
            twin: wanted
                .then(|| self.model.random_twin(nulls.seed))
                .transpose()?,
            plan: &plan,
            proteins,
            max_tokens: self.settings.max_tokens,
        };
        self.finish(&counting, run)
    }

    fn finish(
        &self,
        counting: &Counting<'_>,
        run: Run<'_, Settings>,
    ) -> Result<Outcome<Alignment, Settings>, Error> {
        let engine = run.engine();
        let mut counted = engine.sum(
            counting.plan,
            COUNTS,
            || Ok(Counted::new(&counting.setup)?),
            |tasks, workspace, counted| counting.count(tasks, workspace, counted),
        )?;
        counted.sort();
        if counting.plan.share().is_some() {
            let record = run.finish(counted.proteins, &counted.skipped, Vec::new());
            return Ok(Outcome::Shard(Box::new(record)));
        }
        let skipped = run.about().all_skipped(&counted.skipped);
        let counts = Counts::new(counted, &self.settings, &skipped)?;
        counts.warn(self.options.watched_by());
        let combined = match counts.alone().filter(|_| self.settings.combine) {
            Some(halves) => counting.combine(halves, &engine)?,
            None => None,
        };
        let alignment = counts.alignment(&self.settings, combined, self.options.n_threads())?;
        Ok(Outcome::Done(Box::new(alignment.with_record(
            |proteins, skipped, warnings| run.finish(proteins, skipped, warnings),
        ))))
    }

    /// Fills in what the settings leave open, and gives the layers, from 0.
    fn complete(&mut self) -> Result<Vec<usize>, Error> {
        let n_layers = self.model.info().n_layers;
        let settings = &mut self.settings;
        if !(settings.min_attention > 0.0 && settings.min_attention <= 1.0) {
            return Err(Error::settings(format!(
                "min_attention is {}; it is over 0 and at most 1",
                settings.min_attention
            )));
        }
        if settings.layers.is_empty() {
            settings.layers = (1..=n_layers).collect();
        }
        let wrong = settings.layers.iter().find(|n| !(1..=n_layers).contains(n));
        if let Some(wrong) = wrong {
            return Err(Error::settings(format!(
                "layer {wrong} is asked for, but the model has {n_layers}"
            )));
        }
        settings.layers.sort_unstable();
        settings.layers.dedup();
        if settings.combine && self.options.share().is_some() {
            return Err(Error::settings(format!(
                "{} ranks the heads over all proteins before its second pass, so no shard can take it; \
                 leave it out, or run undivided",
                HeadCombination::NAME
            )));
        }
        let properties = self.properties.iter().map(|p| p.name().to_owned());
        settings.properties = properties.collect();
        let combined = settings.combine.then(|| HeadCombination::NAME.to_owned());
        let metrics = self.metrics.iter().map(|metric| metric.name().to_owned());
        settings.metrics = metrics.chain(combined).collect();
        Ok(settings.layers.iter().map(|layer| layer - 1).collect())
    }
}

/// Brings the shards of one run together: the same tables, bit for bit, as of one run. With `partial`,
/// the folder for results of a merge that takes what there is though shards are missing.
///
/// Neither the model nor the proteins are needed. Gives the shards that are missing, too.
///
/// # Errors
/// As [`run::merge`]; [`Error::Data`] if nothing was counted.
pub fn merge(
    folders: &[PathBuf],
    partial: Option<&Path>,
    options: &Options<'_>,
) -> Result<(Alignment, Vec<u32>), Error> {
    let start = std::time::Instant::now();
    let Merged {
        about,
        sum: mut counted,
        missing,
    } = run::merge::<Settings, Counted>(folders, COUNTS, partial)?;
    counted.sort();
    let settings = about.record.settings.clone();
    let skipped = about.all_skipped(&counted.skipped);
    let counts = Counts::new(counted, &settings, &skipped)?;
    counts.warn(options.watched_by());
    let alignment = counts.alignment(&settings, None, options.n_threads())?;
    let alignment = alignment.with_record(|proteins, skipped, warnings| {
        let mut record: Record<Settings> = about.finish(proteins, skipped, warnings);
        record.seconds = start.elapsed().as_secs_f64();
        record
    });
    Ok((alignment, missing))
}

/// The name of the metric by which heads are ranked before they are put together.
fn ranked_by() -> &'static str {
    ContactPrecision::NAME
}
