//! Where weights come from: a safetensors file, bytes in memory, or a random generator.
//!
//! Architectures ask for each tensor by name and shape and get it as `f32`, checked.

mod random;
mod safetensors;
mod tensor;

use std::path::Path;

use self::random::Random;
use self::safetensors::Safetensors;
pub(crate) use self::tensor::Tensor;
use crate::error::Error;
use crate::kernel;

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
    parameters: u64,
}

enum Source<'a> {
    Stored(Safetensors<'a>),
    Random(Random),
}

impl<'a> Checkpoint<'a> {
    /// A safetensors file; its tensors are mapped one at a time.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        Safetensors::open(path).map(|stored| Self::new(Source::Stored(stored)))
    }

    /// The bytes of a safetensors file.
    pub(crate) fn from_bytes(bytes: &'a [u8]) -> Result<Self, Error> {
        Safetensors::from_bytes(bytes).map(|stored| Self::new(Source::Stored(stored)))
    }

    /// Weights drawn at random.
    pub(crate) fn random(seed: u64) -> Self {
        Self::new(Source::Random(Random::new(seed)))
    }

    fn new(source: Source<'a>) -> Self {
        Self {
            source,
            prefix: "",
            parameters: 0,
        }
    }

    /// Tensors are looked for under this prefix as well as without one.
    pub(crate) fn with_prefix(self, prefix: &'static str) -> Self {
        Self { prefix, ..self }
    }

    /// The number of weights read so far.
    pub(crate) fn parameters(&self) -> u64 {
        self.parameters
    }

    /// The stored shape of a tensor, if it is stored.
    pub(crate) fn shape(&self, name: &str) -> Option<&[usize]> {
        let Source::Stored(stored) = &self.source else {
            return None;
        };
        let stored_name = self.stored_name(stored, name)?;
        Some(&stored.info(&stored_name)?.shape)
    }

    /// A matrix of this shape.
    pub(crate) fn matrix(
        &mut self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Tensor<'a>, Error> {
        self.block(name, &[rows, columns])
    }

    /// A tensor of this shape as a matrix: the first axis by all others.
    pub(crate) fn block(&mut self, name: &str, shape: &[usize]) -> Result<Tensor<'a>, Error> {
        let columns = shape.iter().skip(1).product();
        let count = shape.iter().product();
        self.parameters += count as u64;
        match &self.source {
            Source::Random(random) => Ok(Tensor::owned(random.normal(name, count), columns)),
            Source::Stored(stored) => Ok(self.read(stored, name, shape)?.with_columns(columns)),
        }
    }

    /// A vector of this length.
    pub(crate) fn vector(
        &mut self,
        name: &str,
        length: usize,
        fill: Fill,
    ) -> Result<Vec<f32>, Error> {
        self.parameters += length as u64;
        match (&self.source, fill) {
            (Source::Random(_), Fill::Zeros) => Ok(vec![0.0; length]),
            (Source::Random(_), Fill::Ones) => Ok(vec![1.0; length]),
            (Source::Stored(stored), _) => Ok(self.read(stored, name, &[length])?.into_values()),
        }
    }

    /// A vector of numbers that are not trained, if it is stored; they do not count as weights.
    pub(crate) fn constants(&self, name: &str, length: usize) -> Result<Option<Vec<f32>>, Error> {
        match &self.source {
            Source::Stored(stored) if self.stored_name(stored, name).is_some() => {
                let tensor = self.read(stored, name, &[length])?;
                Ok(Some(tensor.into_values()))
            }
            _ => Ok(None),
        }
    }

    fn read(
        &self,
        stored: &Safetensors<'a>,
        name: &str,
        shape: &[usize],
    ) -> Result<Tensor<'a>, Error> {
        let stored_name = self
            .stored_name(stored, name)
            .ok_or_else(|| Error::MissingTensor {
                tensor: name.to_owned(),
                prefix: self.prefix,
                nearest: stored.nearest(name),
            })?;
        let tensor = stored.read(&stored_name, shape)?;
        match kernel::first_non_finite(tensor.values()) {
            None => Ok(tensor),
            Some(index) => Err(Error::NonFiniteWeight {
                tensor: stored_name,
                index,
            }),
        }
    }

    /// The name under which a tensor is stored: with or without the prefix, and with `gamma` and
    /// `beta` for weight and bias, as TensorFlow called those of norms.
    fn stored_name(&self, stored: &Safetensors<'_>, name: &str) -> Option<String> {
        let old = name
            .strip_suffix(".weight")
            .map(|stem| format!("{stem}.gamma"))
            .or_else(|| {
                let stem = name.strip_suffix(".bias")?;
                Some(format!("{stem}.beta"))
            });
        [Some(name), old.as_deref()]
            .into_iter()
            .flatten()
            .flat_map(|name| [name.to_owned(), format!("{}{name}", self.prefix)])
            .find(|name| stored.info(name).is_some())
    }
}
