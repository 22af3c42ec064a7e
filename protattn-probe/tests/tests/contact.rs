//! Contact regression equals NumPy and scikit-learn; `tests/reference/attention.py` made them.

use std::collections::HashMap;

use protattn_probe::ndarray::{Array2, Array3, s};
use protattn_probe::{
    ContactRegression, LogisticRegression, PairAttention, PairSampling, Probe, attention_features,
};
use serde::Deserialize;

use crate::data::samples;

#[derive(Deserialize)]
struct Reference {
    c: f64,
    min_separation: usize,
    proteins: Vec<Protein>,
    apc_of_first_head: Vec<Vec<f64>>,
    coefficients: Vec<Vec<f64>>,
    intercept: f64,
    probabilities_of_first: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Protein {
    contacts: Vec<Vec<u8>>,
    attention: Vec<Vec<f32>>,
}

const N_HEADS: usize = 3;

impl Protein {
    /// The layers `[head, from, to]`.
    fn layers(&self) -> Vec<Array3<f32>> {
        let n = self.contacts.len();
        let layers = self.attention.iter();
        layers
            .map(|values| Array3::from_shape_vec((N_HEADS, n, n), values.clone()).unwrap())
            .collect()
    }

    /// `[pair, layer * N_HEADS + head]`
    fn features(&self, pairs: &[[usize; 2]]) -> Array2<f32> {
        let mut features = Array2::zeros((pairs.len(), 2 * N_HEADS));
        for (layer, attention) in self.layers().iter().enumerate() {
            let columns = s![.., layer * N_HEADS..(layer + 1) * N_HEADS];
            let columns = features.slice_mut(columns);
            let kind = PairAttention::Corrected;
            attention_features(attention.view(), pairs, kind, columns).unwrap();
        }
        features
    }
}

fn reference() -> Reference {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/reference/attention.json"
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Features and labels of all proteins.
fn training(reference: &Reference) -> (Array2<f32>, Vec<usize>) {
    let sampling = PairSampling::new(reference.min_separation);
    let mut features = Array2::zeros((0, 2 * N_HEADS));
    let mut labels = Vec::new();
    for (index, protein) in reference.proteins.iter().enumerate() {
        let n = protein.contacts.len();
        let label = |i: usize, j: usize| Some(protein.contacts[i][j] == 1);
        let chosen = sampling.select(index as u64, n, label);
        let of_protein = protein.features(&chosen.pairs);
        features
            .append(protattn_probe::ndarray::Axis(0), of_protein.view())
            .unwrap();
        labels.extend(chosen.labels);
    }
    (features, labels)
}

fn fitted(reference: &Reference) -> ContactRegression {
    let (features, labels) = training(reference);
    let settings = LogisticRegression::builder()
        .inverse_penalty(reference.c)
        .l1_ratio(1.0)
        .standardize(false)
        .tolerance(1e-11)
        .build()
        .unwrap();
    ContactRegression::fit(&settings, &features, &labels, 2, reference.min_separation).unwrap()
}

#[test]
fn a_corrected_map_is_that_of_numpy() {
    let reference = reference();
    let first = &reference.proteins[0].layers()[0];
    let mut found = first.slice(s![0, .., ..]).to_owned();
    protattn_metrics::apc(&mut found);
    for ((i, j), value) in found.indexed_iter() {
        assert!((f64::from(*value) - reference.apc_of_first_head[i][j]).abs() < 3e-8);
    }
}

#[test]
fn coefficients_and_probabilities_are_those_of_scikit_learn() {
    let reference = reference();
    let regression = fitted(&reference);
    assert!(regression.fitted().converged, "{:?}", regression.fitted());
    assert_eq!(regression.min_separation(), 6);
    // Features are rounded to single precision here and are not there.
    for ((layer, head), found) in regression.coefficients().indexed_iter() {
        let expected = reference.coefficients[layer][head];
        assert_eq!(*found == 0.0, expected == 0.0, "layer {layer}, head {head}");
        assert!((found - expected).abs() < 1e-4 * expected.abs().max(1.0));
    }
    assert!((regression.intercept() - reference.intercept).abs() < 1e-5);
    let protein = &reference.proteins[0];
    let n = protein.contacts.len();
    let pairs: Vec<[usize; 2]> = (0..n).flat_map(|i| (0..n).map(move |j| [i, j])).collect();
    for ([i, j], features) in pairs.iter().zip(protein.features(&pairs).rows()) {
        let products = features.iter().zip(regression.coefficients());
        let log_odds = products.fold(regression.intercept(), |sum, (feature, coefficient)| {
            sum + f64::from(*feature) * coefficient
        });
        let found = 1.0 / (1.0 + (-log_odds).exp());
        assert!((found - reference.probabilities_of_first[*i][*j]).abs() < 1e-5);
    }
}

#[test]
fn the_regression_of_a_probe_has_its_coefficients() {
    let (features, labels) = training(&reference());
    let probe = LogisticRegression::default()
        .fit(&features, &labels, 2)
        .unwrap();
    let regression = ContactRegression::from_probe(&probe, 2, 6).unwrap();
    assert_eq!(regression.coefficients().dim(), (2, N_HEADS));
    let coefficients = regression.coefficients();
    assert!(coefficients.iter().eq(probe.coefficients().iter()));
    assert_eq!(regression.intercept(), probe.intercepts()[0]);
}

#[test]
fn a_probe_of_something_else_is_refused() {
    let (features, labels) = samples(50, 4, 3);
    let probe = LogisticRegression::default()
        .fit(&features, &labels, 3)
        .unwrap();
    let error = ContactRegression::from_probe(&probe, 2, 6).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the probe has 3 classes: this is for two"
    );
    let (features, labels) = samples(50, 5, 2);
    let probe = LogisticRegression::default()
        .fit(&features, &labels, 2)
        .unwrap();
    for n_layers in [0, 2] {
        assert!(ContactRegression::from_probe(&probe, n_layers, 6).is_err());
    }
}

#[test]
fn what_is_loaded_equals_what_was_saved() {
    let regression = fitted(&reference());
    let bytes = regression.to_bytes().unwrap();
    assert_eq!(ContactRegression::from_bytes(&bytes).unwrap(), regression);
    let path = std::env::temp_dir().join(format!("protattn-contact-{}", std::process::id()));
    regression.save(&path).unwrap();
    assert_eq!(ContactRegression::load(&path).unwrap(), regression);
    std::fs::remove_file(&path).unwrap();

    for length in 0..bytes.len() {
        assert!(ContactRegression::from_bytes(&bytes[..length]).is_err());
    }
    let error = Probe::from_bytes(&bytes).unwrap_err().to_string();
    assert!(
        error.ends_with("its metadata has no entry protattn-probe"),
        "{error}"
    );
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let text = "version 1\nlayers 0\nheads 3\n".to_owned();
    let metadata = HashMap::from([("protattn-contact-regression".to_owned(), text)]);
    let bytes = safetensors::serialize(tensors.tensors(), Some(metadata)).unwrap();
    let error = ContactRegression::from_bytes(&bytes)
        .unwrap_err()
        .to_string();
    assert!(error.ends_with("it has 0 layers of 3 heads"), "{error}");
}

#[test]
fn leaving_negatives_out_is_made_good_by_the_intercept() {
    let (features, all) = samples(60_000, 3, 2);
    // A rare class: a tenth of the positives.
    let mut positives = 0;
    let rare: Vec<usize> = (0..all.len())
        .filter(|sample| {
            positives += all[*sample];
            all[*sample] == 0 || positives % 10 == 0
        })
        .collect();
    let rate = 0.2;
    let mut negatives = 0;
    let thinned: Vec<usize> = rare
        .iter()
        .copied()
        .filter(|sample| {
            negatives += 1 - all[*sample];
            all[*sample] == 1 || negatives % 5 == 0
        })
        .collect();
    let fit = |chosen: &[usize]| {
        let labels: Vec<usize> = chosen.iter().map(|sample| all[*sample]).collect();
        let chosen = protattn_probe::Selection::new(&features, chosen).unwrap();
        LogisticRegression::default()
            .fit(chosen, &labels, 2)
            .unwrap()
    };
    let (whole, part) = (fit(&rare), fit(&thinned));
    let off = part.intercepts()[0] - whole.intercepts()[0];
    assert!((off - 5.0_f64.ln()).abs() < 0.1, "{off}");
    let corrected = part.clone().correct_sampling(rate).unwrap();
    assert_eq!(corrected.coefficients(), part.coefficients());
    let left = corrected.intercepts()[0] - whole.intercepts()[0];
    assert!(left.abs() < 0.1, "{left}");
    assert!(part.correct_sampling(0.0).is_err());
}
