//! Token ids, attention and hidden states against PyTorch; see `reference/README.md`.

use std::fs;

use protattn_model::ndarray::{Array, ArrayView, Axis, Dimension, Ix3, Ix4, s};
use protattn_model::{Error, Family, Model, Output, Precision, SpecialTokens, Tokens};
use safetensors::SafeTensors;
use serde_json::Value;

use crate::common::{Keep, Parts, floats, folder, read, run, shared_models, tokens};

/// The reference checkpoints, and what their tokenizers are read from.
const REFERENCE: [(&str, &str); 9] = [
    ("bert", "vocab.txt"),
    ("bert_masked_lm", "vocab.txt"),
    ("tape_bert", "TAPE"),
    ("albert", "spiece.model"),
    ("electra", "vocab.txt"),
    ("esm1b", "vocab.txt"),
    ("esm2", "vocab.txt"),
    ("t5", "spiece.model"),
    ("xlnet", "spm_model.model"),
];

const ATTENTION_TOLERANCE: f32 = 1e-5;
const HIDDEN_TOLERANCE: f32 = 1e-4;

fn golden<D: Dimension>(file: &SafeTensors<'_>, name: &str) -> Array<f32, D> {
    let tensor = file.tensor(name).unwrap();
    Array::from_shape_vec(tensor.shape(), floats(&tensor))
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

fn numbers(file: &SafeTensors<'_>, name: &str) -> Option<Vec<u32>> {
    let tensor = file.tensor(name).ok()?;
    let (cells, _) = tensor.data().as_chunks();
    Some(cells.iter().map(|&cell| u32::from_le_bytes(cell)).collect())
}

/// The token ids of sequence `k` of a golden file, if it has so many.
fn golden_ids(file: &SafeTensors<'_>, k: usize) -> Option<Vec<u32>> {
    numbers(file, &format!("input_ids.{k}"))
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
    let whole = run(model, tokens);
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

/// Runs the sequences of a reference checkpoint through the model's tokenizer and network.
fn check(name: &str, model: &Model) {
    let (json, bytes) = (read(name, "golden.json"), read(name, "golden.safetensors"));
    let json: Value = serde_json::from_slice(&json).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let sequences = json["sequences"].as_array().unwrap();
    assert_eq!(sequences.len(), 4);
    for (k, entry) in sequences.iter().enumerate() {
        let sequence = entry["sequence"].as_str().unwrap();
        let ids = golden_ids(&file, k).unwrap();
        assert_eq!(serde_json::to_value(&ids).unwrap(), entry["input_ids"]);
        let tokens = tokens_of(model, sequence, &ids);
        let whole = compare(name, model, &tokens, &file, k);
        check_cut(model, &tokens, &whole);
    }
}

/// The tokens of a sequence, which must be the golden ones; where residues share tokens, which the
/// tokenizer must say, the golden ones themselves.
fn tokens_of(model: &Model, sequence: &str, ids: &[u32]) -> Tokens {
    // ProtXLNet's vocabulary has no X, and U, Z, O and B are read as X: the last four residues are
    // one unknown token.
    let shared = model.info().family == Family::Xlnet && sequence.ends_with("UZOB");
    let residues = ids.len() - model.tokenizer().special_tokens();
    match model.tokenizer().encode(sequence, None) {
        Ok(tokens) if !shared => {
            assert_eq!(tokens.ids(), ids, "{sequence}");
            assert_eq!(residues, sequence.len());
            tokens
        }
        Err(Error::LengthChanged { tokens, .. }) if shared => {
            assert_eq!((tokens, residues), (sequence.len() - 3, sequence.len() - 3));
            Tokens::new(ids.to_vec(), 0..residues).unwrap()
        }
        other => panic!("{sequence}: {other:?}"),
    }
}

/// Per residue: the same numbers without those of the special tokens.
fn check_cut<F: Fn(Output) -> bool>(model: &Model, tokens: &Tokens, whole: &Keep<F>) {
    let residues = tokens.residues();
    let cut = Keep::new(|_| true).run_tokens(model, tokens, SpecialTokens::Cut);
    for (layer, map) in &cut.attention {
        let expected = whole.attention[layer].slice(s![.., residues.clone(), residues.clone()]);
        assert_eq!(map, expected);
    }
    for (level, states) in &cut.hidden {
        assert_eq!(states, whole.hidden[level].slice(s![residues.clone(), ..]));
    }
}

/// Runs the token ids of the file, in their segments where there are some.
fn check_variant(name: &str) {
    let name = &format!("variants/{name}");
    let bytes = read(name, "golden.safetensors");
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let model = Parts::of(name).load().unwrap();
    assert!(golden_ids(&file, 2).is_none());
    for k in 0..2 {
        let mut tokens = tokens(&golden_ids(&file, k).unwrap());
        if let Some(segments) = numbers(&file, &format!("token_type_ids.{k}")) {
            tokens = tokens.with_segments(segments).unwrap();
        }
        compare(name, &model, &tokens, &file, k);
    }
}

#[test]
fn families() {
    for (name, alphabet) in REFERENCE {
        let model = Model::load(folder(name)).unwrap();
        assert_eq!(model.tokenizer().alphabet(), alphabet, "{name}");
        check(name, &model);
    }
}

/// What configurations can vary beyond these; see `reference/make_variants.py` and
/// `reference/make_variants_t5_xlnet.py`.
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
        "t5_few_buckets",
        "t5_gated_gelu",
        "t5_gated_silu",
        "xlnet_clamp_len",
        "xlnet_segments",
        "xlnet_shared_biases",
        "xlnet_three_heads",
    ] {
        check_variant(name);
    }
}

/// Each file of weights alone in its folder, under the name that the hub gives it.
#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn every_format_of_weights() {
    let models = shared_models();
    let formats = [
        ("model.safetensors", "model.safetensors"),
        ("pytorch_model.bin", "pytorch_model.bin"),
        ("pytorch_model.legacy.bin", "pytorch_model.bin"),
    ];
    let read = if cfg!(feature = "torch") { 3 } else { 1 };
    for (name, alphabet) in REFERENCE {
        for (stored, called) in &formats[..read] {
            let temporary = tempfile::tempdir().unwrap();
            let copy = |from: &str, to: &str| {
                fs::copy(models.join(name).join(from), temporary.path().join(to))
            };
            copy(stored, called).unwrap();
            copy("config.json", "config.json").unwrap();
            if alphabet != "TAPE" {
                copy(alphabet, alphabet).unwrap();
            }
            check(name, &Model::load(temporary.path()).unwrap());
        }
    }
}

/// Weights in 16 bits against PyTorch with all of its 32; on processors that multiply bfloat16, with the
/// inputs of linear maps rounded too. Rounding to 8 significant bits changes a number by up to 2^-9 of
/// it; what becomes of that in the attention of these small models is bounded by what was measured, as
/// there is no other bound.
#[test]
fn weights_in_sixteen_bits_stay_near_the_golden_attention() {
    for (name, _) in REFERENCE {
        let model = Model::load_in(folder(name), Precision::Bf16).unwrap();
        let whole = Model::load(folder(name)).unwrap();
        assert!(!whole.rounds_inputs());
        let (halved, full) = (model.memory(9).unwrap().0, whole.memory(9).unwrap().0);
        assert!(halved < full && 2 * halved >= full, "{halved} {full}");
        let bytes = read(name, "golden.safetensors");
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let (mut largest, mut total, mut count) = (0.0_f32, 0.0_f64, 0_u32);
        for k in 0..4 {
            let expected: Array<f32, Ix4> = golden(&file, &format!("attentions.{k}"));
            let found = run(&model, &tokens(&golden_ids(&file, k).unwrap()));
            for (layer, map) in &found.attention {
                for (found, expected) in map.iter().zip(expected.index_axis(Axis(0), *layer)) {
                    let error = (found - expected).abs();
                    largest = largest.max(error);
                    total += f64::from(error);
                    count += 1;
                }
            }
        }
        let mean = total / f64::from(count);
        assert!(largest > 1e-6, "{name}: nothing was rounded");
        // The most was 0.096 and 2.3e-4 with rounded weights, 0.094 and 3.4e-4 with inputs rounded
        // too, in ALBERT and ELECTRA, whose attention here is sharpest.
        assert!(largest <= 0.12 && mean <= 5e-4, "{name}: {largest} {mean}");
    }
}
