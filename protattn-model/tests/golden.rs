//! Token ids, attention and hidden states against PyTorch; see `reference/README.md`.

use protattn_model::ndarray::{Array, ArrayView, Axis, Dimension, Ix3, Ix4, s};
use protattn_model::{Model, SpecialTokens};
use safetensors::SafeTensors;
use serde_json::Value;

use crate::common::{Keep, folder, read};

const ATTENTION_TOLERANCE: f32 = 1e-5;
const HIDDEN_TOLERANCE: f32 = 1e-4;

fn golden<D: Dimension>(file: &SafeTensors<'_>, name: &str) -> Array<f32, D> {
    let tensor = file.tensor(name).unwrap();
    let (cells, _) = tensor.data().as_chunks();
    let values = cells.iter().map(|&cell| f32::from_le_bytes(cell)).collect();
    Array::from_shape_vec(tensor.shape(), values)
        .unwrap()
        .into_dimensionality()
        .unwrap()
}

fn difference<D: Dimension>(a: ArrayView<'_, f32, D>, b: ArrayView<'_, f32, D>) -> f32 {
    assert_eq!(a.shape(), b.shape());
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

fn check(name: &str) {
    let model = Model::load(folder(name)).unwrap();
    let (json, bytes) = (read(name, "golden.json"), read(name, "golden.safetensors"));
    let json: Value = serde_json::from_slice(&json).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let sequences = json["sequences"].as_array().unwrap();
    assert_eq!(sequences.len(), 4);
    for (k, entry) in sequences.iter().enumerate() {
        let sequence = entry["sequence"].as_str().unwrap();
        let tokens = model.tokenizer().encode(sequence, None).unwrap();
        assert_eq!(
            serde_json::to_value(tokens.ids()).unwrap(),
            entry["input_ids"]
        );

        let attention: Array<f32, Ix4> = golden(&file, &format!("attentions.{k}"));
        let hidden: Array<f32, Ix3> = golden(&file, &format!("hidden_states.{k}"));
        let whole = Keep::new(|_| true).run(&model, sequence, SpecialTokens::Keep);
        assert_eq!((whole.attention.len(), whole.hidden.len()), (3, 4));
        for (layer, map) in &whole.attention {
            let difference = difference(map.view(), attention.index_axis(Axis(0), *layer));
            assert!(
                difference <= ATTENTION_TOLERANCE,
                "{name} {k} {layer}: {difference}"
            );
        }
        for (level, states) in &whole.hidden {
            let difference = difference(states.view(), hidden.index_axis(Axis(0), *level));
            assert!(
                difference <= HIDDEN_TOLERANCE,
                "{name} {k} {level}: {difference}"
            );
        }

        // Per residue: the same numbers without the first and the last token.
        let residues = 1..sequence.len() + 1;
        let cut = Keep::new(|_| true).run(&model, sequence, SpecialTokens::Cut);
        for (layer, map) in &cut.attention {
            assert_eq!(
                map,
                whole.attention[layer].slice(s![.., residues.clone(), residues.clone()])
            );
        }
        for (level, states) in &cut.hidden {
            assert_eq!(states, whole.hidden[level].slice(s![residues.clone(), ..]));
        }
    }
}

#[test]
fn bert() {
    check("bert");
}

#[test]
fn bert_under_a_prefix() {
    check("bert_masked_lm");
}

#[test]
fn tape_bert() {
    check("tape_bert");
}
