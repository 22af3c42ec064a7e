//! Which of the chains that were read are given back.

use std::path::Path;

use super::annotation::Annotations;
use super::assembly::Assembly;
use super::chain::{self, Outcome, ProteinChain};
use super::secondary_structure::{self, SecondaryStructure};
use super::warning::Warning;
use super::{Format, Options, Structure};
use crate::Error;

/// Makes proteins of the chains that are wanted, or says what the file lacks.
pub(super) fn proteins(
    mut assembly: Assembly<'_>,
    format: Format,
    path: &Path,
    options: &Options,
) -> Result<Structure, Error> {
    let fail = |message| Error::format(path, message);
    check_models(&mut assembly).map_err(fail)?;
    let stem = stem(path);
    let mut outcomes = outcomes(&mut assembly, &stem, options.observed_only)?;
    if options.secondary_structure == SecondaryStructure::Dssp {
        secondary_structure::add(proteins_of(&mut outcomes))?;
    }
    let annotations = annotations(&assembly, &outcomes, options);
    let mut structure = Structure {
        chains: Vec::new(),
        format,
        stem,
        warnings: assembly.warnings.clone(),
    };
    let mut found = Found::default();
    let wanted = options.chains.as_deref();
    if wanted.is_none() {
        structure.warnings.extend(annotations.unknown_chains());
    }
    for (chain, outcome) in assembly.chains.iter().zip(outcomes) {
        let id = chain.id;
        found.add(id, &outcome);
        if wanted.is_some_and(|ids| !ids.iter().any(|wanted| wanted == id)) {
            continue;
        }
        match outcome {
            Outcome::Protein(mut found) => {
                let odd = annotations.label(&mut found.protein, chain, &found.positions)?;
                structure.chains.push(found.protein);
                structure.warnings.extend(found.warnings);
                structure.warnings.extend(odd);
            }
            Outcome::Other { nucleotides } => structure.warnings.push(Warning::NotProtein {
                chain: id.to_owned(),
                nucleotides,
            }),
        }
    }
    found.check(wanted.unwrap_or_default()).map_err(fail)?;
    Ok(structure)
}

/// What each chain is, those included that are not wanted: hydrogen bonds cross chains.
fn outcomes<'a>(
    assembly: &mut Assembly<'a>,
    stem: &str,
    observed_only: bool,
) -> Result<Vec<Outcome<'a>>, Error> {
    let parents = &assembly.parents;
    let chains = assembly.chains.iter_mut();
    chains
        .map(|chain| chain::protein(chain, parents, stem, observed_only))
        .collect()
}

fn proteins_of<'o, 'a>(outcomes: &'o mut [Outcome<'a>]) -> Vec<&'o mut ProteinChain<'a>> {
    let proteins = outcomes.iter_mut().filter_map(|outcome| match outcome {
        Outcome::Protein(chain) => Some(&mut **chain),
        Outcome::Other { .. } => None,
    });
    proteins.collect()
}

fn annotations<'s, 'a>(
    assembly: &'s Assembly<'a>,
    outcomes: &[Outcome<'a>],
    options: &Options,
) -> Annotations<'s, 'a> {
    let chains = assembly.chains.iter().zip(outcomes);
    let proteins: Vec<_> = chains
        .filter_map(|(chain, outcome)| match outcome {
            Outcome::Protein(found) => Some((chain, found.positions.as_slice())),
            Outcome::Other { .. } => None,
        })
        .collect();
    Annotations::new(assembly, &proteins, options)
}

/// Fails if the wanted model has no atoms, and notes the others.
fn check_models(assembly: &mut Assembly<'_>) -> Result<(), String> {
    let others = assembly.other_models();
    let (Some(used), false) = (assembly.model(), others.is_empty()) else {
        return Ok(());
    };
    if assembly.chains.is_empty() {
        return Err(format!(
            "there is no model {used}; the file has {}",
            list(&others)
        ));
    }
    assembly.warnings.push(Warning::OtherModels {
        used,
        ignored: others.len(),
    });
    Ok(())
}

/// The chains of a file by what they are.
#[derive(Default)]
struct Found<'a> {
    proteins: Vec<&'a str>,
    nucleic: Vec<&'a str>,
    /// Ligands, ions and sugars.
    rest: Vec<&'a str>,
}

impl<'a> Found<'a> {
    fn add(&mut self, id: &'a str, outcome: &Outcome<'_>) {
        match outcome {
            Outcome::Protein(..) => &mut self.proteins,
            Outcome::Other { nucleotides: 0 } => &mut self.rest,
            Outcome::Other { .. } => &mut self.nucleic,
        }
        .push(id);
    }

    /// Fails if a wanted chain is missing, or if there is no protein at all.
    fn check(&self, wanted: &[String]) -> Result<(), String> {
        let is_missing = |id: &&str| !self.proteins.contains(id);
        if let Some(id) = wanted.iter().map(String::as_str).find(is_missing) {
            return Err(format!(
                "{}; protein chains: {}",
                self.describe(id),
                list(&self.proteins)
            ));
        }
        match (
            self.proteins.is_empty(),
            self.nucleic.is_empty(),
            self.rest.is_empty(),
        ) {
            (false, _, _) => Ok(()),
            (true, false, _) => Err(format!(
                "there is no protein, only nucleic acid (chains: {})",
                list(&self.nucleic)
            )),
            (true, true, false) => Err(format!(
                "there is no protein, only other molecules (chains: {})",
                list(&self.rest)
            )),
            (true, true, true) => Err("there are no atoms, or none but of water".to_owned()),
        }
    }

    fn describe(&self, id: &str) -> String {
        if self.nucleic.contains(&id) {
            format!("chain {id} is nucleic acid")
        } else if self.rest.contains(&id) {
            format!("chain {id} has no amino acids")
        } else {
            format!("there is no chain {id}")
        }
    }
}

fn list(items: &[impl ToString]) -> String {
    if items.is_empty() {
        return "none".to_owned();
    }
    items
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// The name of the file without the endings of structure files.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut stem = &*name;
    for ending in [".gz", ".pdb", ".ent", ".cif", ".mmcif"] {
        let cut = stem.len().saturating_sub(ending.len());
        if let Some((head, tail)) = stem.split_at_checked(cut)
            && !head.is_empty()
            && tail.eq_ignore_ascii_case(ending)
        {
            stem = head;
        }
    }
    stem.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stem_keeps_what_is_no_ending() {
        for (name, expected) in [
            ("/data/1ubq.pdb", "1ubq"),
            ("pdb1ubq.ent.gz", "pdb1ubq"),
            ("AF-P69905-F1-model_v6.cif", "AF-P69905-F1-model_v6"),
            ("1UBQ.CIF", "1UBQ"),
            (".pdb", ".pdb"),
            ("plain", "plain"),
            ("é.mmcif", "é"),
        ] {
            assert_eq!(stem(Path::new(name)), expected);
        }
    }
}
