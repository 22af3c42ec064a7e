//! What all figures are.

use crate::error::Result;
use crate::labels::Labels;
use crate::layout::{self, Column};
use crate::svg::Svg;

/// A figure of this crate: plain numbers and words that become an SVG document.
///
/// Figures own their words and numbers, but for arrays, of which they borrow a view. A program can
/// take any of them as `&dyn Figure`; only this crate makes new kinds.
///
/// ```
/// use protattn_viz::{Bar, Figure, HeadMap, TopHeads, ndarray::array};
///
/// let percent = array![[1.5, 4.0], [2.0, 44.7]]; // [layer, head]
/// let map = HeadMap::new(percent.view()).title("Contacts");
/// let bar = Bar { layer: 1, head: 1, value: 44.7, low: 41.2, high: 48.3 };
/// let figures: [&dyn Figure; 2] = [&map, &TopHeads::new(&[bar])];
/// for figure in figures {
///     assert!(figure.to_svg()?.contains("layer 2, head 2: 44.7%"));
/// }
/// # Ok::<(), protattn_viz::Error>(())
/// ```
pub trait Figure: Draw {
    /// Draws the figure as an SVG document; as one that says so in words where there is nothing to
    /// draw.
    ///
    /// # Errors
    ///
    /// What is wrong with the numbers or how they do not fit together; each figure says which
    /// [`Error`](crate::Error)s it gives.
    fn to_svg(&self) -> Result<String> {
        self.check()?;
        let Labels { title, name, .. } = self.labels();
        if let Some(words) = self.nothing() {
            return Ok(layout::notice(title, name, words));
        }
        let mut svg = Svg::new();
        let height = self.draw(&mut svg);
        let title = layout::titled(title, name);
        Ok(svg.finish(self.column().width(), height, title, &self.description()))
    }
}

/// How each figure differs. Out of reach from outside, so that no figure can be made there.
pub trait Draw {
    /// Its words.
    fn labels(&self) -> &Labels;

    /// Refuses what cannot be drawn. Nothing else is called where this fails.
    fn check(&self) -> Result<()>;

    /// One or two sentences that say why there is nothing to draw, if so.
    fn nothing(&self) -> Option<[String; 2]> {
        None
    }

    /// How wide it is.
    fn column(&self) -> Column;

    /// Draws everything; gives the height of the figure.
    fn draw(&self, svg: &mut Svg) -> f64;

    /// What is to be seen, for those who cannot see it.
    fn description(&self) -> String;
}
