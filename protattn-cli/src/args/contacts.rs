//! The arguments of `contacts`.

use std::path::PathBuf;

use clap::Args;

use super::probe::size;
use super::{ContactArgs, LongRunArgs, ModelArgs, Ranges, ReadArgs, WorkArgs, max_tokens};

/// Maps that are drawn unless told.
pub(crate) const N_MAPS: usize = 10;

#[derive(Debug, Args)]
pub(crate) struct ContactsArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Proteins to predict: whatever `align --data` takes. Those with a structure are judged by it.
    #[arg(long, value_name = "D", num_args = 1.., required_unless_present = "fit", requires = "output")]
    pub(crate) data: Vec<String>,
    /// Predict these records only, from 0: `0-299` or `0-5,12-17`.
    #[arg(long, value_name = "RECORDS", requires = "data")]
    pub(crate) data_records: Option<Ranges>,
    /// Predict only the first N records of each data set.
    #[arg(
        long,
        value_name = "N",
        requires = "data",
        conflicts_with = "data_records"
    )]
    pub(crate) limit: Option<usize>,
    /// Folder for the tables, the record of the run and the maps, and for what is saved on the way. A
    /// fit alone is saved, resumed and divided only if there is one.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Predict with a regression that --fit saved, instead of the checkpoint's own contact head.
    #[arg(long, value_name = "FILE", conflicts_with = "fit")]
    pub(crate) head: Option<PathBuf>,
    /// Fit a regression to the attention of all heads on these proteins, which need structures; 20 are
    /// enough. With --data it predicts in the same run, each shard of which fits all of it.
    #[arg(long, value_name = "D", num_args = 1..)]
    pub(crate) fit: Vec<String>,
    /// Fit on these records only, from 0.
    #[arg(long, value_name = "RECORDS", requires = "fit")]
    pub(crate) fit_records: Option<Ranges>,
    /// The safetensors file for the regression, to give to --head later [default: head.safetensors in
    /// the output folder].
    #[arg(long, value_name = "FILE", requires = "fit")]
    pub(crate) save: Option<PathBuf>,
    /// --fit: weight of the penalty on absolute coefficients against the sum of losses, 1 / C of
    /// scikit-learn. More leaves fewer heads.
    #[arg(long, value_name = "A", default_value_t = 0.15, value_parser = penalty)]
    pub(crate) l1: f64,
    /// --fit: memory for the attention between the pairs, such as 500M or 4G.
    #[arg(long, value_name = "SIZE", default_value = "4G", value_parser = size)]
    pub(crate) memory: u64,
    /// Draw the maps of the first N proteins.
    #[arg(long, value_name = "N", default_value_t = N_MAPS)]
    pub(crate) maps: usize,
    /// Sequences are cut to this many tokens, special ones included.
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = max_tokens)]
    pub(crate) max_tokens: usize,
    #[command(flatten)]
    pub(crate) contact: ContactArgs,
    #[command(flatten)]
    pub(crate) work: WorkArgs,
    #[command(flatten)]
    pub(crate) long: LongRunArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

fn penalty(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|a: &f64| *a > 0.0 && a.is_finite())
        .ok_or_else(|| "a number over 0".to_owned())
}
