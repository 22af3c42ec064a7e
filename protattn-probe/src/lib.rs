//! Linear probes: what can be read off a frozen representation with a linear classifier.
//!
//! A probe is logistic regression with an L2 penalty, binary or multinomial, brought to its
//! optimum. [`LogisticRegression`] holds checked settings, made by a [`LogisticRegressionBuilder`];
//! its [`fit`](LogisticRegression::fit) takes single-precision features `[sample, feature]`, which
//! it reads where they lie, and a class index for each sample, and gives a [`Probe`]. The probe
//! holds coefficients in feature units, predicts, and tells in its [`Fit`] whether the solver
//! converged.
//!
//! The objective is that of scikit-learn's `LogisticRegression`, on standardised features unless
//! asked otherwise, and so are the coefficients. Equal input gives equal bits, whatever the number
//! of threads. What a prediction is worth is for `protattn_metrics::scores` to say.
//!
//! ```
//! use protattn_metrics::scores;
//! use protattn_probe::LogisticRegression;
//! use protattn_probe::ndarray::array;
//!
//! // Two features of six residues, and whether each residue binds a ligand (class 1).
//! let features = array![[0.1, 2.0], [0.4, 1.0], [0.3, 3.0], [0.9, 2.0], [0.7, 1.0], [0.8, 3.0]];
//! let labels = [0, 0, 0, 1, 1, 1];
//!
//! let probe = LogisticRegression::builder()
//!     .inverse_penalty(10.0)
//!     .build()?
//!     .fit(features.view(), &labels, 2)?;
//! assert!(probe.fit().converged);
//!
//! let predicted = probe.predict(features.view())?;
//! assert_eq!(predicted.to_vec(), labels);
//! assert_eq!(scores::f1(&predicted.to_vec(), &labels, &1)?, 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use ndarray;

mod attention;
mod blocks;
mod contact;
mod control;
mod cross_validation;
mod error;
mod evaluation;
mod kernel;
mod lbfgs;
mod line_search;
mod loss;
mod moments;
mod objective;
mod pair_features;
mod pairs;
mod preconditioner;
mod probe;
mod problem;
mod proximal;
mod random;
mod save;
mod settings;
mod source;
mod training;

pub use attention::{PairAttention, apc, attention_features, symmetrize};
pub use contact::{ContactMap, ContactRegression};
pub use control::ControlTask;
pub use cross_validation::CrossValidation;
pub use error::Error;
pub use evaluation::{Bootstrap, Evaluation, Score, ScoreRow};
pub use pair_features::{PairCombination, PairFeatures};
pub use pairs::{PairSamples, PairSampling};
pub use probe::{Fit, Probe};
pub use settings::{ClassWeights, LogisticRegression, LogisticRegressionBuilder};
pub use source::{FeatureSource, Selection, SourceError};
