//! Whole runs: a contact regression fitted to a model's attention, and contacts predicted by one.
//!
//! [`ContactFit`] runs a model over proteins with structures and fits a [`ContactRegression`] to the
//! attention of all heads; [`ContactPrediction`] runs it over others, applies the regression, or the
//! head that the model's checkpoint came with, and judges what it predicts by the structures that are
//! known. Both run by the [options] of any run: on all cores, each different sequence once,
//! saved as they go, resumed, and divided into shards, which [`merge_fit`] and [`merge_predictions`]
//! bring together without the model and the proteins.
//!
//! A fit and a prediction are two runs, each with a folder of its own for what it saves.
//!
//! ```
//! use protattn_io::Protein;
//! use protattn_model::Model;
//! use protattn_probe::contacts::{ContactFit, ContactPrediction};
//!
//! # fn helix(id: &str, sequence: &str) -> Result<Protein, protattn_io::Error> {
//! #     let turn = |i: usize| (i as f32 * 0.9).sin_cos();
//! #     let place = |i: usize| Some([8.0 * turn(i).0, 8.0 * turn(i).1, i as f32 * 0.5]);
//! #     let mut protein = Protein::new(id, sequence)?;
//! #     protein.set_ca((0..sequence.len()).map(place).collect())?;
//! #     Ok(protein)
//! # }
//! # let config = br#"{"model_type": "bert", "vocab_size": 30, "hidden_size": 16,
//! #   "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}"#;
//! let model = Model::random(config, None, 1)?; // Model::load("prot_bert")? for a real one
//! let train = [helix("a", "MKTAYIAKQRQISFVK")?, helix("b", "GVSELLKDAWCCWHHQPL")?];
//! let others = [helix("c", "MSHHWGYGKHNGPEHWHK")?];
//!
//! let fitted = ContactFit::new(&model).run(&train)?;
//! assert_eq!(fitted.record.proteins, 2);
//!
//! let predicted = ContactPrediction::new(&model, &fitted.regression)?.run(&others)?;
//! let mut means = predicted.means.iter();
//! let at_l5 = means.find(|mean| mean.statistic.k_rule() == "L/5"); // of all pairs
//! assert!(at_l5.is_some_and(|mean| (0.0..=1.0).contains(&mean.precision())));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`ContactRegression`]: crate::ContactRegression
//! [options]: protattn_model::run::Options

mod features;
mod fit;
mod predict;
mod predicted;
mod predictions;

pub use fit::{ContactFit, FIT, FitResults, FitSettings, FittedContacts, merge_fit};
pub use predict::{ContactPrediction, HeadRecord, PREDICTION, PredictionSettings};
pub use predicted::PredictedContacts;
pub use predictions::{PredictionResults, Predictions, merge_predictions};
