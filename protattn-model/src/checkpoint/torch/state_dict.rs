//! The tensors of a pickled state dict.

use std::collections::HashSet;

use protattn_io::pickle::{Element, Error as PickleError, Pickle, Storage, Tensor, Value};
use safetensors::Dtype;

use crate::checkpoint::file::WeightsFile;
use crate::checkpoint::stored::Stored;
use crate::error::Error;

/// The largest pickle that is read, as large as the largest header of a safetensors file. That of a
/// model is far smaller: the numbers are not in it.
pub(super) const MAX_PICKLE: usize = 100_000_000;

/// A part of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// The error that the pickle at this offset of the file cannot be read.
pub(super) fn unreadable(file: &WeightsFile<'_>, offset: u64, source: PickleError) -> Error {
    Error::Pickle {
        file: file.path().to_owned(),
        offset,
        source: Box::new(source),
    }
}

/// The tensors of the dict that was pickled; `region` says where a storage is in the file. What the
/// dict holds beside tensors is passed over.
pub(super) fn tensors(
    file: &WeightsFile<'_>,
    pickle: &Pickle<'_>,
    region: impl Fn(&str) -> Option<Region>,
) -> Result<Vec<(String, Stored)>, Error> {
    let mut names = HashSet::new();
    let mut tensors = Vec::new();
    let entries = pickle.root().entries().ok_or_else(|| {
        let kind = pickle.root().kind();
        file.malformed(format!("holds {kind}, not a dict of tensors"))
    })?;
    for (key, value) in entries {
        let Some(tensor) = value.tensor() else {
            continue;
        };
        let name = name(file, key)?;
        if !names.insert(name) {
            return Err(file.malformed(format!("holds two tensors of the name `{name}`")));
        }
        let stored = locate(file, &tensor, region(tensor.storage.key))
            .map_err(|reason| file.malformed(format!("tensor `{name}`: {reason}")))?;
        tensors.push((name.to_owned(), stored));
    }
    if tensors.is_empty() {
        return Err(no_tensors(file, pickle));
    }
    Ok(tensors)
}

fn name<'p>(file: &WeightsFile<'_>, key: Value<'p, '_>) -> Result<&'p str, Error> {
    key.text()
        .ok_or_else(|| file.malformed(format!("holds a tensor whose name is {}", key.kind())))
}

fn no_tensors(file: &WeightsFile<'_>, pickle: &Pickle<'_>) -> Error {
    let keys: Vec<_> = pickle.root().keys().into_iter().flatten().take(8).collect();
    file.malformed(format!(
        "holds a dict without tensors, its keys: {}; expected the state dict of a model",
        keys.join(", ")
    ))
}

/// Where a tensor is in the file, if its storage is what the pickle says.
fn locate(
    file: &WeightsFile<'_>,
    tensor: &Tensor<'_>,
    region: Option<Region>,
) -> Result<Stored, String> {
    let Storage {
        key, len, element, ..
    } = tensor.storage;
    let Region { offset, length } =
        region.ok_or_else(|| format!("its storage `{key}` is not in the file"))?;
    let dtype = dtype(element).ok_or_else(|| format!("elements of {element:?} are not read"))?;
    let size = element.size();
    if len.checked_mul(size).map(|bytes| bytes as u64) != Some(length) {
        return Err(format!(
            "its storage `{key}` has {length} bytes, not {len} elements of {dtype}"
        ));
    }
    debug_assert!(offset + length <= file.length());
    let strides = unless_in_order(&tensor.shape, tensor.strides.clone());
    let elements: usize = tensor.shape.iter().product();
    // The pickle's reader has seen to it that every element lies within the storage.
    let last = tensor.shape.iter().zip(&tensor.strides);
    let span = match (elements, &strides) {
        (_, None) => elements,
        (_, Some(_)) => 1 + last.map(|(n, stride)| (n - 1) * stride).sum::<usize>(),
    };
    Ok(Stored {
        dtype,
        shape: tensor.shape.clone(),
        offset: offset + (tensor.offset * size) as u64,
        span: span * size,
        strides,
    })
}

/// The strides, unless they are those of a tensor whose elements follow each other in order. The
/// stride of an axis of length 1 says nothing.
fn unless_in_order(shape: &[usize], strides: Vec<usize>) -> Option<Vec<usize>> {
    if shape.contains(&0) {
        return None;
    }
    let mut expected = 1;
    for (&size, &stride) in shape.iter().zip(&strides).rev() {
        if size > 1 && stride != expected {
            return Some(strides);
        }
        expected *= size;
    }
    None
}

fn dtype(element: Element) -> Option<Dtype> {
    Some(match element {
        Element::Bool => Dtype::BOOL,
        Element::U8 => Dtype::U8,
        Element::I8 => Dtype::I8,
        Element::I16 => Dtype::I16,
        Element::I32 => Dtype::I32,
        Element::I64 => Dtype::I64,
        Element::F16 => Dtype::F16,
        Element::BF16 => Dtype::BF16,
        Element::F32 => Dtype::F32,
        Element::F64 => Dtype::F64,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_orders_keep_their_strides() {
        for (shape, strides) in [
            (&[2, 3][..], &[3, 1][..]),
            (&[2, 1, 3], &[3, 77, 1]),
            (&[1, 3], &[0, 1]),
            (&[2, 0, 3], &[5, 5, 5]),
            (&[], &[]),
        ] {
            assert_eq!(unless_in_order(shape, strides.to_vec()), None, "{shape:?}");
        }
        for (shape, strides) in [(&[2, 3][..], &[1, 2][..]), (&[2, 3], &[4, 1]), (&[3], &[2])] {
            let kept = unless_in_order(shape, strides.to_vec());
            assert_eq!(kept.as_deref(), Some(strides));
        }
    }
}
