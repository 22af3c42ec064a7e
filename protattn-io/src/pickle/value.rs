//! What a pickle holds.

use std::borrow::Cow;

use super::Element;
use super::global::Global;
use super::numpy::{Dtype, Layout};
use super::torch::{StorageNode, TensorNode};

/// Which value of a pickle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(pub(super) u32);

/// One value; collections name their items.
#[derive(Debug, PartialEq)]
pub(super) enum Node<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// A whole number of more than 64 bits: its bytes in two's complement, little endian.
    LongInt(&'a [u8]),
    Float(f64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
    List(Vec<Id>),
    Tuple(Vec<Id>),
    /// Keys and values in the order in which they were set; of two equal keys the later counts.
    Dict(Vec<(Id, Id)>),
    Global(Global),
    Dtype(Dtype),
    /// An array whose state has not come yet.
    Unbuilt,
    /// An array; the bytes are those of another value.
    Array(Box<Layout>, Id),
    Storage(StorageNode),
    Tensor(TensorNode),
}

impl Node<'_> {
    /// What it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool(_) => "a flag",
            Self::Int(_) => "a whole number",
            Self::LongInt(_) => "a whole number of more than 64 bits",
            Self::Float(_) => "a float",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "a list",
            Self::Tuple(_) => "a tuple",
            Self::Dict(_) => "a dict",
            Self::Global(_) => "a function",
            Self::Dtype(_) => "a type",
            Self::Unbuilt | Self::Array(..) => "an array",
            Self::Storage(_) => "a storage",
            Self::Tensor(_) => "a tensor",
        }
    }
}

/// A pickle that has been read.
#[derive(Debug)]
pub struct Pickle<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) root: Id,
    pub(super) end: usize,
}

impl<'a> Pickle<'a> {
    /// The value that was pickled.
    #[must_use]
    pub fn root(&self) -> Value<'_, 'a> {
        Value {
            pickle: self,
            id: self.root,
        }
    }

    /// The offset behind the last byte, where another pickle may begin.
    #[must_use]
    pub fn end(&self) -> usize {
        self.end
    }

    /// Each mention of a storage, in the order of the pickle, whether a tensor uses it or not.
    pub fn storages(&self) -> impl Iterator<Item = Storage<'_>> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Storage(storage) => Some(self.root().storage(*storage)),
            _ => None,
        })
    }
}

/// Where the elements of tensors are, outside the pickle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Storage<'p> {
    /// What names it.
    pub key: &'p str,
    /// The type of its elements.
    pub element: Element,
    /// The number of its elements, as the pickle has it.
    pub len: usize,
}

/// A tensor that lies within its storage: the element of index (i, j, ...) is the one at
/// `offset + i * strides[0] + j * strides[1] + ...`, and each of these is less than the storage's
/// length. It has no more elements than the storage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tensor<'p> {
    /// What it is a view of.
    pub storage: Storage<'p>,
    /// Where it begins, in elements.
    pub offset: usize,
    /// The length of each axis; no axes for a single number.
    pub shape: Vec<usize>,
    /// For each axis, the number of elements from one index to the next.
    pub strides: Vec<usize>,
}

/// A value of a pickle. Each method gives `None` for a value of another kind.
#[derive(Clone, Copy, Debug)]
pub struct Value<'p, 'a> {
    pickle: &'p Pickle<'a>,
    id: Id,
}

impl<'p, 'a> Value<'p, 'a> {
    fn node(self) -> &'p Node<'a> {
        &self.pickle.nodes[self.id.0 as usize]
    }

    fn at(self, id: Id) -> Self {
        Self { id, ..self }
    }

    /// What it is, with an article, for messages.
    pub fn kind(self) -> &'static str {
        self.node().kind()
    }

    /// The value under a key of a dict.
    pub fn get(self, key: &str) -> Option<Self> {
        let Node::Dict(entries) = self.node() else {
            return None;
        };
        let is_key = |id: Id| match self.at(id).node() {
            Node::Text(text) => text == key,
            Node::Bytes(bytes) => **bytes == *key.as_bytes(),
            _ => false,
        };
        entries
            .iter()
            .rev()
            .find(|(k, _)| is_key(*k))
            .map(|(_, value)| self.at(*value))
    }

    /// The keys of a dict that are text, in order.
    pub fn keys(self) -> Option<impl Iterator<Item = &'p str>> {
        Some(self.entries()?.filter_map(|(key, _)| key.text()))
    }

    /// The keys and values of a dict, in the order in which they were set; a key that was set
    /// several times is there several times.
    pub fn entries(self) -> Option<impl Iterator<Item = (Self, Self)>> {
        let Node::Dict(entries) = self.node() else {
            return None;
        };
        let entry = move |(key, value): &(Id, Id)| (self.at(*key), self.at(*value));
        Some(entries.iter().map(entry))
    }

    /// The items of a list or a tuple.
    pub fn items(self) -> Option<impl Iterator<Item = Self>> {
        match self.node() {
            Node::List(items) | Node::Tuple(items) => {
                Some(items.iter().map(move |item| self.at(*item)))
            }
            _ => None,
        }
    }

    /// Text; bytes too, if they are UTF-8: Python 2 wrote text so, and TAPE its identifiers.
    pub fn text(self) -> Option<&'p str> {
        match self.node() {
            Node::Text(text) => Some(text),
            Node::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// A flag.
    pub fn flag(self) -> Option<bool> {
        match self.node() {
            Node::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// A float.
    pub fn float(self) -> Option<f64> {
        match self.node() {
            Node::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// A whole number of more than 64 bits: its bytes in two's complement, little endian.
    pub fn long_int(self) -> Option<&'p [u8]> {
        match self.node() {
            Node::LongInt(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// One whole number; NumPy's too.
    pub fn int(self) -> Option<i64> {
        match self.node() {
            Node::Int(value) => Some(*value),
            Node::Array(layout, data) if layout.shape.is_empty() => {
                layout.ints(self.bytes_of(*data))?.first().copied()
            }
            _ => None,
        }
    }

    /// The items of a list or tuple of whole numbers, or of an array of one axis.
    pub fn ints(self) -> Option<Vec<i64>> {
        match self.node() {
            Node::List(_) | Node::Tuple(_) => self.items()?.map(Self::int).collect(),
            Node::Array(layout, data) if layout.shape.len() == 1 => {
                layout.ints(self.bytes_of(*data))
            }
            _ => None,
        }
    }

    /// The items of an array of flags of one axis.
    pub fn flags(self) -> Option<Vec<bool>> {
        match self.node() {
            Node::Array(layout, data) if layout.shape.len() == 1 => {
                layout.flags(self.bytes_of(*data))
            }
            _ => None,
        }
    }

    /// The shape of an array of floats, and its elements with the last axis running fastest.
    pub fn floats(self) -> Option<(&'p [usize], Vec<f64>)> {
        match self.node() {
            Node::Array(layout, data) => {
                Some((&layout.shape, layout.floats(self.bytes_of(*data))?))
            }
            _ => None,
        }
    }

    /// A tensor.
    pub fn tensor(self) -> Option<Tensor<'p>> {
        let Node::Tensor(tensor) = self.node() else {
            return None;
        };
        Some(Tensor {
            storage: self.storage(tensor.storage),
            offset: tensor.offset,
            shape: self.at(tensor.shape).sizes()?,
            strides: self.at(tensor.strides).sizes()?,
        })
    }

    fn sizes(self) -> Option<Vec<usize>> {
        let size = |item: Self| usize::try_from(item.int()?).ok();
        self.items()?.map(size).collect()
    }

    fn storage(self, storage: StorageNode) -> Storage<'p> {
        Storage {
            // The machine takes nothing but text.
            key: self.at(storage.key).text().unwrap_or_default(),
            element: storage.element,
            len: storage.len,
        }
    }

    /// The machine gives an array only the bytes of a bytes value.
    fn bytes_of(self, data: Id) -> &'p [u8] {
        match self.at(data).node() {
            Node::Bytes(bytes) => bytes,
            _ => &[],
        }
    }
}
