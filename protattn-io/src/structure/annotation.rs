//! From what a file says of its residues to label tracks.

use std::collections::{HashMap, HashSet};

use super::assembly::{Assembly, Chain};
use super::ligand;
use super::position::{Index, Position};
use super::record::{self, Bond, Content, Element, End, Record, Reference};
use super::residue_name::{self, Kind, Parents};
use super::secondary_structure::of_three;
use super::warning::Warning;
use super::{BindingSites, Options, SecondaryStructure};
use crate::{Error, Protein, Track, labels};

/// What a file says of its residues, ready to be laid on its proteins.
#[derive(Debug)]
pub(super) struct Annotations<'s, 'a> {
    assembly: &'s Assembly<'a>,
    by_chain: HashMap<&'a str, Vec<&'s Record<'a>>>,
    sites: Sites<'a>,
    has_modifications: bool,
    has_links: bool,
    has_stretches: bool,
}

/// Where binding sites come from.
#[derive(Debug)]
enum Sites<'a> {
    Unknown,
    Records,
    /// The positions of each protein chain that are near a ligand.
    Ligands(HashMap<&'a str, Vec<bool>>),
}

impl<'s, 'a> Annotations<'s, 'a> {
    /// `proteins` are the protein chains with their positions.
    pub(super) fn new(
        assembly: &'s Assembly<'a>,
        proteins: &[(&Chain<'a>, &[Position<'a>])],
        options: &Options,
    ) -> Self {
        let records = &assembly.records;
        let has_sites = records.any(|content| matches!(content, Content::BindingSite(_)));
        let near = |distance| {
            let bound = ligand::bound(assembly, proteins, distance);
            bound.map_or(Sites::Unknown, Sites::Ligands)
        };
        let sites = match options.binding_sites {
            BindingSites::File | BindingSites::Either { .. } if has_sites => Sites::Records,
            BindingSites::File => Sites::Unknown,
            BindingSites::Ligands { distance } | BindingSites::Either { distance } => {
                near(distance)
            }
        };
        Self {
            assembly,
            by_chain: records.by_chain(),
            sites,
            has_modifications: records.any(|content| matches!(content, Content::Modification(_))),
            has_links: records.any(|content| matches!(content, Content::Link(..))),
            has_stretches: options.secondary_structure == SecondaryStructure::File
                && records.any(|content| matches!(content, Content::Stretch(..))),
        }
    }

    /// That records name chains that are not there.
    pub(super) fn unknown_chains(&self) -> Vec<Warning> {
        let chains = self.assembly.chains.iter().map(|chain| chain.id);
        let chains: HashSet<&str> = chains.collect();
        let is_unknown = |residue: &&Reference<'a>| {
            let is_other = residue.number.is_some_and(|number| {
                let other = (residue.chain, number, residue.name);
                self.assembly.others.contains(&other)
            });
            !chains.contains(residue.chain) && !is_other && !residue_name::is_water(residue.name)
        };
        let mut warnings = Vec::new();
        for record in &self.assembly.records.all {
            if self.wants(&record.content) {
                let unknown = record.content.residues().filter(is_unknown);
                warnings.extend(unknown.map(|residue| record.no_residue(residue)));
            }
        }
        warnings
    }

    /// Gives a protein the tracks that the file has for it, and says what is odd in them.
    pub(super) fn label(
        &self,
        protein: &mut Protein,
        chain: &Chain<'a>,
        positions: &[Position<'a>],
    ) -> Result<Vec<Warning>, Error> {
        let (marks, warnings) = self.marks(chain, positions);
        let mut set = |name, track| protein.set_label(name, track);
        if !matches!(self.sites, Sites::Unknown) {
            set(labels::BINDING_SITE, flags(&marks.sites, positions))?;
        }
        if self.has_modifications {
            set(labels::MODIFICATION, flags(&marks.modified, positions))?;
        }
        if self.has_links {
            let is_linked: Vec<bool> = marks.bonds.iter().map(Option::is_some).collect();
            set(labels::LINK, flags(&is_linked, positions))?;
            let class = |bond: Option<Bond>| bond.map_or("none", Bond::class);
            set(labels::LINK_TYPE, classes(&marks.bonds, positions, class))?;
        }
        if self.has_stretches {
            let four = classes(&marks.elements, positions, record::of_four);
            set(labels::SECONDARY_STRUCTURE, four)?;
            let three = classes(&marks.elements, positions, |element| {
                of_three(record::of_four(element))
            });
            set(labels::SECONDARY_STRUCTURE_3, three)?;
        }
        Ok(warnings)
    }

    fn marks(&self, chain: &Chain<'a>, positions: &[Position<'a>]) -> (Marks, Vec<Warning>) {
        let index = Index::new(chain, self.assembly, positions);
        let mut marks = Marks::new(positions.len());
        let mut warnings = Vec::new();
        for &record in self.by_chain.get(chain.id).into_iter().flatten() {
            if self.wants(&record.content) {
                marks.add(record, &index, &mut warnings);
            }
        }
        if let Sites::Ligands(bound) = &self.sites {
            marks.sites = bound.get(chain.id).cloned().unwrap_or(marks.sites);
        }
        (marks, warnings)
    }

    fn wants(&self, content: &Content<'_>) -> bool {
        match content {
            Content::BindingSite(_) => matches!(self.sites, Sites::Records),
            Content::Stretch(..) => self.has_stretches,
            Content::Modification(_) | Content::Link(..) => true,
        }
    }
}

/// What the records say of each position of a protein.
struct Marks {
    sites: Vec<bool>,
    modified: Vec<bool>,
    bonds: Vec<Option<Bond>>,
    elements: Vec<Option<Element>>,
}

impl Marks {
    fn new(n: usize) -> Self {
        Self {
            sites: vec![false; n],
            modified: vec![false; n],
            bonds: vec![None; n],
            elements: vec![None; n],
        }
    }

    fn add<'a>(&mut self, record: &Record<'a>, index: &Index<'_, 'a>, warnings: &mut Vec<Warning>) {
        let mut find = |residue| index.find(record, residue, warnings);
        match &record.content {
            Content::BindingSite(residue) => mark(&mut self.sites, &find(residue), true),
            Content::Modification(residue) => mark(&mut self.modified, &find(residue), true),
            Content::Link(bond, ends) => {
                let found = [find(&ends[0].residue), find(&ends[1].residue)];
                if *bond != Bond::Covalent || !continues_chain(ends, &found) {
                    mark(&mut self.bonds, &found.concat(), Some(*bond));
                }
            }
            Content::Stretch(_, [first, last]) if first.chain != last.chain => {
                // It is met in both chains, and told of in one.
                if first.chain == index.chain() {
                    warnings.push(record.unusable("its two ends are in two chains"));
                }
            }
            Content::Stretch(element, [first, last]) => {
                let (first, last) = (find(first).first().copied(), find(last).last().copied());
                let (Some(first), Some(last)) = (first, last) else {
                    return;
                };
                if first > last {
                    warnings.push(record.unusable("it ends before it begins"));
                    return;
                }
                let stretch: Vec<usize> = (first..=last).collect();
                mark(&mut self.elements, &stretch, Some(*element));
            }
        }
    }
}

/// Where two records speak of one position, the greater value stays.
fn mark<T: Ord + Copy>(marks: &mut [T], at: &[usize], value: T) {
    for &index in at {
        marks[index] = marks[index].max(value);
    }
}

/// Whether a covalent bond is one that makes the chain: files list those of modified residues. It is
/// one between neighbours, from the C of the first or to the N of the second, or to a blocking group.
fn continues_chain(ends: &[End<'_>; 2], found: &[Vec<usize>; 2]) -> bool {
    let is_cap = |end: &End<'_>| residue_name::kind(end.residue.name, &Parents::new()) == Kind::Cap;
    let joins = |first: usize, second: usize| {
        let is_next = |i: &usize| found[second].contains(&(i + 1));
        found[first].iter().any(is_next) && (ends[first].atom == "C" || ends[second].atom == "N")
    };
    ends.iter().any(is_cap) || joins(0, 1) || joins(1, 0)
}

/// Whether each residue is marked; one that was not observed and that no record names is undefined.
fn flags(marks: &[bool], positions: &[Position<'_>]) -> Track {
    let flag =
        |(mark, position): (&bool, &Position<'_>)| (*mark || position.is_observed).then_some(*mark);
    Track::Flags(marks.iter().zip(positions).map(flag).collect())
}

/// The class of each residue; one that was not observed is undefined.
fn classes<T: Copy>(
    marks: &[T],
    positions: &[Position<'_>],
    class: impl Fn(T) -> &'static str,
) -> Track {
    let class = |(mark, position): (&T, &Position<'_>)| {
        position.is_observed.then(|| class(*mark).to_owned())
    };
    Track::Classes(marks.iter().zip(positions).map(class).collect())
}
