//! `vocab.txt`: one token a line, the line's number (from 0) its id.

use std::collections::HashMap;

use super::alphabet::{Alphabet, read_rare_as_x, words};
use super::{Frame, Source};
use crate::error::Error;
use crate::info::Family;

/// Reads a vocabulary.
pub(super) fn parse(text: &[u8], source: &Source) -> Result<Alphabet, Error> {
    let invalid = |reason| source.invalid(reason);
    let text = std::str::from_utf8(text)
        .map_err(|error| invalid(format!("byte {} is not UTF-8", error.valid_up_to())))?;
    let tokens = numbered(text, source.size).map_err(invalid)?;
    let frame = Frame::find(source.family, |token| tokens.get(token).copied())
        .map_err(|token| invalid(format!("there is no token {token}")))?;
    let mut words = words(|letter| tokens.get(letter.encode_utf8(&mut [0; 4]) as &str).copied());
    if words.iter().all(Vec::is_empty) {
        return Err(invalid("no token is a residue's letter".to_owned()));
    }
    // ESM was trained with the letters of rare residues.
    if source.family != Family::Esm {
        read_rare_as_x(&mut words);
    }
    Ok(Alphabet::new(source.name(), frame, words))
}

fn numbered(text: &str, size: usize) -> Result<HashMap<&str, u32>, String> {
    let mut tokens = HashMap::new();
    for (token, id) in text.trim_end().lines().zip(0_u32..) {
        if id as usize >= size {
            return Err(format!(
                "more tokens than the {size} of `vocab_size` in config.json"
            ));
        }
        if tokens.insert(token, id).is_some() {
            return Err(format!("token {token:?} on line {} is there twice", id + 1));
        }
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::tokenizer::TokenizerFile;

    const PROT_BERT: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nL\nA\nG\nV\nE\nS\nI\nK\nR\nD\n\
        T\nP\nN\nQ\nF\nY\nM\nH\nC\nW\nX\nU\nB\nZ\nO\n";

    fn read(text: &[u8], family: Family, size: usize) -> Result<Alphabet, Error> {
        let file = TokenizerFile::Vocabulary;
        parse(text, &Source { file, family, size })
    }

    fn id(alphabet: &Alphabet, letter: char) -> Option<u32> {
        Some(alphabet.word(letter)?[0])
    }

    #[test]
    fn rare_residues_are_read_as_x() {
        for text in [PROT_BERT.to_owned(), PROT_BERT.replace('\n', "\r\n")] {
            for family in [Family::Bert, Family::Electra] {
                let alphabet = read(text.as_bytes(), family, 30).unwrap();
                let frame = &alphabet.frame;
                assert_eq!((&*frame.before, &*frame.after), (&[2][..], &[3][..]));
                assert_eq!(
                    (id(&alphabet, 'L'), id(&alphabet, 'W')),
                    (Some(5), Some(24))
                );
                for letter in ['X', 'U', 'Z', 'O', 'B'] {
                    assert_eq!(id(&alphabet, letter), Some(25));
                }
                assert_eq!(id(&alphabet, 'J'), None);
            }
        }
    }

    #[test]
    fn without_x_the_rare_residues_have_no_token() {
        let alphabet = read(b"[CLS]\n[SEP]\nA\nU\n", Family::Bert, 30).unwrap();
        assert_eq!((id(&alphabet, 'A'), id(&alphabet, 'U')), (Some(2), None));
    }

    #[test]
    fn the_special_tokens_are_those_of_the_family() {
        let text = b"<cls>\n<eos>\n</s>\n<sep>\nA\nU\nX\n";
        for (family, before, after) in [
            (Family::Esm, &[0][..], &[1][..]),
            (Family::T5, &[], &[2]),
            (Family::Xlnet, &[], &[3, 0]),
        ] {
            let alphabet = read(text, family, 7).unwrap();
            let frame = &alphabet.frame;
            assert_eq!((&*frame.before, &*frame.after), (before, after));
            let u = if family == Family::Esm { 5 } else { 6 };
            assert_eq!(id(&alphabet, 'U'), Some(u));
        }
    }

    #[test]
    fn what_is_not_a_vocabulary_is_refused() {
        for (text, reason) in [
            (b"".as_slice(), "there is no token [CLS]"),
            (b"[CLS]\nA\n", "there is no token [SEP]"),
            (b"[CLS]\n[SEP]\nthe\n", "no token is a residue's letter"),
            (
                b"[CLS]\n[SEP]\nA\n[CLS]\n",
                "token \"[CLS]\" on line 4 is there twice",
            ),
            (
                b"[CLS]\n[SEP]\nA\nC\nD\n",
                "more tokens than the 4 of `vocab_size` in config.json",
            ),
            (b"[CLS]\n\xff", "byte 6 is not UTF-8"),
        ] {
            let error = read(text, Family::Bert, 4).unwrap_err();
            assert_eq!(error.to_string(), format!("vocab.txt: {reason}"));
        }
    }
}
