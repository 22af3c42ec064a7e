//! `protattn model`, and models of every family in the other commands.

use serde_json::Value;

use crate::common::{done, folder, protattn, reference_model, run_record, stderr, text};

const FAMILIES: [&str; 9] = [
    "bert",
    "bert_masked_lm",
    "tape_bert",
    "albert",
    "xlnet",
    "electra",
    "esm1b",
    "esm2",
    "t5",
];

#[test]
fn every_family_is_told() {
    for name in FAMILIES {
        let model = reference_model(name);
        let output = done(&["model", "info", text(&model), "--json"]);
        let info: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            (&info["layers"], &info["heads"]),
            (&3.into(), &4.into()),
            "{name}"
        );
        let family = name.split('_').find(|part| *part != "tape").unwrap();
        let found = info["family"].as_str().unwrap();
        assert!(family.starts_with(found), "{name}: {found}");
        assert_eq!(info["dtype"], "F32");
        assert!(
            info["memory_bytes"]["weights"].as_u64().unwrap() > 100_000,
            "{name}"
        );
    }
    let said = String::from_utf8(done(&["model", "info", "demo"]).stdout).unwrap();
    assert!(said.contains("from        built in"), "{said}");
    assert!(said.contains("layers      4"), "{said}");
}

#[test]
fn a_converted_checkpoint_gives_the_same_attention() {
    let out = folder();
    // Its weights as PyTorch wrote them before version 1.6.
    let legacy = out.path().join("legacy");
    std::fs::create_dir(&legacy).unwrap();
    let model = reference_model("albert");
    for file in ["config.json", "spiece.model", "pytorch_model.legacy.bin"] {
        std::fs::copy(model.join(file), legacy.join(file)).unwrap();
    }
    let converted = out.path().join("converted");
    done(&[
        "model",
        "convert",
        text(&legacy),
        "--output",
        text(&converted),
    ]);
    let attention = |model: &std::path::Path, name: &str| {
        let output = out.path().join(name);
        let sequence = ["--sequence", "MKTAYIAKQR", "--hidden-states"];
        let arguments = [
            "attention",
            "--model",
            text(model),
            "--output",
            text(&output),
        ];
        done(&[&arguments[..], &sequence].concat());
        std::fs::read(output).unwrap()
    };
    let expected = attention(&model, "a.safetensors");
    assert_eq!(attention(&legacy, "b.safetensors"), expected);
    assert_eq!(attention(&converted, "c.safetensors"), expected);

    let again = [
        "model",
        "convert",
        text(&legacy),
        "--output",
        text(&converted),
    ];
    let output = protattn(&again);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("model.safetensors"),
        "{}",
        stderr(&output)
    );
    done(&[&again[..], &["--force"]].concat());
}

#[test]
fn a_sequence_whose_length_changes_is_skipped_by_name() {
    let out = folder();
    let fasta = out.path().join("two.fasta");
    std::fs::write(
        &fasta,
        ">good\nMKTAYIAKQRQISFVKSHFS\n>run of unknown\nMKUZOBMK\n",
    )
    .unwrap();
    let results = out.path().join("results");
    let model = reference_model("xlnet");
    let arguments = ["align", "--model", text(&model), "--data", text(&fasta)];
    let rest = [
        "--min-arcs",
        "1",
        "--no-figures",
        "--output",
        text(&results),
    ];
    let output = done(&[&arguments[..], &rest].concat());
    assert!(stderr(&output).contains("1 skipped"), "{}", stderr(&output));
    let run = run_record(&results);
    assert_eq!(
        (&run["proteins"], &run["skipped"][0]["record"]),
        (&1.into(), &"run".into())
    );
    let reason = run["skipped"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("8 residues"), "{reason}");
    assert_eq!(run["model"]["family"], "xlnet");
}

#[test]
fn names_that_are_no_model_say_what_would_be() {
    let said = |arguments: &[&str]| {
        let output = protattn(arguments);
        assert_eq!(output.status.code(), Some(1));
        let said = stderr(&output);
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        said
    };
    let message = said(&["model", "info", "hemoglobin"]);
    assert!(
        message.contains("`hemoglobin` is no folder") && message.contains("esm2-8m"),
        "{message}"
    );
    let message = said(&[
        "model",
        "info",
        "esm2-8m",
        "--offline",
        "--revision",
        "no such",
    ]);
    assert!(message.contains("`no such` is no revision"), "{message}");
    let message = said(&["model", "info", "demo", "--revision", "main"]);
    assert!(message.contains("demo"), "{message}");
    let listed = String::from_utf8(done(&["model", "list"]).stdout).unwrap();
    assert!(
        listed.lines().count() > 10 && listed.contains("prot-bert-bfd"),
        "{listed}"
    );
}
