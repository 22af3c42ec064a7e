//! The amino acid attended to.

use std::sync::LazyLock;

use protattn_io::{Label, Protein};

use crate::{Labels, Property, PropertyError, Strata};

/// The classes in their order.
const LETTERS: &str = "ACDEFGHIKLMNPQRSTVWYXBJOUZ";

static CLASSES: LazyLock<Vec<String>> =
    LazyLock::new(|| LETTERS.chars().map(String::from).collect());

/// `amino-acid`: the one-letter code of the residue attended to.
///
/// The classes are the 20 standard amino acids in the order of their letters, then `X` (unknown),
/// then `B`, `J`, `O`, `U`, `Z`: every letter is a class of its own and every residue is eligible,
/// as in the original analysis. A residue counts by its letter in the *sequence*, also where a
/// model reads another one there (the ProtTrans models read U, Z, O and B as X).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AminoAcid;

impl Property for AminoAcid {
    fn name(&self) -> &str {
        "amino-acid"
    }

    fn classes(&self) -> &[String] {
        &CLASSES
    }

    fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
        let label = |letter| {
            LETTERS
                .find(letter)
                .and_then(Label::of_class)
                .unwrap_or_default()
        };
        Ok(Some(Labels::Residues(
            protein.sequence().chars().map(label).collect(),
        )))
    }

    /// The amino acid is the property.
    fn matched_by(&self) -> Option<Strata> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_a_protein_can_have_is_the_class_of_that_name() {
        let alphabet: String = ('A'..='Z').collect();
        let protein = Protein::new("all", &alphabet).expect("letters");
        let Ok(Some(Labels::Residues(labels))) = AminoAcid.labels(&protein) else {
            panic!("residue labels")
        };
        let named: String = labels
            .iter()
            .map(|label| CLASSES[label.class().expect("a class")].as_str())
            .collect();
        assert_eq!(named, alphabet);
    }
}
