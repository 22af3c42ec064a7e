//! Fitted coefficients as safetensors files.
//!
//! What is not a tensor stands in one entry of the metadata, as lines of a name and a value: the
//! format has no order among entries, and the same probe is to give the same bytes.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::str::FromStr;

use ndarray::Array2;
use protattn_io::replace;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::Error;
use crate::probe::Fit;

const VERSION: u32 = 1;

/// A file may have as many bytes: 1 GiB, over a hundred million coefficients.
const MAX_BYTES: u64 = 1 << 30;

/// What a file holds: named values, and tensors of doubles by name.
#[derive(Debug, Default)]
pub(crate) struct Saved {
    values: BTreeMap<String, String>,
    tensors: BTreeMap<&'static str, (Vec<usize>, Vec<f64>)>,
}

impl Saved {
    /// Nothing yet but the version.
    pub(crate) fn new() -> Self {
        let mut saved = Self::default();
        saved.set("version", VERSION);
        saved
    }

    pub(crate) fn set(&mut self, name: &str, value: impl ToString) {
        self.values.insert(name.to_owned(), value.to_string());
    }

    pub(crate) fn set_tensor<'a>(
        &mut self,
        name: &'static str,
        shape: &[usize],
        values: impl IntoIterator<Item = &'a f64>,
    ) {
        let values = values.into_iter().copied().collect();
        self.tensors.insert(name, (shape.to_vec(), values));
    }

    pub(crate) fn set_fit(&mut self, fit: &Fit) {
        self.set("converged", fit.converged);
        self.set("iterations", fit.iterations);
        self.set("gradient_norm", fit.gradient_norm);
        self.set("objective", fit.objective);
        self.set("constant_features", fit.constant_features);
    }

    /// The value of a name.
    pub(crate) fn value<T: FromStr>(&self, name: &str) -> Result<T, Error> {
        let text = self
            .values
            .get(name)
            .ok_or_else(|| damaged(format!("it does not say {name}")))?;
        text.parse()
            .map_err(|_| damaged(format!("{name} is {text:?}")))
    }

    fn finite(&self, name: &str) -> Result<f64, Error> {
        let value: f64 = self.value(name)?;
        if value.is_finite() {
            Ok(value)
        } else {
            Err(damaged(format!("{name} is {value}")))
        }
    }

    pub(crate) fn fit(&self) -> Result<Fit, Error> {
        Ok(Fit {
            converged: self.value("converged")?,
            iterations: self.value("iterations")?,
            gradient_norm: self.finite("gradient_norm")?,
            objective: self.finite("objective")?,
            constant_features: self.value("constant_features")?,
        })
    }

    /// The numbers of a tensor, which must have this shape.
    pub(crate) fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f64>, Error> {
        match self.tensors.remove(name) {
            Some((found, values)) if found == shape => Ok(values),
            Some((found, _)) => Err(damaged(format!(
                "tensor {name} has the shape {found:?}, not {shape:?}"
            ))),
            None => Err(damaged(format!("there is no tensor {name}"))),
        }
    }

    pub(crate) fn matrix(&mut self, name: &str, shape: [usize; 2]) -> Result<Array2<f64>, Error> {
        let values = self.tensor(name, &shape)?;
        Array2::from_shape_vec(shape, values).map_err(|error| damaged(error.to_string()))
    }

    /// `kind` is the name of the entry of the metadata.
    pub(crate) fn to_bytes(&self, kind: &str) -> Result<Vec<u8>, Error> {
        let lines = self.values.iter();
        let text: String = lines
            .map(|(name, value)| format!("{name} {value}\n"))
            .collect();
        let bytes: Vec<(&str, &[usize], Vec<u8>)> = self
            .tensors
            .iter()
            .map(|(name, (shape, values))| {
                let bytes = values.iter().flat_map(|value| value.to_le_bytes());
                (*name, shape.as_slice(), bytes.collect())
            })
            .collect();
        let views: Result<Vec<_>, _> = bytes
            .iter()
            .map(|(name, shape, bytes)| {
                Ok((*name, TensorView::new(Dtype::F64, shape.to_vec(), bytes)?))
            })
            .collect();
        let metadata = HashMap::from([(kind.to_owned(), text)]);
        views
            .and_then(|views| safetensors::serialize(views, Some(metadata)))
            .map_err(|error| damaged(error.to_string()))
    }

    /// Reads the named tensors, of those that there are, and checks that all numbers are finite.
    pub(crate) fn from_bytes(
        bytes: &[u8],
        kind: &str,
        names: &[&'static str],
    ) -> Result<Self, Error> {
        let unreadable = |error: safetensors::SafeTensorError| damaged(error.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
        let text = header
            .metadata()
            .as_ref()
            .and_then(|metadata| metadata.get(kind))
            .ok_or_else(|| damaged(format!("its metadata has no entry {kind}")))?;
        let mut saved = Self::default();
        for line in text.lines() {
            let (name, value) = line
                .split_once(' ')
                .ok_or_else(|| damaged(format!("a line of its metadata is {line:?}")))?;
            saved.set(name, value);
        }
        let tensors = SafeTensors::deserialize(bytes).map_err(unreadable)?;
        for name in names {
            let Ok(tensor) = tensors.tensor(name) else {
                continue;
            };
            if tensor.dtype() != Dtype::F64 {
                let message = format!("tensor {name} is of {:?}, not F64", tensor.dtype());
                return Err(damaged(message));
            }
            let words = tensor.data().as_chunks().0.iter();
            let values: Vec<f64> = words.map(|word| f64::from_le_bytes(*word)).collect();
            if let Some(place) = values.iter().position(|value| !value.is_finite()) {
                let message = format!("number {place} of tensor {name} is {}", values[place]);
                return Err(damaged(message));
            }
            saved
                .tensors
                .insert(name, (tensor.shape().to_vec(), values));
        }
        match saved.value("version")? {
            VERSION => Ok(saved),
            version => Err(damaged(format!("its version is {version}, not {VERSION}"))),
        }
    }
}

pub(crate) fn damaged(message: String) -> Error {
    Error::Damaged { message }
}

/// Writes a file, which appears whole or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    replace::write(path, bytes).map_err(|source| file_error(path, source))
}

/// Reads a file of a size that a probe may have.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let length = fs::metadata(path)
        .map_err(|source| file_error(path, source))?
        .len();
    if length > MAX_BYTES {
        return Err(damaged(format!(
            "it has {length} bytes, over the limit of {MAX_BYTES}"
        )));
    }
    fs::read(path).map_err(|source| file_error(path, source))
}

fn file_error(path: &Path, source: std::io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        source,
    }
}
