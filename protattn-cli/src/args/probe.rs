//! The arguments of `probe`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use protattn_probe::layers::{FeatureKind, Storage};

use super::{ContactArgs, LongRunArgs, ModelArgs, OutputArgs, ReadArgs, max_tokens, replicates};

#[derive(Debug, Args)]
pub(crate) struct ProbeArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Proteins to train on: whatever `align --data` takes.
    #[arg(long, value_name = "D", num_args = 1.., required = true)]
    pub(crate) train: Vec<String>,
    /// Proteins to judge the probes by.
    #[arg(long, value_name = "D", num_args = 1.., required = true)]
    pub(crate) eval: Vec<String>,
    /// Train on these records only, from 0: `0-299` or `0-5,12-17`, so that one file can serve as both.
    #[arg(long, value_name = "RECORDS")]
    pub(crate) train_records: Option<Ranges>,
    /// Judge by these records only, from 0.
    #[arg(long, value_name = "RECORDS")]
    pub(crate) eval_records: Option<Ranges>,
    /// Use only the first N records of each data set.
    #[arg(long, value_name = "N", conflicts_with_all = ["train_records", "eval_records"])]
    pub(crate) limit: Option<usize>,
    /// What to predict: secondary-structure, binding-site, modification, contact, amino-acid, or any
    /// label of the data. A property of several classes has a probe for each against the rest, and one
    /// for all.
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        default_value = "secondary-structure,binding-site,contact"
    )]
    pub(crate) task: Vec<String>,
    /// What to predict it from. Attention is a feature of pairs, and so of contacts alone.
    #[arg(
        long,
        value_name = "KIND",
        value_enum,
        value_delimiter = ',',
        default_value = "hidden,attention"
    )]
    pub(crate) features: Vec<Kind>,
    /// Layers, `1-12`, `0,5-7` or `all`: 0 is the output of the embedding, n that of layer n.
    #[arg(long, value_name = "LAYERS", default_value = "all")]
    pub(crate) layers: Layers,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) long: LongRunArgs,
    /// Weight of the penalty on squared coefficients, against the sum of losses: 1 / C of scikit-learn.
    /// Of several the best is chosen by cross-validation over the training proteins.
    #[arg(long, value_name = "A", value_delimiter = ',', default_value = "1", value_parser = penalty)]
    pub(crate) l2: Vec<f64>,
    /// Weight of the penalty on absolute coefficients, which leaves some at 0.
    #[arg(long, value_name = "A", default_value_t = 0.0, value_parser = penalty)]
    pub(crate) l1: f64,
    /// Folds of the cross-validation.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) folds: usize,
    /// Let each class count the same (`balanced`), or each sample.
    #[arg(long, value_name = "WEIGHT", value_enum, default_value_t = ClassWeight::Uniform)]
    pub(crate) class_weight: ClassWeight,
    /// Penalise coefficients of the features as they are, not of standardised ones.
    #[arg(long)]
    pub(crate) no_standardize: bool,
    /// Share of the pairs without a contact that is trained on; the intercept is corrected for it.
    #[arg(long, value_name = "R", default_value_t = 0.1, value_parser = rate)]
    pub(crate) negative_rate: f64,
    /// Fit no probes to control tasks, which takes half the time.
    #[arg(long)]
    pub(crate) no_control: bool,
    /// Replicates of the bootstrap over proteins; 0 for none.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = replicates)]
    pub(crate) bootstrap: usize,
    /// Sequences are cut to this many tokens, special ones included.
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = max_tokens)]
    pub(crate) max_tokens: usize,
    #[command(flatten)]
    pub(crate) storage: StorageArgs,
    /// Write the probes too, to DIR/probes.
    #[arg(long)]
    pub(crate) save_probes: bool,
    /// Seed of the draws: of negatives, control tasks and the bootstrap.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) contact: ContactArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// Where features of probes are kept.
#[derive(Debug, Args)]
pub(crate) struct StorageArgs {
    /// Memory for features, such as 500M or 4G; with --scratch, for those of one layer.
    #[arg(long, value_name = "SIZE", default_value = "4G", value_parser = size)]
    pub(crate) memory: u64,
    /// Keep the features of probes in a file in this folder, which is gone when the run ends.
    #[arg(long, value_name = "DIR")]
    pub(crate) scratch: Option<PathBuf>,
}

impl StorageArgs {
    /// The same, as the library has it.
    pub(crate) fn storage(&self) -> Storage {
        Storage::default()
            .memory(self.memory)
            .scratch(self.scratch.clone())
    }
}

/// What a probe reads.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Kind {
    /// The hidden states of a residue or, for pairs, their product and absolute difference.
    Hidden,
    /// The attention of each head between the residues of a pair, the mean of both directions.
    Attention,
}

impl From<Kind> for FeatureKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Hidden => Self::Hidden,
            Kind::Attention => Self::Attention,
        }
    }
}

/// How much samples count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClassWeight {
    /// Every sample the same.
    Uniform,
    /// Every class the same in total.
    Balanced,
}

/// Ranges of numbers from 0, first and last of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ranges(Vec<(usize, usize)>);

impl Ranges {
    /// The largest number.
    pub(crate) fn last(&self) -> usize {
        self.0.iter().map(|(_, last)| *last).max().unwrap_or(0)
    }

    /// Whether a number is in one of them.
    pub(crate) fn contains(&self, number: usize) -> bool {
        self.0
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&number))
    }
}

impl std::str::FromStr for Ranges {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let range = |part: &str| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
            (first <= last).then_some((first, last))
        };
        let ranges: Option<_> = text.split(',').map(range).collect();
        ranges
            .map(Self)
            .ok_or_else(|| "they count from 0: `0-299` or `0-5,12-17`".to_owned())
    }
}

impl std::fmt::Display for Ranges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = self.0.iter().map(|(first, last)| format!("{first}-{last}"));
        f.write_str(&parts.collect::<Vec<_>>().join(","))
    }
}

/// Layers, 0 being the output of the embedding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Layers {
    All,
    These(Ranges),
}

impl Layers {
    /// Those of a model of so many layers, ascending; what is wrong otherwise.
    pub(crate) fn of(&self, n_layers: usize) -> Result<Vec<usize>, String> {
        match self {
            Self::All => Ok((0..=n_layers).collect()),
            Self::These(ranges) if ranges.last() > n_layers => Err(format!(
                "--layers asks for layer {}, but the model has {n_layers}",
                ranges.last()
            )),
            Self::These(ranges) => Ok((0..=n_layers).filter(|n| ranges.contains(*n)).collect()),
        }
    }
}

impl std::fmt::Display for Layers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::These(ranges) => ranges.fmt(f),
        }
    }
}

impl std::str::FromStr for Layers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self::All);
        }
        let ranges = text.parse().map(Self::These);
        ranges.map_err(|_| "0 is the embedding, n layer n: `1-12`, `0,5-7` or `all`".to_owned())
    }
}

fn penalty(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|a: &f64| *a >= 0.0 && a.is_finite())
        .ok_or_else(|| "a number of 0 or more".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|r: &f64| *r > 0.0 && *r <= 1.0)
        .ok_or_else(|| "a share over 0 and at most 1".to_owned())
}

/// A size in bytes: a number, with K, M, G or T for powers of 1024.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = text.split_at(text.trim_end_matches(char::is_alphabetic).len());
    let unit = unit.trim_end_matches("iB").trim_end_matches('B');
    let power = ["", "K", "M", "G", "T"].iter().position(|u| *u == unit);
    let bytes = number.parse().ok().filter(|n: &f64| *n >= 0.0).zip(power);
    bytes
        .map(|(number, power)| (number * 1024_f64.powi(power as i32)) as u64)
        .ok_or_else(|| "a size such as 500M or 4G".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("4G"), Ok(4 << 30));
        assert_eq!(size("1.5MiB"), Ok(3 << 19));
        assert_eq!(size("100"), Ok(100));
        for text in ["", "G", "-1G", "4X"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn records_and_layers_count_from_zero() {
        let ranges: Ranges = "0-2,5".parse().unwrap();
        let held: Vec<usize> = (0..9).filter(|n| ranges.contains(*n)).collect();
        assert_eq!((held, ranges.last()), (vec![0, 1, 2, 5], 5));
        assert_eq!(ranges.to_string(), "0-2,5-5");
        let layers = |text: &str| text.parse::<Layers>().unwrap().of(3);
        assert_eq!(layers("all"), Ok(vec![0, 1, 2, 3]));
        assert_eq!(layers("0,2-3"), Ok(vec![0, 2, 3]));
        assert!(layers("4").unwrap_err().contains("but the model has 3"));
        for text in ["", "3-1", "a"] {
            assert!(text.parse::<Layers>().is_err(), "{text}");
        }
    }
}
