//! From counts to the tables of the output folder.

use std::num::NonZeroUsize;
use std::path::Path;

use anyhow::{Result, bail};
use protattn_metrics::{
    AgreementOptions, AgreementRow, ArcCounts, ByProtein, ComparisonOptions, ContactPrecision,
    MetricSums, Proportion, Similarity, agreement, compare,
};

use crate::ending::tell;
use crate::nulls::Null;
use crate::pass::{Counted, Keep, Pass, Plan};
use crate::record::{RunRecord, Settings, SimilarityRecord, Skipped};
use crate::tables::{self, MetricEntry, OBSERVED};

/// What was counted, of the properties that some protein has labels of.
pub(crate) struct Outcomes {
    properties: Vec<Outcome>,
    /// Of each metric, by halves of the proteins, and whose attention it is of.
    metrics: Vec<(String, [MetricSums; 2])>,
    proteins: usize,
    /// Named in counting.
    pub(crate) skipped: Vec<Skipped>,
}

/// Where tables go, and what decides them beside the counts.
pub(crate) struct TableOptions<'a> {
    settings: &'a Settings,
    folder: &'a Path,
    threads: NonZeroUsize,
}

impl<'a> TableOptions<'a> {
    pub(crate) fn new(settings: &'a Settings, folder: &'a Path, threads: NonZeroUsize) -> Self {
        Self {
            settings,
            folder,
            threads,
        }
    }

    fn agreement(&self) -> AgreementOptions {
        AgreementOptions::default().min_arcs(self.settings.min_arcs)
    }

    /// How heads are compared, unless they are not.
    fn comparison(&self) -> Option<ComparisonOptions> {
        let options = ComparisonOptions::default()
            .min_arcs(self.settings.min_arcs)
            .replicates(self.settings.bootstrap)
            .seed(self.settings.seed)
            .threads(self.threads);
        (self.settings.bootstrap > 0).then_some(options)
    }
}

/// Of one property.
struct Outcome {
    observed: ByProtein,
    nulls: Vec<(Null, ByProtein)>,
}

/// Permutations of the amino acids, for the p-value of how alike two similarities are.
const PERMUTATIONS: usize = 9999;

impl Outcomes {
    /// The outcomes of the properties that some protein has labels of, and what is said of the
    /// others: nothing, unless they were asked for by name.
    pub(crate) fn new(
        counted: Counted,
        null_models: &[Null],
        named: bool,
        skipped: &[Skipped],
    ) -> Result<(Self, Vec<String>)> {
        let attentions = std::iter::once(OBSERVED).chain(null_models.iter().map(|n| n.name()));
        let mut metrics = Vec::new();
        let mut nulls: Vec<std::vec::IntoIter<ByProtein>> = Vec::new();
        let mut observed = Vec::new();
        let tallies = std::iter::once(counted.observed).chain(counted.nulls);
        for (index, (tally, attention)) in tallies.zip(attentions).enumerate() {
            let sums = tally.metrics.into_iter().flatten();
            metrics.extend(sums.map(|sums| (attention.to_owned(), sums)));
            match index {
                0 => observed = tally.properties,
                _ => nulls.push(tally.properties.into_iter()),
            }
        }
        let (mut properties, mut warnings) = (Vec::new(), Vec::new());
        for observed in observed {
            let counts = nulls.iter_mut().map_while(Iterator::next);
            let nulls = null_models.iter().copied().zip(counts).collect();
            if !observed.is_empty() {
                properties.push(Outcome { observed, nulls });
            } else if named {
                let name = observed.empty().property();
                let warning =
                    format!("no protein has labels of property {name}: it is not in the table");
                tell(&format!("warning: {warning}"));
                warnings.push(warning);
            }
        }
        if properties.is_empty() {
            let reason = skipped.first().map_or_else(
                || "none has labels of any property asked for".to_owned(),
                |first| format!("the first problem: {}", first.reason),
            );
            bail!("no protein could be counted; {reason}");
        }
        let outcomes = Self {
            properties,
            metrics,
            proteins: counted.proteins,
            skipped: counted.skipped,
        };
        Ok((outcomes, warnings))
    }

    /// How well heads predict contacts together, from how well each does by itself.
    pub(crate) fn combine(
        &self,
        pass: &Pass<'_>,
        plan: &Plan<'_>,
        keep: Option<Keep<'_>>,
    ) -> Result<Vec<MetricEntry>> {
        let name = protattn_metrics::Metric::name(&ContactPrecision);
        let alone = self
            .metrics
            .iter()
            .find(|(_, [sums, _])| sums.metric() == name);
        match alone {
            Some((_, halves)) if halves.iter().all(|half| !half.is_empty()) => {
                pass.combine(halves, plan, keep)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Writes every table, and gives the part of the record that follows from the counts.
    pub(crate) fn write(
        &self,
        options: &TableOptions<'_>,
        combined: Vec<MetricEntry>,
    ) -> Result<RunRecord> {
        let folder = options.folder;
        let agreement_options = options.agreement();
        let comparison = options.comparison();
        tables::remove_stale(folder)?;
        let mut run = RunRecord::new(self.proteins);
        let (mut rows, mut compared) = (Vec::new(), Vec::new());
        for outcome in &self.properties {
            let total = outcome.observed.total()?;
            run.describe(&total);
            let mut agreement = agreement(&total, &agreement_options);
            if let Some(comparison) = &comparison {
                let nulls: Vec<(&str, &ByProtein)> = outcome
                    .nulls
                    .iter()
                    .map(|(null, counts)| (null.name(), counts))
                    .collect();
                let found = compare(&outcome.observed, &nulls, comparison)?;
                agreement = AgreementRow::with_protein_intervals(agreement, &found.intervals);
                compared.extend(found.rows);
            }
            rows.extend(agreement);
            if total.property() == "amino-acid" {
                run.similarity = write_similarity(&total, options)?;
            }
        }
        tables::write_alignment(folder, &rows)?;
        tables::write_layers(folder, &rows)?;
        if comparison.is_some() {
            tables::write_comparisons(folder, &compared)?;
        }
        let mut entries = self.metric_entries()?;
        entries.extend(combined);
        if !entries.is_empty() {
            tables::write_metrics(folder, &entries)?;
        }
        if options.settings.per_protein {
            tables::write_proteins(folder, self.properties.iter().map(|o| &o.observed))?;
        }
        Ok(run)
    }

    fn metric_entries(&self) -> Result<Vec<MetricEntry>> {
        let mut entries = Vec::new();
        for (attention, [half, other]) in &self.metrics {
            let mut sums = half.clone();
            sums.merge(other)?;
            let entry = |row| MetricEntry {
                attention: attention.clone(),
                row,
                combined: false,
            };
            entries.extend(sums.rows().into_iter().map(entry));
        }
        Ok(entries)
    }
}

/// Writes how alike amino acids are to attention; nothing where too little is known of them.
fn write_similarity(
    counts: &ArcCounts,
    options: &TableOptions<'_>,
) -> Result<Option<SimilarityRecord>> {
    let Ok(similarity) = Similarity::new(counts, options.settings.min_arcs) else {
        return Ok(None);
    };
    tables::write_similarity(options.folder, &similarity)?;
    let mantel = similarity.mantel(PERMUTATIONS, options.settings.seed).ok();
    Ok(Some(SimilarityRecord {
        amino_acids: similarity.letters.iter().collect(),
        correlation: similarity.agreement.r,
        p_value: similarity.agreement.p_value,
        mantel_p_value: mantel.map(|mantel| mantel.p_value),
    }))
}

impl RunRecord {
    /// Adds what a property's counts say of the data.
    fn describe(&mut self, counts: &ArcCounts) {
        let share = |(class, name): (usize, &String)| {
            let share = Proportion::new(
                counts.background_in_class(class),
                counts.background_eligible(),
            );
            let value = Some(share.value()).filter(|share| share.is_finite());
            (name.clone(), value)
        };
        let name = counts.property().to_owned();
        let shares = counts.classes().iter().enumerate().map(share).collect();
        self.backgrounds.insert(name.clone(), shares);
        self.proteins_by_property.insert(name, counts.proteins());
    }
}
