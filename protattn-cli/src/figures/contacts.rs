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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use protattn_io::Label;

    use super::*;

    #[test]
    fn residues_have_the_numbers_of_the_author_and_those_not_read_are_left_out() {
        let mut protein = Protein::new("p", "ACDEFGHI").unwrap();
        let numbers = ["52", "52A", "53", "54", "55", "56", "57", "58"];
        let numbers = numbers.map(|number| number.parse().unwrap());
        protein.set_numbering(numbers.to_vec()).unwrap();
        let mut labels = PairLabels::undefined(8);
        for (i, j) in [(1, 6), (6, 1), (0, 7)] {
            labels.set(i, j, Label::from_flag(Some(true)));
        }
        let mut probabilities = Array2::from_elem((7, 7), f64::NAN);
        probabilities[[1, 6]] = 0.75;
        let svg = map("p", &protein, &probabilities, Some(&labels)).unwrap();
        assert!(svg.contains("residues 52A and 57: 0.750"), "{svg}");
        assert!(svg.contains("residues 52A and 57: contact"), "{svg}");
        assert!(!svg.contains(" and 58"), "{svg}");

        let svg = map("p", &protein, &probabilities, None).unwrap();
        assert!(!svg.contains(": contact"), "{svg}");
    }
}
