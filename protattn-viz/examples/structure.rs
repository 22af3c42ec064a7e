//! Reads a PDB or mmCIF file, which may be compressed, and writes every view of it to a folder.
//!
//! ```sh
//! cargo run --release -p protattn-viz --example structure -- 1ubq.cif /tmp/view [CHAIN]
//! ```
//!
//! The arcs are made up, by a formula: some of the contacts, and a few other pairs.

use protattn_io::structure::{self, Options};
use protattn_io::{Protein, Track, labels};
use protattn_viz::structure::{Arc, FileFormat, Residue, SecondaryStructure, StructureFile, View};
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
    let format = if file.contains(".cif") {
        FileFormat::Mmcif
    } else {
        FileFormat::Pdb
    };
    let file = StructureFile {
        location: &file,
        format,
    };
    for (name, text) in [
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

/// About an arc for each four residues: mostly contacts (8 Å, six or more apart).
fn made_up(residues: &[Residue]) -> Vec<Arc> {
    let mut arcs = Vec::new();
    for to in 0..residues.len() {
        for from in 0..to {
            let mixed = (from * 7919 + to * 104_729 + from * to * 31) % 997;
            let distance = distance(&residues[from], &residues[to]);
            let contact = distance
                .filter(|_| to - from >= 6)
                .map(|distance| distance < 8.0);
            let rarity = if contact == Some(true) {
                4
            } else {
                residues.len() * 8
            };
            if mixed % rarity == 3 && to - from > 2 {
                arcs.push(Arc {
                    contact,
                    distance,
                    directed: mixed % 3 == 0,
                    head: Some((mixed % 3, mixed % 4)),
                    ..Arc::new(from, to, 0.3 + 0.65 * mixed as f32 / 997.0)
                });
            }
        }
    }
    arcs
}

fn distance(a: &Residue, b: &Residue) -> Option<f32> {
    let (a, b) = (a.ca?, b.ca?);
    let squares = a.iter().zip(&b).map(|(a, b)| (a - b) * (a - b));
    Some(squares.sum::<f32>().sqrt())
}
