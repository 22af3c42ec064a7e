//! Attention and hidden states of T5 and XLNet against PyTorch, and how they are stored; see
//! `reference/README.md`.

use proptest::prelude::*;
use protattn_model::ndarray::{Array, ArrayView, Axis, Dimension, Ix3, Ix4};
use protattn_model::{Error, Family, Model, Output, SpecialTokens, Tokens, Workspace};
use safetensors::{Dtype, SafeTensors};
use serde_json::json;

use crate::common::{Keep, Part, Parts, any_vocabulary, drawn, read};

const ATTENTION_TOLERANCE: f32 = 1e-5;
const HIDDEN_TOLERANCE: f32 = 1e-4;

fn floats<D: Dimension>(file: &SafeTensors<'_>, name: &str) -> Array<f32, D> {
    let tensor = file.tensor(name).unwrap();
    let (cells, _) = tensor.data().as_chunks();
    let values = cells.iter().map(|&cell| f32::from_le_bytes(cell)).collect();
    Array::from_shape_vec(tensor.shape(), values)
        .unwrap()
        .into_dimensionality()
        .unwrap()
}

fn numbers(file: &SafeTensors<'_>, name: &str) -> Option<Vec<u32>> {
    let tensor = file.tensor(name).ok()?;
    let (cells, _) = tensor.data().as_chunks();
    Some(cells.iter().map(|&cell| u32::from_le_bytes(cell)).collect())
}

fn difference<D: Dimension>(a: ArrayView<'_, f32, D>, b: ArrayView<'_, f32, D>) -> f32 {
    assert_eq!(a.shape(), b.shape());
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn tokens(ids: Vec<u32>) -> Tokens {
    let residues = 0..ids.len();
    Tokens::new(ids, residues).unwrap()
}

fn run(model: &Model, tokens: &Tokens) -> Keep<impl Fn(Output) -> bool + use<>> {
    Keep::new(|_| true).run_tokens(model, tokens, SpecialTokens::Keep)
}

/// Runs the ids of each sequence, with its segments where there are some.
fn check(name: &str, sequences: usize) {
    let model = Parts::of(name).load().unwrap();
    let bytes = read(name, "golden.safetensors");
    let file = SafeTensors::deserialize(&bytes).unwrap();
    assert!(numbers(&file, &format!("input_ids.{sequences}")).is_none());
    for k in 0..sequences {
        let mut tokens = tokens(numbers(&file, &format!("input_ids.{k}")).unwrap());
        if let Some(segments) = numbers(&file, &format!("token_type_ids.{k}")) {
            tokens = tokens.with_segments(segments).unwrap();
        }
        let found = run(&model, &tokens);
        let attention: Array<f32, Ix4> = floats(&file, &format!("attentions.{k}"));
        let hidden: Array<f32, Ix3> = floats(&file, &format!("hidden_states.{k}"));
        assert_eq!(found.attention.len(), attention.len_of(Axis(0)));
        assert_eq!(found.hidden.len(), hidden.len_of(Axis(0)));
        for (layer, map) in &found.attention {
            let difference = difference(map.view(), attention.index_axis(Axis(0), *layer));
            assert!(
                difference <= ATTENTION_TOLERANCE,
                "{name} {k} {layer}: {difference}"
            );
        }
        for (level, states) in &found.hidden {
            let difference = difference(states.view(), hidden.index_axis(Axis(0), *level));
            assert!(
                difference <= HIDDEN_TOLERANCE,
                "{name} {k} {level}: {difference}"
            );
        }
    }
}

#[test]
fn t5() {
    check("t5", 4);
}

#[test]
fn xlnet() {
    check("xlnet", 4);
}

#[test]
fn t5_with_a_gate_and_heads_that_are_not_as_wide_as_the_states() {
    check("variants/t5_gated_gelu", 2);
    check("variants/t5_gated_silu", 2);
}

#[test]
fn t5_with_few_buckets_beyond_which_all_keys_are_equally_far() {
    check("variants/t5_few_buckets", 2);
}

#[test]
fn xlnet_with_clamped_distances() {
    check("variants/xlnet_clamp_len", 2);
}

#[test]
fn xlnet_with_biases_that_all_layers_share() {
    check("variants/xlnet_shared_biases", 2);
}

#[test]
fn xlnet_with_three_heads_and_relu() {
    check("variants/xlnet_three_heads", 2);
}

#[test]
fn xlnet_with_segments() {
    check("variants/xlnet_segments", 2);
}

fn protein() -> Tokens {
    tokens(vec![12, 20, 17, 14, 11, 7, 11, 10, 3, 13, 15, 19, 1])
}

#[test]
fn one_segment_is_the_same_as_none_to_the_bit() {
    let model = Parts::of("xlnet").load().unwrap();
    let none = run(&model, &protein());
    for segment in [0, 2] {
        let one = protein().with_segments(vec![segment; 13]).unwrap();
        assert_eq!(run(&model, &one).hidden, none.hidden);
    }
    // And one pass with segments leaves none behind in the workspace.
    let mut workspace = Workspace::new();
    let mut segments = vec![0; 13];
    segments[12] = 2;
    let two = protein().with_segments(segments).unwrap();
    for (tokens, equal) in [(&two, false), (&protein(), true)] {
        let mut found = Keep::new(|_| true);
        model
            .forward_with(tokens, SpecialTokens::Keep, &mut workspace, &mut found)
            .unwrap();
        assert_eq!(found.hidden == none.hidden, equal);
    }
}

#[test]
fn segments_are_refused_where_they_would_be_ignored() {
    let tokens = protein().with_segments(vec![0; 13]).unwrap();
    for name in ["bert", "t5"] {
        let model = match name {
            "bert" => Parts::bert().load(),
            _ => Parts::of(name).load(),
        }
        .unwrap();
        let error = model
            .forward(&tokens, &mut Workspace::new(), &mut Keep::new(|_| true))
            .unwrap_err();
        let expected =
            format!("the tokens are in segments, which a model of the family {name} does not take");
        assert_eq!(error.to_string(), expected);
    }
    let error = protein().with_segments(vec![0; 12]).unwrap_err();
    assert!(matches!(
        error,
        Error::SegmentCount {
            found: 12,
            tokens: 13
        }
    ));
}

/// The same weights under other names.
fn renamed(name: &str, rename: impl Fn(&str) -> String) -> Parts {
    let parts = Parts::of(name);
    let tensors = parts.tensors.iter();
    Parts {
        tensors: tensors
            .map(|(name, part)| (rename(name), part.clone()))
            .collect(),
        ..parts
    }
}

#[test]
fn names_with_and_without_what_stands_around_the_encoder() {
    let prefixed = |name: &str| format!("transformer.{name}");
    let alone = |name: &str| {
        let name = name.replace("shared", "encoder.embed_tokens");
        name.trim_start_matches("encoder.").to_owned()
    };
    let untied = |name: &str| name.replace("shared", "encoder.embed_tokens");
    for (name, parts) in [
        ("t5", renamed("t5", prefixed)),
        ("t5", renamed("t5", alone)),
        ("t5", renamed("t5", untied)),
        ("xlnet", renamed("xlnet", prefixed)),
    ] {
        let [found, expected] =
            [parts, Parts::of(name)].map(|parts| run(&parts.load().unwrap(), &protein()));
        assert_eq!(found.hidden, expected.hidden);
    }
}

#[test]
fn decoders_and_heads_are_left_alone() {
    for (name, others) in [
        (
            "t5",
            [
                "decoder.block.0.layer.0.SelfAttention.q.weight",
                "lm_head.weight",
            ],
        ),
        (
            "xlnet",
            ["lm_loss.weight", "sequence_summary.summary.weight"],
        ),
    ] {
        let whole = Parts::of(name);
        let mut parts = Parts::of(name);
        for other in others {
            let part = Part {
                dtype: Dtype::I64,
                shape: vec![1],
                data: vec![0; 8],
            };
            parts.tensors.insert(other.to_owned(), part);
        }
        let (found, expected) = (parts.load().unwrap(), whole.load().unwrap());
        assert_eq!(found.info(), expected.info());
    }
}

#[test]
fn biases_of_each_layer_are_used_even_if_untie_r_is_false() {
    let mut parts = Parts::of("xlnet");
    let expected = run(&parts.load().unwrap(), &protein());
    parts.config["untie_r"] = json!(false);
    assert_eq!(
        run(&parts.load().unwrap(), &protein()).hidden,
        expected.hidden
    );
}

#[test]
fn what_is_wrong_with_the_weights_is_named() {
    let bias = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
    for (name, tensor) in [
        ("t5", bias),
        ("t5", "shared.weight"),
        ("xlnet", "layer.1.rel_attn.seg_embed"),
        ("xlnet", "layer.2.rel_attn.r"),
    ] {
        let mut parts = Parts::of(name);
        let part = parts.tensors.get_mut(tensor).unwrap();
        part.shape = vec![part.data.len() / 4];
        assert!(
            matches!(parts.error(), Error::TensorShape { tensor: found, .. } if found == tensor)
        );
        parts.tensors.remove(tensor);
        assert!(
            matches!(parts.error(), Error::MissingTensor { tensor: found, .. } if found == tensor)
        );
    }
    for (name, key) in [("t5", "num_layers"), ("xlnet", "n_layer")] {
        let mut parts = Parts::of(name);
        parts.config[key] = json!(2);
        let message = parts.error().to_string();
        let expected = format!("config.json: `{key}` is 2, but the weights hold more: tensor ");
        assert!(message.starts_with(&expected), "{message}");
    }
}

#[test]
fn random_weights_have_the_shapes_of_stored_ones() {
    for name in ["t5", "xlnet", "variants/t5_gated_gelu"] {
        let stored = Parts::of(name).load().unwrap();
        let config = read(name, "config.json");
        let vocabulary = any_vocabulary(&serde_json::from_slice(&config).unwrap());
        let random = Model::random(&config, vocabulary.as_deref(), 1).unwrap();
        assert_eq!(random.info(), &drawn(stored.info()));
        assert_eq!(random.info().positions, None);
        let found = run(&random, &protein());
        let attention = &found.attention[&1];
        assert!(
            attention
                .sum_axis(Axis(2))
                .iter()
                .all(|sum| (sum - 1.0).abs() < 1e-5)
        );
    }
    let t5 = Parts::of("variants/t5_gated_gelu").load().unwrap();
    let info = t5.info();
    assert_eq!((info.family, info.n_heads), (Family::T5, 3));
    assert_eq!((info.width, info.head_width), (24, 6));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Families in turn, so that each finds the buffers of another.
    #[test]
    fn a_used_workspace_gives_the_same_bits_as_a_fresh_one(
        sequences in proptest::collection::vec(proptest::collection::vec(0_u32..30, 1..70), 1..4)
    ) {
        let names = ["t5", "variants/t5_gated_gelu", "xlnet"];
        let models = names.map(|name| Parts::of(name).load().unwrap());
        let mut workspace = Workspace::new();
        for (model, ids) in models.iter().cycle().zip(sequences.iter().cycle().take(6)) {
            let tokens = tokens(ids.clone());
            let mut used = Keep::new(|_| true);
            model.forward(&tokens, &mut workspace, &mut used).unwrap();
            let fresh = run(model, &tokens);
            prop_assert_eq!(&used.attention, &fresh.attention);
            prop_assert_eq!(&used.hidden, &fresh.hidden);
        }
    }
}
