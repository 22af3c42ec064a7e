//! Counts kept protein by protein: the unit that a data set is drawn in.

use serde::{Deserialize, Serialize};

use crate::checked::checked_when_read;
use crate::packed::{pack, unpack};
use crate::strata::StratumCounts;
use crate::{ArcCounts, AttentionArc, Error, Labels, Property, ProteinRow, Strata};

/// The counts of one protein, as they are made: an [`ArcCounts`] and, where a background is to be
/// matched, the same arcs by [stratum](Strata).
///
/// Made by [`ByProtein::fresh`], filled, and given to [`ByProtein::push`], which empties it for the
/// next protein.
#[derive(Clone, Debug)]
pub struct ProteinCounts {
    pub(crate) arcs: ArcCounts,
    pub(crate) strata: Option<StratumCounts>,
}

impl ProteinCounts {
    /// Counts the labels of the protein, whose first `n_read` residues the model read, into the
    /// background, as [`ArcCounts::observe_protein`]; `sequence` is that of the whole protein.
    ///
    /// # Errors
    ///
    /// As [`ArcCounts::observe_protein`]; also [`Error::LabelCount`] if the sequence is not as long as
    /// the labels.
    pub fn observe_protein(
        &mut self,
        labels: &Labels,
        sequence: &str,
        n_read: usize,
    ) -> Result<(), Error> {
        if sequence.len() != labels.n_residues() {
            return Err(Error::LabelCount {
                property: self.arcs.property().to_owned(),
                expected: sequence.len(),
                found: labels.n_residues(),
            });
        }
        self.arcs.observe_protein(labels, n_read)?;
        if let Some(strata) = &mut self.strata {
            strata.observe_protein(labels, sequence, n_read);
        }
        Ok(())
    }

    /// Counts the arcs of one layer, as [`ArcCounts::observe_arcs`]. Call it after
    /// [`observe_protein`](Self::observe_protein), with the same labels.
    ///
    /// # Errors
    ///
    /// As [`ArcCounts::observe_arcs`].
    pub fn observe_arcs(
        &mut self,
        layer: usize,
        arcs: &[AttentionArc],
        labels: &Labels,
    ) -> Result<(), Error> {
        self.arcs.observe_arcs(layer, arcs, labels)?;
        if let Some(strata) = &mut self.strata {
            strata.observe_arcs(self.arcs.row(layer)?, arcs, labels);
        }
        Ok(())
    }

    /// The counts, without strata.
    pub fn counts(&self) -> &ArcCounts {
        &self.arcs
    }

    fn clear(&mut self) {
        self.arcs.clear();
        for numbers in self.strata.iter_mut().flat_map(StratumCounts::numbers_mut) {
            numbers.fill(0);
        }
    }
}

/// The counts of each protein of a data set for one [`Property`], packed: what the bootstrap draws
/// from, and what any other counts of the data set are sums of.
///
/// # Laws
///
/// As those of [`ArcCounts`]: [merging](Self::merge) is associative, and commutative once the proteins
/// are [sorted](Self::sort). A protein takes about a byte a count that is not zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ByProtein {
    /// Counts of nothing: what is counted of.
    empty: ArcCounts,
    strata: Option<Strata>,
    proteins: Vec<Packed>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Packed {
    id: String,
    numbers: Box<[u8]>,
}

checked_when_read!(ByProtein);

impl ByProtein {
    /// Nothing counted yet. Arcs are counted by stratum too if the property has a
    /// [matched background](Property::matched_by) and `matched` asks for it.
    ///
    /// `layers` are the 0-based layers of the model that will be counted, ascending.
    ///
    /// # Errors
    ///
    /// As [`ArcCounts::new`].
    pub fn new(
        property: &dyn Property,
        layers: Vec<usize>,
        n_heads: usize,
        matched: bool,
    ) -> Result<Self, Error> {
        Ok(Self {
            empty: ArcCounts::new(property, layers, n_heads)?,
            strata: property.matched_by().filter(|_| matched),
            proteins: Vec::new(),
        })
    }

    /// Counts for a protein, empty.
    pub fn fresh(&self) -> ProteinCounts {
        let (rows, heads) = (self.empty.layers().len(), self.empty.n_heads());
        let n_classes = self.empty.classes().len();
        ProteinCounts {
            arcs: self.empty.clone(),
            strata: self
                .strata
                .map(|strata| StratumCounts::new(strata, n_classes, rows, heads)),
        }
    }

    /// Adds the counts of one protein, and empties them. Counts of [no protein](ArcCounts::proteins)
    /// are passed over: the property knew nothing of it.
    ///
    /// # Errors
    ///
    /// [`Error::Merge`] if they are counts of something else.
    pub fn push(&mut self, id: &str, counts: &mut ProteinCounts) -> Result<(), Error> {
        self.empty.check_mergeable(&counts.arcs)?;
        if counts.arcs.proteins() > 0 {
            let strata = counts.strata.iter().flat_map(StratumCounts::numbers);
            let numbers = pack(counts.arcs.numbers().into_iter().chain(strata));
            let id = id.to_owned();
            self.proteins.push(Packed { id, numbers });
        }
        counts.clear();
        Ok(())
    }

    /// Adds the proteins of another part of the data set.
    ///
    /// # Errors
    ///
    /// [`Error::Merge`] if the two are not of the same property, classes, layers, heads and strata.
    pub fn merge(&mut self, other: Self) -> Result<(), Error> {
        self.empty.check_mergeable(&other.empty)?;
        if self.strata != other.strata {
            let [expected, found] = [self.strata, other.strata].map(|strata| format!("{strata:?}"));
            return Err(Error::Merge {
                property: self.empty.property().to_owned(),
                what: "the matching of the background",
                expected,
                found,
            });
        }
        self.proteins.extend(other.proteins);
        Ok(())
    }

    /// Puts the proteins in the order of their identifiers (and, of the same identifier, their
    /// counts), so that nothing depends on the order in which they were counted.
    pub fn sort(&mut self) {
        self.proteins.sort_unstable();
    }

    /// The number of proteins of which the property knew something.
    pub fn len(&self) -> usize {
        self.proteins.len()
    }

    /// Whether the property knew nothing of any protein.
    pub fn is_empty(&self) -> bool {
        self.proteins.is_empty()
    }

    /// The identifiers, in the order of [`for_each`](Self::for_each).
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.proteins.iter().map(|protein| protein.id.as_str())
    }

    /// By what the background can be matched, if it was counted.
    pub fn strata(&self) -> Option<Strata> {
        self.strata
    }

    /// Counts of nothing, of the same property, layers and heads.
    pub fn empty(&self) -> &ArcCounts {
        &self.empty
    }

    /// Visits the counts of each protein, with its identifier.
    pub fn for_each(&self, mut visit: impl FnMut(&str, &ProteinCounts)) {
        let mut counts = self.fresh();
        for protein in &self.proteins {
            // What is held was packed here or checked on the way in.
            if counts.unpack(&protein.numbers).is_some() {
                visit(&protein.id, &counts);
            }
        }
    }

    /// A row for each protein, class, layer and head with an arc, in this order.
    pub fn rows(&self) -> impl Iterator<Item = ProteinRow> {
        let mut counts = self.fresh();
        self.proteins.iter().flat_map(move |protein| {
            // What is held was packed here or checked on the way in.
            let unpacked = counts.unpack(&protein.numbers);
            unpacked.map_or_else(Vec::new, |()| counts.arcs.rows_of(&protein.id))
        })
    }

    /// The counts of all proteins together.
    ///
    /// # Errors
    ///
    /// [`Error::Overflow`] if a sum is too large.
    pub fn total(&self) -> Result<ArcCounts, Error> {
        let mut total = self.empty.clone();
        let mut merged = Ok(());
        self.for_each(|_, protein| {
            if merged.is_ok() {
                merged = total.merge(&protein.arcs);
            }
        });
        merged.map(|()| total)
    }
}

impl ArcCounts {
    /// A row for each class, layer and head with an arc in the one protein that was counted.
    fn rows_of(&self, protein: &str) -> Vec<ProteinRow> {
        let mut rows = Vec::new();
        for (class, name) in self.classes().iter().enumerate() {
            for (place, layer) in self.layers().iter().enumerate() {
                for head in 0..self.n_heads() {
                    let counts = self.cell(class, place, head);
                    if counts.arcs_total == 0 {
                        continue;
                    }
                    rows.push(ProteinRow {
                        protein: protein.to_owned(),
                        property: self.property().to_owned(),
                        class: name.clone(),
                        layer: *layer,
                        head,
                        arcs_in_class: counts.arcs_in_class as usize,
                        arcs_eligible: counts.arcs_eligible as usize,
                        arcs_total: counts.arcs_total as usize,
                    });
                }
            }
        }
        rows
    }
}

impl ProteinCounts {
    fn unpack(&mut self, numbers: &[u8]) -> Option<()> {
        let strata = self.strata.iter_mut().flat_map(StratumCounts::numbers_mut);
        unpack(numbers, self.arcs.numbers_mut().into_iter().chain(strata))
    }
}

impl ByProtein {
    /// Refuses saved numbers that are not the counts of one protein each.
    fn check(&self) -> Result<(), Error> {
        let mut counts = self.fresh();
        for Packed { id, numbers } in &self.proteins {
            counts.unpack(numbers).ok_or_else(|| Error::Damaged {
                property: self.empty.property().to_owned(),
                message: format!("{id}: it does not hold the counts of one protein"),
            })?;
            counts.arcs.check()?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use protattn_io::{Protein, Track};

    use super::*;
    use crate::{BindingSite, labels_of};

    fn protein(id: &str, sites: &str) -> Protein {
        let mut protein = Protein::new(id, &"HA".repeat(sites.len())[..sites.len()]).unwrap();
        let flags = sites.chars().map(|c| Some(c == '1')).collect();
        protein
            .set_label("binding-site", Track::Flags(flags))
            .unwrap();
        protein
    }

    fn arc(head: usize, from: usize, to: usize) -> AttentionArc {
        let weight = 0.5;
        AttentionArc {
            head,
            from,
            to,
            weight,
        }
    }

    fn counted(proteins: &[(&str, &str)]) -> ByProtein {
        let mut all = ByProtein::new(&BindingSite, vec![1, 4], 2, true).unwrap();
        let mut counts = all.fresh();
        for (id, sites) in proteins {
            let protein = protein(id, sites);
            let labels = labels_of(&BindingSite, &protein).unwrap().unwrap();
            let n = protein.len();
            counts
                .observe_protein(&labels, protein.sequence(), n)
                .unwrap();
            let arcs = [arc(0, 0, 1), arc(1, 1, 0), arc(1, n - 1, 0)];
            counts.observe_arcs(4, &arcs, &labels).unwrap();
            all.push(id, &mut counts).unwrap();
        }
        all
    }

    #[test]
    fn the_total_is_that_of_one_count_over_all() {
        let all = counted(&[("b", "101"), ("a", "0100")]);
        let total = all.total().unwrap();
        assert_eq!(total.proteins(), 2);
        assert_eq!(
            (total.background_in_class(0), total.background_eligible()),
            (3, 7)
        );
        let head = total.head(0, 4, 1).unwrap();
        assert_eq!((head.arcs_in_class, head.arcs_total), (2, 4));
        assert_eq!(total.head(0, 1, 1).unwrap().arcs_total, 0);
    }

    #[test]
    fn parts_merge_and_sort_into_the_whole() {
        let mut whole = counted(&[("a", "0100"), ("b", "101"), ("c", "11")]);
        whole.sort();
        let mut parts = counted(&[("c", "11"), ("a", "0100")]);
        parts.merge(counted(&[("b", "101")])).unwrap();
        assert_ne!(parts, whole);
        parts.sort();
        assert_eq!(parts, whole);
        assert_eq!(parts.ids().collect::<Vec<_>>(), ["a", "b", "c"]);

        let plain = ByProtein::new(&BindingSite, vec![1, 4], 2, false).unwrap();
        let error = parts.merge(plain).unwrap_err().to_string();
        assert!(
            error.ends_with("is Some(AminoAcid) in one and None in the other"),
            "{error}"
        );
    }

    #[test]
    fn saved_counts_are_read_and_damaged_ones_named() {
        let all = counted(&[("a", "0100"), ("b", "101")]);
        let mut value = serde_json::to_value(&all).unwrap();
        let read: ByProtein = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(read, all);
        value["proteins"][1]["numbers"] = serde_json::json!([1, 2, 3]);
        let error = serde_json::from_value::<ByProtein>(value)
            .unwrap_err()
            .to_string();
        assert!(error.contains("b: it does not hold the counts"), "{error}");
    }

    #[test]
    fn what_a_property_knows_nothing_of_is_not_kept() {
        let mut all = counted(&[]);
        let mut counts = all.fresh();
        all.push("a", &mut counts).unwrap();
        assert!(all.is_empty());
        let labels = Labels::Residues(vec![protattn_io::Label::NONE; 3]);
        let error = counts.observe_protein(&labels, "AC", 2).unwrap_err();
        assert!(matches!(
            error,
            Error::LabelCount {
                expected: 2,
                found: 3,
                ..
            }
        ));
    }
}
