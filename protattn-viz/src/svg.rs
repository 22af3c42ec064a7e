//! A writer of SVG text: the same figure gives the same bytes.
//!
//! Lengths are in points (1/72 inch), x to the right, y down. The root element gives its size in
//! millimetres, so a figure comes out at the size of a journal column.

use crate::{palette, text};
use std::fmt::Write as _;

const FONTS: &str = "Helvetica, Arial, 'Liberation Sans', sans-serif";
const MM_PER_POINT: f64 = 25.4 / 72.0;

/// Where the given x lies in a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a line of text is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) size: f64,
    pub(crate) anchor: Anchor,
    pub(crate) bold: bool,
    /// Clockwise turn about the given point, in degrees.
    pub(crate) turn: f64,
}

impl Style {
    pub(crate) fn new(size: f64, anchor: Anchor) -> Self {
        Self {
            size,
            anchor,
            bold: false,
            turn: 0.0,
        }
    }

    pub(crate) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(crate) fn turn(self, turn: f64) -> Self {
        Self { turn, ..self }
    }

    /// Estimated width of `line` set like this.
    pub(crate) fn width(&self, line: &str) -> f64 {
        text::width(line, self.size) * if self.bold { text::BOLD } else { 1.0 }
    }

    /// Width of the widest line, 0 without any.
    pub(crate) fn widest(&self, lines: impl IntoIterator<Item = impl AsRef<str>>) -> f64 {
        let widths = lines.into_iter().map(|line| self.width(line.as_ref()));
        widths.fold(0.0, f64::max)
    }
}

/// A rectangle by its upper left corner and its size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Rect {
    /// From its upper left corner, as wide and high as that.
    pub(crate) fn new((x, y): (f64, f64), (width, height): (f64, f64)) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    pub(crate) fn square(corner: (f64, f64), side: f64) -> Self {
        Self::new(corner, (side, side))
    }

    /// The cell (row, column) of a map whose cells have that side and a gap between them.
    pub(crate) fn cell(&self, (row, column): (usize, usize), side: f64, gap: f64) -> Self {
        let (x, y) = (column as f64 * side, row as f64 * side);
        Self::square((self.x + x + gap / 2.0, self.y + y + gap / 2.0), side - gap)
    }

    /// As attributes of an element.
    pub(crate) fn attributes(&self) -> String {
        let [x, y, width, height] = [self.x, self.y, self.width, self.height].map(num);
        format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
    }

    pub(crate) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub(crate) fn middle(&self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }
}

/// The body of a figure as it grows.
#[derive(Debug, Default)]
pub struct Svg {
    body: String,
}

impl Svg {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Opens a group; `class` names what it holds, for readers of the file and for style sheets.
    pub(crate) fn open(&mut self, class: &str) {
        self.put(format_args!("<g class=\"{}\">", escape(class)));
    }

    pub(crate) fn close(&mut self) {
        self.put(format_args!("</g>"));
    }

    /// A filled rectangle; a tooltip that is not empty shows under a pointer.
    pub(crate) fn rect(&mut self, rect: Rect, fill: &str, tooltip: &str) {
        let rect = rect.attributes();
        let end = end("rect", tooltip);
        self.put(format_args!("<rect {rect} fill=\"{fill}\"{end}"));
    }

    /// An outline without filling.
    pub(crate) fn frame(&mut self, rect: Rect, stroke_width: f64) {
        let (rect, ink, stroke_width) = (rect.attributes(), palette::INK, num(stroke_width));
        self.put(format_args!(
            "<rect {rect} fill=\"none\" stroke=\"{ink}\" stroke-width=\"{stroke_width}\"/>"
        ));
    }

    /// Straight strokes, each from a point to a point.
    pub(crate) fn strokes(&mut self, strokes: &[[f64; 4]], colour: &str, stroke_width: f64) {
        if !strokes.is_empty() {
            let stroke = |&[x1, y1, x2, y2]: &[f64; 4]| outline(&[(x1, y1), (x2, y2)]);
            let data: String = strokes.iter().map(stroke).collect();
            self.path(&data, "none", (colour, stroke_width), "/>");
        }
    }

    /// A dashed stroke.
    pub(crate) fn dashed(&mut self, [x1, y1, x2, y2]: [f64; 4]) {
        let data = outline(&[(x1, y1), (x2, y2)]);
        let end = " stroke-dasharray=\"3 2\"/>";
        self.path(&data, "none", (palette::INK, 0.9), end);
    }

    /// A line from point to point; `dash` as in SVG, in points, empty for a line without gaps.
    pub(crate) fn polyline(
        &mut self,
        points: &[(f64, f64)],
        colour: &str,
        stroke_width: f64,
        dash: &str,
    ) {
        if points.len() < 2 {
            return;
        }
        let end = match dash {
            "" => " stroke-linejoin=\"round\"/>".to_owned(),
            _ => format!(" stroke-linejoin=\"round\" stroke-dasharray=\"{dash}\"/>"),
        };
        self.path(&outline(points), "none", (colour, stroke_width), &end);
    }

    /// A path; `end` has the rest of its attributes and closes it.
    fn path(&mut self, data: &str, fill: &str, (stroke, width): (&str, f64), end: &str) {
        let width = num(width);
        self.put(format_args!(
            "<path d=\"{data}\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"{width}\"{end}"
        ));
    }

    /// A see-through area within a line from point to point.
    pub(crate) fn area(&mut self, points: &[(f64, f64)], fill: &str) {
        if points.len() < 3 {
            return;
        }
        self.put(format_args!(
            "<path d=\"{}Z\" fill=\"{fill}\" fill-opacity=\"0.22\"/>",
            outline(points)
        ));
    }

    /// A path in the grammar of SVG, with a tooltip where that is not empty.
    pub(crate) fn shape(&mut self, data: &str, fill: &str, stroke: (&str, f64), tooltip: &str) {
        self.path(data, fill, stroke, &end("path", tooltip));
    }

    /// Rows of square cells, as a path along them in cells: `M3 0h2` is the fourth and fifth cell
    /// of the first row. Cells are `side` wide, start at (x, y), and are drawn `least` wide where
    /// they would be smaller.
    pub(crate) fn cells(
        &mut self,
        data: &str,
        colour: &str,
        (x, y): (f64, f64),
        (side, least): (f64, f64),
    ) {
        let (width, cap) = if least > side {
            (least / side, " stroke-linecap=\"square\"")
        } else {
            // A little wider than a row, which closes the seams that a screen shows between rows.
            (1.04, "")
        };
        self.put(format_args!(
            "<path d=\"{data}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{}\"{cap} \
             transform=\"translate({} {}) scale({side:.7})\"/>",
            num(width),
            num(x),
            num(y + side / 2.0)
        ));
    }

    /// Nothing to see, but a place that shows a tooltip under a pointer.
    pub(crate) fn hover(&mut self, rect: Rect, tooltip: &str) {
        let (rect, end) = (rect.attributes(), end("rect", tooltip));
        self.put(format_args!(
            "<rect {rect} fill=\"none\" pointer-events=\"all\"{end}"
        ));
    }

    /// A line of text whose baseline passes through (x, y).
    pub(crate) fn text(&mut self, x: f64, y: f64, line: &str, style: Style) {
        let (x, y) = (num(x), num(y));
        let anchor = match style.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if style.bold {
            " font-weight=\"bold\""
        } else {
            ""
        };
        let turn = match style.turn {
            0.0 => String::new(),
            turn => format!(" transform=\"rotate({} {x} {y})\"", num(turn)),
        };
        self.put(format_args!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\"{anchor}{weight}{turn}>{}</text>",
            num(style.size),
            escape(line)
        ));
    }

    /// Any one element, as text.
    pub(crate) fn put(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.body, "{element}");
    }

    /// The whole document, `width` by `height`, named and described for those who cannot see it.
    pub(crate) fn finish(self, width: f64, height: f64, title: &str, description: &str) -> String {
        let (mm_width, mm_height) = (num(width * MM_PER_POINT), num(height * MM_PER_POINT));
        let (width, height) = (num(width), num(height));
        let (title, description) = (escape(title), escape(description));
        let (ink, paper, body) = (palette::INK, palette::PAPER, self.body);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{mm_width}mm\" height=\"{mm_height}mm\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title description\" \
             font-family=\"{FONTS}\" fill=\"{ink}\">\n\
             <title id=\"title\">{title}</title>\n\
             <desc id=\"description\">{description}</desc>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{paper}\"/>\n\
             {body}</svg>\n"
        )
    }
}

/// The end of an element, with a tooltip where that is not empty.
fn end(element: &str, tooltip: &str) -> String {
    match tooltip {
        "" => "/>".to_owned(),
        _ => format!("><title>{}</title></{element}>", escape(tooltip)),
    }
}

pub(crate) fn outline(points: &[(f64, f64)]) -> String {
    let mut data = String::new();
    for (i, (x, y)) in points.iter().enumerate() {
        let letter = if i == 0 { 'M' } else { 'L' };
        // Writing to a String cannot fail.
        let _ = write!(data, "{letter}{} {}", num(*x), num(*y));
    }
    data
}

/// A number with at most two decimals: a 1/7200 inch is finer than any printer.
pub(crate) fn num(value: f64) -> String {
    let fixed = format!("{value:.2}");
    let short = fixed.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" {
        "0".to_owned()
    } else {
        short.to_owned()
    }
}

/// `text` as it may stand in XML and HTML, in content or between quotes.
///
/// Control characters, which XML cannot hold, become U+FFFD.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_fixed() {
        let numbers = [1.0, 1.5, 0.333_333, -0.001, 100.0, -2.25];
        assert_eq!(numbers.map(num), ["1", "1.5", "0.33", "0", "100", "-2.25"]);
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            escape("a<b & \"c\"\u{1}\n'd'"),
            "a&lt;b &amp; &quot;c&quot;\u{fffd} &#39;d&#39;"
        );
    }

    #[test]
    fn size_is_in_millimetres_of_points() {
        let document = Svg::new().finish(72.0, 144.0, "A & B", "");
        assert!(document.contains("width=\"25.4mm\" height=\"50.8mm\" viewBox=\"0 0 72 144\""));
        assert!(document.contains("<title id=\"title\">A &amp; B</title>"));
    }

    #[test]
    fn turned_text_turns_about_its_own_point() {
        let mut svg = Svg::new();
        svg.text(3.0, 4.0, "x", Style::new(8.0, Anchor::End).turn(-90.0));
        assert!(
            svg.body
                .contains("text-anchor=\"end\" transform=\"rotate(-90 3 4)\"")
        );
    }
}
