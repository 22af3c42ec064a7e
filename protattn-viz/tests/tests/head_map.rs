use crate::document::{check, group, number, size, text_boxes, texts};
use protattn_viz::ndarray::{Array2, array};
use protattn_viz::{Figure, HeadMap};
use roxmltree::Document;

/// Those that models have, and some that none has.
pub(crate) const SHAPES: [(usize, usize); 14] = [
    (1, 1),
    (1, 12),
    (2, 1),
    (3, 4),
    (4, 4),
    (6, 4),
    (12, 12),
    (24, 24),
    (25, 25),
    (30, 16),
    (12, 64),
    (48, 20),
    (96, 96),
    (200, 1),
];

/// Percentages [layer, head] with the highest, 63.2, in the last head of the last layer.
pub(crate) fn values(layers: usize, heads: usize) -> Array2<f64> {
    Array2::from_shape_fn((layers, heads), |(layer, head)| {
        let mixed = (layer * 7919 + head * 104_729) % 97;
        match (layer + 1 == layers && head + 1 == heads, mixed) {
            (true, _) => 63.2,
            (_, 5..15) => f64::NAN,
            _ => mixed as f64 / 2.0,
        }
    })
}

fn map(values: &Array2<f64>) -> HeadMap<'_> {
    HeadMap::new(values.view())
        .title("Attention on contacts")
        .value_label("% attention on contacts")
        .unscored_label("fewer than 100 arcs")
        .background(4.3)
}

#[test]
fn every_shape_is_fit_to_print() {
    for (layers, heads) in SHAPES {
        let svg = map(&values(layers, heads)).to_svg().unwrap();
        check(&svg);
        let document = Document::parse(&svg).unwrap();
        let cells = group(&document, "cells")
            .iter()
            .filter(|n| n.has_tag_name("rect"))
            .count();
        assert_eq!(cells, layers * heads);
        assert!(
            size(&document)[1] < 680.0,
            "{layers}x{heads} is higher than a page"
        );
    }
}

#[test]
fn wide_maps_get_the_double_column() {
    let width = |heads| {
        map(&values(3, heads))
            .to_svg()
            .unwrap()
            .contains("width=\"175mm\"")
    };
    assert!(!width(24));
    assert!(width(25));
}

#[test]
fn layer_one_is_at_the_bottom_and_head_one_to_the_left() {
    let values = array![[0.0, 1.0, 2.0], [10.0, 20.0, 100.0]];
    let svg = HeadMap::new(values.view()).to_svg().unwrap();
    let document = Document::parse(&svg).unwrap();
    let cells = group(&document, "cells");
    let title = |i: usize| {
        cells[i]
            .first_element_child()
            .unwrap()
            .text()
            .unwrap()
            .to_owned()
    };
    assert_eq!(title(0), "layer 1, head 1: 0.0%");
    assert_eq!(title(5), "layer 2, head 3: 100%");
    assert!(number(cells[0], "y") > number(cells[5], "y"));
    assert!(number(cells[0], "x") < number(cells[5], "x"));
    // The ends of the scale, from tests/palette.py.
    assert_eq!(cells[0].attribute("fill"), Some("#f9fcee"));
    assert_eq!(cells[5].attribute("fill"), Some("#1d2336"));
}

#[test]
fn ticks_count_from_one_and_thin_out() {
    let svg = map(&values(12, 64)).to_svg().unwrap();
    let document = Document::parse(&svg).unwrap();
    assert_eq!(
        texts(&document, "layers"),
        ["2", "4", "6", "8", "10", "12", "Layer"]
    );
    let heads = texts(&document, "heads");
    assert_eq!(heads[..4], ["1", "5", "10", "15"]);
    assert_eq!(heads.last().unwrap(), "Head");

    let svg = map(&values(12, 12)).to_svg().unwrap();
    let document = Document::parse(&svg).unwrap();
    let all: Vec<String> = (1..=12).map(|i| i.to_string()).collect();
    assert_eq!(texts(&document, "heads")[..12], all);
    assert_eq!(texts(&document, "layers")[..12], all);
}

#[test]
fn maxima_stand_in_line_with_their_rows() {
    let values = array![[f64::NAN, 7.0], [f64::NAN, f64::NAN], [30.0, 70.0]];
    let svg = HeadMap::new(values.view()).to_svg().unwrap();
    let document = Document::parse(&svg).unwrap();
    let rects = |class| -> Vec<_> {
        group(&document, class)
            .into_iter()
            .filter(|n| n.has_tag_name("rect"))
            .collect()
    };
    let bars = rects("layer-maxima");
    let titles: Vec<_> = bars
        .iter()
        .map(|n| n.first_element_child().unwrap().text().unwrap())
        .collect();
    let expected = [
        "layer 1, maximum: 7.0%",
        "layer 3, maximum: 70.0%",
        "layer 2: not scored",
    ];
    assert_eq!(titles, expected);
    // Layer 3 is ten times layer 1, to the hundredth that the file keeps.
    assert!((number(bars[1], "width") - 10.0 * number(bars[0], "width")).abs() < 0.06);
    let middle = |node| number(node, "y") + number(node, "height") / 2.0;
    // Scored cells come first: 1-2, 3-1, 3-2.
    let cells = rects("cells");
    assert!((middle(bars[0]) - middle(cells[0])).abs() < 0.02);
    assert!((middle(bars[1]) - middle(cells[2])).abs() < 0.02);
}

#[test]
fn legend_names_only_what_is_drawn() {
    let scored = array![[1.0, 2.0]];
    let document = HeadMap::new(scored.view()).to_svg().unwrap();
    assert!(texts(&Document::parse(&document).unwrap(), "legend").is_empty());
    let svg = map(&values(12, 12)).to_svg().unwrap();
    let document = Document::parse(&svg).unwrap();
    assert_eq!(
        texts(&document, "legend"),
        ["background 4.3%", "fewer than 100 arcs"]
    );
    assert_eq!(
        texts(&document, "colour-bar")[..4],
        ["% attention on contacts", "0", "10", "20"]
    );
}

#[test]
fn correlations_have_a_scale_about_zero() {
    let values = array![[-0.8, 0.0], [0.4, f64::NAN], [-0.3, -0.1]];
    let map = HeadMap::new(values.view()).unit("").diverging();
    let svg = map.background(0.05).to_svg().unwrap();
    check(&svg);
    let document = Document::parse(&svg).unwrap();
    let cells = group(&document, "cells");
    assert_eq!(cells[1].attribute("fill"), Some("#888888"));
    let expected = ["Value", "\u{2212}1.0", "\u{2212}0.5", "0", "0.5", "1.0"];
    assert_eq!(texts(&document, "colour-bar"), expected);
    // Maxima 0, 0.4 and -0.1: the last to the left of the first two.
    let bars = group(&document, "layer-maxima");
    let (up, down) = (bars[1], bars[2]);
    assert!((number(down, "x") + number(down, "width") - number(up, "x")).abs() < 0.02);
    assert!(svg.contains("<title>layer 3, maximum: \u{2212}0.100</title>"));
}

#[test]
fn bits_and_residues_and_correlations_are_fit_to_print() {
    for (layers, heads) in SHAPES {
        for (scale, unit) in [(9.0, " bits"), (500.0, ""), (1.0, "")] {
            let values = values(layers, heads).mapv(|value| value / 63.2 * scale);
            let map = HeadMap::new(values.view())
                .unit(unit)
                .value_label("Mean distance");
            check(&map.to_svg().unwrap());
            let values = values.mapv(|value| value - scale / 2.0);
            let map = HeadMap::new(values.view())
                .unit(unit)
                .value_label("Correlation");
            check(&map.diverging().to_svg().unwrap());
        }
    }
}

#[test]
fn signed_values_need_the_diverging_scale() {
    let values = array![[-1.0]];
    assert!(HeadMap::new(values.view()).to_svg().is_err());
    assert!(HeadMap::new(values.view()).diverging().to_svg().is_ok());
    let values = array![[f64::NEG_INFINITY]];
    let error = HeadMap::new(values.view())
        .diverging()
        .to_svg()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "value of head 1-1 is -inf, expected -1000000 to 1000000"
    );
}

#[test]
fn long_words_wrap_and_odd_ones_are_escaped() {
    let long = "Attention <on> \"contacts\" & everything else that a very long title can hold, Å, \
                averywordwithoutanyspaceinitthatwouldnotfitinasinglelineofthecolumn";
    let values = values(4, 4);
    let svg = HeadMap::new(values.view())
        .title(long)
        .value_label(long)
        .unscored_label(long)
        .background(1.0)
        .to_svg()
        .unwrap();
    check(&svg);
    assert!(
        text_boxes(&Document::parse(&svg).unwrap())
            .iter()
            .any(|t| t.text.contains("<on>"))
    );
}

#[test]
fn a_map_without_scores_says_so() {
    let values = Array2::from_elem((3, 2), f64::NAN);
    let svg = map(&values).to_svg().unwrap();
    check(&svg);
    assert!(svg.contains(">No head is scored, so there is nothing to draw.</text>"));
    assert!(svg.contains(">Every head: fewer than 100 arcs.</text>"));
}

#[test]
fn zeros_and_tiny_and_huge_values_are_drawn() {
    for value in [0.0, 1e-300, 1e-4, 1e4, 1e6] {
        let values = Array2::from_elem((4, 4), value);
        check(&map(&values).to_svg().unwrap());
        check(&HeadMap::new(values.view()).to_svg().unwrap());
        for values in [values.clone(), -values] {
            check(&HeadMap::new(values.view()).diverging().to_svg().unwrap());
        }
    }
}

#[test]
fn a_background_that_is_not_known_is_none() {
    for values in [array![[1.0, 2.0]], array![[-1.0, 2.0]]] {
        let map = HeadMap::new(values.view()).diverging();
        let svg = map.clone().background(f64::NAN).to_svg().unwrap();
        check(&svg);
        assert_eq!(svg, map.to_svg().unwrap());
    }
    let values = array![[1.0, 2.0]];
    let map = HeadMap::new(values.view());
    let svg = map.clone().background(f64::NAN).to_svg().unwrap();
    assert_eq!(svg, map.to_svg().unwrap());
}

#[test]
fn values_of_any_unit_are_drawn_up_to_a_million() {
    let values = array![[0.0, 20_000.0], [1e6, 5.0]];
    let svg = HeadMap::new(values.view()).unit("").to_svg().unwrap();
    check(&svg);
    assert!(svg.contains("<title>layer 2, head 1: 1000000</title>"));
    let values = array![[1.1e6]];
    let error = HeadMap::new(values.view()).to_svg().unwrap_err();
    assert_eq!(
        error.to_string(),
        "value of head 1-1 is 1100000, expected 0 to 1000000"
    );
}

#[test]
fn the_last_layer_index_there_can_be_is_no_panic() {
    let values = array![[1.0, 2.0]];
    let map = HeadMap::new(values.view()).layers(&[usize::MAX]);
    let svg = map.to_svg().unwrap();
    check(&svg);
    assert!(svg.contains(&format!(
        "<title>layer {}, head 2: 2.0%</title>",
        usize::MAX
    )));
}
