//! The attention between the pairs of proteins whose contacts are known.

use std::ops::Range;

use ndarray::{Array2, ArrayView3, s};
use protattn_io::{ContactRule, Protein, contact_map};
use protattn_model::run::{BoxError, Engine, Error, Plan, Sum, Task};
use protattn_model::{Output, Sink, SinkError, Workspace};
use serde::{Deserialize, Serialize};

use crate::{
    FeatureSource, PairAttention, PairSamples, PairSampling, SourceError, attention_features,
};

/// What a regression is fitted to.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct KnownPairs {
    pub(super) proteins: Vec<ProteinPairs>,
}

/// The pairs of one protein of which it is known whether they touch.
#[derive(Serialize, Deserialize)]
pub(super) struct ProteinPairs {
    /// The place of the protein among all.
    place: usize,
    name: String,
    /// Whether each pair is a contact.
    contacts: Vec<bool>,
    /// `[pair, layer * n_heads + head]`
    features: Vec<f32>,
}

impl KnownPairs {
    /// Puts the proteins in their order.
    pub(super) fn sort(&mut self) {
        self.proteins
            .sort_by(|a, b| (a.place, &a.name).cmp(&(b.place, &b.name)));
    }

    /// 1 for each pair that is a contact, 0 for the others, of all proteins.
    pub(super) fn labels(&self) -> Vec<usize> {
        let contacts = self.proteins.iter().flat_map(|protein| &protein.contacts);
        contacts.map(|contact| usize::from(*contact)).collect()
    }
}

impl Sum for KnownPairs {
    fn add(&mut self, other: Self) -> Result<(), BoxError> {
        self.proteins.extend(other.proteins);
        Ok(())
    }

    fn bytes(&self) -> u64 {
        let bytes = |protein: &ProteinPairs| protein.contacts.len() + 4 * protein.features.len();
        self.proteins.iter().map(bytes).sum::<usize>() as u64
    }
}

/// The pairs of the first `n_read` residues of a protein; none if its structure is not known.
pub(super) fn samples(protein: &Protein, rule: &ContactRule, n_read: usize) -> PairSamples {
    let Some(labels) = contact_map(protein, rule) else {
        return PairSamples::default();
    };
    // All pairs are taken, so that it does not matter which protein this is.
    PairSampling::new(rule.min_separation).select(0, n_read, |i, j| {
        let label = labels.get(i, j);
        label.is_defined().then(|| label.class().is_some())
    })
}

/// Reads the attention of tasks.
pub(super) struct Reading<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) proteins: &'a [Protein],
    pub(super) rule: ContactRule,
    /// Of all layers.
    pub(super) n_heads: usize,
}

impl Reading<'_> {
    /// Adds the pairs of the proteins of some tasks. Those that have none are not run.
    pub(super) fn read(
        &self,
        engine: &Engine<'_>,
        tasks: &[&Task],
        workspace: &mut Workspace,
        known: &mut KnownPairs,
    ) -> Result<(), Error> {
        let (mut run, mut sinks) = (Vec::new(), Vec::new());
        for task in tasks {
            let collecting = self.collecting(task)?;
            if !collecting.proteins.is_empty() {
                run.push(*task);
                sinks.push(collecting);
            }
        }
        for sink in engine.forward(self.plan, &run, sinks, workspace)? {
            let of_protein = sink.proteins.into_iter().map(|protein| ProteinPairs {
                place: protein.place,
                name: self.plan.name(protein.place).to_owned(),
                contacts: protein
                    .samples
                    .labels
                    .iter()
                    .map(|label| *label == 1)
                    .collect(),
                features: protein.features.into_raw_vec_and_offset().0,
            });
            known.proteins.extend(of_protein);
        }
        Ok(())
    }

    fn collecting(&self, task: &Task) -> Result<Collecting, Error> {
        let mut proteins = Vec::new();
        for place in task.places() {
            let samples = samples(&self.proteins[*place], &self.rule, task.n_read());
            if samples.pairs.is_empty() {
                continue;
            }
            let features = zeros(samples.pairs.len(), self.n_heads)
                .ok_or_else(|| Error::settings("there is no memory for the attention"))?;
            proteins.push(Collected {
                place: *place,
                samples,
                features,
            });
        }
        Ok(Collecting { proteins })
    }
}

/// Room for features, if there is any.
fn zeros(n_pairs: usize, n_features: usize) -> Option<Array2<f32>> {
    let mut values = Vec::new();
    values.try_reserve_exact(n_pairs * n_features).ok()?;
    values.resize(n_pairs * n_features, 0.0);
    Array2::from_shape_vec((n_pairs, n_features), values).ok()
}

/// Takes the attention between the pairs of proteins of one sequence.
struct Collecting {
    proteins: Vec<Collected>,
}

struct Collected {
    place: usize,
    samples: PairSamples,
    features: Array2<f32>,
}

impl Sink for Collecting {
    fn wants(&self, output: Output) -> bool {
        matches!(output, Output::Attention { .. })
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        let n_heads = attention.dim().0;
        let columns = layer * n_heads..(layer + 1) * n_heads;
        for protein in &mut self.proteins {
            let columns = protein.features.slice_mut(s![.., columns.clone()]);
            let kind = PairAttention::Corrected;
            attention_features(attention, &protein.samples.pairs, kind, columns)?;
        }
        Ok(())
    }
}

/// The features of all pairs, where they lie.
pub(super) struct PairRows<'a> {
    proteins: &'a [ProteinPairs],
    /// The first pair of each protein, and the number of all.
    starts: Vec<usize>,
    n_features: usize,
}

impl<'a> PairRows<'a> {
    pub(super) fn new(known: &'a KnownPairs, n_features: usize) -> Self {
        let mut starts = vec![0];
        for protein in &known.proteins {
            starts.push(starts[starts.len() - 1] + protein.contacts.len());
        }
        Self {
            proteins: &known.proteins,
            starts,
            n_features,
        }
    }

    /// The features of a range of pairs of one protein.
    fn of(&self, place: usize, pairs: Range<usize>) -> &'a [f32] {
        let start = self.starts[place];
        let places = (pairs.start - start) * self.n_features..(pairs.end - start) * self.n_features;
        &self.proteins[place].features[places]
    }
}

impl FeatureSource for PairRows<'_> {
    fn n_samples(&self) -> usize {
        self.starts[self.proteins.len()]
    }

    fn n_features(&self) -> usize {
        self.n_features
    }

    fn rows<'a>(
        &'a self,
        rows: Range<usize>,
        buffer: &'a mut Vec<f32>,
    ) -> Result<&'a [f32], SourceError> {
        let mut place = self.starts.partition_point(|start| *start <= rows.start) - 1;
        if rows.end <= self.starts[place + 1] {
            return Ok(self.of(place, rows));
        }
        buffer.clear();
        let mut next = rows.start;
        while next < rows.end {
            let end = rows.end.min(self.starts[place + 1]);
            buffer.extend_from_slice(self.of(place, next..end));
            (next, place) = (end, place + 1);
        }
        Ok(buffer)
    }
}
