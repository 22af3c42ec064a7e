//! What is read, and that it makes no difference how it is stored.

use std::fs;

use half::{bf16, f16};
use protattn_model::{Family, Model, Output, SpecialTokens};
use safetensors::Dtype;
use serde_json::{Value, json};

use crate::common::{Keep, Part, Parts, folder, read};

fn last_states(model: &Model) -> Vec<f32> {
    let keep = Keep::new(|output| output == Output::HiddenStates { level: 3 });
    let keep = keep.run(model, "MKTAYIAKQRXW", SpecialTokens::Cut);
    keep.hidden[&3].iter().copied().collect()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

fn convert(parts: &mut Parts, dtype: Dtype, narrow: impl Fn(f32) -> [u8; 2]) {
    for part in parts.tensors.values_mut() {
        let (cells, _) = part.data.as_chunks();
        part.data = cells
            .iter()
            .flat_map(|&cell| narrow(f32::from_le_bytes(cell)))
            .collect();
        part.dtype = dtype;
    }
}

#[test]
fn a_folder_and_its_bytes_give_the_same_model() {
    let folder = folder("bert");
    let loaded = Model::load(&folder).unwrap();
    let weights = read("bert", "model.safetensors");
    let vocabulary = read("bert", "vocab.txt");
    let bytes =
        Model::from_bytes(&read("bert", "config.json"), &weights, Some(&vocabulary)).unwrap();
    assert_eq!(last_states(&loaded), last_states(&bytes));
    assert_eq!(loaded.weights_paths(), [folder.join("model.safetensors")]);
    assert!(bytes.weights_paths().is_empty());
    assert_eq!(loaded.info().name, "bert");
    assert_eq!(bytes.named("mine").info().name, "mine");
}

#[test]
#[cfg(feature = "torch")]
fn weights_in_several_files_are_one_model() {
    let [safe, torch] = ["sharded_f16", "sharded_bin"].map(|name| {
        let model = Model::load(folder("checkpoints").join(name)).unwrap();
        assert_eq!(model.info().dtype.unwrap().to_string(), "F16");
        assert_eq!(model.weights_paths().len(), 2);
        let keep = Keep::new(|output| output == Output::HiddenStates { level: 2 });
        keep.run(&model, "MKTAYIAK", SpecialTokens::Cut).hidden[&2].clone()
    });
    assert_eq!(safe, torch);
}

#[test]
fn the_names_that_tape_gave_its_files_are_taken() {
    let temporary = tempfile::tempdir().unwrap();
    for (file, name) in [
        ("config.json", "bert-base-config.json"),
        ("model.safetensors", "bert-base-pytorch_model.bin"),
    ] {
        fs::write(temporary.path().join(name), read("tape_bert", file)).unwrap();
    }
    let model = Model::load(temporary.path()).unwrap();
    let expected = Model::load(folder("tape_bert")).unwrap();
    assert_eq!(last_states(&model), last_states(&expected));
}

#[test]
fn info_tells_the_sizes() {
    let model = Model::load(folder("tape_bert")).unwrap();
    let info = model.info();
    assert_eq!(
        (info.family, info.n_layers, info.n_heads),
        (Family::Bert, 3, 4)
    );
    assert_eq!(
        (info.width, info.head_width, info.intermediate),
        (48, 12, 192)
    );
    assert_eq!((info.vocabulary, info.positions), (30, Some(256)));
    // (30 + 256 + 1) x 48 + 2 x 48 in front; in a layer 4 x (48 x 48 + 48) for attention,
    // 2 x 48 x 192 + 192 + 48 for the feed-forward network and 4 x 48 for the norms.
    assert_eq!(info.parameters, 13_872 + 3 * (9_408 + 18_672 + 192));
    assert_eq!(info.dtype.unwrap().to_string(), "F32");
    assert_eq!(model.tokenizer().alphabet(), "TAPE");
}

#[test]
fn the_stored_table_decides_the_number_of_positions() {
    let mut parts = Parts::bert();
    parts.config["max_position_embeddings"] = json!(40_000);
    parts.config["type_vocab_size"] = json!(1);
    assert_eq!(parts.load().unwrap().info().positions, Some(200));
}

#[test]
fn half_precision_is_widened() {
    let exact = last_states(&Parts::bert().load().unwrap());
    let mut parts = Parts::bert();
    convert(&mut parts, Dtype::F16, |value| {
        f16::from_f32(value).to_le_bytes()
    });
    let half = last_states(&parts.load().unwrap());
    // Eleven and eight bits of precision, on states of the order of 1.
    let difference = largest_difference(&half, &exact);
    assert!(difference > 0.0 && difference < 0.02, "{difference}");
    let mut parts = Parts::bert();
    convert(&mut parts, Dtype::BF16, |value| {
        bf16::from_f32(value).to_le_bytes()
    });
    let brain = largest_difference(&last_states(&parts.load().unwrap()), &exact);
    assert!(brain > difference && brain < 0.2, "{brain}");
}

#[test]
fn the_old_names_of_norms_are_read() {
    let expected = last_states(&Parts::bert().load().unwrap());
    let mut parts = Parts::bert();
    parts.tensors = std::mem::take(&mut parts.tensors)
        .into_iter()
        .map(|(name, part)| {
            let name = name
                .replace("LayerNorm.weight", "LayerNorm.gamma")
                .replace("LayerNorm.bias", "LayerNorm.beta");
            (format!("bert.{name}"), part)
        })
        .collect();
    assert!(
        parts
            .tensors
            .contains_key("bert.embeddings.LayerNorm.gamma")
    );
    assert_eq!(last_states(&parts.load().unwrap()), expected);
}

#[test]
fn heads_of_other_tasks_are_ignored() {
    let mut parts = Parts::bert();
    let part = Part {
        dtype: Dtype::I64,
        shape: vec![1],
        data: vec![0; 8],
    };
    parts
        .tensors
        .insert("embeddings.position_ids".to_owned(), part.clone());
    parts.tensors.insert("classifier.weight".to_owned(), part);
    assert!(parts.load().is_ok());
}

#[test]
fn the_activation_of_the_configuration_is_used() {
    let states = |activation: &str| {
        let mut parts = Parts::bert();
        parts.config["hidden_act"] = json!(activation);
        last_states(&parts.load().unwrap())
    };
    let gelu = states("gelu");
    assert!(largest_difference(&states("gelu_new"), &gelu) < 1e-2);
    assert!(largest_difference(&states("relu"), &gelu) > 1e-2);
    assert!(largest_difference(&states("silu"), &gelu) > 1e-2);
}

#[test]
fn a_configuration_without_model_type_is_a_bert_if_it_has_the_keys() {
    let mut parts = Parts::bert();
    parts.config.as_object_mut().unwrap().remove("model_type");
    assert_eq!(parts.load().unwrap().info().family, Family::Bert);
}

#[test]
fn a_random_model_depends_on_its_seed_alone() {
    let config = read("bert", "config.json");
    let vocabulary = read("bert", "vocab.txt");
    let states = |seed| last_states(&Model::random(&config, Some(&vocabulary), seed).unwrap());
    assert_eq!(states(1), states(1));
    assert_ne!(states(1), states(2));
    let info: Value = serde_json::from_slice(&config).unwrap();
    let model = Model::random(&config, Some(&vocabulary), 1).unwrap();
    assert_eq!(
        json!(model.info().positions),
        info["max_position_embeddings"]
    );
}

#[test]
fn weights_at_an_odd_offset_are_read() {
    // Spaces after the header are part of it; one to three of them break the alignment.
    let weights = read("bert", "model.safetensors");
    let expected = last_states(&Model::load(folder("bert")).unwrap());
    let header = u64::from_le_bytes(weights[..8].try_into().unwrap());
    for shift in 1..4 {
        let temporary = tempfile::tempdir().unwrap();
        let mut shifted = (header + shift).to_le_bytes().to_vec();
        let (head, data) = weights[8..].split_at(header as usize);
        shifted.extend(head);
        shifted.extend(vec![b' '; shift as usize]);
        shifted.extend(data);
        fs::write(temporary.path().join("model.safetensors"), shifted).unwrap();
        for file in ["config.json", "vocab.txt"] {
            fs::write(temporary.path().join(file), read("bert", file)).unwrap();
        }
        assert_eq!(
            last_states(&Model::load(temporary.path()).unwrap()),
            expected
        );
    }
}
