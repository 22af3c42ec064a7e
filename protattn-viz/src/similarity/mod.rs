//! How alike two kinds of similarity of amino acids are.

mod draw;

use crate::labels::{Labels, owned, setters};
use crate::layout::{self};
use crate::plot::{known, reach};
use crate::scale::signed;
use ndarray::ArrayView2;

/// Two similarities of the same things, such as amino acids by attention and by BLOSUM62: one
/// below the diagonal of a square map and one above it, each with its colour bar, and beside it
/// each pair as a point.
///
/// Both scales run from yellow over grey (0) to blue and are as long to either side of 0. Only the
/// pairs of different things are drawn. The figure is 175 mm wide. The method's paper (Vig et al.,
/// ICLR 2021, figure 7) makes this comparison.
///
/// ```
/// use protattn_viz::{Figure, Similarity, ndarray::array};
///
/// let nan = f64::NAN;
/// let attention = array![[1.0, 0.5, 0.1], [0.5, 1.0, nan], [0.1, nan, 1.0]];
/// let blosum62 = array![[4.0, -1.0, -2.0], [-1.0, 5.0, 0.0], [-2.0, 0.0, 6.0]];
/// let svg = Similarity::new(["A", "R", "N"], attention.view(), blosum62.view())
///     .value_labels("Correlation of attention", "BLOSUM62")
///     .correlation(0.73, 2e-6)
///     .to_svg()?;
/// assert!(svg.contains("<title>A and R, Correlation of attention: 0.500</title>"));
/// assert!(svg.contains(">r = 0.73, p = 2.0e\u{2212}6, n = 2</text>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Count`](crate::Error::Count) for fewer than 2 labels or more than 30,
/// [`Error::Length`](crate::Error::Length) for an array that is not as long as the labels on
/// both axes, [`Error::Outside`](crate::Error::Outside) for a number farther than a million
/// from 0 or infinite, r outside -1 to 1 or p outside 0 to 1.
#[derive(Debug, Clone)]
#[must_use]
pub struct Similarity<'a> {
    things: Vec<String>,
    below: ArrayView2<'a, f64>,
    above: ArrayView2<'a, f64>,
    labels: Labels,
    value_labels: [String; 2],
    correlation: Option<(f64, f64)>,
}

impl<'a> Similarity<'a> {
    /// Similarities of 2 to 30 things with short labels.
    ///
    /// Both have the axes [thing, thing] in the order of the labels and any numbers within a
    /// million of 0, or NaN where undefined. Of `below` only the triangle below the diagonal is
    /// read, of `above` only that above it.
    pub fn new(
        labels: impl IntoIterator<Item = impl AsRef<str>>,
        below: ArrayView2<'a, f64>,
        above: ArrayView2<'a, f64>,
    ) -> Self {
        Self {
            things: owned(labels),
            below,
            above,
            labels: Labels::new("Similarity", "", ""),
            value_labels: ["Below", "Above"].map(|place| format!("{place} the diagonal")),
            correlation: None,
        }
    }

    setters!(title);

    /// What is shown below and above the diagonal; by default just that.
    pub fn value_labels(mut self, below: impl Into<String>, above: impl Into<String>) -> Self {
        self.value_labels = [below.into(), above.into()];
        self
    }

    /// The correlation of the two over the pairs that are defined in both, from -1 to 1, and its
    /// p-value, from 0 to 1 (NaN: not known), to be printed beside the number of pairs; none by
    /// default, or for an r that is NaN.
    pub fn correlation(mut self, r: f64, p: f64) -> Self {
        self.correlation = known(r).map(|r| (r, p));
        self
    }

    /// Places with i < j, and the values above and below the diagonal, where both are defined.
    fn pairs(&self) -> impl Iterator<Item = (usize, usize, f64, f64)> + '_ {
        let n = self.things.len();
        let places = (0..n).flat_map(move |i| (i + 1..n).map(move |j| (i, j)));
        let pairs = places.map(|(i, j)| (i, j, self.above[[i, j]], self.below[[j, i]]));
        pairs.filter(|(.., above, below)| !above.is_nan() && !below.is_nan())
    }

    /// The values that are read of an array, and their places.
    fn triangle(&self, is_below: bool) -> impl Iterator<Item = ((usize, usize), f64)> + '_ {
        let values = if is_below { &self.below } else { &self.above };
        let cells = values.indexed_iter().map(|(place, &value)| (place, value));
        cells.filter(move |((i, j), _)| i != j && (i > j) == is_below)
    }

    /// The numbers that the scale of a triangle must hold.
    fn reach(&self, is_below: bool) -> (f64, f64) {
        let values = self.triangle(is_below).map(|(_, value)| value);
        let (low, high) = reach(values).unwrap_or_default();
        layout::about_zero(low, high)
    }

    /// `r = 0.73, p = 2.0e−6, n = 190`
    fn statistics(&self) -> String {
        let n = format!("n = {}", self.pairs().count());
        let Some((r, p)) = self.correlation else {
            return n;
        };
        let r = signed(&format!("{r:.2}"));
        let p = match p {
            p if p.is_nan() => String::new(),
            p if p < 1e-300 => "p < 1e\u{2212}300, ".to_owned(),
            p if p < 0.001 => format!("p = {}, ", signed(&format!("{p:.1e}"))),
            p => format!("p = {p:.3}, "),
        };
        format!("r = {r}, {p}{n}")
    }
}
