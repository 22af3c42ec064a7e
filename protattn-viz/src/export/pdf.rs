use super::{PIXELS_PER_INCH, read, unreadable};
use crate::error::Result;
use svg2pdf::{ConversionOptions, PageOptions, to_pdf};

/// The figure as a PDF document of one page of its size.
///
/// Lines stay lines and text stays text, with the characters that occur of the font in the file:
/// it can be searched, copied and edited. There is no date in it.
///
/// # Errors
///
/// [`Error::Svg`](crate::Error::Svg) for text that is not SVG or nested too deep.
///
/// ```
/// use protattn_viz::{Bar, Figure, TopHeads, export};
///
/// let bars = [Bar { layer: 7, head: 11, value: 63.2, low: 60.1, high: 66.0 }];
/// let pdf = export::pdf(&TopHeads::new(&bars).to_svg()?)?;
/// assert!(pdf.starts_with(b"%PDF-1.7"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
pub fn pdf(svg: &str) -> Result<Vec<u8>> {
    let page = PageOptions {
        dpi: PIXELS_PER_INCH,
    };
    let tree = read(svg)?;
    to_pdf(&tree, ConversionOptions::default(), page).map_err(unreadable)
}
