//! The category `atom_site`: one atom a row.

use super::table::{Reader, Table};
use super::tokenizer::Value;
use super::{insertion_code, integer, known};
use crate::structure::Problem;
use crate::structure::assembly::{Assembly, Atom, Origin, ResidueKey};
use crate::structure::residue_name;
use crate::{Point, ResidueNumber};

/// The positions of the columns that are read.
///
/// The authors' names of atoms and residues stand in for the labels where these are missing, and the
/// labels for the authors' chains and numbers: programs other than the archive's leave some out.
struct Columns {
    group: Option<usize>,
    atom: [Option<usize>; 2],
    component: [Option<usize>; 2],
    chain: [Option<usize>; 2],
    number: [Option<usize>; 2],
    polymer: Option<usize>,
    place: Option<usize>,
    insertion: Option<usize>,
    element: Option<usize>,
    alternative: Option<usize>,
    position: [usize; 3],
    occupancy: Option<usize>,
    model: Option<usize>,
}

impl Columns {
    /// Or the name of a column that is missing.
    fn of(table: &Table<'_>) -> Result<Self, &'static str> {
        let column = |name| table.column(name);
        let required = |name| table.column(name).ok_or(name);
        let columns = Self {
            group: column("group_PDB"),
            atom: [column("label_atom_id"), column("auth_atom_id")],
            component: [column("label_comp_id"), column("auth_comp_id")],
            chain: [column("auth_asym_id"), column("label_asym_id")],
            number: [column("auth_seq_id"), column("label_seq_id")],
            polymer: column("label_asym_id"),
            place: column("label_seq_id"),
            insertion: column("pdbx_PDB_ins_code"),
            element: column("type_symbol"),
            alternative: column("label_alt_id"),
            position: [
                required("Cartn_x")?,
                required("Cartn_y")?,
                required("Cartn_z")?,
            ],
            occupancy: column("occupancy"),
            model: column("pdbx_PDB_model_num"),
        };
        let either =
            |pair: [Option<usize>; 2], name| if pair == [None; 2] { Err(name) } else { Ok(()) };
        either(columns.atom, "label_atom_id")?;
        either(columns.component, "label_comp_id")?;
        either(columns.chain, "auth_asym_id")?;
        either(columns.number, "auth_seq_id")?;
        Ok(columns)
    }
}

/// Adds the atoms of the wanted model.
pub(super) fn read<'a>(
    table: &Table<'a>,
    reader: &mut Reader<'a>,
    assembly: &mut Assembly<'a>,
) -> Result<(), Problem> {
    let columns = Columns::of(table).map_err(|name| Problem {
        line: reader.line(),
        message: format!("_atom_site has no column {name}"),
    })?;
    loop {
        let atom = match reader.next_row()? {
            None => return Ok(()),
            Some(row) => atom(row, &columns, assembly),
        };
        match atom {
            Ok(Some(atom)) => assembly.add(&atom),
            Ok(None) => {}
            Err(message) => {
                return Err(Problem {
                    line: reader.line(),
                    message,
                });
            }
        }
    }
}

/// The atom of a row; `None` if it is of another model, of water, or of no polymer and not fully
/// named.
fn atom<'a>(
    row: &[Value<'a>],
    columns: &Columns,
    assembly: &mut Assembly<'a>,
) -> Result<Option<Atom<'a>>, String> {
    let model =
        known(row, columns.model).map_or(Ok(1), |text| integer("pdbx_PDB_model_num", text))?;
    if !assembly.wants_model(model) {
        return Ok(None);
    }
    let component = either("label_comp_id", row, columns.component)?;
    if residue_name::is_water(component) {
        return Ok(None);
    }
    let origin = origin(row, columns);
    match named_atom(row, columns, component, origin) {
        Err(_) if origin == Origin::Outside => Ok(None),
        atom => atom.map(Some),
    }
}

fn named_atom<'a>(
    row: &[Value<'a>],
    columns: &Columns,
    component: &'a str,
    origin: Origin,
) -> Result<Atom<'a>, String> {
    Ok(Atom {
        chain: either("auth_asym_id", row, columns.chain)?,
        residue: residue(row, columns)?,
        component,
        name: either("label_atom_id", row, columns.atom)?,
        element: known(row, columns.element).unwrap_or_default(),
        alternative: known(row, columns.alternative).unwrap_or_default(),
        occupancy: known(row, columns.occupancy)
            .map_or(Ok(1.0), |text| decimal("occupancy", text))?,
        position: position(row, columns)?,
        origin,
    })
}

/// What has a place in a sequence is in a polymer; what has none is not, unless it is an ATOM of a
/// program that writes no places, or there is no such column.
fn origin(row: &[Value<'_>], columns: &Columns) -> Origin {
    if known(row, columns.place).is_some() {
        return Origin::Polymer;
    }
    match known(row, columns.group) {
        Some("ATOM") => Origin::Polymer,
        Some("HETATM") if columns.place.is_some() => Origin::Outside,
        _ => Origin::Hetero,
    }
}

fn residue<'a>(row: &[Value<'a>], columns: &Columns) -> Result<ResidueKey<'a>, String> {
    let number = integer("auth_seq_id", either("auth_seq_id", row, columns.number)?)?;
    let insertion = insertion_code(row, columns.insertion);
    Ok(ResidueKey {
        number: ResidueNumber { number, insertion },
        place: known(row, columns.place)
            .map(|text| integer("label_seq_id", text))
            .transpose()?,
        polymer: known(row, columns.polymer).unwrap_or_default(),
    })
}

/// Undefined if one of the three coordinates is.
fn position(row: &[Value<'_>], columns: &Columns) -> Result<Option<Point>, String> {
    let mut point = [0.0; 3];
    for ((value, &column), name) in point
        .iter_mut()
        .zip(&columns.position)
        .zip(["Cartn_x", "Cartn_y", "Cartn_z"])
    {
        let Some(text) = known(row, Some(column)) else {
            return Ok(None);
        };
        *value = decimal(name, text)?;
    }
    Ok(Some(point))
}

/// The first known value of two columns.
fn either<'a>(
    name: &str,
    row: &[Value<'a>],
    [first, second]: [Option<usize>; 2],
) -> Result<&'a str, String> {
    let value = known(row, first).or_else(|| known(row, second));
    value.ok_or_else(|| format!("an atom has no {name}"))
}

/// A finite number, without the standard uncertainty that may follow it: `1.25(3)` is 1.25.
fn decimal(name: &str, text: &str) -> Result<f32, String> {
    let digits = text.split_once('(').map_or(text, |(digits, _)| digits);
    let value: Option<f32> = digits.parse().ok().filter(|value: &f32| value.is_finite());
    value.ok_or_else(|| format!("{name} is {text:?}, not a number"))
}
