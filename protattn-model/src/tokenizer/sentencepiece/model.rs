//! A sentencepiece model: its pieces, and how it was made.
//!
//! The messages and the numbers of their fields are those of `sentencepiece_model.proto`
//! (sentencepiece 0.2).

use std::collections::HashMap;

use super::protobuf::{Fields, Value};

/// The mark that stands for the space before a word.
pub(super) const MARK: char = '▁';

/// How a model segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Unigram,
    Word,
}

/// What a piece is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Normal,
    UserDefined,
    Unknown,
    /// A special token, a byte or a piece that is not used: never made from text.
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    pub(super) id: u32,
    /// The logarithm of its probability.
    pub(super) score: f32,
    pub(super) role: Role,
}

/// A model whose segmentation of single letters can be told.
#[derive(Debug)]
pub(super) struct Model<'a> {
    pub(super) kind: Kind,
    pub(super) pieces: HashMap<&'a str, Piece>,
    /// The token of all that is unknown.
    pub(super) unknown: u32,
}

impl<'a> Model<'a> {
    /// Reads a model of at most `size` pieces.
    pub(super) fn parse(file: &'a [u8], size: usize) -> Result<Self, String> {
        let mut pieces = HashMap::new();
        let (mut kind, mut normalizer) = (None, false);
        for field in Fields::of(file) {
            let field = field?;
            match field.number {
                1 => {
                    if pieces.len() == size {
                        return Err(format!(
                            "more pieces than the {size} of `vocab_size` in config.json"
                        ));
                    }
                    let (text, piece) = piece(field.value.bytes("a piece")?, pieces.len())?;
                    if pieces.insert(text, piece).is_some() {
                        return Err(format!("piece {text:?} is there twice"));
                    }
                }
                2 => kind = Some(trainer(field.value.bytes("the trainer's specification")?)?),
                3 => {
                    check_normalizer(field.value.bytes("the normalizer's specification")?)?;
                    normalizer = true;
                }
                _ => {}
            }
        }
        let kind = kind.ok_or("there is no trainer's specification; the file is truncated")?;
        if !normalizer {
            return Err("there is no normalizer's specification; the file is truncated".to_owned());
        }
        Ok(Self {
            kind,
            unknown: unknown(&pieces)?,
            pieces,
        })
    }
}

fn piece(message: &[u8], index: usize) -> Result<(&str, Piece), String> {
    let (mut text, mut score, mut role) = ("", 0.0, Role::Normal);
    for field in Fields::of(message) {
        let field = field?;
        match field.number {
            1 => {
                text = std::str::from_utf8(field.value.bytes("a piece's text")?)
                    .map_err(|_| format!("the text of piece {index} is not UTF-8"))?;
            }
            2 => score = field.value.float("a piece's score")?,
            3 => {
                role = match field.value.varint("a piece's type")? {
                    1 => Role::Normal,
                    2 => Role::Unknown,
                    3 | 5 | 6 => Role::Never,
                    4 => Role::UserDefined,
                    other => return Err(format!("piece {text:?} has the unknown type {other}")),
                }
            }
            _ => {}
        }
    }
    if text.is_empty() {
        return Err(format!("piece {index} is empty"));
    }
    if !(f32::MIN..=0.0).contains(&score) {
        return Err(format!(
            "the score of piece {text:?} is {score}, not the logarithm of a probability"
        ));
    }
    let id = u32::try_from(index).map_err(|_| "too many pieces".to_owned())?;
    Ok((text, Piece { id, score, role }))
}

fn unknown(pieces: &HashMap<&str, Piece>) -> Result<u32, String> {
    let mut unknown = pieces.values().filter(|piece| piece.role == Role::Unknown);
    match (unknown.next(), unknown.next()) {
        (Some(piece), None) => Ok(piece.id),
        (None, _) => Err("there is no piece for what is unknown".to_owned()),
        (Some(_), Some(_)) => Err("two pieces are for what is unknown".to_owned()),
    }
}

/// Reads how the model segments, and refuses what would give other tokens than those told here.
fn trainer(message: &[u8]) -> Result<Kind, String> {
    let mut kind = Kind::Unigram;
    for field in Fields::of(message) {
        let field = field?;
        match field.number {
            3 => {
                kind = match field.value.varint("`model_type`")? {
                    1 => Kind::Unigram,
                    2 => return Err("a model of type BPE is not read".to_owned()),
                    3 => Kind::Word,
                    4 => return Err("a model of type CHAR is not read".to_owned()),
                    other => return Err(format!("`model_type` is {other}, which is unknown")),
                }
            }
            24 => check_switch("treat_whitespace_as_suffix", false, field.value)?,
            35 => check_switch("byte_fallback", false, field.value)?,
            _ => {}
        }
    }
    Ok(kind)
}

/// Refuses a normalizer that does not mark the space before each word. Its map of characters, most
/// of the file, is passed over: none of those that sentencepiece has changes a capital letter,
/// but for case folding, after which no piece is one.
fn check_normalizer(message: &[u8]) -> Result<(), String> {
    for field in Fields::of(message) {
        let field = field?;
        match field.number {
            3 => check_switch("add_dummy_prefix", true, field.value)?,
            5 => check_switch("escape_whitespaces", true, field.value)?,
            _ => {}
        }
    }
    Ok(())
}

/// Refuses a switch that is not as usual.
fn check_switch(switch: &str, usual: bool, value: Value<'_>) -> Result<(), String> {
    if (value.varint("a switch")? != 0) == usual {
        return Ok(());
    }
    Err(format!(
        "`{switch}` is not as usual, and such models are not read"
    ))
}
