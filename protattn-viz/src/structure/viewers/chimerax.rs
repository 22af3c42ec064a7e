//! A ChimeraX script, and the file of pseudobonds that it opens.

use super::{StructureFile, colours, comments, observed, rounded};
use crate::error::{Error, Result};
use crate::structure::View;
use crate::structure::colour::{BINDING_SITE, Kind, MODIFIED, hex};
use crate::structure::model::Residue;

/// Residues named in one command; longer lines are hard to read.
const PER_COMMAND: usize = 40;

pub(in crate::structure) fn script(
    view: &View<'_>,
    file: &StructureFile<'_>,
    bonds: &str,
) -> Result<String> {
    let mut text = String::from("# Attention on a structure, its arcs as pseudobonds\n");
    text += &comments(view);
    // Of several models of one file, each has the residues that the bonds name.
    text += &format!(
        "open {} format {} maxModels 1\n",
        path(file.location)?,
        file.format.name()
    );
    text += "set bgColor white\nhide atoms\nshow cartoons\n";
    let (base, groups) = colours(view);
    text += &format!("color {} target c\n", hex(base));
    for (rgb, residues) in groups {
        let painted = |spec: &str| format!("color {spec} {} target c\n", hex(rgb));
        text += &commands(residues.into_iter(), painted)?;
    }
    let sites = observed(view, |residue| residue.binding_site);
    let modified = observed(view, |residue| residue.modified);
    text += &commands(sites, |spec| sticks(spec, &hex(BINDING_SITE)))?;
    text += &commands(modified, |spec| sticks(spec, &hex(MODIFIED)))?;
    if view.placed().next().is_some() {
        text += &format!("open {} format pseudobonds\n", path(bonds)?);
    }
    text += "view\n";
    Ok(text)
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

/// The arcs in their order; a setting holds for the lines after it.
///
/// Dashes are a property of the whole file in ChimeraX, so colour alone tells contacts here.
pub(in crate::structure) fn pseudobonds(view: &View<'_>) -> Result<String> {
    let mut text = String::from("; halfbond = false\n; dashes = 0\n");
    let (mut colour, mut radius) = (None, None);
    for arc in view.placed() {
        let kind = Kind::of(arc);
        if colour.replace(kind) != Some(kind) {
            text += &format!("; color = {}\n", hex(kind.colour()));
        }
        let wide = rounded(view.radius(f64::from(arc.attention)));
        if radius.replace(wide) != Some(wide) {
            text += &format!("; radius = {wide}\n");
        }
        let [from, to] = [arc.from, arc.to].map(|end| spec(&view.residues[end]));
        text += &format!("{}@CA {}@CA\n", from?, to?);
    }
    Ok(text)
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
