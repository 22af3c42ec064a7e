//! Flags to typed values.

mod align;
mod contact;
mod contacts;
mod data;
mod model;
mod output;
mod probe;
mod repeat;
mod selection;
mod view;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use self::align::replicates;
pub(crate) use self::align::{AlignArgs, LongRunArgs};
pub(crate) use self::contact::ContactArgs;
pub(crate) use self::contacts::{ContactsArgs, N_MAPS};
pub(crate) use self::data::{
    ConvertArgs, DataCommand, FetchArgs, InspectArgs, ReadArgs, SplitArgs, StructureArgs,
};
pub(crate) use self::model::{
    ConvertModelArgs, FetchModelArgs, InfoArgs, ModelArgs, ModelCommand, Precision,
};
pub(crate) use self::output::{OutputArgs, WorkArgs};
pub(crate) use self::probe::{ClassWeight, ProbeArgs, Ranges, StorageArgs};
pub(crate) use self::repeat::{RepeatArgs, arguments};
pub(crate) use self::selection::NumberSelection;
pub(crate) use self::view::{Region, ViewArgs};

/// What a protein language model's attention looks at, and what its layers know.
#[derive(Debug, Parser)]
#[command(
    name = "protattn",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(
    after_help = "New here? `protattn demo` runs everything on a small built-in model, offline, in seconds."
)]
pub(crate) struct Cli {
    /// Multiply the limits on the sizes of input files, lines and records, for files that you trust.
    #[arg(
        long,
        value_name = "N",
        default_value = "1",
        global = true,
        hide_short_help = true
    )]
    pub(crate) raise_limits: std::num::NonZeroU32,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the whole analysis on the built-in model and proteins.
    Demo(DemoArgs),
    /// Count what each head's attention agrees with, over a set of proteins.
    Align(Box<AlignArgs>),
    /// Fit probes on hidden states and attention: what each layer knows.
    Probe(Box<ProbeArgs>),
    /// Predict which residues touch, by a regression on the attention of all heads.
    Contacts(Box<ContactsArgs>),
    /// Write a model's attention, and its hidden states, for some sequences.
    Attention(AttentionArgs),
    /// Show the attention of some heads on a structure.
    View(Box<ViewArgs>),
    /// Merge the shards of one run, as if it had been one.
    Merge(MergeArgs),
    /// Repeat the run recorded in a run.json and verify that it matches.
    Repeat(RepeatArgs),
    /// Draw every figure that the tables in a folder allow.
    Report(ReportArgs),
    /// Tell what checkpoints are, download and convert them.
    #[command(subcommand)]
    Model(ModelCommand),
    /// Tell what data sets hold, convert them, divide them; download structures.
    #[command(subcommand)]
    Data(DataCommand),
    /// Print completions for a shell.
    Completions(CompletionsArgs),
    /// Write manual pages.
    Man(ManArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Folder for tables and figures.
    #[arg(long, value_name = "DIR", default_value = "protattn-demo")]
    pub(crate) output: PathBuf,
    /// Workers; one a core unless given.
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
    #[command(flatten)]
    pub(crate) figures: FigureArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AttentionArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// One sequence, one-letter codes.
    #[arg(
        long,
        value_name = "S",
        required_unless_present = "fasta",
        conflicts_with = "fasta"
    )]
    pub(crate) sequence: Option<String>,
    /// A FASTA file of sequences.
    #[arg(long, value_name = "F")]
    pub(crate) fasta: Option<PathBuf>,
    /// The safetensors file to write.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Write the hidden states too.
    #[arg(long)]
    pub(crate) hidden_states: bool,
    /// Sequences are cut to this many tokens, special ones included; uncut unless given.
    #[arg(long, value_name = "N", value_parser = max_tokens)]
    pub(crate) max_tokens: Option<usize>,
    /// Exit with status 3 if any sequence was skipped.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Download nothing: take what was downloaded before.
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Folders that a run with `--shard`, or `merge --partial`, wrote, in any order. The tables are the
    /// same, bit for bit, as of one run.
    #[arg(value_name = "DIR", required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// Take what there is though shards are missing: the tables are of their proteins, and the folder
    /// can be merged with the others later.
    #[arg(long)]
    pub(crate) partial: bool,
    #[command(flatten)]
    pub(crate) storage: StorageArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Folders that `align` wrote. Of several, a page and figures side by side are made too.
    #[arg(value_name = "DIR", required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// Folder for the figures that compare several folders.
    #[arg(long, value_name = "DIR", default_value = "comparison")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) figures: FigureArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Bash: protattn completions bash > ~/.local/share/bash-completion/completions/protattn
Zsh:  protattn completions zsh > _protattn, in a folder of $fpath
Fish: protattn completions fish > ~/.config/fish/completions/protattn.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL", value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Folder for the pages: one for the command, one for each subcommand.
    #[arg(long, value_name = "DIR", default_value = "man")]
    pub(crate) output: PathBuf,
}

/// How figures are written.
#[derive(Debug, Args)]
pub(crate) struct FigureArgs {
    /// Formats of the figures, beside the SVG.
    #[arg(long, value_name = "FORMAT", value_enum, value_delimiter = ',')]
    pub(crate) format: Vec<Format>,
}

/// A format of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Vectors, for the web and for editing; always written.
    Svg,
    /// Pixels, 300 to the inch.
    Png,
    /// Vectors, for print.
    Pdf,
}

/// Attention from this value on is an arc.
fn min_attention(text: &str) -> Result<f32, String> {
    text.parse()
        .ok()
        .filter(|a| *a > 0.0 && *a <= 1.0)
        .ok_or_else(|| "a number over 0 and at most 1".to_owned())
}

fn max_tokens(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|n| *n >= 3)
        .ok_or_else(|| "at least 3: two special tokens and a residue".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
