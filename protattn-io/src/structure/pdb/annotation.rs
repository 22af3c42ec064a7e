//! Records that say something of single residues: SITE, MODRES, SSBOND, LINK, HELIX, SHEET, TURN.
//!
//! Columns: *Protein Data Bank contents guide* 3.3, sections 4 (HELIX, SHEET), 5 (SSBOND, LINK), 3
//! (MODRES) and 6 (SITE); TURN is of version 2.2, section 5.

use super::{chain_at, columns, residue_number};
use crate::structure::record::{Bond, Content, Element, End, Reference};

/// Where the parts of a residue stand: the first column of its name (three columns), that of its
/// chain, and the first of its number (four columns, and one for the insertion code).
#[derive(Clone, Copy)]
struct Columns {
    name: usize,
    chain: usize,
    number: usize,
}

const fn at(name: usize, chain: usize, number: usize) -> Columns {
    Columns {
        name,
        chain,
        number,
    }
}

const SITE: [Columns; 4] = [
    at(19, 23, 24),
    at(30, 34, 35),
    at(41, 45, 46),
    at(52, 56, 57),
];
const MODRES: Columns = at(13, 17, 19);
const SSBOND: [Columns; 2] = [at(12, 16, 18), at(26, 30, 32)];
const LINK: [Columns; 2] = [at(18, 22, 23), at(48, 52, 53)];
const HELIX: [Columns; 2] = [at(16, 20, 22), at(28, 32, 34)];
const SHEET: [Columns; 2] = [at(18, 22, 23), at(29, 33, 34)];
const TURN: [Columns; 2] = [at(16, 20, 21), at(27, 31, 32)];

/// The first columns of the atoms of a LINK.
const LINK_ATOMS: [usize; 2] = [13, 43];

/// The class of a polyproline helix, which counts as no helix, as it does with DSSP.
const POLYPROLINE: &str = "10";

/// What a line says, with the name of its record; `None` if it is of another kind. The errors say
/// what is wrong with a part of it.
pub(super) fn parse(line: &str) -> Option<(&'static str, Vec<Result<Content<'_>, String>>)> {
    let stretch = |element, ends| {
        let [first, last] = both(line, ends)?;
        Ok(Content::Stretch(element, [first, last]))
    };
    let (name, content) = match columns(line, 1, 6) {
        "SITE" => {
            let residues = SITE.iter().filter_map(|&at| residue(line, at).transpose());
            let contents = residues.map(|residue| residue.map(Content::BindingSite));
            return Some(("SITE", contents.collect()));
        }
        "MODRES" => ("MODRES", required(line, MODRES).map(Content::Modification)),
        "SSBOND" => ("SSBOND", bond(line, SSBOND, None)),
        "LINK" => ("LINK", bond(line, LINK, Some(LINK_ATOMS))),
        "HELIX" if columns(line, 39, 40) == POLYPROLINE => return None,
        "HELIX" => ("HELIX", stretch(Element::Helix, HELIX)),
        "SHEET" => ("SHEET", stretch(Element::Strand, SHEET)),
        "TURN" => ("TURN", stretch(Element::TurnOrBend, TURN)),
        _ => return None,
    };
    Some((name, vec![content]))
}

/// The residue in these columns; `None` if they are blank.
fn residue(line: &str, at: Columns) -> Result<Option<Reference<'_>>, String> {
    let name = columns(line, at.name, at.name + 2);
    if name.is_empty() && columns(line, at.chain, at.number + 4).is_empty() {
        return Ok(None);
    }
    Ok(Some(Reference {
        chain: chain_at(line, at.chain),
        name,
        number: Some(residue_number(line, at.number)?),
        place: None,
    }))
}

fn required(line: &str, at: Columns) -> Result<Reference<'_>, String> {
    let (first, last) = (at.name, at.number + 4);
    residue(line, at)?.ok_or_else(|| format!("it names no residue (columns {first} to {last})"))
}

fn both(line: &str, ends: [Columns; 2]) -> Result<[Reference<'_>; 2], String> {
    Ok([required(line, ends[0])?, required(line, ends[1])?])
}

/// The bond between two residues, at the atoms whose names begin in these columns; a record without
/// atoms is of a disulfide bond.
fn bond(line: &str, ends: [Columns; 2], atoms: Option<[usize; 2]>) -> Result<Content<'_>, String> {
    let residues = both(line, ends)?;
    let Some(atoms) = atoms else {
        let ends = residues.map(|residue| End { residue, atom: "" });
        return Ok(Content::Link(Bond::Disulfide, ends));
    };
    let is_metal = |first: usize| metal(line.get(first - 1..first + 3).unwrap_or_default());
    let kind = if atoms.into_iter().any(is_metal) {
        Bond::Metal
    } else {
        Bond::Covalent
    };
    let end = |k: usize| End {
        residue: residues[k],
        atom: columns(line, atoms[k], atoms[k] + 3),
    };
    Ok(Content::Link(kind, [end(0), end(1)]))
}

/// Whether the four columns of an atom's name are of a metal. The symbol of the element ends in the
/// second: `CA  ` is calcium, ` CA ` a carbon. Names of four characters begin in the first column
/// whatever their element; such a name is of a metal only if digits follow the symbol.
fn metal(name: &str) -> bool {
    let Some((symbol, rest)) = name.split_at_checked(2) else {
        return false;
    };
    METALS.contains(&symbol.trim_start()) && rest.bytes().all(|b| b == b' ' || b.is_ascii_digit())
}

/// The symbols of the metals.
const METALS: [&str; 70] = [
    "LI", "BE", "NA", "MG", "AL", "K", "CA", "SC", "TI", "V", "CR", "MN", "FE", "CO", "NI", "CU",
    "ZN", "GA", "RB", "SR", "Y", "ZR", "NB", "MO", "TC", "RU", "RH", "PD", "AG", "CD", "IN", "SN",
    "CS", "BA", "LA", "CE", "PR", "ND", "PM", "SM", "EU", "GD", "TB", "DY", "HO", "ER", "TM", "YB",
    "LU", "HF", "TA", "W", "RE", "OS", "IR", "PT", "AU", "HG", "TL", "PB", "BI", "PO", "AC", "TH",
    "PA", "U", "NP", "PU", "AM", "CM",
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn contents(line: &str) -> Result<Vec<Content<'_>>, String> {
        let (name, contents) = parse(line).unwrap();
        assert!(line.starts_with(name));
        contents.into_iter().collect()
    }

    fn named(residue: &Reference<'_>) -> String {
        format!("{residue} of {}", residue.chain)
    }

    /// The kind of a link with its ends.
    fn link(line: &str) -> (Bond, [String; 2]) {
        match contents(line).unwrap()[..] {
            [Content::Link(kind, ends)] => {
                let ends = ends.map(|end| format!("{} {}", named(&end.residue), end.atom));
                (kind, ends)
            }
            ref other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_site_has_up_to_four_residues_a_line() {
        let line =
            "SITE     2 AC1  6 GLU C  89  HOH C1118   DG B  -1A                              ";
        let found: Vec<_> = contents(line)
            .unwrap()
            .iter()
            .map(|content| match content {
                Content::BindingSite(residue) => named(residue),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(found, ["GLU 89 of C", "HOH 1118 of C", "DG -1A of B"]);
        assert_eq!(contents("SITE     1 HEM  0").unwrap(), []);
    }

    #[test]
    fn the_kind_of_a_link_is_that_of_its_atoms() {
        let line =
            "LINK        ZN    ZN C  94                 OE2 GLU C  89A    1555   1555  2.02  ";
        let ends = ["ZN 94 of C ZN", "GLU 89A of C OE2"].map(str::to_owned);
        assert_eq!(link(line), (Bond::Metal, ends));
        // An alpha carbon, and calcium.
        let line =
            "LINK         CA  GLY A   1                 C1  XXX A   2     1555   1555  1.50  ";
        assert_eq!(link(line).0, Bond::Covalent);
        let line =
            "LINK        CA    CA A   1                 O   GLY A   2     1555   1555  2.40  ";
        assert_eq!(link(line).0, Bond::Metal);
        for (name, is_metal) in [
            ("FE1 ", true),
            (" K  ", true),
            (" NA ", false),
            ("NA  ", true),
            ("CA1B", false),
            (" SG ", false),
            ("", false),
        ] {
            assert_eq!(metal(name), is_metal, "{name}");
        }
    }

    #[test]
    fn a_disulfide_bond_has_no_atoms() {
        let line =
            "SSBOND   1 CYS A   -6B   CYS b 1127                         1555   1555  1.97  ";
        let ends = ["CYS -6B of A ", "CYS 1127 of b "].map(str::to_owned);
        assert_eq!(link(line), (Bond::Disulfide, ends));
    }

    #[test]
    fn stretches_have_two_ends() {
        for (line, element) in [
            (
                "HELIX    1   1 PHE A  161  GLU A  175A 1                                  15    ",
                Element::Helix,
            ),
            (
                "SHEET    1   A 2 PHE A 161  GLU A 175A 0                                        ",
                Element::Strand,
            ),
            (
                "TURN     1 T1  PHE A 161  GLU A 175A                                            ",
                Element::TurnOrBend,
            ),
        ] {
            let [Content::Stretch(found, [first, last])] = contents(line).unwrap()[..] else {
                panic!("{line}");
            };
            assert_eq!(found, element);
            assert_eq!(
                [named(&first), named(&last)],
                ["PHE 161 of A", "GLU 175A of A"]
            );
        }
        let line =
            "HELIX    1   1 PHE A  161  GLU A  175 10                                  15    ";
        assert_eq!(parse(line), None, "polyproline");
    }

    #[test]
    fn what_is_malformed_is_named() {
        let error = |line: &str| contents(line).unwrap_err();
        assert_eq!(
            error("SITE     1 AC1  2 GLU C  89  HOH C 1x8  "),
            "the residue number is \"1x8\" (columns 35 to 38)"
        );
        assert_eq!(
            error("SSBOND   1 CYS A    6"),
            "it names no residue (columns 26 to 36)"
        );
        assert_eq!(
            error("MODRES 1A8O MSE A"),
            "the residue number is \"\" (columns 19 to 22)"
        );
    }
}
