/// Why a figure or a page could not be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The array has no layers or no heads.
    #[error(
        "head map values have {layers} layers and {heads} heads, expected at least one of each"
    )]
    Empty {
        /// Length of the layer axis.
        layers: usize,
        /// Length of the head axis.
        heads: usize,
    },
    /// A number lies outside the range that can be drawn.
    #[error("{what} is {value}, expected {low} to {high}")]
    Outside {
        /// Which number, with layer and head (1-based) where it has them.
        what: String,
        /// The number found.
        value: f64,
        /// The smallest number allowed.
        low: f64,
        /// The largest number allowed.
        high: f64,
    },
    /// An interval does not contain its value, or has one end only.
    #[error("interval of {what} is {low} to {high}, expected it to contain the value {value}")]
    Estimate {
        /// Which interval.
        what: String,
        /// The value found.
        value: f64,
        /// Lower end found.
        low: f64,
        /// Upper end found.
        high: f64,
    },
    /// There are too many or too few of something to draw legibly.
    #[error("{found} {what}, expected {min} to {max}")]
    Count {
        /// What is counted, in the plural.
        what: String,
        /// The number found.
        found: usize,
        /// The smallest number allowed.
        min: usize,
        /// The largest number allowed.
        max: usize,
    },
    /// Two lengths that belong together differ.
    #[error("{what}: found {found}, expected {expected}")]
    Length {
        /// What has the length.
        what: String,
        /// The length expected.
        expected: usize,
        /// The length found.
        found: usize,
    },
    /// A figure handed to a report is not an SVG document.
    #[error(
        "figure {figure} of the report is not an SVG document, expected text from <svg to </svg>"
    )]
    NotSvg {
        /// Position among the figures of the report, 1-based.
        figure: usize,
    },
    /// Text handed to `export` is not SVG that can be drawn.
    #[error("the figure cannot be drawn: {reason}")]
    Svg {
        /// What is wrong with it, and where.
        reason: String,
    },
    /// A picture would have no pixels, or too many to hold.
    #[error("the picture would be {width} by {height} pixels, expected 1 to {max} in all")]
    Pixels {
        /// Pixels from left to right; NaN or infinite where the dots per inch are.
        width: f64,
        /// Pixels from top to bottom.
        height: f64,
        /// The largest number of pixels allowed.
        max: u32,
    },
    /// The position of a residue is not finite.
    #[error("position of residue {residue} is {found:?}, expected finite numbers")]
    Position {
        /// Name of the residue.
        residue: String,
        /// The position found, in Å.
        found: [f32; 3],
    },
    /// A name cannot be written in a script, whose language has no way to quote it.
    #[error(
        "{what} {found:?} cannot be written in a ChimeraX script, expected letters and digits, or a \
         path without quotes"
    )]
    Unwritable {
        /// What it is the name of.
        what: &'static str,
        /// The name found.
        found: String,
    },
    /// An arc or a mark is of no head of the overview.
    #[error(
        "{what} is of {found:?} (layer, head), expected one of {layers} layers by {heads} heads"
    )]
    NoHead {
        /// What it is that has the head.
        what: String,
        /// Layer and head (0-based), if any.
        found: Option<(usize, usize)>,
        /// The number of layers.
        layers: usize,
        /// The number of heads a layer.
        heads: usize,
    },
}

/// What the functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Refuses a number of things that does not lie from `min` to `max`.
pub(crate) fn check_count(what: &str, found: usize, min: usize, max: usize) -> Result<()> {
    if (min..=max).contains(&found) {
        return Ok(());
    }
    Err(Error::Count {
        what: what.to_owned(),
        found,
        min,
        max,
    })
}

/// Refuses a length other than the expected one.
pub(crate) fn check_length(
    what: impl FnOnce() -> String,
    found: usize,
    expected: usize,
) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::Length {
        what: what(),
        expected,
        found,
    })
}
