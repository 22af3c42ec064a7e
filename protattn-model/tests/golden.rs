//! Token ids, attention and hidden states against PyTorch; see `reference/README.md`.

use protattn_model::ndarray::{Array, ArrayView, Axis, Dimension, Ix3, Ix4, s};
use protattn_model::{Model, Output, SpecialTokens, Tokens};
use safetensors::SafeTensors;
use serde_json::Value;

use crate::common::{Keep, Parts, folder, read};

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

/// The token ids of sequence `k` of a golden file, if it has so many.
fn golden_ids(file: &SafeTensors<'_>, k: usize) -> Option<Vec<u32>> {
    let tensor = file.tensor(&format!("input_ids.{k}")).ok()?;
    let (cells, _) = tensor.data().as_chunks();
    Some(cells.iter().map(|&cell| u32::from_le_bytes(cell)).collect())
}

/// Runs one pass over all tokens and compares everything it gives with sequence `k` of the file.
fn compare(
    name: &str,
    model: &Model,
    tokens: &Tokens,
    file: &SafeTensors<'_>,
    k: usize,
) -> Keep<impl Fn(Output) -> bool + use<>> {
    let attention: Array<f32, Ix4> = golden(file, &format!("attentions.{k}"));
    let hidden: Array<f32, Ix3> = golden(file, &format!("hidden_states.{k}"));
    let whole = Keep::new(|_| true).run_tokens(model, tokens, SpecialTokens::Keep);
    assert_eq!(whole.attention.len(), attention.len_of(Axis(0)), "{name}");
    assert_eq!(whole.hidden.len(), hidden.len_of(Axis(0)), "{name}");
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
    whole
}

/// Through the tokenizer, and per residue as well.
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
        let whole = compare(name, &model, &tokens, &file, k);

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

/// By the token ids of the file; gives the number of its sequences.
fn check_by_ids(name: &str) -> usize {
    let bytes = read(name, "golden.safetensors");
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let model = Parts::of(name).load().unwrap();
    let mut k = 0;
    while let Some(ids) = golden_ids(&file, k) {
        let residues = 0..ids.len();
        let tokens = Tokens::new(ids, residues).unwrap();
        compare(name, &model, &tokens, &file, k);
        k += 1;
    }
    k
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

#[test]
fn electra() {
    check("electra");
}

#[test]
fn albert() {
    assert_eq!(check_by_ids("albert"), 4);
}

#[test]
fn esm() {
    assert_eq!(check_by_ids("esm1b"), 4);
    assert_eq!(check_by_ids("esm2"), 4);
}

/// What configurations can vary beyond these; see `reference/make_variants.py`.
#[test]
fn variants() {
    for name in [
        "albert_inner_layers",
        "albert_two_groups",
        "electra_unprojected",
        "electra_wide_embedding",
        "esm1b_no_norm_before",
        "esm1b_no_token_dropout",
        "esm2_stored_frequencies",
        "esm2_theta",
    ] {
        assert_eq!(check_by_ids(&format!("variants/{name}")), 2, "{name}");
    }
}
