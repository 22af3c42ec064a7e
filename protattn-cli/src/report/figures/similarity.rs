//! Amino acids as attention sees them: the paper's figure 7.

use anyhow::Result;
use ndarray::Array2;
use protattn_metrics::SimilarityRow;
use protattn_metrics::align::SimilarityAgreement;
use protattn_viz::{Figure as _, Similarity};

use super::Figure;

/// The figure, from the pairs of the table.
pub(crate) fn draw(pairs: &[SimilarityRow], record: &SimilarityAgreement) -> Result<Figure> {
    let letters: Vec<char> = record.amino_acids.chars().collect();
    let place = |letter: char| letters.iter().position(|known| *known == letter);
    let shape = (letters.len(), letters.len());
    let mut attention = Array2::from_elem(shape, f64::NAN);
    let mut blosum62 = attention.clone();
    for pair in pairs {
        let [Some(a), Some(b)] = [pair.amino_acid_1, pair.amino_acid_2].map(place) else {
            continue;
        };
        for index in [[a, b], [b, a]] {
            attention[index] = pair.correlation;
            blosum62[index] = pair.blosum62;
        }
    }
    let labels = letters.iter().map(char::to_string);
    let p_value = record.mantel_p_value.unwrap_or(record.p_value);
    let svg = Similarity::new(labels, attention.view(), blosum62.view())
        .title("Amino acids, to attention and to evolution")
        .value_labels("Correlation of attention", "BLOSUM62")
        .correlation(record.correlation, p_value)
        .to_svg();
    let caption = format!(
        "Below the diagonal: Pearson's correlation, over the scored heads, of the shares of attention to two \
         amino acids. Above: how readily they replace each other. The two agree with r = {:.2}; p is \
         that of Mantel's test, which permutes the amino acids.",
        record.correlation
    );
    Figure::new("amino-acid.similarity", svg, caption)
}
