//! The token of each residue.

/// Tokens of single letters, and the two that stand around a sequence.
#[derive(Debug, Clone)]
pub(crate) struct Alphabet {
    name: &'static str,
    start: u32,
    end: u32,
    /// By letter, from A.
    letters: [Option<u32>; 26],
}

impl Alphabet {
    pub(super) fn new(
        name: &'static str,
        start: u32,
        end: u32,
        letters: [Option<u32>; 26],
    ) -> Self {
        Self {
            name,
            start,
            end,
            letters,
        }
    }

    /// The alphabet of the TAPE models (Rao et al., arXiv 1906.08230): `<pad>`, `<mask>`,
    /// `<cls>`, `<sep>`, `<unk>`, then the IUPAC letters in order; J is not one of them.
    pub(crate) fn tape() -> Self {
        let mut letters = [None; 26];
        let used = (b'A'..=b'Z').filter(|&letter| letter != b'J');
        for (letter, id) in used.zip(5..) {
            letters[usize::from(letter - b'A')] = Some(id);
        }
        Self::new("TAPE", 2, 3, letters)
    }

    /// The token before a sequence.
    pub(super) fn start(&self) -> u32 {
        self.start
    }

    /// The token after a sequence.
    pub(super) fn end(&self) -> u32 {
        self.end
    }

    /// The token of a residue.
    pub(super) fn id(&self, residue: char) -> Option<u32> {
        let index = (residue as usize).checked_sub('A' as usize)?;
        *self.letters.get(index)?
    }

    /// Where it comes from.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tape_alphabet_skips_j() {
        let alphabet = Alphabet::tape();
        // From the published table: A=5, B=6, I=13, K=14, O=18, Z=29.
        for (letter, id) in [
            ('A', 5),
            ('B', 6),
            ('I', 13),
            ('K', 14),
            ('O', 18),
            ('Z', 29),
        ] {
            assert_eq!(alphabet.id(letter), Some(id));
        }
        for letter in ['J', 'a', '@', '[', '\0', 'Ā'] {
            assert_eq!(alphabet.id(letter), None);
        }
    }
}
