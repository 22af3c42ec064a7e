//! What is predicted of one protein against its structure.

use ndarray::Array2;
use protattn_io::{PairLabels, Protein};
use protattn_viz::ContactMap;

use super::borrowed;

/// The map of a protein: `probabilities` `[residue, residue]`, NaN where there is none to show, above
/// the diagonal, the contacts of the structure, if it is known, below it.
pub(crate) fn map(
    name: &str,
    protein: &Protein,
    probabilities: &Array2<f64>,
    labels: Option<&PairLabels>,
) -> protattn_viz::Result<String> {
    let n = probabilities.nrows();
    let label = |i: usize, j: usize| labels.map(|labels| labels.get(i, j));
    let is_defined = |i, j| label(i, j).is_some_and(|label| label.is_defined());
    let is_contact = |i, j| label(i, j).is_some_and(|label| label.class().is_some());
    let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    let contacts: Vec<(usize, usize)> = pairs.filter(|(i, j)| is_contact(*i, *j)).collect();
    let undefined: Vec<bool> = (0..n).map(|i| !(0..n).any(|j| is_defined(i, j))).collect();
    let numbers: Vec<String> = protein
        .numbering()
        .into_iter()
        .flat_map(|numbers| numbers.iter().take(n))
        .map(ToString::to_string)
        .collect();
    ContactMap::new(probabilities.view())
        .contacts(&contacts)
        .undefined(&undefined)
        .numbering(&borrowed(&numbers))
        .title(name)
        .to_svg()
}
