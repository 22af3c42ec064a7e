//! Reads a PDB or mmCIF file, which may be compressed, and writes every view of it to a folder.
//!
//! ```sh
//! cargo run --release -p protattn-viz --example structure -- 1ubq.cif /tmp/view [CHAIN]
//! ```
//!
//! The arcs are made up, by a formula: some of the contacts, and a few other pairs.

use protattn_io::structure::{self, Format, Options};
use protattn_io::{Protein, Track, labels};
use protattn_viz::Figure;
use protattn_viz::structure::{
    FileFormat, HeadsOverview, Residue, ResidueArc, SecondaryStructure, StructureFile, View,
};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: structure FILE FOLDER [CHAIN]".into());
    };
    let options = Options {
        chains: arguments.next().map(|chain| vec![chain]),
        observed_only: false,
        ..Options::default()
    };
    let read = structure::read(Path::new(&file), &options)?;
    let residues: Vec<Residue> = read.chains.iter().flat_map(residues).collect();
    let arcs = made_up(&residues);
    let view = View::new(&residues, &arcs)?.title("Made-up attention");

    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let format = match read.format {
        Format::Mmcif => FileFormat::Mmcif,
        Format::Pdb => FileFormat::Pdb,
    };
    let file = StructureFile {
        location: &file,
        format,
    };
    let contacts: Vec<(usize, usize)> = pairs(residues.len())
        .filter(|&(from, to)| contact(&residues, from, to) == Some(true))
        .collect();
    for (layers, heads) in [(6, 4), (12, 12), (30, 16), (48, 20)] {
        let arcs = spread(&arcs, layers, heads);
        let svg = HeadsOverview::new(layers, heads, residues.len(), &arcs)
            .contacts(&contacts)
            .best(&[(layers - 1, 2), (layers / 2, 1)])
            .title("Made-up attention of every head")
            .to_svg()?;
        std::fs::write(folder.join(format!("heads-{layers}x{heads}.svg")), svg)?;
    }
    let region = 0..residues.len().min(60);
    for (name, text) in [
        ("sequence.svg", view.sequence_svg(region)?),
        ("sequence-all.svg", view.sequence_svg(0..residues.len())?),
        ("view.svg", view.to_svg()),
        ("view.html", view.to_html()),
        ("view.mvsj", view.to_mvsj(&file)),
        ("view.cxc", view.to_chimerax(&file, "arcs.pb")?),
        ("arcs.pb", view.to_pseudobonds()?),
        ("view.pml", view.to_pymol(&file)),
        ("arcs.csv", view.to_csv()),
    ] {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(())
}

fn residues(protein: &Protein) -> Vec<Residue> {
    // The id is the name of the file, a dot, and the chain; a chain without a name is `_`.
    let chain = protein.id().rsplit_once('.').map_or("", |(_, chain)| chain);
    let chain = if chain == "_" { "" } else { chain };
    let flag = |name: &str, i: usize| match protein.track(name) {
        Some(Track::Flags(flags)) => flags[i] == Some(true),
        _ => false,
    };
    let letters = protein.sequence().chars().enumerate();
    let residue = |(i, letter): (usize, char)| {
        let number = protein.numbering().map(|numbers| numbers[i]);
        Residue {
            insertion: number.and_then(|number| number.insertion),
            ca: protein.ca().and_then(|ca| ca[i]),
            secondary_structure: secondary_structure(protein, i),
            binding_site: flag(labels::BINDING_SITE, i),
            modified: flag(labels::MODIFICATION, i),
            ..Residue::new(
                chain,
                number.map_or(i as i32 + 1, |number| number.number),
                letter,
            )
        }
    };
    letters.map(residue).collect()
}

fn secondary_structure(protein: &Protein, i: usize) -> Option<SecondaryStructure> {
    let Some(Track::Classes(classes)) = protein.track(labels::SECONDARY_STRUCTURE_3) else {
        return None;
    };
    match classes[i].as_deref() {
        Some("helix") => Some(SecondaryStructure::Helix),
        Some("strand") => Some(SecondaryStructure::Strand),
        Some(_) => Some(SecondaryStructure::Other),
        None => None,
    }
}

/// Every pair of residues, the earlier first.
fn pairs(length: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..length).flat_map(|to| (0..to).map(move |from| (from, to)))
}

/// Closer than 8 Å and six or more apart; undefined for neighbours and for what was not observed.
fn contact(residues: &[Residue], from: usize, to: usize) -> Option<bool> {
    let distance = distance(&residues[from], &residues[to])?;
    (to - from >= 6).then_some(distance < 8.0)
}

/// About an arc for each four residues: mostly contacts.
fn made_up(residues: &[Residue]) -> Vec<ResidueArc> {
    let arc = |(from, to): (usize, usize)| {
        let mixed = (from * 7919 + to * 104_729 + from * to * 31) % 997;
        let contact = contact(residues, from, to);
        let rarity = if contact == Some(true) {
            4
        } else {
            residues.len() * 8
        };
        (mixed % rarity == 3 && to - from > 2).then(|| ResidueArc {
            contact,
            distance: distance(&residues[from], &residues[to]),
            directed: mixed % 3 == 0,
            head: Some((mixed / 7 % 3, mixed / 5 % 4)),
            ..ResidueArc::new(from, to, 0.3 + 0.65 * mixed as f32 / 997.0)
        })
    };
    pairs(residues.len()).filter_map(arc).collect()
}

/// The arcs in every head, in each some others of them.
fn spread(arcs: &[ResidueArc], layers: usize, heads: usize) -> Vec<ResidueArc> {
    let of_head = |head: usize| {
        let some = arcs
            .iter()
            .enumerate()
            .filter(move |(i, _)| (i * 31 + head * 17) % 5 < 2);
        some.map(move |(_, arc)| ResidueArc {
            head: Some((head / heads, head % heads)),
            ..*arc
        })
    };
    (0..layers * heads).flat_map(of_head).collect()
}

fn distance(a: &Residue, b: &Residue) -> Option<f32> {
    let (a, b) = (a.ca?, b.ca?);
    let squares = a.iter().zip(&b).map(|(a, b)| (a - b) * (a - b));
    Some(squares.sum::<f32>().sqrt())
}
