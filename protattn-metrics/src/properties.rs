//! The built-in properties.

mod amino_acid;
mod choice;
mod contact;
mod named;
mod track;

pub use amino_acid::AminoAcid;
pub use choice::PropertyChoice;
pub use contact::Contact;
pub use named::{PROPERTY_NAMES, PropertyOptions, by_name};
pub use track::{
    BindingSite, Modification, SecondaryStructure, TrackClasses, TrackFlags, property_of_track,
};

use std::sync::LazyLock;

/// The classes of a property that is either there or not.
static YES: LazyLock<Vec<String>> = LazyLock::new(|| vec!["yes".to_owned()]);
