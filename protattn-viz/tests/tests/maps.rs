use crate::document::{all, check, group, number, size, texts, titles};
use protattn_viz::ndarray::{Array2, array};
use protattn_viz::{ContactMap, Error, Figure, MatrixPanel, MatrixPanels};
use roxmltree::Document;

const NAN: f64 = f64::NAN;

fn matrix(side: usize, scale: f64) -> Array2<f64> {
    Array2::from_shape_fn((side, side), |(i, j)| match (i * 7 + j * 3) % 11 {
        10 => NAN,
        mixed => scale * (mixed as f64 - 4.0) / 5.0,
    })
}

/// Two maps of three heads, one cell of the second undefined.
pub(crate) fn matrices() -> String {
    let first = array![[1.0, 0.5, -0.5], [0.5, 1.0, 0.0], [-0.5, 0.0, 1.0]];
    let second = array![[1.0, 0.2, 0.3], [0.2, 1.0, NAN], [0.3, -0.25, 1.0]];
    let panels = [
        MatrixPanel::new("Layer 1", first.view()),
        MatrixPanel::new("Layer 2", second.view()),
    ];
    MatrixPanels::new(panels)
        .title("Agreement of heads")
        .axis_label("Head")
        .value_label("Correlation of attention")
        .diverging()
        .to_svg()
        .unwrap()
}

/// Ten residues numbered from 27, of which the third has no coordinates.
pub(crate) fn contacts() -> String {
    let mut values = Array2::zeros((10, 10));
    values[[0, 9]] = 1.0;
    values[[1, 8]] = 0.04;
    values[[1, 7]] = 0.5;
    values[[2, 9]] = NAN;
    // Below the diagonal nothing is read.
    values[[9, 0]] = 7.0;
    let numbers = ["27", "28", "29", "30", "30A", "31", "32", "33", "34", "35"];
    let mut undefined = [false; 10];
    undefined[2] = true;
    ContactMap::new(values.view())
        .contacts(&[(0, 9), (8, 1)])
        .undefined(&undefined)
        .numbering(numbers)
        .title("1abc, chain A")
        .to_svg()
        .unwrap()
}

#[test]
fn cells_say_panel_row_and_column() {
    let svg = matrices();
    check(&svg);
    let document = Document::parse(&svg).unwrap();
    let titles = titles(&document);
    assert_eq!(titles.len(), 18);
    let said = |words: &str| titles.iter().any(|title| title == words);
    assert!(said("Layer 1, 1 and 3: \u{2212}0.500") && said("Layer 2, 2 and 3: undefined"));
    assert!(said("Layer 2, 3 and 2: \u{2212}0.250"));
    let fill = |words: &str| {
        let mut nodes = document.descendants();
        let title = nodes.find(|n| n.has_tag_name("title") && n.text() == Some(words));
        title
            .unwrap()
            .parent()
            .unwrap()
            .attribute("fill")
            .unwrap()
            .to_owned()
    };
    // 0 and 1 of a scale from -1 to 1, from tests/palette.py, in both panels.
    assert_eq!(fill("Layer 1, 2 and 3: 0.0"), "#888888");
    assert_eq!(fill("Layer 2, 1 and 1: 1.0"), "#05276b");
    assert_eq!(texts(&document, "legend"), ["undefined"]);
}

#[test]
fn every_shape_of_matrices_is_fit_to_print() {
    let long = "a very long label & words that no map of this width can ever hold";
    for (n_panels, side) in [
        (1, 1),
        (2, 16),
        (3, 2),
        (12, 12),
        (48, 64),
        (64, 8),
        (33, 20),
    ] {
        for scale in [0.0, 1e-300, 1.0, 1e6] {
            let map = matrix(side, scale);
            let panels = vec![MatrixPanel::new(long, map.view()); n_panels];
            let figure = MatrixPanels::new(panels).title(long).axis_label(long);
            for figure in [figure.clone(), figure.diverging()] {
                let svg = figure.value_label(long).to_svg().unwrap();
                check(&svg);
                let document = Document::parse(&svg).unwrap();
                assert_eq!(all(&document, "panel").len(), n_panels);
                assert!(size(&document)[1] < 680.0, "{n_panels} of {side}");
            }
        }
    }
}

#[test]
fn many_cells_become_few_paths() {
    let map = matrix(64, 1.0);
    let panels = vec![MatrixPanel::new("Layer", map.view()); 48];
    let svg = MatrixPanels::new(panels).diverging().to_svg().unwrap();
    // 196,608 cells, of which no two neighbours are alike.
    assert!(svg.len() < 2_500_000, "{}", svg.len());
    let document = Document::parse(&svg).unwrap();
    let words = "Layer: \u{2212}0.800 to 1.0";
    assert_eq!(titles(&document).iter().filter(|t| *t == words).count(), 48);
}

#[test]
fn wrong_matrices_are_refused() {
    let error =
        |panels: &[MatrixPanel<'_>]| MatrixPanels::new(panels.to_vec()).to_svg().unwrap_err();
    assert_eq!(error(&[]).to_string(), "0 panels, expected 1 to 64");
    let oblong = Array2::<f64>::zeros((2, 3));
    assert_eq!(
        error(&[MatrixPanel::new("Layer 1", oblong.view())]).to_string(),
        "columns in panel \"Layer 1\": found 3, expected 2"
    );
    let empty = Array2::<f64>::zeros((0, 0));
    assert!(matches!(
        error(&[MatrixPanel::new("a", empty.view())]),
        Error::Count { found: 0, .. }
    ));
    let infinite = array![[f64::INFINITY]];
    assert_eq!(
        error(&[MatrixPanel::new("a", infinite.view())]).to_string(),
        "cell 1, 1 of panel \"a\" is inf, expected -1000000 to 1000000"
    );
    let unknown = array![[NAN]];
    let svg = MatrixPanels::new([MatrixPanel::new("a", unknown.view())])
        .to_svg()
        .unwrap();
    assert!(svg.contains(">There are no values to draw.</text>"));
}

#[test]
fn predictions_lie_above_and_contacts_below() {
    let svg = contacts();
    check(&svg);
    let document = Document::parse(&svg).unwrap();
    let expected = [
        "residues 27 and 35: 1.0",
        "residues 28 and 33: 0.500",
        "residues 28 and 34: contact",
        "residues 27 and 35: contact",
    ];
    assert_eq!(titles(&document), expected);
    let cell = group(&document, "cells")[0];
    // Row 0, column 9: the top right corner, in the darkest colour.
    let frame = document
        .descendants()
        .find(|n| n.attribute("fill") == Some("none") && n.has_tag_name("rect"))
        .unwrap();
    let right = number(frame, "x") + number(frame, "width");
    assert_eq!(number(cell, "y"), number(frame, "y"));
    assert!((number(cell, "x") + number(cell, "width") - right).abs() < 0.02);
    assert_eq!(cell.attribute("fill"), Some("#1d2336"));
    // Row 2 to the left of the diagonal, column 2 below it, and one pair above.
    let undefined = group(&document, "undefined")[0];
    let path = "M9 2h1M0 2h2M2 3h1M2 4h1M2 5h1M2 6h1M2 7h1M2 8h1M2 9h1";
    let mut found: Vec<&str> = undefined.attribute("d").unwrap().split('M').collect();
    let mut wanted: Vec<&str> = path.split('M').collect();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
    let legend = texts(&document, "legend");
    assert_eq!(legend, ["contact in the structure (below)", "undefined"]);
    let numbers = texts(&document, "residues");
    assert_eq!(numbers[..3], ["27", "28", "29"]);
}

#[test]
fn large_contact_maps_stay_small() {
    // Bands about the diagonal, as in a protein of helices, and a weak floor under the threshold.
    let n = 2000;
    let values = Array2::from_shape_fn((n, n), |(i, j)| match j.abs_diff(i) {
        3 | 4 | 7 => 0.3 + ((i * 31 + j) % 60) as f64 / 100.0,
        _ => 0.01,
    });
    let pairs: Vec<(usize, usize)> = (0..n - 7).map(|i| (i, i + 7)).collect();
    let svg = ContactMap::new(values.view())
        .contacts(&pairs)
        .to_svg()
        .unwrap();
    check(&svg);
    assert!(svg.len() < 150_000, "{}", svg.len());
    let numbers = texts(&Document::parse(&svg).unwrap(), "residues");
    assert!(numbers.contains(&"1000".to_owned()) && numbers.contains(&"2000".to_owned()));
}

#[test]
fn every_contact_map_is_fit_to_print() {
    for n in [1, 2, 12, 60, 150, 151, 400] {
        let values = matrix(n, 0.5).mapv(|value| (value + 0.4).clamp(0.0, 1.0));
        let pairs = [(0, n - 1), (n - 1, n / 2)];
        let long = "what a model says of & how it is called, at very great length indeed";
        let map = ContactMap::new(values.view()).contacts(&pairs).title(long);
        for map in [map.clone(), map.fitted().threshold(0.0)] {
            check(&map.value_label(long).contact_label(long).to_svg().unwrap());
        }
    }
}

#[test]
fn the_scale_ends_at_one_or_at_the_highest() {
    let values = array![[0.0, 0.2], [0.0, 0.0]];
    let end = |map: ContactMap<'_>| {
        let svg = map.to_svg().unwrap();
        texts(&Document::parse(&svg).unwrap(), "colour-bar")
            .pop()
            .unwrap()
    };
    assert_eq!(end(ContactMap::new(values.view())), "1.0");
    assert_eq!(end(ContactMap::new(values.view()).fitted()), "0.20");
}

#[test]
fn wrong_contact_maps_are_refused() {
    let error = |map: ContactMap<'_>| map.to_svg().unwrap_err().to_string();
    let values = Array2::<f64>::zeros((3, 3));
    let map = ContactMap::new(values.view());
    assert_eq!(
        error(map.clone().contacts(&[(0, 3)])),
        "residue of contact (0, 3) is 3, expected 0 to 2"
    );
    assert_eq!(
        error(map.clone().numbering(["1"])),
        "residue numbers: found 1, expected 3"
    );
    assert_eq!(
        error(map.clone().undefined(&[true])),
        "marks of undefined residues: found 1, expected 3"
    );
    assert_eq!(
        error(map.clone().threshold(NAN)),
        "threshold is NaN, expected 0 to 1"
    );
    let high = array![[0.0, 1.5], [0.0, 0.0]];
    assert_eq!(
        error(ContactMap::new(high.view())),
        "value of residues 1 and 2 is 1.5, expected 0 to 1"
    );
    let oblong = Array2::<f64>::zeros((2, 3));
    assert!(ContactMap::new(oblong.view()).to_svg().is_err());
    let empty = Array2::<f64>::zeros((0, 0));
    assert_eq!(
        error(ContactMap::new(empty.view())),
        "0 residues, expected 1 to 4000"
    );
    let unknown = Array2::from_elem((3, 3), NAN);
    let svg = ContactMap::new(unknown.view()).to_svg().unwrap();
    assert!(svg.contains(">There are no values to draw.</text>"));
}

#[test]
fn the_vertical_axis_has_the_height_of_the_maps_for_its_title() {
    let map = matrix(8, 1.0);
    let panels = [MatrixPanel::new("Layer 1", map.view())];
    let figure = MatrixPanels::new(panels).axis_label("Head of this layer");
    let svg = figure.to_svg().unwrap();
    check(&svg);
    assert_eq!(svg.matches(">Head of this layer</text>").count(), 2);
}

#[test]
fn contacts_count_once_and_none_lies_on_the_diagonal() {
    let values = Array2::from_elem((10, 10), NAN);
    let map = ContactMap::new(values.view());
    let svg = map
        .clone()
        .contacts(&[(1, 8), (8, 1), (1, 8), (4, 4)])
        .to_svg()
        .unwrap();
    let document = Document::parse(&svg).unwrap();
    assert_eq!(group(&document, "contacts").len(), 1);
    assert!(svg.contains("contact in the structure: 1 pairs."));
    let svg = map.contacts(&[(4, 4)]).to_svg().unwrap();
    assert!(svg.contains(">There are no values to draw.</text>"));
}

#[test]
fn long_numbers_are_cut_and_leave_room_for_the_map() {
    let values = Array2::from_elem((6, 6), 0.5);
    let name = |i: usize| format!("residue {i} of a chain with a name that never comes to an end");
    let names: Vec<String> = (0..6).map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let svg = ContactMap::new(values.view())
        .numbering(&names)
        .to_svg()
        .unwrap();
    check(&svg);
    assert!(svg.contains(&format!(
        "<title>residues {} and {}: 0.500",
        names[0], names[1]
    )));
    let document = Document::parse(&svg).unwrap();
    let cell = group(&document, "cells")[0];
    assert!(number(cell, "width") > 25.0);
}
