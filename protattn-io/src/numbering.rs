//! Author numbering: names of residues, never indices.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// The number that the authors of a structure gave a residue, with its insertion code: `52`,
/// `52A`, `-3`.
///
/// It is a name. It can be negative, repeat, jump and run backwards; the position along the
/// sequence is the 0-based index of the residue in its [`Protein`](crate::Protein).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ResidueNumber {
    /// The author's number.
    pub number: i32,
    /// The insertion code, if any.
    pub insertion: Option<char>,
}

impl From<i32> for ResidueNumber {
    fn from(number: i32) -> Self {
        Self {
            number,
            insertion: None,
        }
    }
}

impl fmt::Display for ResidueNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)?;
        self.insertion.map_or(Ok(()), |code| write!(f, "{code}"))
    }
}

impl From<ResidueNumber> for String {
    fn from(number: ResidueNumber) -> Self {
        number.to_string()
    }
}

impl FromStr for ResidueNumber {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = || Error::ResidueNumber {
            found: text.to_owned(),
        };
        let insertion = text.chars().next_back().filter(|c| !c.is_ascii_digit());
        let digits = &text[..text.len() - insertion.map_or(0, char::len_utf8)];
        let number = digits.parse().map_err(|_| invalid())?;
        Ok(Self { number, insertion })
    }
}

impl TryFrom<String> for ResidueNumber {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_insertion_codes_round_trip() {
        for text in ["52", "52A", "-3", "0", "-12b"] {
            assert_eq!(
                text.parse::<ResidueNumber>().map(|n| n.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn what_is_not_a_number_is_named() {
        for text in ["", "A", "5AB", "--3", "3.5"] {
            let error = text.parse::<ResidueNumber>().expect_err(text);
            assert_eq!(
                error,
                Error::ResidueNumber {
                    found: text.to_owned()
                }
            );
        }
    }
}
