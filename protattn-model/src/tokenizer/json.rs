//! `tokenizer.json`, read by the library of Hugging Face (`tokenizers`).
//!
//! Such a file can hold anything that library can do. It is asked what it makes of each letter,
//! given as a word, and what it puts around them all; that is an alphabet, and sequences are
//! encoded by it as by any other.

use std::panic::catch_unwind;

use serde_json::{Map, Value};
use tokenizers::Tokenizer;

use super::alphabet::{Alphabet, Words, read_rare_as_x, words};
use super::{Frame, Source, frame};
use crate::error::Error;
use crate::info::Family;

/// What a token of a word's beginning may open with, in models of sentencepiece and of bytes.
const MARKS: [char; 2] = ['▁', 'Ġ'];

/// Reads a `tokenizer.json`.
///
/// The library panics at some of the files that are malformed, for instance where the special
/// tokens around a sequence are not among those it lists; that is an error here.
pub(super) fn parse(file: &[u8], source: &Source) -> Result<Alphabet, Error> {
    let alphabet = catch_unwind(|| alphabet(file, source));
    alphabet
        .unwrap_or_else(|_| Err(source.invalid("the library that reads it fails at it".to_owned())))
}

fn alphabet(file: &[u8], source: &Source) -> Result<Alphabet, Error> {
    let tokenizer = load(file).map_err(Error::TokenizerJson)?;
    let mut words = words(|letter| token(&tokenizer, letter));
    if words.iter().all(Vec::is_empty) {
        return Err(source.invalid("no token is a residue's letter".to_owned()));
    }
    let frame = frame(&tokenizer, &words, source)?;
    let mut ids = words
        .iter()
        .flatten()
        .chain(&frame.before)
        .chain(&frame.after);
    if let Some(id) = ids.find(|&&id| id as usize >= source.size) {
        let size = source.size;
        return Err(source.invalid(format!(
            "token {id} is outside the {size} of `vocab_size` in config.json"
        )));
    }
    // ESM and, of the T5 models, Ankh were trained with the letters of rare residues.
    if !matches!(source.family, Family::Esm | Family::T5) {
        read_rare_as_x(&mut words);
    }
    Ok(Alphabet::new(source.name(), frame, words))
}

/// The tokenizer without what it has no need of: what is cut is decided for each sequence, nothing
/// is padded, and nothing becomes text again.
fn load(file: &[u8]) -> tokenizers::Result<Tokenizer> {
    let mut parts: Map<String, Value> = serde_json::from_slice(file)?;
    for part in ["truncation", "padding", "decoder"] {
        parts.insert(part.to_owned(), Value::Null);
    }
    Ok(serde_json::from_value(Value::Object(parts))?)
}

/// The one token that a letter becomes, if that is the letter's own; without a token for what is
/// unknown, other letters are an error of the library's.
fn token(tokenizer: &Tokenizer, letter: char) -> Option<u32> {
    let encoding = tokenizer.encode(vec![letter.to_string()], false).ok()?;
    let &[id] = encoding.get_ids() else {
        return None;
    };
    let token = tokenizer.id_to_token(id)?;
    let mut unmarked = token.trim_start_matches(MARKS).chars();
    (unmarked.next() == Some(letter) && unmarked.next().is_none()).then_some(id)
}

/// What stands around all the letters that have a token; and in between, just those tokens.
fn frame(tokenizer: &Tokenizer, words: &Words, source: &Source) -> Result<Frame, Error> {
    let letters = ('A'..='Z').zip(words).filter(|(_, word)| !word.is_empty());
    let (letters, words): (Vec<String>, Vec<&Vec<u32>>) = letters
        .map(|(letter, word)| (letter.to_string(), word))
        .unzip();
    let encoding = tokenizer.encode(letters, true);
    let encoding = encoding.map_err(Error::TokenizerJson)?;
    let (ids, special) = (encoding.get_ids(), encoding.get_special_tokens_mask());
    let ordinary = |special: &u32| *special == 0;
    let start = special.iter().position(ordinary).unwrap_or(0);
    let end = special
        .iter()
        .rposition(ordinary)
        .map_or(start, |last| last + 1);
    if !ids[start..end].iter().eq(words.into_iter().flatten()) {
        let reason = "a row of residues does not become a row of their tokens";
        return Err(source.invalid(reason.to_owned()));
    }
    let frame = Frame {
        before: ids[..start].to_vec(),
        after: ids[end..].to_vec(),
    };
    check(&frame, source)?;
    Ok(frame)
}

/// As many special tokens as the family has, on the same sides. Their names may be others.
fn check(frame: &Frame, source: &Source) -> Result<(), Error> {
    let (before, after) = frame::names(source.family);
    let found = (frame.before.len(), frame.after.len());
    if found == (before.len(), after.len()) {
        return Ok(());
    }
    let wanted = [before, &["sequence"], after].concat().join(" ");
    Err(source.invalid(format!(
        "{} special tokens come before a sequence and {} after it, but `{}` models have `{wanted}`",
        found.0, found.1, source.family
    )))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::tokenizer::TokenizerFile;

    const BERT: &str = include_str!("../../tests/reference/tokenizer_json/bert.json");

    fn read(contents: &[u8], family: Family, size: usize) -> Result<Alphabet, Error> {
        let source = Source {
            file: TokenizerFile::Json,
            family,
            size,
        };
        parse(contents, &source)
    }

    /// What is wrong with the tokenizer of a BERT when one of its parts is another.
    fn reason(part: &str, value: Value) -> String {
        let mut file: Value = serde_json::from_str(BERT).unwrap();
        *file.pointer_mut(part).unwrap() = value;
        let error = read(file.to_string().as_bytes(), Family::Bert, 30).unwrap_err();
        error.to_string()
    }

    #[test]
    fn what_does_not_give_residues_tokens_is_refused() {
        let added = |frame: &str| format!("tokenizer.json: {frame}");
        assert_eq!(
            reason("/post_processor", Value::Null),
            added(
                "0 special tokens come before a sequence and 0 after it, but `bert` models have \
                 `[CLS] sequence [SEP]`"
            )
        );
        let no_letter = added("no token is a residue's letter");
        assert_eq!(reason("/normalizer/lowercase", json!(true)), no_letter);
        assert_eq!(
            reason("/model/vocab", json!({"[UNK]": 1, "[CLS]": 2, "[SEP]": 3})),
            no_letter
        );
        let doubled = json!({"type": "Prepend", "prepend": "A"});
        assert_eq!(reason("/normalizer", doubled), no_letter);
    }

    #[test]
    fn a_token_outside_the_table_is_named() {
        assert!(read(BERT.as_bytes(), Family::Bert, 30).is_ok());
        assert_eq!(
            read(BERT.as_bytes(), Family::Bert, 29)
                .unwrap_err()
                .to_string(),
            "tokenizer.json: token 29 is outside the 29 of `vocab_size` in config.json"
        );
    }

    #[test]
    fn the_frame_of_another_family_is_refused() {
        let error = read(BERT.as_bytes(), Family::T5, 30)
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "tokenizer.json: 1 special tokens come before a sequence and 1 after it, but `t5` \
             models have `sequence </s>`"
        );
    }

    #[test]
    fn a_file_cut_anywhere_is_an_error_with_its_cause() {
        let error = read(b"{", Family::Bert, 30).unwrap_err();
        assert_eq!(
            error.to_string(),
            "tokenizer.json cannot be used as a tokenizer"
        );
        assert!(std::error::Error::source(&error).is_some());
        for end in (0..BERT.len()).step_by(7) {
            let cut = &BERT.as_bytes()[..end];
            assert!(
                matches!(read(cut, Family::Bert, 30), Err(Error::TokenizerJson(_))),
                "{end}"
            );
        }
    }

    #[test]
    fn a_failure_of_the_library_is_an_error() {
        let reason = reason("/post_processor/special_tokens", json!({}));
        assert_eq!(
            reason,
            "tokenizer.json: the library that reads it fails at it"
        );
    }

    #[test]
    fn damage_anywhere_never_panics() {
        for at in 0..BERT.len() {
            for damage in [0x01, 0x10] {
                let mut file = BERT.as_bytes().to_vec();
                file[at] ^= damage;
                let _ = read(&file, Family::Bert, 30);
            }
        }
    }
}
