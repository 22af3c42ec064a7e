//! Reference checkpoints, whole or changed, and a sink that keeps everything.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use protattn_model::ndarray::{Array2, Array3, ArrayView2, ArrayView3};
use protattn_model::{
    Error, Info, Model, Output, Sink, SinkError, SpecialTokens, Tokens, Workspace,
};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

/// The folder of a reference checkpoint.
pub(crate) fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/reference")
        .join(name)
}

pub(crate) fn read(name: &str, file: &str) -> Vec<u8> {
    fs::read(folder(name).join(file)).unwrap()
}

/// The vocabulary that a model of this configuration is loaded with where its tokens are made
/// elsewhere; none if it needs none.
pub(crate) fn any_vocabulary(config: &Value) -> Option<Vec<u8>> {
    match config["model_type"].as_str() {
        Some("bert" | "electra") => Some(read("bert", "vocab.txt")),
        Some("albert") => Some(b"[CLS]\n[SEP]\nA\n".to_vec()),
        Some("xlnet") => Some(b"<sep>\n<cls>\nA\n".to_vec()),
        Some("esm") => Some(b"<cls>\n<eos>\nA\n".to_vec()),
        Some("t5") => Some(b"</s>\nA\n".to_vec()),
        _ => None,
    }
}

/// What a model of the same shape is whose weights are drawn, not stored.
pub(crate) fn drawn(info: &Info) -> Info {
    let mut info = info.clone();
    info.dtype = None;
    info
}

/// A sink that wants what its function says, and keeps it.
pub(crate) struct Keep<F> {
    wants: F,
    pub(crate) attention: BTreeMap<usize, Array3<f32>>,
    pub(crate) hidden: BTreeMap<usize, Array2<f32>>,
}

impl<F: Fn(Output) -> bool> Keep<F> {
    pub(crate) fn new(wants: F) -> Self {
        Self {
            wants,
            attention: BTreeMap::new(),
            hidden: BTreeMap::new(),
        }
    }

    /// Runs one pass over the sequence with a fresh workspace.
    pub(crate) fn run(self, model: &Model, sequence: &str, special: SpecialTokens) -> Self {
        let tokens = model.tokenizer().encode(sequence, None).unwrap();
        self.run_tokens(model, &tokens, special)
    }

    /// The same over tokens.
    pub(crate) fn run_tokens(
        mut self,
        model: &Model,
        tokens: &Tokens,
        special: SpecialTokens,
    ) -> Self {
        model
            .forward_with(tokens, special, &mut Workspace::new(), &mut self)
            .unwrap();
        self
    }
}

impl<F: Fn(Output) -> bool> Sink for Keep<F> {
    fn wants(&self, output: Output) -> bool {
        (self.wants)(output)
    }

    fn attention(&mut self, layer: usize, map: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        assert!(self.attention.insert(layer, map.to_owned()).is_none());
        Ok(())
    }

    fn hidden_states(&mut self, level: usize, h: ArrayView2<'_, f32>) -> Result<(), SinkError> {
        assert!(self.hidden.insert(level, h.to_owned()).is_none());
        Ok(())
    }
}

/// A checkpoint whose parts can be changed before it is loaded.
pub(crate) struct Parts {
    pub(crate) config: Value,
    pub(crate) tensors: BTreeMap<String, Part>,
    pub(crate) vocabulary: Option<Vec<u8>>,
}

#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) dtype: Dtype,
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Vec<u8>,
}

impl Parts {
    /// The parts of the reference checkpoint `bert`.
    pub(crate) fn bert() -> Self {
        Self::of("bert")
    }

    /// The parts of a reference checkpoint, with a vocabulary if it needs one.
    pub(crate) fn of(name: &str) -> Self {
        let weights = read(name, "model.safetensors");
        let tensors = SafeTensors::deserialize(&weights).unwrap();
        let part = |view: TensorView<'_>| Part {
            dtype: view.dtype(),
            shape: view.shape().to_vec(),
            data: view.data().to_vec(),
        };
        let config = serde_json::from_slice(&read(name, "config.json")).unwrap();
        Self {
            vocabulary: any_vocabulary(&config),
            config,
            tensors: tensors
                .tensors()
                .into_iter()
                .map(|(name, view)| (name, part(view)))
                .collect(),
        }
    }

    pub(crate) fn weights(&self) -> Vec<u8> {
        let views = self.tensors.iter().map(|(name, part)| {
            let view = TensorView::new(part.dtype, part.shape.clone(), &part.data).unwrap();
            (name, view)
        });
        safetensors::serialize(views, None).unwrap()
    }

    pub(crate) fn load(&self) -> Result<Model, Error> {
        let config = serde_json::to_vec(&self.config).unwrap();
        Model::from_bytes(&config, &self.weights(), self.vocabulary.as_deref())
    }

    /// Loads, expecting an error.
    pub(crate) fn error(&self) -> Error {
        self.load().unwrap_err()
    }
}
