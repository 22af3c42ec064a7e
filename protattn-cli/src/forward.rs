//! One forward pass for each different sequence, of proteins that a sink is fed from.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use anyhow::{Context, Result};
use protattn_io::Protein;
use protattn_model::{Model, Tokens, Workspace};

use crate::parallel;
use crate::progress::Progress;
use crate::record::Skipped;

/// Proteins whose tokens are the same: one pass serves them all.
pub(crate) struct Group {
    pub(crate) tokens: Tokens,
    /// Their places among all, 0-based.
    pub(crate) proteins: Vec<usize>,
}

impl Group {
    /// Residues that are read.
    pub(crate) fn n_read(&self) -> usize {
        self.tokens.residues().len()
    }
}

/// What a pass takes, in units in which attention takes one for each pair of tokens: the products
/// with the weights of a layer then take six times the width of a hidden state a token (12 width²
/// multiplications, against 2 width for a pair).
pub(crate) fn cost(model: &Model, tokens: &Tokens) -> u64 {
    let (tokens, width) = (tokens.ids().len() as u64, model.info().width as u64);
    tokens * (tokens + 6 * width)
}

/// Proteins by their tokens, the longest first, so that no worker is left with a long one at the end.
/// Those that cannot be tokenised are named in `skipped`, as `name` has it of their places.
pub(crate) fn groups<'n>(
    model: &Model,
    proteins: &[Protein],
    max_tokens: usize,
    name: impl Fn(usize) -> &'n str,
    skipped: &mut Vec<Skipped>,
) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<Vec<u32>, usize> = HashMap::new();
    for (place, protein) in proteins.iter().enumerate() {
        let encoded = model
            .tokenizer()
            .encode(protein.sequence(), Some(max_tokens));
        let tokens = match encoded {
            Ok(tokens) => tokens,
            Err(error) => {
                skipped.push(Skipped::record(name(place), &error));
                continue;
            }
        };
        let known = *places.entry(tokens.ids().to_vec()).or_insert(groups.len());
        match groups.get_mut(known) {
            Some(group) => group.proteins.push(place),
            None => groups.push(Group {
                tokens,
                proteins: vec![place],
            }),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.tokens.ids().len()));
    groups
}

/// Does `work` for each group, with the progress shown, and gives what it found in their order.
pub(crate) fn each<T: Send>(
    model: &Model,
    groups: &[&Group],
    proteins: &[Protein],
    threads: NonZeroUsize,
    work: impl Fn(&Group, &mut Workspace) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let residues = groups.iter().map(|group| group.n_read()).sum();
    let records = groups.iter().map(|group| group.proteins.len()).sum();
    let progress = Progress::new(records, residues);
    let work = |workspace: &mut Workspace, place: usize| {
        let group = groups[place];
        let found =
            work(group, workspace).with_context(|| proteins[group.proteins[0]].id().to_owned())?;
        progress.advance(group.proteins.len(), group.n_read());
        Ok(found)
    };
    let costs: Vec<u64> = groups
        .iter()
        .map(|group| cost(model, &group.tokens))
        .collect();
    parallel::passes(threads, &costs, work)
}
