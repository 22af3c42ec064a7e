//! The arguments of `align`.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use protattn_metrics::align::Null;
use protattn_model::run::Shard;

use super::{
    ContactArgs, ModelArgs, NumberSelection, OutputArgs, ReadArgs, max_tokens, min_attention,
};

#[derive(Debug, Args)]
pub(crate) struct AlignArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Proteins: FASTA, PDB or mmCIF (FILE or FILE:CHAIN), a folder of them, a PDB id (7HVP:A) or
    /// AlphaFold accession (AF-P69905), TAPE (LMDB or JSON), the original's LMDBs, ProteinNet,
    /// NetSurfP-2, UniProt, protattn's own records, or `demo`.
    #[arg(long, value_name = "D", num_args = 1.., required = true)]
    pub(crate) data: Vec<String>,
    /// Properties to compare attention with: contact, binding-site, modification,
    /// secondary-structure, amino-acid, or any label of the data. Unless given, those five and the
    /// labels of --labels, as far as the data know them.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) property: Option<Vec<String>>,
    /// Statistics of whole attention maps to take besides: attention-mass, entropy, distance,
    /// contact-precision, head-agreement, or `all` of these; and contact-precision-combined, of the
    /// best heads together, which takes a second pass.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) metric: Vec<String>,
    /// Null models to compare each head with. Those but the first take passes of their own.
    #[arg(long, value_name = "MODEL", value_parser = null_parser(), value_delimiter = ',')]
    pub(crate) null: Vec<Null>,
    /// Draws of the null models for each protein: 10 rotations and 1 shuffle unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(crate) null_draws: Option<u64>,
    /// Replicates of the bootstrap over proteins; 0 for none.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = replicates)]
    pub(crate) bootstrap: usize,
    /// Write the counts of each protein too, to proteins.parquet: some megabytes a hundred proteins
    /// for a large model.
    #[arg(long)]
    pub(crate) per_protein: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) long: LongRunArgs,
    /// Attention from this value on counts as an arc.
    #[arg(long, value_name = "A", default_value_t = 0.3, value_parser = min_attention)]
    pub(crate) min_attention: f32,
    /// Heads with fewer arcs are not scored.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) min_arcs: u64,
    /// Sequences are cut to this many tokens, special ones included.
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = max_tokens)]
    pub(crate) max_tokens: usize,
    /// Layers to count, from 1: `1-12`, `3,5-7` or `all`.
    #[arg(long, value_name = "LAYERS", default_value = "all")]
    pub(crate) layers: NumberSelection,
    /// Use only the first N records of each data set.
    #[arg(long, value_name = "N", conflicts_with = "sample")]
    pub(crate) limit: Option<usize>,
    /// Use N records of each data set, drawn at random.
    #[arg(long, value_name = "N")]
    pub(crate) sample: Option<usize>,
    /// Seed of the draws: of records, null models and the bootstrap.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) contact: ContactArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// How a run of hours is divided, and what becomes of it when it is interrupted.
#[derive(Debug, Args)]
#[command(next_help_heading = "Long runs")]
pub(crate) struct LongRunArgs {
    /// Take one of several shares of the proteins, `3/16`, for `protattn merge` to bring together: of
    /// about the same cost, and the same whatever the order of the records.
    #[arg(long, value_name = "K/N")]
    pub(crate) shard: Option<Shard>,
    /// Go on with what an interrupted run saved in the output folder; begin if there is nothing.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Seconds between saves of what was computed, in DIR/saved; 0 to save nothing.
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0, value_parser = seconds)]
    pub(crate) save_every: f64,
}

/// The null models by their names, with what each is.
fn null_parser() -> impl TypedValueParser<Value = Null> {
    let value = |null: Null| PossibleValue::new(null.name()).help(null.meaning());
    PossibleValuesParser::new(Null::ALL.map(value)).try_map(|name| name.parse())
}

fn seconds(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|s| (0.0..=86_400.0).contains(s))
        .ok_or_else(|| "seconds, at most a day".to_owned())
}

pub(super) fn replicates(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|n| *n == 0 || (100..=100_000).contains(n))
        .ok_or_else(|| "0 for none, or from 100 to 100,000".to_owned())
}
