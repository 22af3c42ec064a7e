//! Means by layer and their centre of gravity, by hand and against NumPy.

use protattn_metrics::{
    AgreementOptions, AgreementRow, ArcCounts, LayerProfile, TrackClasses, TrackFlags, agreement,
};
use serde::Deserialize;
use serde_json::json;

use crate::close;

/// Made by `tests/reference/layer_profile.py`.
const REFERENCE: &str = include_str!("../reference/layer_profile.json");

#[derive(Deserialize)]
struct Reference {
    n_heads: usize,
    min_arcs: u64,
    arcs_in_class: Vec<u64>,
    arcs_total: Vec<u64>,
    means: Vec<Option<f64>>,
    scored_heads: Vec<usize>,
    centre_of_gravity: f64,
}

/// The rows of a property of one class.
fn rows(layers: &[usize], in_class: &[u64], total: &[u64], min_arcs: u64) -> Vec<AgreementRow> {
    let property = TrackFlags::new("linked", "link");
    let n_heads = total.len() / layers.len();
    let fresh = ArcCounts::new(&property, layers.to_vec(), n_heads).unwrap();
    let mut value = serde_json::to_value(fresh).unwrap();
    value["arcs_in_class"] = json!(in_class);
    value["arcs_eligible"] = json!(in_class);
    value["arcs_total"] = json!(total);
    let counts: ArcCounts = serde_json::from_value(value).unwrap();
    agreement(&counts, &AgreementOptions::default().min_arcs(min_arcs))
}

#[test]
fn the_profile_is_that_of_masked_arrays() {
    let reference: Reference = serde_json::from_str(REFERENCE).unwrap();
    let layers: Vec<usize> = (0..reference.means.len()).collect();
    let rows = rows(
        &layers,
        &reference.arcs_in_class,
        &reference.arcs_total,
        reference.min_arcs,
    );
    assert_eq!(rows.len(), layers.len() * reference.n_heads);
    let found = LayerProfile::new(&rows, |row| row.proportion).unwrap();
    assert_eq!(found.layers, layers);
    assert_eq!(found.scored_heads, reference.scored_heads);
    for (found, expected) in found.means.iter().zip(&reference.means) {
        match expected {
            Some(expected) => close(*found, *expected, 1e-12, "mean"),
            None => assert!(found.is_nan()),
        }
    }
    assert!(
        reference.means.contains(&None),
        "a layer has no scored head"
    );
    close(
        found.centre_of_gravity,
        reference.centre_of_gravity,
        1e-12,
        "centre",
    );
}

#[test]
fn heads_count_the_same_and_layers_keep_their_numbers() {
    // Layers 3 and 7: means (0.5 + 0) / 2 and 0.75, the last head having too few arcs.
    let mut rows = rows(&[3, 7], &[100, 0, 75, 9], &[200, 1000, 100, 9], 100);
    let found = LayerProfile::new(&rows, |row| row.proportion).unwrap();
    assert_eq!(found.layers, [3, 7]);
    assert_eq!(found.means, [0.25, 0.75]);
    assert_eq!(found.scored_heads, [2, 1]);
    assert_eq!(found.centre_of_gravity, 3.0 * 0.25 + 7.0 * 0.75);
    // In any order, and of another measure, which one head lacks.
    rows.reverse();
    assert_eq!(
        LayerProfile::new(&rows, |row| row.proportion).unwrap(),
        found
    );
    let eligible = LayerProfile::new(&rows, |row| row.proportion_eligible).unwrap();
    assert_eq!(eligible.scored_heads, [1, 1]);
    assert_eq!(eligible.means, [1.0, 1.0]);
    assert_eq!(eligible.centre_of_gravity, 5.0);
}

#[test]
fn without_a_mean_there_is_no_centre() {
    let found = LayerProfile::new(&[], |row| row.proportion).unwrap();
    assert!(found.layers.is_empty() && found.centre_of_gravity.is_nan());
    let rows = rows(&[0, 1], &[0, 0], &[100, 100], 100);
    let found = LayerProfile::new(&rows, |row| row.proportion).unwrap();
    assert_eq!(found.means, [0.0, 0.0]);
    assert!(found.centre_of_gravity.is_nan());
}

#[test]
fn rows_of_two_classes_are_refused() {
    let property = TrackClasses::new("domain", "domain", ["sh2", "kinase"]).unwrap();
    let counts = ArcCounts::new(&property, vec![1, 4], 2).unwrap();
    let rows = agreement(&counts, &AgreementOptions::default());
    let error = LayerProfile::new(&rows, |row| row.proportion).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a profile is of one class, but after domain sh2 there is a row of domain kinase"
    );
    assert!(LayerProfile::new(&rows[..4], |row| row.proportion).is_ok());
}
