//! What holds of every family, and what each adds to BERT: shared layers, projected embeddings, other
//! positions.

use proptest::prelude::*;
use protattn_model::ndarray::Axis;
use protattn_model::{Error, Family, Output, SpecialTokens, Workspace};
use serde_json::json;

use crate::common::{IDS, Keep, Part, Parts, drawn, outputs, run, tokens};

/// One model of each family, and the prefix of its tensors in a task model.
const FAMILIES: [(&str, &str); 7] = [
    ("bert", "bert."),
    ("albert", "albert."),
    ("electra", "electra."),
    ("esm1b", "esm."),
    ("esm2", "esm."),
    ("t5", "transformer."),
    ("xlnet", "transformer."),
];
#[test]
fn a_prefix_and_the_old_names_of_norms_make_no_difference() {
    for (name, prefix) in FAMILIES {
        let mut parts = Parts::of(name);
        let expected = outputs(&parts.load().unwrap());
        let norms = ["LayerNorm", "layer_norm", "emb_layer_norm_after"];
        for (stored, part) in std::mem::take(&mut parts.tensors) {
            let old = norms.iter().find_map(|norm| {
                let (stem, last) = stored.split_once(&format!("{norm}."))?;
                let last = last.replace("weight", "gamma").replace("bias", "beta");
                Some(format!("{stem}{norm}.{last}"))
            });
            let name = format!("{prefix}{}", old.unwrap_or(stored));
            parts.tensors.insert(name, part);
        }
        assert_eq!(outputs(&parts.load().unwrap()), expected, "{name}");
    }
}

#[test]
fn random_weights_run_in_every_family() {
    for (name, _) in FAMILIES {
        let parts = Parts::of(name);
        let (stored, random) = (parts.load().unwrap(), parts.random());
        assert_eq!(random.info(), &drawn(stored.info()), "{name}");
        let keep = run(&random, &tokens(&IDS));
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
        let whole = run(&model, &tokens(&IDS));
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Families in turn, so that each finds the buffers of another.
    #[test]
    fn a_used_workspace_gives_the_same_bits_as_a_fresh_one(
        sequences in proptest::collection::vec(proptest::collection::vec(0_u32..30, 1..30), 1..4)
    ) {
        let names = FAMILIES.iter().map(|(name, _)| *name);
        let models: Vec<_> = names
            .chain(["variants/t5_gated_gelu", "variants/electra_wide_embedding"])
            .map(|name| Parts::of(name).load().unwrap())
            .collect();
        let mut workspace = Workspace::new();
        for (model, ids) in models.iter().zip(sequences.iter().cycle()) {
            let tokens = tokens(ids);
            let mut used = Keep::new(|_| true);
            model
                .forward_with(&tokens, SpecialTokens::Keep, &mut workspace, &mut used)
                .unwrap();
            let fresh = run(model, &tokens);
            prop_assert_eq!(&used.attention, &fresh.attention);
            prop_assert_eq!(&used.hidden, &fresh.hidden);
        }
    }
}

#[test]
fn what_is_wrong_with_the_weights_is_named() {
    let bias = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
    for (name, tensor) in [
        ("albert", "encoder.embedding_hidden_mapping_in.weight"),
        ("electra", "embeddings_project.weight"),
        ("esm1b", "encoder.emb_layer_norm_after.bias"),
        ("esm2", "encoder.layer.2.attention.self.key.bias"),
        ("t5", bias),
        ("t5", "shared.weight"),
        ("xlnet", "layer.1.rel_attn.seg_embed"),
        ("xlnet", "layer.2.rel_attn.r"),
    ] {
        let mut parts = Parts::of(name);
        let part = parts.tensors.get_mut(tensor).unwrap();
        part.shape = vec![1, part.data.len() / 4];
        assert!(
            matches!(parts.error(), Error::TensorShape { tensor: found, .. } if found == tensor)
        );
        parts.tensors.remove(tensor);
        assert!(
            matches!(parts.error(), Error::MissingTensor { tensor: found, .. } if found == tensor)
        );
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
    for name in ["bert", "electra", "esm1b", "esm2"] {
        refused(name, "num_hidden_layers", 2, query);
    }
    refused(
        "t5",
        "num_layers",
        2,
        "encoder.block.2.layer.0.layer_norm.weight",
    );
    refused("xlnet", "n_layer", 2, "layer.2.rel_attn.q");
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
    let mut parts = Parts::of("albert");
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

    parts.config["num_hidden_layers"] = json!(1024);
    let deep = parts.random();
    assert_eq!(deep.info().parameters, info.parameters);
}

#[test]
fn heads_can_be_of_any_width_in_t5() {
    let t5 = Parts::of("variants/t5_gated_gelu").load().unwrap();
    let info = t5.info();
    assert_eq!((info.family, info.n_heads), (Family::T5, 3));
    assert_eq!((info.width, info.head_width), (24, 6));
    assert_eq!(info.positions, None);
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
    let keep = run(&model, &tokens(&[32, 32, 32]));
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
