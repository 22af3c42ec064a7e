//! The regression, fitted to the attention of all heads of all layers.

use std::sync::Mutex;

use anyhow::{Context, Result, anyhow, bail};
use ndarray::{Array2, ArrayView3, ArrayViewMut2, Axis, s};
use protattn_io::{Protein, contact_map};
use protattn_model::{Model, Output, Sink, SinkError};
use protattn_probe::{
    ContactRegression, LogisticRegression, PairAttention, PairSamples, PairSampling,
    attention_features,
};

use crate::args::ContactsArgs;
use crate::forward::{self, Group};
use crate::parallel;
use crate::record::Skipped;
use crate::text;

/// A regression, and what it was fitted on.
pub(super) struct Fitted {
    pub(super) regression: ContactRegression,
    pub(super) proteins: usize,
    pub(super) pairs: usize,
    pub(super) contacts: usize,
}

/// Fits a regression on these proteins.
pub(super) fn fit(
    args: &ContactsArgs,
    model: &Model,
    proteins: &[Protein],
    skipped: &mut Vec<Skipped>,
) -> Result<Fitted> {
    let name = |place: usize| proteins[place].id();
    let groups = forward::groups(model, proteins, args.max_tokens, name, skipped);
    let samples = samples(args, proteins, &groups);
    let known = |samples: &&PairSamples| !samples.pairs.is_empty();
    let labels: Vec<usize> = samples
        .iter()
        .flat_map(|samples| samples.labels.iter().copied())
        .collect();
    check(args, &labels)?;
    let features = features(args, model, (proteins, &groups), &samples)?;
    let info = model.info();
    let regression = ContactRegression::fit(
        &settings(args)?,
        &features,
        &labels,
        info.n_layers,
        args.contact.min_separation,
    )?;
    Ok(Fitted {
        regression,
        proteins: samples.iter().filter(known).count(),
        pairs: labels.len(),
        contacts: labels.iter().sum(),
    })
}

/// Those of [`ContactRegression::default_settings`] with another weight of the penalty.
fn settings(args: &ContactsArgs) -> Result<LogisticRegression> {
    let settings = LogisticRegression::builder()
        .inverse_penalty(args.l1.recip())
        .l1_ratio(1.0)
        .standardize(false)
        .threads(parallel::threads(args.threads));
    Ok(settings.build()?)
}

/// The pairs of each protein; none of one that is not read or has no structure.
fn samples(args: &ContactsArgs, proteins: &[Protein], groups: &[Group]) -> Vec<PairSamples> {
    let sampling = PairSampling::new(args.contact.min_separation);
    let mut samples = vec![PairSamples::default(); proteins.len()];
    for group in groups {
        for place in &group.proteins {
            let Some(labels) = contact_map(&proteins[*place], &args.contact.rule()) else {
                continue;
            };
            samples[*place] = sampling.select(*place as u64, group.n_read(), |i, j| {
                let label = labels.get(i, j);
                label.is_defined().then(|| label.class().is_some())
            });
        }
    }
    samples
}

/// Refuses what nothing can be learned from.
fn check(args: &ContactsArgs, labels: &[usize]) -> Result<()> {
    if labels.is_empty() {
        bail!(
            "--fit: no protein has residues {} apart whose --contact-atom has a position; fit on proteins \
             with structures",
            args.contact.min_separation
        );
    }
    let contacts: usize = labels.iter().sum();
    if contacts == 0 || contacts == labels.len() {
        bail!(
            "--fit: of {} pairs {} is a contact, so that nothing can be learned; fit on more proteins, or \
             with another --contact-distance",
            text::number(labels.len() as u64),
            if contacts == 0 { "none" } else { "each" }
        );
    }
    Ok(())
}

/// The attention `[pair, layer * n_heads + head]` between the pairs of all proteins.
fn features(
    args: &ContactsArgs,
    model: &Model,
    (proteins, groups): (&[Protein], &[Group]),
    samples: &[PairSamples],
) -> Result<Array2<f32>> {
    let info = model.info();
    let n_features = info.n_layers * info.n_heads;
    let n_pairs: usize = samples.iter().map(|samples| samples.pairs.len()).sum();
    let mut features = empty(n_pairs, n_features, args.memory)?;
    let mut parts = Vec::new();
    let mut rest = features.view_mut();
    for samples in samples {
        let (part, after) = rest.split_at(Axis(0), samples.pairs.len());
        parts.push(Mutex::new(part));
        rest = after;
    }
    let is_known = |group: &&Group| {
        let mut places = group.proteins.iter();
        places.any(|place| !samples[*place].pairs.is_empty())
    };
    let known: Vec<&Group> = groups.iter().filter(is_known).collect();
    let threads = parallel::threads(args.threads);
    forward::each(model, &known, proteins, threads, |group, workspace| {
        let mut sink = Collecting {
            group,
            samples,
            parts: &parts,
        };
        Ok(model.forward(&group.tokens, workspace, &mut sink)?)
    })?;
    drop(parts);
    Ok(features)
}

/// Room for the features, if it is allowed and there.
fn empty(n_pairs: usize, n_features: usize, memory: u64) -> Result<Array2<f32>> {
    let bytes = 4 * n_pairs as u64 * n_features as u64;
    let advice = "fit on fewer proteins (--fit-records), cut them shorter (--max-tokens), or give more --memory";
    if bytes > memory {
        bail!(
            "--fit: the attention between {} pairs takes {}, more than --memory {}: {advice}",
            text::number(n_pairs as u64),
            text::bytes(bytes),
            text::bytes(memory)
        );
    }
    let mut values = Vec::new();
    values
        .try_reserve_exact(n_pairs * n_features)
        .map_err(|_| {
            anyhow!(
                "--fit: there is no memory for {}: {advice}",
                text::bytes(bytes)
            )
        })?;
    values.resize(n_pairs * n_features, 0.0);
    Array2::from_shape_vec((n_pairs, n_features), values).context("features")
}

/// Takes the attention between the pairs of the proteins of a group.
struct Collecting<'a, 'f> {
    group: &'a Group,
    samples: &'a [PairSamples],
    /// The features of each protein.
    parts: &'a [Mutex<ArrayViewMut2<'f, f32>>],
}

impl Sink for Collecting<'_, '_> {
    fn wants(&self, output: Output) -> bool {
        matches!(output, Output::Attention { .. })
    }

    fn attention(&mut self, layer: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        let n_heads = attention.dim().0;
        for place in &self.group.proteins {
            let pairs = &self.samples[*place].pairs;
            let part = self.parts[*place].lock();
            let mut part = part.map_err(|_| "another thread failed")?;
            let columns = part.slice_mut(s![.., layer * n_heads..(layer + 1) * n_heads]);
            attention_features(attention, pairs, PairAttention::Corrected, columns)?;
        }
        Ok(())
    }
}
