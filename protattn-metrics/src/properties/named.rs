//! The built-in properties by their names.

use protattn_io::ContactRule;

use super::{AminoAcid, BindingSite, Contact, Modification, SecondaryStructure};
use crate::{Error, Property};

/// The names that [`by_name`] knows, in the order of the paper.
pub const PROPERTY_NAMES: &[&str] = &[
    "contact",
    "binding-site",
    "modification",
    "secondary-structure",
    "amino-acid",
];

/// What the built-in properties can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PropertyOptions {
    /// When two residues are in contact. Default: [`ContactRule::default`].
    pub contact: ContactRule,
}

/// The built-in property of this name.
///
/// ```
/// use protattn_metrics::{PropertyOptions, by_name};
///
/// let property = by_name("secondary-structure", &PropertyOptions::default())?;
/// assert_eq!(property.classes(), ["helix", "strand", "turn-bend", "blank"]);
/// # Ok::<(), protattn_metrics::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::UnknownProperty`] if it is none of [`PROPERTY_NAMES`].
pub fn by_name(name: &str, options: &PropertyOptions) -> Result<Box<dyn Property>, Error> {
    match name {
        "contact" => Ok(Box::new(Contact {
            rule: options.contact,
        })),
        "binding-site" => Ok(Box::new(BindingSite)),
        "modification" => Ok(Box::new(Modification)),
        "secondary-structure" => Ok(Box::new(SecondaryStructure)),
        "amino-acid" => Ok(Box::new(AminoAcid)),
        _ => Err(Error::UnknownProperty {
            found: name.to_owned(),
            known: PROPERTY_NAMES.iter().map(ToString::to_string).collect(),
        }),
    }
}
