//! Wrong input: one clear line, the right status, and everything else kept.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::common::{done, folder, protattn, reference_model, run_record, shared, stderr, text};

/// The one line said, with the status checked.
fn said(output: &Output, status: i32) -> String {
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(status), "{text}");
    assert_eq!(text.trim_end().lines().count(), 1, "one line: {text}");
    text
}

/// A copy of a reference checkpoint, changed.
fn broken(change: impl FnOnce(&Path)) -> tempfile::TempDir {
    let copy = folder();
    for file in ["config.json", "model.safetensors", "vocab.txt"] {
        std::fs::copy(reference_model("bert").join(file), copy.path().join(file)).unwrap();
    }
    change(copy.path());
    copy
}

fn configured(key: &str, value: Value) -> tempfile::TempDir {
    broken(|folder| {
        let path = folder.join("config.json");
        let mut config: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        config[key] = value;
        std::fs::write(path, config.to_string()).unwrap();
    })
}

/// Edits the header of the weights.
fn with_header(edit: impl FnOnce(&mut Value)) -> tempfile::TempDir {
    broken(|folder| {
        let path = folder.join("model.safetensors");
        let bytes = std::fs::read(&path).unwrap();
        let end = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        let mut header: Value = serde_json::from_slice(&bytes[8..end]).unwrap();
        edit(&mut header);
        let header = header.to_string();
        let parts = [
            &(header.len() as u64).to_le_bytes(),
            header.as_bytes(),
            &bytes[end..],
        ];
        std::fs::write(path, parts.concat()).unwrap();
    })
}

fn attention_of(model: &Path, sequence: &str) -> Output {
    let out = folder();
    let output = out.path().join("x.safetensors");
    protattn(&[
        "attention",
        "--model",
        text(model),
        "--sequence",
        sequence,
        "--output",
        text(&output),
    ])
}

#[test]
fn a_bad_model_ends_the_run_and_says_what_is_wrong() {
    let query = "encoder.layer.1.attention.self.query.weight";
    let missing = with_header(|header| {
        let header = header.as_object_mut().unwrap();
        let tensor = header.remove(query).unwrap();
        header.insert("something.else".to_owned(), tensor);
    });
    let reshaped = with_header(|header| header[query]["shape"] = json!([24, 96]));
    let truncated = broken(|folder| {
        let path = folder.join("model.safetensors");
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    });
    let nowhere = folder().path().join("no-such-model");
    let unknown = configured("model_type", json!("gpt2"));
    let uneven = configured("num_attention_heads", json!(5));
    let cases: [(&Path, &[&str]); 6] = [
        (missing.path(), &[query]),
        (reshaped.path(), &[query, "[24, 96]", "[48, 48]"]),
        (truncated.path(), &["model.safetensors"]),
        (unknown.path(), &["gpt2", "bert"]),
        (uneven.path(), &["num_attention_heads", "5", "48"]),
        (&nowhere, &["no-such-model"]),
    ];
    for (model, words) in cases {
        let text = said(&attention_of(model, "ACDEF"), 1);
        assert!(
            words.iter().all(|word| text.contains(word)),
            "{words:?}: {text}"
        );
    }
}

#[test]
fn a_bad_sequence_is_named_with_what_is_wrong() {
    let model = reference_model("tape_bert");
    let text = said(&attention_of(&model, "ACJDE"), 1);
    assert!(text.contains('J') && text.contains('3'), "{text}");
    let text = said(&attention_of(&reference_model("bert"), &"A".repeat(300)), 1);
    assert!(text.contains("302") && text.contains("200"), "{text}");
}

#[test]
fn a_bad_record_is_skipped_and_the_others_are_counted() {
    let out = folder();
    let fasta = out.path().join("some.fasta");
    std::fs::write(
        &fasta,
        ">good\nACDEFGHIKL\n>bad\nAC1DE\n>empty\n>long\n".to_owned() + &"A".repeat(300) + "\n",
    )
    .unwrap();
    let arguments = |extra: &'static str| {
        let mut arguments = vec![
            "align".to_owned(),
            "--model".to_owned(),
            text(&reference_model("bert")).to_owned(),
        ];
        let rest = [
            "--data",
            text(&fasta),
            "--output",
            text(out.path()),
            "--no-figures",
            "--property",
            "amino-acid",
        ];
        arguments.extend(rest.map(str::to_owned));
        arguments.extend((!extra.is_empty()).then(|| extra.to_owned()));
        arguments
    };
    let output = done(&arguments(""));
    let text = stderr(&output);
    assert!(
        ["3 skipped", "bad", "empty", "long"]
            .iter()
            .all(|word| text.contains(word)),
        "{text}"
    );
    let run = run_record(out.path());
    assert_eq!(run["proteins"], 1);
    assert_eq!(run["skipped"].as_array().unwrap().len(), 3);
    assert_eq!(protattn(&arguments("--strict")).status.code(), Some(3));
}

/// Runs an alignment on these data.
fn aligned(data: &Path) -> Output {
    let out = folder();
    let output = out.path().join("out");
    protattn(&[
        "align",
        "--model",
        "demo",
        "--data",
        text(data),
        "--output",
        text(&output),
    ])
}

#[test]
fn data_without_a_protein_fail_and_say_why() {
    let out = folder();
    let empty = out.path().join("empty.fasta");
    std::fs::write(&empty, "").unwrap();
    assert!(said(&aligned(&empty), 1).contains("empty.fasta"));
    assert!(said(&aligned(Path::new("/no/such/file.pdb")), 1).contains("/no/such/file.pdb"));
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn structures_without_the_chain_asked_for_fail_and_say_why() {
    let shared = shared();
    let nucleic = said(&aligned(&shared.join("data/structures/nucleic.pdb")), 1);
    assert!(nucleic.contains("nucleic"), "{nucleic}");
    let chain = said(&aligned(&shared.join("data/structures/1ubq.pdb:Z")), 1);
    assert!(chain.contains('Z') && chain.contains('A'), "{chain}");
}

#[test]
fn an_output_that_cannot_be_written_is_found_before_the_work() {
    let out = folder();
    let file = out.path().join("file");
    std::fs::write(&file, "").unwrap();
    let inside = file.join("results");
    let output = protattn(&[
        "align",
        "--model",
        "demo",
        "--data",
        "demo",
        "--output",
        text(&inside),
    ]);
    let text = said(&output, 1);
    assert!(text.contains("--output"), "{text}");
}

#[test]
fn bad_arguments_have_status_two() {
    let out = folder();
    let base = [
        "align",
        "--model",
        "demo",
        "--data",
        "demo",
        "--output",
        text(out.path()),
    ];
    let with = |extra: &[&'static str]| protattn(&[&base[..], extra].concat());
    for (extra, word) in [
        (["--property", "contacts"], "contact"),
        (["--layers", "90"], "layer 90"),
        (["--layers", "0"], "count from 1"),
        (["--min-attention", "0"], "over 0"),
        (["--threads", "0"], "threads"),
    ] {
        let output = with(&extra);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{extra:?}: {}",
            stderr(&output)
        );
        assert!(
            stderr(&output).contains(word),
            "{extra:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn unknown_metrics_and_null_models_are_bad_arguments() {
    let out = folder();
    let align = |extra: [&str; 2]| {
        let arguments = [
            "align",
            "--model",
            "demo",
            "--data",
            "demo",
            "--output",
            text(out.path()),
        ];
        protattn(&[&arguments[..], &extra].concat())
    };
    let message = said(&align(["--metric", "entropies"]), 2);
    assert!(
        message.contains("there is no metric `entropies`; known are attention-mass"),
        "{message}"
    );
    let refused = align(["--null", "rotate"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        stderr(&refused).contains("rotate-labels"),
        "{}",
        stderr(&refused)
    );
    let refused = align(["--bootstrap", "7"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        stderr(&refused).contains("from 100 to 100,000"),
        "{}",
        stderr(&refused)
    );
}
