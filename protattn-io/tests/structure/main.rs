//! PDB and mmCIF files.
#![cfg(feature = "structure")]
#![allow(clippy::unwrap_used)]

mod annotations;
mod archive;
mod dssp;
mod dssp_ideal;
mod invalid;
mod mmcif;
mod pdb;
mod small;
mod truncation;

use std::path::{Path, PathBuf};

use protattn_io::structure::{self, Options, SecondaryStructure, Structure};
use protattn_io::{Error, Protein};

/// A file of `tests/fixtures`.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// Without secondary structure, since most chains that are read so lack the atoms for it.
fn parse(text: &str) -> Result<Structure, Error> {
    let options = Options {
        secondary_structure: SecondaryStructure::None,
        ..Options::default()
    };
    structure::parse(text.as_bytes(), Path::new("t.x"), &options)
}

/// The message of the error that a text gives, without the path.
fn message(text: &str) -> String {
    parse(text)
        .unwrap_err()
        .to_string()
        .strip_prefix("t.x: ")
        .unwrap()
        .to_owned()
}

fn numbers(protein: &Protein) -> String {
    let numbers: Vec<_> = protein
        .numbering()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    numbers.join(" ")
}

fn warnings(structure: &Structure) -> Vec<String> {
    structure.warnings.iter().map(ToString::to_string).collect()
}
