//! Categories that say something of single residues: `struct_site_gen`, `pdbx_struct_mod_residue`,
//! `pdbx_modification_feature`, `struct_conn`, `struct_conf` and `struct_sheet_range`.
//!
//! Items: the PDBx/mmCIF dictionary, version 5.4.

use std::collections::HashMap;

use super::table::{Reader, Table};
use super::tokenizer::Value;
use super::{insertion_code, integer, known};
use crate::ResidueNumber;
use crate::structure::Problem;
use crate::structure::assembly::Assembly;
use crate::structure::record::{Bond, Content, Element, End, Reference};

/// Adds what the present table says, if it is one of these categories; whether it is.
///
/// A table without the columns that it needs, and a row that cannot be used, are warnings.
pub(super) fn read<'a>(
    table: &Table<'a>,
    reader: &mut Reader<'a>,
    assembly: &mut Assembly<'a>,
) -> Result<bool, Problem> {
    let Some(category) = CATEGORIES.iter().find(|c| table.is(c.name)) else {
        return Ok(false);
    };
    let content = (category.content)(table);
    let mut missing = content.as_ref().err();
    let parent = ["label_comp_id", "parent_comp_id"].map(|name| table.column(name));
    while let Some(row) = reader.next_row()? {
        if let [Some(name), Some(parent)] = parent.map(|column| known(row, column)) {
            assembly.parents.insert(name, parent);
        }
        let content = match &content {
            Ok(content) => content(row),
            Err(_) => missing
                .take()
                .map_or(Ok(None), |name| Err(format!("there is no column {name}"))),
        };
        if let Some(content) = content.transpose() {
            assembly.annotate(category.name, reader.row_line(), content);
        }
    }
    Ok(true)
}

/// Gives every residue that is named by its place the author chain of its polymer, which rows need
/// not have; to be called when all atoms have been read.
pub(super) fn settle_chains(assembly: &mut Assembly<'_>) {
    let mut chains = HashMap::new();
    for chain in &assembly.chains {
        let polymers = chain.residues.iter().map(|residue| residue.key.polymer);
        chains.extend(polymers.map(|polymer| (polymer, chain.id)));
    }
    for record in &mut assembly.records.all {
        for residue in record.content.residues_mut() {
            let polymer = residue.place.map(|(polymer, _)| polymer);
            if let Some(chain) = polymer.and_then(|polymer| chains.get(polymer)) {
                residue.chain = chain;
            }
        }
    }
}

/// What a row says; `None` if that is nothing of a residue.
type ContentOfRow = Box<dyn for<'a> Fn(&[Value<'a>]) -> Result<Option<Content<'a>>, String>>;

/// A category, and how its rows are read. The error is the name of a column that is missing.
struct Category {
    name: &'static str,
    content: fn(&Table<'_>) -> Result<ContentOfRow, String>,
}

const fn category(
    name: &'static str,
    content: fn(&Table<'_>) -> Result<ContentOfRow, String>,
) -> Category {
    Category { name, content }
}

const CATEGORIES: [Category; 6] = [
    category("struct_site_gen", binding_sites),
    category("pdbx_struct_mod_residue", modified_residues),
    category("pdbx_modification_feature", modifications),
    category("struct_conn", connections),
    category("struct_conf", conformations),
    category("struct_sheet_range", strands),
];

fn binding_sites(table: &Table<'_>) -> Result<ContentOfRow, String> {
    let residue = Residue::of(table, "", "pdbx_auth_ins_code")?;
    Ok(Box::new(move |row| {
        Ok(residue.read(row)?.map(Content::BindingSite))
    }))
}

fn modified_residues(table: &Table<'_>) -> Result<ContentOfRow, String> {
    let residue = Residue::of(table, "", "PDB_ins_code")?;
    Ok(Box::new(move |row| {
        Ok(residue.read(row)?.map(Content::Modification))
    }))
}

/// Where a group is bound to a residue, it is that residue which is modified.
fn modifications(table: &Table<'_>) -> Result<ContentOfRow, String> {
    let group = Residue::of(table, "", "PDB_ins_code")?;
    let insertion = "modified_residue_PDB_ins_code";
    let modified = Residue::of(table, "modified_residue_", insertion).ok();
    let category = table.column("category");
    Ok(Box::new(move |row| {
        if known(row, category).is_some_and(is_bond) {
            return Ok(None);
        }
        let modified = modified.as_ref().map(|modified| modified.read(row));
        let residue = match modified.transpose()?.flatten() {
            Some(modified) => Some(modified),
            None => group.read(row)?,
        };
        Ok(residue.map(Content::Modification))
    }))
}

fn connections(table: &Table<'_>) -> Result<ContentOfRow, String> {
    let kind = required(table, "conn_type_id")?;
    let ends = ends(
        table,
        ["ptnr1_", "ptnr2_"],
        ["pdbx_ptnr1_PDB_ins_code", "pdbx_ptnr2_PDB_ins_code"],
    )?;
    let atoms = ["ptnr1_label_atom_id", "ptnr2_label_atom_id"].map(|name| table.column(name));
    Ok(Box::new(move |row| {
        let Some(bond) = known(row, Some(kind)).and_then(bond) else {
            return Ok(None);
        };
        let atom = |k: usize| known(row, atoms[k]).unwrap_or_default();
        let [a, b] = both(&ends, row)?;
        let end = |residue, atom| End { residue, atom };
        Ok(Some(Content::Link(
            bond,
            [end(a, atom(0)), end(b, atom(1))],
        )))
    }))
}

fn conformations(table: &Table<'_>) -> Result<ContentOfRow, String> {
    let kind = required(table, "conf_type_id")?;
    let class = table.column("pdbx_PDB_helix_class");
    let ends = stretch(table)?;
    Ok(Box::new(move |row| {
        let kind = known(row, Some(kind)).unwrap_or_default();
        let Some(element) = element(kind, known(row, class)) else {
            return Ok(None);
        };
        Ok(Some(Content::Stretch(element, both(&ends, row)?)))
    }))
}

fn strands(table: &Table<'_>) -> Result<ContentOfRow, String> {
    let ends = stretch(table)?;
    Ok(Box::new(move |row| {
        let ends = both(&ends, row)?;
        Ok(Some(Content::Stretch(Element::Strand, ends)))
    }))
}

fn required(table: &Table<'_>, name: &str) -> Result<usize, String> {
    table.column(name).ok_or_else(|| name.to_owned())
}

fn ends(
    table: &Table<'_>,
    prefixes: [&str; 2],
    insertions: [&str; 2],
) -> Result<[Residue; 2], String> {
    let end = |k: usize| Residue::of(table, prefixes[k], insertions[k]);
    Ok([end(0)?, end(1)?])
}

fn stretch(table: &Table<'_>) -> Result<[Residue; 2], String> {
    ends(
        table,
        ["beg_", "end_"],
        ["pdbx_beg_PDB_ins_code", "pdbx_end_PDB_ins_code"],
    )
}

fn both<'a>(ends: &[Residue; 2], row: &[Value<'a>]) -> Result<[Reference<'a>; 2], String> {
    let end = |k: usize| {
        ends[k]
            .read(row)?
            .ok_or("it names one residue of two".to_owned())
    };
    Ok([end(0)?, end(1)?])
}

/// Whether a category of modification says that residues are bound to one another or to a metal, which
/// `struct_conn` has as links.
fn is_bond(category: &str) -> bool {
    matches!(
        category,
        "Disulfide bridge" | "Disulfide" | "Metal coordination" | "Non-standard linkage"
    )
}

/// `None` for hydrogen bonds, salt bridges and what else is no bond.
fn bond(kind: &str) -> Option<Bond> {
    match kind.to_ascii_lowercase().as_str() {
        "disulf" => Some(Bond::Disulfide),
        "metalc" => Some(Bond::Metal),
        "covale" | "covale_base" | "covale_phosphate" | "covale_sugar" => Some(Bond::Covalent),
        _ => None,
    }
}

/// `None` for a polyproline helix and for what is no element.
fn element(kind: &str, class: Option<&str>) -> Option<Element> {
    let kind = kind.to_ascii_uppercase();
    if kind.starts_with("HELX") {
        let is_polyproline = kind.starts_with("HELX_LH_PP") || class == Some("10");
        (!is_polyproline).then_some(Element::Helix)
    } else if kind.starts_with("TURN") || kind.starts_with("BEND") {
        Some(Element::TurnOrBend)
    } else {
        kind.starts_with("STRN").then_some(Element::Strand)
    }
}

/// Where the parts of a residue stand: by the labels, or by the authors' names, or both.
struct Residue {
    polymer: Option<usize>,
    place: Option<usize>,
    names: [Option<usize>; 2],
    chain: Option<usize>,
    number: Option<usize>,
    insertion: Option<usize>,
}

impl Residue {
    /// The columns whose names begin with `prefix`; or the name of one that is missing.
    fn of(table: &Table<'_>, prefix: &str, insertion: &str) -> Result<Self, String> {
        let column = |name: &str| table.column(&format!("{prefix}{name}"));
        let columns = Self {
            polymer: column("label_asym_id"),
            place: column("label_seq_id"),
            names: [column("label_comp_id"), column("auth_comp_id")],
            chain: column("auth_asym_id"),
            number: column("auth_seq_id"),
            insertion: table.column(insertion),
        };
        let has_labels = columns.polymer.is_some() && columns.place.is_some();
        let has_numbers = columns.chain.is_some() && columns.number.is_some();
        match (has_labels || has_numbers, columns.polymer) {
            (true, _) => Ok(columns),
            (false, None) => Err(format!("{prefix}label_asym_id")),
            (false, Some(_)) => Err(format!("{prefix}label_seq_id")),
        }
    }

    /// The residue of a row; `None` if the row names none here.
    fn read<'a>(&self, row: &[Value<'a>]) -> Result<Option<Reference<'a>>, String> {
        let number = known(row, self.number).map(|text| integer("the residue number", text));
        let insertion = insertion_code(row, self.insertion);
        let number = number
            .transpose()?
            .map(|number| ResidueNumber { number, insertion });
        let place = known(row, self.place).map(|text| integer("the place in the sequence", text));
        let polymer = known(row, self.polymer);
        let place = polymer.zip(place.transpose()?);
        let chain = known(row, self.chain).or(polymer).unwrap_or_default();
        if number.is_none() && place.is_none() {
            return Ok(None);
        }
        let name = known(row, self.names[0]).or_else(|| known(row, self.names[1]));
        Ok(Some(Reference {
            chain,
            name: name.unwrap_or_default(),
            number,
            place,
        }))
    }
}
