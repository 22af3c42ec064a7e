//! The flags of results, the same for every command that has any.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::FigureArgs;

/// Where results go, and how they are made.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// Folder for tables and figures.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) work: WorkArgs,
}

/// How results are made.
#[derive(Debug, Args)]
pub(crate) struct WorkArgs {
    /// Worker threads [default: one per core].
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Exit with status 3 if any record was skipped.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Write the tables and draw nothing.
    #[arg(long)]
    pub(crate) no_figures: bool,
    #[command(flatten)]
    pub(crate) figures: FigureArgs,
}
