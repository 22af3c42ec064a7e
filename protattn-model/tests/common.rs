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

/// The checkpoints beside the project, which have their weights in every format. Tests that need them
/// are ignored unless they are asked for.
pub(crate) fn shared_models() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("PROTATTN_SHARED").map_or_else(beside, PathBuf::from);
    let models = shared.join("reference/models");
    let message = "holds no reference data (set PROTATTN_SHARED)";
    assert!(models.is_dir(), "{} {message}", shared.display());
    models
}

/// A vocabulary that serves any family, for models whose tokens are made elsewhere.
const ANY_VOCABULARY: &[u8] = b"[CLS]\n[SEP]\n<cls>\n<sep>\n<eos>\n</s>\nA\n";

/// The tokenizer's file of a reference checkpoint, or a vocabulary in its place.
fn tokenizer(name: &str) -> Vec<u8> {
    let files = ["vocab.txt", "spiece.model", "spm_model.model"];
    let paths = files.map(|file| folder(name).join(file));
    let found = paths.iter().find_map(|path| fs::read(path).ok());
    found.unwrap_or_else(|| ANY_VOCABULARY.to_owned())
}

/// The values of a tensor of single precision.
pub(crate) fn floats(tensor: &TensorView<'_>) -> Vec<f32> {
    let (cells, _) = tensor.data().as_chunks();
    cells.iter().map(|&cell| f32::from_le_bytes(cell)).collect()
}

/// Tokens without any around the residues.
pub(crate) fn tokens(ids: &[u32]) -> Tokens {
    Tokens::new(ids.to_vec(), 0..ids.len()).unwrap()
}

/// Everything that one pass over these tokens gives, special ones included.
pub(crate) fn run(model: &Model, tokens: &Tokens) -> Keep<impl Fn(Output) -> bool + use<>> {
    Keep::new(|_| true).run_tokens(model, tokens, SpecialTokens::Keep)
}

/// Within the vocabulary of each reference checkpoint.
pub(crate) const IDS: [u32; 9] = [2, 5, 6, 21, 7, 7, 29, 10, 3];

/// Everything that a pass over these tokens gives, in one row.
pub(crate) fn outputs(model: &Model) -> Vec<f32> {
    let keep = run(model, &tokens(&IDS));
    let attention = keep.attention.values().flatten();
    attention
        .chain(keep.hidden.values().flatten())
        .copied()
        .collect()
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
    pub(crate) tokenizer: Vec<u8>,
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

    /// The parts of a reference checkpoint.
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
            config,
            tokenizer: tokenizer(name),
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
        Model::from_bytes(&config, &self.weights(), Some(&self.tokenizer))
    }

    /// A model of the same shape with weights drawn at random.
    pub(crate) fn random(&self) -> Model {
        let config = serde_json::to_vec(&self.config).unwrap();
        Model::random(&config, Some(&self.tokenizer), 1).unwrap()
    }

    /// Loads, expecting an error.
    pub(crate) fn error(&self) -> Error {
        self.load().unwrap_err()
    }
}
