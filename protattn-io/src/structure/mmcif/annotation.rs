//! Categories that say something of single residues: `struct_site_gen`, `pdbx_struct_mod_residue`,
//! `pdbx_modification_feature`, `struct_conn`, `struct_conf` and `struct_sheet_range`.
//!
//! Items: the PDBx/mmCIF dictionary, version 5.4.

use std::collections::HashMap;

use super::table::{Reader, Table};
use super::tokenizer::Value;
use super::{insertion_code, known};
use crate::ResidueNumber;
use crate::structure::Problem;
use crate::structure::assembly::Assembly;
use crate::structure::record::{Bond, Content, Element, End, Record, Reference};
use crate::structure::warning::Warning;

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
    let columns = (category.columns)(table);
    let mut missing = columns.as_ref().err();
    let parent = ["label_comp_id", "parent_comp_id"].map(|name| table.column(name));
    while let Some(row) = reader.next_row()? {
        if let [Some(name), Some(parent)] = parent.map(|column| known(row, column)) {
            assembly.parents.insert(name, parent);
        }
        let content = match &columns {
            Ok(columns) => columns.content(row),
            Err(_) => missing
                .take()
                .map_or(Ok(None), |name| Err(format!("there is no column {name}"))),
        };
        let (name, line) = (category.name, reader.row_line());
        match content {
            Ok(None) => {}
            Ok(Some(content)) => assembly.records.all.push(Record {
                name,
                line,
                content,
            }),
            Err(message) => assembly.warnings.push(Warning::UnusableRecord {
                record: name.to_owned(),
                line,
                message,
            }),
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

/// A category, and how its columns are found.
struct Category {
    name: &'static str,
    columns: fn(&Table<'_>) -> Result<Columns, String>,
}

const CATEGORIES: [Category; 6] = [
    Category {
        name: "struct_site_gen",
        columns: |table| Ok(Columns::Site(Residue::of(table, "", "pdbx_auth_ins_code")?)),
    },
    Category {
        name: "pdbx_struct_mod_residue",
        columns: |table| {
            Ok(Columns::Modified {
                residue: Residue::of(table, "", "PDB_ins_code")?,
                partner: None,
                category: None,
            })
        },
    },
    Category {
        name: "pdbx_modification_feature",
        columns: |table| {
            let insertion = "modified_residue_PDB_ins_code";
            Ok(Columns::Modified {
                residue: Residue::of(table, "", "PDB_ins_code")?,
                partner: Residue::of(table, "modified_residue_", insertion).ok(),
                category: table.column("category"),
            })
        },
    },
    Category {
        name: "struct_conn",
        columns: |table| {
            Ok(Columns::Connection {
                kind: required(table, "conn_type_id")?,
                ends: ends(
                    table,
                    ["ptnr1_", "ptnr2_"],
                    ["pdbx_ptnr1_PDB_ins_code", "pdbx_ptnr2_PDB_ins_code"],
                )?,
                atoms: ["ptnr1_label_atom_id", "ptnr2_label_atom_id"]
                    .map(|name| table.column(name)),
            })
        },
    },
    Category {
        name: "struct_conf",
        columns: |table| {
            Ok(Columns::Conformation {
                kind: required(table, "conf_type_id")?,
                class: table.column("pdbx_PDB_helix_class"),
                ends: stretch(table)?,
            })
        },
    },
    Category {
        name: "struct_sheet_range",
        columns: |table| Ok(Columns::Strand(stretch(table)?)),
    },
];

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

/// The positions of the columns of a category.
enum Columns {
    Site(Residue),
    Modified {
        residue: Residue,
        /// What is modified, where `residue` is a group bound to it.
        partner: Option<Residue>,
        category: Option<usize>,
    },
    Connection {
        kind: usize,
        ends: [Residue; 2],
        atoms: [Option<usize>; 2],
    },
    Conformation {
        kind: usize,
        class: Option<usize>,
        ends: [Residue; 2],
    },
    Strand([Residue; 2]),
}

impl Columns {
    /// What a row says; `None` if that is nothing of a residue.
    fn content<'a>(&self, row: &[Value<'a>]) -> Result<Option<Content<'a>>, String> {
        Ok(match self {
            Self::Site(residue) => residue.read(row)?.map(Content::BindingSite),
            Self::Modified {
                residue,
                partner,
                category,
            } => {
                if known(row, *category).is_some_and(is_bond) {
                    return Ok(None);
                }
                let partner = partner
                    .as_ref()
                    .map_or(Ok(None), |partner| partner.read(row))?;
                let residue =
                    partner.map_or_else(|| residue.read(row), |partner| Ok(Some(partner)))?;
                residue.map(Content::Modification)
            }
            Self::Connection { kind, ends, atoms } => {
                let Some(bond) = known(row, Some(*kind)).and_then(bond) else {
                    return Ok(None);
                };
                let atom = |k: usize| known(row, atoms[k]).unwrap_or_default();
                let [a, b] = both(ends, row)?;
                let end = |residue, atom| End { residue, atom };
                Some(Content::Link(bond, [end(a, atom(0)), end(b, atom(1))]))
            }
            Self::Conformation { kind, class, ends } => {
                let kind = known(row, Some(*kind)).unwrap_or_default();
                let Some(element) = element(kind, known(row, *class)) else {
                    return Ok(None);
                };
                Some(Content::Stretch(element, both(ends, row)?))
            }
            Self::Strand(ends) => Some(Content::Stretch(Element::Strand, both(ends, row)?)),
        })
    }
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
        let number = known(row, self.number).map(|text| integer("residue number", text));
        let insertion = insertion_code(row, self.insertion);
        let number = number
            .transpose()?
            .map(|number| ResidueNumber { number, insertion });
        let place = known(row, self.place).map(|text| integer("place in the sequence", text));
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

fn integer(what: &str, text: &str) -> Result<i32, String> {
    text.parse()
        .map_err(|_| format!("the {what} is {text:?}, not an integer"))
}
