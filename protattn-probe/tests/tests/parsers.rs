//! For each kind of saved fit a function that takes any bytes and must return: they are refused, or what
//! they give can be used and is saved as the same again.
//!
//! `corpus` runs them on a few files; the crate `fuzz`, beside this one, includes this file and runs
//! them on bytes of its own.

use protattn_probe::ndarray::Array2;
use protattn_probe::{ContactRegression, Probe};

/// The name of a target, and what it runs.
type Parser = (&'static str, fn(&[u8]));

/// All of them.
pub(crate) const ALL: &[Parser] = &[("saved_probe", probe), ("saved_contacts", contacts)];

fn probe(data: &[u8]) {
    let Ok(probe) = Probe::from_bytes(data) else {
        return;
    };
    let again = Probe::from_bytes(&probe.to_bytes().expect("it can be saved"));
    assert!(again.expect("what is saved can be read") == probe);
    let features = Array2::<f32>::zeros((2, probe.n_features()));
    let classes = probe.predict(&features).expect("as many features");
    assert!(classes.iter().all(|class| *class < probe.n_classes()));
}

fn contacts(data: &[u8]) {
    let Ok(regression) = ContactRegression::from_bytes(data) else {
        return;
    };
    let again = ContactRegression::from_bytes(&regression.to_bytes().expect("it can be saved"));
    assert!(again.expect("what is saved can be read") == regression);
    let coefficients = regression.coefficients();
    assert!(!coefficients.is_empty() && coefficients.iter().all(|number| number.is_finite()));
    assert!(regression.intercept().is_finite());
}
