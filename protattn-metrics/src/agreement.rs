//! From counts to the rows of a table.

use crate::{
    AgreementRow, ArcCounts, Estimate, HeadCounts, Proportion, ZTest, benjamini_hochberg,
    bonferroni,
};

/// The chance that an interval misses, or that a test errs, over all heads of a class together.
const ALPHA: f64 = 0.05;

impl AgreementRow {
    /// The rows with the intervals of [`Comparisons::intervals`](crate::Comparisons::intervals), which
    /// are in their order.
    pub fn with_protein_intervals(mut rows: Vec<Self>, intervals: &[Estimate]) -> Vec<Self> {
        for (row, interval) in rows.iter_mut().zip(intervals) {
            (row.protein_low, row.protein_high) = (interval.low, interval.high);
        }
        rows
    }
}

/// How counts become rows.
///
/// ```
/// use protattn_metrics::AgreementOptions;
///
/// assert_eq!(AgreementOptions::default(), AgreementOptions::default().min_arcs(100));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgreementOptions {
    min_arcs: u64,
}

impl Default for AgreementOptions {
    /// As in Vig et al. 2021: at least 100 arcs.
    fn default() -> Self {
        Self { min_arcs: 100 }
    }
}

impl AgreementOptions {
    /// Heads with fewer arcs in all are not scored. Default: 100.
    pub fn min_arcs(mut self, min_arcs: u64) -> Self {
        self.min_arcs = min_arcs;
        self
    }
}

/// The rows of one property: by class in the property's order, then by layer, then by head.
///
/// A head is *scored* if it has enough arcs in all. Only scored heads have an interval and a test,
/// and only they count as tests made: m below is their number. Proportions are given for all.
///
/// - The interval is that of [`Proportion::wald_interval`] for `arcs_in_class` of `arcs_total`, at
///   0.05 / m, so that all m intervals of a class hold at once with at least 95 % confidence.
/// - The test is that of [`Proportion::z_test`]: `arcs_in_class` of `arcs_total` against the class
///   in the background, two-sided, and [`bonferroni`] with m.
///
/// Both are those of the original analysis. Beside them stand [Wilson's
/// interval](Proportion::wilson_interval) at the same level, which holds where few arcs were counted,
/// and the p-value adjusted by [`benjamini_hochberg`]. Arcs are taken as drawn independently, which they are
/// not quite (a row has several, a protein many): small p-values rank heads better than they
/// measure evidence. For evidence see [`compare`](crate::compare), whose unit is the protein.
///
/// # Which proportion
///
/// For contacts, `proportion` counts in its denominator arcs that cannot be contacts by definition,
/// between residues nearer along the chain than the separation or not observed, while `background`
/// does not. It is therefore low, and the test, which uses it, conservative: a head that looks at
/// neighbours most of the time can seem to avoid contacts. Take `proportion` to compare with
/// published numbers, and for the question "where does this head look?"; take
/// `proportion_eligible` to compare with `background`, and for "does it prefer contacts among
/// pairs that could be?". Where every label is defined the two are the same.
///
/// ```
/// use protattn_io::{Protein, Track};
/// use protattn_metrics::{AttentionArc, ArcCounts, AgreementOptions, BindingSite, agreement, labels_of};
///
/// let mut protein = Protein::new("p", "ACDE")?;
/// let site = vec![Some(true), Some(false), Some(false), None];
/// protein.set_label("binding-site", Track::Flags(site))?;
/// let labels = labels_of(&BindingSite, &protein)?.expect("it has the track");
///
/// let mut counts = ArcCounts::new(&BindingSite, vec![7], 1)?; // one head of the eighth layer
/// counts.observe_protein(&labels, 4)?;
/// let arc = |from, to| AttentionArc { head: 0, from, to, weight: 0.5 };
/// counts.observe_arcs(7, &[arc(1, 0), arc(2, 0), arc(3, 1), arc(0, 3)], &labels)?;
///
/// let rows = agreement(&counts, &AgreementOptions::default().min_arcs(4));
/// assert_eq!(rows[0].proportion, 2.0 / 4.0);
/// assert_eq!(rows[0].proportion_eligible, 2.0 / 3.0); // the arc to residue 3 is undefined
/// assert_eq!(rows[0].background, 1.0 / 3.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn agreement(counts: &ArcCounts, options: &AgreementOptions) -> Vec<AgreementRow> {
    let heads: Vec<_> = (0..counts.layers().len())
        .flat_map(|row| (0..counts.n_heads()).map(move |head| (row, head)))
        .collect();
    // Which heads are scored does not depend on the class.
    let is_scored = |counts: HeadCounts| counts.arcs_total >= options.min_arcs;
    let m = heads
        .iter()
        .filter(|&&(row, head)| is_scored(counts.cell(0, row, head)))
        .count();

    let mut rows = Vec::with_capacity(heads.len() * counts.classes().len());
    for class in 0..counts.classes().len() {
        for &(row, head) in &heads {
            let tests = is_scored(counts.cell(class, row, head)).then_some(m);
            rows.push(judge(counts, class, (row, head), tests));
        }
        let first = rows.len() - heads.len();
        adjust(&mut rows[first..]);
    }
    rows
}

/// Adjusts the p-values of the heads of one class by Benjamini and Hochberg.
fn adjust(rows: &mut [AgreementRow]) {
    let p_values: Vec<f64> = rows.iter().map(|row| row.p_value).collect();
    for (row, p_bh) in rows.iter_mut().zip(benjamini_hochberg(&p_values)) {
        row.p_bh = p_bh;
    }
}

/// The interval and the test of a head that is not scored.
const UNSCORED: ((f64, f64), ZTest) = (
    (f64::NAN, f64::NAN),
    ZTest {
        z: f64::NAN,
        p_value: f64::NAN,
    },
);

/// One row of the table, for a head that is one of `tests` if it is scored.
fn judge(
    counts: &ArcCounts,
    class: usize,
    (row, head): (usize, usize),
    tests: Option<usize>,
) -> AgreementRow {
    let HeadCounts {
        arcs_in_class,
        arcs_eligible,
        arcs_total,
    } = counts.cell(class, row, head);
    let proportion = Proportion::new(arcs_in_class, arcs_total);
    let background = Proportion::new(
        counts.background_in_class(class),
        counts.background_eligible(),
    );
    let (wilson_low, wilson_high) = tests.map_or((f64::NAN, f64::NAN), |m| {
        proportion.wilson_interval(ALPHA / m as f64)
    });
    let ((ci_low, ci_high), test) = tests.map_or(UNSCORED, |m| {
        (
            proportion.wald_interval(ALPHA / m as f64),
            proportion.z_test(background),
        )
    });
    AgreementRow {
        property: counts.property().to_owned(),
        class: counts.classes()[class].clone(),
        layer: counts.layers()[row],
        head,
        arcs_in_class,
        arcs_eligible,
        arcs_total,
        proportion: proportion.value(),
        proportion_eligible: Proportion::new(arcs_in_class, arcs_eligible).value(),
        background: background.value(),
        ci_low,
        ci_high,
        z: test.z,
        p_value: test.p_value,
        p_adjusted: bonferroni(test.p_value, tests.unwrap_or(0)),
        p_bh: f64::NAN,
        wilson_low,
        wilson_high,
        protein_low: f64::NAN,
        protein_high: f64::NAN,
        scored: tests.is_some(),
    }
}
