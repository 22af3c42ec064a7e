//! How far attention agrees with what is known of residues and of residue pairs.
//!
//! A [`Property`] labels each residue of a protein, or each ordered pair of residues, with one of
//! its classes, with none, or not at all: *undefined* is not "no". Built in are [`Contact`],
//! [`BindingSite`], [`Modification`], [`SecondaryStructure`] and [`AminoAcid`]; [`TrackFlags`] and
//! [`TrackClasses`] read any label track, and a type of your own can do anything else.
//!
//! Attention comes one layer at a time, after softmax, with the axes [head, from, to] and special
//! tokens cut: from is the residue that attends (query, row), to the one attended to (key, column),
//! and the weights from one residue sum to 1, less what went to special tokens. [`find_arcs`] picks
//! the weights over a threshold, the [`AttentionArc`]s. [`ArcCounts`] counts, for one property, the arcs of
//! each layer and head by class, and how common each class is to begin with; counts of parts of a
//! data set [merge](ArcCounts::merge) into those of the whole. [`agreement`] turns them into
//! [`AgreementRow`]s: counts, proportions, background, interval and test.
//!
//! The measure is that of Vig et al. 2021, equation 1: for a property f and a threshold t, the share
//! of the arcs with f among all arcs, Σ f(i, j) \[a(i, j) ≥ t\] / Σ \[a(i, j) ≥ t\], sums over all
//! pairs of residues of all proteins. Left out of the background, and of the second convention,
//! [`proportion_eligible`](AgreementRow::proportion_eligible), is what is undefined: pairs too near
//! along the chain to be contacts, residues that were not observed. Indices are 0-based throughout.
//!
//! ```
//! use protattn_io::{Protein, Track};
//! use protattn_metrics::ndarray::array;
//! use protattn_metrics::{AgreementOptions, ArcCounts, BindingSite, agreement, find_arcs, labels_of};
//!
//! // Four residues; the first binds a ligand, and of the last it is not known.
//! let mut protein = Protein::new("example", "MKHC")?;
//! let site = vec![Some(true), Some(false), Some(false), None];
//! protein.set_label("binding-site", Track::Flags(site))?;
//! let labels = labels_of(&BindingSite, &protein)?.expect("the protein has the track");
//!
//! // One layer, axes [head, from, to]; rows sum to 1.
//! let attention = array![
//!     [[0.9_f32, 0.1, 0.0, 0.0], [0.4, 0.4, 0.1, 0.1], [0.7, 0.0, 0.2, 0.1], [0.2, 0.2, 0.2, 0.4]],
//!     [[0.1, 0.2, 0.3, 0.4], [0.0, 0.0, 0.0, 1.0], [0.1, 0.8, 0.1, 0.0], [0.2, 0.2, 0.5, 0.1]],
//! ];
//! let mut arcs = Vec::new();
//! find_arcs(attention.view(), 0.3, &mut arcs)?; // five arcs in each head
//!
//! let mut counts = ArcCounts::new(&BindingSite, vec![0], 2)?;
//! counts.observe_protein(&labels, protein.len())?;
//! counts.observe_arcs(0, &arcs, &labels)?;
//!
//! let rows = agreement(&counts, &AgreementOptions::default().min_arcs(5));
//! assert_eq!(rows[0].background, 1.0 / 3.0); // one of three residues that are known
//! assert_eq!(rows[0].proportion, 3.0 / 5.0); // head 0: from 0, 1 and 2 to the site
//! assert_eq!(rows[0].proportion_eligible, 3.0 / 4.0); // its arc 3 to 3 is of unknown label
//! assert_eq!(rows[1].proportion, 0.0); // head 1 looks elsewhere
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Protein by protein
//!
//! [`ByProtein`] keeps the counts of each protein, packed. [`compare`] holds each head against the
//! background, against one matched to where the head looks ([`Strata`]) and against [`null`]
//! models, with the protein as the unit, and gives a [`Verdict`]: which head survives which.
//!
//! # Whole maps
//!
//! A [`Metric`] is a statistic of one attention map, without a threshold; [`MetricSums`] adds up what
//! it finds and tells how that varies over proteins. Built in are [`AttentionMass`], [`Entropy`],
//! [`AttentionDistance`], [`ContactPrecision`] (and [`HeadCombination`], of several heads) and
//! [`HeadAgreement`]; a type of your own stands beside them.
//!
//! # Statistics
//!
//! - [`Proportion`] has the intervals of Wald and of Wilson and the test of two proportions;
//!   [`bonferroni`] and [`benjamini_hochberg`] adjust p-values for many tests.
//! - [`Bootstrap`] resamples whole proteins. Arcs of a protein go together, so intervals and tests
//!   that take arcs as independent, those of [`agreement`] among them, promise too much; these do
//!   not. It takes the arcs of each protein, for any number of heads and classes at once.
//! - [`rank`] and [`rank_over_background`] put the best heads of a table first.
//! - [`LayerProfile`] says in which layers attention agrees with a class, and where the centre of
//!   gravity is (figure 4 of the paper).
//! - [`Similarity`] says how alike amino acids are to attention, against [`blosum62`] (figure 7);
//!   [`pearson`] and [`mantel`](fn@mantel) are what it is made of.
//! - [`StrongestArcs`] keeps the strongest of too many arcs, to be shown.
//! - [`scores`] holds the scores of predictions that probes report.
//!
//! # Tables
//!
//! [`AgreementRow`], [`ComparisonRow`], [`LayerRow`], [`SimilarityRow`], [`MetricRow`] and
//! [`ProteinRow`] are each the row of a table, declared by [`table!`](protattn_io::table!) with the
//! unit and meaning of each column. `protattn_io::parquet` writes and reads them.
//!
//! # The whole run
//!
//! | feature | adds | pulls in |
//! | --- | --- | --- |
//! | `model` | `align`: a model over many proteins, counted, compared, saved and resumed; `ArcSearch` | `protattn-model` |
//!
//! Nothing is random but by a seed that is passed in.
//!
//! J. Vig, A. Madani, L. R. Varshney, C. Xiong, R. Socher, N. F. Rajani, "BERTology Meets Biology:
//! Interpreting Attention in Protein Language Models", ICLR 2021, arXiv 2006.15222.

mod adjusted;
mod agreement;
#[cfg(feature = "model")]
pub mod align;
mod apc;
mod arc;
mod blosum62;
mod bootstrap;
mod by_protein;
mod checked;
mod comparison;
mod correlation;
mod counts;
mod error;
mod guard;
mod lanes;
mod layer_profile;
mod mantel;
mod metric;
mod normal;
pub mod null;
mod packed;
mod properties;
mod property;
mod proportion;
mod ranking;
mod rows;
pub mod scores;
mod similarity;
mod strata;
mod strongest;

pub use adjusted::benjamini_hochberg;
pub use agreement::{AgreementOptions, agreement};
pub use apc::{apc, symmetrized};
pub use arc::{find_arcs, join_directions};
pub use blosum62::blosum62;
pub use bootstrap::{Bootstrap, Estimate};
pub use by_protein::{ByProtein, ProteinCounts};
pub use comparison::{
    BACKGROUND, ComparisonOptions, Comparisons, MATCHED_BACKGROUND, Verdict, compare,
};
pub use correlation::{Correlation, pearson};
pub use counts::{ArcCounts, HeadCounts};
pub use error::Error;
pub use guard::guarded_labels;
pub use layer_profile::LayerProfile;
pub use mantel::{Mantel, mantel};
pub use metric::{
    AttentionDistance, AttentionMass, CombinedMaps, ContactPrecision, Entropy, HeadAgreement,
    HeadCombination, HeadValues, METRIC_NAMES, Metric, MetricError, MetricSums, Quantity, Subject,
    contact_precision, select_metrics,
};
pub use ndarray;
pub use properties::{
    AminoAcid, BindingSite, Contact, Modification, PROPERTY_NAMES, PropertyChoice, PropertyOptions,
    SecondaryStructure, TrackClasses, TrackFlags, by_name, property_of_track,
};
pub use property::{Labels, Property, PropertyError, labels_of};
pub use proportion::{Proportion, ZTest, bonferroni, two_sided_p};
pub use protattn_io::AttentionArc;
pub use ranking::{rank, rank_by_share, rank_over_background};
pub use rows::{
    AgreementRow, ComparisonRow, LayerRow, MetricRow, OBSERVED, ProteinRow, SimilarityRow,
};
pub use similarity::Similarity;
pub use strata::Strata;
#[cfg(feature = "model")]
pub use strongest::ArcSearch;
pub use strongest::{LocatedArc, StrongestArcs};

/// Runs the example of the README as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
