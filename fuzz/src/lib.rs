//! Runs the parsers of protattn on any bytes. What is run, and what must then hold, stands with the
//! tests of their crates, which run the same on the files of `corpus`.

#[path = "../../protattn-io/tests/tests/parsers.rs"]
mod io;
#[path = "../../protattn-metrics/tests/tests/parsers.rs"]
mod metrics;
#[path = "../../protattn-model/tests/parsers.rs"]
mod model;
#[path = "../../protattn-probe/tests/tests/parsers.rs"]
mod probe;

/// Runs the parsers of this name.
///
/// # Panics
///
/// If there is none, or if a parser does not stand the bytes: that is what is looked for.
pub fn run(name: &str, data: &[u8]) {
    let mut parsers = [io::ALL, metrics::ALL, model::ALL, probe::ALL].into_iter().flatten();
    let parser = parsers.find(|(other, _)| *other == name);
    let (_, parse) = parser.expect("a target of a parser");
    parse(data);
}
