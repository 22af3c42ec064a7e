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

use std::io::BufRead;
use std::path::{Path, PathBuf};

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
        self.elements.next(|fields: Fields, _| fields.protein())
    }
}
