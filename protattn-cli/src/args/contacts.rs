//! The arguments of `contacts`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::probe::size;
use super::{ContactArgs, FigureArgs, ModelArgs, Ranges, ReadArgs, max_tokens};

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
    /// Folder for the tables, the record of the run and the maps.
    #[arg(long, value_name = "DIR", requires = "data")]
    pub(crate) output: Option<PathBuf>,
    /// Predict with a regression that --fit saved, instead of the checkpoint's own contact head.
    #[arg(long, value_name = "FILE", conflicts_with = "fit")]
    pub(crate) head: Option<PathBuf>,
    /// Fit a regression to the attention of all heads on these proteins, which need structures; 20 are
    /// enough. With --data it predicts in the same run.
    #[arg(long, value_name = "D", num_args = 1.., requires = "save")]
    pub(crate) fit: Vec<String>,
    /// Fit on these records only, from 0.
    #[arg(long, value_name = "RECORDS", requires = "fit")]
    pub(crate) fit_records: Option<Ranges>,
    /// The safetensors file for the regression, to give to --head later.
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
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) maps: usize,
    /// Sequences are cut to this many tokens, special ones included.
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = max_tokens)]
    pub(crate) max_tokens: usize,
    /// Workers; one a core unless given.
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(crate) contact: ContactArgs,
    /// Exit with status 3 if any record was skipped.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Write the tables and draw nothing.
    #[arg(long)]
    pub(crate) no_figures: bool,
    #[command(flatten)]
    pub(crate) figures: FigureArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

fn penalty(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|a: &f64| *a > 0.0 && a.is_finite())
        .ok_or_else(|| "a number over 0".to_owned())
}
