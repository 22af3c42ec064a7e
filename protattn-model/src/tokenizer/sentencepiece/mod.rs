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

/// What an unknown character costs more than the least likely piece
/// (`kUnkPenalty` in `unigram_model.cc` of sentencepiece 0.2).
const UNKNOWN_PENALTY: f32 = 10.0;
/// What a piece defined by the user scores less than the likeliest for each of its bytes (the same
/// file).
const USER_DEFINED_PENALTY: f32 = 0.1;

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
    let scores = Scores::new(model);
    let words: Words = std::array::from_fn(|index| {
        let letter = char::from(b'A' + index as u8);
        word(model, &scores, letter)
    });
    let unknown = |word: &Vec<u32>| word.contains(&model.unknown);
    if words.iter().all(unknown) {
        return Err("no piece is a residue's letter".to_owned());
    }
    Ok(words)
}

/// The tokens of "▁" and a letter, which may be the unknown one.
fn word(model: &Model<'_>, scores: &Scores, letter: char) -> Vec<u32> {
    let whole = piece(model, &format!("{MARK}{letter}"));
    if model.kind == Kind::Word {
        return vec![whole.map_or(model.unknown, |piece| piece.id)];
    }
    let parts = [
        piece(model, &MARK.to_string()),
        piece(model, &letter.to_string()),
    ];
    let in_parts = || {
        parts
            .map(|part| part.map_or(model.unknown, |piece| piece.id))
            .to_vec()
    };
    match whole {
        Some(whole) => {
            let apart = scores.of(parts[0], MARK.len_utf8()) + scores.of(parts[1], 1);
            if apart > scores.of(Some(whole), MARK.len_utf8() + 1) {
                in_parts()
            } else {
                vec![whole.id]
            }
        }
        None => in_parts(),
    }
}

/// The piece of this text, if text can become it.
fn piece<'m>(model: &'m Model<'_>, text: &str) -> Option<&'m Piece> {
    let made_from_text = |piece: &&Piece| matches!(piece.role, Role::Normal | Role::UserDefined);
    model.pieces.get(text).filter(made_from_text)
}

/// What the pieces of a unigram model score: a segmentation with a higher sum is likelier.
struct Scores {
    lowest: f32,
    highest: f32,
}

impl Scores {
    fn new(model: &Model<'_>) -> Self {
        let normal = || {
            let pieces = model.pieces.values();
            pieces
                .filter(|piece| piece.role == Role::Normal)
                .map(|piece| piece.score)
        };
        // Sentencepiece starts from the smallest positive number, so that of the usual scores,
        // logarithms of probabilities, the largest is as good as 0.
        Self {
            lowest: normal().fold(f32::MAX, f32::min),
            highest: normal().fold(f32::MIN_POSITIVE, f32::max),
        }
    }

    /// The score of a piece of so many bytes, or of what is none.
    fn of(&self, piece: Option<&Piece>, bytes: usize) -> f32 {
        match piece {
            None => self.lowest - UNKNOWN_PENALTY,
            Some(piece) if piece.role == Role::UserDefined => {
                bytes as f32 * self.highest - USER_DEFINED_PENALTY
            }
            Some(piece) => piece.score,
        }
    }
}
