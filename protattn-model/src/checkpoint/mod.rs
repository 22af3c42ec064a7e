//! Where weights come from: files of safetensors or PyTorch, bytes in memory, or a random generator.
//!
//! Architectures ask for each tensor by name and shape and get it as `f32`, checked. The readers
//! of the formats only say where each tensor is ([`Stored`](stored::Stored)); what is read, mapped
//! and converted is the same for all.

mod convert;
mod file;
mod folder;
mod format;
mod index;
mod layout;
mod locate;
mod random;
mod safetensors;
mod store;
mod stored;
mod tensor;
#[cfg(all(test, feature = "torch"))]
mod tests;
mod torch;
mod unique;

use std::collections::BTreeMap;
use std::path::PathBuf;

use ndarray::ArrayView2;

pub use self::convert::{Converted, IfExists, convert};
pub(crate) use self::folder::Folder;
#[cfg(feature = "hub")]
pub(crate) use self::folder::{BESIDE_TOKENIZER, CONFIG};
pub(crate) use self::layout::Layout;
pub(crate) use self::locate::Weights;
#[cfg(feature = "hub")]
pub(crate) use self::locate::{NAMES, is_index};
use self::random::Random;
use self::store::Store;
pub(crate) use self::tensor::Tensor;
use crate::error::Error;
use crate::info::Dtype;
use crate::kernel::{self, PackedWeights, Precision};

/// What can stand in front of the names of all tensors: nothing, or what PyTorch's `DataParallel`
/// puts there.
const WRAPPERS: [&str; 2] = ["", "module."];
/// The parts of a norm, and what TensorFlow called them.
const OLD_NAMES: [(&str, &str); 2] = [(".weight", ".gamma"), (".bias", ".beta")];

/// What a drawn vector is made of; matrices are drawn from a normal distribution.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fill {
    Zeros,
    Ones,
}

/// The weights of one model.
pub(crate) struct Checkpoint<'a> {
    source: Source<'a>,
    prefix: &'static str,
    /// What the architecture was told of the weights so far, beside the weights.
    layout: Layout,
    /// Weights read so far, by the format in which they are stored.
    read: BTreeMap<Option<Dtype>, u64>,
    /// How linear maps are packed.
    precision: Precision,
    /// Weights packed so far in 16 bits.
    halved: u64,
}

enum Source<'a> {
    Stored(Store<'a>),
    Random(Random),
}

impl<'a> Checkpoint<'a> {
    /// Files on disk; their tensors are mapped one at a time.
    pub(crate) fn open(weights: &Weights) -> Result<Self, Error> {
        Store::open(weights).map(|stored| Self::new(Source::Stored(stored)))
    }

    /// The bytes of a file.
    pub(crate) fn from_bytes(bytes: &'a [u8]) -> Result<Self, Error> {
        Store::from_bytes(bytes).map(|stored| Self::new(Source::Stored(stored)))
    }

    /// Weights drawn at random.
    pub(crate) fn random(seed: u64) -> Self {
        Self::new(Source::Random(Random::new(seed)))
    }

    /// Weights drawn at random, for a model that is laid out like another.
    pub(crate) fn random_like(layout: Layout, seed: u64) -> Self {
        Self {
            layout,
            ..Self::random(seed)
        }
    }

    fn new(source: Source<'a>) -> Self {
        Self {
            source,
            prefix: "",
            layout: Layout::default(),
            read: BTreeMap::new(),
            precision: Precision::F32,
            halved: 0,
        }
    }

    /// Tensors are looked for under this prefix as well as without one.
    pub(crate) fn with_prefix(self, prefix: &'static str) -> Self {
        Self { prefix, ..self }
    }

    /// Has weights that are not stored drawn with the standard deviation that the name of their
    /// tensor gives, in place of 0.02.
    pub(crate) fn draw_by(&mut self, deviation: impl Fn(&str) -> f64 + 'static) {
        if let Source::Random(random) = &mut self.source {
            random.draw_by(deviation);
        }
    }

    /// Linear maps are packed in this precision.
    pub(crate) fn with_precision(self, precision: Precision) -> Self {
        Self { precision, ..self }
    }

    /// How linear maps are packed.
    pub(crate) fn precision(&self) -> Precision {
        self.precision
    }

    /// Packs the weights of a linear map: `parts`, each [output, input], stacked along the outputs.
    pub(crate) fn pack(&mut self, parts: &[ArrayView2<'_, f32>]) -> PackedWeights {
        let packed = PackedWeights::pack(self.precision, parts);
        if packed.is_halved() {
            self.halved += parts.iter().map(|part| part.len() as u64).sum::<u64>();
        }
        packed
    }

    /// The bytes that the weights read so far take in memory.
    pub(crate) fn bytes(&self) -> u64 {
        let wide = self.parameters().saturating_sub(self.halved);
        wide.saturating_mul(4)
            .saturating_add(self.halved.saturating_mul(2))
    }

    /// The number of weights read so far.
    pub(crate) fn parameters(&self) -> u64 {
        self.read.values().sum()
    }

    /// The number format in which most of the weights read so far are stored; `None` if they are
    /// drawn. Of two with as many, the wider.
    pub(crate) fn dtype(&self) -> Option<Dtype> {
        let most = self
            .read
            .iter()
            .max_by_key(|(dtype, count)| (**count, **dtype))?;
        *most.0
    }

    /// The files that are read; none if the weights are in memory already.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        match &self.source {
            Source::Stored(stored) => stored.paths().map(PathBuf::from).collect(),
            Source::Random(_) => Vec::new(),
        }
    }

    /// What the architecture was told of the weights, beside the weights.
    pub(crate) fn into_layout(self) -> Layout {
        self.layout
    }

    /// The stored shape of a tensor, if it is stored here or in the model that this is laid out like.
    pub(crate) fn shape(&mut self, name: &str) -> Option<&[usize]> {
        if let Source::Stored(stored) = &self.source {
            let stored_name = self.stored_name(stored, name)?;
            let shape = stored.get(&stored_name)?.shape.clone();
            self.layout.shapes.insert(name.to_owned(), shape);
        }
        self.layout.shapes.get(name).map(Vec::as_slice)
    }

    /// A tensor of this shape, which has at least one axis.
    pub(crate) fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor<'a>, Error> {
        let (tensor, dtype) = match &self.source {
            Source::Random(random) => {
                let values = random.normal(name, shape.iter().product());
                (Tensor::owned(values, columns(shape)), None)
            }
            Source::Stored(stored) => self.read(stored, name, shape)?,
        };
        *self.read.entry(dtype).or_default() += tensor.values().len() as u64;
        Ok(tensor)
    }

    /// A matrix of this shape.
    pub(crate) fn matrix(
        &mut self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Tensor<'a>, Error> {
        self.tensor(name, &[rows, columns])
    }

    /// A vector of this length.
    pub(crate) fn vector(
        &mut self,
        name: &str,
        length: usize,
        fill: Fill,
    ) -> Result<Vec<f32>, Error> {
        if let Source::Stored(_) = self.source {
            return Ok(self.tensor(name, &[length])?.into_values());
        }
        *self.read.entry(None).or_default() += length as u64;
        let value = match fill {
            Fill::Zeros => 0.0,
            Fill::Ones => 1.0,
        };
        Ok(vec![value; length])
    }

    /// A vector of numbers that are not trained, if it is stored here or in the model that this is
    /// laid out like; they do not count as weights.
    pub(crate) fn constants(&mut self, name: &str, length: usize) -> Result<Option<&[f32]>, Error> {
        if let Some(values) = self.beside_the_pass(name, &[length])? {
            self.layout.constants.insert(name.to_owned(), values);
        }
        Ok(self.layout.constants.get(name).map(Vec::as_slice))
    }

    /// The values of a tensor that no pass uses, row by row, if it is stored; they do not count as
    /// weights, and are not drawn.
    pub(crate) fn beside_the_pass(
        &self,
        name: &str,
        shape: &[usize],
    ) -> Result<Option<Vec<f32>>, Error> {
        match &self.source {
            Source::Stored(stored) if self.stored_name(stored, name).is_some() => {
                let (tensor, _) = self.read(stored, name, shape)?;
                Ok(Some(tensor.into_values()))
            }
            _ => Ok(None),
        }
    }

    fn read(
        &self,
        stored: &Store<'a>,
        name: &str,
        shape: &[usize],
    ) -> Result<(Tensor<'a>, Option<Dtype>), Error> {
        let missing = || self.missing(name);
        let tensor = self.stored_name(stored, name).ok_or_else(missing)?;
        let info = stored.get(&tensor).ok_or_else(missing)?;
        if info.shape != shape {
            return Err(Error::TensorShape {
                tensor,
                found: info.shape.clone(),
                expected: shape.to_vec(),
            });
        }
        let bytes = stored.read(&tensor).ok_or_else(missing)??;
        let Some(values) = Tensor::from_bytes(bytes, info.dtype, columns(shape)) else {
            return Err(Error::TensorType {
                tensor,
                found: info.dtype.to_string(),
            });
        };
        match kernel::first_non_finite(values.values()) {
            None => Ok((values, Some(Dtype(info.dtype)))),
            Some(index) => Err(Error::NonFiniteWeight { tensor, index }),
        }
    }

    /// The error that a tensor is not there.
    pub(crate) fn missing(&self, name: &str) -> Error {
        Error::MissingTensor {
            tensor: name.to_owned(),
            prefix: self.prefix,
            nearest: match &self.source {
                Source::Stored(stored) => stored.nearest(name),
                Source::Random(_) => Vec::new(),
            },
        }
    }

    /// The name under which a tensor is stored: with or without the prefix, and with `gamma` and
    /// `beta` for the weight and bias of a norm, as TensorFlow called them.
    fn stored_name(&self, stored: &Store<'_>, name: &str) -> Option<String> {
        let old = OLD_NAMES.iter().find_map(|(new, old)| {
            let stem = name.strip_suffix(new)?;
            Some(format!("{stem}{old}"))
        });
        for name in [Some(name), old.as_deref()].into_iter().flatten() {
            for wrapper in WRAPPERS {
                for prefix in ["", self.prefix] {
                    let name = format!("{wrapper}{prefix}{name}");
                    if stored.get(&name).is_some() {
                        return Some(name);
                    }
                }
            }
        }
        None
    }
}

/// The columns of a tensor of this shape, seen as a matrix.
fn columns(shape: &[usize]) -> usize {
    match shape {
        [length] => *length,
        _ => shape.iter().skip(1).product(),
    }
}
