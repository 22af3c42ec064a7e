//! What a pickle holds.

use std::borrow::Cow;

use super::numpy::{Dtype, Global, Layout};

/// Which value of a pickle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(pub(super) u32);

/// One value; collections name their items.
#[derive(Debug)]
pub(super) enum Node<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// A float; no record needs the value of a single one.
    Float,
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
}

impl Node<'_> {
    /// What it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool(_) => "a flag",
            Self::Int(_) => "a whole number",
            Self::Float => "a float",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "a list",
            Self::Tuple(_) => "a tuple",
            Self::Dict(_) => "a dict",
            Self::Global(_) => "a function",
            Self::Dtype(_) => "a type",
            Self::Unbuilt | Self::Array(..) => "an array",
        }
    }
}

/// A pickle that has been read.
#[derive(Debug)]
pub(crate) struct Pickle<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) root: Id,
}

impl<'a> Pickle<'a> {
    /// The value that was pickled.
    pub(crate) fn root(&self) -> Value<'_, 'a> {
        Value {
            pickle: self,
            id: self.root,
        }
    }
}

/// A value of a pickle. Each method gives `None` for a value of another kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'p, 'a> {
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
    pub(crate) fn kind(self) -> &'static str {
        self.node().kind()
    }

    /// The value under a key of a dict.
    pub(crate) fn get(self, key: &str) -> Option<Self> {
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
    pub(crate) fn keys(self) -> Option<impl Iterator<Item = &'p str>> {
        let Node::Dict(entries) = self.node() else {
            return None;
        };
        Some(
            entries
                .iter()
                .filter_map(move |(key, _)| self.at(*key).text()),
        )
    }

    /// Text; bytes too, if they are UTF-8: Python 2 wrote text so, and TAPE its identifiers.
    pub(crate) fn text(self) -> Option<&'p str> {
        match self.node() {
            Node::Text(text) => Some(text),
            Node::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// One whole number; NumPy's too.
    pub(crate) fn int(self) -> Option<i64> {
        match self.node() {
            Node::Int(value) => Some(*value),
            Node::Array(layout, data) if layout.shape.is_empty() => {
                layout.ints(self.bytes_of(*data))?.first().copied()
            }
            _ => None,
        }
    }

    /// The items of a list or tuple of whole numbers, or of an array of one axis.
    pub(crate) fn ints(self) -> Option<Vec<i64>> {
        match self.node() {
            Node::List(items) | Node::Tuple(items) => {
                items.iter().map(|i| self.at(*i).int()).collect()
            }
            Node::Array(layout, data) if layout.shape.len() == 1 => {
                layout.ints(self.bytes_of(*data))
            }
            _ => None,
        }
    }

    /// The items of an array of flags of one axis.
    pub(crate) fn flags(self) -> Option<Vec<bool>> {
        match self.node() {
            Node::Array(layout, data) if layout.shape.len() == 1 => {
                layout.flags(self.bytes_of(*data))
            }
            _ => None,
        }
    }

    /// The shape of an array of floats, and its elements with the last axis running fastest.
    pub(crate) fn floats(self) -> Option<(&'p [usize], Vec<f64>)> {
        match self.node() {
            Node::Array(layout, data) => {
                Some((&layout.shape, layout.floats(self.bytes_of(*data))?))
            }
            _ => None,
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
