//! Contacts as a property of pairs.

use protattn_io::{ContactRule, Protein, contact_map};

use super::YES;
use crate::{Labels, Property, PropertyError, Strata};

/// `contact`: whether the two residues touch, by a [`ContactRule`]. A property of pairs, symmetric.
///
/// Undefined, and so in neither the eligible arcs nor the background, are pairs nearer along the
/// chain than the rule's separation, the diagonal among them, and pairs with a residue whose
/// position is unknown. A protein without positions of the rule's atom does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Contact {
    /// Which pairs touch. Default: Cα closer than 8 Å, at least six residues apart.
    pub rule: ContactRule,
}

impl Property for Contact {
    fn name(&self) -> &str {
        "contact"
    }

    fn classes(&self) -> &[String] {
        &YES
    }

    fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
        Ok(contact_map(protein, &self.rule).map(Labels::Pairs))
    }

    fn matched_by(&self) -> Option<Strata> {
        Some(Strata::Separation)
    }
}
