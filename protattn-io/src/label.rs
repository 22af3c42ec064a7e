//! Labels of residues and of residue pairs, where *undefined* is a state.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// What is known of one residue, or of one pair of residues, in a set of mutually exclusive
/// classes: it is in a class, it is in none of them, or nothing is known of it.
///
/// One byte; classes are numbered from 0 in the order in which their property names them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Label(u8);

impl Label {
    /// Nothing is known: such a residue or pair is not counted, neither as yes nor as no.
    pub const UNDEFINED: Self = Self(0);
    /// Known to be in none of the classes.
    pub const NONE: Self = Self(1);
    /// The most classes a property can have.
    pub const MAX_CLASSES: usize = 254;

    /// In the class with this 0-based index; `None` at or over [`Self::MAX_CLASSES`].
    pub fn of_class(index: usize) -> Option<Self> {
        (index < Self::MAX_CLASSES).then(|| Self(index as u8 + 2))
    }

    /// The label of a property with the single class `yes` (index 0).
    pub fn from_flag(flag: Option<bool>) -> Self {
        match flag {
            None => Self::UNDEFINED,
            Some(false) => Self::NONE,
            Some(true) => Self(2),
        }
    }

    /// The 0-based index of its class, if it is in one.
    #[inline]
    pub fn class(self) -> Option<usize> {
        (self.0 >= 2).then(|| usize::from(self.0) - 2)
    }

    /// Whether anything is known.
    #[inline]
    pub fn is_defined(self) -> bool {
        self != Self::UNDEFINED
    }
}

/// One label a residue, 0-based along the sequence.
pub type ResidueLabels = Vec<Label>;

/// One label for each ordered pair of residues (axes: from, to; both 0-based).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairLabels(Array2<Label>);

impl PairLabels {
    /// All pairs of `n` residues, undefined.
    pub fn undefined(n: usize) -> Self {
        Self(Array2::from_elem((n, n), Label::UNDEFINED))
    }

    /// The number of residues: pairs are `len` x `len`.
    pub fn len(&self) -> usize {
        self.0.nrows()
    }

    /// Whether there are no residues.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The label of the pair (from, to).
    ///
    /// # Panics
    ///
    /// If an index is not below [`len`](Self::len).
    #[inline]
    pub fn get(&self, from: usize, to: usize) -> Label {
        self.0[[from, to]]
    }

    /// Labels the ordered pair (from, to), and that one only.
    ///
    /// # Panics
    ///
    /// If an index is not below [`len`](Self::len).
    #[inline]
    pub fn set(&mut self, from: usize, to: usize, label: Label) {
        self.0[[from, to]] = label;
    }

    /// The whole matrix, axes [from, to].
    pub fn view(&self) -> ArrayView2<'_, Label> {
        self.0.view()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undefined_none_and_class_are_three_states() {
        assert!(!Label::UNDEFINED.is_defined());
        assert!(Label::NONE.is_defined());
        assert_eq!(Label::NONE.class(), None);
        assert_eq!(Label::of_class(0).and_then(Label::class), Some(0));
        assert_eq!(Label::of_class(253).and_then(Label::class), Some(253));
        assert_eq!(Label::of_class(254), None);
        assert_eq!(
            Label::from_flag(Some(true)),
            Label::of_class(0).expect("0 is a class")
        );
        assert_eq!(Label::default(), Label::UNDEFINED);
    }

    #[test]
    fn pairs_are_ordered() {
        let mut pairs = PairLabels::undefined(3);
        pairs.set(0, 2, Label::NONE);
        assert_eq!(pairs.get(0, 2), Label::NONE);
        assert_eq!(pairs.get(2, 0), Label::UNDEFINED);
    }
}
