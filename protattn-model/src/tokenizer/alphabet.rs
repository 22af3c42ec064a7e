//! The tokens of each residue, and those around a sequence.

use super::Frame;
use crate::info::Family;

/// The size of the vocabulary of the TAPE models, which come without a tokenizer.
const TAPE_TOKENS: usize = 30;
/// The tokens of the ESM models, in their order; `vocab.txt` of the published ones says the same.
const ESM: [&str; 33] = [
    "<cls>", "<pad>", "<eos>", "<unk>", "L", "A", "G", "V", "S", "E", "R", "T", "I", "D", "P", "K",
    "Q", "N", "F", "Y", "M", "H", "W", "C", "X", "B", "U", "Z", "O", ".", "-", "<null_1>",
    "<mask>",
];
/// Letters without a trained token in the ProtTrans models, read as X by their authors.
const READ_AS_X: [u8; 4] = *b"UZOB";

/// The tokens of single letters, and those that stand around a sequence.
#[derive(Debug, Clone)]
pub(super) struct Alphabet {
    /// Where it comes from.
    pub(super) name: &'static str,
    /// What stands around a sequence.
    pub(super) frame: Frame,
    words: Words,
    /// The token of which a run becomes one, if there is one.
    pub(super) fused: Option<u32>,
}

/// The tokens of each letter, by letter, from A; none where the letter is not in the vocabulary.
///
/// One token a letter is what a model is made for. In a sentencepiece model it can be two.
pub(super) type Words = [Vec<u32>; 26];

/// The words that have these tokens, one each.
pub(super) fn words(token: impl Fn(char) -> Option<u32>) -> Words {
    std::array::from_fn(|index| {
        let letter = char::from(b'A' + index as u8);
        token(letter).into_iter().collect()
    })
}

/// Has U, Z, O and B read as X, as the authors of the ProtTrans models do.
pub(super) fn read_rare_as_x(words: &mut Words) {
    let x = words[usize::from(b'X' - b'A')].clone();
    for letter in READ_AS_X {
        words[usize::from(letter - b'A')].clone_from(&x);
    }
}

impl Alphabet {
    pub(super) fn new(name: &'static str, frame: Frame, words: Words) -> Self {
        Self {
            name,
            frame,
            words,
            fused: None,
        }
    }

    /// Makes one token of each run of this one.
    pub(super) fn fusing(self, unknown: u32) -> Self {
        Self {
            fused: Some(unknown),
            ..self
        }
    }

    /// The alphabet of a model that needs no file to tell: TAPE or ESM.
    pub(super) fn built_in(family: Family, size: usize) -> Option<Self> {
        match family {
            Family::Bert if size == TAPE_TOKENS => Some(Self::tape()),
            Family::Esm if size == ESM.len() => Some(Self::esm()),
            _ => None,
        }
    }

    /// The alphabet of the TAPE models (Rao et al., arXiv 1906.08230): `<pad>`, `<mask>`,
    /// `<cls>`, `<sep>`, `<unk>`, then the IUPAC letters in order; J is not one of them.
    fn tape() -> Self {
        let letter = |letter: char| match letter {
            'A'..='I' => Some(letter as u32 - 'A' as u32 + 5),
            'K'..='Z' => Some(letter as u32 - 'K' as u32 + 14),
            _ => None,
        };
        let frame = Frame {
            before: vec![2],
            after: vec![3],
        };
        Self::new("TAPE", frame, words(letter))
    }

    /// The alphabet of ESM-1b (Rives et al., PNAS 2021) and ESM-2 (Lin et al., Science 2023).
    fn esm() -> Self {
        let id = |token: &str| (0..).zip(ESM).find(|(_, other)| *other == token);
        let letter = |letter: char| Some(id(letter.encode_utf8(&mut [0; 4]))?.0);
        let frame = Frame {
            before: vec![0],
            after: vec![2],
        };
        Self::new("ESM", frame, words(letter))
    }

    /// The tokens of a residue.
    pub(super) fn word(&self, residue: char) -> Option<&[u32]> {
        let index = (residue as usize).checked_sub('A' as usize)?;
        let word = self.words.get(index)?;
        (!word.is_empty()).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn check(alphabet: &Alphabet, letters: &[(char, u32)], others: &[char]) {
        for &(letter, id) in letters {
            assert_eq!(alphabet.word(letter), Some([id].as_slice()), "{letter}");
        }
        for &letter in others {
            assert_eq!(alphabet.word(letter), None, "{letter}");
        }
    }

    #[test]
    fn the_tape_alphabet_skips_j() {
        // From the published table.
        let letters = [
            ('A', 5),
            ('B', 6),
            ('I', 13),
            ('K', 14),
            ('O', 18),
            ('Z', 29),
        ];
        check(
            &Alphabet::tape(),
            &letters,
            &['J', 'a', '@', '[', '\0', 'Ā'],
        );
    }

    #[test]
    fn the_esm_alphabet_has_the_rare_residues() {
        let letters = [
            ('L', 4),
            ('A', 5),
            ('C', 23),
            ('X', 24),
            ('B', 25),
            ('U', 26),
            ('Z', 27),
            ('O', 28),
        ];
        check(&Alphabet::esm(), &letters, &['J', '.', '-', '<', 'l']);
    }

    #[test]
    fn only_the_sizes_of_the_published_models_need_no_file() {
        let name = |family, size| Some(Alphabet::built_in(family, size)?.name);
        assert_eq!(name(Family::Bert, 30), Some("TAPE"));
        assert_eq!(name(Family::Esm, 33), Some("ESM"));
        assert_eq!(name(Family::Bert, 33), None);
        assert_eq!(name(Family::Esm, 30), None);
        assert_eq!(name(Family::T5, 33), None);
    }
}
