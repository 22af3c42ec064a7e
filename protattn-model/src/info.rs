//! What a model is, in numbers.

use std::fmt;

/// A family of architectures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// BERT: ProtBert, ProtBert-BFD, TapeBert.
    Bert,
    /// ALBERT: ProtAlbert.
    Albert,
    /// XLNet: ProtXLNet.
    Xlnet,
    /// ELECTRA: ProtElectra.
    Electra,
    /// ESM-1b and ESM-2.
    Esm,
    /// The encoder of T5: ProtT5, Ankh.
    T5,
}

impl Family {
    /// Its name, as `model_type` of a configuration has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bert => "bert",
            Self::Albert => "albert",
            Self::Xlnet => "xlnet",
            Self::Electra => "electra",
            Self::Esm => "esm",
            Self::T5 => "t5",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A number format in which tensors are stored, such as `F32` or `BF16`.
///
/// The names are those of the safetensors format, whichever format the file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dtype(pub(crate) safetensors::Dtype);

impl fmt::Display for Dtype {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What a model is: its name, its family and its sizes.
///
/// ```
/// # let config = br#"{"model_type": "bert", "hidden_size": 16, "num_hidden_layers": 2,
/// #   "num_attention_heads": 2, "intermediate_size": 32, "vocab_size": 30,
/// #   "max_position_embeddings": 64}"#;
/// use protattn_model::{Family, Model};
///
/// let model = Model::random(config, None, 1)?;
/// let info = model.info();
/// assert_eq!((info.family, info.n_layers, info.n_heads), (Family::Bert, 2, 2));
/// assert_eq!(info.positions, Some(64));
/// assert_eq!(info.dtype, None); // drawn, not stored
/// # Ok::<(), protattn_model::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info {
    /// The name of the folder the model came from, otherwise that of its family; or what
    /// [`Model::named`](crate::Model::named) gave it.
    pub name: String,
    /// The family of its architecture.
    pub family: Family,
    /// Number of layers (blocks), also of those that share their weights; layers are numbered
    /// from 0 in code.
    pub n_layers: usize,
    /// Number of attention heads of each layer; heads are numbered from 0 in code.
    pub n_heads: usize,
    /// Width of a hidden state.
    pub width: usize,
    /// Width of one head's queries, keys and values: `width / n_heads` but in T5, whose
    /// configuration sets it.
    pub head_width: usize,
    /// Width inside the feed-forward network.
    pub intermediate: usize,
    /// Number of tokens in the vocabulary.
    pub vocabulary: usize,
    /// The longest pass in tokens, special ones included: the rows of the position table, without
    /// those before the first position in ESM-1b. `None` where positions are relative or rotary
    /// and any length can run.
    pub positions: Option<usize>,
    /// Number of weights that a pass uses, those that layers share counted once; pooling and task
    /// heads are not among them.
    pub parameters: u64,
    /// The number format in which most of these weights are stored; what is computed is F32 whatever
    /// it is. `None` if they were drawn at random.
    pub dtype: Option<Dtype>,
}
