//! Runs a model over many sequences: on all cores, saved as it goes, divided over machines.
//!
//! A [`Plan`] puts sequences with the same tokens together, so that each is run once, and orders
//! them by length; [`Shard`] takes a share of it. An [`Engine`] shares its [`Task`]s out: short ones
//! come several at a time and go through one pass, one so long that the others would wait for
//! it is done by all threads together. Whatever is to be known of the sequences is a [`Sum`]: a
//! value that grows by what each worker found. The result is the same for any number of threads and
//! any order of the sequences, if adding is associative and commutative.
//!
//! Because a sum can be added up and written down, three things follow. A run that is
//! [saved](Saving) loses at most the sequences in flight when it is killed, and goes on from there;
//! the shards of a run can be [merged](merge); and both give what one run would have given. A
//! [`Watch`] hears how far a run is and may ask it to end. Nothing here prints.
//!
//! An analysis is begun by [`Run::begin`], which looks at what an earlier run left in the folder,
//! and keeps a [`Record`] of model, data and settings with what it saves: a run of others is never
//! taken up.
//!
//! ```
//! use protattn_model::ndarray::{ArrayView2, Axis};
//! use protattn_model::run::{Engine, Plan};
//! use protattn_model::{Model, Output, Sink, SinkError};
//!
//! /// The mean over residues of what leaves the last layer.
//! #[derive(Clone)]
//! struct Pooled(usize, Vec<f32>);
//!
//! impl Sink for Pooled {
//!     fn wants(&self, output: Output) -> bool {
//!         output == Output::HiddenStates { level: self.0 }
//!     }
//!
//!     fn hidden_states(&mut self, _: usize, states: ArrayView2<'_, f32>) -> Result<(), SinkError> {
//!         self.1 = states.mean_axis(Axis(0)).ok_or("no residues")?.to_vec();
//!         Ok(())
//!     }
//! }
//!
//! # let config = br#"{"model_type": "bert", "vocab_size": 30, "hidden_size": 16,
//! #   "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 32}"#;
//! let model = Model::random(config, None, 1)?;
//! let sequences = [("a", "MKTAYIAK"), ("b", "GVSE"), ("c", "MKTAYIAK")];
//! let plan = Plan::new(&model, sequences, 512)?;
//! assert_eq!(plan.tasks().len(), 2); // a and c are one
//!
//! let level = model.info().n_layers;
//! let pooled = Engine::new(&model).map(&plan, |_| Pooled(level, Vec::new()))?;
//! assert_eq!(pooled.len(), 3); // one for each sequence, in their order
//! assert!(pooled.iter().all(|sink| sink.as_ref().is_some_and(|sink| sink.1.len() == 16)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod begin;
mod differences;
mod engine;
mod error;
mod journal;
mod merge;
mod options;
mod plan;
mod queue;
mod record;
mod saved;
mod schedule;
mod shard;
mod spool;
mod watch;

pub use begin::{About, Begun, Outcome, Run, has_saved, remove_saved};
pub use differences::differences;
pub use engine::{Engine, Job, forward};
pub use error::{BoxError, Error};
pub use journal::{Journal, Sum};
pub use merge::{Merged, merge, merge_into, saved_about};
pub use options::{Options, Provenance, Saving};
pub use plan::{Plan, Task};
pub use record::{ModelRecord, RECORD, Record, describe_data, sha256_of_bytes, sha256_of_files};
pub use shard::{Shard, Shards, ranges};
pub use spool::Spool;
pub use watch::{Silent, Watch};
