//! What every column of every table means: said once, for the files themselves and for the docs.

use anyhow::Result;
use protattn_io::parquet::Table;

/// A column: its name, unit (empty if none) and meaning.
type Column = (&'static str, &'static str, &'static str);

const PROPERTY: Column = (
    "property",
    "",
    "the property, such as contact or binding-site",
);
const CLASS: Column = (
    "class",
    "",
    "the class of the property; yes where it has but one",
);
const IDENTIFIER: &str = "identifier of the record; several of one identifier are numbered";
const RECORD: Column = ("record", "", IDENTIFIER);
const LAYER: Column = ("layer", "", "the layer, from 1");
const HEAD: Column = ("head", "", "the head within its layer, from 1");

/// `alignment.parquet`
pub(crate) const ALIGNMENT: &[Column] = &[
    PROPERTY,
    CLASS,
    LAYER,
    HEAD,
    (
        "arcs_in_class",
        "arcs",
        "arcs of the head that fall in the class",
    ),
    (
        "arcs_eligible",
        "arcs",
        "arcs of the head whose label is defined",
    ),
    (
        "arcs_total",
        "arcs",
        "all arcs of the head, over the proteins of which the property knows something",
    ),
    (
        "proportion",
        "",
        "arcs_in_class / arcs_total, the paper's measure; 0 to 1",
    ),
    (
        "proportion_eligible",
        "",
        "arcs_in_class / arcs_eligible, comparable with the background; 0 to 1",
    ),
    (
        "background",
        "",
        "share of the class among all residues or ordered pairs with a defined label; 0 to 1",
    ),
    (
        "ci_low",
        "",
        "lower end of Wald's interval of proportion at 0.05 / number of scored heads (Bonferroni), arcs as the unit",
    ),
    ("ci_high", "", "upper end of the same"),
    (
        "z",
        "",
        "proportion less background in pooled standard errors, arcs as the unit",
    ),
    ("p_value", "", "two-sided p-value of z"),
    (
        "p_adjusted",
        "",
        "p_value adjusted by Bonferroni for the scored heads of the class",
    ),
    (
        "p_bh",
        "",
        "p_value adjusted by Benjamini and Hochberg for the scored heads of the class",
    ),
    (
        "wilson_low",
        "",
        "lower end of Wilson's interval of proportion, at the level of ci_low",
    ),
    ("wilson_high", "", "upper end of the same"),
    (
        "protein_low",
        "",
        "lower end of the 95 % interval of proportion, proteins as the unit (bootstrap, BCa)",
    ),
    ("protein_high", "", "upper end of the same"),
    (
        "scored",
        "",
        "whether the head has enough arcs to be judged",
    ),
];

/// `comparisons.parquet`
pub(crate) const COMPARISONS: &[Column] = &[
    PROPERTY,
    CLASS,
    LAYER,
    HEAD,
    (
        "against",
        "",
        "what the head is compared with: background, matched-background, or a null model",
    ),
    (
        "value",
        "",
        "share of the head's eligible arcs in the class, over the proteins compared; 0 to 1",
    ),
    (
        "reference",
        "",
        "the same share of what it is compared with; 0 to 1",
    ),
    ("difference", "", "value less reference"),
    (
        "ci_low",
        "",
        "lower end of the 95 % interval of difference, proteins as the unit (bootstrap, BCa)",
    ),
    ("ci_high", "", "upper end of the same"),
    ("t", "", "difference in standard errors over proteins"),
    (
        "p_value",
        "",
        "two-sided p-value of t (Student's distribution, proteins less one)",
    ),
    (
        "p_bonferroni",
        "",
        "p_value adjusted by Bonferroni for the heads of the class compared with the same",
    ),
    (
        "p_bh",
        "",
        "p_value adjusted by Benjamini and Hochberg for the same",
    ),
    (
        "verdict",
        "",
        "survives: more than the reference at a false discovery rate of 5 %; fails; or untested",
    ),
];

/// `layers.parquet`
pub(crate) const LAYERS: &[Column] = &[
    PROPERTY,
    CLASS,
    LAYER,
    (
        "mean_proportion",
        "",
        "mean of proportion over the scored heads of the layer; 0 to 1",
    ),
    (
        "scored_heads",
        "heads",
        "heads of the layer that are scored",
    ),
    (
        "centre_of_gravity",
        "layers",
        "of the class: the mean layer, weighted by mean_proportion, from 1; the same in each row",
    ),
];

/// `similarity.parquet`
pub(crate) const SIMILARITY: &[Column] = &[
    ("amino_acid_1", "", "one amino acid, one-letter code"),
    ("amino_acid_2", "", "the other; each pair stands once"),
    (
        "correlation",
        "",
        "Pearson's correlation, over scored heads, of the shares of attention to the two",
    ),
    ("blosum62", "half bits", "their score in BLOSUM62"),
];

/// `metrics.parquet`
pub(crate) const METRICS: &[Column] = &[
    ("metric", "", "the metric, such as entropy"),
    (
        "property",
        "",
        "the property that the value is about; empty if about none",
    ),
    (
        "class",
        "",
        "what the value is of: a class, a range of separations, another head; empty if the metric has but one",
    ),
    (
        "unit",
        "",
        "the unit of value; share for a part of a whole, from 0 to 1; empty if it has none",
    ),
    (
        "attention",
        "",
        "whose attention: observed, or that of a null model",
    ),
    (
        "layer",
        "",
        "the layer, from 1; 0 for a combination of heads of all layers",
    ),
    (
        "head",
        "",
        "the head within its layer, from 1; 0 for a combination of heads",
    ),
    (
        "value",
        "as in unit",
        "the value over all proteins; NaN if there is none",
    ),
    (
        "standard_error",
        "as in unit",
        "its standard error over proteins",
    ),
    (
        "ci_low",
        "as in unit",
        "lower end of its 95 % interval over proteins (linearised, Student)",
    ),
    ("ci_high", "as in unit", "upper end of the same"),
    (
        "weight",
        "",
        "sum of the weights behind the value: residues, attention or proteins, by metric",
    ),
    ("proteins", "proteins", "proteins behind the value"),
];

/// `proteins.parquet`
pub(crate) const PROTEINS: &[Column] = &[
    ("protein", "", IDENTIFIER),
    PROPERTY,
    CLASS,
    LAYER,
    HEAD,
    (
        "arcs_in_class",
        "arcs",
        "arcs of the head in this protein that fall in the class",
    ),
    ("arcs_eligible", "arcs", "those whose label is defined"),
    (
        "arcs_total",
        "arcs",
        "all of them; heads without an arc in a protein have no row for it",
    ),
];

/// `probe.parquet`
pub(crate) const PROBE: &[Column] = &[
    (
        "task",
        "",
        "what is predicted, such as contact or binding-site",
    ),
    (
        "class",
        "",
        "the class told from the rest; yes where the task has but one, all for all classes at once",
    ),
    (
        "features",
        "",
        "hidden (for pairs, the product and the absolute difference of two) or attention (the mean of both directions, a number a head)",
    ),
    (
        "layer",
        "",
        "0 for the output of the embedding, n for that of layer n, or its attention",
    ),
    (
        "score",
        "",
        "f1, precision, recall, accuracy, matthews, average_precision, roc_auc or precision_at_k",
    ),
    (
        "k_rule",
        "",
        "how k of precision_at_k follows from the length L, rounded as Python does; empty otherwise",
    ),
    (
        "separation",
        "",
        "of precision_at_k: all, or of pairs those that are short (6 to 11), medium (12 to 23) or long (24 or more) apart",
    ),
    (
        "value",
        "",
        "the score over all evaluation samples; NaN for 0/0",
    ),
    (
        "ci_low",
        "",
        "lower end of its 95 % interval over proteins (percentile bootstrap)",
    ),
    ("ci_high", "", "upper end of the same"),
    (
        "majority",
        "",
        "the same score of a prediction that is the same for all samples",
    ),
    (
        "control",
        "",
        "the same score of a probe on the control task; NaN without one",
    ),
    ("selectivity", "", "value less control"),
    (
        "penalty",
        "",
        "weight of the penalty against the sum of losses, 1 / C; the one chosen of several",
    ),
    ("converged", "", "whether the fit came to the optimum"),
    ("n_train", "samples", "training samples: residues or pairs"),
    ("n_eval", "samples", "evaluation samples"),
    (
        "train_proteins",
        "proteins",
        "training proteins with labels of the task",
    ),
    (
        "eval_proteins",
        "proteins",
        "evaluation proteins with labels of the task",
    ),
];

/// `contacts.parquet`
pub(crate) const CONTACTS: &[Column] = &[
    RECORD,
    ("i", "", "one residue, from 1 along the sequence"),
    ("j", "", "the other; i < j, at least --min-separation apart"),
    ("probability", "", "what the regression predicts; 0 to 1"),
    (
        "contact",
        "",
        "whether the two touch in the structure: yes, no, or undefined where it does not say",
    ),
];

/// `contact_scores.parquet`
pub(crate) const CONTACT_SCORES: &[Column] = &[
    (
        "record",
        "",
        "as in contacts.parquet; mean for the mean over all of them",
    ),
    (
        "separation",
        "",
        "all pairs, or those that are short (6 to 11), medium (12 to 23) or long (24 or more) apart",
    ),
    (
        "k_rule",
        "",
        "how k follows from the length L: L, L/2 or L/5, rounded as Python does",
    ),
    (
        "precision",
        "",
        "share of contacts among the k most probable pairs, or all if there are fewer; what to expect of ties; NaN without pairs",
    ),
    (
        "contacts",
        "pairs",
        "contacts of the structure in the range; in the rows of the mean, of all proteins together",
    ),
    (
        "pairs",
        "pairs",
        "pairs of which the structure says whether they touch; contacts / pairs is the precision of chance",
    ),
    ("length", "residues", "L: residues that the model read"),
    (
        "proteins",
        "proteins",
        "proteins behind precision: 1, or 0 where it is NaN; for the mean, those it is over",
    ),
];

/// The table with unit and meaning of each of its columns.
pub(crate) fn described(mut table: Table, columns: &[Column]) -> Result<Table> {
    for (name, unit, meaning) in columns {
        table = table.describe(name, unit, meaning)?;
    }
    Ok(table)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The page of the docs that lists them.
    const PAGE: &str = include_str!("../../docs/tables.md");

    #[test]
    fn the_docs_list_every_column_and_no_other() {
        for (file, columns) in [
            ("alignment.parquet", ALIGNMENT),
            ("comparisons.parquet", COMPARISONS),
            ("layers.parquet", LAYERS),
            ("similarity.parquet", SIMILARITY),
            ("metrics.parquet", METRICS),
            ("proteins.parquet", PROTEINS),
            ("probe.parquet", PROBE),
            ("contacts.parquet", CONTACTS),
            ("contact_scores.parquet", CONTACT_SCORES),
        ] {
            let section = PAGE
                .split("\n## ")
                .find(|s| s.starts_with(&format!("`{file}`")));
            let section = section.unwrap_or_else(|| panic!("docs/tables.md has no {file}"));
            let rows: Vec<&str> = section
                .lines()
                .filter(|line| line.starts_with("| `"))
                .collect();
            let expected: Vec<String> = columns
                .iter()
                .map(|(name, unit, meaning)| format!("| `{name}` | {unit} | {meaning} |"))
                .collect();
            assert_eq!(rows, expected, "{file}");
        }
    }
}
