//! What people call structures by.

use std::fmt;
use std::str::FromStr;

/// An entry of an archive of structures.
///
/// ```
/// use protattn_io::fetch::Identifier;
///
/// let id: Identifier = "7HVP:A".parse().expect("an entry with a chain");
/// assert_eq!(id, Identifier::Pdb { entry: "7hvp".into(), chain: Some("A".into()) });
/// assert_eq!("AF-P69905".parse::<Identifier>().map(|id| id.file_name()), Ok("AF-P69905.cif".into()));
/// assert!("hemoglobin".parse::<Identifier>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Identifier {
    /// An entry of the Protein Data Bank.
    Pdb {
        /// Four characters, the first a digit (`7hvp`), or the extended form (`pdb_00007hvp`); in
        /// lower case.
        entry: String,
        /// The author chain that is meant; every one without it.
        chain: Option<String>,
    },
    /// The model of a UniProt entry in the AlphaFold database: `AF-P69905`, or `AF-P69905-F1`, the
    /// first and for all but the longest proteins only fragment.
    AlphaFold {
        /// The UniProt accession, in upper case.
        accession: String,
    },
}

impl Identifier {
    /// The name of its mmCIF file, which the identifiers of its chains begin with: `7hvp.cif`.
    pub fn file_name(&self) -> String {
        match self {
            Self::Pdb { entry, .. } => format!("{entry}.cif"),
            Self::AlphaFold { accession } => format!("AF-{accession}.cif"),
        }
    }

    /// The chain that is meant, if one is.
    pub fn chain(&self) -> Option<&str> {
        match self {
            Self::Pdb { chain, .. } => chain.as_deref(),
            Self::AlphaFold { .. } => None,
        }
    }
}

impl FromStr for Identifier {
    type Err = String;

    /// Reads an identifier in either case; the error says what one looks like.
    fn from_str(text: &str) -> Result<Self, String> {
        let upper = text.to_ascii_uppercase();
        if let Some(accession) = upper.strip_prefix("AF-") {
            let accession = accession.strip_suffix("-F1").unwrap_or(accession);
            if is_accession(accession) {
                let accession = accession.to_owned();
                return Ok(Self::AlphaFold { accession });
            }
        }
        let (entry, chain) = match text.split_once(':') {
            Some((entry, chain)) => (entry, Some(chain)),
            None => (text, None),
        };
        let is_chain =
            |chain: &str| !chain.is_empty() && chain.bytes().all(|b| b.is_ascii_alphanumeric());
        let entry = entry.to_ascii_lowercase();
        if is_entry(&entry) && chain.is_none_or(is_chain) {
            let chain = chain.map(str::to_owned);
            return Ok(Self::Pdb { entry, chain });
        }
        Err(format!(
            "{text:?} is no identifier of a structure such as 7HVP, 7HVP:A or AF-P69905"
        ))
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pdb { entry, chain: None } => f.write_str(entry),
            Self::Pdb {
                entry,
                chain: Some(chain),
            } => write!(f, "{entry}:{chain}"),
            Self::AlphaFold { accession } => write!(f, "AF-{accession}"),
        }
    }
}

/// Four characters that begin with a digit over 0, also after `pdb_0000`, the form of the wwPDB
/// from 2021 on.
fn is_entry(text: &str) -> bool {
    let short = |id: &str| {
        id.len() == 4
            && matches!(id.as_bytes()[0], b'1'..=b'9')
            && id.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let extended = |id: &str| id.len() == 8 && id.bytes().all(|b| b.is_ascii_alphanumeric());
    short(text) || text.strip_prefix("pdb_").is_some_and(extended)
}

/// The form of an accession as UniProt's help page "Accession numbers" has it.
fn is_accession(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |i: usize| bytes[i].is_ascii_digit();
    let letter = |i: usize| bytes[i].is_ascii_uppercase();
    let either = |i: usize| digit(i) || letter(i);
    let group = |i: usize| letter(i) && either(i + 1) && either(i + 2) && digit(i + 3);
    match bytes.len() {
        6 if matches!(bytes[0], b'O' | b'P' | b'Q') => digit(1) && (2..5).all(either) && digit(5),
        6 => letter(0) && digit(1) && group(2),
        10 => {
            letter(0) && !matches!(bytes[0], b'O' | b'P' | b'Q') && digit(1) && group(2) && group(6)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_told_from_other_names() {
        for text in [
            "1ubq",
            "1UBQ:A",
            "7hvp:AAA",
            "pdb_00001ubq",
            "AF-P69905",
            "af-a0a024r1r8-f1",
            "AF-Q9H0H5-F1",
        ] {
            assert!(text.parse::<Identifier>().is_ok(), "{text}");
        }
        for text in [
            "",
            "ubq1",
            "0ubq",
            "1ub",
            "1ubqq",
            "1ubq:",
            "1ubq:A/B",
            "../1ubq",
            "pdb_1ubq",
            "AF-",
            "AF-P6990",
            "AF-P69905-F2",
            "AF-123456",
            "AF-A0A024R1R",
            "AF-A0A024R1RX",
            "1ubq.cif",
            "é234",
        ] {
            assert!(text.parse::<Identifier>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["1ubq", "1ubq:A", "AF-P69905"] {
            assert_eq!(
                text.parse::<Identifier>().map(|id| id.to_string()),
                Ok(text.to_owned())
            );
        }
    }
}
