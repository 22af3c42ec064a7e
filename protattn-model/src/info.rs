//! What a model is, in numbers.

/// What a model is: its name, its family and its sizes.
///
/// ```
/// # let config = br#"{"model_type": "bert", "hidden_size": 16, "num_hidden_layers": 2,
/// #   "num_attention_heads": 2, "intermediate_size": 32, "vocab_size": 30,
/// #   "max_position_embeddings": 64}"#;
/// let model = protattn_model::Model::random(config, None, 1)?;
/// let info = model.info();
/// assert_eq!((info.family, info.n_layers, info.n_heads), ("bert", 2, 2));
/// assert_eq!(info.positions, Some(64));
/// # Ok::<(), protattn_model::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info {
    /// The name of the folder the model came from, or what
    /// [`Model::named`](crate::Model::named) gave it.
    pub name: String,
    /// The family, as `model_type` of a configuration names it: `bert`.
    pub family: &'static str,
    /// Number of layers (blocks); layers are numbered from 0 in code.
    pub n_layers: usize,
    /// Number of attention heads of each layer; heads are numbered from 0 in code.
    pub n_heads: usize,
    /// Width of a hidden state.
    pub width: usize,
    /// Width inside the feed-forward network.
    pub intermediate: usize,
    /// Number of tokens in the vocabulary.
    pub vocabulary: usize,
    /// Rows of the position table, which is the longest pass in tokens, special ones included;
    /// `None` where positions are relative and any length can run.
    pub positions: Option<usize>,
    /// Number of weights that a pass uses; pooling and task heads are not among them.
    pub parameters: u64,
}

impl Info {
    /// Width of one head: `width / n_heads`.
    #[must_use]
    pub fn head_width(&self) -> usize {
        self.width / self.n_heads
    }
}
