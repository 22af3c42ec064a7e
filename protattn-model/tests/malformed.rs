//! Each kind of wrong input has its own clear error.

use std::error::Error as _;
use std::fs;

use protattn_model::{Error, Family, Model, Output, Workspace};
use safetensors::Dtype;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{Keep, Parts, folder, read};

const QUERY: &str = "encoder.layer.1.attention.self.query.weight";

fn copy(files: &[&str]) -> TempDir {
    let temporary = tempfile::tempdir().unwrap();
    for file in files {
        fs::write(temporary.path().join(file), read("bert", file)).unwrap();
    }
    temporary
}

#[test]
fn a_missing_tensor_is_named_with_its_nearest() {
    let mut parts = Parts::bert();
    let part = parts.tensors.remove(QUERY).unwrap();
    parts.tensors.insert(
        "encoder.layer.1.attention.self.queries.weight".to_owned(),
        part,
    );
    let message = parts.error().to_string();
    assert!(message.starts_with(
        "tensor `encoder.layer.1.attention.self.query.weight` is missing, \
         with and without the prefix `bert.`; the nearest names in the file: \
         encoder.layer.1.attention.self.query.bias, \
         encoder.layer.1.attention.self.queries.weight, "
    ));
}

#[test]
fn a_wrong_shape_is_named_with_both_shapes() {
    let mut parts = Parts::bert();
    let part = parts.tensors.get_mut(QUERY).unwrap();
    part.shape = vec![24, 96];
    assert_eq!(
        parts.error().to_string(),
        format!("tensor `{QUERY}` has shape [24, 96], config.json asks for [48, 48]")
    );
    parts.tensors.get_mut(QUERY).unwrap().shape = vec![48 * 48];
    assert!(matches!(parts.error(), Error::TensorShape { found, .. } if found == [2304]));
    let mut parts = Parts::bert();
    parts
        .tensors
        .get_mut("embeddings.position_embeddings.weight")
        .unwrap()
        .shape = vec![400, 24];
    assert!(matches!(parts.error(), Error::TensorShape { .. }));
}

#[test]
fn tables_without_rows_are_refused() {
    for name in ["position", "token_type"] {
        let mut parts = Parts::bert();
        let name = format!("embeddings.{name}_embeddings.weight");
        let part = parts.tensors.get_mut(&name).unwrap();
        (part.shape, part.data) = (vec![0, 48], Vec::new());
        assert!(matches!(parts.error(), Error::TensorShape { tensor, .. } if tensor == name));
    }
}

#[test]
fn a_number_format_that_is_not_read_is_named() {
    let mut parts = Parts::bert();
    parts.tensors.get_mut(QUERY).unwrap().dtype = Dtype::I32;
    let expected = format!("tensor `{QUERY}` is stored as I32, expected F64, F32, F16 or BF16");
    assert_eq!(parts.error().to_string(), expected);
}

#[test]
fn a_weight_that_is_not_finite_is_named() {
    for value in [f32::NAN, f32::INFINITY] {
        let mut parts = Parts::bert();
        parts.tensors.get_mut(QUERY).unwrap().data[400..404].copy_from_slice(&value.to_le_bytes());
        let error = parts.error();
        assert!(
            matches!(&error, Error::NonFiniteWeight { tensor, index: 100 } if tensor == QUERY),
            "{error}"
        );
    }
}

#[test]
fn a_layer_too_many_is_an_error() {
    let mut parts = Parts::bert();
    parts.config["num_hidden_layers"] = json!(2);
    assert!(matches!(parts.error(), Error::ExtraLayer { layers: 2, .. }));
    parts.config["num_hidden_layers"] = json!(4);
    assert!(matches!(parts.error(), Error::MissingTensor { .. }));
}

#[test]
fn truncation_anywhere_is_an_error() {
    let (config, vocabulary) = (read("bert", "config.json"), read("bert", "vocab.txt"));
    let weights = read("bert", "model.safetensors");
    let temporary = copy(&["config.json", "vocab.txt"]);
    let path = temporary.path().join("model.safetensors");
    for hundredth in 0..100 {
        let part = &weights[..weights.len() * hundredth / 100];
        fs::write(&path, part).unwrap();
        for error in [
            Model::from_bytes(&config, part, Some(&vocabulary)).unwrap_err(),
            Model::load(temporary.path()).unwrap_err(),
        ] {
            assert!(
                matches!(error, Error::HeaderSize { .. } | Error::FileLength { .. }),
                "{hundredth}: {error}"
            );
            assert!(error.to_string().contains("truncated"));
        }
    }
}

#[test]
fn damage_anywhere_in_the_header_never_panics() {
    let (config, vocabulary) = (read("bert", "config.json"), read("bert", "vocab.txt"));
    let mut weights = read("bert", "model.safetensors");
    let header = u64::from_le_bytes(weights[..8].try_into().unwrap()) as usize;
    for position in (0..header + 8).step_by(7) {
        let before = weights[position];
        for byte in [b'0', b'9', b'"', b'}', 0xff] {
            weights[position] = byte;
            let _ = Model::from_bytes(&config, &weights, Some(&vocabulary));
        }
        weights[position] = before;
    }
    assert!(Model::from_bytes(&config, &weights, Some(&vocabulary)).is_ok());
}

#[test]
fn an_absurd_header_is_refused() {
    let temporary = copy(&["config.json", "vocab.txt"]);
    let mut weights = read("bert", "model.safetensors");
    weights[..8].copy_from_slice(&(1_u64 << 60).to_le_bytes());
    fs::write(temporary.path().join("model.safetensors"), weights).unwrap();
    let error = Model::load(temporary.path()).unwrap_err();
    assert!(matches!(error, Error::HeaderSize { found, .. } if found == 1 << 60));
}

#[test]
fn an_unknown_model_type_is_named_with_the_known_ones() {
    let mut parts = Parts::bert();
    parts.config["model_type"] = json!("gpt2");
    assert_eq!(
        parts.error().to_string(),
        "config.json: `model_type` is `gpt2`; known model types: albert, bert, electra, esm, t5, xlnet"
    );
    parts.config = json!({"architectures": ["Other"]});
    assert!(matches!(
        parts.error(),
        Error::ModelType { found: None, .. }
    ));
}

#[test]
fn heads_must_divide_the_width() {
    let mut parts = Parts::bert();
    parts.config["num_attention_heads"] = json!(5);
    assert_eq!(
        parts.error().to_string(),
        "config.json: `num_attention_heads` is 5, expected a number that divides the width of 48"
    );
}

#[test]
fn a_configuration_that_is_not_one_keeps_its_cause() {
    let weights = read("bert", "model.safetensors");
    for config in ["", "[]", "{", "{\"model_type\": \"bert\"}"] {
        let error = Model::from_bytes(config.as_bytes(), &weights, None).unwrap_err();
        match error {
            Error::ConfigSyntax(_) => assert!(error.source().is_some()),
            Error::ModelType { found: None, .. } => assert_eq!(config, "[]"),
            _ => panic!("{config}: {error}"),
        }
    }
}

#[test]
fn files_that_are_missing_are_named() {
    let message = |files: &[&str]| {
        let temporary = copy(files);
        let message = Model::load(temporary.path()).unwrap_err().to_string();
        message.replace(&temporary.path().display().to_string(), "FOLDER")
    };
    assert_eq!(
        message(&["vocab.txt"]),
        "FOLDER has no config.json; it holds vocab.txt"
    );
    assert_eq!(
        message(&["config.json", "vocab.txt"]),
        "FOLDER has no model.safetensors or pytorch_model.bin; it holds config.json, vocab.txt"
    );
    assert!(matches!(
        Model::load(folder("nowhere")),
        Err(Error::Io { path, .. }) if path.ends_with("nowhere")
    ));
}

#[test]
fn a_vocabulary_left_behind_is_not_taken_for_tape() {
    let temporary = copy(&["config.json", "model.safetensors"]);
    assert_eq!(
        Model::load(temporary.path())
            .unwrap()
            .tokenizer()
            .alphabet(),
        "TAPE"
    );
    fs::write(temporary.path().join("tokenizer_config.json"), "{}").unwrap();
    assert!(matches!(
        Model::load(temporary.path()),
        Err(Error::MissingFile {
            file: "vocab.txt, spiece.model, spm_model.model or tokenizer.json",
            ..
        })
    ));
}

#[test]
fn without_a_vocabulary_only_thirty_tokens_are_tape() {
    let config = |size: usize| {
        let mut config: Value = serde_json::from_slice(&read("bert", "config.json")).unwrap();
        config["vocab_size"] = json!(size);
        serde_json::to_vec(&config).unwrap()
    };
    assert!(Model::random(&config(30), None, 1).is_ok());
    assert!(matches!(
        Model::random(&config(31), None, 1),
        Err(Error::MissingTokenizer {
            family: Family::Bert,
            vocabulary: 31
        })
    ));
}

#[test]
fn a_text_file_of_absurd_size_is_not_read() {
    let temporary = copy(&["config.json", "model.safetensors", "vocab.txt"]);
    let file = fs::File::create(temporary.path().join("vocab.txt")).unwrap();
    file.set_len(1 << 40).unwrap();
    assert!(matches!(
        Model::load(temporary.path()),
        Err(Error::FileTooLarge { found, .. }) if found == 1 << 40
    ));
}

#[test]
fn a_sequence_longer_than_the_positions_is_refused() {
    let model = Model::load(folder("bert")).unwrap();
    let sequence = "A".repeat(199);
    assert_eq!(
        model
            .tokenizer()
            .encode(&sequence, None)
            .unwrap_err()
            .to_string(),
        "the sequence needs 201 tokens, but the model has 200 positions; \
         cut it to at most 200 tokens"
    );
    assert!(model.tokenizer().encode(&sequence, Some(200)).is_ok());
}

#[test]
fn tokens_of_another_model_are_refused() {
    let tape = Model::load(folder("tape_bert")).unwrap();
    let mut parts = Parts::bert();
    parts.config["vocab_size"] = json!(29);
    let word = parts
        .tensors
        .get_mut("embeddings.word_embeddings.weight")
        .unwrap();
    word.shape = vec![29, 48];
    word.data.truncate(29 * 48 * 4);
    let vocabulary = &mut parts.tokenizer;
    vocabulary.truncate(vocabulary.len() - 2);
    let small = parts.load().unwrap();

    let run = |sequence: &str| {
        let tokens = tape.tokenizer().encode(sequence, None).unwrap();
        small.forward(&tokens, &mut Workspace::new(), &mut Keep::new(|_| true))
    };
    assert!(run("AY").is_ok());
    assert!(matches!(
        run("AZ"),
        Err(Error::Token {
            id: 29,
            vocabulary: 29
        })
    ));
    let long = "A".repeat(220);
    assert!(matches!(
        run(&long),
        Err(Error::TooLong {
            tokens: 222,
            positions: 200
        })
    ));
}

#[test]
fn a_pass_that_overflows_names_its_layer() {
    for (norm, layer) in [
        ("embeddings.LayerNorm.weight".to_owned(), 0),
        ("encoder.layer.1.output.LayerNorm.weight".to_owned(), 1),
    ] {
        let mut parts = Parts::bert();
        for cell in parts
            .tensors
            .get_mut(&norm)
            .unwrap()
            .data
            .chunks_exact_mut(4)
        {
            cell.copy_from_slice(&f32::MAX.to_le_bytes());
        }
        let model = parts.load().unwrap();
        let tokens = model.tokenizer().encode("MKTAYIAK", None).unwrap();
        let mut sink = Keep::new(|output| output == Output::Attention { layer: 2 });
        let error = model
            .forward(&tokens, &mut Workspace::new(), &mut sink)
            .unwrap_err();
        assert!(
            matches!(
                error,
                Error::NonFinite { layer: found } | Error::NonFiniteAttention { layer: found, .. }
                    if found == layer
            ),
            "{error}"
        );
        assert!(sink.attention.is_empty());
    }
}
