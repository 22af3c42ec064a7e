use crate::{head_map, top_heads};
use protattn_viz::{Error, Figure, HeadMap, TopHeads, export};

fn figure() -> String {
    let values = head_map::values(6, 8);
    let map = HeadMap::new(values.view())
        .title("Residues < 8 Å apart, α–β′")
        .background(4.3);
    map.to_svg().unwrap()
}

/// A chart without a title, and its size in millimetres.
fn chart() -> (String, [f64; 2]) {
    let svg = TopHeads::new(&top_heads::bars(3)).to_svg().unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let size = ["width", "height"].map(|name| {
        let length = document.root_element().attribute(name).unwrap();
        length.strip_suffix("mm").unwrap().parse().unwrap()
    });
    (svg, size)
}

const BROKEN: [&str; 5] = [
    "",
    "no markup",
    "<svg",
    "<svg xmlns=\"http://www.w3.org/2000/svg\"><g></svg>",
    "<html></html>",
];

#[cfg(feature = "png")]
mod png {
    use super::*;
    use ::png::{Decoder, PixelDimensions, Unit};

    /// Size, pixels as RGBA, and the size that the picture says it has.
    fn decoded(bytes: &[u8]) -> ((u32, u32), Vec<u8>, Option<PixelDimensions>) {
        let mut reader = Decoder::new(bytes).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size()];
        reader.next_frame(&mut pixels).unwrap();
        let info = reader.info();
        ((info.width, info.height), pixels, info.pixel_dims)
    }

    fn square(body: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"25.4mm\" height=\"50.8mm\" \
             viewBox=\"0 0 72 144\">{body}</svg>"
        )
    }

    #[test]
    fn size_is_that_of_the_figure_at_the_resolution() {
        for (dots_per_inch, expected, per_metre) in
            [(96.0, (96, 192), 3780), (300.0, (300, 600), 11811)]
        {
            let (size, _, dimensions) = decoded(&export::png(&square(""), dots_per_inch).unwrap());
            assert_eq!(size, expected);
            let dimensions = dimensions.unwrap();
            assert_eq!((dimensions.xppu, dimensions.yppu), (per_metre, per_metre));
            assert_eq!(dimensions.unit, Unit::Meter);
        }
        let (chart, [width, height]) = chart();
        let (size, pixels, _) = decoded(&export::png(&chart, 600.0).unwrap());
        let expected = [width, height].map(|length| (length / 25.4 * 600.0).round() as u32);
        assert_eq!([size.0, size.1], expected);
        assert!(
            pixels.chunks(4).all(|pixel| pixel[3] == 255),
            "edges are covered"
        );
    }

    #[test]
    fn shapes_are_where_they_are_drawn_and_colours_are_kept() {
        let svg = square(
            "<rect width=\"36\" height=\"144\" fill=\"#204060\"/>\
             <rect x=\"36\" width=\"36\" height=\"72\" fill=\"#204060\" opacity=\"0.5\"/>",
        );
        let (_, pixels, _) = decoded(&export::png(&svg, 96.0).unwrap());
        let pixel = |x: usize, y: usize| &pixels[4 * (y * 96 + x)..][..4];
        assert_eq!(pixel(20, 150), [0x20, 0x40, 0x60, 0xff]);
        assert_eq!(pixel(70, 150), [0, 0, 0, 0]);
        let half = pixel(70, 40);
        for (found, expected) in half.iter().zip([0x20_u8, 0x40, 0x60, 0x80]) {
            assert!(found.abs_diff(expected) <= 1, "{half:?}");
        }
    }

    #[test]
    fn every_line_of_text_is_drawn() {
        let svg = figure();
        let (_, whole, _) = decoded(&export::png(&svg, 96.0).unwrap());
        let lines: Vec<&str> = svg
            .lines()
            .filter(|line| line.starts_with("<text"))
            .collect();
        assert!(lines.len() > 20);
        for line in lines {
            let (_, without, _) = decoded(&export::png(&svg.replacen(line, "", 1), 96.0).unwrap());
            let changed = whole
                .chunks(4)
                .zip(without.chunks(4))
                .filter(|(a, b)| a != b);
            assert!(changed.count() > 5, "{line}");
        }
    }

    #[test]
    fn the_same_figure_gives_the_same_bytes() {
        let svg = figure();
        let png = || export::png(&svg, 150.0).unwrap();
        assert_eq!(png(), png());
    }

    #[test]
    fn pictures_too_large_to_hold_are_refused() {
        let wide = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1e20\" height=\"1\"/>";
        let refused = |svg: &str, dots_per_inch: f64| {
            matches!(export::png(svg, dots_per_inch), Err(Error::Pixels { .. }))
        };
        for dots_per_inch in [0.0, -1.0, 1e-9, 1e9, f64::NAN, f64::INFINITY] {
            assert!(refused(&square(""), dots_per_inch), "{dots_per_inch}");
        }
        assert!(refused(wide, 96.0));
        // One inch by two: 7,072 by 14,144 are just above 100 million.
        assert!(refused(&square(""), 7072.0));
        let error = export::png(&square(""), 9600.0).unwrap_err();
        let expected = "the picture would be 9600 by 19200 pixels, expected 1 to 100000000 in all";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn broken_figures_are_named() {
        for svg in BROKEN {
            let error = export::png(svg, 96.0).unwrap_err();
            assert!(matches!(error, Error::Svg { .. }), "{svg}: {error}");
        }
    }
}

#[cfg(feature = "pdf")]
mod pdf {
    use super::*;

    fn find(bytes: &[u8], words: &str) -> usize {
        bytes
            .windows(words.len())
            .filter(|window| *window == words.as_bytes())
            .count()
    }

    #[test]
    fn there_is_one_page_of_the_size_of_the_figure() {
        let (chart, [width, height]) = chart();
        let pdf = export::pdf(&chart).unwrap();
        assert!(pdf.starts_with(b"%PDF-1."));
        assert!(pdf.trim_ascii_end().ends_with(b"%%EOF"));
        assert_eq!(find(&pdf, "/Type /Page\n"), 1);
        let text = String::from_utf8_lossy(&pdf);
        let media_box = text.split("/MediaBox [").nth(1).unwrap();
        let numbers: Vec<f64> = media_box
            .split(']')
            .next()
            .unwrap()
            .split_whitespace()
            .map(|number| number.parse().unwrap())
            .collect();
        let expected = [0.0, 0.0, width, height].map(|length| length / 25.4 * 72.0);
        assert_eq!(numbers.len(), 4);
        for (found, expected) in numbers.iter().zip(expected) {
            assert!((found - expected).abs() < 0.01, "{numbers:?}");
        }
    }

    #[test]
    fn text_stays_text_in_the_font_of_the_crate() {
        let pdf = export::pdf(&figure()).unwrap();
        assert!(find(&pdf, "+DejaVuSans\n") > 0 && find(&pdf, "+DejaVuSans-Bold\n") > 0);
        assert_eq!(find(&pdf, "/FontFile2"), 2, "regular and bold");
        assert!(
            pdf.len() < 100_000,
            "only what occurs of the fonts: {}",
            pdf.len()
        );
    }

    #[test]
    fn no_date_is_in_it() {
        assert_eq!(find(&export::pdf(&figure()).unwrap(), "Date"), 0);
    }

    #[test]
    fn broken_figures_are_named() {
        for svg in BROKEN {
            let error = export::pdf(svg).unwrap_err();
            assert!(matches!(error, Error::Svg { .. }), "{svg}: {error}");
        }
    }
}
