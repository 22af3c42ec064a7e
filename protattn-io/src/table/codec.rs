//! How the fields of a row stand in a file.

use std::fmt::Display;
use std::str::FromStr;

use super::Cell;

/// How a field of type `T` stands in a column. A declaration of a [`table!`](crate::table!) names one
/// with `as`; it is [`Plain`] otherwise.
///
/// What [`encode`](Self::encode) gives, [`decode`](Self::decode) takes back to the same value. Their
/// errors say what is wrong with the value, and go on after the column and row: `holds 0, ...`.
pub trait Codec<T> {
    /// What the column holds.
    type Cell: Cell;

    /// The cell of a value.
    ///
    /// # Errors
    ///
    /// If no cell can hold the value.
    fn encode(value: &T) -> Result<Self::Cell, String>;

    /// The value of a cell.
    ///
    /// # Errors
    ///
    /// If no value has this cell.
    fn decode(cell: &Self::Cell) -> Result<T, String>;
}

/// The value as it is. A `usize` is a 32-bit count.
#[derive(Clone, Copy, Debug)]
pub enum Plain {}

impl<T: Cell> Codec<T> for Plain {
    type Cell = T;

    fn encode(value: &T) -> Result<T, String> {
        Ok(value.clone())
    }

    fn decode(cell: &T) -> Result<T, String> {
        Ok(cell.clone())
    }
}

impl Codec<usize> for Plain {
    type Cell = u32;

    fn encode(value: &usize) -> Result<u32, String> {
        u32::try_from(*value).map_err(|_| format!("holds {value}, which is too large"))
    }

    fn decode(cell: &u32) -> Result<usize, String> {
        Ok(*cell as usize)
    }
}

/// An index: 0-based in the row, from 1 in the file. Of an optional one, none is 0 in the file.
#[derive(Clone, Copy, Debug)]
pub enum OneBased {}

impl Codec<usize> for OneBased {
    type Cell = u32;

    fn encode(index: &usize) -> Result<u32, String> {
        Plain::encode(&index.saturating_add(1))
    }

    fn decode(cell: &u32) -> Result<usize, String> {
        let index = (*cell as usize).checked_sub(1);
        index.ok_or_else(|| "holds 0, but counts from 1".to_owned())
    }
}

impl Codec<Option<usize>> for OneBased {
    type Cell = u32;

    fn encode(index: &Option<usize>) -> Result<u32, String> {
        index.map_or(Ok(0), |index| Self::encode(&index))
    }

    fn decode(cell: &u32) -> Result<Option<usize>, String> {
        Ok((*cell as usize).checked_sub(1))
    }
}

/// `yes`, `no`, or `undefined` for none.
#[derive(Clone, Copy, Debug)]
pub enum YesNo {}

impl Codec<Option<bool>> for YesNo {
    type Cell = String;

    fn encode(flag: &Option<bool>) -> Result<String, String> {
        let name = flag.map_or("undefined", |flag| if flag { "yes" } else { "no" });
        Ok(name.to_owned())
    }

    fn decode(cell: &String) -> Result<Option<bool>, String> {
        match cell.as_str() {
            "yes" => Ok(Some(true)),
            "no" => Ok(Some(false)),
            "undefined" => Ok(None),
            other => Err(format!("holds `{other}`, none of yes, no and undefined")),
        }
    }
}

/// The text that a value is displayed as and parsed from: a letter, the name of a variant.
#[derive(Clone, Copy, Debug)]
pub enum Text {}

impl<T: Display + FromStr<Err: Display>> Codec<T> for Text {
    type Cell = String;

    fn encode(value: &T) -> Result<String, String> {
        Ok(value.to_string())
    }

    fn decode(cell: &String) -> Result<T, String> {
        cell.parse()
            .map_err(|error| format!("holds `{cell}`: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trip<T, C: Codec<T>>(value: &T) -> (C::Cell, Result<T, String>) {
        let cell = C::encode(value).expect("a cell can hold it");
        let again = C::decode(&cell);
        (cell, again)
    }

    #[test]
    fn what_is_encoded_is_decoded_to_the_same() {
        assert_eq!(trip::<usize, Plain>(&0), (0, Ok(0)));
        assert_eq!(trip::<usize, OneBased>(&0), (1, Ok(0)));
        assert_eq!(trip::<Option<usize>, OneBased>(&None), (0, Ok(None)));
        assert_eq!(trip::<Option<usize>, OneBased>(&Some(6)), (7, Ok(Some(6))));
        assert_eq!(trip::<char, Text>(&'W'), ("W".to_owned(), Ok('W')));
        for (flag, name) in [
            (Some(true), "yes"),
            (Some(false), "no"),
            (None, "undefined"),
        ] {
            assert_eq!(trip::<_, YesNo>(&flag), (name.to_owned(), Ok(flag)));
        }
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        let large = <OneBased as Codec<usize>>::encode(&usize::MAX);
        assert!(large.is_err_and(|why| why.ends_with("which is too large")));
        let zero = <OneBased as Codec<usize>>::decode(&0);
        assert_eq!(zero, Err("holds 0, but counts from 1".to_owned()));
        let word = "perhaps".to_owned();
        assert!(<Text as Codec<char>>::decode(&word).is_err());
        assert!(YesNo::decode(&word).is_err());
    }
}
