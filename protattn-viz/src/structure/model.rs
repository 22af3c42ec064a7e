//! What a view is made of: residues in space and the arcs between them.

use crate::error::{Error, Result};
use crate::scale::{check_index, check_number};

/// What softmax may exceed 1 by in single precision.
const ROUNDING: f64 = 1e-3;

/// Secondary structure of a residue, as far as it changes how the chain is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecondaryStructure {
    /// A helix of any kind: a wide ribbon.
    Helix,
    /// A strand of a sheet: a flat arrow that points to the C terminus.
    Strand,
    /// Anything else: a thin tube.
    Other,
}

/// One residue of a chain. Residues that follow each other in a slice and bear the same chain name
/// are neighbours in the chain.
///
/// ```
/// use protattn_viz::structure::{Residue, SecondaryStructure};
///
/// let residue = Residue {
///     ca: Some([26.5, 10.5, 4.0]),
///     secondary_structure: Some(SecondaryStructure::Helix),
///     ..Residue::new("A", 52, 'M')
/// };
/// assert_eq!(residue.to_string(), "M52 of chain A");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Residue {
    /// Name of the chain, as the authors of the structure gave it (`auth_asym_id`); empty or blank
    /// for a chain without a name.
    pub chain: String,
    /// Author number (`auth_seq_id`); a name, not an index.
    pub number: i32,
    /// Insertion code, if any.
    pub insertion: Option<char>,
    /// One-letter code.
    pub letter: char,
    /// Position of Cα in Å; `None` where it was not observed.
    pub ca: Option<[f32; 3]>,
    /// Secondary structure; `None`, not known, is drawn like [`SecondaryStructure::Other`].
    pub secondary_structure: Option<SecondaryStructure>,
    /// Whether the residue binds a ligand.
    pub binding_site: bool,
    /// Whether the residue is modified.
    pub modified: bool,
}

impl Residue {
    /// A residue of which nothing is known but its name.
    pub fn new(chain: impl Into<String>, number: i32, letter: char) -> Self {
        Self {
            chain: chain.into(),
            number,
            insertion: None,
            letter,
            ca: None,
            secondary_structure: None,
            binding_site: false,
            modified: false,
        }
    }

    /// Author number with insertion code: `52`, `52A`.
    pub(super) fn numbering(&self) -> String {
        let insertion = self.insertion_code().map(String::from).unwrap_or_default();
        format!("{}{insertion}", self.number)
    }

    /// The insertion code; a blank is none.
    pub(super) fn insertion_code(&self) -> Option<char> {
        self.insertion.filter(|code| !code.is_whitespace())
    }

    /// The chain's name, if it has one.
    pub(super) fn chain_name(&self) -> Option<&str> {
        Some(self.chain.trim()).filter(|name| !name.is_empty())
    }

    pub(super) fn is(&self, secondary_structure: SecondaryStructure) -> bool {
        self.secondary_structure == Some(secondary_structure)
    }
}

impl std::fmt::Display for Residue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.letter, self.numbering())?;
        self.chain_name()
            .map_or(Ok(()), |chain| write!(f, " of chain {chain}"))
    }
}

/// An arc between two residues of a structure: attention of one to the other, large enough to be
/// shown.
///
/// ```
/// use protattn_viz::structure::ResidueArc;
///
/// let arc = ResidueArc { contact: Some(true), distance: Some(5.5), ..ResidueArc::new(4, 27, 0.62) };
/// assert!(!arc.directed && arc.head.is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResidueArc {
    /// Index (0-based) of the residue that attends, the query.
    pub from: usize,
    /// Index (0-based) of the residue attended to, the key.
    pub to: usize,
    /// The attention, 0 to 1.
    pub attention: f32,
    /// Whether the direction is shown, by an arrowhead at `to`.
    pub directed: bool,
    /// Distance of the two residues in Å, between whichever atoms the caller means; `None` where
    /// it is not known.
    pub distance: Option<f32>,
    /// Whether the two are in contact; `None` where that is undefined.
    pub contact: Option<bool>,
    /// Layer and head (both 0-based) that the attention is of.
    pub head: Option<(usize, usize)>,
}

impl ResidueArc {
    /// An undirected arc of which nothing else is known.
    pub fn new(from: usize, to: usize, attention: f32) -> Self {
        Self {
            from,
            to,
            attention,
            directed: false,
            distance: None,
            contact: None,
            head: None,
        }
    }
}

/// Refuses positions that are not finite.
pub(super) fn check_residues(residues: &[Residue]) -> Result<()> {
    for residue in residues {
        let ca = residue.ca.unwrap_or_default();
        if !ca.iter().all(|x| x.is_finite()) {
            let (residue, found) = (residue.to_string(), ca);
            return Err(Error::Position { residue, found });
        }
    }
    Ok(())
}

/// Refuses ends that are no residue, attention that is not from 0 to 1, odd distances.
pub(super) fn check_arcs(arcs: &[ResidueArc], n_residues: usize) -> Result<()> {
    for (index, arc) in arcs.iter().enumerate() {
        let end = || format!("residue at an end of arc {index}");
        check_index(arc.from.max(arc.to), n_residues, end)?;
        let attention = f64::from(arc.attention);
        let capped = if attention <= 1.0 + ROUNDING {
            attention.min(1.0)
        } else {
            attention
        };
        check_number(capped, (0.0, 1.0), || format!("attention of arc {index}"))?;
        if let Some(distance) = arc.distance {
            let what = || format!("distance of arc {index}");
            check_number(f64::from(distance), (0.0, 1e4), what)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_insertion_codes_and_chains() {
        let mut residue = Residue::new(" ", -3, 'G');
        assert_eq!(residue.to_string(), "G-3");
        residue.insertion = Some('B');
        residue.chain = "AA".to_owned();
        assert_eq!(residue.to_string(), "G-3B of chain AA");
        residue.insertion = Some(' ');
        assert_eq!(residue.numbering(), "-3");
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        let refused = |arc: ResidueArc| check_arcs(&[ResidueArc::new(0, 1, 0.5), arc], 2);
        let end = Error::Outside {
            what: "residue at an end of arc 1".to_owned(),
            value: 2.0,
            low: 0.0,
            high: 1.0,
        };
        assert_eq!(refused(ResidueArc::new(1, 2, 0.5)), Err(end));
        for attention in [f32::NAN, -0.1, 1.2, f32::INFINITY] {
            let error = refused(ResidueArc::new(0, 1, attention));
            assert!(matches!(error, Err(Error::Outside { high: 1.0, .. })));
        }
        assert_eq!(refused(ResidueArc::new(0, 1, 1.000_000_1)), Ok(()));
        let far = ResidueArc {
            distance: Some(f32::NAN),
            ..ResidueArc::new(0, 1, 0.5)
        };
        assert!(matches!(refused(far), Err(Error::Outside { .. })));
    }

    #[test]
    fn positions_must_be_finite() {
        let residue = Residue {
            ca: Some([0.0, f32::NAN, 0.0]),
            ..Residue::new("A", 7, 'K')
        };
        let error = check_residues(&[residue]);
        assert!(
            matches!(error, Err(Error::Position { residue, .. }) if residue == "K7 of chain A")
        );
    }
}
