//! All probes of a run, one block of features after the other.

use protattn_model::run::{BoxError, Error, Journal, Options, Sum, Watch};
use serde::{Deserialize, Serialize};

use super::block_source::BlockSource;
use super::features::FeatureSet;
use super::question::{Fitting, NoProbe, Question};
use super::target::targets;
use super::{FeatureKind, FittedProbe, Settings, Storage};
use crate::ProbeRow;

/// The probes of some blocks.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Fits(Vec<BlockFits>);

/// The probes of one block of features.
#[derive(Debug, Serialize, Deserialize)]
struct BlockFits {
    number: u32,
    rows: Vec<ProbeRow>,
    warnings: Vec<String>,
    probes: Vec<FittedProbe>,
}

impl Sum for Fits {
    fn add(&mut self, other: Self) -> Result<(), BoxError> {
        self.0.extend(other.0);
        Ok(())
    }
}

/// An error with what was being fitted.
#[derive(Debug, thiserror::Error)]
#[error("{question}")]
struct Failed {
    question: String,
    source: NoProbe,
}

/// What was found by all probes.
pub(super) struct Found {
    /// By task, class, features and layer.
    pub(super) rows: Vec<ProbeRow>,
    pub(super) probes: Vec<FittedProbe>,
    pub(super) warnings: Vec<String>,
}

/// Fits the probes of every block that is not in the journal yet.
pub(super) fn fit_all(
    set: &FeatureSet,
    settings: &Settings,
    storage: &Storage,
    options: &Options<'_>,
    mut journal: Journal<Fits>,
) -> Result<Found, Error> {
    let fitting = Fitting {
        set,
        settings,
        regression: settings.regression(options.n_threads())?,
        threads: options.n_threads(),
    };
    let numbers = (0..).take(set.layout.blocks.len());
    let missing: Vec<u32> = numbers.filter(|number| !journal.has(*number)).collect();
    let watch = options.watched_by();
    watch.begin(missing.len(), 0);
    let fitted = fit_missing(&fitting, &missing, storage, watch, &mut journal);
    watch.end();
    // What is done is worth keeping, whatever ended it.
    fitted.and(journal.save())?;
    if journal.n_done() < set.layout.blocks.len() {
        return Err(journal.interrupted(set.layout.blocks.len(), "layers of probes"));
    }
    journal.into_total().found(set)
}

fn fit_missing(
    fitting: &Fitting<'_>,
    missing: &[u32],
    storage: &Storage,
    watch: &dyn Watch,
    journal: &mut Journal<Fits>,
) -> Result<(), Error> {
    for number in missing {
        if watch.is_ending() {
            break;
        }
        let source = BlockSource::new(fitting.set, *number as usize);
        let source = match storage.holds(source.bytes()) {
            true => source.loaded().map_err(Error::analysis)?,
            false => source,
        };
        let fits = Fits(vec![BlockFits::new(fitting, &source, *number)?]);
        journal.push(*number, fits)?;
        watch.advance(1, 0);
    }
    Ok(())
}

impl BlockFits {
    fn new(fitting: &Fitting<'_>, source: &BlockSource<'_>, number: u32) -> Result<Self, Error> {
        let mut fits = Self {
            number,
            rows: Vec::new(),
            warnings: Vec::new(),
            probes: Vec::new(),
        };
        let tasks = 0..fitting.set.layout.tasks.len();
        for task in tasks.filter(|task| source.block.task.is_none_or(|of| of == *task)) {
            for (class, target) in targets(fitting.set, task, &mut fits.warnings) {
                let question = Question {
                    fitting,
                    source,
                    task,
                    class: &class,
                    target: &target,
                };
                fits.ask(&question)?;
            }
        }
        Ok(fits)
    }

    /// Adds the probe of a question; one that cannot be had is told in the warnings.
    fn ask(&mut self, question: &Question<'_>) -> Result<(), Error> {
        let block = question.source.block;
        match question.answer() {
            Ok(answer) => {
                self.rows.extend(answer.rows);
                self.warnings.extend(answer.warnings);
                self.probes.push(FittedProbe {
                    task: question.fitting.set.layout.tasks[question.task]
                        .name
                        .clone(),
                    class: question.class.to_owned(),
                    features: block.kind,
                    layer: block.layer,
                    probe: answer.probe,
                });
            }
            Err(error) if error.is_for_want_of_data() => {
                let (name, reason) = (question.name(), error.reason());
                self.warnings
                    .push(format!("{name}: there is no probe: {reason}"));
            }
            Err(source) => {
                let question = question.name();
                return Err(Error::analysis(Failed { question, source }));
            }
        }
        Ok(())
    }
}

impl Fits {
    /// What was found, in order; what is true of every layer is said once.
    fn found(mut self, set: &FeatureSet) -> Result<Found, Error> {
        self.0.sort_by_key(|fits| fits.number);
        let mut found = Found {
            rows: Vec::new(),
            probes: Vec::new(),
            warnings: Vec::new(),
        };
        for fits in self.0 {
            found.rows.extend(fits.rows);
            for warning in fits.warnings {
                if !found.warnings.contains(&warning) {
                    found.warnings.push(warning);
                }
            }
            found.probes.extend(fits.probes);
        }
        if found.rows.is_empty() {
            let reasons = found.warnings.join("; ");
            return Err(Error::data(format!("no probe could be fitted: {reasons}")));
        }
        sort(&mut found.rows, set);
        Ok(found)
    }
}

/// By task, class, features and layer; scores stay in their order.
fn sort(rows: &mut [ProbeRow], set: &FeatureSet) {
    let tasks = &set.layout.tasks;
    rows.sort_by_key(|row| {
        let task = tasks.iter().position(|task| task.name == row.task);
        let classes = task.map(|task| tasks[task].classes.as_slice());
        let class = classes.and_then(|known| known.iter().position(|class| *class == row.class));
        let is_attention = row.features == FeatureKind::Attention.name();
        (task, class.unwrap_or(usize::MAX), is_attention, row.layer)
    });
}
