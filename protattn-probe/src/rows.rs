//! The rows of the tables: each column is declared here, and nowhere else.

use protattn_io::table;
use serde::{Deserialize, Serialize};

table! {
    /// A score of a probe on one layer.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    pub struct ProbeRow in "probe.parquet" {
        /// what is predicted, such as contact or binding-site
        task: String,
        /// the class told from the rest; yes where the task has but one, all for all classes at once
        class: String,
        /// hidden (for pairs, the product and the absolute difference of two) or attention (the mean
        /// of both directions, a number a head)
        features: String,
        /// 0 for the output of the embedding, n for that of layer n, or its attention
        layer: usize,
        /// f1, precision, recall, accuracy, matthews, average_precision, roc_auc or precision_at_k
        score: String,
        /// how k of precision_at_k follows from the length L, rounded as Python does; empty otherwise
        k_rule: String,
        /// of precision_at_k: all, or of pairs those that are short (6 to 11), medium (12 to 23) or
        /// long (24 or more) apart
        separation: String,
        /// the score over all evaluation samples; NaN for 0/0
        value: f64,
        /// lower end of its 95 % interval over proteins (percentile bootstrap)
        ci_low: f64,
        /// upper end of the same
        ci_high: f64,
        /// the same score of a prediction that is the same for all samples
        majority: f64,
        /// the same score of a probe on the control task; NaN without one
        control: f64,
        /// value less control
        selectivity: f64,
        /// weight of the penalty against the sum of losses, 1 / C; the one chosen of several
        penalty: f64,
        /// whether the fit came to the optimum
        converged: bool,
        /// training samples: residues or pairs
        #[unit = "samples"]
        n_train: u64,
        /// evaluation samples
        #[unit = "samples"]
        n_eval: u64,
        /// training proteins with labels of the task
        #[unit = "proteins"]
        train_proteins: u64,
        /// evaluation proteins with labels of the task
        #[unit = "proteins"]
        eval_proteins: u64,
    }
}

table! {
    /// What is predicted of a pair of residues.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    pub struct PairRow in "contacts.parquet" {
        /// identifier of the record; several of one identifier are numbered
        record: String,
        /// one residue, from 1 along the sequence
        i: usize as OneBased,
        /// the other; i < j, at least --min-separation apart
        j: usize as OneBased,
        /// what the regression predicts; 0 to 1
        probability: f64,
        /// whether the two touch in the structure: yes, no, or undefined where it does not say
        contact: Option<bool> as YesNo,
    }
}

table! {
    /// How many of the most probable pairs of a range of separations are contacts.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    pub struct ContactScoreRow in "contact_scores.parquet" {
        /// as in contacts.parquet; mean for the mean over all of them
        record: String,
        /// all pairs, or those that are short (6 to 11), medium (12 to 23) or long (24 or more) apart
        separation: String,
        /// how k follows from the length L: L, L/2 or L/5, rounded as Python does
        k_rule: String,
        /// share of contacts among the k most probable pairs, or all if there are fewer; what to
        /// expect of ties; NaN without pairs
        precision: f64,
        /// contacts of the structure in the range; in the rows of the mean, of all proteins together
        #[unit = "pairs"]
        contacts: u64,
        /// pairs of which the structure says whether they touch; contacts / pairs is the precision of
        /// chance
        #[unit = "pairs"]
        pairs: u64,
        /// L: residues that the model read
        #[unit = "residues"]
        length: u64,
        /// proteins behind precision: 1, or 0 where it is NaN; for the mean, those it is over
        #[unit = "proteins"]
        proteins: u64,
    }
}
