//! What the weights of a model say about it beyond its configuration.

use std::collections::BTreeMap;

/// What an architecture was told of stored weights, beside the weights themselves: with its
/// configuration, all that it takes to build the same network from other weights.
///
/// Published configurations do not always agree with their weights, and then the weights decide.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    /// The shapes of tensors that were asked for, where they are stored.
    pub(super) shapes: BTreeMap<String, Vec<usize>>,
    /// Numbers that are not trained.
    pub(super) constants: BTreeMap<String, Vec<f32>>,
}
