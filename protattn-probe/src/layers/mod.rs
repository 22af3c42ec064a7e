//! What the layers of a model know: the whole run, from proteins to a table of scores.
//!
//! [`Probing`] reads training and evaluation proteins with a model, one pass for all layers and tasks,
//! fits a probe to each class of each property in each layer, and judges it by the evaluation
//! proteins: each score with its interval, the majority baseline and the score on a control task.
//! A task is a [`Property`] of residues or of pairs; what decides the numbers are [`Settings`], and how
//! the work is done are [`Options`]: threads, saving, resuming, a share of the proteins that is
//! [merged](merge) with others later. The same settings, model and data give the same bits, however
//! it is done and wherever the features are kept ([`Storage`]).
//!
//! ```
//! use protattn_io::{Protein, Track};
//! use protattn_metrics::{PropertyOptions, by_name};
//! use protattn_model::Model;
//! use protattn_probe::layers::Probing;
//!
//! # let config = br#"{"model_type": "bert", "vocab_size": 30, "hidden_size": 16,
//! #   "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}"#;
//! let model = Model::random(config, None, 1)?; // or Model::load
//! let helix = |residue: char| if "AELM".contains(residue) { "helix" } else { "blank" };
//! let protein = |id: &str, sequence: &str| -> Result<Protein, protattn_io::Error> {
//!     let labels = sequence.chars().map(|residue| Some(helix(residue).to_owned()));
//!     let mut protein = Protein::new(id, sequence)?;
//!     protein.set_label("secondary-structure", Track::Classes(labels.collect()))?;
//!     Ok(protein)
//! };
//! let train = [protein("a", "MKTAELLAKGVSE")?, protein("b", "GVSEELAQMWYMT")?];
//! let eval = [protein("c", "AKGWYLMEEAGTV")?, protein("d", "TVSGMALKEYQGN")?];
//! let properties = [by_name("secondary-structure", &PropertyOptions::default())?];
//!
//! let found = Probing::new(&model, &properties).run(&train, &eval)?;
//! let f1 = found.rows.iter().filter(|row| row.class == "helix" && row.score == "f1");
//! let best = f1.max_by(|a, b| a.value.total_cmp(&b.value)).expect("there are layers");
//! println!("{} in layer {}: {:.2}", best.score, best.layer, best.value);
//! assert!(best.value > 0.8 && best.majority < 0.8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod block_source;
mod collect;
mod features;
mod fits;
mod question;
mod samples;
mod scoring;
mod settings;
mod store;
mod target;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod training;

use std::path::{Path, PathBuf};
use std::time::Instant;

use protattn_io::Protein;
use protattn_metrics::Property;
use protattn_model::run::{
    self, About, Begun, BoxError, Error, Merged, Options, Outcome, Plan, Record, Run, Task,
};
use protattn_model::{Model, Workspace};
use serde::{Deserialize, Serialize};

use crate::{Probe, ProbeRow};
use collect::Collecting;
use features::{FeatureSet, Features, Layout, ReadProtein, skipped};
use fits::{Fits, Found, fit_all};
use samples::{Sampled, Sampler, Sets};
use store::Store;

pub use settings::{FeatureKind, Settings};
pub use store::Storage;

/// The name of the analysis in records.
pub const ANALYSIS: &str = "probe";
/// The class that stands for all of them at once.
pub const ALL_CLASSES: &str = "all";

/// What is saved of the passes, and of the fits.
const FEATURES: &str = "features";
const FITS: &str = "fits";

/// Probes of the layers of a model, to be run.
#[derive(Clone)]
pub struct Probing<'a> {
    model: &'a Model,
    properties: &'a [Box<dyn Property>],
    settings: Settings,
    options: Options<'a>,
    storage: Storage,
}

impl<'a> Probing<'a> {
    /// Probes for these properties, by default settings.
    #[must_use]
    pub fn new(model: &'a Model, properties: &'a [Box<dyn Property>]) -> Self {
        Self {
            model,
            properties,
            settings: Settings::default(),
            options: Options::default(),
            storage: Storage::default(),
        }
    }

    /// Sets what decides the numbers.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Sets how the work is done.
    #[must_use]
    pub fn options(mut self, options: Options<'a>) -> Self {
        self.options = options;
        self
    }

    /// Sets where features are kept.
    #[must_use]
    pub fn storage(mut self, storage: Storage) -> Self {
        self.storage = storage;
        self
    }

    /// Fits probes on some proteins and judges them by others.
    ///
    /// # Errors
    /// Those of [`start`](Self::start); [`Error::Settings`] if there are no results: of a shard, or of a
    /// run that was done before.
    pub fn run(&self, train: &[Protein], eval: &[Protein]) -> Result<Probes, Error> {
        self.start(train, eval)?.done()
    }

    /// As [`run`](Self::run), of a run that may be a shard, or may have been done before.
    ///
    /// # Errors
    /// [`Error::Settings`] for settings that contradict each other, the model or the properties, and if
    /// there is not enough memory; [`Error::Data`] if nothing can be learned or judged of a property;
    /// [`Error::Interrupted`]; [`Error::Sequence`] if a pass fails; those of saving and resuming.
    pub fn start(
        &self,
        train: &[Protein],
        eval: &[Protein],
    ) -> Result<Outcome<Probes, Settings>, Error> {
        let (model, options, sets) = (self.model, &self.options, Sets { train, eval });
        let settings = self.settings.clone().for_model(model.info().n_layers)?;
        let records = sets
            .iter()
            .map(|protein| (protein.id(), protein.sequence()));
        let plan = Plan::new(model, records, settings.max_tokens)?;
        let sampler = Sampler::new(self.properties, train.len(), &settings)?;
        let sampled = sampler.sample(sets, &plan, options.n_threads())?;
        sampled.check(&settings)?;
        let settings = Settings {
            tasks: sampled.tasks.iter().map(|task| task.name.clone()).collect(),
            samples_hash: sampled.hash(),
            ..settings
        };
        let plan = plan.shard(model, options.share());
        let passes = Passes::new(self, &settings, sampled, &plan);
        passes.check_memory()?;
        let run = match Run::begin(model, &plan, ANALYSIS, settings, options)? {
            Begun::Complete(record) => return Ok(Outcome::Before(record)),
            Begun::Run(run) => *run,
        };
        let features = passes.collect(&run)?;
        if plan.share().is_some() {
            let proteins = features.proteins();
            let record = run.finish(proteins.len(), &skipped(proteins), Vec::new());
            return Ok(Outcome::Shard(Box::new(record)));
        }
        let set = features.complete()?;
        let journal = run.journal(FITS, Fits::default())?;
        let settings = &run.about().record.settings;
        let found = fit_all(&set, settings, &self.storage, options, journal)?;
        let finish = |proteins, skipped: &[_], warnings| run.finish(proteins, skipped, warnings);
        Ok(Outcome::Done(Box::new(Probes::new(found, &set, finish))))
    }
}

/// The passes of a run, or of a share of it.
struct Passes<'a> {
    storage: &'a Storage,
    layout: Layout,
    plan: &'a Plan<'a>,
    /// In their places.
    proteins: Vec<Option<ReadProtein>>,
}

impl<'a> Passes<'a> {
    fn new(
        probing: &'a Probing<'_>,
        settings: &Settings,
        sampled: Sampled,
        plan: &'a Plan<'a>,
    ) -> Self {
        let info = probing.model.info();
        let Sampled {
            tasks,
            n_train,
            proteins,
        } = sampled;
        Self {
            storage: &probing.storage,
            layout: Layout::new(tasks, n_train, settings, [info.width, info.n_heads]),
            plan,
            proteins,
        }
    }

    fn of_task(&self, task: &Task) -> Vec<ReadProtein> {
        let places = task.places().iter();
        places
            .filter_map(|place| self.proteins[*place].clone())
            .collect()
    }

    /// Refuses what cannot be kept, before any of it is computed. A shard keeps nothing.
    fn check_memory(&self) -> Result<(), Error> {
        let proteins = self.proteins.iter().flatten();
        match self.plan.share() {
            Some(_) => Ok(()),
            None => self.storage.check(
                proteins
                    .map(|protein| protein.bytes() + self.layout.bytes(protein))
                    .sum(),
            ),
        }
    }

    fn collect(&self, run: &Run<'_, Settings>) -> Result<Features, Error> {
        let engine = run.engine();
        let layout = || Some(self.layout.clone());
        let store = match self.plan.share() {
            Some(_) => Store::Nowhere,
            None => self.storage.open()?,
        };
        let fresh = || Ok::<_, BoxError>(Features::new(layout(), Store::default()));
        let take = |tasks: &[&Task], workspace: &mut Workspace, sum: &mut Features| {
            let sink = |task: &&Task| Collecting::new(&self.layout, self.of_task(task));
            let sinks = tasks.iter().map(sink).collect();
            let passed = engine.forward(self.plan, tasks, sinks, workspace)?;
            let mut proteins = passed.into_iter().flat_map(|sink| sink.proteins);
            proteins.try_for_each(|protein| sum.push(protein))
        };
        let total = Features::new(layout(), store);
        engine.sum_into(total, self.plan, FEATURES, fresh, take)
    }
}

/// Brings the shards of one run together, and fits their probes: the same table, bit for bit, as of one
/// run. With `partial`, the folder for results of a merge that takes what there is though shards are
/// missing.
///
/// Neither the model nor the proteins are needed. Gives the shards that are missing, too.
///
/// # Errors
/// Those of [`run::merge`]; [`Error::Settings`] if there is not enough memory; [`Error::Interrupted`].
pub fn merge(
    folders: &[PathBuf],
    partial: Option<&Path>,
    options: &Options<'_>,
    storage: &Storage,
) -> Result<(Probes, Vec<u32>), Error> {
    let start = Instant::now();
    let total = Features::new(None, storage.open()?);
    let merged: Merged<Settings, Features> = run::merge_into(total, folders, FEATURES, partial)?;
    let Merged {
        about,
        sum,
        missing,
    } = merged;
    let set = sum.complete()?;
    let settings = &about.record.settings;
    let journal = run::Journal::unsaved(Fits::default());
    let found = fit_all(&set, settings, storage, options, journal)?;
    let probes = Probes::new(found, &set, |proteins, skipped, warnings| {
        let mut record = About::finish(about, proteins, skipped, warnings);
        record.seconds = start.elapsed().as_secs_f64();
        record
    });
    Ok((probes, missing))
}

/// What was found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Probes {
    /// The scores, by task, class, features and layer.
    pub rows: Vec<ProbeRow>,
    /// The probes.
    pub probes: Vec<FittedProbe>,
    /// The record of the run.
    pub record: Record<Settings>,
    /// What stands in the record beside it.
    pub results: Results,
}

/// What a run of probes has in its record, beside what every run has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    /// Proteins that were trained on.
    pub train_proteins: usize,
    /// Proteins that probes were judged by.
    pub eval_proteins: usize,
}

/// A probe, with what it tells and from what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FittedProbe {
    /// The name of the property.
    pub task: String,
    /// The class that is told from the rest, or [`ALL_CLASSES`].
    pub class: String,
    /// What it reads.
    pub features: FeatureKind,
    /// The layer: 0 is the output of the embedding, n that of layer n.
    pub layer: usize,
    /// The probe; serialised as [`Probe::to_bytes`] has it.
    #[serde(with = "probe_bytes")]
    pub probe: Probe,
}

/// A probe among other values.
mod probe_bytes {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::Probe;

    pub(super) fn serialize<S: Serializer>(probe: &Probe, to: S) -> Result<S::Ok, S::Error> {
        let bytes = probe.to_bytes().map_err(S::Error::custom)?;
        bytes.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Probe, D::Error> {
        Probe::from_bytes(&Vec::deserialize(from)?).map_err(D::Error::custom)
    }
}

impl Probes {
    fn new(
        found: Found,
        set: &FeatureSet,
        finish: impl FnOnce(usize, &[protattn_io::Skipped], Vec<String>) -> Record<Settings>,
    ) -> Self {
        let mut warnings: Vec<String> = set.shared().into_iter().collect();
        warnings.extend(found.warnings);
        let (train, eval) = set.sets();
        Self {
            rows: found.rows,
            probes: found.probes,
            record: finish(set.proteins.len(), &skipped(&set.proteins), warnings),
            results: Results {
                train_proteins: train.len(),
                eval_proteins: eval.len(),
            },
        }
    }
}
