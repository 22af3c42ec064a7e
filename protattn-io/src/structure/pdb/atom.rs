//! ATOM and HETATM records.

use super::{chain_at, columns, residue_number};
use crate::Point;
use crate::structure::assembly::{Atom, Origin, ResidueKey};
use crate::structure::residue_name;

/// The column in which the last coordinate ends. Without it, a record is of no use.
const LAST_COLUMN: usize = 54;

/// The atom of a record, or what is wrong with it; `None` if it is of water. The serial number is
/// not read: programs write anything there for more than 99,999 atoms.
pub(super) fn parse(line: &str, origin: Origin) -> Result<Option<Atom<'_>>, String> {
    if !line.is_ascii() {
        return Err("the atom record has characters other than ASCII".to_owned());
    }
    if line.len() < LAST_COLUMN {
        let found = line.len();
        return Err(format!(
            "the atom record ends at column {found}, before its coordinates do ({LAST_COLUMN}); the file may be cut short"
        ));
    }
    let component = columns(line, 18, 20);
    if residue_name::is_water(component) {
        return Ok(None);
    }
    Ok(Some(Atom {
        chain: chain_at(line, 22),
        residue: ResidueKey {
            number: residue_number(line, 23)?,
            place: None,
            polymer: "",
        },
        component,
        name: columns(line, 13, 16),
        element: element(line),
        alternative: columns(line, 17, 17),
        occupancy: occupancy(line)?,
        position: Some(position(line)?),
        origin,
    }))
}

fn position(line: &str) -> Result<Point, String> {
    Ok([
        decimal(line, "x coordinate", 31, 38)?,
        decimal(line, "y coordinate", 39, 46)?,
        decimal(line, "z coordinate", 47, 54)?,
    ])
}

/// Empty where an old file has something else in these columns.
fn element(line: &str) -> &str {
    let symbol = columns(line, 77, 78);
    if symbol.bytes().all(|b| b.is_ascii_alphabetic()) {
        symbol
    } else {
        ""
    }
}

/// 1 where programs leave it out.
fn occupancy(line: &str) -> Result<f32, String> {
    if columns(line, 55, 60).is_empty() {
        return Ok(1.0);
    }
    decimal(line, "occupancy", 55, 60)
}

fn decimal(line: &str, what: &str, first: usize, last: usize) -> Result<f32, String> {
    let text = columns(line, first, last);
    let value: Option<f32> = text.parse().ok().filter(|value: &f32| value.is_finite());
    value.ok_or_else(|| format!("the {what} is {text:?} (columns {first} to {last}), not a number"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const LINE: &str =
        "ATOM      2  CA AMETAA -25B     51.748 -19.750   7.250  0.40 10.81           C";

    fn parse_one(line: &str) -> Result<Option<Atom<'_>>, String> {
        parse(line, Origin::Polymer)
    }

    #[test]
    fn fields_stand_in_their_columns() {
        let atom = parse_one(LINE).unwrap().unwrap();
        assert_eq!(
            (atom.name, atom.alternative, atom.component, atom.chain),
            ("CA", "A", "MET", "A")
        );
        assert_eq!(atom.residue.number.to_string(), "-25B");
        assert_eq!(atom.position, Some([51.748, -19.75, 7.25]));
        assert_eq!(atom.occupancy, 0.4);
    }

    #[test]
    fn the_serial_may_be_anything() {
        for serial in ["*****", "A0000", "     "] {
            let line = LINE.replacen("    2", serial, 1);
            assert_eq!(
                parse_one(&line).unwrap().unwrap().residue.number.number,
                -25,
                "{line}"
            );
        }
    }

    #[test]
    fn a_number_of_five_digits_runs_into_the_insertion_code() {
        let line = LINE.replacen(" -25B", "12345", 1);
        let number = parse_one(&line).unwrap().unwrap().residue.number;
        assert_eq!(number, 12_345.into());
    }

    #[test]
    fn what_follows_the_coordinates_may_be_left_out() {
        let atom = parse_one(&LINE[..54]).unwrap().unwrap();
        assert_eq!(atom.occupancy, 1.0);
        let error = parse_one(&LINE[..53]).unwrap_err();
        let expected = "the atom record ends at column 53, before its coordinates do (54); the file may be cut short";
        assert_eq!(error, expected);
    }

    #[test]
    fn what_is_no_number_is_named_with_its_columns() {
        let error = |from, to| parse_one(&LINE.replacen(from, to, 1)).unwrap_err();
        let coordinate = "the x coordinate is \"********\" (columns 31 to 38), not a number";
        assert_eq!(error("  51.748", "********"), coordinate);
        assert_eq!(
            error("  51.748", "     NaN"),
            "the x coordinate is \"NaN\" (columns 31 to 38), not a number"
        );
        assert_eq!(
            error(" -25B", "A000 "),
            "the residue number is \"A000\" (columns 23 to 26)"
        );
        assert_eq!(
            error("  0.40", "  0.4x"),
            "the occupancy is \"0.4x\" (columns 55 to 60), not a number"
        );
        assert_eq!(
            error("MET", "ME\u{fffd}"),
            "the atom record has characters other than ASCII"
        );
        // One column to the right, the digits of one number run into the next.
        assert_eq!(
            error("  51.748 -", "   51.748-"),
            "the y coordinate is \"8-19.750\" (columns 39 to 46), not a number"
        );
    }
}
