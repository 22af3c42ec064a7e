//! Linear probes: what can be read off a frozen representation with a linear classifier.
//!
//! A probe is logistic regression, binary or multinomial, with a penalty on squares, on absolute
//! values, or on both, brought to its optimum. [`LogisticRegression`] holds checked settings, made
//! by a [`LogisticRegressionBuilder`]; its [`fit`](LogisticRegression::fit) takes single-precision
//! features `[sample, feature]` and a class index for each sample, and gives a [`Probe`]. The probe
//! holds coefficients in feature units, predicts, can be saved, and tells in its [`Fit`] whether
//! the solver converged.
//!
//! Features come from a [`FeatureSource`]: an array, which is read where it lies, a [`Selection`]
//! of rows of another source, [`PairFeatures`] computed from hidden states, or one of your own over
//! a file. The penalty can be [chosen](LogisticRegression::cross_validate) by how well proteins
//! that were held out are predicted, or a whole [path](LogisticRegression::fit_path) of penalties
//! be solved, and a solution can [start](LogisticRegression::fit_from) from that of another layer.
//!
//! Pairs of residues are chosen by [`PairSampling`]; [`attention_features`] reads their features
//! off attention `[head, from, to]`, and [`ContactRegression`] is fitted on those of all heads of all
//! layers to predict contacts, which [`contact_scores()`] judges.
//!
//! [`Evaluation`] gathers predictions by protein and gives each [`Score`] with an interval over
//! proteins, and that of two controls: always predicting the commonest class, and a
//! [`ControlTask`], whose labels depend on the type of the residue and on chance alone.
//!
//! With the feature `model` there are whole runs, from a model and proteins to tables: the module
//! `layers` finds what each layer knows, and the module `contacts` fits and applies contact regressions.
//!
//! [`ProbeRow`], [`PairRow`] and [`ContactScoreRow`] are each the row of a table, declared by
//! [`table!`](protattn_io::table!) with the unit and meaning of each column; `protattn_io::parquet`
//! writes and reads them.
//!
//! The objective is that of scikit-learn's `LogisticRegression`, on standardised features unless
//! asked otherwise, and so are the coefficients. Equal input gives equal bits, whatever the number
//! of threads and wherever the features lie. Layers, heads, residues, samples and classes are
//! 0-based.
//!
//! ```
//! use protattn_probe::ndarray::array;
//! use protattn_probe::{Evaluation, LogisticRegression, Resampling, Score};
//!
//! // Two features of six residues, and whether each residue binds a ligand (class 1).
//! let features = array![[0.1, 2.0], [0.4, 1.0], [0.3, 3.0], [0.9, 2.0], [0.7, 1.0], [0.8, 3.0]];
//! let labels = [0, 0, 0, 1, 1, 1];
//!
//! let probe = LogisticRegression::builder()
//!     .inverse_penalty(10.0)
//!     .build()?
//!     .fit(&features, &labels, 2)?;
//! assert!(probe.fit().converged);
//! assert_eq!(probe.predict(&features)?.to_vec(), labels);
//!
//! // Another protein, of three residues.
//! let mut evaluation = Evaluation::new(2);
//! let probabilities = probe.predict_proba(&array![[0.2, 1.0], [0.9, 1.0], [0.8, 2.0]])?;
//! evaluation.push(3, probabilities.view(), &[0, 1, 1])?;
//! let scores = [Score::F1(1), Score::Accuracy];
//! let rows = evaluation.report(&scores, &[0.5, 0.5], None, Resampling::default())?;
//! assert_eq!(rows[0].value, 1.0);
//! assert_eq!(rows[1].majority, 1.0 / 3.0); // of equal frequencies, the first class
//! # Ok::<(), protattn_probe::Error>(())
//! ```

pub use ndarray;

mod attention;
mod blocks;
mod contact;
mod contact_scores;
#[cfg(feature = "model")]
pub mod contacts;
mod control;
mod cross_validation;
mod error;
mod evaluation;
mod kernel;
#[cfg(feature = "model")]
pub mod layers;
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
mod rows;
mod save;
mod settings;
mod source;
mod training;

pub use attention::{PairAttention, attention_features};
pub use contact::ContactRegression;
pub use contact_scores::{ContactScore, contact_scores, mean_contact_scores};
pub use control::ControlTask;
pub use cross_validation::CrossValidation;
pub use error::Error;
pub use evaluation::{Evaluation, Resampling, Score, ScoreRow};
pub use pair_features::{PairCombination, PairFeatures};
pub use pairs::{PairSamples, PairSampling};
pub use probe::{Fit, Probe};
pub use rows::{ContactScoreRow, PairRow, ProbeRow};
pub use settings::{ClassWeights, LogisticRegression, LogisticRegressionBuilder};
pub use source::{FeatureSource, Selection, SourceError};

/// Runs the example of the README as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
