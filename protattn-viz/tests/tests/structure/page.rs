//! The page that turns.

use super::with;
use crate::golden::compare;
use protattn_viz::structure::{Residue, ResidueArc, SecondaryStructure, View};

#[test]
fn page_is_as_it_was() {
    compare("view.html", &with(|view| view.to_html()));
}

/// The data of a page, which stand on one line.
pub(super) fn page_data(html: &str) -> &str {
    let start = html.find("id=\"data\">").unwrap() + "id=\"data\">".len();
    html[start..].split("</script>").next().unwrap()
}

/// The list of numbers that is the value of a field.
fn numbers(data: &str, field: &str) -> Vec<i64> {
    let start = data.find(&format!("\"{field}\":[")).unwrap() + field.len() + 4;
    let list = data[start..].split(']').next().unwrap();
    list.split(',')
        .map(|number| number.parse().unwrap())
        .collect()
}

#[test]
fn page_holds_the_numbers() {
    let html = with(|view| view.to_html());
    let data = page_data(&html);
    // From, to, thousandths, kind, tenths of Å, layer and head from 1, directed.
    let arcs = numbers(data, "arcs");
    assert_eq!(arcs[..8], [3, 16, 620, 0, 75, 0, 0, 0]);
    assert_eq!(arcs[8..16], [24, 5, 350, 1, 133, 8, 12, 1]);
    assert_eq!(arcs[16..24], [8, 10, 900, 2, -1, 0, 0, 0]);
    assert_eq!(numbers(data, "missing"), [13]);
    assert_eq!(numbers(data, "binding"), [3, 16]);
    assert_eq!(numbers(data, "anchors").len(), 26 * 3);
    assert!(data.contains("\"insertions\":[[5,\"A\"]]"));
    assert!(data.contains("\"chains\":[[\"A\",26]]"));
    // Twelve residues and one more in the helix with its turn, then the strands: six samples a
    // residue, and two more for the blunt end and the shoulders of each strand.
    assert_eq!(
        numbers(data, "pieces"),
        [12 * 6 + 1, 5 * 6 + 1 + 2, 5 * 6 + 1 + 2]
    );
}

#[test]
fn page_needs_no_network() {
    let html = with(|view| view.to_html());
    assert!(html.contains(
        "content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\""
    ));
    for outside in ["http:", "https:", "src=", "href=", "url(", "import("] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn large_pages_stay_small() {
    let along = |i: usize| (i as f32 * 0.1).sin() * 40.0;
    let residues: Vec<Residue> = (0..2_000)
        .map(|i| Residue {
            ca: Some([along(i), along(i * 3), along(i * 7 + 5)]),
            secondary_structure: Some(SecondaryStructure::Helix),
            ..Residue::new("A", i as i32 - 1_000, 'L')
        })
        .collect();
    let arc = |i: usize| ResidueArc {
        directed: true,
        distance: Some(100.25),
        head: Some((i % 48, i % 20)),
        ..ResidueArc::new(i % 2_000, (i * 7 + 1_000) % 2_000, 0.987)
    };
    let arcs: Vec<ResidueArc> = (0..20_000).map(arc).collect();
    let html = View::new(&residues, &arcs).unwrap().to_html();
    assert!(html.len() < 2_000_000, "{} bytes", html.len());
}
