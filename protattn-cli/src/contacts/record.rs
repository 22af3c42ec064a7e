//! `run.json` of a run of `contacts`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::args::ContactsArgs;
use crate::record::{DataRecord, ModelRecord, ReadSettings, Skipped};

/// One run of `contacts` that predicted.
#[derive(Debug, Default, Serialize)]
pub(super) struct ContactsRecord {
    /// The command line, program name first.
    pub(super) command: Vec<String>,
    /// The version of protattn.
    pub(super) version: String,
    pub(super) model: ModelRecord,
    pub(super) head: HeadRecord,
    /// How the head was fitted, if it was in this run.
    pub(super) fit: Option<FitRecord>,
    pub(super) data: Vec<DataRecord>,
    /// Everything that decides the numbers, beside model, head and data, by the names of the flags.
    pub(super) settings: BTreeMap<String, String>,
    pub(super) reading: ReadSettings,
    /// Proteins that were predicted, and those of them that have a structure.
    pub(super) proteins: usize,
    pub(super) with_structure: usize,
    pub(super) skipped: Vec<Skipped>,
    /// Odd but usable data, and a fit that did not converge.
    pub(super) warnings: Vec<String>,
    /// Wall-clock seconds from the first argument to the last table.
    pub(super) seconds: f64,
}

/// What predicts.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct HeadRecord {
    /// A file, or `checkpoint` for the model's own.
    pub(super) source: String,
    /// Of the file, in hexadecimal; empty for the model's own, which is in its weights.
    pub(super) sha256: String,
    /// How far apart the residues of the pairs were, at least, that it was fitted on.
    pub(super) min_separation: usize,
}

/// A fit.
#[derive(Debug, Serialize)]
pub(super) struct FitRecord {
    pub(super) data: Vec<DataRecord>,
    /// As `--fit-records` has it.
    pub(super) records: String,
    /// Proteins with pairs of which it is known whether they touch.
    pub(super) proteins: usize,
    pub(super) pairs: usize,
    pub(super) contacts: usize,
    pub(super) l1: f64,
    /// Coefficients that are not 0, and all of them.
    pub(super) non_zero: usize,
    pub(super) coefficients: usize,
    pub(super) converged: bool,
    pub(super) iterations: usize,
    pub(super) gradient_norm: f64,
}

/// Everything that decides the numbers.
pub(super) fn settings(args: &ContactsArgs) -> BTreeMap<String, String> {
    let records = match (&args.data_records, args.limit) {
        (Some(records), _) => records.to_string(),
        (None, Some(limit)) => format!("the first {limit} of each set"),
        (None, None) => "all".to_owned(),
    };
    let settings = [
        ("--data-records", records),
        ("--max-tokens", args.max_tokens.to_string()),
        ("--contact-atom", args.contact.atom_name()),
        (
            "--contact-distance",
            args.contact.contact_distance.to_string(),
        ),
        ("--min-separation", args.contact.min_separation.to_string()),
    ];
    let owned = |(name, value): (&str, String)| (name.to_owned(), value);
    settings.into_iter().map(owned).collect()
}
