//! The still picture.

use super::{arcs, peptide, with};
use crate::document::{check, group, texts};
use crate::golden::compare;
use protattn_viz::structure::{Colouring, Residue, ResidueArc, View};
use roxmltree::Document;

#[test]
fn still_is_as_it_was() {
    compare("view.svg", &with(|view| view.to_svg()));
}

#[test]
fn still_is_fit_to_print() {
    let (residues, arcs) = (peptide(), arcs());
    let view = View::new(&residues, &arcs).unwrap().title("Head 8-12");
    for colouring in [
        Colouring::SecondaryStructure,
        Colouring::Chain,
        Colouring::Rainbow,
    ] {
        for turn in [0.0, 35.0, 90.0, -140.0] {
            let view = view
                .clone()
                .colouring(colouring)
                .rotate(turn, turn / 2.0, -turn);
            check(&view.to_svg());
            check(&view.wide().to_svg());
        }
    }
}

#[test]
fn legend_says_what_is_there() {
    let svg = with(|view| view.to_svg());
    let document = Document::parse(&svg).unwrap();
    let words: Vec<String> = document
        .descendants()
        .filter(|node| node.has_tag_name("text"))
        .map(|node| node.text().unwrap().to_owned())
        .collect();
    let expected = [
        "Head 8-12",
        "N",
        "C",
        "5 Å",
        "helix",
        "strand",
        "other",
        "binding site",
        "modified",
        "not observed",
        "contact",
        "no contact",
        "contact undefined",
        "attention 0.25",
        "0.5",
        "1",
    ];
    for expected in expected {
        assert!(
            words.iter().any(|word| word == expected),
            "{expected} in {words:?}"
        );
    }
    assert!(svg.contains("Not drawn: 1 arc from a residue to itself or with an end"));
    assert!(
        svg.contains("3 arcs of attention drawn: 1 contact, 1 no contact, 1 contact undefined.")
    );
}

#[test]
fn scale_bar_is_to_scale() {
    // Two atoms 40 Å apart, given along no axis: the picture is 40 + 2 * 2.2 Å and 24 points wide.
    let end = |number, x| Residue {
        ca: Some([x, x, x]),
        ..Residue::new("A", number, 'G')
    };
    let residues = [end(1, 0.0), end(2, 40.0 / 3f32.sqrt())];
    let svg = View::new(&residues, &[]).unwrap().to_svg();
    let document = Document::parse(&svg).unwrap();
    let path = group(&document, "scale-bar")[0].attribute("d").unwrap();
    let numbers: Vec<f64> = path[1..]
        .split(['L', 'M', ' '])
        .filter_map(|number| number.parse().ok())
        .collect();
    let scale = (85.0 * 72.0 / 25.4 - 12.0 - 24.0) / 44.4;
    assert_eq!(texts(&document, "scale-bar"), ["10 Å"]);
    assert!(
        (numbers[2] - numbers[0] - 10.0 * scale).abs() < 0.02,
        "{numbers:?}"
    );
}

#[test]
fn width_is_attention() {
    let residues = peptide();
    let widths = |attention: f32| {
        let arcs = [
            ResidueArc {
                contact: Some(true),
                ..ResidueArc::new(0, 20, attention)
            },
            ResidueArc::new(2, 3, 0.8),
        ];
        let svg = View::new(&residues, &arcs).unwrap().to_svg();
        let document = Document::parse(&svg).unwrap();
        // Contacts are the only strokes whose red stands out.
        let strokes = group(&document, "structure")
            .into_iter()
            .filter_map(|node| {
                let colour =
                    u32::from_str_radix(node.attribute("stroke")?.strip_prefix('#')?, 16).ok()?;
                let orange = (colour >> 16) > (colour & 0xff) + 60 && (colour >> 8 & 0xff) < 170;
                orange.then(|| node.attribute("stroke-width")?.parse::<f64>().ok())?
            });
        strokes.fold(0.0, f64::max)
    };
    assert!(widths(0.2) > 0.0);
    assert!((widths(0.8) / widths(0.2) - 4.0).abs() < 0.05);
}

#[test]
fn only_so_many_arcs_are_drawn() {
    let residues = peptide();
    let arcs: Vec<ResidueArc> = (0..1500)
        .map(|i| ResidueArc {
            directed: true,
            ..ResidueArc::new(i % 6, 20, i as f32 / 1500.0)
        })
        .collect();
    let svg = View::new(&residues, &arcs).unwrap().to_svg();
    assert!(svg.contains("The strongest 1000 of 1500 arcs are drawn."));
    // Each has one arrowhead, and only those have such a rim.
    let document = Document::parse(&svg).unwrap();
    let heads = group(&document, "structure").into_iter();
    let heads = heads.filter(|node| node.attribute("stroke-width") == Some("0.4"));
    assert_eq!(heads.count(), 1_000);
}
