//! One tensor as `f32`, in place where it can be.

use half::{bf16, f16};
use memmap2::Mmap;
use ndarray::ArrayView2;
use safetensors::Dtype;

use super::file::Bytes;

/// A tensor of `f32`, row-major; seen as a matrix, its rows are the first axis and its columns all
/// others. A vector is a matrix of one row.
pub(crate) struct Tensor<'a> {
    values: Values<'a>,
    columns: usize,
}

enum Values<'a> {
    /// Pages of the file, unmapped when dropped; they hold aligned `f32`.
    Mapped(Mmap),
    Borrowed(&'a [f32]),
    Owned(Vec<f32>),
}

impl<'a> Tensor<'a> {
    /// From values that are already in memory.
    pub(super) fn owned(values: Vec<f32>, columns: usize) -> Self {
        Self {
            values: Values::Owned(values),
            columns,
        }
    }

    /// From stored bytes; `None` if the format is not read. Nothing is copied where the bytes are
    /// `f32` and aligned.
    pub(super) fn from_bytes(bytes: Bytes<'a>, dtype: Dtype, columns: usize) -> Option<Self> {
        let values = match bytes {
            Bytes::Mapped(map) if dtype == Dtype::F32 && as_f32(&map).is_some() => {
                Values::Mapped(map)
            }
            Bytes::Mapped(map) => Values::Owned(convert(&map, dtype)?),
            Bytes::Borrowed(bytes) => match as_f32(bytes) {
                Some(values) if dtype == Dtype::F32 => Values::Borrowed(values),
                _ => Values::Owned(convert(bytes, dtype)?),
            },
            Bytes::Owned(bytes) => Values::Owned(convert(&bytes, dtype)?),
        };
        Some(Self { values, columns })
    }

    /// All values, row by row.
    pub(crate) fn values(&self) -> &[f32] {
        match &self.values {
            Values::Mapped(map) => as_f32(map).expect("checked when it was mapped"),
            Values::Borrowed(values) => values,
            Values::Owned(values) => values,
        }
    }

    /// All values, row by row, copied if they are not in memory of their own.
    pub(crate) fn into_values(self) -> Vec<f32> {
        match self.values {
            Values::Owned(values) => values,
            _ => self.values().to_vec(),
        }
    }

    /// As a matrix.
    pub(crate) fn view(&self) -> ArrayView2<'_, f32> {
        let values = self.values();
        let shape = (values.len() / self.columns, self.columns);
        ArrayView2::from_shape(shape, values).expect("a tensor has whole rows")
    }
}

/// The bytes as little-endian `f32`, if they are aligned and this machine is little-endian.
fn as_f32(bytes: &[u8]) -> Option<&[f32]> {
    // SAFETY: any four bytes are a valid f32; align_to itself sees to the alignment.
    let (before, values, after) = unsafe { bytes.align_to::<f32>() };
    let whole = before.is_empty() && after.is_empty() && cfg!(target_endian = "little");
    whole.then_some(values)
}

fn convert(bytes: &[u8], dtype: Dtype) -> Option<Vec<f32>> {
    Some(match dtype {
        Dtype::F64 => values(bytes, |cell| f64::from_le_bytes(cell) as f32),
        Dtype::F32 => values(bytes, f32::from_le_bytes),
        Dtype::F16 => values(bytes, |cell| f16::from_le_bytes(cell).to_f32()),
        Dtype::BF16 => values(bytes, |cell| bf16::from_le_bytes(cell).to_f32()),
        _ => return None,
    })
}

/// The values of cells of so many bytes.
fn values<const SIZE: usize>(bytes: &[u8], value: impl Fn([u8; SIZE]) -> f32) -> Vec<f32> {
    let (cells, _) = bytes.as_chunks();
    cells.iter().copied().map(value).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(bytes: &[u8], dtype: Dtype) -> Option<Vec<f32>> {
        Tensor::from_bytes(Bytes::Borrowed(bytes), dtype, 1).map(Tensor::into_values)
    }

    #[test]
    fn half_formats_are_widened() {
        // 1.5, -2 and the smallest subnormal, from the formats' definitions.
        let f16 = [0x00, 0x3e, 0x00, 0xc0, 0x01, 0x00];
        assert_eq!(
            read(&f16, Dtype::F16).unwrap(),
            [1.5, -2.0, 2_f32.powi(-24)]
        );
        let bf16 = [0xc0, 0x3f, 0x00, 0xc0, 0x01, 0x00];
        assert_eq!(
            read(&bf16, Dtype::BF16).unwrap(),
            [1.5, -2.0, f32::from_bits(1 << 16)]
        );
    }

    #[test]
    fn single_precision_is_read_at_any_alignment() {
        let values = [1.5_f32, -0.25, 3e-9];
        for shift in 0..4 {
            let mut bytes = vec![0; shift];
            bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            assert_eq!(read(&bytes[shift..], Dtype::F32).unwrap(), values);
        }
    }

    #[test]
    fn double_precision_is_rounded() {
        let values = [1.5_f64, 0.1, 1e300];
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        assert_eq!(read(&bytes, Dtype::F64).unwrap(), [1.5, 0.1, f32::INFINITY]);
    }

    #[test]
    fn other_formats_are_not_read() {
        assert!(read(&[0; 8], Dtype::I32).is_none());
    }
}
