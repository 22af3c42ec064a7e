//! Intervals over proteins: against SciPy, and whether they hold what they promise.

use protattn_io::random::SplitMix64;
use protattn_metrics::ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};
use protattn_metrics::{Bootstrap, Error, Estimate, Proportion, two_sided_p};
use serde::Deserialize;

use crate::close;

/// Made by `tests/reference/bootstrap.py`.
const REFERENCE: &str = include_str!("../reference/bootstrap.json");

#[derive(Deserialize)]
struct Reference {
    n_clusters: usize,
    replicates: usize,
    seed: u64,
    confidences: Vec<f64>,
    first_weights: Vec<f64>,
    last_weights: Vec<f64>,
    /// [cell][cluster]
    numerators: Vec<Vec<f64>>,
    denominators: Vec<Vec<f64>>,
    ratios: Vec<Cell>,
    differences: Vec<Cell>,
}

#[derive(Deserialize)]
struct Cell {
    value: f64,
    undefined: usize,
    /// [confidence]: low, high, standard error, if any.
    estimates: Vec<Option<(f64, f64, f64)>>,
}

impl Reference {
    fn bootstrap(&self) -> Bootstrap {
        Bootstrap::new(self.n_clusters, self.replicates, self.seed).unwrap()
    }

    /// [cluster, cell], of the numerators and of the denominators.
    fn tables(&self) -> [Array2<f64>; 2] {
        [&self.numerators, &self.denominators].map(|cells| {
            Array2::from_shape_fn((self.n_clusters, cells.len()), |(cluster, cell)| {
                cells[cell][cluster]
            })
        })
    }
}

fn reference() -> Reference {
    serde_json::from_str(REFERENCE).unwrap()
}

/// The table with its first column at the end.
fn next(table: &Array2<f64>) -> Array2<f64> {
    concatenate![Axis(1), table.slice(s![.., 1..]), table.slice(s![.., ..1])]
}

fn assert_estimates(found: &[Estimate], expected: &[Cell], confidence: usize) {
    assert_eq!(found.len(), expected.len());
    for (cell, (found, expected)) in found.iter().zip(expected).enumerate() {
        let what = format!("cell {cell}, confidence {confidence}");
        close(found.value, expected.value, 1e-9, &what);
        match expected.estimates[confidence] {
            Some((low, high, standard_error)) => {
                close(found.low, low, 1e-9, &what);
                close(found.high, high, 1e-9, &what);
                close(found.standard_error, standard_error, 1e-9, &what);
            }
            None => assert!(
                found.low.is_nan() && found.high.is_nan() && found.standard_error.is_nan(),
                "{what}"
            ),
        }
    }
}

#[test]
fn draws_are_those_of_the_script() {
    let reference = reference();
    let bootstrap = reference.bootstrap();
    let weights = bootstrap.weights();
    assert_eq!(weights.dim(), (reference.replicates, reference.n_clusters));
    assert_eq!(weights.row(0).to_vec(), reference.first_weights);
    let last = weights.row(reference.replicates - 1);
    assert_eq!(last.to_vec(), reference.last_weights);
    let drawn = reference.n_clusters as f64;
    assert!(weights.rows().into_iter().all(|row| row.sum() == drawn));

    let more = Bootstrap::new(
        reference.n_clusters,
        reference.replicates + 5,
        reference.seed,
    );
    assert_eq!(more.unwrap().weights().slice(s![..-5, ..]), weights);
    let other = Bootstrap::new(reference.n_clusters, reference.replicates, 1).unwrap();
    assert_ne!(other.weights(), weights);
}

#[test]
fn ratios_and_differences_are_those_of_scipy() {
    let reference = reference();
    let [numerators, denominators] = reference.tables();
    for (index, &confidence) in reference.confidences.iter().enumerate() {
        let bootstrap = reference.bootstrap().confidence(confidence).unwrap();
        let found = bootstrap
            .ratio(numerators.view(), denominators.view())
            .unwrap();
        assert_estimates(&found, &reference.ratios, index);
        let found = bootstrap
            .difference(
                numerators.view(),
                denominators.view(),
                next(&numerators).view(),
                next(&denominators).view(),
            )
            .unwrap();
        assert_estimates(&found, &reference.differences, index);
    }
}

#[test]
fn the_reference_has_undefined_replicates_few_and_many() {
    let reference = reference();
    let tenth = reference.replicates / 10;
    let undefined = |cell: &Cell| cell.undefined;
    let undefined: Vec<usize> = reference.ratios.iter().map(undefined).collect();
    assert!(undefined.iter().any(|&n| 0 < n && n <= tenth));
    assert!(undefined.iter().any(|&n| n > tenth));
}

#[test]
fn cells_do_not_depend_on_how_they_are_divided() {
    let reference = reference();
    let [numerators, denominators] = reference.tables();
    // More cells than one block holds.
    let wide = |table: &Array2<f64>| concatenate(Axis(1), &vec![table.view(); 80]).unwrap();
    let bootstrap = reference.bootstrap();
    let [few, many] = [
        (numerators.clone(), denominators.clone()),
        (wide(&numerators), wide(&denominators)),
    ]
    .map(|(numerators, denominators)| {
        let found = bootstrap.ratio(numerators.view(), denominators.view());
        found.unwrap().iter().map(bits).collect::<Vec<_>>()
    });
    assert_eq!(many, few.repeat(80));
}

fn bits(estimate: &Estimate) -> [u64; 4] {
    let Estimate {
        value,
        low,
        high,
        standard_error,
    } = *estimate;
    [value, low, high, standard_error].map(f64::to_bits)
}

#[test]
fn a_ratio_less_itself_is_nothing() {
    let reference = reference();
    let [numerators, denominators] = reference.tables();
    let [n, d] = [numerators.view(), denominators.view()];
    let found = reference.bootstrap().difference(n, d, n, d).unwrap();
    for (found, ratio) in found.iter().zip(&reference.ratios) {
        assert_eq!(found.value, 0.0);
        if ratio.estimates[0].is_some() {
            assert_eq!(
                (found.low, found.high, found.standard_error),
                (0.0, 0.0, 0.0)
            );
        } else {
            assert!(found.standard_error.is_nan());
        }
        assert!(found.z_test(0.0).p_value.is_nan());
    }
}

#[test]
fn the_test_is_the_difference_in_standard_errors() {
    let estimate = Estimate {
        value: 0.2,
        low: 0.1,
        high: 0.3,
        standard_error: 0.05,
    };
    let test = estimate.z_test(0.5);
    close(test.z, -6.0, 1e-12, "z");
    assert_eq!(test.p_value, two_sided_p(test.z));
}

#[test]
fn nothing_over_nothing_is_nan() {
    let nothing = Array2::zeros((3, 1));
    let bootstrap = Bootstrap::new(3, 10, 1).unwrap();
    let found = bootstrap.ratio(nothing.view(), nothing.view()).unwrap()[0];
    assert!(
        bits(&found)
            .iter()
            .all(|&bits| f64::from_bits(bits).is_nan())
    );
    let none = Array2::zeros((3, 0));
    assert!(
        bootstrap
            .ratio(none.view(), none.view())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn what_does_not_fit_is_named() {
    let message = |result: Result<Bootstrap, Error>| result.unwrap_err().to_string();
    assert_eq!(
        message(Bootstrap::new(1, 10, 1)),
        "1 clusters, where at least 2 are needed"
    );
    assert_eq!(
        message(Bootstrap::new(10, 0, 1)),
        "0 replicates, where at least 2 are needed"
    );
    let bootstrap = Bootstrap::new(3, 10, 1).unwrap();
    for confidence in [0.0, 1.0, f64::NAN] {
        let error = bootstrap.clone().confidence(confidence).unwrap_err();
        assert!(matches!(error, Error::Confidence { .. }), "{error}");
    }
    let table = Array2::ones((3, 2));
    let ratio = |a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>| {
        bootstrap.ratio(a, b).unwrap_err().to_string()
    };
    assert_eq!(
        ratio(table.view(), table.slice(s![.., ..1])),
        "denominators are [3, 1], where [3, 2] is needed"
    );
    assert_eq!(
        ratio(table.slice(s![..2, ..]), table.view()),
        "numerators are [2, 2], where [3, 2] is needed"
    );
    let error = bootstrap
        .difference(
            table.view(),
            table.view(),
            table.slice(s![.., ..1]),
            table.view(),
        )
        .unwrap_err();
    assert!(matches!(error, Error::Shape { .. }), "{error}");
    let mut holed = table.clone();
    holed[[2, 1]] = f64::NAN;
    assert_eq!(
        ratio(table.view(), holed.view()),
        "denominators [2, 1] (counted from 0) is NaN"
    );
    // Where there are no cells, too.
    let short = Array2::zeros((2, 0));
    let result = bootstrap.ratio(short.view(), short.view());
    assert!(matches!(result, Err(Error::Shape { .. })));
}

/// Beta(2, 6), of mean 0.25: the second smallest of seven uniform numbers.
fn rate(random: &mut SplitMix64) -> f64 {
    let mut uniform: Vec<f64> = (0..7).map(|_| random.unit()).collect();
    uniform.sort_by(f64::total_cmp);
    uniform[1]
}

/// A data set of proteins with 20 to 400 arcs each, of which each has its own share in the class.
fn data_set(n_proteins: usize, random: &mut SplitMix64) -> (Array1<f64>, Array1<f64>) {
    let arcs = Array1::from_shape_simple_fn(n_proteins, || (20.0 + random.unit() * 381.0).floor());
    let in_class = arcs.mapv(|arcs| {
        let rate = rate(random);
        (0..arcs as usize).filter(|_| random.unit() < rate).count() as f64
    });
    (in_class, arcs)
}

#[test]
fn intervals_over_proteins_hold_their_confidence_and_those_over_arcs_do_not() {
    const TRUTH: f64 = 0.25;
    const DATA_SETS: usize = 100;
    let mut random = SplitMix64::new(200_615_222);
    let (mut all, mut bootstrap_holds, mut wald_holds) = (0, 0, 0);
    for n_proteins in (80..=150).step_by(10) {
        // A data set a cell.
        let mut in_class = Array2::zeros((n_proteins, DATA_SETS));
        let mut arcs = in_class.clone();
        for set in 0..DATA_SETS {
            let (n, d) = data_set(n_proteins, &mut random);
            in_class.column_mut(set).assign(&n);
            arcs.column_mut(set).assign(&d);
        }
        let bootstrap = Bootstrap::new(n_proteins, 2000, n_proteins as u64).unwrap();
        let estimates = bootstrap.ratio(in_class.view(), arcs.view()).unwrap();
        let sums = [in_class, arcs].map(|table| table.sum_axis(Axis(0)));
        for (set, estimate) in estimates.iter().enumerate() {
            let [count, n] = [&sums[0], &sums[1]].map(|sums| sums[set] as u64);
            let (low, high) = Proportion::new(count, n).wald_interval(0.05);
            all += 1;
            bootstrap_holds += usize::from(estimate.low <= TRUTH && TRUTH <= estimate.high);
            wald_holds += usize::from(low <= TRUTH && TRUTH <= high);
        }
    }
    let [bootstrap, wald] =
        [bootstrap_holds, wald_holds].map(|n| f64::from(n as u32) / f64::from(all));
    assert!((0.925..=0.97).contains(&bootstrap), "{bootstrap}");
    assert!(wald < 0.8, "{wald}");
}
