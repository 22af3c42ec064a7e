//! Draws what attention heads look at, as SVG and HTML, from plain numbers and labels.
//!
//! Two figures: a [`HeadMap`] has a cell for each head and the best of each layer beside it, and
//! [`TopHeads`] has a bar for each of the best heads, given as [`Bar`]s. Both give text of an SVG
//! document sized for a journal column (85 or 175 mm), legible in grey and to the colour-blind. A
//! [`Report`] puts figures, [`Table`]s and words, by [`Section`], on one page that needs no other
//! file. [`structure`] shows attention in space, on the fold of a protein.
//!
//! Values are in the unit that is printed, percent by default. Layers and heads are 0-based as
//! arguments and 1-based in every figure. The same input gives the same bytes. Nothing is written
//! to disk: what to do with the text is the caller's affair.
//!
//! ```
//! use ndarray::array;
//! use protattn_viz::HeadMap;
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

mod error;
mod head_map;
mod layout;
mod palette;
mod report;
mod scale;
pub mod structure;
mod svg;
mod text;
mod top_heads;

pub use error::{Error, Result};
pub use head_map::HeadMap;
pub use ndarray;
pub use report::{Column, Report, Section, Table};
pub use top_heads::{Bar, TopHeads};

/// Runs the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
