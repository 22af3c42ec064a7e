//! MolViewSpec 1.8: a tree of what to load and how to draw it (Bittrich et al., "Describing and
//! sharing molecular visualizations using the MolViewSpec toolkit", 2024; nodes as in `molviewspec`
//! 1.8.1 of PyPI).

use super::{StructureFile, colours, observed, rounded, words};
use crate::palette::{Rgb, hex};
use crate::structure::colour::{BINDING_SITE, Kind, MODIFIED};
use crate::structure::json::{list, object, string};
use crate::structure::model::{Residue, ResidueArc};
use crate::structure::vector::{length, sub};
use crate::structure::{View, arrowhead};

const VERSION: &str = "1.8";
/// The format asks for a time; the same view gives the same file, so it is always this.
const TIMESTAMP: &str = "1970-01-01T00:00:00+00:00";

impl View<'_> {
    /// The view as MolViewSpec JSON (`.mvsj`), which Mol* opens: the chains of `file` as a cartoon, a
    /// tube for each arc or, where it is directed, an arrow, binding sites and modified residues as balls
    /// and sticks.
    ///
    /// Arcs end at the Cα positions of the view, which have to be those of the first model of `file`;
    /// other residues are found there by chain, author number and insertion code.
    #[must_use]
    pub fn to_mvsj(&self, file: &StructureFile<'_>) -> String {
        let mut scene = vec![cartoon(self)];
        let sites = selection(observed(self, |residue| residue.binding_site));
        let modified = selection(observed(self, |residue| residue.modified));
        for (residues, colour) in [(sites, BINDING_SITE), (modified, MODIFIED)] {
            if !residues.is_empty() {
                let children = vec![node("color", vec![("color", colour_of(colour))], vec![])];
                let sticks = string("ball_and_stick");
                let sticks = node("representation", vec![("type", sticks)], children);
                scene.push(node(
                    "component",
                    vec![("selector", list(residues))],
                    vec![sticks],
                ));
            }
        }
        let tubes: Vec<String> = self.placed().map(|arc| primitive(self, arc)).collect();
        if !tubes.is_empty() {
            scene.push(node("primitives", vec![], tubes));
        }
        let structure = node("structure", vec![("type", string("model"))], scene);
        let parse = vec![("format", string(file.format.name()))];
        let parse = node("parse", parse, vec![structure]);
        let download = node(
            "download",
            vec![("url", string(file.location))],
            vec![parse],
        );
        let root = node("root", vec![], vec![download]);
        let mut metadata = vec![
            ("timestamp", string(TIMESTAMP)),
            ("version", string(VERSION)),
        ];
        if !self.title.is_empty() {
            metadata.insert(0, ("title", string(&self.title)));
        }
        let metadata = object(metadata);
        object([
            ("kind", string("single")),
            ("root", root),
            ("metadata", metadata),
        ]) + "\n"
    }
}

/// A node of the tree, with the fields it has.
fn node(kind: &str, params: Vec<(&str, String)>, children: Vec<String>) -> String {
    let mut fields = vec![("kind", string(kind))];
    if !params.is_empty() {
        fields.push(("params", object(params)));
    }
    if !children.is_empty() {
        fields.push(("children", list(children)));
    }
    object(fields)
}

fn colour_of(rgb: Rgb) -> String {
    string(&hex(rgb))
}

/// The chains of the view as a cartoon in the colours of the view.
fn cartoon(view: &View<'_>) -> String {
    let mut chains: Vec<String> = Vec::new();
    for residue in observed(view, |_| true) {
        let chain = object(chain(residue));
        if chains.last() != Some(&chain) && !chains.contains(&chain) {
            chains.push(chain);
        }
    }
    let (base, groups) = colours(view);
    let mut colours = vec![node("color", vec![("color", colour_of(base))], vec![])];
    colours.extend(groups.into_iter().map(|(rgb, residues)| {
        let selector = list(selection(residues.into_iter()));
        node(
            "color",
            vec![("color", colour_of(rgb)), ("selector", selector)],
            vec![],
        )
    }));
    let cartoon = node("representation", vec![("type", string("cartoon"))], colours);
    let nameless = chains.iter().any(|chain| chain == "{}");
    let selector = if nameless || chains.is_empty() {
        string("polymer")
    } else {
        list(chains)
    };
    node("component", vec![("selector", selector)], vec![cartoon])
}

fn selection<'r>(residues: impl Iterator<Item = &'r Residue>) -> Vec<String> {
    residues
        .map(|residue| object(expression(residue)))
        .collect()
}

/// The fields that select a chain.
fn chain(residue: &Residue) -> Vec<(&'static str, String)> {
    let name = residue.chain_name();
    name.map(|name| ("auth_asym_id", string(name)))
        .into_iter()
        .collect()
}

/// The fields that select a residue. Without an insertion code they would select all of its number.
fn expression(residue: &Residue) -> Vec<(&'static str, String)> {
    let code = residue.insertion_code().map(String::from);
    let mut fields = chain(residue);
    fields.push(("auth_seq_id", residue.number.to_string()));
    fields.push(("pdbx_PDB_ins_code", string(&code.unwrap_or_default())));
    fields
}

/// A tube, or an arrow where the arc is directed, between positions: an end given by an expression is
/// the middle of all that this selects.
fn primitive(view: &View<'_>, arc: &ResidueArc) -> String {
    let [from, to] = [arc.from, arc.to].map(|end| {
        let at = view.residues[end].ca.unwrap_or_default();
        at.map(f64::from)
    });
    let end = |at: [f64; 3]| list(at.map(rounded));
    let kind = Kind::of(arc);
    let radius = view.radius(f64::from(arc.attention));
    let (shape, radius_name, dash_name) = if arc.directed {
        ("arrow", "tube_radius", "tube_dash_length")
    } else {
        ("tube", "radius", "dash_length")
    };
    let mut params = vec![
        ("kind", string(shape)),
        ("start", end(from)),
        ("end", end(to)),
    ];
    if arc.directed {
        let (head, half) = arrowhead(length(sub(to, from)), radius);
        params.push(("show_end_cap", true.to_string()));
        params.push(("end_cap_length", rounded(head).to_string()));
        params.push(("end_cap_radius", rounded(half).to_string()));
    }
    params.push((radius_name, rounded(radius).to_string()));
    params.push(("color", colour_of(kind.colour())));
    params.push(("tooltip", string(&words(view, arc))));
    if let Some((dash, _)) = kind.dashes() {
        params.push((dash_name, dash.to_string()));
    }
    node("primitive", params, vec![])
}
