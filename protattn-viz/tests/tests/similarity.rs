use crate::document::{check, group, number, texts, titles};
use protattn_viz::ndarray::{Array2, array};
use protattn_viz::{Figure, Similarity};
use roxmltree::Document;

const NAN: f64 = f64::NAN;

/// Four things, one pair undefined below the diagonal.
pub(crate) fn figure() -> String {
    let below = array![
        [1.0, NAN, NAN, NAN],
        [0.5, 1.0, NAN, NAN],
        [-0.2, NAN, 1.0, NAN],
        [0.1, 0.3, -0.4, 1.0]
    ];
    let above = array![
        [4.0, 3.0, -2.0, 0.0],
        [9.0, 5.0, 1.0, 2.0],
        [9.0, 9.0, 6.0, -4.0],
        [9.0, 9.0, 9.0, 7.0]
    ];
    Similarity::new(["A", "R", "N", "D"], below.view(), above.view())
        .title("Amino acids")
        .value_labels("Correlation of attention", "BLOSUM62")
        .correlation(0.91, 0.0123)
        .to_svg()
        .unwrap()
}

#[test]
fn each_triangle_shows_its_own_array() {
    let svg = figure();
    check(&svg);
    let document = Document::parse(&svg).unwrap();
    let titles = titles(&document);
    let said = |words: &str| titles.iter().filter(|t| *t == words).count();
    assert_eq!(said("A and R, Correlation of attention: 0.500"), 1);
    assert_eq!(said("A and R, BLOSUM62: 3.0"), 1);
    assert_eq!(said("R and N, Correlation of attention: undefined"), 1);
    assert_eq!(said("R and N, BLOSUM62: 1.0"), 1);
    // The 9.0 and 7.0 of the other triangle and the diagonal take no part in the scale.
    assert_eq!(
        texts(&document, "colour-bar").first().unwrap(),
        "Correlation of attention"
    );
    assert!(!titles.iter().any(|t| t.ends_with("9.0")) && svg.contains(">4</text>"));
    let cells: Vec<_> = group(&document, "cells");
    let rects = cells.iter().filter(|n| n.has_tag_name("rect")).count();
    assert_eq!(rects, 12);
    // A is the first row: its BLOSUM62 with R is above and to the right of that below.
    let place = |words: &str| {
        let cell = cells.iter().find(|n| {
            let title = n.first_element_child().and_then(|title| title.text());
            title == Some(words)
        });
        let cell = cell.unwrap();
        [number(*cell, "x"), number(*cell, "y")]
    };
    let [above, below] = [
        place("A and R, BLOSUM62: 3.0"),
        place("A and R, Correlation of attention: 0.500"),
    ];
    assert!(above[0] > below[0] && above[1] < below[1]);
}

#[test]
fn points_are_the_pairs_with_both_values() {
    let svg = figure();
    let document = Document::parse(&svg).unwrap();
    let points: Vec<_> = group(&document, "points")
        .into_iter()
        .filter(|n| n.first_element_child().is_some())
        .collect();
    assert_eq!(points.len(), 5);
    assert!(svg.contains(">r = 0.91, p = 0.012, n = 5</text>"));
}

#[test]
fn statistics_are_printed_as_far_as_known() {
    let [below, above] = [
        array![[1.0, NAN], [0.5, 1.0]],
        array![[1.0, 2.0], [NAN, 1.0]],
    ];
    let printed = |r, p| {
        let figure = Similarity::new(["A", "R"], below.view(), above.view()).correlation(r, p);
        let svg = figure.to_svg().unwrap();
        texts(&Document::parse(&svg).unwrap(), "points")[0].clone()
    };
    assert_eq!(printed(-0.5, NAN), "r = \u{2212}0.50, n = 1");
    assert_eq!(printed(1.0, 0.0), "r = 1.00, p < 1e\u{2212}300, n = 1");
    assert_eq!(
        printed(0.734, 2.04e-29),
        "r = 0.73, p = 2.0e\u{2212}29, n = 1"
    );
}

#[test]
fn shapes_and_extremes_are_fit_to_print() {
    for n in [2, 3, 20, 30] {
        for scale in [0.0, 1e-300, 1e-3, 1e6] {
            let names: Vec<String> = (0..n).map(|i| format!("L{i}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let values = Array2::from_shape_fn((n, n), |(i, j)| {
                scale * ((i * 7 + j * 3) % 5) as f64 / 4.0 * if i % 2 == 0 { 1.0 } else { -1.0 }
            });
            let figure = Similarity::new(names, values.view(), values.view());
            check(
                &figure
                    .title("Pairs")
                    .correlation(NAN, NAN)
                    .to_svg()
                    .unwrap(),
            );
        }
    }
    let long = [
        "a very long label that has no room",
        "another long label of its own",
    ];
    let values = Array2::from_elem((2, 2), 1.0);
    let figure = Similarity::new(long, values.view(), values.view());
    check(
        &figure
            .value_labels(long[0], long[1].repeat(3))
            .to_svg()
            .unwrap(),
    );
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let square = Array2::<f64>::zeros((2, 2));
    let oblong = Array2::<f64>::zeros((2, 3));
    let error = |figure: Similarity<'_>| figure.to_svg().unwrap_err().to_string();
    let labels = ["A", "R"];
    assert_eq!(
        error(Similarity::new(labels, oblong.view(), square.view())),
        "columns of \"Below the diagonal\": found 3, expected 2"
    );
    assert_eq!(
        error(Similarity::new(["A"], square.view(), square.view())),
        "1 labels, expected 2 to 30"
    );
    let figure = Similarity::new(labels, square.view(), square.view());
    assert_eq!(
        error(figure.clone().correlation(1.5, 0.0)),
        "correlation is 1.5, expected -1 to 1"
    );
    assert_eq!(
        error(figure.correlation(0.5, -0.1)),
        "p-value is -0.1, expected 0 to 1"
    );
    let infinite = Array2::from_elem((2, 2), f64::INFINITY);
    assert!(
        Similarity::new(labels, infinite.view(), square.view())
            .to_svg()
            .is_err()
    );
    // Nothing is asked of what is not read.
    let [below, above] = [
        array![[1e9, f64::INFINITY], [0.5, 1e9]],
        array![[1e9, 0.5], [f64::INFINITY, 1e9]],
    ];
    let figure = Similarity::new(labels, below.view(), above.view());
    let svg = figure.clone().correlation(NAN, 0.5).to_svg().unwrap();
    check(&svg);
    assert!(svg.contains(">n = 1</text>"));
    assert_eq!(svg, figure.to_svg().unwrap());
    let swapped = Similarity::new(labels, above.view(), below.view());
    assert_eq!(
        error(swapped),
        "Below the diagonal of R and A is inf, expected -1000000 to 1000000"
    );
    let unknown = Array2::from_elem((2, 2), NAN);
    let svg = Similarity::new(labels, unknown.view(), square.view())
        .to_svg()
        .unwrap();
    assert!(svg.contains(">There are no values to draw.</text>"));
}
