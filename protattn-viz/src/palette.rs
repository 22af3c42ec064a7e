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

/// The colour, as `#rrggbb`, of a share of the scale from 0 (light) to 1 (dark).
pub(crate) fn sequential(share: f64) -> String {
    let [red, green, blue] = sequential_rgb(share);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn sequential_rgb(share: f64) -> [u8; 3] {
    let last = SEQUENTIAL.len() - 1;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = (place.floor() as usize).min(last - 1);
    let weight = place - below as f64;
    std::array::from_fn(|channel| {
        let low = f64::from(SEQUENTIAL[below][channel]);
        let high = f64::from(SEQUENTIAL[below + 1][channel]);
        (low + weight * (high - low)).round() as u8
    })
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
    fn sequential_scale_darkens_all_the_way() {
        let greys: Vec<f64> = (0..=50)
            .map(|i| luminance(sequential_rgb(f64::from(i) / 50.0)))
            .collect();
        assert!(greys.windows(2).all(|pair| pair[1] < pair[0]), "{greys:?}");
        assert!(greys[0] > 0.9 && greys[50] < 0.03);
    }

    #[test]
    fn sequential_scale_clamps_and_meets_its_ends() {
        assert_eq!(sequential(-1.0), sequential(0.0));
        assert_eq!(sequential(0.0), "#f9fcee");
        assert_eq!(sequential(1.0), sequential(7.0));
    }

    #[test]
    fn error_bars_contrast_with_bars() {
        // Ink #1a1a1a on bar #7fb0d3: WCAG asks 3:1 of graphics.
        let contrast =
            (luminance([0x7f, 0xb0, 0xd3]) + 0.05) / (luminance([0x1a, 0x1a, 0x1a]) + 0.05);
        assert!(contrast > 3.0, "{contrast}");
    }
}
