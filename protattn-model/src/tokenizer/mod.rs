//! From a sequence of residues to tokens.

mod alphabet;
mod vocabulary;

use std::ops::Range;

pub(crate) use self::alphabet::Alphabet;
pub(crate) use self::vocabulary::parse as parse_vocabulary;
use crate::error::Error;

/// The tokens of one sequence, with the special ones.
///
/// Made by [`Tokenizer::encode`] for [`Model::forward`](crate::Model::forward).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    ids: Vec<u32>,
    residues: Range<usize>,
    segments: Option<Vec<u32>>,
}

impl Tokens {
    /// Tokens that another tokenizer made: their ids, and which of them stand for residues.
    ///
    /// # Errors
    /// [`Error::ResidueTokens`] if the range goes beyond the ids, or is empty.
    pub fn new(ids: Vec<u32>, residues: Range<usize>) -> Result<Self, Error> {
        if residues.is_empty() || residues.end > ids.len() {
            let tokens = ids.len();
            return Err(Error::ResidueTokens { residues, tokens });
        }
        Ok(Self {
            ids,
            residues,
            segments: None,
        })
    }

    /// Puts each token in a segment, as `token_type_ids` of transformers do.
    ///
    /// No tokenizer here does this: a protein is one segment, and so the original analysis runs
    /// its models. Of the families only XLNet takes segments, any numbers, and asks whether those
    /// of two tokens are equal. With them it gives what transformers computes from all that its
    /// tokenizer returns, which is 0 for residues and `<sep>`, and 2 for `<cls>`.
    ///
    /// ```
    /// use protattn_model::Tokens;
    ///
    /// // M, K, T, <sep>, <cls> in a model's own numbers.
    /// let tokens = Tokens::new(vec![24, 12, 20, 5, 3], 0..3)?.with_segments(vec![0, 0, 0, 0, 2])?;
    /// assert_eq!(tokens.segments(), Some([0, 0, 0, 0, 2].as_slice()));
    /// # Ok::<(), protattn_model::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::SegmentCount`] if there are not as many as tokens.
    pub fn with_segments(self, segments: Vec<u32>) -> Result<Self, Error> {
        let (found, tokens) = (segments.len(), self.ids.len());
        if found != tokens {
            return Err(Error::SegmentCount { found, tokens });
        }
        Ok(Self {
            segments: Some(segments),
            ..self
        })
    }

    /// The segment of each token, if they are in segments.
    #[must_use]
    pub fn segments(&self) -> Option<&[u32]> {
        self.segments.as_deref()
    }

    /// The token ids, special tokens included.
    #[must_use]
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Which of the tokens stand for residues: token `residues().start + i` is residue `i`
    /// (0-based) of the sequence.
    #[must_use]
    pub fn residues(&self) -> Range<usize> {
        self.residues.clone()
    }
}

/// Turns a sequence into tokens, one for each residue, between the special tokens of the family:
/// `[CLS] sequence [SEP]`.
///
/// A vocabulary of the ProtTrans models (`vocab.txt`) has no trained tokens for U, Z, O and B: as
/// their authors do, these are read as X. The alphabet of the TAPE models has its own tokens for
/// them. Any other residue without a token, a lower-case letter among them, is an error: the
/// unknown token is never used in its place.
#[derive(Debug, Clone)]
pub struct Tokenizer {
    alphabet: Alphabet,
    positions: Option<usize>,
}

/// How many special tokens stand around the residues.
const SPECIAL: usize = 2;

impl Tokenizer {
    pub(crate) fn new(alphabet: Alphabet, positions: Option<usize>) -> Self {
        Self {
            alphabet,
            positions,
        }
    }

    /// Encodes a sequence of one-letter residues.
    ///
    /// With `max_tokens`, the sequence is cut so that it has no more tokens than that, special
    /// ones included; what is cut is not looked at.
    ///
    /// ```
    /// # let config = br#"{"model_type": "bert", "hidden_size": 16, "num_hidden_layers": 2,
    /// #   "num_attention_heads": 2, "intermediate_size": 32, "vocab_size": 30}"#;
    /// # let model = protattn_model::Model::random(config, None, 1)?;
    /// let tokens = model.tokenizer().encode("ACDEFG", Some(6))?;
    /// assert_eq!(tokens.ids(), [2, 5, 7, 8, 9, 3]);
    /// assert_eq!(tokens.residues(), 1..5);
    /// # Ok::<(), protattn_model::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::EmptySequence`]; [`Error::MaxTokens`] where the limit leaves no room for a
    /// residue; [`Error::TooLong`] where the tokens are more than the model has positions;
    /// [`Error::Residue`] for a residue outside the vocabulary.
    pub fn encode(&self, sequence: &str, max_tokens: Option<usize>) -> Result<Tokens, Error> {
        if sequence.is_empty() {
            return Err(Error::EmptySequence);
        }
        let room = match max_tokens {
            Some(found) if found <= SPECIAL => {
                let least = SPECIAL + 1;
                return Err(Error::MaxTokens { found, least });
            }
            Some(limit) => limit - SPECIAL,
            None => usize::MAX,
        };
        let n_residues = sequence.chars().take(room).count();
        self.check_length(n_residues + SPECIAL)?;
        let mut ids = Vec::with_capacity(n_residues + SPECIAL);
        ids.push(self.alphabet.start());
        for (index, residue) in sequence.chars().take(n_residues).enumerate() {
            let id = self.alphabet.id(residue);
            ids.push(id.ok_or(Error::Residue { residue, index })?);
        }
        ids.push(self.alphabet.end());
        Tokens::new(ids, 1..n_residues + 1)
    }

    fn check_length(&self, tokens: usize) -> Result<(), Error> {
        match self.positions {
            Some(positions) if tokens > positions => Err(Error::TooLong { tokens, positions }),
            _ => Ok(()),
        }
    }

    /// Where the alphabet comes from: `vocab.txt`, or `TAPE` for the built-in one.
    #[must_use]
    pub fn alphabet(&self) -> &'static str {
        self.alphabet.name()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn tape(positions: Option<usize>) -> Tokenizer {
        Tokenizer::new(Alphabet::tape(), positions)
    }

    #[test]
    fn a_sequence_is_cut_to_the_limit_with_its_special_tokens() {
        let tokenizer = tape(None);
        assert_eq!(
            tokenizer.encode("ACD", None).unwrap().ids(),
            [2, 5, 7, 8, 3]
        );
        assert_eq!(
            tokenizer.encode("ACD", Some(5)).unwrap().ids(),
            [2, 5, 7, 8, 3]
        );
        let cut = tokenizer.encode("ACD", Some(4)).unwrap();
        assert_eq!((cut.ids(), cut.residues()), ([2, 5, 7, 3].as_slice(), 1..3));
    }

    #[test]
    fn a_residue_is_named_by_its_place_unless_it_is_cut() {
        let tokenizer = tape(None);
        let error = tokenizer.encode("AJA", None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "residue `J` at position 2 is not in the model's vocabulary"
        );
        assert!(tokenizer.encode("AJA", Some(3)).is_ok());
        for sequence in ["Aé", "Aa", "A ", "A*"] {
            assert!(matches!(
                tokenizer.encode(sequence, None),
                Err(Error::Residue { index: 1, .. })
            ));
        }
    }

    #[test]
    fn the_tokens_of_residues_are_some_of_the_tokens() {
        let tokens = Tokens::new(vec![2, 5, 3], 1..2).unwrap();
        assert_eq!(tokens, tape(None).encode("A", None).unwrap());
        for residues in [1..4, 2..2, 3..4] {
            let error = Tokens::new(vec![2, 5, 3], residues.clone()).unwrap_err();
            assert!(
                matches!(error, Error::ResidueTokens { residues: found, tokens: 3 } if found == residues)
            );
        }
    }

    #[test]
    fn limits_that_cannot_be_kept_are_errors() {
        assert!(matches!(
            tape(None).encode("", None),
            Err(Error::EmptySequence)
        ));
        let error = tape(None).encode("A", Some(2));
        assert!(matches!(
            error,
            Err(Error::MaxTokens { found: 2, least: 3 })
        ));
        assert!(tape(Some(4)).encode("AC", None).is_ok());
        let error = tape(Some(4)).encode("ACD", Some(100));
        assert!(matches!(
            error,
            Err(Error::TooLong {
                tokens: 5,
                positions: 4
            })
        ));
        assert!(tape(Some(4)).encode("ACD", Some(4)).is_ok());
    }
}
