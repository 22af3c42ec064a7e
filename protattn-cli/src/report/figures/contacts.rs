//! What is predicted of one protein against its structure.

use protattn_probe::contacts::PredictedContacts;
use protattn_viz::{ContactMap, Figure};

/// The map of a protein: probabilities above the diagonal, the contacts of the structure, if it is
/// known, below it. Residues without a pair of which the structure says whether it touches are marked.
pub(crate) fn map(protein: &PredictedContacts) -> protattn_viz::Result<String> {
    let mut contacts = Vec::new();
    let mut undefined = vec![true; protein.n_read()];
    for row in protein.rows() {
        if let Some(contact) = row.contact {
            contacts.extend(contact.then_some((row.i, row.j)));
            (undefined[row.i], undefined[row.j]) = (false, false);
        }
    }
    let numbers = protein.numbering().into_iter().flatten();
    ContactMap::new(protein.map().mapv(f64::from).view())
        .contacts(&contacts)
        .undefined(&undefined)
        .numbering(numbers.map(ToString::to_string))
        .title(protein.name())
        .to_svg()
}
