//! What the families other than BERT add: shared layers, projected embeddings, other positions.

use protattn_model::ndarray::Axis;
use protattn_model::{Error, Family, Model, Output, SpecialTokens, Tokens, Workspace};
use serde_json::{Value, json};

use crate::common::{Keep, Part, Parts, any_vocabulary, drawn};

const FAMILIES: [(&str, &str); 4] = [
    ("albert", "albert."),
    ("electra", "electra."),
    ("esm1b", "esm."),
    ("esm2", "esm."),
];
/// Within the vocabulary of each of them.
const IDS: [u32; 9] = [2, 5, 6, 21, 7, 7, 29, 10, 3];

fn tokens(ids: &[u32]) -> Tokens {
    Tokens::new(ids.to_vec(), 0..ids.len()).unwrap()
}

fn run(model: &Model, ids: &[u32]) -> Keep<impl Fn(Output) -> bool + use<>> {
    Keep::new(|_| true).run_tokens(model, &tokens(ids), SpecialTokens::Keep)
}

/// Everything that a pass gives, in one row.
fn outputs(model: &Model) -> Vec<f32> {
    let keep = run(model, &IDS);
    let attention = keep.attention.values().flatten();
    attention
        .chain(keep.hidden.values().flatten())
        .copied()
        .collect()
}

fn random(config: &Value) -> Result<Model, Error> {
    let bytes = serde_json::to_vec(config).unwrap();
    Model::random(&bytes, any_vocabulary(config).as_deref(), 1)
}

#[test]
fn a_prefix_and_the_old_names_of_norms_make_no_difference() {
    for (name, prefix) in FAMILIES {
        let mut parts = Parts::of(name);
        let expected = outputs(&parts.load().unwrap());
        let norms = ["LayerNorm", "layer_norm", "emb_layer_norm_after"];
        for (stored, part) in std::mem::take(&mut parts.tensors) {
            let (stem, last) = stored.rsplit_once('.').unwrap();
            let last = match last {
                "weight" if norms.iter().any(|norm| stem.ends_with(norm)) => "gamma",
                "bias" if norms.iter().any(|norm| stem.ends_with(norm)) => "beta",
                last => last,
            };
            parts.tensors.insert(format!("{prefix}{stem}.{last}"), part);
        }
        assert_eq!(outputs(&parts.load().unwrap()), expected, "{name}");
    }
}

#[test]
fn random_weights_run_in_every_family() {
    for (name, _) in FAMILIES {
        let parts = Parts::of(name);
        let (stored, random) = (parts.load().unwrap(), random(&parts.config).unwrap());
        assert_eq!(random.info(), &drawn(stored.info()), "{name}");
        let keep = run(&random, &IDS);
        assert_eq!((keep.attention.len(), keep.hidden.len()), (3, 4));
        for map in keep.attention.values() {
            assert!(
                map.sum_axis(Axis(2))
                    .iter()
                    .all(|sum| (sum - 1.0).abs() < 1e-5)
            );
        }
    }
}

#[test]
fn a_short_pass_gives_the_same_bits_as_a_whole_one() {
    for (name, _) in FAMILIES {
        let model = Parts::of(name).load().unwrap();
        let whole = run(&model, &IDS);
        for layer in 0..3 {
            let wanted = Output::Attention { layer };
            let part = Keep::new(|output| output == wanted).run_tokens(
                &model,
                &tokens(&IDS),
                SpecialTokens::Keep,
            );
            assert_eq!(part.attention[&layer], whole.attention[&layer], "{name}");
        }
    }
}

#[test]
fn a_workspace_serves_one_family_after_another() {
    let mut workspace = Workspace::new();
    for ids in [&IDS[..], &IDS[..4], &IDS[..7]] {
        for (name, _) in FAMILIES {
            let model = Parts::of(name).load().unwrap();
            let mut used = Keep::new(|_| true);
            model
                .forward_with(&tokens(ids), SpecialTokens::Keep, &mut workspace, &mut used)
                .unwrap();
            let fresh = run(&model, ids);
            assert_eq!(used.attention, fresh.attention, "{name}");
            assert_eq!(used.hidden, fresh.hidden, "{name}");
        }
    }
}

#[test]
fn layers_beyond_the_configuration_are_refused_by_key() {
    let refused = |name: &str, key: &str, value: usize, stored: &str| {
        let mut parts = Parts::of(name);
        parts.config[key] = json!(value);
        match parts.error() {
            Error::ExtraLayer {
                key: found,
                layers,
                tensor,
            } => {
                assert_eq!((found, layers, tensor.as_str()), (key, value, stored));
            }
            error => panic!("{error}"),
        }
    };
    let query = "encoder.layer.2.attention.self.query.weight";
    for name in ["electra", "esm1b", "esm2"] {
        refused(name, "num_hidden_layers", 2, query);
    }
    refused(
        "variants/albert_two_groups",
        "num_hidden_groups",
        1,
        "encoder.albert_layer_groups.1.albert_layers.0.attention.query.weight",
    );
    refused(
        "variants/albert_inner_layers",
        "inner_group_num",
        1,
        "encoder.albert_layer_groups.0.albert_layers.1.attention.query.weight",
    );
}

#[test]
fn layers_that_share_weights_hold_them_once() {
    let parts = Parts::of("albert");
    let model = parts.load().unwrap();
    let info = model.info();
    assert_eq!((info.family, info.n_layers), (Family::Albert, 3));
    assert_eq!((info.width, info.positions), (48, Some(200)));
    // In front (34 + 200 + 2) x 24 + 2 x 24, projected by 48 x 24 + 48; one layer of
    // 4 x (48 x 48 + 48) for attention, 2 x 48 x 96 + 96 + 48 for the feed-forward network and
    // 4 x 48 for the norms.
    assert_eq!(info.parameters, 5_712 + 1_200 + 9_408 + 9_360 + 192);

    let inner = Parts::of("variants/albert_inner_layers").load().unwrap();
    assert_eq!(inner.info().n_layers, 4);

    let mut config = parts.config;
    config["num_hidden_layers"] = json!(1024);
    let deep = random(&config).unwrap();
    assert_eq!(deep.info().parameters, info.parameters);
}

#[test]
fn an_embedding_of_another_size_than_stored_is_named() {
    for name in ["albert", "electra"] {
        let mut parts = Parts::of(name);
        parts.config["embedding_size"] = json!(32);
        assert!(matches!(
            parts.error(),
            Error::TensorShape { found, expected, .. }
                if found == [48, 24] && expected == [48, 32]
        ));
    }
}

#[test]
fn positions_are_as_many_as_the_table_has_after_the_padding_token() {
    let model = Parts::of("esm1b").load().unwrap();
    assert_eq!(model.info().positions, Some(198));
    let ids = |count| tokens(&vec![5; count]);
    let mut sink = Keep::new(|output| output == Output::Attention { layer: 0 });
    let mut pass = |count| model.forward(&ids(count), &mut Workspace::new(), &mut sink);
    assert!(pass(198).is_ok());
    assert!(matches!(
        pass(199),
        Err(Error::TooLong {
            tokens: 199,
            positions: 198
        })
    ));
    assert_eq!(Parts::of("esm2").load().unwrap().info().positions, None);
    let mut parts = Parts::of("esm1b");
    parts.config["pad_token_id"] = json!(199);
    assert_eq!(
        parts.error().to_string(),
        "config.json: `pad_token_id` is 199, expected less than 199, for positions to follow it"
    );
}

#[test]
fn a_table_of_positions_beside_rotary_ones_is_not_used() {
    let mut parts = Parts::of("esm2");
    let expected = outputs(&parts.load().unwrap());
    let part = Part {
        dtype: safetensors::Dtype::F32,
        shape: vec![4, 1],
        data: vec![0x7f; 16],
    };
    parts
        .tensors
        .insert("embeddings.position_embeddings.weight".to_owned(), part);
    assert_eq!(outputs(&parts.load().unwrap()), expected);
}

#[test]
fn frequencies_of_another_head_width_are_refused() {
    let mut parts = Parts::of("variants/esm2_stored_frequencies");
    for (name, part) in &mut parts.tensors {
        if name.ends_with("inv_freq") {
            (part.shape, part.data) = (vec![3], vec![0; 6]);
        }
    }
    assert!(matches!(
        parts.error(),
        Error::TensorShape { tensor, found, expected }
            if tensor.ends_with("inv_freq") && found == [3] && expected == [6]
    ));
}

#[test]
fn tokens_that_are_all_masked_have_no_embedding() {
    let model = Parts::of("esm2").load().unwrap();
    let keep = run(&model, &[32, 32, 32]);
    assert!(keep.hidden[&0].iter().all(|&value| value == 0.0));
    assert!(keep.hidden[&3].iter().all(|value| value.is_finite()));
}

#[test]
fn an_old_configuration_of_esm_needs_few_keys() {
    let mut parts = Parts::of("variants/esm1b_no_token_dropout");
    let expected = outputs(&parts.load().unwrap());
    let kept = [
        "model_type",
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "intermediate_size",
        "vocab_size",
        "pad_token_id",
        "emb_layer_norm_before",
        "layer_norm_eps",
    ];
    let config = parts.config.as_object_mut().unwrap();
    config.retain(|key, _| kept.contains(&key.as_str()));
    assert_eq!(outputs(&parts.load().unwrap()), expected);
}
