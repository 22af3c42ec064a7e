//! What is counted, and how it is compared.

use std::collections::BTreeMap;

use protattn_io::ContactRule;
use serde::{Deserialize, Serialize};

use super::NullSettings;

/// Everything that decides the numbers of an alignment, beside model and data.
///
/// ```
/// use protattn_metrics::align::{Null, NullSettings, Settings};
///
/// let mut settings = Settings::default();
/// settings.min_attention = 0.1;
/// settings.nulls = NullSettings::new(&[Null::RotateLabels], None, 7);
/// assert_eq!(settings.min_arcs, 100);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Settings {
    /// The names of the properties looked for; filled in when the run begins.
    pub properties: Vec<String>,
    /// Whether they were asked for by name, so that one of which no protein has labels is odd.
    /// Default: false.
    pub named: bool,
    /// Attention from this value on is an arc, over 0 and at most 1. Default: 0.3.
    pub min_attention: f32,
    /// Heads with fewer arcs are not scored. Default: 100.
    pub min_arcs: u64,
    /// Sequences are cut to this many tokens, special ones included. Default: 512.
    pub max_tokens: usize,
    /// The layers that are counted, from 1, ascending; empty, the default, for all, which are filled
    /// in when the run begins.
    pub layers: Vec<usize>,
    /// When residues are in contact, for the record: the properties themselves say what they label.
    pub contact: ContactRule,
    /// The names of the statistics of whole maps; filled in when the run begins.
    pub metrics: Vec<String>,
    /// Whether it is asked how well the best heads predict contacts together, which takes a second
    /// pass and the metric `contact-precision`. Default: false.
    pub combine: bool,
    /// Null models. Default: none.
    pub nulls: NullSettings,
    /// Replicates of the bootstrap over proteins, by which heads are compared; 0 for no comparison.
    /// Default: 1000.
    pub bootstrap: usize,
    /// Of every other draw. Default: 0.
    pub seed: u64,
    /// Whether the counts of each protein are wanted too. Default: false.
    pub per_protein: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            properties: Vec::new(),
            named: false,
            min_attention: 0.3,
            min_arcs: 100,
            max_tokens: 512,
            layers: Vec::new(),
            contact: ContactRule::default(),
            metrics: Vec::new(),
            combine: false,
            nulls: NullSettings::new(&[], None, 0),
            bootstrap: 1000,
            seed: 0,
            per_protein: false,
        }
    }
}

/// What follows from the counts of a run and stands in its record.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Results {
    /// Proteins counted for each property.
    pub proteins_by_property: BTreeMap<String, u64>,
    /// For each property and class, how often a residue or pair has it regardless of attention, 0 to
    /// 1; null where none could.
    pub backgrounds: BTreeMap<String, BTreeMap<String, Option<f64>>>,
    /// How the similarity of amino acids to attention agrees with BLOSUM62; null where it could not be
    /// computed.
    #[serde(default)]
    pub similarity: Option<SimilarityAgreement>,
}

/// The correlation of the columns of `similarity.parquet`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SimilarityAgreement {
    /// One letter each.
    pub amino_acids: String,
    /// Pearson's, over the pairs of amino acids.
    pub correlation: f64,
    /// As if pairs were independent.
    pub p_value: f64,
    /// Of Mantel's test, which permutes the amino acids.
    pub mantel_p_value: Option<f64>,
}
