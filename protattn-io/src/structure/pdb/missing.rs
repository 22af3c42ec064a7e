//! REMARK 465: the residues that were not observed.

use super::{chain_at, columns};
use crate::structure::assembly::Monomer;

/// One line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Missing<'a> {
    /// In NMR entries that list them for each model.
    pub(super) model: Option<i32>,
    pub(super) chain: &'a str,
    pub(super) monomer: Monomer<'a>,
}

/// The residue of a line of the list; `None` for any other remark and for the words above the list.
pub(super) fn parse(line: &str) -> Option<Missing<'_>> {
    if columns(line, 7, 10) != "465" {
        return None;
    }
    let number = columns(line, 22, 27).parse().ok()?;
    let name = columns(line, 16, 18);
    let monomer = Monomer {
        name,
        number: Some(number),
        ..Monomer::default()
    };
    (!name.is_empty()).then(|| Missing {
        model: columns(line, 11, 14).parse().ok(),
        chain: chain_at(line, 20),
        monomer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residues_are_found_among_the_words() {
        let found = parse("REMARK 465     MET A   980").expect("a residue");
        assert_eq!(
            (found.model, found.chain, found.monomer.name),
            (None, "A", "MET")
        );
        assert_eq!(
            found.monomer.number.map(|n| n.to_string()),
            Some("980".to_owned())
        );
        let found = parse("REMARK 465   2 GLY B   -1C").expect("a residue");
        assert_eq!((found.model, found.chain), (Some(2), "B"));
        assert_eq!(
            found.monomer.number.map(|n| n.to_string()),
            Some("-1C".to_owned())
        );
        for line in [
            "REMARK 465 MISSING RESIDUES",
            "REMARK 465 THE FOLLOWING RESIDUES WERE NOT LOCATED IN THE",
            "REMARK 465 IDENTIFIER; SSSEQ=SEQUENCE NUMBER; I=INSERTION CODE.)",
            "REMARK 465   M RES C SSSEQI",
            "REMARK 465",
            "REMARK 470     ARG A   980",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
