//! Arcs over the letters of a region.

use super::with;
use crate::document::{check, texts};
use crate::golden::compare;
use protattn_viz::Error;
use protattn_viz::structure::{Colouring, Residue, ResidueArc, View};
use roxmltree::Document;

#[test]
fn sequence_is_as_it_was() {
    compare(
        "sequence.svg",
        &with(|view| view.sequence_svg(0..26).unwrap()),
    );
}

#[test]
fn sequence_is_fit_to_print() {
    for region in [0..26, 3..4, 14..20, 5..25] {
        check(&with(|view| view.sequence_svg(region.clone()).unwrap()));
        check(&with(|view| {
            view.clone().wide().sequence_svg(region.clone()).unwrap()
        }));
    }
    let long: Vec<Residue> = (0..1_500)
        .map(|i| Residue::new("A", i - 700, 'W'))
        .collect();
    let arcs = [ResidueArc::new(0, 1_499, 0.5), ResidueArc::new(3, 9, 0.01)];
    let view = View::new(&long, &arcs).unwrap();
    for end in [30, 40, 70, 80, 300, 1_500] {
        check(&view.sequence_svg(0..end).unwrap());
    }
}

#[test]
fn sequence_shows_the_region() {
    let svg = with(|view| view.sequence_svg(3..17).unwrap());
    let document = Document::parse(&svg).unwrap();
    assert_eq!(texts(&document, "letters").concat(), "AYIAKQRQISFVKS");
    // The first, and the round numbers; 9A is not 9, and 10 is the seventh.
    assert_eq!(texts(&document, "numbers"), ["8", "10", "15", "20"]);
    let titles: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("title") && node.parent().unwrap().has_tag_name("path"))
        .map(|node| node.text().unwrap())
        .collect();
    assert!(titles.contains(&"A8 of chain A and S20 of chain A: attention 0.62, 7.5 Å, contact"));
    assert!(!titles.iter().any(|title| title.contains("head 8-12")));
    assert!(svg.contains("Not drawn: 2 of the region&#39;s arcs"));
}

#[test]
fn odd_regions_are_refused() {
    for (start, end) in [(0, 27), (5, 5), (7, 3), (26, 27)] {
        let error = with(|view| view.sequence_svg(start..end).unwrap_err());
        assert!(matches!(
            error,
            Error::Count { max: 26, .. } | Error::Outside { high: 25.0, .. }
        ));
    }
}

#[test]
fn legend_names_the_chains_of_the_region() {
    let chains: Vec<Residue> = ('A'..='J')
        .flat_map(|chain| [1, 2].map(|number| Residue::new(chain, number, 'G')))
        .collect();
    let view = View::new(&chains, &[]).unwrap().colouring(Colouring::Chain);
    let legend = |region| {
        let svg = view.sequence_svg(region).unwrap();
        check(&svg);
        texts(&Document::parse(&svg).unwrap(), "legend")
    };
    // The ninth chain has the colour of the first and not its name.
    assert_eq!(legend(16..18), ["chain I"]);
    assert_eq!(legend(13..19), ["chain G", "chain H", "chain I", "chain J"]);
    let all = legend(0..20);
    assert_eq!(all.len(), 9);
    assert_eq!((&*all[7], &*all[8]), ("chain H", "10 chains in all"));
}
