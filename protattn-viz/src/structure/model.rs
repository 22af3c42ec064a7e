//! What a view is made of: residues in space and the arcs between them.

use crate::error::{Error, Result};

/// What softmax may exceed 1 by in single precision.
const ROUNDING: f32 = 1e-3;

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

/// Attention of one residue to another, large enough to be shown.
///
/// ```
/// use protattn_viz::structure::Arc;
///
/// let arc = Arc { contact: Some(true), distance: Some(5.5), ..Arc::new(4, 27, 0.62) };
/// assert!(!arc.directed && arc.head.is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arc {
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

impl Arc {
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
    let bad = |residue: &&Residue| {
        residue
            .ca
            .is_some_and(|ca| !ca.iter().all(|x| x.is_finite()))
    };
    residues.iter().find(bad).map_or(Ok(()), |residue| {
        Err(Error::Position {
            residue: residue.to_string(),
            found: residue.ca.unwrap_or_default(),
        })
    })
}

/// Refuses ends that are no residue, attention that is not from 0 to 1, odd distances.
pub(super) fn check_arcs(arcs: &[Arc], n_residues: usize) -> Result<()> {
    for (index, arc) in arcs.iter().enumerate() {
        if let Some(found) = [arc.from, arc.to]
            .into_iter()
            .find(|&end| end >= n_residues)
        {
            return Err(Error::ArcEnd {
                arc: index,
                found,
                residues: n_residues,
            });
        }
        check(arc.attention, 1.0 + ROUNDING, || {
            format!("attention of arc {index}")
        })?;
        if let Some(distance) = arc.distance {
            check(distance, 1e4, || format!("distance of arc {index}"))?;
        }
    }
    Ok(())
}

fn check(value: f32, max: f32, what: impl FnOnce() -> String) -> Result<()> {
    if (0.0..=max).contains(&value) {
        Ok(())
    } else {
        Err(Error::Range {
            what: what(),
            value: f64::from(value),
            max: f64::from(max.round()),
        })
    }
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
        let refused = |arc: Arc| check_arcs(&[Arc::new(0, 1, 0.5), arc], 2);
        let end = Error::ArcEnd {
            arc: 1,
            found: 2,
            residues: 2,
        };
        assert_eq!(refused(Arc::new(1, 2, 0.5)), Err(end));
        for attention in [f32::NAN, -0.1, 1.2, f32::INFINITY] {
            let error = refused(Arc::new(0, 1, attention));
            assert!(matches!(error, Err(Error::Range { max: 1.0, .. })));
        }
        assert_eq!(refused(Arc::new(0, 1, 1.000_000_1)), Ok(()));
        let far = Arc {
            distance: Some(f32::NAN),
            ..Arc::new(0, 1, 0.5)
        };
        assert!(matches!(refused(far), Err(Error::Range { .. })));
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
