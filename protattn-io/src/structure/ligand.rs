//! Binding sites by distance: the residues near a ligand.

use std::collections::{HashMap, HashSet};

use super::assembly::{Assembly, Atom, Chain, Origin};
use super::neighbours::Grid;
use super::position::{Index, Position};
use super::residue_name::{self, Kind, Parents};
use crate::{Point, contact};

/// The molecules that are no ligands for [`BindingSites::Ligands`](super::BindingSites::Ligands): what
/// is in crystals because of how they were grown, frozen or kept, and binds where it finds room.
/// Names are those of the Chemical Component Dictionary.
///
/// Alcohols and glycols: GOL glycerol, EDO ethylene glycol, PGO PDO propanediols, MPD MRD hexanediol,
/// EOH ethanol, MOH methanol, IPA 2-propanol, TBU tert-butanol, and polyethylene glycols of any length.
/// Acids and their salts: ACT ACY acetate, FMT formate, CIT FLC citrate, TLA TAR tartrate, MLI MLA
/// malonate, SIN succinate, OXL oxalate, CAC cacodylate. Inorganic ions: SO4, PO4 PI, CL, BR, IOD, F,
/// NO3, NH4, CO3 BCT, SCN, AZI, BO3. Buffers: TRS, EPE, MES, BTB, NHE, CXS, PIN, IMD. Others: DMS, BME,
/// DTT DTV, TCE, URE, GAI, and UNX, an atom of unknown element.
pub const ADDITIVES: &[&str] = &[
    "GOL", "EDO", "PGO", "PDO", "MPD", "MRD", "EOH", "MOH", "IPA", "TBU", "PEG", "PG0", "PGE",
    "PG4", "1PE", "P6G", "2PE", "PE4", "PE5", "PE8", "7PE", "12P", "15P", "33O", "P33", "XPE",
    "ACT", "ACY", "FMT", "CIT", "FLC", "TLA", "TAR", "MLI", "MLA", "SIN", "OXL", "CAC", "SO4",
    "PO4", "PI", "CL", "BR", "IOD", "F", "NO3", "NH4", "CO3", "BCT", "SCN", "AZI", "BO3", "TRS",
    "EPE", "MES", "BTB", "NHE", "CXS", "PIN", "IMD", "DMS", "BME", "DTT", "DTV", "TCE", "URE",
    "GAI", "UNX",
];

/// Whether each position of each protein chain has a heavy atom no further than `distance` (in Å) from
/// one of a ligand; `None` if the file has no ligand, or if its atoms were not kept.
pub(super) fn bound<'a>(
    assembly: &Assembly<'a>,
    proteins: &[(&Chain<'a>, &[Position<'a>])],
    distance: f32,
) -> Option<HashMap<&'a str, Vec<bool>>> {
    let indices: HashMap<&str, Index<'_, 'a>> = proteins
        .iter()
        .map(|(chain, positions)| (chain.id, Index::new(chain, assembly, positions)))
        .collect();
    let polymers = polymers(assembly);
    let mut ligands = Vec::new();
    let mut of_proteins = Vec::new();
    for atom in assembly.atoms.iter().flatten() {
        let Some(point) = atom.position.filter(|_| !is_hydrogen(atom)) else {
            continue;
        };
        let index = indices
            .get(atom.chain)
            .and_then(|index| index.of_atom(atom));
        match index {
            Some(index) => of_proteins.push((atom.chain, index, point)),
            None if is_ligand(atom, &polymers) => ligands.push(point),
            None => {}
        }
    }
    if ligands.is_empty() {
        return None;
    }
    let grid = Grid::new(ligands.iter().copied(), distance, usize::MAX);
    let is_near = |point: Point| {
        grid.near(point)
            .any(|index| contact::distance(&ligands[index], &point) <= f64::from(distance))
    };
    let unbound = |(chain, positions): &(&Chain<'a>, &[Position<'a>])| {
        (chain.id, vec![false; positions.len()])
    };
    let mut bound: HashMap<&str, Vec<bool>> = proteins.iter().map(unbound).collect();
    for (chain, index, point) in of_proteins {
        let is_bound = bound.get_mut(chain).and_then(|chain| chain.get_mut(index));
        if let Some(is_bound) = is_bound {
            *is_bound = *is_bound || is_near(point);
        }
    }
    Some(bound)
}

/// The names in the sequence of each chain: in PDB, what is HETATM before TER and named there is of
/// the polymer.
fn polymers<'a>(assembly: &Assembly<'a>) -> HashSet<(&'a str, &'a str)> {
    let names = |chain: &Chain<'a>| {
        let id = chain.id;
        let names = chain.sequence.iter().map(|monomer| (id, monomer.name));
        names.collect::<Vec<_>>()
    };
    assembly.chains.iter().flat_map(names).collect()
}

fn is_ligand(atom: &Atom<'_>, polymers: &HashSet<(&str, &str)>) -> bool {
    let is_outside = match atom.origin {
        Origin::Polymer => false,
        Origin::Hetero => !polymers.contains(&(atom.chain, atom.component)),
        Origin::Outside => true,
    };
    is_outside
        && residue_name::kind(atom.component, &Parents::new()) != Kind::Cap
        && !ADDITIVES.contains(&atom.component)
}

/// By the element, or else by the name, digits before it apart; an ion is named like its residue.
fn is_hydrogen(atom: &Atom<'_>) -> bool {
    if !atom.element.is_empty() {
        return matches!(atom.element, "H" | "D" | "h" | "d");
    }
    let name = atom.name.trim_start_matches(|c: char| c.is_ascii_digit());
    name.starts_with(['H', 'D']) && atom.name != atom.component
}
