//! The files that fuzzing begins with, and those that it has found.

#[path = "parsers.rs"]
mod parsers;

use parsers::ALL;

#[test]
fn every_parser_stands_its_corpus() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    if !corpus.exists() {
        return; // The crate by itself.
    }
    for (name, parse) in ALL {
        let files: Vec<_> = corpus.join(name).read_dir().unwrap().collect();
        assert!(!files.is_empty(), "{name}");
        for file in files {
            parse(&std::fs::read(file.unwrap().path()).unwrap());
        }
    }
}

/// The files of the corpus are of the format of today, not all refused at the first byte.
#[test]
fn what_fuzzing_begins_with_is_read() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    if !corpus.exists() {
        return; // The crate by itself.
    }
    for name in ["two_classes", "three_classes"] {
        protattn_probe::Probe::load(corpus.join("saved_probe").join(name)).unwrap();
    }
    let contacts = corpus.join("saved_contacts/two_heads");
    protattn_probe::ContactRegression::load(contacts).unwrap();
}
