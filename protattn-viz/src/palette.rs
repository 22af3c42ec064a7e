//! Colours that survive colour blindness and a grey printer.

/// Text, axes and error bars.
pub(crate) const INK: &str = "#1a1a1a";
/// Bars: light enough for black error bars and dashed lines to show on them.
pub(crate) const BAR: &str = "#7fb0d3";
/// Ground of a cell without a value; the stroke across it tells it from a low value in grey.
pub(crate) const UNSCORED: &str = "#e3e3e3";
/// The stroke across a cell without a value.
pub(crate) const UNSCORED_STROKE: &str = "#777777";
/// Page ground, and what sets a line off from a dark one.
pub(crate) const PAPER: &str = "#ffffff";

/// Colours of series, darker and lighter in turn so that neighbours differ in grey too.
///
/// Each has a contrast of at least 2 to 1 with the page; marks and dashes tell apart what colours
/// leave alike.
const SERIES: [&str; MAX_SERIES] = [
    "#1c4f82", "#e58a1f", "#1d7a5f", "#c878b4", "#333333", "#4fa8dc", "#8a3b12", "#a59a1c",
];
/// How many series a figure can tell apart.
pub(crate) const MAX_SERIES: usize = 8;

/// The colour of a series, 0-based; from the ninth on they come again.
pub(crate) fn series(index: usize) -> &'static str {
    SERIES[index % MAX_SERIES]
}

/// Equal steps of falling lightness from near white to near black; `tests/palette.py` makes it.
const SEQUENTIAL: [[u8; 3]; 11] = [
    [0xf9, 0xfc, 0xee],
    [0xcf, 0xec, 0xcc],
    [0xa0, 0xda, 0xbc],
    [0x72, 0xc6, 0xb3],
    [0x4a, 0xaf, 0xad],
    [0x2c, 0x97, 0xa4],
    [0x21, 0x7d, 0x96],
    [0x24, 0x64, 0x84],
    [0x27, 0x4c, 0x6c],
    [0x24, 0x36, 0x52],
    [0x1d, 0x23, 0x36],
];

/// As [`SEQUENTIAL`], from yellow over a grey in the middle to blue, so that a sign shows in colour
/// and an order in grey.
const DIVERGING: [[u8; 3]; 11] = [
    [0xff, 0xed, 0x7f],
    [0xf5, 0xd9, 0x80],
    [0xda, 0xc4, 0x81],
    [0xbf, 0xb0, 0x81],
    [0xa4, 0x9c, 0x82],
    [0x88, 0x88, 0x88],
    [0x6a, 0x76, 0x8a],
    [0x4f, 0x62, 0x85],
    [0x36, 0x4f, 0x7e],
    [0x1e, 0x3c, 0x75],
    [0x05, 0x27, 0x6b],
];

/// A scale of colours that darkens all the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ramp {
    /// For values of one sign, from near white.
    Sequential,
    /// For values about 0, which is grey.
    Diverging,
}

impl Ramp {
    /// The colour, as `#rrggbb`, of a share of the scale from 0 (light) to 1 (dark).
    pub(crate) fn colour(self, share: f64) -> String {
        let [red, green, blue] = self.rgb(share);
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    fn rgb(self, share: f64) -> [u8; 3] {
        let stops = match self {
            Self::Sequential => &SEQUENTIAL,
            Self::Diverging => &DIVERGING,
        };
        let last = stops.len() - 1;
        let place = share.clamp(0.0, 1.0) * last as f64;
        let below = (place.floor() as usize).min(last - 1);
        let weight = place - below as f64;
        std::array::from_fn(|channel| {
            let low = f64::from(stops[below][channel]);
            let high = f64::from(stops[below + 1][channel]);
            (low + weight * (high - low)).round() as u8
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance of the sRGB standard (IEC 61966-2-1), as WCAG 2 uses it.
    fn luminance(rgb: [u8; 3]) -> f64 {
        let linear = rgb.map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    #[test]
    fn scales_darken_all_the_way() {
        for ramp in [Ramp::Sequential, Ramp::Diverging] {
            let greys: Vec<f64> = (0..=50)
                .map(|i| luminance(ramp.rgb(f64::from(i) / 50.0)))
                .collect();
            assert!(greys.windows(2).all(|pair| pair[1] < pair[0]), "{greys:?}");
            assert!(greys[0] > 0.8 && greys[50] < 0.03);
        }
    }

    #[test]
    fn scales_clamp_and_meet_their_ends() {
        for (ramp, light) in [(Ramp::Sequential, "#f9fcee"), (Ramp::Diverging, "#ffed7f")] {
            assert_eq!(ramp.colour(-1.0), ramp.colour(0.0));
            assert_eq!(ramp.colour(0.0), light);
            assert_eq!(ramp.colour(1.0), ramp.colour(7.0));
        }
        assert_eq!(Ramp::Diverging.colour(0.5), "#888888");
    }

    #[test]
    fn series_contrast_with_the_page() {
        for colour in SERIES {
            let channel = |i: usize| u8::from_str_radix(&colour[i..i + 2], 16).unwrap_or(255);
            let contrast = 1.05 / (luminance([channel(1), channel(3), channel(5)]) + 0.05);
            assert!(contrast > 2.0, "{colour}: {contrast}");
        }
    }

    #[test]
    fn error_bars_contrast_with_bars() {
        // Ink #1a1a1a on bar #7fb0d3: WCAG asks 3:1 of graphics.
        let contrast =
            (luminance([0x7f, 0xb0, 0xd3]) + 0.05) / (luminance([0x1a, 0x1a, 0x1a]) + 0.05);
        assert!(contrast > 3.0, "{contrast}");
    }
}
