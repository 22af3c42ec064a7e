//! What the name of a residue says it is.
//!
//! Names are those of the Chemical Component Dictionary of the wwPDB, and the ones under which
//! common simulation programs write the protonation states of the standard amino acids.

use std::collections::HashMap;

/// The standard parent that a file states for its modified residues, both by residue name.
pub(super) type Parents<'a> = HashMap<&'a str, &'a str>;

/// What a residue is, by its name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One of the 22 amino acids of the genetic code, or an ambiguous one.
    Standard(char),
    /// An amino acid with the one-letter code of the one it is made from.
    Modified(char),
    /// A nucleotide.
    Nucleotide,
    /// A group that blocks the end of a chain; it is no residue of the sequence.
    Cap,
    /// Water.
    Water,
    /// Anything else: ligands, ions, sugars, and amino acids that no table lists.
    Other,
}

/// The code of an amino acid that is known to be one, and of which nothing more is known.
pub(super) const UNKNOWN: char = 'X';

/// The kind of a residue. What the file says of a modified residue comes before the table here.
pub(super) fn kind(name: &str, parents: &Parents<'_>) -> Kind {
    if let Some(letter) = standard(name) {
        return Kind::Standard(letter);
    }
    if let Some(letter) = parents.get(name).and_then(|parent| standard(parent)) {
        return Kind::Modified(letter);
    }
    if let Some(letter) = modified(name) {
        return Kind::Modified(letter);
    }
    match name {
        "A" | "C" | "G" | "I" | "N" | "T" | "U" => Kind::Nucleotide,
        "DA" | "DC" | "DG" | "DI" | "DN" | "DT" | "DU" => Kind::Nucleotide,
        "ACE" | "FOR" | "NH2" | "NMA" | "NME" => Kind::Cap,
        _ if is_water(name) => Kind::Water,
        _ => Kind::Other,
    }
}

/// Whether the name is one under which water is written.
pub(super) fn is_water(name: &str) -> bool {
    matches!(
        name,
        "HOH" | "DOD" | "WAT" | "H2O" | "SOL" | "TIP" | "TIP3" | "TP3" | "TIP4" | "TP4"
    )
}

fn standard(name: &str) -> Option<char> {
    let letter = match name {
        "ALA" => 'A',
        "ARG" => 'R',
        "ASN" => 'N',
        "ASP" => 'D',
        "ASX" => 'B',
        "CYS" => 'C',
        "GLN" => 'Q',
        "GLU" => 'E',
        "GLX" => 'Z',
        "GLY" => 'G',
        "HIS" => 'H',
        "ILE" => 'I',
        "LEU" => 'L',
        "LYS" => 'K',
        "MET" => 'M',
        "PHE" => 'F',
        "PRO" => 'P',
        "PYL" => 'O',
        "SEC" => 'U',
        "SER" => 'S',
        "THR" => 'T',
        "TRP" => 'W',
        "TYR" => 'Y',
        "UNK" => UNKNOWN,
        "VAL" => 'V',
        "XLE" => 'J',
        _ => return None,
    };
    Some(letter)
}

/// The parents of the commonest modified residues: post-translational modifications, reagents of
/// crystallography, D-amino acids (names from DAL to DVA), and protonation states.
fn modified(name: &str) -> Option<char> {
    let letter = match name {
        "AIB" | "AYA" | "DAL" => 'A',
        "AGM" | "CIR" | "DAR" | "HAR" => 'R',
        "DSG" | "MEN" => 'N',
        "ASH" | "BHD" | "DAS" | "IAS" | "PHD" => 'D',
        "CAF" | "CAS" | "CME" | "CSD" | "CSO" | "CSS" | "CSX" | "CYM" | "CYX" | "DCY" | "OCS"
        | "SCH" | "SMC" | "SNC" | "YCM" => 'C',
        "DGN" | "MEQ" | "PCA" => 'Q',
        "CGU" | "DGL" | "GLH" => 'E',
        "GL3" | "SAR" => 'G',
        "DHI" | "HIC" | "HID" | "HIE" | "HIP" | "HSD" | "HSE" | "HSP" | "MHS" | "NEP" => 'H',
        "DIL" | "IIL" => 'I',
        "DLE" | "MLE" | "NLE" => 'L',
        "ALY" | "DLY" | "KCX" | "LLP" | "LYN" | "LYZ" | "M3L" | "MLY" | "MLZ" => 'K',
        "CXM" | "FME" | "MED" | "MHO" | "MSE" | "OMT" => 'M',
        "DPN" | "PHI" => 'F',
        "DPR" | "HYP" => 'P',
        "DSN" | "OAS" | "SAC" | "SEP" | "SVA" => 'S',
        "BMT" | "DTH" | "TPO" => 'T',
        "DTR" | "HTR" | "TRQ" => 'W',
        "DTY" | "IYR" | "PTR" | "TPQ" | "TYI" | "TYS" => 'Y',
        "DVA" | "MVA" => 'V',
        _ => return None,
    };
    Some(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modified_residue_has_the_letter_of_its_parent() {
        let none = Parents::new();
        for (name, letter) in [
            ("MSE", 'M'),
            ("SEP", 'S'),
            ("TPO", 'T'),
            ("PTR", 'Y'),
            ("CSO", 'C'),
            ("MLY", 'K'),
        ] {
            assert_eq!(kind(name, &none), Kind::Modified(letter), "{name}");
        }
        assert_eq!(kind("SEC", &none), Kind::Standard('U'));
        assert_eq!(kind("PYL", &none), Kind::Standard('O'));
        assert_eq!(kind("UNK", &none), Kind::Standard('X'));
    }

    #[test]
    fn the_parent_that_the_file_states_comes_first() {
        // Pyroglutamate forms from glutamine or from glutamate; the file knows which.
        let parents = Parents::from([
            ("PCA", "GLU"),
            ("A1BCD", "TRP"),
            ("LLP", "???"),
            ("ALA", "GLY"),
        ]);
        assert_eq!(kind("PCA", &parents), Kind::Modified('E'));
        assert_eq!(kind("PCA", &Parents::new()), Kind::Modified('Q'));
        assert_eq!(kind("A1BCD", &parents), Kind::Modified('W'));
        assert_eq!(
            kind("LLP", &parents),
            Kind::Modified('K'),
            "an unusable parent is passed over"
        );
        assert_eq!(
            kind("ALA", &parents),
            Kind::Standard('A'),
            "a standard residue is what it is"
        );
    }

    #[test]
    fn what_is_no_amino_acid_is_told_apart() {
        let none = Parents::new();
        for (name, expected) in [
            ("DG", Kind::Nucleotide),
            ("U", Kind::Nucleotide),
            ("ACE", Kind::Cap),
        ] {
            assert_eq!(kind(name, &none), expected);
        }
        assert_eq!(kind("HOH", &none), Kind::Water);
        assert_eq!(kind("HEM", &none), Kind::Other);
        assert_eq!(kind("ala", &none), Kind::Other);
    }
}
