//! Saved counts are believed only if they agree with themselves.

use protattn_metrics::{ArcCounts, Error, TrackFlags};
use serde_json::{Value, json};

/// One class, one layer, two heads.
fn saved() -> Value {
    let mut value = serde_json::to_value(
        ArcCounts::new(&TrackFlags::new("linked", "link"), vec![4], 2).unwrap(),
    )
    .unwrap();
    value["background_in_class"] = json!([3]);
    value["background_eligible"] = json!(9);
    value["arcs_in_class"] = json!([2, 0]);
    value["arcs_eligible"] = json!([5, 1]);
    value["arcs_total"] = json!([7, 1]);
    value
}

fn read(value: Value) -> Result<ArcCounts, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

#[test]
fn sound_counts_are_read() {
    let counts = read(saved()).unwrap();
    assert_eq!(counts.property(), "linked");
    assert_eq!(counts.classes(), ["yes"]);
    assert_eq!(counts.layers(), [4]);
    assert_eq!(counts.n_heads(), 2);
    assert_eq!(counts.background_in_class(0), 3);
    assert_eq!(counts.head(0, 4, 0).unwrap().arcs_eligible, 5);
}

#[test]
fn damage_is_named() {
    let cases = [
        ("arcs_total", json!([7]), "arcs_total has 1 numbers, not 2"),
        (
            "arcs_in_class",
            json!([2, 0, 0]),
            "arcs_in_class has 3 numbers, not 2",
        ),
        (
            "arcs_eligible",
            json!([]),
            "arcs_eligible has 0 numbers, not 2",
        ),
        (
            "background_in_class",
            json!([1, 1]),
            "background_in_class has 2 numbers, not 1",
        ),
        (
            "background_eligible",
            json!(2),
            "the background has more in its parts than its whole of 2",
        ),
        (
            "arcs_in_class",
            json!([6, 0]),
            "a head has more in its parts than its whole of 5",
        ),
        (
            "arcs_total",
            json!([4, 1]),
            "a head has more in its parts than its whole of 4",
        ),
    ];
    for (field, value, message) in cases {
        let mut damaged = saved();
        damaged[field] = value;
        let expected = format!("counts of property linked are damaged: {message}");
        assert_eq!(read(damaged).unwrap_err(), expected);
    }
}

#[test]
fn axes_that_make_no_sense_are_refused() {
    for (field, value, start) in [
        ("classes", json!([]), "property linked has 0 classes"),
        ("layers", json!([4, 4]), "layers to count must ascend"),
        (
            "n_heads",
            json!(u64::MAX),
            "the counts of property linked are too many",
        ),
        ("more", json!(1), "unknown field `more`"),
    ] {
        let mut odd = saved();
        odd[field] = value;
        let message = read(odd).unwrap_err();
        assert!(message.starts_with(start), "{message}");
    }
}

#[test]
fn sums_that_do_not_fit_are_refused_and_nothing_is_added() {
    let mut large = saved();
    large["arcs_total"] = json!([u64::MAX, 1]);
    let (before, large) = (read(saved()).unwrap(), read(large).unwrap());
    let mut counts = before.clone();
    let error = counts.merge(&large).unwrap_err();
    assert!(matches!(error, Error::Overflow { .. }), "{error}");
    assert_eq!(counts, before);
}
