//! Runs protein language models in pure Rust and lends out their attention layer by layer.
//!
//! A [`Model`] is loaded once and shared. Its [`Tokenizer`] turns a sequence into [`Tokens`], and
//! [`Model::forward`] runs them through the network, in the buffers of a [`Workspace`]. What the
//! pass computes is not returned but handed to a [`Sink`], one layer at a time: the attention of
//! ProtBert over 512 residues is 17 MB a layer and 500 MB in all, so it is lent while it is there
//! and then overwritten. The sink says beforehand which [`Output`]s it wants, and the pass goes no
//! further than the last of them. One that wants only [`AttentionArc`]s, the weights at or over a
//! threshold, or hidden states, has no array of attention made at all.
//!
//! Attention has the axes [head, from, to]: `from` is the residue that attends, `to` the one that
//! is attended to. Layers, heads and residues are numbered from 0. What a sink sees is per
//! residue, without the special tokens around the sequence, unless [`SpecialTokens::Keep`] is
//! asked for.
//!
//! [`Contacts`] is a sink that predicts contacts between residues from the attention of all layers
//! by a [`ContactHead`], which ESM's checkpoints come with. [`Model::random_twin`] is a model before
//! training, to compare with.
//!
//! Read are BERT (ProtBert, ProtBert-BFD, TapeBert), ALBERT (ProtAlbert), XLNet (ProtXLNet), ELECTRA
//! (ProtElectra), ESM-1b and ESM-2, and the encoder of T5 (ProtT5, Ankh), from the files that their
//! repositories hold; see [`Model::load`] and [`Tokenizer`]. [`convert`] writes any of their weights
//! as one safetensors file.
//!
//! | feature | adds | pulls in |
//! | --- | --- | --- |
//! | `torch` (default) | weights in PyTorch's files, of both formats | nothing |
//! | `run` | `run`: a model over many sequences, on all cores, saved, resumed, divided and merged | postcard, sha2 |
//! | `tokenizers` | tokenizers in `tokenizer.json` | tokenizers |
//! | `hub` | `hub`: models by their names, from the Hugging Face hub | hf-hub, ureq, sha2 |
//!
//! ```
//! use protattn_model::ndarray::{ArrayView3, Axis};
//! use protattn_model::{Model, Output, Sink, SinkError, Workspace};
//!
//! /// For each layer, how much of their attention residues pay to themselves, on average.
//! #[derive(Default)]
//! struct ToSelf(Vec<f32>);
//!
//! impl Sink for ToSelf {
//!     fn wants(&self, output: Output) -> bool {
//!         matches!(output, Output::Attention { .. })
//!     }
//!
//!     fn attention(
//!         &mut self,
//!         _layer: usize,
//!         attention: ArrayView3<'_, f32>,
//!     ) -> Result<(), SinkError> {
//!         let (heads, residues, _) = attention.dim();
//!         let to_self: f32 = attention.axis_iter(Axis(0)).map(|head| head.diag().sum()).sum();
//!         self.0.push(to_self / (heads * residues) as f32);
//!         Ok(())
//!     }
//! }
//!
//! // Model::load("prot_bert") for a real one; this one is drawn at random.
//! let config = br#"{"model_type": "bert", "vocab_size": 30, "hidden_size": 16,
//!     "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 32}"#;
//! let model = Model::random(config, None, 1)?;
//!
//! let tokens = model.tokenizer().encode("MKTAYIAK", None)?;
//! let mut to_self = ToSelf::default();
//! model.forward(&tokens, &mut Workspace::new(), &mut to_self)?;
//!
//! // Untrained attention is nearly even: a tenth for each of 8 residues and 2 special tokens.
//! assert_eq!(to_self.0.len(), 3);
//! assert!(to_self.0.iter().all(|share| (share - 0.1).abs() < 0.005));
//! # Ok::<(), protattn_model::Error>(())
//! ```

mod architecture;
mod blocks;
mod checkpoint;
mod contacts;
mod error;
#[cfg(feature = "hub")]
pub mod hub;
mod info;
mod kernel;
mod model;
mod pass;
#[cfg(feature = "run")]
pub mod run;
mod sink;
mod tokenizer;
mod workspace;

pub use checkpoint::{Converted, IfExists, convert};
pub use contacts::{ContactHead, Contacts};
pub use error::{Error, SinkError};
pub use info::{Dtype, Family, Info};
pub use kernel::Precision;
pub use model::Model;
pub use ndarray;
pub use protattn_io::AttentionArc;
pub use sink::{Output, Sink, SpecialTokens};
pub use tokenizer::{Tokenizer, Tokens};
pub use workspace::Workspace;

// The README's example is tested as well.
#[cfg(all(doctest, feature = "run"))]
#[doc = include_str!("../README.md")]
struct Readme;
