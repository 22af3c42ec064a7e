//! A PyMOL script.

use super::{StructureFile, colours, comments, observed, rounded};
use crate::palette::Rgb;
use crate::structure::View;
use crate::structure::colour::{BINDING_SITE, Kind, MODIFIED};
use crate::structure::json::{list, string};
use crate::structure::model::Residue;

/// (A semicolon ends a comment in a PyMOL script: none may stand in one.)
///
/// What is done with the lists that go before. Residues are found by chain and author number with
/// insertion code, as PyMOL keeps them, and never by a selection in words, so that no name of a chain
/// can be mistaken for a command.
const BODY: &str = include_str!("pymol.py");

impl View<'_> {
    /// A PyMOL script (`.pml`) that loads `file` and draws the arcs as tubes between the Cα atoms that
    /// it finds there by chain and author number.
    #[must_use]
    pub fn to_pymol(&self, file: &StructureFile<'_>) -> String {
        let named = |residue: &Residue| format!("({})", pair(residue));
        let group = |residues: Vec<&Residue>| list(residues.into_iter().map(named));
        let (base, groups) = colours(self);
        let colours = std::iter::once((base, Vec::new())).chain(groups);
        let colours =
            colours.map(|(rgb, residues)| format!("({},{})", triple(rgb), group(residues)));
        let arcs = self.placed().map(|arc| {
            let [from, to] = [arc.from, arc.to].map(|end| pair(&self.residues[end]));
            let kind = Kind::of(arc) as usize;
            let radius = rounded(self.radius(f64::from(arc.attention)));
            format!("({from},{to},{radius},{kind})")
        });
        let kinds = Kind::ALL.map(|kind| {
            let (dash, gap) = kind.dashes().unwrap_or((0.0, 0.0));
            let name = string(&kind.words().replace(' ', "_"));
            format!("({name},{},{dash},{gap})", triple(kind.colour()))
        });
        let marks = [
            (
                "binding_site",
                BINDING_SITE,
                observed(self, |r| r.binding_site).collect::<Vec<_>>(),
            ),
            (
                "modified",
                MODIFIED,
                observed(self, |r| r.modified).collect(),
            ),
        ];
        let marks = marks.map(|(name, rgb, residues)| {
            format!("({},{},{})", string(name), triple(rgb), group(residues))
        });
        format!(
            "# Attention on a structure, for PyMOL 2 and later\n{}python\nFILE = {}\nFORMAT = {}\n\
             COLOURS = {}\nMARKS = {}\nKINDS = {}\nARCS = {}\n{BODY}python end\n",
            comments(self),
            string(file.location),
            string(file.format.extension()),
            list(colours),
            list(marks),
            list(kinds),
            list(arcs),
        )
    }
}

/// Chain and number as two strings.
fn pair(residue: &Residue) -> String {
    let chain = residue.chain_name().unwrap_or_default();
    format!("{},{}", string(chain), string(&residue.numbering()))
}

fn triple(rgb: Rgb) -> String {
    let [red, green, blue] = rgb.map(|channel| rounded(f64::from(channel) / 255.0));
    format!("({red},{green},{blue})")
}
