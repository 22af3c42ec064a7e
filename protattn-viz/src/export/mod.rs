//! Figures in the formats that journals and slides take: PNG and PDF.
//!
//! No font of the machine is looked at: text is set in DejaVu Sans, which is compiled in, so that a
//! figure looks the same everywhere. It is the widest of the fonts that the figures are laid out for,
//! so what fits on screen fits here. Characters that it lacks, such as Chinese ones, are left out.
//! Nothing outside the text of the SVG is read, pictures it refers to included.
//!
//! The same figure gives the same bytes as PNG. A PDF looks the same each time, but its fonts and
//! resources may come in another order.

#[cfg(feature = "pdf")]
mod pdf;
#[cfg(feature = "png")]
mod png;

use crate::error::{Error, Result};
#[cfg(feature = "pdf")]
pub use pdf::pdf;
#[cfg(feature = "png")]
pub use png::png;
use std::sync::{Arc, LazyLock};
use usvg::fontdb::{Database, Source};
use usvg::{ImageHrefResolver, Options, Tree};

/// CSS fixes it: 96 px to the inch, so a length in mm has its true size at this many.
const PIXELS_PER_INCH: f32 = 96.0;

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| Arc::new(fonts()));

/// The two faces, under each generic name: a list of families always ends in one.
fn fonts() -> Database {
    const FAMILY: &str = "DejaVu Sans";
    let mut fonts = Database::new();
    for face in [dejavu::sans::regular(), dejavu::sans::bold()] {
        fonts.load_font_source(Source::Binary(Arc::new(face)));
    }
    fonts.set_serif_family(FAMILY);
    fonts.set_sans_serif_family(FAMILY);
    fonts.set_monospace_family(FAMILY);
    fonts.set_cursive_family(FAMILY);
    fonts.set_fantasy_family(FAMILY);
    fonts
}

/// The SVG read, its lengths in px and its text laid out.
fn read(svg: &str) -> Result<Tree> {
    let options = Options {
        dpi: PIXELS_PER_INCH,
        fontdb: Arc::clone(&FONTS),
        image_href_resolver: ImageHrefResolver {
            resolve_data: ImageHrefResolver::default_data_resolver(),
            // By default it opens the file of that name.
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    Tree::from_str(svg, &options).map_err(unreadable)
}

fn unreadable(reason: impl std::fmt::Display) -> Error {
    Error::Svg {
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use usvg::{Node, Text};

    fn texts(svg: &str) -> Vec<Text> {
        let tree = read(svg).unwrap();
        let texts = tree.root().children().iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_ref().clone()),
            _ => None,
        });
        texts.collect()
    }

    #[test]
    fn every_family_is_the_one_compiled_in() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">\
            <text>a</text><text font-family=\"Helvetica, Arial, sans-serif\">a</text>\
            <text font-family=\"monospace\">a</text><text font-family=\"No Such\">a</text></svg>";
        let widths: Vec<f32> = texts(svg)
            .iter()
            .map(|text| text.bounding_box().width())
            .collect();
        assert_eq!(widths.len(), 4);
        assert!(widths[0] > 0.0);
        assert!(widths.iter().all(|&width| width == widths[0]), "{widths:?}");
    }

    #[test]
    fn the_font_has_what_figures_are_written_with() {
        let characters = "0189AZaz%–—−·×±≤≥≈′″ÅåéαβγδκσμΔ→†‡°²⁻¹∞…";
        for weight in ["normal", "bold"] {
            let svg = format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">\
                 <text font-weight=\"{weight}\">{characters}</text></svg>"
            );
            let text = &texts(&svg)[0];
            let glyphs = || {
                text.layouted()
                    .iter()
                    .flat_map(|span| &span.positioned_glyphs)
            };
            assert_eq!(glyphs().count(), characters.chars().count());
            let missing = glyphs().filter(|glyph| glyph.id.0 == 0);
            assert_eq!(missing.map(|glyph| &*glyph.text).collect::<String>(), "");
        }
    }

    #[test]
    fn pictures_of_other_files_are_not_opened() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/notice.svg");
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">\
             <image href=\"{file}\" width=\"9\" height=\"9\"/></svg>"
        );
        assert!(!read(&svg).unwrap().root().has_children());
    }
}
