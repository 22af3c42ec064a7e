//! What can go wrong, from a folder on disk to a sink that refuses what it is given.

use std::error::Error as StdError;
use std::path::{Path, PathBuf};

use crate::info::Family;

/// The error a [`Sink`](crate::Sink) may return: any error of its own.
pub type SinkError = Box<dyn StdError + Send + Sync>;

/// Everything that loading a model, encoding a sequence or running a pass can end in.
///
/// Messages name the file, the tensor or the residue; an underlying cause is in
/// [`source`](StdError::source) and is not repeated in the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be opened, read or mapped.
    #[error("cannot read {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// A file could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// There is a file already where one is to be written.
    #[error("{} is there already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },

    /// A file that every checkpoint needs is not in the folder.
    #[error("{} has no {file}{}", folder.display(), holds(found))]
    MissingFile {
        /// The folder that was given.
        folder: PathBuf,
        /// The file that is not there.
        file: &'static str,
        /// What the folder holds that could have been meant.
        found: Vec<String>,
    },

    /// A small file (configuration, tokenizer, index) is far too large to be one.
    #[error("{} has {found} bytes, more than the {limit} that such a file may have", path.display())]
    FileTooLarge {
        /// The file.
        path: PathBuf,
        /// Its size in bytes.
        found: u64,
        /// The largest size that is read, in bytes.
        limit: u64,
    },

    /// The configuration is not JSON, or lacks a key, or a value has the wrong type.
    #[error("config.json cannot be used as a model configuration")]
    ConfigSyntax(#[source] serde_json::Error),

    /// The configuration names a family of models that is not known here.
    #[error(
        "config.json: {}; known model types: {}",
        model_type_found(found.as_deref()),
        known.join(", ")
    )]
    ModelType {
        /// The `model_type` found, if there is one.
        found: Option<String>,
        /// The ones that can be read.
        known: &'static [&'static str],
    },

    /// A value of the configuration is outside what can be computed.
    #[error("config.json: `{key}` is {found}, expected {expected}")]
    Config {
        /// The key.
        key: &'static str,
        /// Its value.
        found: String,
        /// What it may be.
        expected: String,
    },

    /// The weights have a layer that the configuration does not have.
    #[error("config.json: `{key}` is {layers}, but the weights hold more: tensor `{tensor}`")]
    ExtraLayer {
        /// The key of the number of layers, or of the groups that share their weights.
        key: &'static str,
        /// Its value.
        layers: usize,
        /// A tensor of the layer after the last.
        tensor: String,
    },

    /// A file of weights, or an index of such files, is not what it should be.
    #[error("{}: {reason}", file.display())]
    Weights {
        /// The file.
        file: PathBuf,
        /// What was found; reads on from the file's name.
        reason: String,
    },

    /// A pickle is damaged, or asks for something else than data, arrays and tensors.
    #[error("{}: the pickle that begins at byte {offset} cannot be read", file.display())]
    Pickle {
        /// The file.
        file: PathBuf,
        /// Where the pickle begins in it.
        offset: u64,
        /// What is wrong with it.
        source: Box<dyn StdError + Send + Sync>,
    },

    /// An index of files of weights is not the JSON it should be.
    #[error("{}: not an index of files of weights", file.display())]
    Index {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },

    /// The safetensors file says that its header is larger than the file, or than any header may be.
    #[error(
        "{}: the header claims {found} bytes, at most {limit} are possible; \
         the file is truncated or not a safetensors file",
        file.display()
    )]
    HeaderSize {
        /// The file.
        file: PathBuf,
        /// The size that its first eight bytes give.
        found: u64,
        /// The largest size that this file could have as header.
        limit: u64,
    },

    /// The header of a safetensors file is not the JSON it should be, or its offsets overlap,
    /// leave gaps or do not fit the shapes.
    #[error("{}: the safetensors header is not valid", file.display())]
    Header {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },

    /// The file has not as many bytes as its header describes.
    #[error(
        "{}: {found} bytes, but its header describes {expected}; {}",
        file.display(),
        if found < expected { "the file is truncated" } else { "something follows the tensors" }
    )]
    FileLength {
        /// The file.
        file: PathBuf,
        /// Its size in bytes.
        found: u64,
        /// The size that header and tensors add up to.
        expected: u64,
    },

    /// A tensor that the architecture needs is not in the file.
    #[error(
        "tensor `{tensor}` is missing, with and without the prefix `{prefix}`; \
         the nearest names in the file: {}",
        nearest.join(", ")
    )]
    MissingTensor {
        /// The name without prefix.
        tensor: String,
        /// The prefix that was tried as well.
        prefix: &'static str,
        /// Up to three names of the file that come nearest.
        nearest: Vec<String>,
    },

    /// A tensor has another shape than the configuration asks for.
    #[error("tensor `{tensor}` has shape {found:?}, config.json asks for {expected:?}")]
    TensorShape {
        /// The name as stored.
        tensor: String,
        /// The stored shape.
        found: Vec<usize>,
        /// The shape that the configuration implies.
        expected: Vec<usize>,
    },

    /// A tensor is stored in a number format that is not read.
    #[error("tensor `{tensor}` is stored as {found}, expected F64, F32, F16 or BF16")]
    TensorType {
        /// The name as stored.
        tensor: String,
        /// The stored format.
        found: String,
    },

    /// A weight is NaN or infinite, or a number of double precision too large for single.
    ///
    /// Each tensor that a model uses is looked through once, when it is loaded; those of other task
    /// heads are not read. The numbers of [`ContactHead::new`](crate::ContactHead::new) are checked
    /// as well.
    #[error("tensor `{tensor}` holds a value that is not finite, at element {index}")]
    NonFiniteWeight {
        /// The name as stored.
        tensor: String,
        /// The first such element, 0-based, in row-major order.
        index: usize,
    },

    /// Tokens that were made elsewhere do not hold the residues that they are said to.
    #[error("residues cannot be the tokens {residues:?} of {tokens}")]
    ResidueTokens {
        /// The range that was given, 0-based.
        residues: std::ops::Range<usize>,
        /// The number of tokens.
        tokens: usize,
    },

    /// The vocabulary cannot be that of a protein model of this family.
    #[error("{file}: {reason}")]
    Vocabulary {
        /// The name of the file that it was read from.
        file: &'static str,
        /// What is wrong.
        reason: String,
    },

    /// A `tokenizer.json` is not one, or does something with a sequence of residues that cannot be
    /// done.
    #[error("tokenizer.json cannot be used as a tokenizer")]
    TokenizerJson(#[source] Box<dyn StdError + Send + Sync>),

    /// There is no file to read a tokenizer from, and no alphabet that is built in.
    #[error(
        "there is no {}, and no alphabet is built in for a model of type `{family}` with \
         {vocabulary} tokens",
        crate::tokenizer::TokenizerFile::NAMES
    )]
    MissingTokenizer {
        /// The model's family.
        family: crate::Family,
        /// The number of its tokens.
        vocabulary: usize,
    },

    /// The sequence has no residue.
    #[error("the sequence is empty")]
    EmptySequence,

    /// The limit on tokens leaves no room for a residue between the special tokens.
    #[error("a limit of {found} tokens leaves no room for a residue, at least {least} are needed")]
    MaxTokens {
        /// The limit that was given.
        found: usize,
        /// The smallest that leaves room for one residue.
        least: usize,
    },

    /// A residue has no token in the vocabulary.
    #[error("residue `{residue}` at position {} is not in the model's vocabulary", index + 1)]
    Residue {
        /// The residue as it stands in the sequence.
        residue: char,
        /// Where it stands, 0-based; the message gives the 1-based position.
        index: usize,
    },

    /// Not every residue has become one token, so that tokens say nothing of residues. It happens
    /// with sentencepiece models alone; see [`Tokenizer`](crate::Tokenizer).
    #[error(
        "the length of the sequence changes through tokenisation, from {residues} residues to \
         {tokens} tokens: residue `{residue}` at position {} gets no token to itself",
        index + 1
    )]
    LengthChanged {
        /// Residues, after the cut to `max_tokens`.
        residues: usize,
        /// Their tokens, without the special ones.
        tokens: usize,
        /// The first residue that gets none, or two, or shares one.
        residue: char,
        /// Where it stands, 0-based; the message gives the 1-based position.
        index: usize,
    },

    /// The sequence needs more tokens than the model has positions.
    #[error(
        "the sequence needs {tokens} tokens, but the model has {positions} positions; \
         cut it to at most {positions} tokens"
    )]
    TooLong {
        /// Tokens needed, special ones included.
        tokens: usize,
        /// Rows of the model's position table.
        positions: usize,
    },

    /// A token is not one of this model: the tokens were made by the tokenizer of another.
    #[error("token {id} is outside the model's vocabulary of {vocabulary}")]
    Token {
        /// The token.
        id: u32,
        /// The size of the vocabulary.
        vocabulary: usize,
    },

    /// The tokens are in segments, and the model's family has none or is not run with them.
    #[error("the tokens are in segments, which a model of the family {family} does not take")]
    Segments {
        /// The family.
        family: Family,
    },

    /// The segments are not as many as the tokens.
    #[error("there are {found} segments for {tokens} tokens; each token needs one")]
    SegmentCount {
        /// How many there are.
        found: usize,
        /// How many tokens there are.
        tokens: usize,
    },

    /// A contact head was made for a model of another shape.
    #[error(
        "the contact head is one for {} layers of {} heads, but the model has {} of {}",
        found.0, found.1, expected.0, expected.1
    )]
    ContactHeadShape {
        /// Layers, and heads of each, that the contact head has weights for.
        found: (usize, usize),
        /// Layers, and heads of each, of the model.
        expected: (usize, usize),
    },

    /// The buffers of a pass over this many tokens cannot be had.
    #[error("not enough memory for the attention of {tokens} tokens; cut the sequence")]
    Memory {
        /// Tokens of the pass, special ones included.
        tokens: usize,
    },

    /// The threshold that a sink gives for its arcs is not one.
    #[error("the least attention of an arc is {found}, and must be over 0 and at most 1")]
    MinAttention {
        /// What [`Sink::min_attention`](crate::Sink::min_attention) said.
        found: f32,
    },

    /// A pass gave NaN or infinity, though all weights are finite: its numbers left the range of
    /// single precision.
    ///
    /// The attention of each layer that is computed is checked, by the sum of each row's exponentials
    /// (see [`NonFiniteAttention`](Self::NonFiniteAttention)), and so are the hidden states that leave
    /// a layer, all of them; both before the sink is handed anything of it.
    #[error("layer {} gives values that are not finite", layer + 1)]
    NonFinite {
        /// The layer, 0-based; the message gives it 1-based.
        layer: usize,
    },

    /// A pass gave attention that is NaN or infinite, as [`NonFinite`](Self::NonFinite).
    #[error(
        "layer {}, head {} gives attention that is not finite, from token {}",
        layer + 1,
        head + 1,
        from + 1
    )]
    NonFiniteAttention {
        /// The layer, 0-based; the message gives it 1-based.
        layer: usize,
        /// The head, 0-based; the message gives it 1-based.
        head: usize,
        /// The token that attends, special ones counted, 0-based; the message gives it 1-based.
        from: usize,
    },

    /// The sink refused what it was given; the pass was stopped.
    #[error("the output of the pass could not be taken")]
    Sink(#[source] SinkError),

    /// A model could not be had by its name.
    #[cfg(feature = "hub")]
    #[error(transparent)]
    Hub(#[from] crate::hub::Error),
}

impl Error {
    /// Fails if the tokens are more than the positions, where there is a number of those.
    pub(crate) fn check_length(tokens: usize, positions: Option<usize>) -> Result<(), Self> {
        match positions {
            Some(positions) if tokens > positions => Err(Self::TooLong { tokens, positions }),
            _ => Ok(()),
        }
    }

    /// The error that a file or folder cannot be read.
    pub(crate) fn io(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

fn holds(found: &[String]) -> String {
    if found.is_empty() {
        String::new()
    } else {
        format!("; it holds {}", found.join(", "))
    }
}

fn model_type_found(found: Option<&str>) -> String {
    match found {
        Some(name) => format!("`model_type` is `{name}`"),
        None => "there is no `model_type`, and the keys are not those of a BERT".to_owned(),
    }
}
