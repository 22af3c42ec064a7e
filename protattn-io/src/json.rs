//! The sets of TAPE in JSON: a list with an object for each protein.
//!
//! The fields are those of TAPE's LMDB folders, with lists in place of arrays and the `id` as text;
//! the documentation of the module `lmdb` says what each means. Fields of other names are passed
//! over. The file is read element by element, so its size does not matter. What Python writes for
//! a float that is no number (`NaN`) is taken as `null`, and a residue with such a coordinate has
//! no position.
//!
//! ```
//! use protattn_io::json;
//!
//! let text = r#"[
//!     {"id": "1abc_1_A", "primary": "MQI", "protein_length": 3, "valid_mask": [true, true, false],
//!      "tertiary": [[0.0, 0.25, 0.5], [3.5, 0.25, 0.5], [0.0, 0.0, 0.0]]},
//!     {"id": "2xyz_1_B", "primary": "M-I"}
//! ]"#;
//! let mut reader = json::Reader::new(text.as_bytes(), "proteinnet_valid.json");
//!
//! let protein = reader.next().expect("a record")?;
//! assert_eq!((protein.id(), protein.sequence()), ("1abc_1_A", "MQI"));
//! assert_eq!(protein.ca(), Some(&[Some([0.0, 0.25, 0.5]), Some([3.5, 0.25, 0.5]), None][..]));
//!
//! let error = reader.next().expect("a record").expect_err("a gap is no residue");
//! let message = "proteinnet_valid.json: record 2, line 4: 2xyz_1_B: residue 2 is '-', not a letter from A to Z";
//! assert_eq!(error.to_string(), message);
//! assert!(reader.next().is_none());
//! # Ok::<(), protattn_io::Error>(())
//! ```

use std::fmt;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::compressed::Input;
use crate::json_elements::Elements;
use crate::tape::Fields;
use crate::{Error, Protein};

/// Reads one protein after another.
///
/// A record that cannot be used is one `Err` that names its number and line, both counted from 1;
/// the next call goes on with the next record. A file without records is one `Err`.
#[derive(Debug)]
pub struct Reader<R> {
    elements: Elements<R>,
}

impl Reader<Input> {
    /// Opens a file, which may be compressed with gzip.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        Ok(Self::new(Input::open(path)?, path))
    }
}

impl<R: BufRead> Reader<R> {
    /// Reads from anything; `path` is what errors call it.
    pub fn new(input: R, path: impl Into<PathBuf>) -> Self {
        let elements = Elements::new(input, path);
        Self { elements }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Protein, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.elements.next::<Record>()?;
        Some(record.and_then(|record| {
            let protein = Fields::from(record).protein();
            protein.map_err(|message| self.elements.refused(message))
        }))
    }
}

/// A record as it is written.
#[derive(Deserialize)]
#[serde(expecting = "an object with `id` and `primary`")]
struct Record {
    id: String,
    primary: String,
    positions: Option<Vec<i64>>,
    sites: Option<Vec<i64>>,
    modifications: Option<Vec<i64>>,
    tertiary: Option<Vec<[Option<f32>; 3]>>,
    valid_mask: Option<Vec<Flag>>,
    ss3: Option<Vec<i64>>,
    ss8: Option<Vec<i64>>,
}

impl From<Record> for Fields {
    fn from(record: Record) -> Self {
        let point = |[x, y, z]: [Option<f32>; 3]| Some([x?, y?, z?]);
        let points = |points: Vec<_>| points.into_iter().map(point).collect();
        let flags = |flags: Vec<Flag>| flags.into_iter().map(|flag| flag.0).collect();
        Self {
            id: record.id,
            primary: record.primary,
            positions: record.positions,
            sites: record.sites,
            modifications: record.modifications,
            tertiary: record.tertiary.map(points),
            valid_mask: record.valid_mask.map(flags),
            ss3: record.ss3,
            ss8: record.ss8,
        }
    }
}

/// A flag, or a number in its place.
struct Flag(bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FlagVisitor)
    }
}

struct FlagVisitor;

impl Visitor<'_> for FlagVisitor {
    type Value = Flag;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false or a number")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Flag, E> {
        Ok(Flag(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Flag, E> {
        Ok(Flag(value != 0))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Flag, E> {
        Ok(Flag(value != 0.0))
    }
}
