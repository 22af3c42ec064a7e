//! What a pickled PyTorch tensor is made of.
//!
//! The numbers of a tensor are not in the pickle but in a storage beside it, which the pickle
//! refers to by a persistent id: `("storage", class, key, location, elements)`, in the format before
//! PyTorch 1.6 with a sixth item, which is `None` or, for a storage that is a part of another,
//! `(key, start, elements)`. A tensor is a call
//! `_rebuild_tensor_v2(storage, offset, sizes, strides, requires_grad, hooks)` over a storage, all
//! counted in elements. (`torch/serialization.py` and `torch/_utils.py` of PyTorch 2.)

use super::Element;
use super::error::Problem;
use super::global::Global;
use super::machine::Machine;
use super::value::{Id, Node};

/// A storage, or the part of one that tensors may use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct StorageNode {
    pub(super) element: Element,
    /// The text that names it.
    pub(super) key: Id,
    /// Elements of the whole storage.
    pub(super) len: usize,
    start: usize,
    visible: usize,
}

/// A tensor that lies within its storage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TensorNode {
    pub(super) storage: StorageNode,
    /// The first element, counted in the whole storage.
    pub(super) offset: usize,
    /// Two tuples of the same length.
    pub(super) shape: Id,
    pub(super) strides: Id,
}

impl Machine<'_> {
    /// Puts the storage that a persistent id describes in its place.
    pub(super) fn persistent(&mut self) -> Result<(), Problem> {
        let id = self.pop()?;
        let node = match *self.arguments(id)? {
            [kind, class, key, _location, len] => self.storage(kind, class, key, len, None)?,
            [kind, class, key, _location, len, part] => {
                self.storage(kind, class, key, len, Some(part))?
            }
            _ => return Err(Problem::Tensor("its storage is not described".into())),
        };
        self.push(Node::Storage(node))
    }

    fn storage(
        &self,
        kind: Id,
        class: Id,
        key: Id,
        len: Id,
        part: Option<Id>,
    ) -> Result<StorageNode, Problem> {
        let (Node::Global(Global::Storage(element)), "storage") =
            (self.node(class), self.text(kind)?)
        else {
            return Err(self.wrong("the class of a storage", class));
        };
        self.text(key)?;
        let len = self.size(len)?;
        let (start, visible) = match part {
            None => (0, len),
            Some(part) => self.part_of_storage(part, len)?,
        };
        Ok(StorageNode {
            element: *element,
            key,
            len,
            start,
            visible,
        })
    }

    /// Where a part of a storage begins and how long it is.
    fn part_of_storage(&self, part: Id, len: usize) -> Result<(usize, usize), Problem> {
        if matches!(self.node(part), Node::None) {
            return Ok((0, len));
        }
        let [_, start, visible] = *self.arguments(part)? else {
            return Err(self.wrong("a part of a storage", part));
        };
        let (start, visible) = (self.size(start)?, self.size(visible)?);
        match start.checked_add(visible) {
            Some(end) if end <= len => Ok((start, visible)),
            _ => Err(Problem::Tensor(format!(
                "{visible} elements from {start} on are not a part of a storage of {len}"
            ))),
        }
    }

    /// The tensor over a storage, if it lies within.
    pub(super) fn tensor(
        &self,
        storage: Id,
        offset: Id,
        [shape, strides]: [Id; 2],
    ) -> Result<TensorNode, Problem> {
        let Node::Storage(storage) = *self.node(storage) else {
            return Err(self.wrong("a storage", storage));
        };
        let offset = self.size(offset)?;
        let (sizes, steps) = (self.shape(shape)?, self.shape(strides)?);
        if !fits(&sizes, &steps, offset, storage.visible) {
            return Err(Problem::Tensor(format!(
                "shape {sizes:?} with strides {steps:?} from element {offset} on does not fit \
                 a storage of {} elements",
                storage.visible
            )));
        }
        Ok(TensorNode {
            storage,
            offset: storage.start + offset,
            shape,
            strides,
        })
    }

    /// The tensor that a parameter is.
    pub(super) fn parameter(&self, tensor: Id) -> Result<TensorNode, Problem> {
        match *self.node(tensor) {
            Node::Tensor(tensor) => Ok(tensor),
            _ => Err(self.wrong("a tensor", tensor)),
        }
    }
}

/// Whether every element lies within `len`. A tensor that uses elements several times over can
/// claim any size, so that none may have more elements than its storage.
fn fits(shape: &[usize], strides: &[usize], offset: usize, len: usize) -> bool {
    let elements = shape
        .iter()
        .try_fold(1, |n: usize, &size| n.checked_mul(size));
    let last = shape
        .iter()
        .zip(strides)
        .try_fold(offset, |at, (&size, stride)| {
            at.checked_add(size.saturating_sub(1).checked_mul(*stride)?)
        });
    let within = match (elements, last) {
        (Some(0), _) => offset <= len,
        (Some(elements), Some(last)) => elements <= len && last < len,
        _ => false,
    };
    within && shape.len() == strides.len()
}
