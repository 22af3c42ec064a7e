//! The files that fuzzing begins with, and those that it has found.

use protattn_model::Model;

use crate::parsers::{ALL, CONFIGS};

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

#[test]
fn the_models_of_the_targets_are_models() {
    let vocabulary = b"[CLS]\n[SEP]\n<cls>\n<sep>\n<eos>\n</s>\nA\n";
    for config in CONFIGS {
        let model = Model::random(config.as_bytes(), Some(vocabulary), 1);
        assert!(model.is_ok(), "{config}: {model:?}");
    }
}
