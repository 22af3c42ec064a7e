//! Sentencepiece models (Kudo and Richardson, arXiv 1808.06226), as the ProtTrans models have
//! them: trained on residues with spaces between.
//!
//! A sequence is given to them as "M K T". Their normalizer marks each space, "▁M▁K▁T", and they
//! segment that into pieces. Unless a piece reaches over a mark, which is refused, each "▁M" is
//! segmented by itself, and the tokens of the 26 letters say all there is to say; but a run of
//! unknown pieces becomes one token.

mod model;
mod protobuf;

use self::model::{Kind, MARK, Model, Piece, Role};
use super::alphabet::{Alphabet, Words, read_rare_as_x};
use super::{Frame, Source};
use crate::error::Error;

/// Reads a sentencepiece model.
pub(super) fn parse(file: &[u8], source: &Source) -> Result<Alphabet, Error> {
    let invalid = |reason| source.invalid(reason);
    let model = Model::parse(file, source.size).map_err(invalid)?;
    let frame = Frame::find(source.family, |name| Some(model.pieces.get(name)?.id))
        .map_err(|name| invalid(format!("there is no piece {name}")))?;
    let mut words = words(&model).map_err(invalid)?;
    read_rare_as_x(&mut words);
    Ok(Alphabet::new(source.name(), frame, words).fusing(model.unknown))
}

fn words(model: &Model<'_>) -> Result<Words, String> {
    let spans = |text: &&&str| {
        let ends = |(letter, rest): (char, char)| letter.is_ascii_uppercase() && rest == MARK;
        text.chars().zip(text.chars().skip(1)).any(ends)
    };
    if let Some(text) = model.pieces.keys().find(spans) {
        return Err(format!(
            "piece {text:?} reaches over the end of a residue, and such models are not read"
        ));
    }
    let words: Words = std::array::from_fn(|index| {
        let letter = char::from(b'A' + index as u8);
        word(model, letter)
    });
    let one_token = |word: &Vec<u32>| word.len() == 1 && word[0] != model.unknown;
    if !words.iter().any(one_token) {
        return Err("no piece is a residue's letter".to_owned());
    }
    Ok(words)
}

/// The tokens of "▁" and a letter, which may be the unknown one.
fn word(model: &Model<'_>, letter: char) -> Vec<u32> {
    let whole = piece(model, &format!("{MARK}{letter}"));
    if model.kind == Kind::Word {
        return vec![whole.map_or(model.unknown, |piece| piece.id)];
    }
    let parts = [MARK, letter].map(|part| piece(model, part.encode_utf8(&mut [0; 4])));
    match whole {
        Some(whole) if !likelier(parts, whole) => vec![whole.id],
        _ => parts
            .map(|part| part.map_or(model.unknown, |piece| piece.id))
            .to_vec(),
    }
}

/// Whether a unigram model takes the parts rather than the whole: their scores, logarithms of
/// probabilities, have the higher sum. What is unknown scores far less than any piece, and a piece
/// of the user's as much as a certain one (`unigram_model.cc` of sentencepiece 0.2.3; before that
/// 0.1 less).
fn likelier(parts: [Option<&Piece>; 2], whole: &Piece) -> bool {
    let score = |piece: &Piece| match piece.role {
        Role::UserDefined => 0.0,
        _ => piece.score,
    };
    match parts {
        [Some(mark), Some(letter)] => score(mark) + score(letter) > score(whole),
        _ => false,
    }
}

/// The piece of this text, if text can become it.
fn piece<'m>(model: &'m Model<'_>, text: &str) -> Option<&'m Piece> {
    let made_from_text = |piece: &&Piece| matches!(piece.role, Role::Normal | Role::UserDefined);
    model.pieces.get(text).filter(made_from_text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::info::Family;
    use crate::tokenizer::TokenizerFile;

    const UNIGRAM: &[u8] = include_bytes!("../../../tests/reference/sentencepiece/unigram.model");

    fn read(model: &[u8], size: usize) -> Result<Alphabet, Error> {
        let source = Source {
            file: TokenizerFile::SpmModel,
            family: Family::T5,
            size,
        };
        parse(model, &source)
    }

    /// A field whose value is text or a message, below 128 bytes.
    fn field(number: u8, value: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, value.len() as u8], value].concat()
    }

    fn piece(text: &str, role: u8) -> Vec<u8> {
        let text = field(1, text.as_bytes());
        field(1, &[text.as_slice(), &[0x18, role]].concat())
    }

    /// A word model of `</s>`, `<unk>` and ▁A, and more.
    fn model(more: &[Vec<u8>]) -> Vec<u8> {
        let whole = [
            piece("</s>", 3),
            piece("<unk>", 2),
            piece("▁A", 1),
            field(2, &[0x18, 3]),
            field(3, &[]),
        ];
        [whole.concat(), more.concat()].concat()
    }

    #[test]
    fn a_model_of_three_pieces() {
        let alphabet = read(&model(&[]), 3).unwrap();
        assert_eq!(
            (&*alphabet.frame.before, &*alphabet.frame.after),
            (&[][..], &[0][..])
        );
        assert_eq!(alphabet.name, "spm_model.model");
        assert_eq!(alphabet.word('A'), Some([2].as_slice()));
        assert_eq!(alphabet.word('J'), Some([1].as_slice()));
        assert_eq!(alphabet.word('a'), None);
    }

    #[test]
    fn special_pieces_are_not_made_from_text() {
        for role in [2, 3, 5, 6] {
            let pieces = [piece("</s>", 3), piece("▁A", 1), piece("▁C", role)];
            let rest = [field(2, &[0x18, 3]), field(3, &[])];
            let unknown = if role == 2 { vec![] } else { piece("<unk>", 2) };
            let model = [pieces.concat(), unknown, rest.concat()].concat();
            let alphabet = read(&model, 4).unwrap();
            let unknown = if role == 2 { 2 } else { 3 };
            assert_eq!(alphabet.word('C'), Some([unknown].as_slice()), "{role}");
        }
    }

    #[test]
    fn a_model_cut_anywhere_is_an_error() {
        for end in 0..UNIGRAM.len() {
            assert!(read(&UNIGRAM[..end], 60).is_err(), "{end}");
        }
        assert!(read(UNIGRAM, 60).is_ok());
    }

    #[test]
    fn letters_of_two_tokens_alone_are_no_alphabet() {
        let pieces = ["</s>", "▁", "M"].map(|text| piece(text, 1)).concat();
        let rest = [piece("<unk>", 2), field(2, &[]), field(3, &[])].concat();
        let error = read(&[pieces.clone(), rest.clone()].concat(), 5).unwrap_err();
        assert_eq!(
            error.to_string(),
            "spm_model.model: no piece is a residue's letter"
        );
        let alphabet = read(&[pieces, piece("▁K", 1), rest].concat(), 5).unwrap();
        assert_eq!(alphabet.word('K'), Some([3].as_slice()));
        assert_eq!(alphabet.word('M'), Some([1, 2].as_slice()));
        assert_eq!(alphabet.word('J'), Some([1, 4].as_slice()));
    }

    #[test]
    fn damage_anywhere_never_panics() {
        for at in 0..UNIGRAM.len() {
            for damage in [0x01, 0x80, 0xff] {
                let mut model = UNIGRAM.to_vec();
                model[at] ^= damage;
                let _ = read(&model, 60);
            }
        }
    }

    #[test]
    fn what_is_not_a_model_is_refused() {
        let no_letter = [piece("</s>", 3), piece("<unk>", 2), piece("M", 1)].concat();
        let word_model = [field(2, &[0x18, 3]), field(3, &[])].concat();
        let positive = [&field(1, b"x"), &[0x15][..], &1e-3_f32.to_le_bytes()].concat();
        for (model, reason) in [
            (
                vec![],
                "there is no trainer's specification; the file is truncated",
            ),
            (
                field(2, &[]),
                "there is no normalizer's specification; the file is truncated",
            ),
            (word_model.clone(), "there is no piece for what is unknown"),
            (
                [piece("<unk>", 2), word_model.clone()].concat(),
                "there is no piece </s>",
            ),
            (
                [no_letter, word_model].concat(),
                "no piece is a residue's letter",
            ),
            (
                model(&[piece("<unk2>", 2)]),
                "two pieces are for what is unknown",
            ),
            (model(&[piece("▁A", 1)]), "piece \"▁A\" is there twice"),
            (model(&[piece("", 1)]), "piece 3 is empty"),
            (
                model(&[piece("x", 7)]),
                "piece \"x\" has the unknown type 7",
            ),
            (
                model(&[piece("▁A▁C", 1)]),
                "piece \"▁A▁C\" reaches over the end of a residue, and such models are not read",
            ),
            (
                model(&[piece("x", 1), piece("y", 1)]),
                "more pieces than the 4 of `vocab_size` in config.json",
            ),
            (
                model(&[field(1, &positive)]),
                "the score of piece \"x\" is 0.001, not the logarithm of a probability",
            ),
            (
                model(&[field(1, b"\x0a\x01\xff")]),
                "the text of piece 3 is not UTF-8",
            ),
            (
                model(&[vec![0x08, 0x01]]),
                "a piece has the wrong wire type",
            ),
            (
                model(&[field(1, b"\x10\x01")]),
                "a piece's score has the wrong wire type",
            ),
            (
                model(&[vec![0x0a, 0xff, 0xff, 0xff, 0x7f]]),
                "a field is longer than what holds it; the file is truncated",
            ),
            (
                model(&[field(2, &[0x18, 2])]),
                "a model of type BPE is not read",
            ),
            (
                model(&[field(2, &[0x18, 4])]),
                "a model of type CHAR is not read",
            ),
            (
                model(&[field(2, &[0x18, 9])]),
                "`model_type` is 9, which is unknown",
            ),
            (
                model(&[field(2, &[0xc0, 0x01, 1])]),
                "`treat_whitespace_as_suffix` is not as usual, and such models are not read",
            ),
            (
                model(&[field(2, &[0x98, 0x02, 1])]),
                "`byte_fallback` is not as usual, and such models are not read",
            ),
            (
                model(&[field(3, &[0x18, 0])]),
                "`add_dummy_prefix` is not as usual, and such models are not read",
            ),
            (
                model(&[field(3, &[0x28, 0])]),
                "`escape_whitespaces` is not as usual, and such models are not read",
            ),
        ] {
            let error = read(&model, 4).unwrap_err();
            assert_eq!(error.to_string(), format!("spm_model.model: {reason}"));
        }
    }
}
