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
    let read = |name: &str| std::fs::read(corpus.join(name)).unwrap();
    let counts = read("saved_counts/two_heads");
    postcard::from_bytes::<protattn_metrics::ArcCounts>(&counts).unwrap();
    for name in ["saved_proteins/two", "saved_proteins/by_amino_acid"] {
        postcard::from_bytes::<protattn_metrics::ByProtein>(&read(name)).unwrap();
    }
    let sums = read("saved_sums/two_heads");
    postcard::from_bytes::<protattn_metrics::MetricSums>(&sums).unwrap();
}
