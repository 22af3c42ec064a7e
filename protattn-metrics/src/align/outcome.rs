//! From counts to the rows of tables.

use std::num::NonZeroUsize;

use protattn_io::Skipped;
use protattn_model::run::{Error, Record, Watch};

use super::tally::Counted;
use super::{Null, Results, Settings, SimilarityAgreement, ranked_by};
use crate::{
    AgreementOptions, AgreementRow, ArcCounts, ByProtein, ComparisonOptions, ComparisonRow,
    LayerRow, MetricRow, MetricSums, OBSERVED, Proportion, ProteinRow, Similarity, SimilarityRow,
    agreement, compare,
};

/// Permutations of the amino acids, for the p-value of how alike two similarities are.
const PERMUTATIONS: usize = 9999;

/// What a run found: the rows of every table, and its record.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Alignment {
    /// For each property, class, layer and head, how far attention agrees: `alignment.parquet`.
    pub rows: Vec<AgreementRow>,
    /// For each head and thing it is compared with: `comparisons.parquet`; empty without a bootstrap.
    pub comparisons: Vec<ComparisonRow>,
    /// For each metric, quantity, attention, layer and head: `metrics.parquet`; empty without metrics.
    pub metrics: Vec<MetricRow>,
    /// For each property, class and layer, the mean over its heads: `layers.parquet`.
    pub layers: Vec<LayerRow>,
    /// For each pair of amino acids, how alike they are to attention: `similarity.parquet`; empty where
    /// too little is known of them.
    pub similarity: Vec<SimilarityRow>,
    /// What was run, on what, and what was passed over.
    pub record: Record<Settings>,
    /// What stands beside the record in `run.json`.
    pub results: Results,
    counts: Vec<ByProtein>,
}

impl Alignment {
    /// The counts of each protein, a value for each property that some protein has labels of.
    #[must_use]
    pub fn by_protein(&self) -> &[ByProtein] {
        &self.counts
    }

    /// For each protein, class, layer and head with an arc, its counts: `proteins.parquet`.
    pub fn protein_rows(&self) -> impl Iterator<Item = ProteinRow> {
        self.counts.iter().flat_map(ByProtein::rows)
    }
}

/// The rows of every table, without a record yet.
pub(super) struct Unrecorded {
    rows: Vec<AgreementRow>,
    comparisons: Vec<ComparisonRow>,
    metrics: Vec<MetricRow>,
    layers: Vec<LayerRow>,
    similarity: Vec<SimilarityRow>,
    results: Results,
    counts: Vec<ByProtein>,
    proteins: usize,
    skipped: Vec<Skipped>,
    warnings: Vec<String>,
}

impl Unrecorded {
    /// With the record that comes of the number of proteins, those skipped, and warnings.
    pub(super) fn with_record(
        self,
        record: impl FnOnce(usize, &[Skipped], Vec<String>) -> Record<Settings>,
    ) -> Alignment {
        Alignment {
            record: record(self.proteins, &self.skipped, self.warnings),
            rows: self.rows,
            comparisons: self.comparisons,
            metrics: self.metrics,
            layers: self.layers,
            similarity: self.similarity,
            results: self.results,
            counts: self.counts,
        }
    }
}

/// What was counted, of the properties that some protein has labels of.
pub(super) struct Counts {
    properties: Vec<PropertyCounts>,
    /// Of each metric, by halves of the proteins, and whose attention it is of.
    metrics: Vec<(&'static str, [MetricSums; 2])>,
    proteins: usize,
    skipped: Vec<Skipped>,
    warnings: Vec<String>,
}

/// Of one property.
struct PropertyCounts {
    observed: ByProtein,
    nulls: Vec<(Null, ByProtein)>,
}

impl Counts {
    /// The counts of the properties that some protein has labels of, and what is said of the others:
    /// nothing, unless they were asked for by name. `skipped` are all records that were passed over.
    pub(super) fn new(
        counted: Counted,
        settings: &Settings,
        skipped: &[Skipped],
    ) -> Result<Self, Error> {
        let null_models = &settings.nulls.models;
        let attentions = null_models.iter().map(|null| null.name());
        let attentions = std::iter::once(OBSERVED).chain(attentions);
        let mut metrics = Vec::new();
        let mut of_nulls = Vec::new();
        let tallies = std::iter::once(counted.observed).chain(counted.nulls);
        for (tally, attention) in tallies.zip(attentions) {
            let sums = tally.metrics.into_iter().flatten();
            metrics.extend(sums.map(|sums| (attention, sums)));
            of_nulls.push(tally.properties.into_iter());
        }
        let observed = of_nulls.remove(0);
        let (mut properties, mut warnings) = (Vec::new(), Vec::new());
        for observed in observed {
            let counts = of_nulls.iter_mut().map_while(Iterator::next);
            let nulls = null_models.iter().copied().zip(counts).collect();
            if !observed.is_empty() {
                properties.push(PropertyCounts { observed, nulls });
            } else if settings.named {
                let name = observed.empty().property();
                warnings.push(format!(
                    "no protein has labels of property {name}: it is not in the table"
                ));
            }
        }
        if properties.is_empty() {
            let reason = skipped.first().map_or_else(
                || "none has labels of any property asked for".to_owned(),
                |first| format!("the first problem: {}: {}", first.record, first.reason),
            );
            return Err(Error::data(format!(
                "no protein could be counted; {reason}"
            )));
        }
        Ok(Self {
            properties,
            metrics,
            proteins: counted.proteins,
            skipped: counted.skipped,
            warnings,
        })
    }

    /// Says what is odd.
    pub(super) fn warn(&self, watch: &dyn Watch) {
        self.warnings.iter().for_each(|warning| watch.warn(warning));
    }

    /// How well heads predict contacts by themselves, on either half of the proteins, if it was asked
    /// and each half has contacts.
    pub(super) fn alone(&self) -> Option<&[MetricSums; 2]> {
        let mut metrics = self.metrics.iter().map(|(_, halves)| halves);
        let alone = metrics.find(|[sums, _]| sums.metric() == ranked_by());
        alone.filter(|halves| halves.iter().all(|half| !half.is_empty()))
    }

    /// The rows of every table; `combined` are the sums of heads taken together.
    pub(super) fn alignment(
        self,
        settings: &Settings,
        combined: Option<MetricSums>,
        threads: NonZeroUsize,
    ) -> Result<Unrecorded, Error> {
        let mut found = Unrecorded {
            rows: Vec::new(),
            comparisons: Vec::new(),
            metrics: metric_rows(&self.metrics, combined).map_err(Error::analysis)?,
            layers: Vec::new(),
            similarity: Vec::new(),
            results: Results::default(),
            counts: Vec::new(),
            proteins: self.proteins,
            skipped: self.skipped,
            warnings: self.warnings,
        };
        for counts in self.properties {
            let added = found.add(counts, settings, threads);
            added.map_err(Error::analysis)?;
        }
        found.layers = LayerRow::of(&found.rows);
        Ok(found)
    }
}

impl Unrecorded {
    fn add(
        &mut self,
        counts: PropertyCounts,
        settings: &Settings,
        threads: NonZeroUsize,
    ) -> Result<(), crate::Error> {
        let total = counts.observed.total()?;
        self.describe(&total);
        let options = AgreementOptions::default().min_arcs(settings.min_arcs);
        let mut rows = agreement(&total, &options);
        if settings.bootstrap > 0 {
            let options = ComparisonOptions::default()
                .min_arcs(settings.min_arcs)
                .replicates(settings.bootstrap)
                .seed(settings.seed)
                .threads(threads);
            let nulls = counts.nulls.iter();
            let nulls: Vec<(&str, &ByProtein)> =
                nulls.map(|(null, counts)| (null.name(), counts)).collect();
            let compared = compare(&counts.observed, &nulls, &options)?;
            rows = AgreementRow::with_protein_intervals(rows, &compared.intervals);
            self.comparisons.extend(compared.rows);
        }
        self.rows.extend(rows);
        if total.property() == "amino-acid"
            && let Ok(similarity) = Similarity::new(&total, settings.min_arcs)
        {
            self.results.similarity = Some(agreed(&similarity, settings.seed));
            self.similarity = similarity.rows();
        }
        self.counts.push(counts.observed);
        Ok(())
    }

    /// Adds what a property's counts say of the data.
    fn describe(&mut self, counts: &ArcCounts) {
        let eligible = counts.background_eligible();
        let share = |(class, name): (usize, &String)| {
            let share = Proportion::new(counts.background_in_class(class), eligible);
            let value = Some(share.value()).filter(|share| share.is_finite());
            (name.clone(), value)
        };
        let name = counts.property().to_owned();
        let shares = counts.classes().iter().enumerate().map(share).collect();
        self.results.backgrounds.insert(name.clone(), shares);
        let proteins = &mut self.results.proteins_by_property;
        proteins.insert(name, counts.proteins());
    }
}

fn agreed(similarity: &Similarity, seed: u64) -> SimilarityAgreement {
    let mantel = similarity.mantel(PERMUTATIONS, seed).ok();
    SimilarityAgreement {
        amino_acids: similarity.letters.iter().collect(),
        correlation: similarity.agreement.r,
        p_value: similarity.agreement.p_value,
        mantel_p_value: mantel.map(|mantel| mantel.p_value),
    }
}

fn metric_rows(
    metrics: &[(&'static str, [MetricSums; 2])],
    combined: Option<MetricSums>,
) -> Result<Vec<MetricRow>, crate::Error> {
    let mut rows = Vec::new();
    for (attention, [half, other]) in metrics {
        let mut sums = half.clone();
        sums.merge(other)?;
        rows.extend(sums.rows(attention));
    }
    rows.extend(combined.iter().flat_map(|sums| {
        let mut rows = sums.rows(OBSERVED);
        for row in &mut rows {
            (row.layer, row.head) = (None, None);
        }
        rows
    }));
    Ok(rows)
}
