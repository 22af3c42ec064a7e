//! A ChimeraX script, and the file of pseudobonds that it opens.

use super::{StructureFile, colours, comments, observed, rounded};
use crate::error::{Error, Result};
use crate::palette::hex;
use crate::structure::View;
use crate::structure::colour::{BINDING_SITE, Kind, MODIFIED};
use crate::structure::model::Residue;

/// Residues named in one command; longer lines are hard to read.
const PER_COMMAND: usize = 40;

impl View<'_> {
    /// A ChimeraX script (`.cxc`) that opens the first model of `file` and, as `pseudobonds`, the file
    /// with the text of [`to_pseudobonds`](Self::to_pseudobonds).
    ///
    /// Residues are found by chain and author number in whatever is open: a structure that was opened
    /// before and has residues of the same names gets in the way.
    ///
    /// # Errors
    ///
    /// [`Error::Unwritable`] for a file name with quotes, or a chain or
    /// insertion code of other than letters and digits, which ChimeraX could not tell from a command.
    pub fn to_chimerax(&self, file: &StructureFile<'_>, pseudobonds: &str) -> Result<String> {
        let mut text = String::from("# Attention on a structure, its arcs as pseudobonds\n");
        text += &comments(self);
        // Of several models of one file, each has the residues that the bonds name.
        text += &format!(
            "open {} format {} maxModels 1\n",
            path(file.location)?,
            file.format.name()
        );
        text += "set bgColor white\nhide atoms\nshow cartoons\n";
        let (base, groups) = colours(self);
        text += &format!("color {} target c\n", hex(base));
        for (rgb, residues) in groups {
            let painted = |spec: &str| format!("color {spec} {} target c\n", hex(rgb));
            text += &commands(residues.into_iter(), painted)?;
        }
        let sites = observed(self, |residue| residue.binding_site);
        let modified = observed(self, |residue| residue.modified);
        text += &commands(sites, |spec| sticks(spec, &hex(BINDING_SITE)))?;
        text += &commands(modified, |spec| sticks(spec, &hex(MODIFIED)))?;
        if self.placed().next().is_some() {
            text += &format!("open {} format pseudobonds\n", path(pseudobonds)?);
        }
        text += "view\n";
        Ok(text)
    }
}

fn sticks(spec: &str, colour: &str) -> String {
    format!("show {spec} atoms\nstyle {spec} stick\ncolor {spec} {colour} target a\n")
}

/// A command for each few residues.
fn commands<'r>(
    residues: impl Iterator<Item = &'r Residue>,
    command: impl Fn(&str) -> String,
) -> Result<String> {
    let specs = residues.map(spec).collect::<Result<Vec<String>>>()?;
    let groups = specs
        .chunks(PER_COMMAND)
        .map(|group| command(&group.join("")));
    Ok(groups.collect())
}

impl View<'_> {
    /// The arcs as ChimeraX pseudobonds (`.pb`) between Cα atoms.
    ///
    /// # Errors
    ///
    /// [`Error::Unwritable`] as for [`to_chimerax`](Self::to_chimerax).
    pub fn to_pseudobonds(&self) -> Result<String> {
        let mut text = String::from("; halfbond = false\n; dashes = 0\n");
        let (mut colour, mut radius) = (None, None);
        for arc in self.placed() {
            let kind = Kind::of(arc);
            if colour.replace(kind) != Some(kind) {
                text += &format!("; color = {}\n", hex(kind.colour()));
            }
            let wide = rounded(self.radius(f64::from(arc.attention)));
            if radius.replace(wide) != Some(wide) {
                text += &format!("; radius = {wide}\n");
            }
            let [from, to] = [arc.from, arc.to].map(|end| spec(&self.residues[end]));
            text += &format!("{}@CA {}@CA\n", from?, to?);
        }
        Ok(text)
    }
}

/// `/A:52B`
fn spec(residue: &Residue) -> Result<String> {
    let chain = match residue.chain_name() {
        Some(name) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            format!("/{name}")
        }
        // A chain without a name is the only one of its file.
        None => String::new(),
        Some(name) => return Err(unwritable("chain", name)),
    };
    let insertion = residue.insertion_code();
    if let Some(code) = insertion.filter(|code| !code.is_ascii_alphanumeric()) {
        return Err(unwritable("insertion code", &code.to_string()));
    }
    Ok(format!("{chain}:{}", residue.numbering()))
}

fn path(location: &str) -> Result<String> {
    if location.is_empty() || location.chars().any(|c| c == '"' || c.is_control()) {
        return Err(unwritable("file name", location));
    }
    Ok(format!("\"{}\"", location.replace('\\', "\\\\")))
}

fn unwritable(what: &'static str, name: &str) -> Error {
    Error::Unwritable {
        what,
        found: name.to_owned(),
    }
}
