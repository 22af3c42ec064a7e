//! Draws what attention heads look at, as SVG and HTML, from plain numbers and labels.
//!
//! Each [`Figure`] takes plain numbers and labels, and [`to_svg`](Figure::to_svg) gives the text of an
//! SVG document, sized for a journal column (85 or 175 mm), legible in grey and to the colour-blind:
//!
//! - of all heads: a [`HeadMap`] has a cell for each head and the best of each layer beside it;
//! - of the best heads: [`TopHeads`] has a bar for each, given as [`Bar`]s, and [`ModelComparison`]
//!   does so for several models ([`ModelPanel`]) on one scale;
//! - of layers: [`LayerProfiles`] has a panel ([`ProfilePanel`]) a property or task, with lines or
//!   bars of several series ([`Profile`]) and their centres of gravity;
//! - of comparisons: a [`Forest`] has rows ([`ForestRow`], in [`ForestGroup`]s) with intervals and
//!   marks of what they are held against, a [`Survival`] table a [`Verdict`] for each
//!   [`Comparison`], and [`GroupedDots`] has values of several series by [`DotGroup`];
//! - of pairs: [`MatrixPanels`] has many square maps ([`MatrixPanel`]) under one scale,
//!   [`Similarity`] two triangles and the points of their pairs, and a [`ContactMap`] predictions
//!   above the diagonal and contacts below.
//!
//! Values with intervals are [`Estimate`]s, where they are not bars. A [`Report`] puts figures,
//! [`Table`]s and words, by [`Section`], on one page that needs no other file.
//! [`structure`] shows attention in space, on the fold of a protein.
//!
//! Figures own their words and numbers, so rows and panels can be built in a closure; of arrays they
//! borrow a view. Values are in the unit that is printed: percent by default, and none for maps of
//! pairs. Layers and heads are 0-based as arguments and 1-based in every figure. The same input gives
//! the same bytes. Nothing is written to disk: what to do with the text is the caller's affair.
//!
//! ```
//! use protattn_viz::{Figure, HeadMap, ndarray::array};
//!
//! // [layer, head], in percent; NaN for a head with too few arcs to score.
//! let percent = array![[3.2, 4.1, 2.8], [5.0, f64::NAN, 6.3], [4.4, 44.7, 12.1]];
//! let svg = HeadMap::new(percent.view())
//!     .title("Attention on contacts")
//!     .value_label("% attention on contacts")
//!     .unscored_label("fewer than 100 arcs")
//!     .background(4.1)
//!     .to_svg()?;
//! assert!(svg.starts_with("<svg"));
//! assert!(svg.contains("<title>layer 3, head 2: 44.7%</title>"));
//! assert!(svg.contains(">fewer than 100 arcs</text>"));
//! # Ok::<(), protattn_viz::Error>(())
//! ```
//!
//! # Features
//!
//! None by default. `png` and `pdf` add the module `export`, which gives any figure in that format,
//! its text in a font that is compiled in.

mod contact_map;
mod error;
#[cfg(any(feature = "pdf", feature = "png"))]
pub mod export;
mod figure;
mod forest;
mod grouped_dots;
mod head_map;
mod labels;
mod layer_profiles;
mod layout;
mod marks;
mod matrix_panels;
mod model_comparison;
mod palette;
mod plot;
mod ranges;
mod report;
mod scale;
mod similarity;
pub mod structure;
mod survival;
mod svg;
mod text;
mod top_heads;

pub use contact_map::ContactMap;
pub use error::{Error, Result};
pub use figure::Figure;
pub use forest::{Forest, ForestGroup, ForestRow};
pub use grouped_dots::{DotGroup, GroupedDots};
pub use head_map::HeadMap;
pub use layer_profiles::{LayerProfiles, Profile, ProfilePanel};
pub use matrix_panels::{MatrixPanel, MatrixPanels};
pub use model_comparison::{ModelComparison, ModelPanel};
pub use ndarray;
pub use plot::Estimate;
pub use report::{Column, Report, Section, Table};
pub use similarity::Similarity;
pub use survival::{Comparison, Survival, Verdict};
pub use top_heads::{Bar, TopHeads};

/// Runs the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
