//! Reference checkpoints, whole or changed, and a sink that keeps everything.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use protattn_model::ndarray::{Array2, Array3, ArrayView2, ArrayView3};
use protattn_model::{Error, Model, Output, Sink, SinkError, SpecialTokens, Tokens, Workspace};
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
        Self {
            vocabulary: Some(read("bert", "vocab.txt")),
            ..Self::of("bert")
        }
    }

    /// The parts of a reference checkpoint without its tokenizer.
    pub(crate) fn of(name: &str) -> Self {
        let weights = read(name, "model.safetensors");
        let tensors = SafeTensors::deserialize(&weights).unwrap();
        let part = |view: TensorView<'_>| Part {
            dtype: view.dtype(),
            shape: view.shape().to_vec(),
            data: view.data().to_vec(),
        };
        Self {
            config: serde_json::from_slice(&read(name, "config.json")).unwrap(),
            tensors: tensors
                .tensors()
                .into_iter()
                .map(|(name, view)| (name, part(view)))
                .collect(),
            vocabulary: None,
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
