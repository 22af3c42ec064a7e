//! From a sequence of residues to tokens.

mod alphabet;
mod file;
mod frame;
#[cfg(feature = "tokenizers")]
mod json;
mod sentencepiece;
mod vocabulary;

use std::ops::Range;

use self::alphabet::Alphabet;
pub(crate) use self::file::TokenizerFile;
use self::frame::Frame;
use crate::error::Error;
use crate::info::Family;

/// What a tokenizer is read from, and for which model.
#[derive(Clone, Copy)]
struct Source {
    file: TokenizerFile,
    family: Family,
    /// Number of tokens in the model's table.
    size: usize,
}

impl Source {
    fn name(&self) -> &'static str {
        self.file.name()
    }

    fn invalid(&self, reason: String) -> Error {
        Error::Vocabulary {
            file: self.name(),
            reason,
        }
    }
}

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

/// Turns a sequence into tokens, one for each residue, between the special tokens of the family.
///
/// | family | tokens | read from |
/// | --- | --- | --- |
/// | BERT, ELECTRA | `[CLS] sequence [SEP]` | `vocab.txt` |
/// | BERT of TAPE | `<cls> sequence <sep>` | nothing; its alphabet is built in |
/// | ALBERT | `[CLS] sequence [SEP]` | `spiece.model` |
/// | XLNet | `sequence <sep> <cls>` | `spm_model.model`, `spiece.model` |
/// | ESM | `<cls> sequence <eos>` | `vocab.txt`, or nothing |
/// | T5 | `sequence </s>` | `spiece.model` (ProtT5), `tokenizer.json` (Ankh) |
///
/// These are the files of the published models; any family's tokenizer can be any of them. Where
/// a folder holds several, the first of `vocab.txt`, `spiece.model`, `spm_model.model` and
/// `tokenizer.json` is read: the authors of the models trained with the former, and the last is
/// made from those where they exist. `tokenizer.json` is read with the feature `tokenizers`.
///
/// # U, Z, O, B and X
/// * The ProtTrans models (BERT, ELECTRA, ALBERT and XLNet from any file, T5 from `vocab.txt` or
///   a sentencepiece model) have no trained tokens for U, Z, O and B: as their authors do, these
///   are read as X.
/// * TAPE and ESM have tokens of their own for all of them.
/// * Ankh (T5 from a `tokenizer.json`) has tokens of its own for those that its vocabulary holds.
///
/// Any other residue without a token, a lower-case letter among them, is an error: the unknown
/// token is not used in its place.
///
/// # Unknown residues in sentencepiece models
/// There, and there alone, a letter without a token becomes `<unk>`, as sentencepiece has it and
/// the original analysis with it. (The vocabulary of ProtXLNet lacks X.) A run of unknown
/// residues becomes a single `<unk>`, and a letter that is a token only without the mark of a
/// word's beginning becomes two. Then tokens no longer stand for residues one by one, and
/// [`encode`](Self::encode) gives [`Error::LengthChanged`]: the original skips such sequences.
#[derive(Debug, Clone)]
pub struct Tokenizer {
    alphabet: Alphabet,
    positions: Option<usize>,
}

impl Tokenizer {
    /// Reads the tokenizer of a model of `size` tokens from the contents of a file, or takes a
    /// built-in one.
    pub(crate) fn load(
        file: Option<(TokenizerFile, &[u8])>,
        family: Family,
        size: usize,
    ) -> Result<Self, Error> {
        let alphabet = match file {
            Some((file, contents)) => {
                let source = Source { file, family, size };
                match file {
                    TokenizerFile::Vocabulary => vocabulary::parse(contents, &source)?,
                    TokenizerFile::Spiece | TokenizerFile::SpmModel => {
                        sentencepiece::parse(contents, &source)?
                    }
                    #[cfg(feature = "tokenizers")]
                    TokenizerFile::Json => json::parse(contents, &source)?,
                    #[cfg(not(feature = "tokenizers"))]
                    TokenizerFile::Json => {
                        let reason = "the feature `tokenizers` of protattn-model, which reads it, \
                                      is off";
                        return Err(source.invalid(reason.to_owned()));
                    }
                }
            }
            None => Alphabet::built_in(family, size).ok_or(Error::MissingTokenizer {
                family,
                vocabulary: size,
            })?,
        };
        Ok(Self {
            alphabet,
            positions: None,
        })
    }

    /// Refuses sequences that are longer than the positions of the model, if it has a number of
    /// them.
    pub(crate) fn limited_to(self, positions: Option<usize>) -> Self {
        Self { positions, ..self }
    }

    /// Encodes a sequence of one-letter residues.
    ///
    /// It looks each letter up in a table and takes memory for the tokens alone, so that millions of
    /// sequences can be encoded in little time next to a pass over any of them; one tokenizer serves
    /// any number of threads.
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
    /// [`Error::Residue`] for a residue outside the vocabulary; [`Error::LengthChanged`] where a
    /// residue does not get one token to itself.
    pub fn encode(&self, sequence: &str, max_tokens: Option<usize>) -> Result<Tokens, Error> {
        if sequence.is_empty() {
            return Err(Error::EmptySequence);
        }
        let special = self.special_tokens();
        let room = match max_tokens {
            Some(found) if found <= special => {
                let least = special + 1;
                return Err(Error::MaxTokens { found, least });
            }
            Some(limit) => limit - special,
            None => usize::MAX,
        };
        let n_residues = sequence.chars().take(room).count();
        Error::check_length(n_residues + special, self.positions)?;
        let frame = &self.alphabet.frame;
        let mut ids = Vec::with_capacity(n_residues + special);
        ids.extend(&frame.before);
        self.push_residues(sequence.chars().take(n_residues), &mut ids)?;
        let residues = frame.before.len()..ids.len();
        ids.extend(&frame.after);
        Tokens::new(ids, residues)
    }

    fn push_residues(
        &self,
        sequence: impl Iterator<Item = char>,
        ids: &mut Vec<u32>,
    ) -> Result<(), Error> {
        let start = ids.len();
        let mut residues = 0;
        let mut first_changed = None;
        for (index, residue) in sequence.enumerate() {
            let word = self.alphabet.word(residue);
            for &id in word.ok_or(Error::Residue { residue, index })? {
                let again = self.alphabet.fused == Some(id) && ids.last() == Some(&id);
                if !again {
                    ids.push(id);
                }
            }
            residues = index + 1;
            if ids.len() - start != residues {
                first_changed = first_changed.or(Some((residue, index)));
            }
        }
        match first_changed {
            None => Ok(()),
            Some((residue, index)) => Err(Error::LengthChanged {
                residues,
                tokens: ids.len() - start,
                residue,
                index,
            }),
        }
    }

    /// How many special tokens stand around the residues: a sequence of n residues has n more
    /// than these.
    #[must_use]
    pub fn special_tokens(&self) -> usize {
        self.alphabet.frame.len()
    }

    /// Where the alphabet comes from: the name of the file that it was read from, or `TAPE` or
    /// `ESM` for a built-in one.
    #[must_use]
    pub fn alphabet(&self) -> &'static str {
        self.alphabet.name
    }
}

#[cfg(test)]
mod tests;
