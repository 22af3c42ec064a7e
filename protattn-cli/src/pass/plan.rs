//! What there is to compute: the different sequences, and the share of them that one run takes.

use std::cmp::Reverse;

use anyhow::{Context, Result};
use protattn_io::Protein;
use protattn_model::{Model, Tokens};
use sha2::{Digest, Sha256};

use crate::args::Shard;
use crate::forward::{self, Group};
use crate::parallel;
use crate::record::{Skipped, hexadecimal};

/// The work of a run.
pub(crate) struct Plan<'a> {
    /// The longest first, so that no worker is left with a long one at the end.
    pub(super) tasks: Vec<Task<'a>>,
    /// Records that could not be tokenised, of all shares.
    pub(crate) skipped: Vec<Skipped>,
    /// Of the names and tokens of all shares, whatever the order of the records.
    pub(crate) sha256: String,
}

/// Proteins whose tokens are the same: one pass serves them all.
pub(super) struct Task<'a> {
    /// Its place among those of all shares.
    pub(super) number: u32,
    pub(super) tokens: Tokens,
    pub(super) records: Vec<Record<'a>>,
}

/// A protein, and a name that no other has.
pub(super) struct Record<'a> {
    pub(super) protein: &'a Protein,
    pub(super) name: String,
}

impl Task<'_> {
    /// The name of its first record.
    pub(super) fn name(&self) -> &str {
        &self.records[0].name
    }

    /// The residues that are read: of proteins that differ only in residues for which the model has one
    /// token, those of the first by their letters, whatever the order of the records.
    pub(super) fn read(&self) -> &str {
        let n_read = self.tokens.residues().len();
        let read = self
            .records
            .iter()
            .map(|record| &record.protein.sequence()[..n_read]);
        read.min().unwrap_or_default()
    }
}

impl<'a> Plan<'a> {
    /// Tokenises the proteins, puts those with the same tokens together, and keeps the `shard`: the
    /// same share of them whatever the order of the proteins.
    pub(crate) fn new(
        model: &Model,
        proteins: &'a [Protein],
        max_tokens: usize,
        shard: Option<Shard>,
    ) -> Result<Self> {
        let (names, mut skipped) = (names(proteins), Vec::new());
        let name = |place: usize| names[place].as_str();
        let groups = forward::groups(model, proteins, max_tokens, name, &mut skipped);
        let record = |place: usize| Record {
            protein: &proteins[place],
            name: names[place].clone(),
        };
        let task = |group: Group| Task {
            number: 0,
            tokens: group.tokens,
            records: group.proteins.into_iter().map(record).collect(),
        };
        let mut tasks: Vec<Task<'a>> = groups.into_iter().map(task).collect();
        tasks.sort_by(|a, b| {
            let length = |task: &Task<'_>| Reverse(task.tokens.ids().len());
            let by_length = length(a).cmp(&length(b));
            by_length.then_with(|| a.tokens.ids().cmp(b.tokens.ids()))
        });
        for (number, task) in tasks.iter_mut().enumerate() {
            task.number = u32::try_from(number).context("there are too many sequences")?;
            task.records.sort_by(|a, b| a.name.cmp(&b.name));
        }
        let sha256 = sha256(&tasks);
        if let Some(shard) = shard {
            let costs = tasks.iter().map(|task| forward::cost(model, &task.tokens));
            let shares = parallel::shares(costs, shard.of);
            let mut shares = shares.into_iter();
            tasks.retain(|_| shares.next() == Some(shard.number));
        }
        Ok(Self {
            tasks,
            skipped,
            sha256,
        })
    }

    /// The number of different sequences.
    pub(crate) fn n_tasks(&self) -> usize {
        self.tasks.len()
    }
}

fn sha256(tasks: &[Task<'_>]) -> String {
    let mut digest = Sha256::new();
    for task in tasks {
        for id in task.tokens.ids() {
            digest.update(id.to_le_bytes());
        }
        for record in &task.records {
            digest.update(record.name.as_bytes());
            digest.update([0]);
        }
        digest.update([0xff; 4]);
    }
    hexadecimal(&digest.finalize())
}

/// The identifiers of the proteins; those of several proteins numbered by the sequences they have, as
/// what is counted of a protein is found again by its name.
pub(crate) fn names(proteins: &[Protein]) -> Vec<String> {
    let mut order: Vec<usize> = (0..proteins.len()).collect();
    order.sort_by_key(|place| (proteins[*place].id(), proteins[*place].sequence()));
    let mut names = vec![String::new(); proteins.len()];
    for alike in order.chunk_by(|a, b| proteins[*a].id() == proteins[*b].id()) {
        for (number, place) in alike.iter().enumerate() {
            let id = proteins[*place].id();
            names[*place] = match alike.len() {
                1 => id.to_owned(),
                _ => format!("{id} ({} of {})", number + 1, alike.len()),
            };
        }
    }
    names
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_protein_has_a_name_of_its_own_in_any_order() {
        let protein = |id, sequence| Protein::new(id, sequence).unwrap();
        let [a, b, c] = [protein("x", "MK"), protein("y", "MK"), protein("x", "AK")];
        let named = names(&[a.clone(), b.clone(), c.clone()]);
        assert_eq!(named, ["x (2 of 2)", "y", "x (1 of 2)"]);
        assert_eq!(names(&[c, a, b]), ["x (1 of 2)", "x (2 of 2)", "y"]);
    }

    #[test]
    fn the_same_sequences_are_in_a_share_whatever_their_order() {
        let model = crate::built_in::model().unwrap();
        let sequence =
            |n: usize| "MKVLAAGIWE".repeat(3)[..5 + n % 20].to_owned() + &"A".repeat(n % 7);
        let protein = |n: usize| Protein::new(format!("p{n}"), &sequence(n)).unwrap();
        let mut proteins: Vec<Protein> = (0..200).map(protein).collect();
        let taken = |proteins: &[Protein]| {
            let share = |number| {
                let shard = Some(Shard { number, of: 3 });
                let plan = Plan::new(&model, proteins, 512, shard).unwrap();
                let of_task = |task: &Task<'_>| {
                    let names = task.records.iter().map(|record| record.name.clone());
                    (task.number, names.collect::<Vec<_>>())
                };
                plan.tasks.iter().map(of_task).collect::<Vec<_>>()
            };
            [share(1), share(2), share(3)]
        };
        let shares = taken(&proteins);
        let plan = Plan::new(&model, &proteins, 512, None).unwrap();
        assert_eq!(shares.iter().map(Vec::len).sum::<usize>(), plan.n_tasks());
        assert!(
            plan.n_tasks() < proteins.len(),
            "some have the same sequence"
        );
        let sum = plan.sha256;
        proteins.reverse();
        proteins.rotate_left(77);
        assert_eq!(taken(&proteins), shares);
        let plan = Plan::new(&model, &proteins, 512, None).unwrap();
        assert_eq!(plan.sha256, sum);
        proteins.pop();
        assert_ne!(Plan::new(&model, &proteins, 512, None).unwrap().sha256, sum);
    }
}
