//! The untrained twin of a model: the same in everything but its weights.

use protattn_model::Model;
use serde_json::json;

use crate::common::{Parts, drawn, folder, outputs};

/// Models whose configuration says all there is to know of their architecture.
const BY_CONFIGURATION: [&str; 9] = [
    "bert",
    "bert_masked_lm",
    "tape_bert",
    "albert",
    "electra",
    "esm1b",
    "esm2",
    "t5",
    "xlnet",
];
/// Models whose weights say more.
const BY_WEIGHTS: [&str; 3] = [
    "variants/esm2_stored_frequencies",
    "variants/xlnet_shared_biases",
    "variants/t5_gated_silu",
];

#[test]
fn a_twin_has_the_shape_and_other_weights() {
    for name in BY_CONFIGURATION.iter().chain(&BY_WEIGHTS) {
        let model = Parts::of(name).load().unwrap().named("a model");
        let twin = model.random_twin(1).unwrap();
        assert_eq!(twin.info(), &drawn(model.info()), "{name}");
        assert_eq!(twin.memory(100), model.memory(100), "{name}");
        assert_ne!(outputs(&twin), outputs(&model), "{name}");
        assert!(twin.contact_head().is_none());

        assert_eq!(
            outputs(&model.random_twin(1).unwrap()),
            outputs(&twin),
            "{name}"
        );
        assert_ne!(
            outputs(&model.random_twin(2).unwrap()),
            outputs(&twin),
            "{name}"
        );
        assert_eq!(
            outputs(&twin.random_twin(1).unwrap()),
            outputs(&twin),
            "{name}"
        );
    }
}

#[test]
fn a_twin_is_the_random_model_of_the_same_configuration() {
    for name in BY_CONFIGURATION {
        let parts = Parts::of(name);
        // Drawn with seed 1.
        let random = outputs(&parts.random());
        for model in [parts.load().unwrap(), parts.random()] {
            assert_eq!(outputs(&model.random_twin(1).unwrap()), random, "{name}");
        }
    }
}

#[test]
fn a_twin_of_a_folder_has_its_tokenizer() {
    for name in BY_CONFIGURATION {
        let model = Model::load(folder(name)).unwrap();
        let twin = model.random_twin(1).unwrap();
        assert_eq!(twin.info(), &drawn(model.info()), "{name}");
        assert!(twin.weights_paths().is_empty());
        assert_eq!(twin.tokenizer().alphabet(), model.tokenizer().alphabet());
        for sequence in [
            "MKTAYIAKQR",
            "ACDEFGHIKLMNPQRSTVWYX",
            "UZOB",
            "MK1",
            &"M".repeat(300),
        ] {
            let [found, expected] = [&twin, &model].map(|model| {
                let tokens = model.tokenizer().encode(sequence, None);
                tokens.map_err(|error| error.to_string())
            });
            assert_eq!(found, expected, "{name} {sequence}");
        }
    }
}

#[test]
fn the_stored_tables_decide_the_shape_of_a_twin() {
    let mut parts = Parts::bert();
    parts.config["max_position_embeddings"] = json!(40_000);
    parts.config["type_vocab_size"] = json!(1);
    let model = parts.load().unwrap();
    let twin = model.random_twin(1).unwrap();
    assert_eq!(twin.info().positions, Some(200));
    assert_eq!(twin.info().parameters, model.info().parameters);
    assert_eq!(twin.random_twin(1).unwrap().info(), twin.info());
}

#[test]
fn numbers_that_are_not_trained_are_kept() {
    let mut parts = Parts::of("variants/esm2_stored_frequencies");
    let twin = |parts: &Parts| outputs(&parts.load().unwrap().random_twin(1).unwrap());
    let stored = twin(&parts);
    parts.tensors.retain(|name, _| !name.ends_with("inv_freq"));
    assert_ne!(twin(&parts), stored);
}
