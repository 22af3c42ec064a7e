//! Amino acids as attention sees them and as evolution does, against NumPy, SciPy and Biopython.

use protattn_metrics::ndarray::{Array2, array};
use protattn_metrics::{AminoAcid, ArcCounts, Error, Similarity, TrackClasses, blosum62, mantel};
use serde::Deserialize;
use serde_json::json;

use crate::close;

/// Made by `tests/reference/similarity.py`.
const REFERENCE: &str = include_str!("../reference/similarity.json");
/// Made by `tests/reference/blosum62.py`.
const BLOSUM62: &str = include_str!("../reference/blosum62.json");

#[derive(Deserialize)]
struct Reference {
    layers: Vec<usize>,
    n_heads: usize,
    min_arcs: u64,
    arcs_in_class: Vec<u64>,
    arcs_total: Vec<u64>,
    letters: Vec<char>,
    /// Below the diagonal, row by row.
    correlations: Vec<f64>,
    r: f64,
    p_value: f64,
    permutations: usize,
    seed: u64,
    mantel_p_value: f64,
}

fn reference() -> Reference {
    serde_json::from_str(REFERENCE).unwrap()
}

/// Counts of which everything is eligible; background does not matter here.
fn counts(fresh: ArcCounts, arcs_in_class: &[u64], arcs_total: &[u64]) -> ArcCounts {
    let mut value = serde_json::to_value(fresh).unwrap();
    value["arcs_in_class"] = json!(arcs_in_class);
    value["arcs_eligible"] = json!(arcs_total);
    value["arcs_total"] = json!(arcs_total);
    serde_json::from_value(value).unwrap()
}

fn similarity(reference: &Reference) -> Similarity {
    let fresh = ArcCounts::new(&AminoAcid, reference.layers.clone(), reference.n_heads).unwrap();
    let counts = counts(fresh, &reference.arcs_in_class, &reference.arcs_total);
    Similarity::new(&counts, reference.min_arcs).unwrap()
}

#[test]
fn blosum62_is_that_of_biopython() {
    #[derive(Deserialize)]
    struct Matrix {
        letters: String,
        scores: Vec<Vec<i32>>,
    }
    let matrix: Matrix = serde_json::from_str(BLOSUM62).unwrap();
    for (a, row) in matrix.letters.chars().zip(&matrix.scores) {
        for (b, &score) in matrix.letters.chars().zip(row) {
            assert_eq!(blosum62(a, b), Some(score), "{a} {b}");
        }
    }
    let known = |letter: &char| blosum62(*letter, 'A').is_some();
    assert_eq!(('\0'..='\u{ffff}').filter(known).count(), 20);
    assert_eq!(blosum62('A', 'B'), None);
}

#[test]
fn correlations_and_agreement_are_those_of_numpy_and_scipy() {
    let reference = reference();
    let found = similarity(&reference);
    assert_eq!(found.letters, reference.letters);
    assert_eq!(found.letters.len(), 19, "no C");
    let n = found.letters.len();
    let mut expected = reference.correlations.iter();
    for i in 0..n {
        assert!(found.correlations[[i, i]].is_nan());
        for j in 0..i {
            let r = found.correlations[[i, j]];
            assert!((r - expected.next().unwrap()).abs() < 1e-12);
            assert_eq!(r, found.correlations[[j, i]]);
            let score = blosum62(found.letters[i], found.letters[j]).map(f64::from);
            assert_eq!(Some(found.blosum62[[i, j]]), score);
            assert_eq!(Some(found.blosum62[[j, i]]), score);
        }
    }
    assert_eq!(found.agreement.n, n * (n - 1) / 2);
    close(found.agreement.r, reference.r, 1e-9, "r");
    close(found.agreement.p_value, reference.p_value, 1e-9, "p");
}

#[test]
fn the_test_of_mantel_is_that_of_the_script() {
    let reference = reference();
    let similarity = similarity(&reference);
    let found = similarity
        .mantel(reference.permutations, reference.seed)
        .unwrap();
    close(found.r, reference.r, 1e-9, "r");
    assert_eq!(found.p_value, reference.mantel_p_value);
    assert_eq!(found.permutations, reference.permutations);
    // Another seed permutes otherwise.
    let other = similarity.mantel(reference.permutations, 8).unwrap();
    assert_ne!(other.p_value, found.p_value);
}

#[test]
fn the_test_of_mantel_nears_the_share_of_all_orders() {
    // Four places on a line against themselves: of 24 orders one keeps r = 1.
    let places = [0.0_f64, 1.0, 3.0, 7.0];
    let distances = Array2::from_shape_fn((4, 4), |(i, j)| (places[i] - places[j]).abs());
    let found = mantel(distances.view(), distances.view(), 23_999, 5).unwrap();
    assert!((found.r - 1.0).abs() < 1e-12);
    // Only the order itself keeps all six distances, which differ; five standard deviations.
    let expected: f64 = 1.0 / 24.0;
    let deviation = (expected * (1.0 - expected) / 24_000.0).sqrt();
    assert!(
        (found.p_value - expected).abs() < 5.0 * deviation,
        "{found:?}"
    );
    let opposite = mantel(distances.view(), (-&distances).view(), 23_999, 5).unwrap();
    assert!((opposite.r + 1.0).abs() < 1e-12);
    assert_eq!(opposite.p_value, found.p_value, "two-sided");
}

#[test]
fn tables_that_do_not_fit_each_other_are_named() {
    let square = Array2::from_shape_fn((4, 4), |(i, j)| (i * j) as f64);
    let error = |a: &Array2<f64>, b: &Array2<f64>| mantel(a.view(), b.view(), 9, 1).unwrap_err();
    assert_eq!(
        error(&square, &Array2::zeros((4, 3))).to_string(),
        "b are [4, 3], where [4, 4] is needed"
    );
    let small = array![[0.0, 1.0], [1.0, 0.0]];
    assert_eq!(
        error(&small, &small).to_string(),
        "2 items, where at least 3 are needed"
    );
    let mut holed = square.clone();
    holed[[2, 1]] = f64::NAN;
    assert_eq!(
        error(&square, &holed).to_string(),
        "b [2, 1] (counted from 0) is NaN"
    );
    let constant = mantel(square.view(), Array2::ones((4, 4)).view(), 9, 1).unwrap();
    assert!(constant.r.is_nan() && constant.p_value.is_nan());
}

#[test]
fn only_letters_that_vary_over_scored_heads_are_compared() {
    let property = TrackClasses::new(
        "letters",
        "letters",
        ["A", "R", "X", "N", "D", "helix", "C"],
    )
    .unwrap();
    let fresh = || ArcCounts::new(&property, vec![0], 3).unwrap();
    // C is a quarter of the arcs of every scored head, and the last head is not scored.
    let arcs = [
        [1, 2, 1, 3, 0, 0, 25],
        [4, 0, 1, 2, 0, 1, 25],
        [0, 0, 0, 0, 9, 0, 0],
    ]
    .concat();
    let found = Similarity::new(&counts(fresh(), &arcs, &[100, 100, 99]), 100).unwrap();
    assert_eq!(found.letters, ['A', 'R', 'N']);

    let too_few =
        |min_arcs| match Similarity::new(&counts(fresh(), &arcs, &[100, 50, 20]), min_arcs)
            .unwrap_err()
        {
            Error::TooFew { what, found, .. } => (what, found),
            error => panic!("{error}"),
        };
    assert_eq!(too_few(100), ("scored heads", 1));
    let arcs = [1, 2, 1, 3, 0, 0, 25].repeat(3);
    let error = Similarity::new(&counts(fresh(), &arcs, &[100; 3]), 100).unwrap_err();
    assert!(matches!(
        error,
        Error::TooFew {
            expected: 3,
            found: 0,
            ..
        }
    ));
}
