//! Probes on disk.

use std::collections::HashMap;

use protattn_probe::{LogisticRegression, Probe};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::data::samples;

fn probe(n_classes: usize) -> Probe {
    let (features, labels) = samples(200, 5, n_classes);
    LogisticRegression::default()
        .fit(&features, &labels, n_classes)
        .unwrap()
}

const LINES: &str = "version 1\nclasses 2\nfeatures 2\nconverged true\niterations 3\n\
                     gradient_norm 1e-9\nobjective 2.5\nconstant_features 0\n";

/// A file made by hand, of two classes and two features.
fn file(lines: &str, coefficients: &[f64], shape: &[usize], intercepts: &[f64]) -> Vec<u8> {
    let bytes =
        |values: &[f64]| -> Vec<u8> { values.iter().flat_map(|v| v.to_le_bytes()).collect() };
    let (coefficients, one) = (bytes(coefficients), [intercepts.len()]);
    let intercepts = bytes(intercepts);
    let view = |shape: &[usize], bytes| TensorView::new(Dtype::F64, shape.to_vec(), bytes).unwrap();
    let tensors = [
        ("coefficients", view(shape, &coefficients)),
        ("intercepts", view(&one, &intercepts)),
    ];
    let metadata = HashMap::from([("protattn-probe".to_owned(), lines.to_owned())]);
    safetensors::serialize(tensors, Some(metadata)).unwrap()
}

fn refused(bytes: &[u8]) -> String {
    let message = Probe::from_bytes(bytes).unwrap_err().to_string();
    let reason = message.strip_prefix("this is no saved probe: ").unwrap();
    reason.to_owned()
}

#[test]
fn what_is_loaded_equals_what_was_saved() {
    let folder = std::env::temp_dir().join(format!("protattn-probe-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for n_classes in [2, 4] {
        let (probe, path) = (probe(n_classes), folder.join("x.safetensors"));
        probe.save(&path).unwrap();
        assert_eq!(Probe::load(&path).unwrap(), probe);
        assert_eq!(std::fs::read(&path).unwrap(), probe.to_bytes().unwrap());
        let files = std::fs::read_dir(&folder).unwrap().count();
        assert_eq!(files, 1, "nothing is left beside the file");
    }
    std::fs::remove_dir_all(&folder).unwrap();
    let error = probe(2).save(folder.join("x.safetensors")).unwrap_err();
    assert!(std::error::Error::source(&error).is_some());
    assert!(Probe::load(&folder).is_err());
}

#[test]
fn a_file_by_hand_is_read() {
    let probe = Probe::from_bytes(&file(LINES, &[1.5, -2.0], &[1, 2], &[0.25])).unwrap();
    assert_eq!(probe.coefficients()[[0, 1]], -2.0);
    assert_eq!(probe.intercepts()[0], 0.25);
    assert_eq!((probe.n_classes(), probe.n_features()), (2, 2));
    assert!(probe.fit().converged);
    assert_eq!(probe.fit().objective, 2.5);
}

#[test]
fn files_that_contradict_themselves_are_refused() {
    let with = |from, to| file(&LINES.replace(from, to), &[1.5, -2.0], &[1, 2], &[0.25]);
    assert_eq!(
        refused(&with("version 1", "version 2")),
        "its version is 2, not 1"
    );
    assert_eq!(
        refused(&with("classes 2", "classes 3")),
        "tensor coefficients has the shape [1, 2], not [3, 2]"
    );
    assert_eq!(
        refused(&with("classes 2", "classes 18446744073709551615")),
        "tensor coefficients has the shape [1, 2], not [18446744073709551615, 2]"
    );
    assert_eq!(
        refused(&with("classes 2", "classes 1")),
        "it has 1 classes and 2 features"
    );
    assert_eq!(
        refused(&with("features 2", "features -2")),
        "features is \"-2\""
    );
    assert_eq!(
        refused(&with("objective 2.5\n", "")),
        "it does not say objective"
    );
    assert_eq!(
        refused(&with("objective 2.5", "objective NaN")),
        "objective is NaN"
    );
    assert_eq!(
        refused(&with("version 1", "version")),
        "a line of its metadata is \"version\""
    );
    let bytes = file(LINES, &[1.5, f64::NAN], &[1, 2], &[0.25]);
    assert_eq!(refused(&bytes), "number 1 of tensor coefficients is NaN");
    let bytes = file(LINES, &[1.5, 2.0], &[2, 1], &[0.25]);
    assert_eq!(
        refused(&bytes),
        "tensor coefficients has the shape [2, 1], not [1, 2]"
    );
    let bytes = file(LINES, &[1.5, 2.0], &[1, 2], &[0.25, 0.5]);
    assert_eq!(
        refused(&bytes),
        "tensor intercepts has the shape [2], not [1]"
    );
}

#[test]
fn what_is_no_file_of_tensors_is_refused() {
    let whole = probe(2).to_bytes().unwrap();
    for length in 0..whole.len() {
        refused(&whole[..length]);
    }
    refused(b"\xff\xff\xff\xff\xff\xff\xff\xff{}");
    let single = TensorView::new(Dtype::F32, vec![1, 2], &[0; 8]).unwrap();
    let metadata = HashMap::from([("protattn-probe".to_owned(), LINES.to_owned())]);
    let bytes = safetensors::serialize([("coefficients", single)], Some(metadata)).unwrap();
    assert_eq!(refused(&bytes), "tensor coefficients is of F32, not F64");
    let none: [(&str, TensorView<'_>); 0] = [];
    let bytes = safetensors::serialize(none, None).unwrap();
    assert_eq!(refused(&bytes), "its metadata has no entry protattn-probe");
    let none: [(&str, TensorView<'_>); 0] = [];
    let metadata = HashMap::from([("protattn-probe".to_owned(), LINES.to_owned())]);
    let bytes = safetensors::serialize(none, Some(metadata)).unwrap();
    assert_eq!(refused(&bytes), "there is no tensor coefficients");
}
