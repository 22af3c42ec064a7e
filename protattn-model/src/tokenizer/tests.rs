//! Cuts, limits and residues without tokens.

#![allow(clippy::unwrap_used)]

mod golden;

use super::*;

fn tape(positions: Option<usize>) -> Tokenizer {
    Tokenizer {
        alphabet: Alphabet::built_in(Family::Bert, 30).unwrap(),
        positions,
    }
}

/// A is 2, X is 1 and 5, the others are unknown: 0.
fn xlnet() -> Tokenizer {
    let frame = Frame {
        before: vec![],
        after: vec![3, 4],
    };
    let mut words: alphabet::Words = std::array::from_fn(|_| vec![0]);
    words[0] = vec![2];
    words[23] = vec![1, 5];
    Tokenizer {
        alphabet: Alphabet::new("spiece.model", frame, words).fusing(0),
        positions: None,
    }
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
fn the_length_is_that_of_what_is_left_by_the_cut() {
    let tokenizer = xlnet();
    // J is not a piece: alone it is one unknown token, in a row they share one.
    let tokens = tokenizer.encode("AJAJ", None).unwrap();
    assert_eq!(tokens.ids(), [2, 0, 2, 0, 3, 4]);
    assert_eq!(tokens.residues(), 0..4);
    let error = tokenizer.encode("AJAJJA", None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the length of the sequence changes through tokenisation, from 6 residues to 5 \
         tokens: residue `J` at position 5 gets no token to itself"
    );
    assert!(tokenizer.encode("AJAJJA", Some(6)).is_ok());
    assert!(tokenizer.encode("AJAJJA", Some(7)).is_err());
}

#[test]
fn tokens_that_are_as_many_but_of_other_residues_are_refused() {
    // X becomes two and JJ one.
    assert!(matches!(
        xlnet().encode("AXJJ", None),
        Err(Error::LengthChanged {
            residues: 4,
            tokens: 4,
            residue: 'X',
            index: 1
        })
    ));
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
