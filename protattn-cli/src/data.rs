//! From data sets to the proteins of a run.

pub(crate) mod convert;
pub(crate) mod fetch;
pub(crate) mod inspect;
mod reading;
mod set;
pub(crate) mod split;
mod writer;

use std::collections::{HashMap, HashSet};

use anyhow::{Result, bail};
use protattn_io::{DataRecord, Protein, Selection, Skipped};

pub(crate) use self::reading::{Reading, locate};
pub(crate) use self::set::{Origin, Set};
use self::writer::Writer;
use crate::args::Ranges;
use crate::running::Inputs;
use crate::terminal::ending::{Outcome, Usage, tell};

/// Skipped records, and warnings, that are named on the terminal.
const NAMED: usize = 10;

/// The proteins of a run, and what became of the data sets they came from.
#[derive(Default)]
pub(crate) struct Data {
    pub(crate) proteins: Vec<Protein>,
    origins: Vec<Origin>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) warnings: Vec<String>,
}

/// Reads every data set. A record that two sets share (same identifier, same sequence) is one
/// protein with the labels of both.
pub(crate) fn read(names: &[String], reading: &Reading<'_>, selection: &Selection) -> Result<Data> {
    let mut data = Data::default();
    let mut places = HashMap::new();
    for name in names {
        let records = data.read_set(name, reading)?;
        let mut repeats: HashMap<(String, String), usize> = HashMap::new();
        for protein in selection.of(records) {
            let key = (protein.id().to_owned(), protein.sequence().to_owned());
            let repeat = repeats.entry(key.clone()).or_default();
            let place = places.entry((key, *repeat)).or_insert(data.proteins.len());
            *repeat += 1;
            match data.proteins.get_mut(*place) {
                Some(known) => known.join(protein)?,
                None => data.proteins.push(protein),
            }
        }
    }
    require_some(data.proteins.len(), names, &data.skipped)?;
    data.warnings.extend(reading.unmatched());
    Ok(data)
}

impl Data {
    /// What a run says of the data sets, and of what was read with them.
    pub(crate) fn records(
        &self,
        reading: &Reading<'_>,
        selection: &Selection,
    ) -> Result<Vec<DataRecord>> {
        let record = |origin: &Origin| Ok(origin.record()?.selected_by(selection.clone()));
        let sets = self.origins.iter().map(record);
        let mut records = sets.collect::<Result<Vec<_>>>()?;
        records.extend(reading.records()?);
        Ok(records)
    }

    /// Keeps the proteins of these places only, counted from 0; `flag` brought the data sets `names`.
    pub(crate) fn keep(&mut self, records: &Ranges, flag: &str, names: &[String]) -> Result<()> {
        if records.last() >= self.proteins.len() {
            bail!(Usage(format!(
                "{flag}-records asks for record {}, but {} has {} that can be used, counted from 0",
                records.last(),
                names.join(", "),
                self.proteins.len()
            )));
        }
        let mut place = 0..;
        let kept = |_: &Protein| place.next().is_some_and(|place| records.contains(place));
        self.proteins.retain(kept);
        Ok(())
    }

    fn read_set(&mut self, name: &str, reading: &Reading<'_>) -> Result<Vec<Protein>> {
        let mut set = Set::open(name, reading)?;
        let proteins = set.by_ref().collect();
        self.warnings.extend(set.take_warnings());
        self.origins.push(set.origin());
        self.skipped.extend(set.skipped);
        Ok(proteins)
    }
}

/// The data sets of one purpose.
#[derive(Clone, Copy)]
pub(crate) struct DataSets<'a> {
    /// The purpose, which is the name of the flag.
    pub(crate) role: &'static str,
    pub(crate) names: &'a [String],
    /// The records that are kept, if not all are.
    pub(crate) places: Option<&'a Ranges>,
    /// So many records of each set are read, if not all are.
    pub(crate) limit: Option<usize>,
}

impl DataSets<'_> {
    /// Reads the proteins, and adds to `inputs` what is said of them.
    pub(crate) fn read(&self, reading: &Reading<'_>, inputs: &mut Inputs) -> Result<Vec<Protein>> {
        let mut selection = self.limit.map_or(Selection::All, Selection::First);
        let mut data = read(self.names, reading, &selection)?;
        if let Some(places) = self.places {
            data.keep(places, &format!("--{}", self.role), self.names)?;
            selection = Selection::Places(places.to_string());
        }
        let records = data.records(reading, &selection)?.into_iter();
        inputs
            .data
            .extend(records.map(|record: DataRecord| record.for_role(self.role)));
        inputs.skipped.extend(data.skipped);
        inputs.warnings.extend(data.warnings);
        Ok(data.proteins)
    }
}

/// Says if what is learned is judged by proteins that it was learned from; `flags` name the two sets.
pub(crate) fn shared(
    train: &[Protein],
    eval: &[Protein],
    [of_train, of_eval]: [&str; 2],
) -> Option<String> {
    let known: HashSet<&str> = train.iter().map(Protein::sequence).collect();
    let n = eval
        .iter()
        .filter(|protein| known.contains(protein.sequence()))
        .count();
    (n > 0).then(|| {
        format!(
            "{n} of {} proteins of {of_eval} have a sequence that is in {of_train} too: the scores say \
             less than they seem to; `protattn data split` divides data by similarity",
            eval.len()
        )
    })
}

/// Fails where nothing can be used, with the first reason.
pub(crate) fn require_some(found: usize, names: &[String], skipped: &[Skipped]) -> Result<()> {
    if found > 0 {
        return Ok(());
    }
    let first = skipped.first().map_or_else(String::new, |first| {
        format!("; the first problem: {}", first.reason)
    });
    bail!("{}: no protein that can be used{first}", names.join(", "))
}

/// Says what was odd, the first few; `rest` says where all of it is.
pub(crate) fn tell_warnings(warnings: &[String], rest: &str) {
    for warning in warnings.iter().take(NAMED) {
        tell(&format!("warning: {warning}"));
    }
    if warnings.len() > NAMED {
        tell(&format!("warning: {} more; {rest}", warnings.len() - NAMED));
    }
}

/// Names what was skipped, the first few; `rest` says where all of them are.
pub(crate) fn tell_skipped(skipped: &[Skipped], rest: &str) {
    for Skipped { record, reason } in skipped.iter().take(NAMED) {
        // What a reader says of a file names it already.
        let named = reason.starts_with(record.as_str());
        tell(&if named {
            format!("  {reason}")
        } else {
            format!("  {record}: {reason}")
        });
    }
    if skipped.len() > NAMED {
        tell(&format!("  ... {rest}"));
    }
}

/// Where all that is passed over or odd stands, if not in `run.json`.
pub(crate) const INSPECT: &str = "`protattn data inspect --json` has all of them";

/// How a command ends that passed over these records, which it tells.
pub(crate) fn outcome(skipped: &[Skipped], strict: bool) -> Outcome {
    if skipped.is_empty() {
        return Outcome::Done;
    }
    tell(&format!("{} skipped:", skipped.len()));
    tell_skipped(skipped, INSPECT);
    if strict {
        Outcome::Skipped
    } else {
        Outcome::Done
    }
}
