//! `vocab.txt`: one token a line, the line's number (from 0) its id.

use std::collections::HashMap;

use super::Alphabet;
use crate::error::Error;

/// Letters without a trained token in the ProtTrans models, read as X by their authors.
const READ_AS_X: [char; 4] = ['U', 'Z', 'O', 'B'];

/// Reads a vocabulary for a model whose table has `size` tokens.
pub(crate) fn parse(text: &[u8], size: usize) -> Result<Alphabet, Error> {
    let text = std::str::from_utf8(text)
        .map_err(|source| invalid(format!("byte {} is not UTF-8", source.valid_up_to())))?;
    let tokens = numbered(text, size)?;
    let special = |token: &str| {
        let id = tokens.get(token).copied();
        id.ok_or_else(|| invalid(format!("there is no token {token}")))
    };
    let (start, end) = (special("[CLS]")?, special("[SEP]")?);
    let mut letters: [Option<u32>; 26] = std::array::from_fn(|index| {
        let letter = char::from(b'A' + index as u8);
        tokens.get(letter.encode_utf8(&mut [0; 4]) as &str).copied()
    });
    if letters.iter().all(Option::is_none) {
        return Err(invalid("no token is a residue's letter".to_owned()));
    }
    let x = tokens.get("X").copied();
    for letter in READ_AS_X {
        letters[letter as usize - 'A' as usize] = x;
    }
    Ok(Alphabet::new("vocab.txt", start, end, letters))
}

fn numbered(text: &str, size: usize) -> Result<HashMap<&str, u32>, Error> {
    let mut tokens = HashMap::new();
    for (token, id) in text.trim_end().lines().zip(0_u32..) {
        if id as usize >= size {
            let reason = format!("more tokens than the {size} of `vocab_size` in config.json");
            return Err(invalid(reason));
        }
        if tokens.insert(token, id).is_some() {
            let reason = format!("token {token:?} on line {} is there twice", id + 1);
            return Err(invalid(reason));
        }
    }
    Ok(tokens)
}

fn invalid(reason: String) -> Error {
    Error::Vocabulary { reason }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const PROT_BERT: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nL\nA\nG\nV\nE\nS\nI\nK\nR\nD\n\
        T\nP\nN\nQ\nF\nY\nM\nH\nC\nW\nX\nU\nB\nZ\nO\n";

    #[test]
    fn rare_residues_are_read_as_x() {
        for text in [PROT_BERT.to_owned(), PROT_BERT.replace('\n', "\r\n")] {
            let alphabet = parse(text.as_bytes(), 30).unwrap();
            assert_eq!((alphabet.start(), alphabet.end()), (2, 3));
            assert_eq!((alphabet.id('L'), alphabet.id('W')), (Some(5), Some(24)));
            for letter in ['X', 'U', 'Z', 'O', 'B'] {
                assert_eq!(alphabet.id(letter), Some(25));
            }
            assert_eq!(alphabet.id('J'), None);
        }
    }

    #[test]
    fn without_x_the_rare_residues_have_no_token() {
        let alphabet = parse(b"[CLS]\n[SEP]\nA\nU\n", 30).unwrap();
        assert_eq!((alphabet.id('A'), alphabet.id('U')), (Some(2), None));
    }

    #[test]
    fn what_is_not_a_vocabulary_is_refused() {
        for (text, reason) in [
            (b"[CLS]\nA\n".as_slice(), "there is no token [SEP]"),
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
            let error = parse(text, 4).unwrap_err();
            assert_eq!(error.to_string(), format!("vocab.txt: {reason}"));
        }
    }
}
