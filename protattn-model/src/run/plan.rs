//! What there is to compute: the different sequences, and the share of them that one run takes.

use std::cmp::Reverse;
use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::record::hexadecimal;
use super::schedule::{cost, shares};
use super::{Error, Shard};
use crate::{Model, Tokens};

/// The sequences of a run, each different one once.
///
/// What a plan holds, and in what order, depends on the identifiers and sequences alone and not on
/// the order in which they come: so shards of the same records fit together however they were
/// listed.
#[derive(Debug)]
pub struct Plan<'a> {
    sequences: Vec<&'a str>,
    names: Vec<String>,
    tasks: Vec<Task>,
    untokenised: Vec<(usize, crate::Error)>,
    sha256: String,
    shard: Option<Shard>,
}

/// Sequences whose tokens are the same: one pass serves them all.
#[derive(Debug)]
pub struct Task {
    pub(super) number: u32,
    pub(super) tokens: Tokens,
    pub(super) places: Vec<usize>,
}

impl Task {
    /// Its place among the tasks of all shards, 0-based.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// What the model reads.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The places of its records among those that the [`Plan`] was made of, 0-based, in the order of
    /// their [names](Plan::name); never empty.
    #[must_use]
    pub fn places(&self) -> &[usize] {
        &self.places
    }

    /// Residues that are read.
    #[must_use]
    pub fn n_read(&self) -> usize {
        self.tokens.residues().len()
    }
}

impl<'a> Plan<'a> {
    /// Tokenises sequences, each with an identifier, cut to `max_tokens` tokens, and puts those with
    /// the same tokens together, the longest first. Those that cannot be tokenised are
    /// [`untokenised`](Self::untokenised).
    ///
    /// # Errors
    /// [`Error::Data`] if there are more than 2³² different sequences.
    pub fn new(
        model: &Model,
        records: impl IntoIterator<Item = (&'a str, &'a str)>,
        max_tokens: usize,
    ) -> Result<Self, Error> {
        let (ids, sequences): (Vec<&str>, Vec<&str>) = records.into_iter().unzip();
        let names = names(&ids, &sequences);
        let (mut tasks, untokenised) = grouped(model, &sequences, max_tokens);
        tasks.sort_by(|a, b| {
            let length = |task: &Task| Reverse(task.tokens.ids().len());
            let by_length = length(a).cmp(&length(b));
            by_length.then_with(|| a.tokens.ids().cmp(b.tokens.ids()))
        });
        for (number, task) in tasks.iter_mut().enumerate() {
            let number = u32::try_from(number);
            task.number = number.map_err(|_| Error::data("there are too many sequences"))?;
            task.places.sort_by(|a, b| names[*a].cmp(&names[*b]));
        }
        Ok(Self {
            sha256: sha256(&tasks, &names),
            sequences,
            names,
            tasks,
            untokenised,
            shard: None,
        })
    }

    /// Keeps one share of the tasks, all of about the same cost.
    #[must_use]
    pub fn shard(mut self, model: &Model, shard: Option<Shard>) -> Self {
        if let Some(shard) = shard {
            let costs = self.tasks.iter().map(|task| cost(model, &task.tokens));
            let mut shares = shares(costs, shard.of()).into_iter();
            self.tasks.retain(|_| shares.next() == Some(shard.number()));
        }
        self.shard = shard;
        self
    }

    /// The tasks of this share, the longest first.
    #[must_use]
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// The number of records that the plan was made of.
    #[must_use]
    pub fn n_records(&self) -> usize {
        self.sequences.len()
    }

    /// The name of a record, which no other has: its identifier; those of several records of one
    /// identifier are numbered by the sequences they have, `x (1 of 2)`.
    ///
    /// # Panics
    /// If there is no record of this place.
    #[must_use]
    pub fn name(&self, place: usize) -> &str {
        &self.names[place]
    }

    /// The name of the first record of a task.
    #[must_use]
    pub fn name_of(&self, task: &Task) -> &str {
        &self.names[task.places[0]]
    }

    /// The residues of a task that are read: of sequences that differ only in residues for which the
    /// model has one token, those that come first by their letters.
    #[must_use]
    pub fn read(&self, task: &Task) -> &'a str {
        let read = |place: &usize| &self.sequences[*place][..task.n_read()];
        task.places.iter().map(read).min().unwrap_or_default()
    }

    /// For each record, the residues that are read, in all shares; 0 for one that could not be
    /// tokenised. Only of a plan that is no [`shard`](Self::shard) yet.
    #[must_use]
    pub fn n_read(&self) -> Vec<usize> {
        let mut n_read = vec![0; self.sequences.len()];
        for task in &self.tasks {
            for place in &task.places {
                n_read[*place] = task.n_read();
            }
        }
        n_read
    }

    /// The records, by their places, that could not be tokenised, of all shares.
    #[must_use]
    pub fn untokenised(&self) -> &[(usize, crate::Error)] {
        &self.untokenised
    }

    /// The SHA-256 of the names and tokens of all shares, in hexadecimal, whatever the order of the
    /// records.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The share that this is, if the run is divided.
    #[must_use]
    pub fn share(&self) -> Option<Shard> {
        self.shard
    }
}

/// The sequences by their tokens, and those that have none.
fn grouped(
    model: &Model,
    sequences: &[&str],
    max_tokens: usize,
) -> (Vec<Task>, Vec<(usize, crate::Error)>) {
    let (mut tasks, mut untokenised) = (Vec::<Task>::new(), Vec::new());
    let mut numbers: HashMap<Vec<u32>, usize> = HashMap::new();
    for (place, sequence) in sequences.iter().enumerate() {
        let tokens = match model.tokenizer().encode(sequence, Some(max_tokens)) {
            Ok(tokens) => tokens,
            Err(error) => {
                untokenised.push((place, error));
                continue;
            }
        };
        let number = *numbers.entry(tokens.ids().to_vec()).or_insert(tasks.len());
        match tasks.get_mut(number) {
            Some(task) => task.places.push(place),
            None => tasks.push(Task {
                number: 0,
                tokens,
                places: vec![place],
            }),
        }
    }
    (tasks, untokenised)
}

fn sha256(tasks: &[Task], names: &[String]) -> String {
    let mut digest = Sha256::new();
    for task in tasks {
        for id in task.tokens.ids() {
            digest.update(id.to_le_bytes());
        }
        for place in &task.places {
            digest.update(names[*place].as_bytes());
            digest.update([0]);
        }
        digest.update([0xff; 4]);
    }
    hexadecimal(&digest.finalize())
}

/// A name of its own for each record, in any order of them.
fn names(ids: &[&str], sequences: &[&str]) -> Vec<String> {
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by_key(|place| (ids[*place], sequences[*place]));
    let mut names = vec![String::new(); ids.len()];
    for alike in order.chunk_by(|a, b| ids[*a] == ids[*b]) {
        for (number, place) in alike.iter().enumerate() {
            let id = ids[*place];
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
pub(super) mod tests {
    use super::*;

    pub(crate) fn model() -> Model {
        let config = br#"{"model_type": "bert", "vocab_size": 30, "hidden_size": 16,
            "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 32}"#;
        Model::random(config, None, 1).unwrap()
    }

    #[test]
    fn every_record_has_a_name_of_its_own_in_any_order() {
        let named = names(&["x", "y", "x"], &["MK", "MK", "AK"]);
        assert_eq!(named, ["x (2 of 2)", "y", "x (1 of 2)"]);
        assert_eq!(
            names(&["x", "x", "y"], &["AK", "MK", "MK"]),
            ["x (1 of 2)", "x (2 of 2)", "y"]
        );
    }

    #[test]
    fn the_same_sequences_are_in_a_share_whatever_their_order() {
        let model = model();
        let sequence =
            |n: usize| "MKVLAAGIWE".repeat(3)[..5 + n % 20].to_owned() + &"A".repeat(n % 7);
        let mut records: Vec<(String, String)> =
            (0..200).map(|n| (format!("p{n}"), sequence(n))).collect();
        let plan = |records: &[(String, String)], shard| {
            let records = records.iter().map(|(id, s)| (id.as_str(), s.as_str()));
            let plan = Plan::new(&model, records, 512).unwrap();
            let plan = plan.shard(&model, shard);
            let names = |task: &Task| {
                let names = task.places.iter().map(|place| plan.name(*place).to_owned());
                (task.number, names.collect::<Vec<_>>())
            };
            let tasks: Vec<_> = plan.tasks.iter().map(names).collect();
            (tasks, plan.sha256)
        };
        let shares = |records: &[(String, String)]| {
            [1, 2, 3].map(|number| plan(records, Some(Shard::new(number, 3).unwrap())).0)
        };
        let taken = shares(&records);
        let (whole, sum) = plan(&records, None);
        assert_eq!(taken.iter().map(Vec::len).sum::<usize>(), whole.len());
        assert!(whole.len() < records.len(), "some have the same sequence");
        records.reverse();
        records.rotate_left(77);
        assert_eq!(shares(&records), taken);
        assert_eq!(plan(&records, None).1, sum);
        records.pop();
        assert_ne!(plan(&records, None).1, sum);
    }
}
