//! The rows of the tables: each column is declared here, and nowhere else.

use protattn_io::table;
use serde::{Deserialize, Serialize};

use crate::Verdict;

table! {
    /// How one head agrees with one class of a property.
    ///
    /// A ratio 0/0 is NaN, and so is what is computed from it. Intervals and tests are NaN of a head
    /// that is not scored; `protein_low` and `protein_high` are NaN until
    /// [`with_protein_intervals`](Self::with_protein_intervals) gives them.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    pub struct AgreementRow in "alignment.parquet" {
        /// the property, such as contact or binding-site
        property: String,
        /// the class of the property; yes where it has but one
        class: String,
        /// the layer, from 1
        layer: usize as OneBased,
        /// the head within its layer, from 1
        head: usize as OneBased,
        /// arcs of the head that fall in the class
        #[unit = "arcs"]
        arcs_in_class: u64,
        /// arcs of the head whose label is defined
        #[unit = "arcs"]
        arcs_eligible: u64,
        /// all arcs of the head, over the proteins of which the property knows something
        #[unit = "arcs"]
        arcs_total: u64,
        /// arcs_in_class / arcs_total, the paper's measure; 0 to 1
        proportion: f64,
        /// arcs_in_class / arcs_eligible, comparable with the background; 0 to 1
        proportion_eligible: f64,
        /// share of the class among all residues or ordered pairs with a defined label; 0 to 1
        background: f64,
        /// lower end of Wald's interval of proportion at 0.05 / number of scored heads (Bonferroni),
        /// arcs as the unit
        ci_low: f64,
        /// upper end of the same
        ci_high: f64,
        /// proportion less background in pooled standard errors, arcs as the unit
        z: f64,
        /// two-sided p-value of z
        p_value: f64,
        /// p_value adjusted by Bonferroni for the scored heads of the class
        p_adjusted: f64,
        /// p_value adjusted by Benjamini and Hochberg for the scored heads of the class
        p_bh: f64,
        /// lower end of Wilson's interval of proportion, at the level of ci_low
        wilson_low: f64,
        /// upper end of the same
        wilson_high: f64,
        /// lower end of the 95 % interval of proportion, proteins as the unit (bootstrap, BCa)
        protein_low: f64,
        /// upper end of the same
        protein_high: f64,
        /// whether the head has enough arcs to be judged
        scored: bool,
    }
}

table! {
    /// One head compared with one thing. A number that does not exist is NaN.
    ///
    /// `against` is [`BACKGROUND`](crate::BACKGROUND), [`MATCHED_BACKGROUND`](crate::MATCHED_BACKGROUND),
    /// or the name of a null model.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    pub struct ComparisonRow in "comparisons.parquet" {
        /// the property, such as contact or binding-site
        property: String,
        /// the class of the property; yes where it has but one
        class: String,
        /// the layer, from 1
        layer: usize as OneBased,
        /// the head within its layer, from 1
        head: usize as OneBased,
        /// what the head is compared with: background, matched-background, or a null model
        against: String,
        /// share of the head's eligible arcs in the class, over the proteins compared; 0 to 1
        value: f64,
        /// the same share of what it is compared with; 0 to 1
        reference: f64,
        /// value less reference
        difference: f64,
        /// lower end of the 95 % interval of difference, proteins as the unit (bootstrap, BCa)
        ci_low: f64,
        /// upper end of the same
        ci_high: f64,
        /// difference in standard errors over proteins
        t: f64,
        /// two-sided p-value of t (Student's distribution, proteins less one)
        p_value: f64,
        /// p_value adjusted by Bonferroni for the heads of the class compared with the same
        p_bonferroni: f64,
        /// p_value adjusted by Benjamini and Hochberg for the same
        p_bh: f64,
        /// survives: more than the reference at a false discovery rate of 5 %; fails; or untested
        verdict: Verdict as Text,
    }
}

table! {
    /// How much the scored heads of one layer agree with one class of a property, on average.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    pub struct LayerRow in "layers.parquet" {
        /// the property, such as contact or binding-site
        property: String,
        /// the class of the property; yes where it has but one
        class: String,
        /// the layer, from 1
        layer: usize as OneBased,
        /// mean of proportion over the scored heads of the layer; 0 to 1
        mean_proportion: f64,
        /// heads of the layer that are scored
        #[unit = "heads"]
        scored_heads: usize,
        /// of the class: the mean layer, weighted by mean_proportion, from 1; the same in each row
        #[unit = "layers"]
        centre_of_gravity: f64,
    }
}

table! {
    /// How alike two amino acids are, to attention and to evolution.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    pub struct SimilarityRow in "similarity.parquet" {
        /// one amino acid, one-letter code
        amino_acid_1: char as Text,
        /// the other; each pair stands once
        amino_acid_2: char as Text,
        /// Pearson's correlation, over scored heads, of the shares of attention to the two
        correlation: f64,
        /// their score in BLOSUM62
        #[unit = "half bits"]
        blosum62: f64,
    }
}

table! {
    /// What a metric says of one head, or of heads of all layers together.
    ///
    /// `property`, `class` and `unit` are those of its [`Quantity`](crate::Quantity); the interval is NaN
    /// of fewer than two proteins.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    pub struct MetricRow in "metrics.parquet" {
        /// the metric, such as entropy
        metric: String,
        /// the property that the value is about; empty if about none
        property: String,
        /// what the value is of: a class, a range of separations, another head; empty if the metric
        /// has but one
        class: String,
        /// the unit of value; share for a part of a whole, from 0 to 1; empty if it has none
        unit: String,
        /// whose attention: observed, or that of a null model
        attention: String,
        /// the layer, from 1; 0 for a combination of heads of all layers
        layer: Option<usize> as OneBased,
        /// the head within its layer, from 1; 0 for a combination of heads
        head: Option<usize> as OneBased,
        /// the value over all proteins; NaN if there is none
        #[unit = "as in unit"]
        value: f64,
        /// its standard error over proteins
        #[unit = "as in unit"]
        standard_error: f64,
        /// lower end of its 95 % interval over proteins (linearised, Student)
        #[unit = "as in unit"]
        ci_low: f64,
        /// upper end of the same
        #[unit = "as in unit"]
        ci_high: f64,
        /// sum of the weights behind the value: residues, attention or proteins, by metric
        weight: f64,
        /// proteins behind the value
        #[unit = "proteins"]
        proteins: u64,
    }
}

table! {
    /// The arcs of one head in one protein, and how many of them agree with one class of a property.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    pub struct ProteinRow in "proteins.parquet" {
        /// identifier of the record; several of one identifier are numbered
        protein: String,
        /// the property, such as contact or binding-site
        property: String,
        /// the class of the property; yes where it has but one
        class: String,
        /// the layer, from 1
        layer: usize as OneBased,
        /// the head within its layer, from 1
        head: usize as OneBased,
        /// arcs of the head in this protein that fall in the class
        #[unit = "arcs"]
        arcs_in_class: usize,
        /// those whose label is defined
        #[unit = "arcs"]
        arcs_eligible: usize,
        /// all of them; heads without an arc in a protein have no row for it
        #[unit = "arcs"]
        arcs_total: usize,
    }
}

/// Whose attention it is, where it is the model's own: a value of [`MetricRow::attention`].
pub const OBSERVED: &str = "observed";
