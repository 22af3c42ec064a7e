//! Heads against what else could explain their agreement, with the protein as the unit.

mod tables;

use std::convert::Infallible;
use std::fmt::{self, Display, Formatter};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::str::FromStr;

use protattn_io::parallel;
use serde::{Deserialize, Serialize};

use crate::bootstrap::{Bootstrap, Estimate, Resampled};
use crate::correlation::student_two_sided;
use crate::{AgreementRow, ByProtein, ComparisonRow, Error, benjamini_hochberg, bonferroni};
use tables::Tables;

/// Below this, adjusted by Benjamini and Hochberg, a head is taken to differ from what it is compared
/// with.
const LEVEL: f64 = 0.05;
/// About how many bytes the tables of a block of heads may take.
const BLOCK_BYTES: usize = 1 << 26;

/// What the share of a head's arcs is compared with.
pub const BACKGROUND: &str = "background";
/// The background in the strata where the head looks.
pub const MATCHED_BACKGROUND: &str = "matched-background";

/// Whether a head's agreement outlives a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The head has more of its arcs in the class than what it is compared with, at a false discovery
    /// rate of 5 % over the heads of the class.
    Survives,
    /// It has not.
    Fails,
    /// It cannot be told: too few arcs, of the head or under the null model, or too few proteins.
    #[default]
    Untested,
}

impl ComparisonRow {
    /// Whether it is of the same head and class as a row of [`agreement`](crate::agreement).
    pub fn is_of(&self, row: &AgreementRow) -> bool {
        (&self.property, &self.class) == (&row.property, &row.class)
            && (self.layer, self.head) == (row.layer, row.head)
    }
}

impl Verdict {
    /// As it stands in tables: `survives`, `fails`, `untested`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Survives => "survives",
            Self::Fails => "fails",
            Self::Untested => "untested",
        }
    }
}

impl Display for Verdict {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Verdict {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let all = [Self::Survives, Self::Fails, Self::Untested];
        let known = all.into_iter().find(|verdict| verdict.name() == name);
        known.ok_or_else(|| Error::Verdict {
            found: name.to_owned(),
        })
    }
}

/// How heads are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComparisonOptions {
    min_arcs: u64,
    replicates: usize,
    seed: u64,
    threads: NonZeroUsize,
}

impl Default for ComparisonOptions {
    fn default() -> Self {
        Self {
            min_arcs: 100,
            replicates: 1000,
            seed: 0,
            threads: NonZeroUsize::MIN,
        }
    }
}

impl ComparisonOptions {
    /// Heads with fewer arcs, their own or under a null model, are not compared. Default: 100.
    pub fn min_arcs(mut self, min_arcs: u64) -> Self {
        self.min_arcs = min_arcs;
        self
    }

    /// Replicates of the [`Bootstrap`]. Default: 1000.
    pub fn replicates(mut self, replicates: usize) -> Self {
        self.replicates = replicates;
        self
    }

    /// Seed of the bootstrap. Default: 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Threads; the result does not depend on their number. Default: 1.
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads;
        self
    }
}

/// What the bootstrap over proteins says of one property.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparisons {
    /// The interval of [`proportion`](crate::AgreementRow::proportion) over proteins, one for each row
    /// of [`agreement`](crate::agreement) and in its order; NaN for heads that are not scored.
    pub intervals: Vec<Estimate>,
    /// By class, then by what is compared with, then by layer and head.
    pub rows: Vec<ComparisonRow>,
}

/// Compares each head with the background, with the background matched to where it looks (if the
/// strata were counted) and with null models, whose counts go by their names.
///
/// The unit is the protein: the [`Bootstrap`] draws proteins, and with each its arcs, those of the
/// null models, and its part of the background. Proteins that a null model has no counts of are left
/// out of the comparison with it. All shares are of eligible arcs, so that they compare with
/// backgrounds.
///
/// The matched background is what the head would have if it looked at the same
/// [strata](crate::Strata) as often, but within each without regard to the property:
/// Σₛ nₛ rₛ / Σₛ nₛ, nₛ the head's eligible arcs in the stratum s and rₛ the share of the class among
/// the eligible residues or pairs of s, over all proteins. The rₛ are taken as known.
///
/// ```
/// use protattn_io::{Protein, Track};
/// use protattn_metrics::{
///     AttentionArc, BindingSite, ByProtein, ComparisonOptions, Verdict, compare, labels_of,
/// };
///
/// // Half of all histidines bind, and nothing else; the head looks at histidines, half of the time
/// // at one that binds.
/// let mut counts = ByProtein::new(&BindingSite, vec![0], 1, true)?;
/// for id in 0..20 {
///     let mut protein = Protein::new(id.to_string(), "HHAAAAAAHHAAAAAA")?;
///     let site = (0..16).map(|i| Some(i % 8 == 0)).collect();
///     protein.set_label("binding-site", Track::Flags(site))?;
///     let labels = labels_of(&BindingSite, &protein)?.expect("it has the track");
///     let mut one = counts.fresh();
///     one.observe_protein(&labels, protein.sequence(), 16)?;
///     let to = |k: usize| AttentionArc { head: 0, from: k, to: 8 * (k % 2) + (k + id) % 3 % 2, weight: 0.5 };
///     one.observe_arcs(0, &(0..16).map(to).collect::<Vec<_>>(), &labels)?;
///     counts.push(protein.id(), &mut one)?;
/// }
/// let rows = compare(&counts, &[], &ComparisonOptions::default())?.rows;
/// assert_eq!((rows[0].against.as_str(), rows[0].verdict), ("background", Verdict::Survives));
/// assert_eq!(rows[1].against, "matched-background");
/// assert_eq!(rows[1].reference, 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Error::Merge`] if a null model was counted for something else; [`Error::Memory`] if the
/// replicates do not fit into memory.
pub fn compare(
    observed: &ByProtein,
    nulls: &[(&str, &ByProtein)],
    options: &ComparisonOptions,
) -> Result<Comparisons, Error> {
    for (_, null) in nulls {
        observed.empty().check_mergeable(null.empty())?;
    }
    let total = observed.total()?;
    let n_heads = total.n_heads();
    let n_cells = total.layers().len() * n_heads;
    let is_scored =
        |cell: &usize| total.cell(0, cell / n_heads, cell % n_heads).arcs_total >= options.min_arcs;
    let scored: Vec<usize> = (0..n_cells).filter(is_scored).collect();
    let job = Job {
        observed,
        nulls,
        options,
        scored: &scored,
        rates: Tables::rates(observed),
    };
    let n_classes = total.classes().len();
    let mut results = Results::new(&job, n_classes, n_cells);
    if observed.len() >= 2 && !scored.is_empty() {
        let bootstrap = Bootstrap::new(observed.len(), options.replicates, options.seed)?;
        for block in job.run(&bootstrap) {
            results.place(block);
        }
    }
    Ok(results.finish(&job))
}

/// What is to be compared.
struct Job<'a> {
    observed: &'a ByProtein,
    nulls: &'a [(&'a str, &'a ByProtein)],
    options: &'a ComparisonOptions,
    /// Cells, row times heads and head, with enough arcs.
    scored: &'a [usize],
    /// [stratum, class]; none where no strata were counted.
    rates: Option<Vec<f64>>,
}

/// What was found for some of the cells: for each class, what is compared with, and cell.
struct Block {
    cells: Range<usize>,
    /// [class][cell]
    intervals: Vec<Vec<Estimate>>,
    /// [class][against][cell]
    differences: Vec<Vec<Vec<Compared>>>,
}

/// One comparison, before it is tested.
#[derive(Clone, Copy)]
struct Compared {
    value: f64,
    reference: f64,
    difference: Estimate,
}

impl Job<'_> {
    /// The names of what is compared with.
    fn against(&self) -> Vec<&str> {
        let matched = self.rates.as_ref().map(|_| MATCHED_BACKGROUND);
        let nulls = self.nulls.iter().map(|(name, _)| *name);
        std::iter::once(BACKGROUND)
            .chain(matched)
            .chain(nulls)
            .collect()
    }

    /// All blocks, shared out over the threads.
    fn run(&self, bootstrap: &Bootstrap) -> Vec<Block> {
        let n_classes = self.observed.empty().classes().len();
        let bytes = 8 * self.observed.len() * (2 * n_classes + 2) * (1 + self.nulls.len());
        let size = (BLOCK_BYTES / bytes.max(1)).clamp(1, 64);
        let blocks: Vec<Range<usize>> = (0..self.scored.len())
            .step_by(size)
            .map(|first| first..self.scored.len().min(first + size))
            .collect();
        let block = |place: usize| self.block(bootstrap, blocks[place].clone());
        let threads = self.options.threads;
        let Ok(blocks) = parallel::map(
            threads,
            blocks.len(),
            || (),
            |(), place| Ok::<_, Infallible>(block(place)),
        );
        blocks
    }

    fn block(&self, bootstrap: &Bootstrap, cells: Range<usize>) -> Block {
        let (places, n) = (&self.scored[cells.clone()], self.observed.len());
        let own = Tables::new(self.observed, (n, None), places, self.rates.as_deref());
        let total = bootstrap.resampled(&own.total);
        let eligible = bootstrap.resampled(&own.eligible);
        let background = bootstrap.resampled(&own.background_eligible);
        let mut nulls = Vec::new();
        for (_, null) in self.nulls {
            nulls.push(NullSums::new(bootstrap, self, null, places));
        }
        let mut block = Block {
            cells,
            intervals: Vec::new(),
            differences: Vec::new(),
        };
        for class in 0..own.in_class.len() {
            let in_class = bootstrap.resampled(&own.in_class[class]);
            block
                .intervals
                .push((&in_class / &total).estimates(bootstrap));
            let share = &in_class / &eligible;
            let reference = &bootstrap.resampled(&own.background_in_class[class]) / &background;
            let mut differences = vec![compared(bootstrap, &share, &reference)];
            if let Some(expected) = own.expected.get(class) {
                let reference = &bootstrap.resampled(expected) / &eligible;
                differences.push(compared(bootstrap, &share, &reference));
            }
            for null in &nulls {
                differences.push(null.compare(bootstrap, class, &share));
            }
            block.differences.push(differences);
        }
        block
    }
}

fn compared(bootstrap: &Bootstrap, share: &Resampled, reference: &Resampled) -> Vec<Compared> {
    let differences = (share - reference).estimates(bootstrap);
    let value = |values: &[f64], cell: usize| values[cell.min(values.len() - 1)];
    let one = |(cell, difference): (usize, Estimate)| Compared {
        value: value(share.values(), cell),
        reference: value(reference.values(), cell),
        difference,
    };
    differences.into_iter().enumerate().map(one).collect()
}

/// A null model's tables, and those of the observed proteins that it has counts of, where these are
/// not all.
struct NullSums {
    own: Option<(Tables, Resampled)>,
    null: Tables,
    eligible: Resampled,
    /// Heads whose eligible arcs under the null model are too few.
    too_few: Vec<bool>,
}

impl NullSums {
    fn new(bootstrap: &Bootstrap, job: &Job<'_>, null: &ByProtein, places: &[usize]) -> Self {
        let (places_of_null, all) = tables::aligned(job.observed, null);
        let n = job.observed.len();
        let table = Tables::new(null, (n, Some(&places_of_null)), places, None);
        let own = if all {
            None
        } else {
            let mut known = vec![None; n];
            for place in places_of_null.iter().flatten() {
                known[*place] = Some(*place);
            }
            let own = Tables::new(job.observed, (n, Some(&known)), places, None);
            let eligible = bootstrap.resampled(&own.eligible);
            Some((own, eligible))
        };
        let eligible = bootstrap.resampled(&table.eligible);
        let few = |sum: &f64| *sum < job.options.min_arcs as f64;
        Self {
            own,
            too_few: eligible.values().iter().map(few).collect(),
            null: table,
            eligible,
        }
    }

    fn compare(&self, bootstrap: &Bootstrap, class: usize, share: &Resampled) -> Vec<Compared> {
        let in_class = bootstrap.resampled(&self.null.in_class[class]);
        let reference = &in_class / &self.eligible;
        let mut found = match &self.own {
            None => compared(bootstrap, share, &reference),
            Some((own, eligible)) => {
                let in_class = bootstrap.resampled(&own.in_class[class]);
                compared(bootstrap, &(&in_class / eligible), &reference)
            }
        };
        for (found, too_few) in found.iter_mut().zip(&self.too_few) {
            if *too_few {
                found.difference = Estimate::NONE;
            }
        }
        found
    }
}

/// What was found, by class, what is compared with, and cell.
struct Results {
    n_cells: usize,
    /// [class, cell]
    intervals: Vec<Estimate>,
    /// [class, against, cell]
    compared: Vec<Compared>,
    n_against: usize,
    places: Vec<usize>,
}

impl Results {
    fn new(job: &Job<'_>, n_classes: usize, n_cells: usize) -> Self {
        let nothing = Compared {
            value: f64::NAN,
            reference: f64::NAN,
            difference: Estimate::NONE,
        };
        let n_against = job.against().len();
        Self {
            n_cells,
            intervals: vec![Estimate::NONE; n_classes * n_cells],
            compared: vec![nothing; n_classes * n_against * n_cells],
            n_against,
            places: job.scored.to_vec(),
        }
    }

    fn place(&mut self, block: Block) {
        let places = &self.places[block.cells];
        for (class, intervals) in block.intervals.into_iter().enumerate() {
            for (place, interval) in places.iter().zip(intervals) {
                self.intervals[class * self.n_cells + place] = interval;
            }
        }
        for (class, against) in block.differences.into_iter().enumerate() {
            for (index, found) in against.into_iter().enumerate() {
                let first = (class * self.n_against + index) * self.n_cells;
                for (place, compared) in places.iter().zip(found) {
                    self.compared[first + place] = compared;
                }
            }
        }
    }

    fn finish(self, job: &Job<'_>) -> Comparisons {
        let empty = job.observed.empty();
        let freedom = job.observed.len().saturating_sub(1);
        let mut rows = Vec::with_capacity(self.compared.len());
        let mut found = self.compared.chunks_exact(self.n_cells.max(1));
        for class in empty.classes() {
            for against in job.against() {
                let Some(found) = found.next() else { break };
                let first = rows.len();
                for (cell, compared) in found.iter().enumerate() {
                    let (layer, head) = (cell / empty.n_heads(), cell % empty.n_heads());
                    let t = compared.difference.z_test(0.0).z;
                    rows.push(ComparisonRow {
                        property: empty.property().to_owned(),
                        class: class.clone(),
                        layer: empty.layers()[layer],
                        head,
                        against: against.to_owned(),
                        value: compared.value,
                        reference: compared.reference,
                        difference: compared.difference.value,
                        ci_low: compared.difference.low,
                        ci_high: compared.difference.high,
                        t,
                        p_value: student_two_sided(t, freedom),
                        p_bonferroni: f64::NAN,
                        p_bh: f64::NAN,
                        verdict: Verdict::Untested,
                    });
                }
                judge(&mut rows[first..]);
            }
        }
        Comparisons {
            intervals: self.intervals,
            rows,
        }
    }
}

/// Adjusts the p-values of the heads of one class compared with one thing, and gives the verdicts.
fn judge(rows: &mut [ComparisonRow]) {
    let p_values: Vec<f64> = rows.iter().map(|row| row.p_value).collect();
    let tests = p_values.iter().filter(|p| !p.is_nan()).count();
    for (row, p_bh) in rows.iter_mut().zip(benjamini_hochberg(&p_values)) {
        row.p_bonferroni = bonferroni(row.p_value, tests);
        row.p_bh = p_bh;
        row.verdict = match p_bh {
            p if p.is_nan() => Verdict::Untested,
            p if p < LEVEL && row.difference > 0.0 => Verdict::Survives,
            _ => Verdict::Fails,
        };
    }
}
