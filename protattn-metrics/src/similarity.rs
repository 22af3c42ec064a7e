//! How alike amino acids are to attention, and whether evolution agrees.

use ndarray::Array2;

use crate::mantel::below_diagonal;
use crate::{ArcCounts, Correlation, Error, Mantel, SimilarityRow, blosum62, mantel, pearson};

/// How alike amino acids are to attention, beside how readily evolution exchanges them: figure 7 of
/// Vig et al. 2021.
///
/// The *profile* of an amino acid is, over the scored heads of all layers, the proportion of the
/// head's arcs that go to it. Two amino acids are alike to attention as far as their profiles
/// correlate.
#[derive(Clone, Debug, PartialEq)]
pub struct Similarity {
    /// The amino acids, in the order of the classes of the counts.
    pub letters: Vec<char>,
    /// Pearson's correlation of the profiles of two amino acids, [letter, letter]; symmetric, in
    /// [-1, 1], NaN on the diagonal.
    pub correlations: Array2<f64>,
    /// The score of [`blosum62`](crate::blosum62), [letter, letter]; symmetric, in half bits.
    pub blosum62: Array2<f64>,
    /// The correlation of the two over the pairs of different amino acids, each pair once. Its test
    /// and interval take the pairs as independent, which they are not, since each amino acid is in
    /// many: [`mantel`](Self::mantel) does not.
    pub agreement: Correlation,
}

impl Similarity {
    /// From the counts of [`AminoAcid`](crate::AminoAcid), or of any property whose classes are
    /// one-letter codes. Only heads with at least `min_arcs` arcs are scored (100 in the paper).
    ///
    /// Left out are classes that BLOSUM62 does not know, and amino acids with which nothing can
    /// correlate, because their proportion is the same in every scored head: those that do not
    /// occur, above all.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] if fewer than two heads are scored, or fewer than three amino acids are
    /// left.
    ///
    /// ```
    /// use protattn_io::Protein;
    /// use protattn_metrics::{AminoAcid, AttentionArc, ArcCounts, Similarity, labels_of};
    ///
    /// // Of three heads, two look at I and V alike; the third looks at W.
    /// let labels = labels_of(&AminoAcid, &Protein::new("p", "IVW")?)?.expect("letters");
    /// let mut counts = ArcCounts::new(&AminoAcid, vec![0], 3)?;
    /// let arc = |head, to| AttentionArc { head, from: 0, to, weight: 0.5 };
    /// counts.observe_arcs(
    ///     0,
    ///     &[arc(0, 0), arc(0, 1), arc(1, 0), arc(1, 1), arc(1, 2), arc(1, 2), arc(2, 2)],
    ///     &labels,
    /// )?;
    ///
    /// let similarity = Similarity::new(&counts, 1)?;
    /// assert_eq!(similarity.letters, ['I', 'V', 'W']);
    /// assert!((similarity.correlations[[0, 1]] - 1.0).abs() < 1e-15);
    /// assert!((similarity.correlations[[0, 2]] + 1.0).abs() < 1e-15);
    /// assert_eq!(similarity.blosum62[[0, 1]], 3.0); // and both are -3 to W
    /// assert!((similarity.agreement.r - 1.0).abs() < 1e-15);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(counts: &ArcCounts, min_arcs: u64) -> Result<Self, Error> {
        let heads = scored_heads(counts, min_arcs);
        at_least("scored heads", 2, heads.len())?;
        let (letters, profiles): (Vec<char>, Vec<Vec<f64>>) = (0..counts.classes().len())
            .filter_map(|class| Some((known_letter(&counts.classes()[class])?, class)))
            .map(|(letter, class)| (letter, profile(counts, class, &heads)))
            .filter(|(_, profile)| profile.iter().any(|value| *value != profile[0]))
            .unzip();
        let n = letters.len();
        at_least("amino acids whose share differs between heads", 3, n)?;

        let mut correlations = Array2::from_elem((n, n), f64::NAN);
        let mut pairs = (Vec::new(), Vec::new());
        let blosum62 = Array2::from_shape_fn((n, n), |(i, j)| {
            blosum62(letters[i], letters[j]).map_or(f64::NAN, f64::from)
        });
        for (i, j) in below_diagonal(n) {
            let r = pearson(&profiles[i], &profiles[j])?.r;
            correlations[[i, j]] = r;
            correlations[[j, i]] = r;
            pairs.0.push(r);
            pairs.1.push(blosum62[[i, j]]);
        }
        Ok(Self {
            letters,
            correlations,
            blosum62,
            agreement: pearson(&pairs.0, &pairs.1)?,
        })
    }

    /// A row for each pair of amino acids.
    pub fn rows(&self) -> Vec<SimilarityRow> {
        let n = self.letters.len();
        let pairs = (0..n).flat_map(|first| (first + 1..n).map(move |second| (first, second)));
        let row = |(first, second)| SimilarityRow {
            amino_acid_1: self.letters[first],
            amino_acid_2: self.letters[second],
            correlation: self.correlations[[first, second]],
            blosum62: self.blosum62[[first, second]],
        };
        pairs.map(row).collect()
    }

    /// Whether the two agree more than chance would have it: the test of [`mantel`](fn@mantel),
    /// which permutes the amino acids.
    ///
    /// # Errors
    ///
    /// None for what [`new`](Self::new) made; those of [`mantel`](fn@mantel) for tables that were
    /// changed.
    pub fn mantel(&self, permutations: usize, seed: u64) -> Result<Mantel, Error> {
        mantel(
            self.correlations.view(),
            self.blosum62.view(),
            permutations,
            seed,
        )
    }
}

/// The letter of a class, if BLOSUM62 knows it.
fn known_letter(class: &str) -> Option<char> {
    let mut letters = class.chars();
    let letter = letters.next().filter(|_| letters.next().is_none())?;
    blosum62(letter, letter).map(|_| letter)
}

/// The heads (row, head) with so many arcs, and any at all.
fn scored_heads(counts: &ArcCounts, min_arcs: u64) -> Vec<(usize, usize)> {
    (0..counts.layers().len())
        .flat_map(|row| (0..counts.n_heads()).map(move |head| (row, head)))
        .filter(|&(row, head)| counts.cell(0, row, head).arcs_total >= min_arcs.max(1))
        .collect()
}

/// The proportion of each head's arcs that are of the class.
fn profile(counts: &ArcCounts, class: usize, heads: &[(usize, usize)]) -> Vec<f64> {
    let proportion = |&(row, head): &(usize, usize)| {
        let cell = counts.cell(class, row, head);
        cell.arcs_in_class as f64 / cell.arcs_total as f64
    };
    heads.iter().map(proportion).collect()
}

fn at_least(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if found >= expected {
        return Ok(());
    }
    Err(Error::TooFew {
        what,
        expected,
        found,
    })
}
