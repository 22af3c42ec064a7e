//! The header of an array as NumPy saves it (NumPy Enhancement Proposal 1, versions 1.0 to 3.0).

use std::fmt;

use super::member::Member;

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// A header of three entries has some 100 bytes.
const MAX_HEADER: usize = 1 << 16;

/// What an array is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    /// Whether the first axis runs fastest.
    pub(super) fortran: bool,
    pub(super) shape: Vec<usize>,
}

/// The type of the elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    F4 {
        big_endian: bool,
    },
    F8 {
        big_endian: bool,
    },
    /// Text of so many characters of four bytes each.
    Unicode {
        length: usize,
        big_endian: bool,
    },
    /// Text of so many bytes.
    Bytes {
        length: usize,
    },
}

impl Kind {
    /// The kind that NumPy calls `<f4`, `<U6`, `|S6`, ...
    fn from_code(code: &str) -> Option<Self> {
        let (order, code) = code.split_at_checked(1)?;
        let (letter, size) = code.split_at_checked(1)?;
        let big_endian = match order {
            "<" | "|" => false,
            ">" => true,
            _ => return None,
        };
        let length = size.parse().ok().filter(|length| *length > 0)?;
        Some(match (letter, length) {
            ("f", 4) => Self::F4 { big_endian },
            ("f", 8) => Self::F8 { big_endian },
            ("U", length) => Self::Unicode { length, big_endian },
            ("S", length) => Self::Bytes { length },
            _ => return None,
        })
    }

    pub(super) fn is_float(self) -> bool {
        matches!(self, Self::F4 { .. } | Self::F8 { .. })
    }

    pub(super) fn is_text(self) -> bool {
        !self.is_float()
    }

    /// Bytes of one element.
    pub(super) fn size(self) -> usize {
        match self {
            Self::F4 { .. } => 4,
            Self::F8 { .. } => 8,
            Self::Unicode { length, .. } => length.saturating_mul(4),
            Self::Bytes { length } => length,
        }
    }

    /// The element of this index, of floats.
    ///
    /// # Panics
    ///
    /// If the bytes have no element of this index.
    pub(super) fn float(self, bytes: &[u8], index: usize) -> f64 {
        fn read<const N: usize>(bytes: &[u8], index: usize, big_endian: bool) -> [u8; N] {
            let mut element = [0; N];
            element.copy_from_slice(&bytes[index * N..][..N]);
            if big_endian {
                element.reverse();
            }
            element
        }
        match self {
            Self::F4 { big_endian } => f32::from_le_bytes(read(bytes, index, big_endian)).into(),
            Self::F8 { big_endian } => f64::from_le_bytes(read(bytes, index, big_endian)),
            Self::Unicode { .. } | Self::Bytes { .. } => f64::NAN,
        }
    }

    /// The elements, of text; NumPy fills them up with zeros.
    pub(super) fn texts(self, bytes: &[u8], n: usize) -> Result<Vec<String>, String> {
        let size = self.size();
        let element = |index: usize| {
            let element = &bytes[index * size..][..size];
            let text = match self {
                Self::Unicode { big_endian, .. } => unicode(element, big_endian),
                _ => String::from_utf8(element.to_vec()).ok(),
            };
            let text = text.ok_or_else(|| format!("element {} is no text", index + 1))?;
            Ok(text.trim_end_matches('\0').to_owned())
        };
        (0..n).map(element).collect()
    }
}

fn unicode(bytes: &[u8], big_endian: bool) -> Option<String> {
    let (characters, _) = bytes.as_chunks::<4>();
    let code = |bytes: &[u8; 4]| match big_endian {
        true => u32::from_be_bytes(*bytes),
        false => u32::from_le_bytes(*bytes),
    };
    characters.iter().map(|c| char::from_u32(code(c))).collect()
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::F4 { .. } => f.write_str("f4"),
            Self::F8 { .. } => f.write_str("f8"),
            Self::Unicode { length, .. } => write!(f, "U{length}"),
            Self::Bytes { length } => write!(f, "S{length}"),
        }
    }
}

impl Header {
    /// The bytes that the elements take; `None` if that overflows.
    pub(super) fn byte_len(&self) -> Option<usize> {
        self.shape
            .iter()
            .try_fold(self.kind.size(), |product, n| product.checked_mul(*n))
    }

    /// Reads the dict, as Python writes it: three entries in any order.
    fn parse(text: &str) -> Result<Self, String> {
        let missing = |key: &str| format!("the header has no `{key}`: {text:?}");
        let code = value(text, "descr").ok_or_else(|| missing("descr"))?;
        if code.contains('O') {
            return Err("it is Python objects, which are not read: save it as text".to_owned());
        }
        let kind = code.strip_prefix(['\'', '"']).and_then(|rest| {
            let end = rest.find(['\'', '"'])?;
            Kind::from_code(&rest[..end])
        });
        let kind = kind.ok_or_else(|| {
            let shown: String = code.chars().take(20).collect();
            format!("its type is {shown:?}, none of f4, f8, U and S")
        })?;
        let fortran = value(text, "fortran_order").ok_or_else(|| missing("fortran_order"))?;
        let shape = value(text, "shape").and_then(|rest| {
            let inner = rest.strip_prefix('(')?.split_once(')')?.0;
            let numbers = inner.split(',').map(str::trim).filter(|n| !n.is_empty());
            numbers.map(|n| n.parse().ok()).collect()
        });
        Ok(Self {
            kind,
            fortran: fortran.starts_with("True"),
            shape: shape.ok_or_else(|| missing("shape"))?,
        })
    }
}

/// What follows a key of the dict.
fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("'{key}'"))?;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

/// Reads the header of an array; what is left of the member is its elements.
pub(super) fn read_header(member: &mut Member) -> Result<Header, String> {
    let mut start = [0; 8];
    member.read_exact(&mut start)?;
    if !start.starts_with(MAGIC) {
        return Err("it is no array of NumPy".to_owned());
    }
    let mut length = [0; 4];
    let width = if start[6] == 1 { 2 } else { 4 };
    member.read_exact(&mut length[..width])?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_HEADER {
        return Err(format!("a header of {length} bytes"));
    }
    let mut text = vec![0; length];
    member.read_exact(&mut text)?;
    Header::parse(&String::from_utf8_lossy(&text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_header_says_type_order_and_shape() {
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 68), }   \n";
        let header = Header::parse(text).unwrap();
        let kind = Kind::F4 { big_endian: false };
        assert_eq!((header.kind, header.fortran), (kind, false));
        assert_eq!(header.shape, [2, 3, 68]);
        assert_eq!(header.byte_len(), Some(4 * 2 * 3 * 68));
        let text = "{'shape':(7,),'fortran_order':True,'descr':'>U12'}";
        let header = Header::parse(text).unwrap();
        assert_eq!((header.kind.size(), header.fortran), (48, true));
        assert_eq!(header.shape, [7]);
        let scalar = Header::parse("{'descr': '|S1', 'fortran_order': False, 'shape': ()}");
        assert_eq!(scalar.unwrap().byte_len(), Some(1));
    }

    #[test]
    fn a_header_that_cannot_be_used_is_refused() {
        for (text, message) in [
            ("{}", "the header has no `descr`: \"{}\""),
            (
                "{'descr': '|O'",
                "it is Python objects, which are not read: save it as text",
            ),
            (
                "{'descr': '<i8'",
                "its type is \"'<i8'\", none of f4, f8, U and S",
            ),
            (
                "{'descr': '<f4'",
                "the header has no `fortran_order`: \"{'descr': '<f4'\"",
            ),
            (
                "{'descr': '<f4', 'fortran_order': 0, 'shape': (a,)",
                "the header has no `shape`: \"{'descr': '<f4', 'fortran_order': 0, 'shape': (a,)\"",
            ),
        ] {
            assert_eq!(Header::parse(text), Err(message.to_owned()));
        }
    }

    #[test]
    fn elements_of_either_byte_order_are_read() {
        let floats = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0];
        let kind = Kind::F4 { big_endian: false };
        assert_eq!(
            (kind.float(&floats, 0), kind.float(&floats, 1)),
            (1.0, -2.0)
        );
        let kind = Kind::F8 { big_endian: true };
        assert_eq!(kind.float(&1.5f64.to_be_bytes(), 0), 1.5);
        let kind = Kind::from_code(">U2").unwrap();
        let text = [0, 0, 0, b'a', 0, 0, 0, 0];
        assert_eq!(kind.texts(&text, 1), Ok(vec!["a".to_owned()]));
        let invalid = Err("element 1 is no text".to_owned());
        assert_eq!(kind.texts(&[0xff; 8], 1), invalid);
        assert_eq!(Kind::Bytes { length: 2 }.texts(&[0xff; 2], 1), invalid);
    }
}
