//! What a pickled NumPy array is made of.
//!
//! NumPy pickles an array as a call of `_reconstruct`, which gives an empty array, and a state
//! `(version, shape, dtype, is_fortran, data)` to build it from; a single number as
//! `scalar(dtype, data)`; and in protocol 5 an array as `_frombuffer(data, dtype, shape, order)`.
//! A dtype is a call `dtype("f4", False, True)` with a state whose second item is the byte order.

use std::borrow::Cow;

use super::Element;

/// The type of an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dtype {
    element: Element,
    big_endian: bool,
}

impl Dtype {
    /// The type that NumPy calls `f4`, `i8`, `b1`, ..., little endian.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        let element = match code {
            "b1" => Element::Bool,
            "u1" => Element::U8,
            "i1" => Element::I8,
            "i2" => Element::I16,
            "i4" => Element::I32,
            "i8" => Element::I64,
            "f4" => Element::F32,
            "f8" => Element::F64,
            _ => return None,
        };
        Some(Self {
            element,
            big_endian: false,
        })
    }

    /// Sets the byte order from its sign; false if it has none of that kind. Only little-endian
    /// machines write `=`: NumPy resolves it before it pickles.
    pub(super) fn set_byte_order(&mut self, sign: &str) -> bool {
        self.big_endian = sign == ">";
        matches!(sign, "<" | ">" | "|" | "=")
    }

    /// Bytes of one element.
    pub(super) fn size(self) -> usize {
        self.element.size()
    }
}

/// The shape and type of an array, apart from its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) shape: Vec<usize>,
    pub(super) dtype: Dtype,
    /// Whether the first axis runs fastest in memory.
    pub(super) fortran: bool,
}

impl Layout {
    /// The bytes that the elements take; `None` if that overflows.
    pub(super) fn byte_len(&self) -> Option<usize> {
        self.shape
            .iter()
            .try_fold(self.dtype.size(), |product, n| product.checked_mul(*n))
    }

    /// The elements as integers, the last axis running fastest; `None` for another type.
    pub(super) fn ints(&self, data: &[u8]) -> Option<Vec<i64>> {
        match self.dtype.element {
            Element::U8 => Some(self.collect(data, |[b]: [u8; 1]| b.into())),
            Element::I8 => Some(self.collect(data, |b| i8::from_le_bytes(b).into())),
            Element::I16 => Some(self.collect(data, |b| i16::from_le_bytes(b).into())),
            Element::I32 => Some(self.collect(data, |b| i32::from_le_bytes(b).into())),
            Element::I64 => Some(self.collect(data, i64::from_le_bytes)),
            _ => None,
        }
    }

    /// The elements as floats, the last axis running fastest; `None` for another type.
    pub(super) fn floats(&self, data: &[u8]) -> Option<Vec<f64>> {
        match self.dtype.element {
            Element::F32 => Some(self.collect(data, |b| f32::from_le_bytes(b).into())),
            Element::F64 => Some(self.collect(data, f64::from_le_bytes)),
            _ => None,
        }
    }

    /// The elements as flags, the last axis running fastest; `None` for another type.
    pub(super) fn flags(&self, data: &[u8]) -> Option<Vec<bool>> {
        match self.dtype.element {
            Element::Bool => Some(self.collect(data, |[b]: [u8; 1]| b != 0)),
            _ => None,
        }
    }

    fn collect<const N: usize, T>(&self, data: &[u8], convert: impl Fn([u8; N]) -> T) -> Vec<T> {
        let element = |bytes: &[u8]| {
            let mut array = [0; N];
            array.copy_from_slice(bytes);
            if self.dtype.big_endian {
                array.reverse();
            }
            convert(array)
        };
        if !self.fortran || self.shape.len() < 2 {
            return data.chunks_exact(N).map(element).collect();
        }
        let n = data.len() / N;
        (0..n)
            .map(|k| self.fortran_index(k) * N)
            .map(|at| element(&data[at..at + N]))
            .collect()
    }

    /// Where the element lies that is the `k`th with the last axis running fastest.
    fn fortran_index(&self, k: usize) -> usize {
        let mut rest = k;
        self.shape.iter().rev().fold(0, |index, n| {
            let along = rest % n;
            rest /= n;
            index * n + along
        })
    }
}

/// The bytes that `text` stands for in an encoding; `None` if it is not Latin-1 or a character is
/// outside it.
pub(super) fn encode(text: &str, encoding: &str) -> Option<Cow<'static, [u8]>> {
    if !matches!(encoding, "latin1" | "latin-1") {
        return None;
    }
    text.chars()
        .map(|c| u8::try_from(c).ok())
        .collect::<Option<Vec<u8>>>()
        .map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(code: &str, shape: &[usize], fortran: bool) -> Layout {
        let dtype = Dtype::from_code(code).expect("a known type");
        Layout {
            shape: shape.to_vec(),
            dtype,
            fortran,
        }
    }

    #[test]
    fn fortran_order_is_undone() {
        // np.asfortranarray([[0, 1, 2], [10, 11, 12]]) in memory: column after column.
        let data = [0, 10, 1, 11, 2, 12];
        let c_order = Some(vec![0, 1, 2, 10, 11, 12]);
        assert_eq!(layout("u1", &[2, 3], true).ints(&data), c_order);
        // The same of shape (2, 3, 2), values 100 i + 10 j + k.
        let data = [0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121];
        let c_order = Some(vec![0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121]);
        assert_eq!(layout("u1", &[2, 3, 2], true).ints(&data), c_order);
    }

    #[test]
    fn big_endian_elements_are_turned() {
        let mut layout = layout("i2", &[2], false);
        assert!(layout.dtype.set_byte_order(">"));
        assert_eq!(layout.ints(&[0x01, 0x02, 0xff, 0xfe]), Some(vec![258, -2]));
        assert!(!layout.dtype.set_byte_order("x"));
    }

    #[test]
    fn one_type_is_not_another() {
        assert_eq!(layout("f4", &[1], false).ints(&[0; 4]), None);
        assert_eq!(
            layout("b1", &[2], false).flags(&[0, 1]),
            Some(vec![false, true])
        );
        assert_eq!(
            layout("f8", &[1], false).floats(&1.5f64.to_le_bytes()),
            Some(vec![1.5])
        );
    }

    #[test]
    fn a_size_that_overflows_is_none() {
        assert_eq!(layout("f8", &[usize::MAX, 2], false).byte_len(), None);
        assert_eq!(layout("f8", &[usize::MAX, 0], false).byte_len(), None);
    }
}
