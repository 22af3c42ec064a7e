//! The flags that say which model is meant, and those of `protattn model`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Which model is meant.
#[derive(Debug, Args)]
pub(crate) struct ModelArgs {
    /// Model: a folder in the layout of the Hugging Face hub, an id on the hub
    /// (facebook/esm2_t6_8M_UR50D), a short name (prot-bert-bfd, see `protattn model list`), or `demo`.
    #[arg(long, value_name = "M")]
    pub(crate) model: String,
    /// Revision of a model on the hub: a branch, a commit, or a pull request such as refs/pr/1.
    #[arg(long, value_name = "REV")]
    pub(crate) revision: Option<String>,
    /// How weights are kept in memory: in 32 bits, or rounded to 16 (bfloat16), for half the memory.
    /// Processors with AVX-512 BF16 then round the inputs of linear maps too, and multiply in 16.
    #[arg(long, value_name = "P", value_enum, default_value_t = Precision::F32)]
    pub(crate) precision: Precision,
}

/// How weights are kept in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Precision {
    /// As they are, or wider.
    F32,
    /// Rounded to 8 significant bits.
    Bf16,
}

impl Precision {
    /// As it is written in records.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Tell what a checkpoint is; it is loaded and checked for that.
    Info(InfoArgs),
    /// Download models into the cache that Python's huggingface_hub uses, and print the folders.
    Fetch(FetchModelArgs),
    /// Write a checkpoint's weights as one safetensors file, whatever they are stored as.
    Convert(ConvertModelArgs),
    /// List the short names of published models.
    List,
}

#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    /// A folder, an id on the hub, a short name, or `demo`.
    #[arg(value_name = "M")]
    pub(crate) model: String,
    /// Revision of a model on the hub: a branch, a commit, or a pull request such as refs/pr/1.
    #[arg(long, value_name = "REV")]
    pub(crate) revision: Option<String>,
    /// Download nothing: take what was downloaded before.
    #[arg(long)]
    pub(crate) offline: bool,
    /// Write JSON instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FetchModelArgs {
    /// Ids on the hub, or short names.
    #[arg(value_name = "M", required = true)]
    pub(crate) models: Vec<String>,
    /// Revision: a branch, a commit, or a pull request such as refs/pr/1.
    #[arg(long, value_name = "REV")]
    pub(crate) revision: Option<String>,
    /// Look up again what a branch means, also if it was downloaded before.
    #[arg(long)]
    pub(crate) update: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ConvertModelArgs {
    /// A folder, a file of weights, an index of such files, an id on the hub or a short name.
    #[arg(value_name = "M")]
    pub(crate) model: String,
    /// The file to write, NAME.safetensors, or a folder, which gets model.safetensors and the
    /// checkpoint's small files, and can be loaded.
    #[arg(long, value_name = "PATH")]
    pub(crate) output: PathBuf,
    /// Revision of a model on the hub.
    #[arg(long, value_name = "REV")]
    pub(crate) revision: Option<String>,
    /// Download nothing: take what was downloaded before.
    #[arg(long)]
    pub(crate) offline: bool,
    /// Replace a file that is there.
    #[arg(long)]
    pub(crate) force: bool,
}
