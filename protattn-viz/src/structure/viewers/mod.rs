//! Scripts and scenes for molecular viewers, and the table of arcs.

mod chimerax;
mod csv;
mod mvsj;
mod pymol;

use super::View;
use super::colour::COIL;
use super::model::{Residue, ResidueArc};
use crate::palette::Rgb;

/// The structure file that a viewer is to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StructureFile<'a> {
    /// A path or URL, as it is to stand in the script; relative ones are relative to wherever the
    /// viewer looks.
    pub location: &'a str,
    /// The format.
    pub format: FileFormat,
}

/// Formats of structure files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileFormat {
    /// PDBx/mmCIF.
    Mmcif,
    /// The older format, by columns.
    Pdb,
}

impl FileFormat {
    /// As MolViewSpec and ChimeraX call it.
    fn name(self) -> &'static str {
        match self {
            Self::Mmcif => "mmcif",
            Self::Pdb => "pdb",
        }
    }

    /// As PyMOL calls it.
    fn extension(self) -> &'static str {
        match self {
            Self::Mmcif => "cif",
            Self::Pdb => "pdb",
        }
    }
}

/// The observed residues for which `holds`.
fn observed<'v>(
    view: &'v View<'_>,
    holds: impl Fn(&Residue) -> bool,
) -> impl Iterator<Item = &'v Residue> {
    let residues = view.residues.iter().filter(|residue| residue.ca.is_some());
    residues.filter(move |residue| holds(residue))
}

/// The colour of whatever else is in the file, and the observed residues of each other colour.
fn colours<'v>(view: &'v View<'_>) -> (Rgb, Vec<(Rgb, Vec<&'v Residue>)>) {
    let scheme = view.scheme();
    let mut groups: Vec<(Rgb, Vec<&Residue>)> = scheme
        .palette
        .iter()
        .map(|&rgb| (rgb, Vec::new()))
        .collect();
    for (residue, &place) in view.residues.iter().zip(&scheme.index) {
        if residue.ca.is_some() {
            groups[place].1.push(residue);
        }
    }
    groups.retain(|(rgb, residues)| *rgb != COIL && !residues.is_empty());
    (COIL, groups)
}

/// `M52 of chain A to K7 of chain A: attention 0.62, 5.5 Å, contact, head 8-12`
pub(super) fn words(view: &View<'_>, arc: &ResidueArc) -> String {
    let (from, to) = (&view.residues[arc.from], &view.residues[arc.to]);
    let between = if arc.directed { "to" } else { "and" };
    let mut words = format!(
        "{from} {between} {to}: attention {}",
        rounded(arc.attention)
    );
    if let Some(distance) = arc.distance {
        words += &format!(", {distance:.1} Å");
    }
    words += &format!(", {}", super::colour::Kind::of(arc).words());
    if let Some((layer, head)) = arc.head {
        words += &format!(", head {}-{}", layer + 1, head + 1);
    }
    words
}

/// The notes as comments of a script, a line each. PyMOL takes what follows a semicolon for a command.
fn comments(view: &View<'_>) -> String {
    let plain = |note: &String| note.replace(|c: char| c == ';' || c.is_control(), " ");
    let comments = view.notes.iter().map(|note| format!("# {}\n", plain(note)));
    comments.collect()
}

/// A number with at most three decimals.
fn rounded(value: impl Into<f64>) -> f64 {
    // The sum makes -0 a 0.
    (value.into() * 1e3).round() / 1e3 + 0.0
}
