//! The special tokens around a sequence.

use crate::info::Family;

/// The ids of the special tokens that stand before and after a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) before: Vec<u32>,
    pub(super) after: Vec<u32>,
}

impl Frame {
    /// The frame of a family, each of its tokens looked up by name; the name of the one that is
    /// not there otherwise.
    pub(super) fn find(
        family: Family,
        id: impl Fn(&str) -> Option<u32>,
    ) -> Result<Self, &'static str> {
        let (before, after) = names(family);
        let ids = |names: &'static [&'static str]| -> Result<Vec<u32>, &'static str> {
            names.iter().map(|&name| id(name).ok_or(name)).collect()
        };
        Ok(Self {
            before: ids(before)?,
            after: ids(after)?,
        })
    }

    /// How many tokens it has.
    pub(super) fn len(&self) -> usize {
        self.before.len() + self.after.len()
    }
}

/// The names of a family's special tokens, before and after a sequence.
pub(super) fn names(family: Family) -> (&'static [&'static str], &'static [&'static str]) {
    match family {
        Family::Bert | Family::Albert | Family::Electra => (&["[CLS]"], &["[SEP]"]),
        Family::Xlnet => (&[], &["<sep>", "<cls>"]),
        Family::Esm => (&["<cls>"], &["<eos>"]),
        Family::T5 => (&[], &["</s>"]),
    }
}
