//! The flags that say what a contact is.

use clap::{Args, ValueEnum};
use protattn_io::{ContactAtom, ContactRule};

/// What a contact is.
#[derive(Debug, Args)]
pub(crate) struct ContactArgs {
    /// Atom between which contacts are measured.
    #[arg(long, value_name = "ATOM", value_enum, default_value_t = Atom::Ca)]
    pub(crate) contact_atom: Atom,
    /// Residues nearer along the chain are no pair for contacts.
    #[arg(long, value_name = "N", default_value_t = 6)]
    pub(crate) min_separation: usize,
    /// Contacts are closer than this, in Å.
    #[arg(long, value_name = "Å", default_value_t = 8.0, value_parser = contact_distance)]
    pub(crate) contact_distance: f64,
}

impl ContactArgs {
    /// The same, as the library has it.
    pub(crate) fn rule(&self) -> ContactRule {
        ContactRule {
            atom: match self.contact_atom {
                Atom::Ca => ContactAtom::Ca,
                Atom::Cb => ContactAtom::Cb,
            },
            distance: self.contact_distance,
            min_separation: self.min_separation,
        }
    }

    /// The name of the atom, as it is given.
    pub(crate) fn atom_name(&self) -> String {
        format!("{:?}", self.contact_atom).to_lowercase()
    }
}

/// The atom between which contacts are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Atom {
    /// The α carbon.
    Ca,
    /// The β carbon, α for glycine.
    Cb,
}

fn contact_distance(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|d: &f64| *d > 0.0 && d.is_finite())
        .ok_or_else(|| "a distance over 0 Å".to_owned())
}
