//! Statistics of whole maps against NumPy (`reference/maps.py`), and the laws of their sums.

use proptest::prelude::*;
use protattn_io::{ContactRule, Protein, Track};
use protattn_metrics::ndarray::{Array3, ArrayView3, s};
use protattn_metrics::{
    AttentionDistance, AttentionMass, BindingSite, Contact, ContactPrecision, Entropy, Error,
    HeadAgreement, HeadValues, Labels, Metric, MetricError, MetricRow, MetricSums, OBSERVED,
    Property, Quantity, Subject, apc, labels_of, symmetrized,
};

const N: usize = 60;

/// The protein of the script.
fn protein() -> Protein {
    let mut protein = Protein::new("formula", &"A".repeat(N)).unwrap();
    let point = |i: usize| {
        let x = i as f64;
        Some([
            (9.0 * (0.9 * x).cos()) as f32,
            (9.0 * (0.7 * x).sin()) as f32,
            (1.1 * (i % 17) as f64) as f32,
        ])
    };
    protein.set_ca((0..N).map(point).collect()).unwrap();
    let site = (0..N).map(|i| Some(i % 7 == 2)).collect();
    protein
        .set_label("binding-site", Track::Flags(site))
        .unwrap();
    protein
}

/// The maps of the script, with a row and a column of junk around them, as a pass lends them.
fn maps() -> Array3<f32> {
    let rule = ContactRule {
        min_separation: 0,
        ..ContactRule::default()
    };
    let touching = Contact { rule };
    let Some(Labels::Pairs(contacts)) = labels_of(&touching, &protein()).unwrap() else {
        panic!("contacts are of pairs")
    };
    let mut maps = Array3::from_elem((2, N + 2, N + 2), 0.7);
    for h in 0..2 {
        for i in 0..N {
            let scores: Vec<f64> = (0..N)
                .map(|j| {
                    let (x, y) = (i as f64, j as f64);
                    let contact = f64::from(u8::from(contacts.get(i, j).class() == Some(0)));
                    2.0 * (0.37 * (x + 1.0) * (y + 2.0) + 1.3 * h as f64).sin()
                        + (0.05 * (x - y).powi(2)).cos()
                        + 1.5 * h as f64 * contact
                })
                .collect();
            let sum: f64 = scores.iter().map(|score| score.exp()).sum();
            let sum = sum * (1.0 + 0.1 * (i as f64).sin().powi(2));
            for (j, score) in scores.iter().enumerate() {
                maps[[h, i + 1, j + 1]] = (score.exp() / sum) as f32;
            }
        }
    }
    maps
}

fn subject_labels() -> Vec<(&'static str, Labels)> {
    let of = |property: &dyn Property| labels_of(property, &protein()).unwrap().unwrap();
    vec![
        ("contact", of(&Contact::default())),
        ("binding-site", of(&BindingSite)),
    ]
}

fn rows(metric: &dyn Metric) -> Vec<MetricRow> {
    let (protein, labels, maps) = (protein(), subject_labels(), maps());
    let subject = Subject::new(&protein, N, &labels);
    let mut sums = MetricSums::new(metric, vec![4], 2).unwrap();
    let mut values = sums.fresh();
    let view = maps.slice(s![.., 1..=N, 1..=N]);
    metric.observe(&subject, 4, view, &mut values[0]).unwrap();
    sums.push(&values).unwrap();
    sums.rows(OBSERVED)
}

fn assert_values(metric: &dyn Metric, expected: &[f64]) {
    let found: Vec<f64> = rows(metric).iter().map(|row| row.value).collect();
    assert_eq!(found.len(), expected.len(), "{}", metric.name());
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() < 1e-6,
            "{}: {found} {expected}",
            metric.name()
        );
    }
}

#[test]
fn metrics_of_maps_are_those_of_the_script() {
    let (contact, site) = (Contact::default(), BindingSite);
    let mass = AttentionMass::new([&contact as &dyn Property, &site]);
    let expected = [
        0.10559067449653596,
        0.3076823553814513,
        0.1510195456738445,
        0.12975330514935804,
    ];
    assert_values(&mass, &expected);
    assert_values(&Entropy, &[4.848093022549106, 4.528834495642679]);
    assert_values(&AttentionDistance, &[17.63558485891402, 16.497502799406785]);
    let agreement = 0.248141449314623;
    assert_values(&HeadAgreement, &[1.0, agreement, agreement, 1.0]);
}

#[test]
fn contact_precision_is_that_of_the_script() {
    let expected = [
        [0.03333333333333333, 0.1],
        [0.0, 0.13333333333333333],
        [0.0, 0.25],
        [0.08333333333333333, 0.3],
        [0.1, 0.43333333333333335],
        [0.16666666666666666, 0.5833333333333334],
        [0.11666666666666667, 0.7333333333333333],
        [0.13333333333333333, 1.0],
        [0.08333333333333333, 1.0],
    ];
    assert_values(&ContactPrecision, expected.as_flattened());
    let rows = rows(&ContactPrecision);
    let classes: Vec<&str> = rows
        .iter()
        .step_by(2)
        .map(|row| row.class.as_str())
        .collect();
    assert_eq!(
        classes[..4],
        ["short L", "short L/2", "short L/5", "medium L"]
    );
    let MetricRow {
        layer,
        head,
        proteins,
        ..
    } = &rows[1];
    assert_eq!((*layer, *head, *proteins), (Some(4), Some(1), 1));
    assert!(rows[1].ci_low.is_nan(), "one protein does not vary");
}

#[test]
fn the_correction_is_that_of_the_script() {
    let maps = maps();
    for (head, expected) in [
        [-0.0020242224602172836, -0.02670323517386162],
        [0.03931034070597446, -0.010233256031119388],
    ]
    .into_iter()
    .enumerate()
    {
        let mut map = symmetrized(maps.slice(s![head, 1..=N, 1..=N]));
        apc(&mut map);
        for (pair, expected) in [[3, 40], [20, 26]].into_iter().zip(expected) {
            assert!(
                (f64::from(map[pair]) - expected).abs() < 1e-6,
                "{head} {pair:?}"
            );
        }
    }
}

/// Whatever it is told to say.
struct Told(&'static [&'static str]);

impl Metric for Told {
    fn name(&self) -> &str {
        "told"
    }

    fn quantities(&self, _n_heads: usize) -> Vec<Quantity> {
        self.0
            .iter()
            .map(|class| Quantity::of_class("", class))
            .collect()
    }

    fn observe(
        &self,
        _: &Subject<'_>,
        _: usize,
        _: ArrayView3<'_, f32>,
        _: &mut HeadValues,
    ) -> Result<(), MetricError> {
        Ok(())
    }
}

fn sums_of(proteins: &[(f64, f64)]) -> MetricSums {
    let mut sums = MetricSums::new(&Told(&["x"]), vec![0], 1).unwrap();
    for &(numerator, weight) in proteins {
        let mut values = sums.fresh();
        values[0].add(0, 0, numerator, weight);
        sums.push(&values).unwrap();
    }
    sums
}

#[test]
fn a_ratio_varies_over_proteins() {
    let row = &sums_of(&[(3.5, 10.0), (2.0, 4.0), (4.0, 7.0), (0.0, 0.0)]).rows(OBSERVED)[0];
    assert_eq!((row.proteins, row.weight), (3, 21.0));
    assert!((row.value - 0.4523809523809524).abs() < 1e-12);
    assert!((row.standard_error - 0.07778637160564131).abs() < 1e-9);
    // The quantile of Student's distribution with two degrees of freedom at 97.5 % (scipy 1.18.1).
    let half_width = 4.302652729749464 * 0.07778637160564131;
    assert!((row.ci_high - row.value - half_width).abs() < 1e-8);
    assert!(sums_of(&[]).rows(OBSERVED)[0].value.is_nan());
}

#[test]
fn what_cannot_be_kept_is_refused() {
    for told in [Told(&[]), Told(&["x", "x"])] {
        let refused = MetricSums::new(&told, vec![0], 1).map(drop);
        assert!(matches!(refused, Err(Error::Quantities { .. })));
    }
    for (numerator, weight) in [
        (f64::NAN, 1.0),
        (1.0, -1.0),
        (f64::INFINITY, 1.0),
        (0.0, 1e300),
    ] {
        let mut sums = sums_of(&[(1.0, 2.0)]);
        let before = sums.clone();
        let mut values = sums.fresh();
        values[0].add(0, 0, numerator, weight);
        let error = sums.push(&values).unwrap_err().to_string();
        assert!(error.starts_with("metric told gives a value of"), "{error}");
        assert_eq!(sums, before);
    }
    let mut sums = sums_of(&[]);
    let error = sums.push(&[]).unwrap_err().to_string();
    assert_eq!(
        error,
        "metric told gives 0 values for 1 heads and quantities"
    );
    let other = MetricSums::new(&Told(&["y"]), vec![0], 1).unwrap();
    assert!(matches!(sums.merge(&other), Err(Error::MetricMerge { .. })));
}

proptest! {
    #[test]
    fn sums_do_not_depend_on_order_or_parts(
        proteins in prop::collection::vec((-1e6..1e6_f64, 0.0..1e6_f64), 0..8),
        cut in 0..8_usize,
    ) {
        let whole = sums_of(&proteins);
        let (first, rest) = proteins.split_at(cut.min(proteins.len()));
        let mut parts = sums_of(rest);
        parts.merge(&sums_of(first)).unwrap();
        prop_assert_eq!(&parts, &whole);
        let saved = serde_json::to_string(&whole).unwrap();
        prop_assert_eq!(serde_json::from_str::<MetricSums>(&saved).unwrap(), whole);
    }
}
