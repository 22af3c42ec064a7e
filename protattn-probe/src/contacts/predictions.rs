//! What is predicted of all proteins, and how good it is.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use protattn_io::{Skipped, parallel};
use protattn_model::run::{self, BoxError, Error, Merged, Options, Record, Spool, Sum};
use serde::{Deserialize, Serialize};

use super::predict::PREDICTED;
use super::{PredictedContacts, PredictionSettings};
use crate::{ContactScore, ContactScoreRow, PairRow, mean_contact_scores};

/// What stands for the record in the rows of the mean.
const MEAN: &str = "mean";

/// What is predicted of some proteins, in any order.
#[derive(Serialize, Deserialize)]
pub(super) struct Predicted {
    proteins: Vec<Entry>,
    contacts: Spool<PredictedContacts>,
    skipped: Vec<Skipped>,
}

/// What is known of a protein without its pairs.
#[derive(Serialize, Deserialize)]
struct Entry {
    /// The place of the protein among all.
    place: usize,
    name: String,
    /// The place of its pairs in the spool.
    pairs: usize,
    has_structure: bool,
    is_cut: bool,
}

impl Predicted {
    /// Nothing yet.
    pub(super) fn new(options: &Options<'_>) -> Self {
        Self {
            proteins: Vec::new(),
            contacts: options.spool(),
            skipped: Vec::new(),
        }
    }

    /// Adds a protein of so many residues.
    pub(super) fn push(
        &mut self,
        place: usize,
        length: usize,
        contacts: &PredictedContacts,
    ) -> Result<(), Error> {
        self.proteins.push(Entry {
            place,
            name: contacts.name().to_owned(),
            pairs: self.contacts.len(),
            has_structure: contacts.has_structure(),
            is_cut: contacts.n_read() < length,
        });
        self.contacts.push(contacts)
    }

    /// Passes a protein over.
    pub(super) fn skip(&mut self, skipped: Skipped) {
        self.skipped.push(skipped);
    }

    pub(super) fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    pub(super) fn n_proteins(&self) -> usize {
        self.proteins.len()
    }
}

impl Sum for Predicted {
    fn add(&mut self, other: Self) -> Result<(), BoxError> {
        let before = self.contacts.len();
        self.contacts.append(&other.contacts)?;
        self.proteins
            .extend(other.proteins.into_iter().map(|entry| Entry {
                pairs: before + entry.pairs,
                ..entry
            }));
        self.skipped.extend(other.skipped);
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.contacts.bytes()
    }
}

/// What is predicted of each protein, and how good it is where a structure is known.
///
/// The pairs of many proteins are more than memory holds: they lie in a temporary file, and
/// [`proteins`](Self::proteins) reads them one protein after another.
#[derive(Debug)]
#[non_exhaustive]
pub struct Predictions {
    /// What was done; its proteins are those that were predicted.
    pub record: Record<PredictionSettings>,
    /// What follows from the predictions and stands beside the record.
    pub results: PredictionResults,
    /// The rows of `contact_scores.parquet`: of each protein with a structure, in their order, and then
    /// of the mean over them.
    pub scores: Vec<ContactScoreRow>,
    /// The mean of the scores over proteins; empty without scores.
    pub means: Vec<ContactScore>,
    /// The places of the proteins in the spool, in their order.
    order: Vec<usize>,
    contacts: Spool<PredictedContacts>,
}

/// What follows from predictions and stands in the record of their run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PredictionResults {
    /// Proteins with a structure to judge by.
    pub with_structure: usize,
}

/// What a record says of predictions.
pub(super) struct ForRecord {
    pub(super) proteins: usize,
    pub(super) skipped: Vec<Skipped>,
    pub(super) warnings: Vec<String>,
}

impl Predictions {
    /// Judges what was predicted. `skipped` is all that was, for any reason; `finish` makes the record.
    pub(super) fn new(
        mut predicted: Predicted,
        settings: &PredictionSettings,
        skipped: &[Skipped],
        threads: NonZeroUsize,
        finish: impl FnOnce(ForRecord) -> Record<PredictionSettings>,
    ) -> Result<Self, Error> {
        let proteins = &mut predicted.proteins;
        require_some(proteins.len(), skipped)?;
        proteins.sort_by(|a, b| (a.place, &a.name).cmp(&(b.place, &b.name)));
        let order: Vec<usize> = proteins.iter().map(|entry| entry.pairs).collect();
        let count = |is: fn(&Entry) -> bool| proteins.iter().filter(|entry| is(entry)).count();
        let results = PredictionResults {
            with_structure: count(|entry| entry.has_structure),
        };
        let warnings = warnings(settings, count(|entry| entry.is_cut));
        let contacts = predicted.contacts;
        let score = |(): &mut (), place: usize| contacts.get(order[place])?.scores();
        let scores = parallel::map(threads, order.len(), || (), score)?;
        let means = mean_contact_scores(scores.iter().flatten());
        let names = proteins.iter().map(|entry| entry.name.as_str());
        let all = names.zip(&scores).chain([(MEAN, &means)]);
        let rows = all.flat_map(|(name, scores)| scores.iter().map(|score| score.row(name)));
        Ok(Self {
            record: finish(ForRecord {
                proteins: order.len(),
                skipped: predicted.skipped,
                warnings,
            }),
            results,
            scores: rows.collect(),
            means,
            order,
            contacts,
        })
    }

    /// What is predicted of each protein, in the order of the proteins.
    ///
    /// # Errors
    /// Of an element: [`Error::File`] if the temporary file cannot be read.
    pub fn proteins(&self) -> impl Iterator<Item = Result<PredictedContacts, Error>> + '_ {
        self.order.iter().map(|place| self.contacts.get(*place))
    }

    /// The rows of `contacts.parquet`: the pairs of one protein after another.
    ///
    /// # Errors
    /// As [`proteins`](Self::proteins).
    pub fn rows(&self) -> impl Iterator<Item = Result<PairRow, Error>> + '_ {
        self.proteins().flat_map(|protein| {
            let (rows, error) = match protein {
                Ok(protein) => (protein.rows().map(Ok).collect(), None),
                Err(error) => (Vec::new(), Some(Err(error))),
            };
            rows.into_iter().chain(error)
        })
    }
}

/// Brings the shards of one prediction together: the same, bit for bit, as of one run. With `partial`,
/// the folder for results of a merge that takes what there is though shards are missing. What is too
/// much for memory lies in the folder where the options say that runs are saved, in the system's
/// temporary folder if they do not.
///
/// Neither the model nor the proteins are needed. Gives the shards that are missing, too.
///
/// # Errors
/// As [`run::merge`]; [`Error::Data`] if nothing was predicted.
pub fn merge_predictions(
    folders: &[PathBuf],
    partial: Option<&Path>,
    options: &Options<'_>,
) -> Result<(Predictions, Vec<u32>), Error> {
    let start = Instant::now();
    let Merged::<PredictionSettings, Predicted> {
        about,
        sum,
        missing,
    } = run::merge_into(Predicted::new(options), folders, PREDICTED, partial)?;
    let settings = about.record.settings.clone();
    let skipped = about.all_skipped(&sum.skipped);
    let finish = |found: ForRecord| {
        let mut record = about.finish(found.proteins, &found.skipped, found.warnings);
        record.seconds = start.elapsed().as_secs_f64();
        record
    };
    let predictions = Predictions::new(sum, &settings, &skipped, options.n_threads(), finish)?;
    Ok((predictions, missing))
}

/// Fails where nothing was predicted, with the first reason.
fn require_some(proteins: usize, skipped: &[Skipped]) -> Result<(), Error> {
    if proteins > 0 {
        return Ok(());
    }
    let first = skipped.first().map_or_else(String::new, |first| {
        format!("; the first problem: {}: {}", first.record, first.reason)
    });
    Err(Error::data(format!("no protein can be predicted{first}")))
}

/// What is odd about predictions, `n_cut` of which are of proteins that were cut.
fn warnings(settings: &PredictionSettings, n_cut: usize) -> Vec<String> {
    let (asked, of_head) = (settings.rule.min_separation, settings.head.min_separation);
    let mut warnings = Vec::new();
    if asked < of_head {
        warnings.push(format!(
            "`min_separation` {asked}: pairs nearer than {of_head} were not among those that the \
             regression was fitted on"
        ));
    }
    if n_cut > 0 {
        warnings.push(format!(
            "{n_cut} proteins are longer than `max_tokens` {} lets in: only their first residues are read",
            settings.max_tokens
        ));
    }
    warnings
}
