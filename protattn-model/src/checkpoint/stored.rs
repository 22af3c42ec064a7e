//! Where a tensor is in its file.

use safetensors::Dtype;

use super::file::{Bytes, WeightsFile};
use crate::error::Error;

/// Where a tensor is in its file, and how it lies there. What is made by a reader of a format
/// lies within the file.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<usize>,
    /// The byte at which its first element begins.
    pub(super) offset: u64,
    /// The bytes from there to the end of its last element.
    pub(super) span: usize,
    /// For each axis the number of elements from one index to the next; `None` where they follow
    /// each other in the order of their indices.
    pub(super) strides: Option<Vec<usize>>,
}

impl Stored {
    /// The number of elements.
    pub(super) fn elements(&self) -> usize {
        self.shape.iter().product()
    }

    /// The bytes of an element; only formats of less than a byte have none, and those are in order.
    fn element_size(&self) -> usize {
        self.dtype.bitsize() / 8
    }

    /// The bytes of all elements.
    pub(super) fn byte_len(&self) -> usize {
        match self.strides {
            None => self.span,
            Some(_) => self.elements() * self.element_size(),
        }
    }

    /// The elements, the last axis running fastest.
    pub(super) fn read<'a>(&self, file: &WeightsFile<'a>) -> Result<Bytes<'a>, Error> {
        let bytes = file.bytes(self.offset, self.span)?;
        let Some(strides) = &self.strides else {
            return Ok(bytes);
        };
        let mut out = Vec::with_capacity(self.byte_len());
        gather(&bytes, self.element_size(), &self.shape, strides, &mut out);
        Ok(Bytes::Owned(out))
    }
}

/// Appends the elements of a tensor that begins at the first byte, the last axis running fastest.
fn gather(bytes: &[u8], size: usize, shape: &[usize], strides: &[usize], out: &mut Vec<u8>) {
    match (shape, strides) {
        ([length, shape @ ..], [stride, strides @ ..]) => {
            for index in 0..*length {
                gather(&bytes[index * stride * size..], size, shape, strides, out);
            }
        }
        _ => out.extend_from_slice(&bytes[..size]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(shape: &[usize], strides: &[usize], bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        gather(bytes, 2, shape, strides, &mut out);
        out
    }

    #[test]
    fn elements_are_put_in_order() {
        // Elements of two bytes: 0 1 | 2 3 | 4 5 | ...
        let bytes: Vec<u8> = (0..12).collect();
        assert_eq!(
            gathered(&[3, 2], &[1, 3], &bytes),
            [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11]
        );
        assert_eq!(gathered(&[2], &[2], &bytes), [0, 1, 4, 5]);
        assert_eq!(gathered(&[], &[], &bytes), [0, 1]);
    }
}
