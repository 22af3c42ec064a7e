//! The arcs of every head.

use crate::document::{check, group};
use crate::golden::compare;
use protattn_viz::structure::{HeadsOverview, ResidueArc};
use protattn_viz::{Error, Figure};
use roxmltree::Document;

/// A diagonal in every head, and contacts in a hairpin.
fn every_head(
    layers: usize,
    heads: usize,
    residues: usize,
) -> (Vec<ResidueArc>, Vec<(usize, usize)>) {
    let arc = |layer: usize, head: usize, from: usize| ResidueArc {
        head: Some((layer, head)),
        contact: [Some(true), Some(false), None][(layer + head) % 3],
        ..ResidueArc::new(from, (from + 3 + head) % residues, 0.5)
    };
    let arcs = (0..layers).flat_map(|layer| {
        (0..heads).flat_map(move |head| (0..residues).map(move |from| arc(layer, head, from)))
    });
    let contacts = (0..residues / 2 - 3).map(|i| (i, residues - 1 - i));
    (arcs.collect(), contacts.collect())
}

#[test]
fn overview_is_as_it_was() {
    let (arcs, contacts) = every_head(3, 4, 24);
    let overview = HeadsOverview::new(3, 4, 24, &arcs)
        .contacts(&contacts)
        .best(&[(2, 1), (0, 3)]);
    compare(
        "heads_overview.svg",
        &overview.title("Every head").to_svg().unwrap(),
    );
}

#[test]
fn overview_is_fit_to_print_and_small() {
    let shapes = [
        (1, 1),
        (6, 4),
        (12, 12),
        (30, 16),
        (48, 20),
        (12, 64),
        (200, 200),
    ];
    for (layers, heads) in shapes {
        let (arcs, contacts) = every_head(layers, heads, if layers < 200 { 300 } else { 8 });
        let overview = HeadsOverview::new(layers, heads, 300, &arcs).contacts(&contacts);
        let svg = overview
            .best(&[(0, 0)])
            .title("Every head")
            .to_svg()
            .unwrap();
        check(&svg);
        assert!(
            layers == 200 || svg.len() < 4_000_000,
            "{layers}x{heads}: {} bytes",
            svg.len()
        );
        let document = Document::parse(&svg).unwrap();
        let panels = group(&document, "panels")
            .into_iter()
            .filter(|node| node.has_tag_name("g"));
        assert_eq!(panels.count(), layers * heads);
    }
}

#[test]
fn overview_by_hand() {
    // Ten residues in a panel of 54 points: 5.4 points each.
    let arc = ResidueArc {
        head: Some((0, 0)),
        contact: Some(true),
        ..ResidueArc::new(7, 2, 0.5)
    };
    let svg = HeadsOverview::new(1, 1, 10, &[arc])
        .contacts(&[(1, 9)])
        .to_svg()
        .unwrap();
    // Attention above the diagonal, whichever attends: row 2, column 7; contacts below: row 9.
    assert!(
        svg.contains("<path d=\"M37.8 10.8h5.4v5.4h-5.4z\" fill=\"#c83e0c\"/>"),
        "{svg}"
    );
    assert!(svg.contains("d=\"M5.4 48.6h5.4v5.4h-5.4z\" fill=\"#a8a8a8\""));
}

#[test]
fn overview_of_some_layers_names_them() {
    let arc = ResidueArc {
        head: Some((10, 1)),
        ..ResidueArc::new(7, 2, 0.5)
    };
    let overview = HeadsOverview::new(2, 2, 10, std::slice::from_ref(&arc));
    let svg = overview.clone().layers(&[7, 10]).best(&[(10, 1)]).to_svg();
    let svg = svg.unwrap();
    assert!(svg.contains("<title>layer 11, head 2: 1 arc</title>"));
    assert!(svg.contains("<title>layer 8, head 2: 0 arcs</title>"));
    assert!(svg.contains(">8</text>") && svg.contains(">11</text>"));
    let refused = |layers: &[usize]| overview.clone().layers(layers).to_svg().unwrap_err();
    assert!(matches!(
        refused(&[7]),
        Error::Length {
            expected: 2,
            found: 1,
            ..
        }
    ));
    assert!(matches!(refused(&[7, 8]), Error::NoHead { .. }));
}

#[test]
fn overview_refuses_what_has_no_place() {
    let error = |arcs: &[ResidueArc], contacts, best| {
        let overview = HeadsOverview::new(2, 2, 5, arcs)
            .contacts(contacts)
            .best(best);
        overview.to_svg().unwrap_err()
    };
    let no_head = error(&[ResidueArc::new(0, 1, 0.5)], &[], &[]);
    assert!(matches!(
        no_head,
        Error::NoHead {
            found: None,
            layers: 2,
            heads: 2,
            ..
        }
    ));
    assert!(matches!(
        error(&[], &[], &[(2, 0)]),
        Error::NoHead {
            found: Some((2, 0)),
            ..
        }
    ));
    let arc = ResidueArc {
        head: Some((0, 0)),
        ..ResidueArc::new(0, 1, 0.5)
    };
    assert_eq!(
        error(&[arc], &[(0, 1), (0, 5)], &[]),
        Error::Outside {
            what: "residue of contact 1".to_owned(),
            value: 5.0,
            low: 0.0,
            high: 4.0
        }
    );
    assert!(matches!(
        error(&[ResidueArc { to: 5, ..arc }], &[], &[]),
        Error::Outside {
            value: 5.0,
            high: 4.0,
            ..
        }
    ));
    let empty = HeadsOverview::new(0, 2, 5, &[]).to_svg();
    assert!(matches!(empty, Err(Error::Count { found: 0, .. })));
    let many = HeadsOverview::new(2, usize::MAX, 5, &[]).to_svg();
    assert!(matches!(many, Err(Error::Count { max: 200, .. })));
    assert!(HeadsOverview::new(1, 1, 0, &[]).to_svg().is_ok());
}
