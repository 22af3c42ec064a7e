//! Attention on structures: a still picture, a page that turns, and scripts for molecular viewers.
//!
//! A [`View`] joins [`Residue`]s, which have a name and where they were observed a Cα position, and
//! [`ResidueArc`]s, each the attention of one residue to another. It gives
//!
//! | method | gives |
//! | --- | --- |
//! | [`to_svg`](View::to_svg) | a picture for print: ribbons with tubes for the arcs |
//! | [`to_html`](View::to_html) | the same in one file that turns under the mouse and needs no network |
//! | [`sequence_svg`](View::sequence_svg) | arcs over the letters of a region |
//! | [`to_mvsj`](View::to_mvsj) | MolViewSpec, which Mol* opens |
//! | [`to_chimerax`](View::to_chimerax), [`to_pseudobonds`](View::to_pseudobonds) | a ChimeraX script and its pseudobonds |
//! | [`to_pymol`](View::to_pymol) | a PyMOL script |
//! | [`to_csv`](View::to_csv) | a table of the arcs |
//!
//! and a [`HeadsOverview`] shows the arcs of every head at once. In all but that one the width of an arc is
//! its attention; contacts are solid and orange, pairs that are no contact blue and dashed, pairs for
//! which that is undefined grey and dotted, and a directed arc has an arrowhead. ChimeraX has dashes for
//! all pseudobonds of a file or none, so there colour alone tells, and it has no arrowheads; nor has the
//! script for PyMOL. Residues and arcs are 0-based as arguments; residues are shown by their author
//! numbers, layers and heads from 1.
//!
//! ```
//! use protattn_viz::structure::{ResidueArc, Residue, View};
//!
//! // Five residues on a bend, and attention between its ends.
//! let residues: Vec<Residue> = (0..5u8)
//!     .map(|i| Residue {
//!         ca: Some([3.0 * f32::from(i), 2.5 * f32::from((i * 2).abs_diff(4)), 0.0]),
//!         ..Residue::new("A", 10 + i32::from(i), 'G')
//!     })
//!     .collect();
//! let arcs = [ResidueArc { contact: Some(false), distance: Some(12.0), ..ResidueArc::new(0, 4, 0.45) }];
//! let view = View::new(&residues, &arcs)?.title("Head 8-12");
//! assert!(view.to_svg().starts_with("<svg"));
//! assert!(view.to_html().starts_with("<!DOCTYPE html>"));
//! assert_eq!(view.to_csv().lines().nth(1), Some("A,10,,G,A,14,,G,0.45,12,false,,"));
//! # Ok::<(), protattn_viz::Error>(())
//! ```

mod colour;
mod json;
mod keys;
mod model;
mod orientation;
mod overview;
mod page;
mod sequence;
mod still;
mod trace;
mod vector;
mod viewers;

pub use colour::Colouring;
pub use model::{Residue, ResidueArc, SecondaryStructure};
pub use overview::HeadsOverview;
pub use viewers::{FileFormat, StructureFile};

use crate::error::Result;
use crate::labels::owned;
use crate::layout;
use colour::Scheme;
use orientation::Orientation;
use trace::Trace;
use vector::Vector;

/// Attention between the residues of a structure.
///
/// What has no place in space is left out of pictures of space, and the legend says so: residues that
/// were not observed, and arcs to and from them. Breaks within a chain are dotted.
#[derive(Debug, Clone)]
#[must_use]
pub struct View<'a> {
    residues: &'a [Residue],
    arcs: &'a [ResidueArc],
    title: String,
    notes: Vec<String>,
    colouring: Colouring,
    turn: [f64; 3],
    wide: bool,
    /// The attention that is drawn at full width.
    full_attention: f64,
}

impl<'a> View<'a> {
    /// A view of `residues`, of one chain or several, and `arcs` between them.
    ///
    /// # Errors
    ///
    /// [`Error::Position`](crate::Error::Position) for a position that is not finite,
    /// [`Error::Outside`](crate::Error::Outside) for an arc from or to no residue,
    /// [`Error::Outside`](crate::Error::Outside) for attention that is not from 0 to 1 or a distance that is
    /// not from 0 to 10,000 Å.
    pub fn new(residues: &'a [Residue], arcs: &'a [ResidueArc]) -> Result<Self> {
        model::check_residues(residues)?;
        model::check_arcs(arcs, residues.len())?;
        Ok(Self {
            residues,
            arcs,
            title: String::new(),
            notes: Vec::new(),
            colouring: Colouring::default(),
            turn: [0.0; 3],
            wide: false,
            full_attention: full_attention(arcs),
        })
    }

    /// The title of the picture and of the page; none by default.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// What else there is to say, a sentence each; it stands below pictures, in the page, and in comments
    /// of the scripts for ChimeraX and PyMOL. Nothing by default.
    pub fn notes(mut self, notes: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.notes = owned(notes);
        self
    }

    /// What the colours of the chain tell; secondary structure by default. The page can change it.
    pub fn colouring(mut self, colouring: Colouring) -> Self {
        self.colouring = colouring;
        self
    }

    /// Turns the molecule by degrees about the x (to the right), then y (up), then z axis (to the
    /// reader) of the picture, from where its principal axes put it: the longest lies from left to
    /// right, the shortest points to the reader, and the first residue is to the left and at the top.
    pub fn rotate(mut self, x: f64, y: f64, z: f64) -> Self {
        // A turn that is not a number is none.
        self.turn = [x, y, z].map(|angle| if angle.is_finite() { angle } else { 0.0 });
        self
    }

    /// Makes the picture 175 mm wide instead of 85.
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// The Cα positions as they lie in the picture, in Å.
    fn positions(&self) -> Vec<Option<Vector>> {
        let position = |residue: &Residue| residue.ca.map(|ca| ca.map(f64::from));
        let positions: Vec<Option<Vector>> = self.residues.iter().map(position).collect();
        let observed: Vec<Vector> = positions.iter().flatten().copied().collect();
        let orientation = Orientation::of(&observed, self.turn);
        let turned = positions
            .into_iter()
            .map(|p| p.map(|p| orientation.apply(p)));
        turned.collect()
    }

    fn trace(&self, steps: usize) -> Trace {
        Trace::new(self.residues, &self.positions(), steps)
    }

    fn scheme(&self) -> Scheme {
        Scheme::new(self.colouring, self.residues)
    }

    /// The title, or what stands in for it where it has to have one.
    fn name(&self) -> &str {
        layout::titled(&self.title, "Attention on a structure")
    }

    /// The arcs that have a place in space: between two residues that were observed.
    fn placed(&self) -> impl Iterator<Item = &'a ResidueArc> {
        let residues = self.residues;
        let seen = move |end: usize| residues[end].ca.is_some();
        let placed = move |arc: &&ResidueArc| arc.from != arc.to && seen(arc.from) && seen(arc.to);
        self.arcs.iter().filter(placed)
    }

    /// Radius of the tube of an arc in Å, proportional to its attention.
    fn radius(&self, attention: f64) -> f64 {
        (MAX_RADIUS * attention / self.full_attention).clamp(MIN_RADIUS, MAX_RADIUS)
    }
}

/// Radius, in Å, of an arc at full width, and of the thinnest.
const MAX_RADIUS: f64 = 0.6;
const MIN_RADIUS: f64 = 0.06;
/// Length of an arrowhead, in Å.
const ARROWHEAD: f64 = 2.4;

/// A round number that the attention of no arc exceeds.
fn full_attention(arcs: &[ResidueArc]) -> f64 {
    let most = arcs.iter().map(|arc| arc.attention).fold(0.0, f32::max);
    let steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
    let fits = |step: &f64| f64::from(most) <= *step;
    steps.into_iter().find(fits).unwrap_or(1.0)
}

/// Length and half the width, in Å, of the head of an arrow of that length and radius.
fn arrowhead(whole: f64, radius: f64) -> (f64, f64) {
    (ARROWHEAD.min(whole / 2.0), (radius * 2.4).max(0.7))
}
