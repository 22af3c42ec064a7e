//! The calls of a pickle: those that give bytes, element types, arrays and tensors.

use super::error::{Problem, check_limit};
use super::global::Global;
use super::machine::Machine;
use super::numpy::{Dtype, Layout, encode};
use super::value::{Id, Node};

/// NumPy itself allows 64 axes; nothing here has more than three.
const MAX_AXES: usize = 8;

/// A type's state has nine items; nothing that is called or built here takes more.
const MAX_ARGUMENTS: usize = 9;

impl<'a> Machine<'a> {
    /// Calls a function, as far as that is building an array or a tensor.
    pub(super) fn reduce(&mut self) -> Result<(), Problem> {
        let arguments = self.pop()?;
        let function = self.pop()?;
        let Node::Global(global) = *self.node(function) else {
            return Err(self.wrong("a function", function));
        };
        let arguments = self.arguments(arguments)?;
        let node = self.call(global, &arguments)?;
        self.push(node)
    }

    /// What a function gives.
    fn call(&mut self, function: Global, arguments: &[Id]) -> Result<Node<'a>, Problem> {
        match (function, arguments) {
            (Global::Encode, [text, encoding]) => self.encoded(*text, *encoding),
            (Global::Dtype, [code, ..]) => Ok(Node::Dtype(self.dtype_of_code(*code)?)),
            (Global::Reconstruct, [class, ..]) => match self.node(*class) {
                Node::Global(Global::NdArray) => Ok(Node::Unbuilt),
                _ => Err(self.wrong("the array class", *class)),
            },
            (Global::Scalar, [dtype, data]) => {
                let layout = Layout {
                    shape: Vec::new(),
                    dtype: self.dtype(*dtype)?,
                    fortran: false,
                };
                self.array(layout, *data)
            }
            (Global::FromBuffer, [data, dtype, shape, order]) => {
                let layout = Layout {
                    shape: self.shape(*shape)?,
                    dtype: self.dtype(*dtype)?,
                    fortran: matches!(self.node(*order), Node::Text(order) if order == "F"),
                };
                self.array(layout, *data)
            }
            (Global::OrderedDict, []) => Ok(Node::Dict(Vec::new())),
            (Global::RebuildTensor, [storage, offset, shape, strides, ..]) => {
                let tensor = self.tensor(*storage, *offset, [*shape, *strides])?;
                Ok(Node::Tensor(tensor))
            }
            (Global::RebuildParameter, [tensor, ..]) => Ok(Node::Tensor(self.parameter(*tensor)?)),
            _ => Err(Problem::Call {
                function,
                arguments: arguments.len(),
            }),
        }
    }

    /// Gives the value on the stack its state: an array its elements, a type its byte order. What
    /// is set on a dict beside its items (PyTorch sets `_metadata`) is dropped.
    pub(super) fn build(&mut self) -> Result<(), Problem> {
        let state = self.pop()?;
        let target = self.top()?;
        if let (Node::Dict(_), Node::Dict(_)) = (self.node(target), self.node(state)) {
            return Ok(());
        }
        let state = self.arguments(state)?;
        match (self.node(target), state.as_slice()) {
            (Node::Dtype(dtype), [_, order, ..]) => {
                let mut dtype = *dtype;
                let order = self.text(*order)?;
                if !dtype.set_byte_order(order) {
                    return Err(Problem::Array(format!("byte order {order:?}")));
                }
                self.replace(target, Node::Dtype(dtype));
            }
            (Node::Unbuilt, [_, shape, dtype, fortran, data]) => {
                let Node::Bool(fortran) = *self.node(*fortran) else {
                    return Err(self.wrong("a flag", *fortran));
                };
                let (shape, dtype) = (self.shape(*shape)?, self.dtype(*dtype)?);
                let array = self.array(
                    Layout {
                        shape,
                        dtype,
                        fortran,
                    },
                    *data,
                )?;
                self.replace(target, array);
            }
            _ => return Err(self.wrong("an unfinished array", target)),
        }
        Ok(())
    }

    fn array(&self, layout: Layout, data: Id) -> Result<Node<'a>, Problem> {
        let Node::Bytes(bytes) = self.node(data) else {
            return Err(self.wrong("bytes", data));
        };
        if layout.byte_len() != Some(bytes.len()) {
            let Layout { shape, dtype, .. } = &layout;
            let (size, found) = (dtype.size(), bytes.len());
            let message = format!("shape {shape:?} of {size}-byte elements, {found} bytes of data");
            return Err(Problem::Array(message));
        }
        Ok(Node::Array(Box::new(layout), data))
    }

    fn encoded(&mut self, text: Id, encoding: Id) -> Result<Node<'a>, Problem> {
        let bytes = encode(self.text(text)?, self.text(encoding)?)
            .ok_or_else(|| Problem::Array("bytes in an unknown encoding".into()))?;
        let limit = Problem::Limit {
            what: "bytes of encoded text",
            limit: self.budget,
        };
        self.budget = self.budget.checked_sub(bytes.len()).ok_or(limit)?;
        Ok(Node::Bytes(bytes))
    }

    fn dtype_of_code(&self, code: Id) -> Result<Dtype, Problem> {
        let code = self.text(code)?;
        Dtype::from_code(code).ok_or_else(|| Problem::Array(format!("elements of type {code:?}")))
    }

    fn dtype(&self, id: Id) -> Result<Dtype, Problem> {
        match self.node(id) {
            Node::Dtype(dtype) => Ok(*dtype),
            _ => Err(self.wrong("a type", id)),
        }
    }

    pub(super) fn shape(&self, id: Id) -> Result<Vec<usize>, Problem> {
        let axes = self.tuple(id)?;
        check_limit("axes", axes.len(), MAX_AXES)?;
        axes.iter().map(|axis| self.size(*axis)).collect()
    }

    pub(super) fn size(&self, id: Id) -> Result<usize, Problem> {
        match *self.node(id) {
            Node::Int(n) => usize::try_from(n).map_err(|_| Problem::Size(n)),
            _ => Err(self.wrong("a whole number", id)),
        }
    }

    /// The items of a short tuple. The limit keeps a pickle that calls with one long tuple over and
    /// over from taking time in the square of its size.
    pub(super) fn arguments(&self, id: Id) -> Result<Vec<Id>, Problem> {
        let items = self.tuple(id)?;
        check_limit("arguments", items.len(), MAX_ARGUMENTS)?;
        Ok(items.to_vec())
    }

    fn tuple(&self, id: Id) -> Result<&[Id], Problem> {
        match self.node(id) {
            Node::Tuple(items) => Ok(items),
            _ => Err(self.wrong("a tuple", id)),
        }
    }

    pub(super) fn text(&self, id: Id) -> Result<&str, Problem> {
        match self.node(id) {
            Node::Text(text) => Ok(text),
            Node::Bytes(bytes) => std::str::from_utf8(bytes).map_err(|_| Problem::Utf8),
            _ => Err(self.wrong("text", id)),
        }
    }
}
