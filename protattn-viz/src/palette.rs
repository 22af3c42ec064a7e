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
const SEQUENTIAL: [u32; 11] = [
    0xf9fcee, 0xcfeccc, 0xa0dabc, 0x72c6b3, 0x4aafad, 0x2c97a4, 0x217d96, 0x246484, 0x274c6c,
    0x243652, 0x1d2336,
];

/// As [`SEQUENTIAL`], from yellow over a grey in the middle to blue, so that a sign shows in colour
/// and an order in grey.
const DIVERGING: [u32; 11] = [
    0xffed7f, 0xf5d980, 0xdac481, 0xbfb081, 0xa49c82, 0x888888, 0x6a768a, 0x4f6285, 0x364f7e,
    0x1e3c75, 0x05276b,
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
        hex(self.rgb(share))
    }

    fn rgb(self, share: f64) -> Rgb {
        let stops = match self {
            Self::Sequential => &SEQUENTIAL,
            Self::Diverging => &DIVERGING,
        };
        gradient(stops, share)
    }
}

/// A colour, as red, green and blue.
pub(crate) type Rgb = [u8; 3];

/// The colour that is written `#rrggbb`, from the number `0xrrggbb`.
pub(crate) const fn rgb(number: u32) -> Rgb {
    let [_, red, green, blue] = number.to_be_bytes();
    [red, green, blue]
}

/// `#rrggbb`
pub(crate) fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The colour `share` of the way from `a` to `b`.
pub(crate) fn mix(a: Rgb, b: Rgb, share: f64) -> Rgb {
    std::array::from_fn(|i| {
        let (a, b) = (f64::from(a[i]), f64::from(b[i]));
        (a + (b - a) * share.clamp(0.0, 1.0)).round() as u8
    })
}

/// The colour `share` of the way along stops (`0xrrggbb`) at equal distances.
pub(crate) fn gradient(stops: &[u32], share: f64) -> Rgb {
    let last = stops.len() - 1;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = (place as usize).min(last - 1);
    mix(
        rgb(stops[below]),
        rgb(stops[below + 1]),
        place - below as f64,
    )
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

    #[test]
    fn colours_mix() {
        assert_eq!(mix([0, 100, 200], [100, 0, 200], 0.25), [25, 75, 200]);
        assert_eq!(hex([1, 0xab, 255]), "#01abff");
    }
}
