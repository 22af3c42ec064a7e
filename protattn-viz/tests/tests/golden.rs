//! One file of each kind of figure. `UPDATE_GOLDEN=1 cargo test` writes them anew: look at them.

use crate::{
    forest, grouped_dots, head_map, layer_profiles, maps, model_comparison, report, similarity,
    top_heads,
};
use protattn_viz::{Figure, HeadMap, TopHeads};
use std::path::Path;

pub(crate) fn compare(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path)
        .unwrap()
        .replace("\r\n", "\n");
    let differs = found
        .lines()
        .zip(expected.lines())
        .find(|(found, expected)| found != expected);
    assert_eq!(
        differs, None,
        "first line of {name} that differs (found, expected)"
    );
    assert_eq!(
        found.lines().count(),
        expected.lines().count(),
        "lines of {name}"
    );
}

#[test]
fn head_map_is_as_it_was() {
    let values = head_map::values(6, 8);
    let map = HeadMap::new(values.view())
        .title("Attention on contacts")
        .value_label("% attention on contacts")
        .unscored_label("fewer than 100 arcs")
        .background(4.3);
    compare("head_map.svg", &map.to_svg().unwrap());
}

#[test]
fn top_heads_are_as_they_were() {
    let bars = top_heads::bars(12);
    let chart = TopHeads::new(&bars)
        .title("Top heads for contacts")
        .value_label("% attention on contacts")
        .interval_label("95% confidence interval")
        .background(4.3);
    compare("top_heads.svg", &chart.to_svg().unwrap());
}

#[test]
fn layer_profiles_are_as_they_were() {
    compare("layer_profiles.svg", &layer_profiles::figure());
}

#[test]
fn similarity_is_as_it_was() {
    compare("similarity.svg", &similarity::figure());
}

#[test]
fn forest_is_as_it_was() {
    compare("forest.svg", &forest::figure());
}

#[test]
fn survival_is_as_it_was() {
    compare("survival.svg", &forest::survival());
}

#[test]
fn model_comparison_is_as_it_was() {
    compare("model_comparison.svg", &model_comparison::figure());
}

#[test]
fn grouped_dots_are_as_they_were() {
    compare("grouped_dots.svg", &grouped_dots::figure());
}

#[test]
fn matrix_panels_are_as_they_were() {
    compare("matrix_panels.svg", &maps::matrices());
}

#[test]
fn contact_map_is_as_it_was() {
    compare("contact_map.svg", &maps::contacts());
}

#[test]
fn notice_is_as_it_was() {
    let chart = TopHeads::new(&[]).title("Top heads for contacts");
    compare("notice.svg", &chart.to_svg().unwrap());
}

#[test]
fn report_is_as_it_was() {
    compare("report.html", &report::page());
}
