//! How alike two kinds of similarity of amino acids are.

mod draw;

use crate::error::{Result, check_count, check_length};
use crate::layout::{self, Column};
use crate::plot::{known, reach};
use crate::scale::{check_signed, check_within, signed};
use crate::svg::Svg;
use ndarray::ArrayView2;

const MIN_LABELS: usize = 2;
const MAX_LABELS: usize = 30;

/// Two similarities of the same things, such as amino acids by attention and by BLOSUM62: one
/// below the diagonal of a square map and one above it, each with its colour bar, and beside it
/// each pair as a point.
///
/// Both scales run from yellow over grey (0) to blue and are as long to either side of 0. Only the
/// pairs of different things are drawn. The figure is 175 mm wide. The method's paper (Vig et al.,
/// ICLR 2021, figure 7) makes this comparison.
///
/// ```
/// use ndarray::array;
/// use protattn_viz::Similarity;
///
/// let nan = f64::NAN;
/// let attention = array![[1.0, 0.5, 0.1], [0.5, 1.0, nan], [0.1, nan, 1.0]];
/// let blosum62 = array![[4.0, -1.0, -2.0], [-1.0, 5.0, 0.0], [-2.0, 0.0, 6.0]];
/// let svg = Similarity::new(&["A", "R", "N"], attention.view(), blosum62.view())
///     .value_labels("Correlation of attention", "BLOSUM62")
///     .correlation(0.73, 2e-6)
///     .to_svg()?;
/// assert!(svg.contains("<title>A and R, Correlation of attention: 0.500</title>"));
/// assert!(svg.contains(">r = 0.73, p = 2.0e\u{2212}6, n = 2</text>"));
/// # Ok::<(), protattn_viz::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Similarity<'a> {
    labels: &'a [&'a str],
    below: ArrayView2<'a, f64>,
    above: ArrayView2<'a, f64>,
    title: &'a str,
    value_labels: [&'a str; 2],
    correlation: Option<(f64, f64)>,
}

impl<'a> Similarity<'a> {
    /// Similarities of 2 to 30 things with short labels.
    ///
    /// Both have the axes [thing, thing] in the order of the labels and any numbers within a
    /// million of 0, or NaN where undefined. Of `below` only the triangle below the diagonal is
    /// read, of `above` only that above it.
    pub fn new(
        labels: &'a [&'a str],
        below: ArrayView2<'a, f64>,
        above: ArrayView2<'a, f64>,
    ) -> Self {
        Self {
            labels,
            below,
            above,
            title: "",
            value_labels: ["Below the diagonal", "Above the diagonal"],
            correlation: None,
        }
    }

    /// The title above the figure; none by default.
    pub fn title(mut self, title: &'a str) -> Self {
        self.title = title;
        self
    }

    /// What is shown below and above the diagonal; by default just that.
    pub fn value_labels(mut self, below: &'a str, above: &'a str) -> Self {
        self.value_labels = [below, above];
        self
    }

    /// The correlation of the two over the pairs that are defined in both, from -1 to 1, and its
    /// p-value, from 0 to 1 (NaN: not known), to be printed beside the number of pairs; none by
    /// default, or for an r that is NaN.
    pub fn correlation(mut self, r: f64, p: f64) -> Self {
        self.correlation = known(r).map(|r| (r, p));
        self
    }

    /// The figure as an SVG document; one that says so in words where no pair has both values.
    ///
    /// # Errors
    ///
    /// [`Error::Count`](crate::Error::Count) for fewer than 2 labels or more than 30,
    /// [`Error::Length`](crate::Error::Length) for an array that is not as long as the labels on
    /// both axes, [`Error::Outside`](crate::Error::Outside) for a number farther than a million
    /// from 0 or infinite, r outside -1 to 1 or p outside 0 to 1.
    pub fn to_svg(&self) -> Result<String> {
        self.check()?;
        let name = "Similarity";
        if self.pairs().next().is_none() {
            return Ok(layout::no_values(self.title, name));
        }
        let mut svg = Svg::new();
        let height = draw::figure(self, &mut svg);
        let title = layout::titled(self.title, name);
        let width = Column::Double.width();
        Ok(svg.finish(width, height, title, &self.description()))
    }

    fn check(&self) -> Result<()> {
        let n = self.labels.len();
        check_count("labels", n, MIN_LABELS, MAX_LABELS)?;
        let arrays = [self.below, self.above];
        for (values, name) in arrays.iter().zip(self.value_labels) {
            check_length(|| format!("rows of {name:?}"), values.nrows(), n)?;
            check_length(|| format!("columns of {name:?}"), values.ncols(), n)?;
        }
        for (is_below, name) in [true, false].into_iter().zip(self.value_labels) {
            for ((i, j), value) in self.triangle(is_below) {
                let pair = || format!("{name} of {} and {}", self.labels[i], self.labels[j]);
                check_signed(value, pair)?;
            }
        }
        let (r, p) = self.correlation.unwrap_or((0.0, 0.0));
        check_within(r, (-1.0, 1.0), || "correlation".to_owned())?;
        check_within(p, (0.0, 1.0), || "p-value".to_owned())
    }

    /// Places with i < j, and the values above and below the diagonal, where both are defined.
    fn pairs(&self) -> impl Iterator<Item = (usize, usize, f64, f64)> + '_ {
        let n = self.labels.len();
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

    fn description(&self) -> String {
        let [below, above] = self.value_labels;
        format!(
            "{below} (below the diagonal) and {above} (above it) of {} things: {}.",
            self.labels.len(),
            self.statistics()
        )
    }
}
