//! The probability of a contact for each pair, and how good it is.

use std::cmp::Reverse;
use std::num::NonZeroUsize;

use anyhow::Result;
use ndarray::Array2;
use protattn_io::{ContactRule, PairLabels, Protein, contact_map};
use protattn_metrics::scores::{Separation, expected_at_k, top_count};
use protattn_model::{ContactHead, Contacts, Error, Model, Tokens, Workspace};

use crate::forward;
use crate::parallel;
use crate::progress::Progress;
use crate::record::Skipped;
use crate::tables::{ContactScore, PairRow};

/// Proteins at once, for each thread.
const IN_FLIGHT: usize = 4;
/// What L is divided by.
const RULES: [(&str, usize); 3] = [("L", 1), ("L/2", 2), ("L/5", 5)];
/// The range of all pairs.
const ALL: &str = "all";
/// What stands for the record in the rows of the mean.
const MEAN: &str = "mean";

/// How proteins are predicted.
pub(super) struct Predicting<'a> {
    pub(super) model: &'a Model,
    pub(super) head: &'a ContactHead,
    pub(super) rule: ContactRule,
    pub(super) max_tokens: usize,
    pub(super) threads: NonZeroUsize,
}

/// What is found of one protein.
pub(super) struct Found {
    /// `[residue, residue]`, of the residues that were read.
    probabilities: Array2<f32>,
    /// None where the structure is not known.
    labels: Option<PairLabels>,
    min_separation: usize,
}

impl Predicting<'_> {
    /// Predicts proteins a few at a time, and hands them over in their order.
    pub(super) fn each(
        &self,
        proteins: &[Protein],
        skipped: &mut Vec<Skipped>,
        mut take: impl FnMut(usize, Found) -> Result<()>,
    ) -> Result<()> {
        let name = |place: usize| proteins[place].id();
        let groups = forward::groups(self.model, proteins, self.max_tokens, name, skipped);
        let mut tasks: Vec<(usize, &Tokens)> = Vec::new();
        for group in &groups {
            tasks.extend(group.proteins.iter().map(|place| (*place, &group.tokens)));
        }
        tasks.sort_by_key(|(place, _)| *place);
        let residues = tasks.iter().map(|(_, tokens)| tokens.residues().len());
        let progress = Progress::new(tasks.len(), residues.sum());
        for batch in tasks.chunks_mut(IN_FLIGHT * self.threads.get()) {
            // The longest first, so that no worker is left with a long one at the end.
            batch.sort_by_key(|(place, tokens)| (Reverse(tokens.ids().len()), *place));
            let work = |workspace: &mut Workspace, number: usize| {
                let (place, tokens) = batch[number];
                let found = self.predict(&proteins[place], tokens, workspace);
                progress.advance(1, tokens.residues().len());
                Ok((place, found))
            };
            let costs = batch
                .iter()
                .map(|(_, tokens)| forward::cost(self.model, tokens));
            let costs: Vec<u64> = costs.collect();
            let mut done = parallel::passes(self.threads, &costs, work)?;
            done.sort_by_key(|(place, _)| *place);
            for (place, found) in done {
                match found {
                    Ok(found) => take(place, found)?,
                    Err(error) => skipped.push(Skipped::record(proteins[place].id(), &error)),
                }
            }
        }
        Ok(())
    }

    fn predict(
        &self,
        protein: &Protein,
        tokens: &Tokens,
        workspace: &mut Workspace,
    ) -> Result<Found, Error> {
        let mut contacts = Contacts::new(self.head, self.model.info())?;
        self.model.forward(tokens, workspace, &mut contacts)?;
        Ok(Found {
            // The pass has gone through, or there would be an error.
            probabilities: contacts.probabilities().unwrap_or_default(),
            labels: contact_map(protein, &self.rule),
            min_separation: self.rule.min_separation.max(1),
        })
    }
}

impl Found {
    /// Residues that were read.
    pub(super) fn n_read(&self) -> usize {
        self.probabilities.nrows()
    }

    pub(super) fn labels(&self) -> Option<&PairLabels> {
        self.labels.as_ref()
    }

    /// Each pair that is far enough apart.
    pub(super) fn pairs(&self) -> impl Iterator<Item = PairRow> + '_ {
        let n = self.n_read();
        let places = (0..n).flat_map(move |i| {
            let first = i.saturating_add(self.min_separation);
            (first..n).map(move |j| (i, j))
        });
        places.map(|(i, j)| PairRow {
            i,
            j,
            probability: f64::from(self.probabilities[[i, j]]),
            contact: self.labels.as_ref().and_then(|labels| {
                let label = labels.get(i, j);
                label.is_defined().then(|| label.class().is_some())
            }),
        })
    }

    /// The probabilities `[residue, residue]` above the diagonal, NaN elsewhere and for pairs that are
    /// too near.
    pub(super) fn above(&self) -> Array2<f64> {
        let mut map = Array2::from_elem(self.probabilities.dim(), f64::NAN);
        for pair in self.pairs() {
            map[[pair.i, pair.j]] = pair.probability;
        }
        map
    }

    /// The scores; none where the structure is not known.
    pub(super) fn scores(&self, record: &str) -> Result<Vec<ContactScore>> {
        if self.labels.is_none() {
            return Ok(Vec::new());
        }
        let mut rows = Vec::new();
        let ranges = Separation::ALL.map(Some);
        for range in std::iter::once(None).chain(ranges) {
            let is_in = |pair: &PairRow| range.is_none() || Separation::of(pair.i, pair.j) == range;
            let known = self.pairs().filter(is_in);
            let known = known.filter_map(|pair| Some((pair.probability, pair.contact?)));
            let (scores, truth): (Vec<f64>, Vec<bool>) = known.unzip();
            for (k_rule, divisor) in RULES {
                let k = top_count(self.n_read(), divisor).min(scores.len());
                let right = expected_at_k(&scores, &truth, k)?;
                rows.push(ContactScore {
                    record: record.to_owned(),
                    separation: range.map_or(ALL, Separation::name),
                    k_rule,
                    // NaN for none of none.
                    precision: right / k as f64,
                    contacts: truth.iter().filter(|contact| **contact).count() as u64,
                    pairs: truth.len() as u64,
                    length: self.n_read() as u64,
                    proteins: u64::from(k > 0),
                });
            }
        }
        Ok(rows)
    }
}

/// The mean over proteins of each score; none without scores.
pub(super) fn means(rows: &[ContactScore]) -> Vec<ContactScore> {
    let of_one = rows.chunk_by(|a, b| a.record == b.record).next();
    let mean = |like: &ContactScore| {
        let kind = |row: &ContactScore| (row.separation, row.k_rule);
        let alike = || rows.iter().filter(|row| kind(row) == kind(like));
        let total = |count: fn(&ContactScore) -> u64| alike().map(count).sum::<u64>();
        let proteins = total(|row| row.proteins);
        let known = alike().filter(|row| row.proteins > 0);
        ContactScore {
            record: MEAN.to_owned(),
            precision: known.map(|row| row.precision).sum::<f64>() / proteins as f64,
            contacts: total(|row| row.contacts),
            pairs: total(|row| row.pairs),
            length: total(|row| row.length),
            proteins,
            ..*like
        }
    };
    of_one.into_iter().flatten().map(mean).collect()
}
