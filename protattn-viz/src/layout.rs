//! What the figures share: column widths, headings, legends, axes, and the figure that says that
//! there is nothing to draw.

use crate::marks::{self, Mark};
use crate::palette;
use crate::plot::Ticks;
use crate::scale::{self, Axis};
use crate::survival::Verdict;
use crate::svg::{Anchor, Rect, Style, Svg};
use crate::text;

/// Text sizes in points, within the 7 to 9 that journals ask for.
pub(crate) const TITLE: f64 = 9.0;
pub(crate) const LABEL: f64 = 8.0;
pub(crate) const TICK: f64 = 7.0;

/// White left around a figure.
pub(crate) const MARGIN: f64 = 6.0;
/// Distance from baseline to baseline, in font sizes.
pub(crate) const LEADING: f64 = 1.25;
/// From the top of a capital to its baseline, in font sizes.
pub(crate) const CAP_HEIGHT: f64 = 0.73;
/// From the baseline down to the foot of a p or a parenthesis, in font sizes.
pub(crate) const DESCENT: f64 = 0.25;

/// Length of a tick.
pub(crate) const TICK_LENGTH: f64 = 2.5;
/// From an axis to the near edge of its tick labels.
pub(crate) const TICK_OFFSET: f64 = 4.5;
pub(crate) const HAIRLINE: f64 = 0.6;
/// More steps than this crowd an axis.
pub(crate) const MAX_INTERVALS: usize = 7;

/// Width of a figure on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// 85 mm
    Single,
    /// 175 mm
    Double,
}

impl Column {
    /// The double column for what is `wide`, the single one for the rest.
    pub(crate) fn double_if(wide: bool) -> Self {
        if wide { Self::Double } else { Self::Single }
    }

    /// Width within the margins, in points.
    pub(crate) fn inside(self) -> f64 {
        self.width() - 2.0 * MARGIN
    }

    /// Width in points.
    pub(crate) fn width(self) -> f64 {
        let millimetres = match self {
            Self::Single => 85.0,
            Self::Double => 175.0,
        };
        millimetres * 72.0 / 25.4
    }
}

/// The title of a figure, or what it is where it has none, for those who cannot see it.
pub(crate) fn titled<'a>(title: &'a str, name: &'a str) -> &'a str {
    if title.is_empty() { name } else { title }
}

/// A number as a reader wants it, with its unit.
pub(crate) fn number(value: f64, unit: &str) -> String {
    readable(value) + unit
}

/// Three digits where there are three.
fn readable(value: f64) -> String {
    let number = match value.abs() {
        size if size >= 99.95 => format!("{value:.0}"),
        size if size >= 0.995 => format!("{value:.1}"),
        0.0 => "0.0".to_owned(),
        size if size >= 0.001 => format!("{value:.3}"),
        _ => format!("{value:.1e}"),
    };
    scale::signed(&number)
}

/// `label (unit)`, or only the label where there is no unit.
pub(crate) fn with_unit(label: &str, unit: &str) -> String {
    if unit.is_empty() {
        label.to_owned()
    } else {
        format!("{label} ({})", unit.trim())
    }
}

/// `text` set in as many lines as it needs from `top` down; gives the lower edge.
///
/// `x` is where the anchor of `style` is. An empty text takes no room.
pub(crate) fn paragraph(
    svg: &mut Svg,
    content: &str,
    (x, top): (f64, f64),
    max_width: f64,
    style: Style,
) -> f64 {
    if content.trim().is_empty() {
        return top;
    }
    let size = style.size * if style.bold { text::BOLD } else { 1.0 };
    let lines = text::wrap(content, size, max_width);
    let baseline = top + style.size * CAP_HEIGHT;
    for (i, line) in lines.iter().enumerate() {
        svg.text(x, baseline + i as f64 * style.size * LEADING, line, style);
    }
    let last = (lines.len() - 1) as f64 * style.size * LEADING;
    baseline + last + style.size * DESCENT
}

/// `words` as they are where they fit in `max_width`, and otherwise cut, with an ellipsis.
pub(crate) fn shortened(words: &str, max_width: f64, style: Style) -> String {
    if style.width(words) <= max_width {
        return words.to_owned();
    }
    let mut kept: String = words.to_owned();
    while kept.pop().is_some() {
        let cut = format!("{}…", kept.trim_end());
        if style.width(&cut) <= max_width {
            return cut;
        }
    }
    String::new()
}

/// Middles for texts of those widths, near the wanted middles (in rising order), so that none
/// touch and none leaves the room; nothing where that cannot hold all.
pub(crate) fn spread(wanted: &[f64], widths: &[f64], (from, to): (f64, f64)) -> Option<Vec<f64>> {
    const GAP: f64 = 2.5;
    let gaps = GAP * widths.len().saturating_sub(1) as f64;
    if widths.iter().sum::<f64>() + gaps > to - from {
        return None;
    }
    let mut middles = Vec::with_capacity(wanted.len());
    let mut edge = from;
    for (&middle, width) in wanted.iter().zip(widths) {
        let middle = middle.max(edge + width / 2.0);
        edge = middle + width / 2.0 + GAP;
        middles.push(middle);
    }
    let mut edge = to;
    for (middle, width) in middles.iter_mut().zip(widths).rev() {
        *middle = middle.min(edge - width / 2.0);
        edge = *middle - width / 2.0 - GAP;
    }
    Some(middles)
}

/// The title across the top of a figure; gives the lower edge, the margin's where there is none.
pub(crate) fn heading(svg: &mut Svg, title: &str, column: Column) -> f64 {
    let style = Style::new(TITLE, Anchor::Start).bold();
    paragraph(svg, title, (MARGIN, MARGIN), column.inside(), style)
}

/// The title and below it the legend, as most charts begin; gives the lower edge.
pub(crate) fn head(svg: &mut Svg, title: &str, column: Column, entries: &[(Key, String)]) -> f64 {
    let top = heading(svg, title, column) + 5.0;
    legend(svg, entries, (MARGIN, top), column.inside())
}

/// What stands before the words of a legend entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// A dashed line.
    Dashed,
    /// A greyed cell with a stroke across.
    Unscored,
    /// An error bar.
    Interval,
    /// The line of a series, with its mark.
    Line(usize),
    /// The bar of a series.
    Swatch(usize),
    /// A mark in the colour of a series.
    Mark(Mark, usize),
    /// The band of an interval.
    Band,
    /// The dashed vertical line of a centre of gravity.
    Centre,
    /// The mark of an estimate with its interval.
    Estimate,
    /// A greyed cell.
    Undefined,
    /// The mark of a verdict.
    Verdict(Verdict),
}

/// Width of what stands before the words of a legend entry.
pub(crate) const KEY_WIDTH: f64 = 15.0;
/// The entry of a legend, where there is what it explains.
pub(crate) fn entry_if<K>(shown: bool, key: K, words: &str) -> Option<(K, String)> {
    shown.then(|| (key, words.to_owned()))
}

const KEY_GAP: f64 = 4.0;
const ENTRY_GAP: f64 = 12.0;
const ROW: f64 = LABEL * LEADING;

/// Legend entries side by side, in as many rows as they need; gives the lower edge.
pub(crate) fn legend(
    svg: &mut Svg,
    entries: &[(Key, String)],
    at: (f64, f64),
    max_width: f64,
) -> f64 {
    legend_of(svg, entries, at, max_width, |svg, key, x, middle| {
        draw_key(svg, *key, x, middle);
    })
}

/// A [`legend`] clear of what ends at `bottom`.
pub(crate) fn legend_below(
    svg: &mut Svg,
    entries: &[(Key, String)],
    (left, bottom): (f64, f64),
    max_width: f64,
) -> f64 {
    let gap = if entries.is_empty() { 0.0 } else { 8.0 };
    legend(svg, entries, (left, bottom + gap), max_width)
}

/// A [`legend`] whose keys, [`KEY_WIDTH`] wide, `draw` draws from x to the right about a middle line.
pub(crate) fn legend_of<K>(
    svg: &mut Svg,
    entries: &[(K, String)],
    (left, top): (f64, f64),
    max_width: f64,
    draw: impl Fn(&mut Svg, &K, f64, f64),
) -> f64 {
    if entries.is_empty() {
        return top;
    }
    let style = Style::new(TICK, Anchor::Start);
    let (mut x, mut y, mut bottom) = (left, top, top);
    svg.open("legend");
    for (key, words) in entries {
        let room = max_width - KEY_WIDTH - KEY_GAP;
        let width = KEY_WIDTH + KEY_GAP + style.width(words).min(room);
        if x > left && x + width > left + max_width {
            (x, y) = (left, bottom + ROW - LABEL);
        }
        draw(svg, key, x, y + TICK * CAP_HEIGHT / 2.0);
        let end = paragraph(svg, words, (x + KEY_WIDTH + KEY_GAP, y), room, style);
        bottom = bottom.max(end);
        x += width + ENTRY_GAP;
    }
    svg.close();
    bottom
}

fn draw_key(svg: &mut Svg, key: Key, x: f64, middle: f64) {
    let centre = x + KEY_WIDTH / 2.0;
    let cell = Rect::square((x + 4.0, middle - 3.5), 7.0);
    match key {
        Key::Dashed => svg.dashed([x, middle, x + KEY_WIDTH, middle]),
        Key::Unscored => unscored(svg, &[(cell, String::new())]),
        Key::Interval => error_bar(svg, centre, (middle - 4.0, middle + 4.0), 4.0),
        Key::Line(series) => {
            marks::line(svg, &[(x, middle), (x + KEY_WIDTH, middle)], series);
            Mark::of_series(series).draw(svg, (centre, middle), 2.2, palette::series(series), "");
        }
        Key::Swatch(series) => svg.rect(cell, palette::series(series), ""),
        Key::Mark(mark, series) => {
            mark.draw(svg, (centre, middle), 2.8, palette::series(series), "")
        }
        Key::Band => svg.area(
            &[
                (x, middle - 3.5),
                (x + KEY_WIDTH, middle - 3.5),
                (x + KEY_WIDTH, middle + 3.5),
                (x, middle + 3.5),
            ],
            palette::series(0),
        ),
        Key::Undefined => svg.rect(cell, palette::UNSCORED, ""),
        Key::Verdict(verdict) => marks::verdict(svg, verdict, (centre, middle), ""),
        Key::Centre => svg.dashed([centre, middle - 4.0, centre, middle + 4.0]),
        Key::Estimate => {
            svg.strokes(&[[x, middle, x + KEY_WIDTH, middle]], palette::INK, 0.9);
            Mark::Circle.draw(svg, (centre, middle), 2.5, palette::INK, "");
        }
    }
}

/// Cells without a value, each with its tooltip: grey, with a stroke from corner to corner.
pub(crate) fn unscored(svg: &mut Svg, cells: &[(Rect, String)]) {
    for (cell, tooltip) in cells {
        svg.rect(*cell, palette::UNSCORED, tooltip);
    }
    let strokes: Vec<[f64; 4]> = cells
        .iter()
        .map(|(cell, _)| [cell.x, cell.bottom(), cell.right(), cell.y])
        .collect();
    svg.strokes(&strokes, palette::UNSCORED_STROKE, 0.5);
}

/// A vertical error bar with caps `cap` wide.
pub(crate) fn error_bar(svg: &mut Svg, x: f64, (from, to): (f64, f64), cap: f64) {
    let (left, right) = (x - cap / 2.0, x + cap / 2.0);
    let strokes = [
        [x, from, x, to],
        [left, from, right, from],
        [left, to, right, to],
    ];
    svg.strokes(&strokes, palette::INK, 0.8);
}

/// Ticks and labels under a horizontal axis of `length` from (x, y); gives the lower edge.
pub(crate) fn ticks_below(svg: &mut Svg, axis: &Axis, (x, y): (f64, f64), length: f64) -> f64 {
    let mut ticks = Ticks::default();
    for (share, label) in axis.ticks() {
        ticks.below(svg, (x + share * length, y), &label);
    }
    ticks.draw(svg);
    Ticks::baseline(y)
}

/// The axis that holds `low` and `high` and whose tick labels fit side by side in `length`.
pub(crate) fn horizontal_span(low: f64, high: f64, length: f64) -> Axis {
    let fits = |axis: &Axis| {
        let labels = axis.ticks().map(|(_, label)| label);
        let widest = Style::new(TICK, Anchor::Middle).widest(labels);
        axis.ticks().count().saturating_sub(1) as f64 * (widest + 5.0) <= length
    };
    let axes = (1..=MAX_INTERVALS)
        .rev()
        .map(|intervals| Axis::spanning(low, high, intervals));
    axes.into_iter()
        .find(fits)
        .unwrap_or_else(|| Axis::spanning(low, high, 1))
}

/// The shortest stretch about 0 that holds both numbers; from -1 to 1 where both are 0.
pub(crate) fn about_zero(low: f64, high: f64) -> (f64, f64) {
    let far = low.abs().max(high.abs());
    let far = if far > 0.0 { far } else { 1.0 };
    (-far, far)
}

/// The words for a figure without values.
pub(crate) fn no_values() -> [String; 2] {
    ["There are no values to draw.".to_owned(), String::new()]
}

/// A figure that says in one or two sentences that there is nothing to draw.
///
/// `name` stands in for a title where there is none, for those who cannot see the figure.
pub(crate) fn notice(title: &str, name: &str, [first, second]: [String; 2]) -> String {
    const PADDING: f64 = 16.0;
    let mut svg = Svg::new();
    let width = Column::Single.width();
    let inside = Column::Single.inside();
    let (middle, room) = (width / 2.0, inside - 2.0 * PADDING);
    let top = heading(&mut svg, title, Column::Single) + 6.0;
    let style = Style::new(LABEL, Anchor::Middle);
    let bottom = paragraph(&mut svg, &first, (middle, top + PADDING), room, style) + 4.0;
    let bottom = paragraph(&mut svg, &second, (middle, bottom), room, style) + PADDING;
    svg.frame(Rect::new((MARGIN, top), (inside, bottom - top)), HAIRLINE);
    let title = titled(title, name);
    let description = format!("{first} {second}");
    svg.finish(width, bottom + MARGIN, title, description.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_journal_columns() {
        assert!((Column::Single.width() - 240.94).abs() < 0.01);
        assert!((Column::Double.width() - 496.06).abs() < 0.01);
    }

    #[test]
    fn numbers_read_well() {
        let numbers = [44.72, 100.0, 0.0, 4.25, 0.1234, 1e-5, -0.25, -312.0];
        assert_eq!(
            numbers.map(readable),
            [
                "44.7",
                "100",
                "0.0",
                "4.2",
                "0.123",
                "1.0e\u{2212}5",
                "\u{2212}0.250",
                "\u{2212}312"
            ]
        );
    }

    #[test]
    fn texts_that_lie_close_are_spread() {
        let widths = [10.0, 10.0, 10.0];
        // Apart already; together; against either end.
        assert_eq!(
            spread(&[10.0, 30.0, 50.0], &widths, (0.0, 60.0)),
            Some(vec![10.0, 30.0, 50.0])
        );
        assert_eq!(
            spread(&[10.0, 10.0, 10.0], &widths, (0.0, 60.0)),
            Some(vec![10.0, 22.5, 35.0])
        );
        assert_eq!(
            spread(&[0.0, 1.0, 60.0], &widths, (0.0, 60.0)),
            Some(vec![5.0, 17.5, 55.0])
        );
        assert_eq!(
            spread(&[58.0, 59.0, 60.0], &widths, (0.0, 60.0)),
            Some(vec![30.0, 42.5, 55.0])
        );
        // Three widths and two gaps are 35.
        assert_eq!(spread(&[1.0, 2.0, 3.0], &widths, (0.0, 34.0)), None);
    }

    #[test]
    fn long_words_are_cut_with_an_ellipsis() {
        let style = Style::new(10.0, Anchor::Start);
        assert_eq!(shortened("8-12", 30.0, style), "8-12");
        // "ab" is 12.6 wide; the ellipsis is taken for 10.
        assert_eq!(shortened("abcdef", 23.0, style), "ab…");
        assert_eq!(shortened("abcdef", 22.0, style), "a…");
        assert_eq!(shortened("abc", 1.0, style), "");
    }

    #[test]
    fn narrow_axes_have_fewer_ticks() {
        assert_eq!(horizontal_span(0.0, 63.2, 200.0).ticks().count(), 8);
        assert_eq!(horizontal_span(0.0, 44.7, 60.0).ticks().count(), 4);
        assert_eq!(horizontal_span(0.0, 44.7, 5.0).ticks().count(), 2);
    }

    #[test]
    fn legend_entries_wrap_into_rows() {
        let entry = |words: &str| (Key::Dashed, words.to_owned());
        let height =
            |entries: &[(Key, String)], width| legend(&mut Svg::new(), entries, (0.0, 0.0), width);
        let two = [entry("background"), entry("fewer than 100 arcs")];
        assert!(height(&two, 80.0) > height(&two, 300.0));
        assert_eq!(height(&[], 300.0), 0.0);
    }
}
