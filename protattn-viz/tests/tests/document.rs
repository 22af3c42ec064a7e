//! What the tests ask of an SVG document.

use roxmltree::{Document, Node};

/// A line of text and the corners of a box that holds it.
#[derive(Debug)]
pub(crate) struct TextBox {
    pub(crate) text: String,
    corners: [[f64; 2]; 4],
}

/// An attribute that is a number, 0 where it is absent.
pub(crate) fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name)
        .map_or(0.0, |value| value.parse().unwrap())
}

/// Width and height in the units of the figure.
pub(crate) fn size(document: &Document<'_>) -> [f64; 2] {
    let numbers: Vec<f64> = document
        .root_element()
        .attribute("viewBox")
        .unwrap()
        .split(' ')
        .map(|number| number.parse().unwrap())
        .collect();
    assert_eq!(numbers[..2], [0.0, 0.0]);
    [numbers[2], numbers[3]]
}

/// The children of the group of that class.
pub(crate) fn group<'a>(document: &'a Document<'_>, class: &str) -> Vec<Node<'a, 'a>> {
    let group = document
        .descendants()
        .find(|node| node.has_tag_name("g") && node.attribute("class") == Some(class));
    group.map_or(Vec::new(), |group| {
        group.children().filter(Node::is_element).collect()
    })
}

/// The children of each group of that class.
pub(crate) fn all<'a>(document: &'a Document<'_>, class: &str) -> Vec<Vec<Node<'a, 'a>>> {
    let groups = document
        .descendants()
        .filter(|node| node.has_tag_name("g") && node.attribute("class") == Some(class));
    let children = groups.map(|group| group.children().filter(Node::is_element).collect());
    children.collect()
}

/// The tooltips, in document order.
pub(crate) fn titles(document: &Document<'_>) -> Vec<String> {
    let titles = document
        .descendants()
        .filter(|node| node.has_tag_name("title") && !node.has_attribute("id"));
    titles.map(|node| node.text().unwrap().to_owned()).collect()
}

/// The lines of text in a group, in document order.
pub(crate) fn texts(document: &Document<'_>, class: &str) -> Vec<String> {
    let texts = group(document, class)
        .into_iter()
        .filter(|node| node.tag_name().name() == "text");
    texts.map(|node| node.text().unwrap().to_owned()).collect()
}

/// About what a character takes of the font size in DejaVu Sans, a wide font.
fn advance(character: char) -> f64 {
    match character {
        ' ' | 'i' | 'j' | 'l' | 'I' | '.' | ',' | '\'' => 0.3,
        '-' | 'f' | 'r' | 't' | '(' | ')' => 0.38,
        'm' | 'w' | 'M' | 'W' | '%' => 0.9,
        _ => 0.62,
    }
}

/// Every line of text with its box.
pub(crate) fn text_boxes(document: &Document<'_>) -> Vec<TextBox> {
    let texts = document
        .descendants()
        .filter(|node| node.has_tag_name("text"));
    texts.map(text_box).collect()
}

fn text_box(node: Node<'_, '_>) -> TextBox {
    let text = node.text().unwrap().to_owned();
    let (x, y, size) = (
        number(node, "x"),
        number(node, "y"),
        number(node, "font-size"),
    );
    let bold = if node.has_attribute("font-weight") {
        1.1
    } else {
        1.0
    };
    let width = bold * size * text.chars().map(advance).sum::<f64>();
    let left = match node.attribute("text-anchor") {
        Some("middle") => -width / 2.0,
        Some("end") => -width,
        _ => 0.0,
    };
    let turn = node.attribute("transform").map_or(0.0, |transform| {
        let inside = transform.strip_prefix("rotate(").unwrap();
        inside
            .split(' ')
            .next()
            .unwrap()
            .parse::<f64>()
            .unwrap()
            .to_radians()
    });
    let corner = |dx: f64, dy: f64| {
        [
            x + dx * turn.cos() - dy * turn.sin(),
            y + dx * turn.sin() + dy * turn.cos(),
        ]
    };
    let (top, bottom) = (-0.73 * size, 0.2 * size);
    let corners = [
        corner(left, top),
        corner(left + width, top),
        corner(left + width, bottom),
        corner(left, bottom),
    ];
    TextBox { text, corners }
}

/// Whether two boxes overlap: no side of either separates them.
fn overlap(a: &TextBox, b: &TextBox) -> bool {
    let separates = |owner: &TextBox, side: usize| {
        let ([x1, y1], [x2, y2]) = (owner.corners[side], owner.corners[(side + 1) % 4]);
        let reach = |text: &TextBox| {
            let along = text.corners.map(|[x, y]| x * (y2 - y1) - y * (x2 - x1));
            (
                along.into_iter().fold(f64::MAX, f64::min),
                along.into_iter().fold(f64::MIN, f64::max),
            )
        };
        let ((a_low, a_high), (b_low, b_high)) = (reach(a), reach(b));
        a_high <= b_low || b_high <= a_low
    };
    !(0..4).any(|side| separates(a, side) || separates(b, side))
}

/// Asserts what a journal asks: well formed, named and described, numbers that are finite, nothing
/// clipped, no text over text, text of 7 to 9 points, a column's width.
pub(crate) fn check(svg: &str) {
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    let document = Document::parse(svg).unwrap();
    let root = document.root_element();
    let names: Vec<&str> = root
        .children()
        .filter(Node::is_element)
        .map(|n| n.tag_name().name())
        .collect();
    assert_eq!(names[..3], ["title", "desc", "rect"]);
    let width = root.attribute("width").unwrap();
    assert!(["85mm", "175mm"].contains(&width), "{width}");

    let [width, height] = size(&document);
    let boxes = text_boxes(&document);
    assert!(!boxes.is_empty());
    for (i, text) in boxes.iter().enumerate() {
        for [x, y] in text.corners {
            assert!(
                (0.0..=width).contains(&x) && (0.0..=height).contains(&y),
                "clipped: {text:?}"
            );
        }
        for other in &boxes[..i] {
            assert!(!overlap(text, other), "{text:?} overlaps {other:?}");
        }
    }
    for node in document
        .descendants()
        .filter(|node| node.has_tag_name("text"))
    {
        assert!((7.0..=9.0).contains(&number(node, "font-size")));
    }
    for node in document
        .descendants()
        .filter(|node| node.has_tag_name("rect"))
    {
        let (right, bottom) = (
            number(node, "x") + number(node, "width"),
            number(node, "y") + number(node, "height"),
        );
        assert!(
            right <= width + 0.02 && bottom <= height + 0.02,
            "clipped: {node:?}"
        );
        assert!(
            number(node, "width") >= 0.0 && number(node, "height") > 0.0,
            "{node:?}"
        );
    }
}

mod tests {
    use super::*;

    fn drawn(texts: &str) -> bool {
        let svg = format!("<svg viewBox=\"0 0 100 100\">{texts}</svg>");
        let document = Document::parse(&svg).unwrap();
        let boxes = text_boxes(&document);
        overlap(&boxes[0], &boxes[1])
    }

    #[test]
    fn overlaps_are_seen() {
        // Three characters of 10 points are 18.6 wide: from 10 to 28.6.
        let first = "<text x=\"10\" y=\"50\" font-size=\"10\">abc</text>";
        assert!(drawn(&format!(
            "{first}<text x=\"27\" y=\"50\" font-size=\"10\">d</text>"
        )));
        assert!(!drawn(&format!(
            "{first}<text x=\"29\" y=\"50\" font-size=\"10\">d</text>"
        )));
        assert!(!drawn(&format!(
            "{first}<text x=\"10\" y=\"62\" font-size=\"10\">d</text>"
        )));
        let end =
            |x| format!("<text x=\"{x}\" y=\"50\" font-size=\"10\" text-anchor=\"end\">d</text>");
        assert!(drawn(&format!("{first}{}", end(15))));
        assert!(!drawn(&format!("{first}{}", end(10))));
    }

    #[test]
    fn turned_text_takes_its_turned_place() {
        let first =
            "<text x=\"10\" y=\"50\" font-size=\"10\" transform=\"rotate(-90 10 50)\">abc</text>";
        // Upward from (10, 50) to (10, 31.4), and 7.3 to the left of it.
        assert!(drawn(&format!(
            "{first}<text x=\"4\" y=\"40\" font-size=\"10\">d</text>"
        )));
        assert!(!drawn(&format!(
            "{first}<text x=\"13\" y=\"40\" font-size=\"10\">d</text>"
        )));
    }
}
