//! What a data set holds, counted.
//!
//! ```
//! use protattn_io::summary::Summary;
//! use protattn_io::{Protein, Track};
//!
//! let mut protein = Protein::new("1ubq.A", "MQIX")?;
//! protein.set_label("binding-site", Track::Flags(vec![Some(true), None, Some(false), None]))?;
//! let mut summary = Summary::default();
//! summary.observe(&protein);
//!
//! assert_eq!((summary.records(), summary.residues(), summary.unknown_residues()), (1, 4, 1));
//! let site = &summary.labels()["binding-site"];
//! assert_eq!((site.defined, site.undefined, site.classes["yes"]), (2, 2, 1));
//! # Ok::<(), protattn_io::Error>(())
//! ```

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use crate::{Protein, Track};

/// What is in the records seen so far.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    lengths: Vec<usize>,
    residues: BTreeMap<char, u64>,
    numbered: usize,
    ca: Positions,
    cb: Positions,
    labels: BTreeMap<String, LabelSummary>,
    ids: HashMap<String, usize>,
}

/// How many positions of an atom are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Positions {
    /// Records with positions.
    pub records: usize,
    /// Their residues that have one.
    pub known: u64,
    /// Their residues that have none: they were not observed.
    pub missing: u64,
}

/// What a label says of the records that have it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LabelSummary {
    /// Records that have the label.
    pub records: usize,
    /// Their residues of which a value is known.
    pub defined: u64,
    /// Their residues of which none is.
    pub undefined: u64,
    /// Residues of each class; those of a flag are `yes` and `no`.
    pub classes: BTreeMap<String, u64>,
}

/// The lengths of the records, in residues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Lengths {
    /// The shortest.
    pub min: usize,
    /// A quarter of the records are shorter than this, or as long.
    pub quarter: usize,
    /// Half of them are.
    pub median: usize,
    /// Three quarters of them are.
    pub three_quarters: usize,
    /// The longest.
    pub max: usize,
}

impl Summary {
    /// Counts one record.
    pub fn observe(&mut self, protein: &Protein) {
        self.lengths.push(protein.len());
        *self.ids.entry(protein.id().to_owned()).or_default() += 1;
        for residue in protein.sequence().chars() {
            *self.residues.entry(residue).or_default() += 1;
        }
        self.numbered += usize::from(protein.numbering().is_some());
        for (positions, found) in [(&mut self.ca, protein.ca()), (&mut self.cb, protein.cb())] {
            let Some(found) = found else { continue };
            let known = found.iter().flatten().count();
            positions.records += 1;
            positions.known += known as u64;
            positions.missing += (found.len() - known) as u64;
        }
        for (name, track) in protein.tracks() {
            self.labels
                .entry(name.to_owned())
                .or_default()
                .observe(track);
        }
    }

    /// How many records there are.
    pub fn records(&self) -> usize {
        self.lengths.len()
    }

    /// How many residues they have together.
    pub fn residues(&self) -> u64 {
        self.residues.values().sum()
    }

    /// How many of these are none of the twenty amino acids: X, and the rare B, J, O, U, Z.
    pub fn unknown_residues(&self) -> u64 {
        let rare = self
            .residues
            .iter()
            .filter(|(letter, _)| "BJOUXZ".contains(**letter));
        rare.map(|(_, count)| count).sum()
    }

    /// How often each letter occurs.
    pub fn letters(&self) -> &BTreeMap<char, u64> {
        &self.residues
    }

    /// The lengths of the records; `None` if there are none.
    pub fn lengths(&self) -> Option<Lengths> {
        let mut lengths = self.lengths.clone();
        lengths.sort_unstable();
        // The smallest length with at least that share of the records at or below it.
        let quantile = |quarters: usize| {
            let rank = (lengths.len() * quarters).div_ceil(4).max(1);
            lengths.get(rank - 1).copied()
        };
        Some(Lengths {
            min: quantile(0)?,
            quarter: quantile(1)?,
            median: quantile(2)?,
            three_quarters: quantile(3)?,
            max: quantile(4)?,
        })
    }

    /// How many records have author numbers.
    pub fn numbered(&self) -> usize {
        self.numbered
    }

    /// The Cα positions.
    pub fn ca(&self) -> Positions {
        self.ca
    }

    /// The Cβ positions.
    pub fn cb(&self) -> Positions {
        self.cb
    }

    /// What each label says, by its name.
    pub fn labels(&self) -> &BTreeMap<String, LabelSummary> {
        &self.labels
    }

    /// Identifiers of more than one record, in their order.
    pub fn repeated_ids(&self) -> BTreeSet<&str> {
        let repeated = self.ids.iter().filter(|(_, count)| **count > 1);
        repeated.map(|(id, _)| id.as_str()).collect()
    }
}

impl LabelSummary {
    fn observe(&mut self, track: &Track) {
        self.records += 1;
        let defined = track.defined() as u64;
        self.defined += defined;
        self.undefined += track.len() as u64 - defined;
        let mut count = |class: &str| match self.classes.get_mut(class) {
            Some(count) => *count += 1,
            None => drop(self.classes.insert(class.to_owned(), 1)),
        };
        match track {
            Track::Flags(flags) => {
                let names = flags
                    .iter()
                    .flatten()
                    .map(|flag| if *flag { "yes" } else { "no" });
                names.for_each(&mut count);
            }
            Track::Classes(classes) => classes.iter().flatten().for_each(|class| count(class)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn summary(lengths: &[usize]) -> Summary {
        let mut summary = Summary::default();
        for length in lengths {
            summary.observe(&Protein::new("p", &"A".repeat(*length)).unwrap());
        }
        summary
    }

    #[test]
    fn lengths_are_told_by_their_quarters() {
        let lengths = summary(&[9, 1, 5, 3, 7]).lengths().unwrap();
        let Lengths {
            min,
            quarter,
            median,
            three_quarters,
            max,
        } = lengths;
        assert_eq!([min, quarter, median, three_quarters, max], [1, 3, 5, 7, 9]);
        assert_eq!(summary(&[4]).lengths().unwrap().quarter, 4);
        assert_eq!(Summary::default().lengths(), None);
    }

    #[test]
    fn records_of_one_identifier_are_told() {
        assert_eq!(
            summary(&[1, 2])
                .repeated_ids()
                .into_iter()
                .collect::<Vec<_>>(),
            ["p"]
        );
        assert!(summary(&[1]).repeated_ids().is_empty());
    }

    #[test]
    fn what_is_missing_is_counted_apart_from_no() {
        let mut protein = Protein::new("p", "ACD").unwrap();
        protein.set_ca(vec![Some([0.0; 3]), None, None]).unwrap();
        let classes = vec![Some("helix".to_owned()), None, Some("helix".to_owned())];
        protein.set_label("ss", Track::Classes(classes)).unwrap();
        let mut summary = summary(&[5]);
        summary.observe(&protein);
        assert_eq!(
            summary.ca(),
            Positions {
                records: 1,
                known: 1,
                missing: 2
            }
        );
        assert_eq!(summary.cb(), Positions::default());
        let ss = &summary.labels()["ss"];
        assert_eq!(
            (ss.records, ss.defined, ss.undefined, ss.classes["helix"]),
            (1, 2, 1, 2)
        );
    }
}
