//! `protattn attention` against what PyTorch and transformers computed.

use safetensors::SafeTensors;
use serde_json::Value;

use crate::common::{done, folder, reference_model, text};

/// Largest absolute differences allowed.
const ATTENTION: f32 = 1e-5;
const HIDDEN_STATES: f32 = 1e-4;

#[test]
fn every_reference_model_gives_its_golden_outputs() {
    for model in ["bert", "bert_masked_lm", "tape_bert"] {
        let model = reference_model(model);
        let golden = std::fs::read(model.join("golden.safetensors")).unwrap();
        let golden = SafeTensors::deserialize(&golden).unwrap();
        let sequences = sequences(&std::fs::read(model.join("golden.json")).unwrap());
        assert!(sequences.len() > 1);

        let fasta: String = sequences
            .iter()
            .enumerate()
            .map(|(k, s)| format!(">{k}\n{s}\n"))
            .collect();
        let out = folder();
        let (input, output) = (
            out.path().join("s.fasta"),
            out.path().join("all.safetensors"),
        );
        std::fs::write(&input, fasta).unwrap();
        let model = text(&model);
        done(&[
            "attention",
            "--model",
            model,
            "--fasta",
            text(&input),
            "--output",
            text(&output),
            "--hidden-states",
        ]);
        let all = std::fs::read(&output).unwrap();
        let all = SafeTensors::deserialize(&all).unwrap();
        assert_eq!(all.len(), 3 * sequences.len());
        for k in 0..sequences.len() {
            compare(&all, &golden, &format!(".{k}"), &format!(".{k}"));
        }

        let output = out.path().join("one.safetensors");
        done(&[
            "attention",
            "--model",
            model,
            "--sequence",
            &sequences[1],
            "--output",
            text(&output),
            "--hidden-states",
        ]);
        let one = std::fs::read(&output).unwrap();
        compare(&SafeTensors::deserialize(&one).unwrap(), &golden, "", ".1");
    }
}

fn sequences(golden: &[u8]) -> Vec<String> {
    let golden: Value = serde_json::from_slice(golden).unwrap();
    let sequences = golden["sequences"].as_array().unwrap();
    sequences
        .iter()
        .map(|s| s["sequence"].as_str().unwrap().to_owned())
        .collect()
}

fn compare(found: &SafeTensors<'_>, golden: &SafeTensors<'_>, suffix: &str, golden_suffix: &str) {
    let name = |name: &str, suffix: &str| format!("{name}{suffix}");
    let ids = |file: &SafeTensors<'_>, suffix| {
        file.tensor(&name("input_ids", suffix))
            .unwrap()
            .data()
            .to_vec()
    };
    assert_eq!(ids(found, suffix), ids(golden, golden_suffix));
    for (tensor, tolerance) in [("attentions", ATTENTION), ("hidden_states", HIDDEN_STATES)] {
        let found = found.tensor(&name(tensor, suffix)).unwrap();
        let golden = golden.tensor(&name(tensor, golden_suffix)).unwrap();
        assert_eq!(found.shape(), golden.shape());
        let (found, golden) = (floats(found.data()), floats(golden.data()));
        let differences = found.iter().zip(&golden).map(|(a, b)| (a - b).abs());
        let largest = differences.fold(0.0, |a: f32, b| if b <= a { a } else { b });
        assert!(
            largest <= tolerance,
            "{tensor}{golden_suffix}: off by {largest}"
        );
    }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
        .collect()
}
